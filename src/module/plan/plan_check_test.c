#include "module/plan/plan_check.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

/* A sound plan of a commune, one paragraph a line, and its reading (with ' for "). Each case below spoils one thing. */
static const char SOUND_TEXT[] =
    "ỦY BAN NHÂN DÂN\n"
    "XÃ HÒA LỘC\n"
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
    "Độc lập - Tự do - Hạnh phúc\n"
    "Số: 45/KH-UBND\n"
    "Hòa Lộc, ngày 10 tháng 02 năm 2026\n"
    "KẾ HOẠCH\n"
    "Ứng phó sự cố, bảo đảm an toàn thông tin mạng của xã Hòa Lộc năm 2026\n"
    "Căn cứ Quyết định số 05/2017/QĐ-TTg ngày 16/3/2017 của Thủ tướng Chính phủ;\n"
    "Căn cứ Thông tư số 20/2017/TT-BTTTT ngày 12/9/2017 của Bộ trưởng Bộ Thông tin và Truyền thông;\n"
    "I. MỤC ĐÍCH, YÊU CẦU\n"
    "- Giữ cho việc tiếp dân không bị gián đoạn.\n"
    "II. QUY ĐỊNH CHUNG\n"
    "1. Nguyên tắc\n"
    "- Xử lý tại chỗ là chính.\n"
    "2. Thứ tự ưu tiên duy trì hoạt động của hệ thống thông tin\n"
    "- Hệ thống một cửa được giữ trước, ngừng không quá 02 giờ.\n"
    "III. NỘI DUNG\n"
    "1. Đánh giá nguy cơ\n"
    "- Nội dung: Kiểm kê máy trạm của Đội ứng cứu sự cố an toàn thông tin mạng xã.\n"
    "- Đơn vị chủ trì: Văn phòng xã.\n"
    "- Đơn vị phối hợp: Công an xã; các phòng chuyên môn.\n"
    "2. Phương án theo tình huống\n"
    "a) Nguyên nhân\n"
    "- Sự cố do bị tấn công mạng;\n"
    "- Sự cố do lỗi của hệ thống, thiết bị;\n"
    "- Sự cố do lỗi của người quản trị, vận hành;\n"
    "- Sự cố do thảm họa tự nhiên.\n"
    "b) Tình huống\n"
    "- Tình huống sự cố do bị tấn công mạng:\n"
    "3. Quy trình xử lý sự cố\n"
    "- Nội dung: Tiếp nhận sự cố, khoanh vùng máy nhiễm.\n"
    "4. Huấn luyện, diễn tập\n"
    "IV. KINH PHÍ\n"
    "Ngân sách xã bố trí trong dự toán năm 2026.\n"
    "V. TỔ CHỨC THỰC HIỆN\n"
    "1. Văn phòng xã\n"
    "- Định kỳ 06 tháng, một năm báo cáo UBND xã.\n"
    "2. Công an xã\n"
    "- Cử người trực.\n"
    "TM. ỦY BAN NHÂN DÂN\n"
    "CHỦ TỊCH\n"
    "Lê Thị An\n"
    "Nơi nhận:\n"
    "- UBND tỉnh (b/c);\n";

static const char SOUND_READING[] =
    "{'document_type':'KẾ HOẠCH','issuer':{'name':'UBND xã Hòa Lộc','level':'xã'},"
    "'number':{'as_written':'Số: 45/KH-UBND','status':'present','resolved':'45/KH-UBND'},"
    "'date':{'status':'complete','iso':'2026-02-10','day':10,'month':2,'year':2026,'text':'ngày 10 tháng 02 năm 2026'},"
    "'title':'Ứng phó sự cố, bảo đảm an toàn thông tin mạng của xã Hòa Lộc năm 2026',"
    "'period':{'text':'năm 2026','from':'2026-02-10','to':'2026-12-31','where':'tên kế hoạch'},"
    "'legal_bases':[{'type':'Quyết định','number':'05/2017/QĐ-TTg','date':'2017-03-16'},"
    "{'type':'Thông tư','number':'20/2017/TT-BTTTT','date':'2017-09-12'}],"
    "'headings':['I. MỤC ĐÍCH, YÊU CẦU','II. QUY ĐỊNH CHUNG','1. Nguyên tắc',"
    "'2. Thứ tự ưu tiên duy trì hoạt động của hệ thống thông tin','III. NỘI DUNG','1. Đánh giá nguy cơ',"
    "'2. Phương án theo tình huống','3. Quy trình xử lý sự cố','4. Huấn luyện, diễn tập','IV. KINH PHÍ',"
    "'V. TỔ CHỨC THỰC HIỆN','1. Văn phòng xã','2. Công an xã'],"
    "'scope':null,'principles':{'count':1,'starts':['Xử lý tại chỗ']},'forces':[],'functions':[],"
    "'tasks':[{'id':'III.1','heading':'Đánh giá nguy cơ','content':'Kiểm kê máy trạm','lead':['Văn phòng xã'],"
    "'coordinate':['Công an xã','các phòng chuyên môn'],'time':{'text':'Hằng năm','kind':'yearly'}},"
    "{'id':'III.3','heading':'Quy trình xử lý sự cố','content':'Tiếp nhận sự cố, khoanh vùng máy nhiễm',"
    "'lead':['Công an xã'],'coordinate':['Văn phòng xã'],'time':{'text':'Ngay khi có sự cố','kind':'on_event'}}],"
    "'content_items_without_owner':[],"
    "'cause_groups':['Sự cố do bị tấn công mạng','Sự cố do lỗi của hệ thống, thiết bị',"
    "'Sự cố do lỗi của người quản trị, vận hành','Sự cố do thảm họa tự nhiên'],"
    "'scenario_groups':[{'group':'Tình huống sự cố do bị tấn công mạng','kinds':['Tấn công từ chối dịch vụ','Tấn công "
    "giả mạo',"
    "'Tấn công sử dụng mã độc','Chiếm quyền điều khiển','Thay đổi giao diện','Mã hóa dữ liệu','Phá hoại dữ liệu',"
    "'Lấy cắp dữ liệu','Kết hợp nhiều hình thức','Các hình thức khác']},"
    "{'group':'Tình huống do lỗi của hệ thống, thiết bị','kinds':['Nguồn điện','Đường truyền Internet','Lỗi phần mềm',"
    "'Quá tải','Lỗi khác']},"
    "{'group':'Tình huống do lỗi của người quản trị, vận hành hệ thống','kinds':['Cấu hình phần cứng','Cấu hình phần "
    "mềm',"
    "'Chính sách và thủ tục','Dừng dịch vụ bắt buộc','Lỗi khác']},"
    "{'group':'Tình huống thảm họa tự nhiên','kinds':[]}],"
    "'organisation_duties':[{'unit':'Văn phòng xã','duties':['Định kỳ 06 tháng, một năm báo cáo UBND xã']},"
    "{'unit':'Công an xã','duties':['Cử người trực']}],"
    "'periodic_reports':[{'frequency':['06 tháng','một năm'],'sender':'Văn phòng xã','recipient':['UBND "
    "xã'],'where':'V.1'}],"
    "'budget':{'text':'Ngân sách xã bố trí trong dự toán năm 2026','sources':['Ngân sách xã']},"
    "'signer':{'name':'Lê Thị An','position':'CHỦ TỊCH','authority':['TM. ỦY BAN NHÂN DÂN']},'provenance':{}}";

#define SOUND_DAY "2026-03-01"
#define LATER_DAY "2026-11-21"

typedef struct {
  const char *code, *severity; /* what must be found; severity NULL: the code must not be there */
  const char *find, *put;      /* change of the text; NULL: none */
  const char *patch;           /* merged into the reading; NULL: none */
  const char *on;              /* NULL: SOUND_DAY */
} Case;

#define E "error"
#define W "warning"
#define I "info"
#define TASK(rest) "{'tasks':[{'id':'III.1','heading':'Đánh giá nguy cơ','content':'Kiểm kê máy trạm'," rest "}]}"

/* clang-format off */
static const Case CASES[] = {
    {"number_missing", E, NULL, NULL, "{'number':{'status':'blank','as_written':'Số:   /KH-UBND','resolved':null}}"},
    {"number_mismatch", E, "Nơi nhận:", "Phụ lục I\n(Kèm theo Kế hoạch số 54/KH-UBND ngày 10/02/2026)\nNơi nhận:",
     NULL},
    {"number_mismatch", NULL, "Nơi nhận:", "Phụ lục I\n(Kèm theo Kế hoạch số 045/KH-UBND)\nNơi nhận:", NULL},
    {"number_mismatch", NULL, "Nơi nhận:", "Phụ lục I\n(Kèm theo Kế hoạch số    /KH-UBND)\nNơi nhận:", NULL},
    {"date_missing", E, NULL, NULL, "{'date':{'status':'absent','iso':null}}"},
    {"date_incomplete", E, NULL, NULL, "{'date':{'status':'day_missing','iso':null}}"},
    {"letterhead_missing", W, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n", "", NULL},
    {"letterhead_displaced", I,
     "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: 45/KH-UBND\n",
     "Số: 45/KH-UBND\nKẾ HOẠCH\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n", NULL},
    {"doc_type_missing", I, "KẾ HOẠCH\n", "\n", NULL},
    {"signature_authority_missing", I, NULL, NULL, "{'signer':{'authority':['KT. CHỦ TỊCH']}}"},
    {"signature_authority_missing", NULL, NULL, NULL, "{'issuer':{'name':'Sở Y tế'},'signer':{'authority':[]}}"},
    {"period_missing", W, NULL, NULL, "{'period':{'from':null,'to':null}}"},
    {"period_not_in_title", I, NULL, NULL, "{'title':'Ứng phó sự cố của xã Hòa Lộc'}"},
    {"period_before_issue", I, NULL, NULL, "{'period':{'from':'2026-01-01'}}"},
    {"period_expired_now", I, NULL, NULL, NULL, "2027-01-01"},
    {"period_expired_now", NULL, NULL, NULL, NULL, "2026-12-31"},
    {"mandatory_section_missing", E, "2. Thứ tự ưu tiên duy trì hoạt động của hệ thống thông tin\n",
     "2. Việc khác\n- Làm các bước ưu tiên ứng cứu ban đầu để khôi phục hoạt động.\n", NULL},
    {"mandatory_section_missing", E, "2. Thứ tự ưu tiên duy trì hoạt động của hệ thống thông tin\n",
     "2. Các bước\n- Bước 6: Phục hồi theo thứ tự ưu tiên.\n", NULL},
    {"mandatory_section_missing", NULL, "2. Thứ tự ưu tiên duy trì hoạt động của hệ thống thông tin\n",
     "- Khi ứng cứu, hệ thống một cửa được ưu tiên khôi phục.\n", NULL},
    {"mandatory_section_circular", W, "- Hệ thống một cửa được giữ trước, ngừng không quá 02 giờ.",
     "- Tuân thủ nguyên tắc ưu tiên duy trì hoạt động đã được cấp thẩm quyền phê duyệt trong kế hoạch ứng phó sự cố.", NULL},
    {"mandatory_section_missing", NULL, "- Hệ thống một cửa được giữ trước, ngừng không quá 02 giờ.",
     "- Tuân thủ nguyên tắc ưu tiên duy trì hoạt động đã được cấp thẩm quyền phê duyệt trong kế hoạch ứng phó sự cố.", NULL},
    {"outline_section_missing", E, "1. Đánh giá nguy cơ\n", "1. Kiểm kê\n",
     "{'headings':['I. MỤC ĐÍCH, YÊU CẦU'],'tasks':[]}"},
    {"outline_section_missing", NULL, NULL, NULL, "{'headings':['I. MỤC ĐÍCH, YÊU CẦU'],'tasks':[]}"}, /* misread */
    {"outline_section_missing", E, "V. TỔ CHỨC THỰC HIỆN\n", "V. VIỆC KHÁC\n",
     "{'organisation_duties':[],'headings':['I. MỤC ĐÍCH, YÊU CẦU']}"},
    {"section_numbering_jump", W, "V. TỔ CHỨC THỰC HIỆN", "VII. TỔ CHỨC THỰC HIỆN",
     "{'headings':['I. MỤC ĐÍCH, YÊU CẦU','II. QUY ĐỊNH CHUNG','III. NỘI DUNG','1. Đánh giá nguy cơ',"
     "'2. Phương án theo tình huống','4. Huấn luyện, diễn tập','IV. KINH PHÍ','VII. TỔ CHỨC THỰC HIỆN']}"},
    {"section_numbering_jump", NULL, NULL, NULL, /* the reader skipped a heading that the text has */
     "{'headings':['I. MỤC ĐÍCH, YÊU CẦU','II. QUY ĐỊNH CHUNG','1. Nguyên tắc','III. NỘI DUNG','1. Đánh giá nguy cơ'," "'2. Phương án theo tình huống','3. Quy trình xử lý sự cố','4. Huấn luyện, diễn tập','V. TỔ CHỨC THỰC HIỆN']}"},
    {"numbering_style", I, NULL, NULL, "{'headings':['1. Quy định','1.1. Nguyên tắc','1.2 Nguy cơ, phương án']}"},
    {"lettering_nonstandard", I, "b) Tình huống", "f) Tình huống", NULL},
    {"heading_level_unreliable", I, "II. QUY ĐỊNH CHUNG\n", "### II. QUY ĐỊNH CHUNG\n## **IX. PHẦN**\n", NULL},
    {"scenario_missing", E, NULL, NULL, "{'scenario_groups':[]}"},
    {"scenario_kind_missing", W, NULL, NULL,
     "{'scenario_groups':[{'group':'Sự cố do bị tấn công mạng','kinds':['Tấn công giả mạo']}]}"},
    {"scenario_kind_missing", NULL, NULL, NULL, "{'scenario_groups':[]}"},
    {"cause_scenario_mismatch", W, NULL, NULL, "{'cause_groups':['Sự cố do lỗi của người sử dụng']}"},
    {"cause_scenario_mismatch", NULL, NULL, NULL, "{'cause_groups':[]}"},
    {"owner_missing", W, NULL, NULL, TASK("'lead':[],'time':{'kind':'yearly','text':'Hằng năm'}")},
    {"owner_missing", W, NULL, NULL, "{'content_items_without_owner':[{'id':'III.2.a','content':'Nguyên nhân'}]}"},
    {"time_missing", W, NULL, NULL, TASK("'lead':['Văn phòng xã'],'time':{'kind':'on_event','text':null}")},
    {"time_mismatch", W, NULL, NULL,
     "{'tasks':[{'id':'1','content':'Quy trình ứng cứu sự cố thông thường','lead':['Văn phòng xã'],"
     "'time':{'kind':'yearly','text':'Hằng năm'}}]}"},
    {"time_mismatch", W, NULL, NULL, TASK("'lead':['Văn phòng xã'],'time':{'kind':'once','text':'Quý "
     "I/2027','due_from':'2027-01-01','due_to':'2027-03-31'}")},
    {"time_mismatch", NULL, NULL, NULL,
     "{'tasks':[{'id':'1','content':'Diễn tập quy trình ứng cứu sự cố','lead':['Văn phòng xã'],"
     "'time':{'kind':'yearly','text':'Hằng năm'}}]}"},
    {"wrong_level_owner", E, NULL, NULL, TASK("'lead':['Công an tỉnh'],'time':{'kind':'yearly','text':'Hằng năm'}")},
    {"wrong_level_owner", NULL, NULL, NULL, /* the law itself gives direction to the province's committee */
     "{'tasks':[{'id':'1','content':'Chỉ đạo xử lý sự cố nghiêm trọng','lead':['Ban Chỉ đạo chuyển đổi số tỉnh'],"
     "'time':{'kind':'on_event','text':'Ngay khi có sự cố'}}]}"},
    {"wrong_level_owner", NULL, NULL, NULL,
     TASK("'lead':['Phòng Văn hóa - Xã hội'],'time':{'kind':'yearly','text':'Năm'}")},
    {"same_unit_lead_and_coordinate", W, NULL, NULL,
     TASK("'lead':['Đội ứng cứu sự cố ATTT'],'coordinate':['Công an xã','đội ứng cứu sự cố an toàn thông tin.'],"
     "'time':{'kind':'yearly','text':'Năm'}")},
    {"owner_without_duties", W, NULL, NULL, TASK("'lead':['Phòng Kinh tế'],'time':{'kind':'yearly','text':'Năm'}")},
    {"owner_without_duties", NULL, NULL, NULL,
     TASK("'lead':['Đơn vị quản lý, vận hành hệ thống thông tin'],'time':{'kind':'yearly','text':'Năm'}")},
    {"roadmap_single_owner", I, NULL, NULL,
     "{'tasks':[{'lead':['A'],'time':{'kind':'yearly'}},{'lead':['A'],'time':{'kind':'yearly'}},"
     "{'lead':['a'],'time':{'kind':'yearly'}},{'lead':['A'],'time':{'kind':'yearly'}}]}"},
    {"merged_cells_lost", W, NULL, NULL,
     "{'tasks':[{'id':'PL.2','row':2,'content':'Kiểm kê máy trạm','lead':['Văn phòng xã'],'time':{'kind':'yearly'}}]," "'provenance':{'/tasks/0/lead/0':{'line_from':20,'line_to':20,'certainty':'inferred'}}}"},
    {"table_header_repeated", I, "Nơi nhận:",
     "STT Nội dung Chủ trì Thời gian\n1 Việc A\nSTT Nội dung Chủ trì Thời gian\n", NULL},
    {"table_header_repeated", NULL, "Nơi nhận:",
     "STT Nội dung Chủ trì Thời gian\n1 Việc A\nPhụ lục II\nSTT Nội dung Chủ trì Thời gian\n", NULL},
    {"separator_error", I, "Công an xã; các phòng chuyên môn.", "Công an xã. Trạm Y tế; các phòng chuyên môn.", NULL},
    {"periodic_report_missing", W, "- Định kỳ 06 tháng, một năm báo cáo UBND xã.", "- Làm đầu mối.",
     "{'periodic_reports':[]}"},
    {"periodic_report_missing", I, NULL, NULL, "{'periodic_reports':[]}"}, /* the text has one: perhaps misread */
     {"report_frequency_short", W, NULL, NULL,
     "{'periodic_reports':[{'frequency':['hằng năm'],'sender':'A','recipient':['UBND xã']}]}"},
    {"report_bypasses_issuer", W, NULL, NULL,
     "{'periodic_reports':[{'frequency':['06 tháng'],'sender':'Các cơ quan','recipient':['Công an tỉnh']}]}"},
    {"report_bypasses_issuer", NULL, NULL, NULL,
     "{'periodic_reports':[{'frequency':['06 tháng'],'sender':'Các cơ quan','recipient':['UBND xã','Công an tỉnh']}]}"},
    {"budget_source_missing", W, "Ngân sách xã bố trí trong dự toán năm 2026.", "Thực hiện theo quy định.",
     "{'budget':{'text':'Thực hiện theo quy định','sources':[]}}"},
    {"budget_source_missing", NULL, NULL, NULL, "{'budget':null}"}, /* misread: the text names a source */
    {"name_inconsistent", W, "- Cử người trực.", "- Báo VNCERT/CC.\n- Báo Trung tâm An ninh mạng quốc gia.", NULL},
    {"name_inconsistent", NULL, "- Cử người trực.", "- Báo VNCERT/CC qua www.vncert.gov.vn.", NULL},
    {"name_inconsistent", W, "- Cử người trực.", "- Cử người vào Đội ứng cứu sự cố an ninh mạng xã.", NULL},
    {"name_inconsistent", I, "- Cử người trực.",
     "- Cử người vào Đội ứng cứu khẩn cấp sự cố an toàn thông tin mạng xã.", NULL},
    {"name_inconsistent", NULL, "- Cử người trực.", "- Gọi Đội ứng cứu sự cố an ninh mạng tỉnh.", NULL},
    {"name_inconsistent", I, NULL, NULL, "{'functions':[{'unit':'Phòng Văn hóa và Thông tin'},{'unit':'Phòng Văn hóa - Thông tin'}]}"},
    {"name_inconsistent", I, NULL, NULL,
     "{'functions':[{'unit':'BCĐ chuyển đổi số'},{'unit':'Ban Chỉ đạo xây dựng chính quyền điện tử'}]}"},
    {"name_inconsistent", NULL, NULL, NULL, "{'functions':[{'unit':'BCĐ CĐS'},{'unit':'Ban Chỉ đạo chuyển đổi số'}]}"},
    {"letterhead_missing", I, NULL, NULL, "{'provenance':{'/issuer/name':{'certainty':'inferred'}}}"},
    {"cause_scenario_mismatch", I, NULL, NULL, "{'cause_groups':['Sự cố do bị tấn công mạng']}"},
    {"budget_source_missing", W, "Ngân sách xã bố trí trong dự toán năm 2026.", "Theo Luật Ngân sách nhà nước.",
     "{'budget':{'text':'Theo Luật Ngân sách nhà nước','sources':[]}}"},
    {"section_numbering_jump", W, "3. Quy trình xử lý sự cố\n", "",
     "{'headings':['I. MỤC ĐÍCH, YÊU CẦU','II. QUY ĐỊNH CHUNG','1. Nguyên tắc','III. NỘI DUNG','1. Đánh giá nguy cơ',"
     "'2. Phương án theo tình huống','4. Huấn luyện, diễn tập']}"},
    {"outline_section_missing", E, "IV. KINH PHÍ\n", "IV. SỞ TÀI CHÍNH\n",
     "{'budget':null,'headings':['I. MỤC ĐÍCH, YÊU CẦU','IV. SỞ TÀI CHÍNH']}"},
    {"section_numbering_jump", W, NULL, NULL, "{'headings':['I. QUY ĐỊNH CHUNG','II. NGUY CƠ','II. PHƯƠNG ÁN']}"},
    {"wrong_level_owner", NULL, NULL, NULL, TASK("'lead':['Bộ phận một cửa'],'time':{'kind':'yearly','text':'Năm'}")},
    {"name_inconsistent", NULL, "- Cử người trực.",
     "- Báo Trung tâm An ninh mạng quốc gia (trước đây là VNCERT/CC).", NULL},
    {"law_replaced_now", NULL, "- Cử người trực.", "- Theo Nghị định quy định chi tiết một số điều của Luật An ninh mạng.",
     "{'date':{'iso':'2024-02-10'}}", LATER_DAY},
    {"law_replaced_now", W, "- Cử người trực.", "- Phổ biến Luật An toàn thông tin mạng.", NULL, LATER_DAY},
    {"law_replaced_now", NULL, "- Cử người trực.", "- Phổ biến Luật An toàn thông tin mạng.", NULL, "2026-06-30"},
    {"law_replaced_now", W, "- Cử người trực.", "- Theo Thông tư số 03/2017/TT-BTTTT.", NULL},
    {"law_replaced_now", I, "- Cử người trực.", "- Theo Nghị định số 85/2016/NĐ-CP.", NULL, LATER_DAY},
    {"law_replaced_now", NULL, "- Cử người trực.", "- Theo Luật An ninh mạng số 116/2025/QH15.", NULL, LATER_DAY},
    {"body_obsolete_now", W, "- Cử người trực.", "- Báo cáo Sở Thông tin và Truyền thông.", NULL},
    {"body_obsolete_now", NULL, "- Cử người trực.", "- Báo cáo Sở Thông tin và Truyền thông.", NULL, "2025-02-28"},
    {"level_abolished_now", W, NULL, NULL, "{'issuer':{'name':'UBND huyện Hòa Lộc','level':'huyện'}}"},
    {"level_abolished_now", I, "- Cử người trực.", "- Báo UBND huyện Tân Sơn.", NULL},
    {"level_abolished_now", NULL, NULL, NULL, "{'issuer':{'name':'UBND huyện Hòa Lộc','level':'huyện'}}",
     "2025-06-30"},
    {"legal_basis_missing", W, NULL, NULL, "{'legal_bases':[{'type':'Kế hoạch','number':'33/KH-UBND'}]}"},
    {"legal_basis_missing", I, NULL, NULL, "{'legal_bases':[{'type':'Quyết định','number':'05/2017/QĐ-TTg'}]}"},
    {"law_number_missing", I, NULL, NULL,
     "{'legal_bases':[{'type':'Luật','number':null,'subject':'Luật Công nghệ thông tin'}]}"},
    {"law_period_over", I, "- Cử người trực.", "- Theo Quyết định số 1622/QĐ-TTg.", NULL},
    {"ref_style", I, "- Cử người trực.", "- Theo Phụ lục 3 của Thông tư 20/2017/TT-BTTTT.", NULL},
    {"ref_style", NULL, "- Cử người trực.", "- Theo Phụ lục III của Thông tư 20/2017/TT-BTTTT.", NULL},
    {"quoted_title_differs", I, "- Cử người trực.",
     "- Theo Quyết định số 1017/QĐ-TTg về dịch vụ phục vụ Chính phủ đến năm 2020.", NULL},
    {"ocr_error", W, "- Cử người trực.", "- Thực hiện sẵn lòng các mối nguy hại.", NULL},
    {"ocr_error", W, "- Cử người trực.", "- Theo Quyết định số O5/2017/QĐ-TTg.", NULL},
    {"ocr_error", NULL, "- Cử người trực.", "- Ứng phó sự cố, đơn vị phù hợp, an ninh thông tin mạng.", NULL},
    {"ocr_error", I, "- Cử người trực.", "- Ứng cứu sự cô về mạng.", NULL},
    {"typo", I, "- Cử người trực.", "- Cử người người trực.", NULL},
    {"typo", I, "- Cử người trực.", "- Cử người trực,ghi sổ.", NULL},
    {"spelling_variant", I, "- Cử người trực.", "- Uỷ ban cử người; Ủy ban kiểm tra.", NULL},
    {"page_break_split", I, "- Cử người trực.", "- Cử\n\fngười trực.", NULL},
    {"page_number_in_text", I, "- Cử người trực.", "- Cử người trực.\n 7 \n", NULL},
    {"list_marker_missing", I, "- Sự cố do thảm họa tự nhiên.",
     "Sự cố do mất điện;\n- Sự cố do thảm họa tự nhiên.", NULL},
    {"personal_contact", I, "- Cử người trực.", "- Gửi về lvan@hoaloc.gov.vn.", NULL},
    {"personal_contact", NULL, "- Cử người trực.", "- Gửi về vanthu@hoaloc.gov.vn.", NULL},
    {"homoglyph", I, "- Cử người trực.", "- Cử người trực cа.", NULL}, /* Cyrillic а */
};
/* clang-format on */

static SourceText *source_of(const char *content, SourceKind kind) {
  SourceText *source = source_text_new(kind);
  g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    gboolean page = lines[i][0] == '\f';
    source_text_append(source, lines[i] + page, -1)->page_start = page;
  }
  return source;
}

static json_t *parse(const char *quoted) {
  g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"');
  json_error_t error;
  json_t *value = json_loads(text, 0, &error);
  if (!value)
    g_error("%s: %s", error.text, quoted);
  return value;
}

static PlanCheckRules *load_rules(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  PlanCheckRules *rules = plan_check_rules_load(folder, &error);
  g_assert_no_error(error);
  return rules;
}

static const char *find_severity(const json_t *result, const char *code) {
  gsize i;
  json_t *defect;
  json_array_foreach(json_object_get(result, "defects"), i, defect) {
    if (g_str_equal(json_string_value(json_object_get(defect, "code")), code))
      return json_string_value(json_object_get(defect, "severity"));
  }
  return NULL;
}

static json_t *judge(const Case *spoil) {
  g_autoptr(PlanCheckRules) rules = load_rules();
  g_autoptr(GString) text = g_string_new(SOUND_TEXT);
  if (spoil->find)
    g_assert_cmpuint(g_string_replace(text, spoil->find, spoil->put, 1), ==, 1);
  json_t *reading = parse(SOUND_READING);
  json_t *patch = spoil->patch ? parse(spoil->patch) : json_object();
  json_object_update_recursive(reading, patch);
  g_autoptr(SourceText) source = source_of(text->str, SOURCE_TXT);
  g_autoptr(GError) error = NULL;
  json_t *result = plan_check(reading, source, rules, spoil->on ? spoil->on : SOUND_DAY, &error);
  g_assert_no_error(error);
  json_decref(patch);
  json_decref(reading);
  return result;
}

static void test_sound_plan(void) {
  json_t *result = judge(&(Case){NULL});
  g_autofree char *told = json_dumps(result, JSON_COMPACT);
  g_assert_cmpstr(told, ==, "{\"defects\":[]}");
  json_decref(result);
}

static void test_case(gconstpointer data) {
  const Case *spoil = data;
  json_t *result = judge(spoil);
  g_assert_cmpstr(find_severity(result, spoil->code), ==, spoil->severity);
  json_decref(result);
}

/* Every code of the table is found by some case. */
static void test_every_code_has_a_case(void) {
  for (gsize c = 0; plan_check_code(c); c++) {
    const char *found = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(CASES) && !found; i++)
      if (CASES[i].severity && g_str_equal(CASES[i].code, plan_check_code(c)->code))
        found = CASES[i].code;
    g_assert_cmpstr(found, ==, plan_check_code(c)->code);
  }
}

static void test_finding(void) {
  json_t *result = judge(&(Case){"body_obsolete_now", W, "- Cử người trực.", "- Báo cáo Sở TTTT.", NULL, NULL});
  const json_t *defect = json_array_get(json_object_get(result, "defects"), 0);
  static const char *const KEYS[] = {"code", "severity", "where", "found", "fix", "basis"};
  for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++)
    g_assert_nonnull(json_string_value(json_object_get(defect, KEYS[i])));
  g_assert_cmpstr(json_string_value(json_object_get(defect, "where")), ==, "V.2");
  g_assert_cmpint(json_integer_value(json_object_get(defect, "line")), ==, 40);
  json_decref(result);
}

static void test_errors_come_first(void) {
  json_t *result =
      judge(&(Case){NULL, NULL, "- Cử người trực.", "- Cử người người trực.", "{'number':{'status':'absent'}}", NULL});
  const json_t *first = json_array_get(json_object_get(result, "defects"), 0);
  g_assert_cmpstr(json_string_value(json_object_get(first, "severity")), ==, E);
  json_decref(result);
}

static void test_refuses(void) {
  g_autoptr(PlanCheckRules) rules = load_rules();
  g_autoptr(SourceText) source = source_of("", SOURCE_TXT);
  json_t *list = json_array(), *object = json_object();
  static const char *const DAYS[] = {"2026-13-01", "21/11/2026", "2026-11-21x", ""};
  for (gsize i = 0; i < G_N_ELEMENTS(DAYS); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(plan_check(object, source, rules, DAYS[i], &error));
    g_assert_error(error, APP_ERROR, ERROR_INVALID);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(plan_check(list, source, rules, SOUND_DAY, &error));
  g_assert_error(error, APP_ERROR, ERROR_INVALID);
  json_decref(list);
  json_decref(object);
}

/* A reading of nothing, and of the wrong types everywhere, is judged without harm. */
static void test_strange_readings(void) {
  static const char *const READINGS[] = {
      "{}",
      "{'tasks':[1,null,'x',{'lead':'A','time':[]},{'lead':[1,null],'coordinate':[{}],'time':{'kind':7}}],"
      "'headings':[1,null,'','.','V','9999999999999999999.','1.1.1.1.1.1.1. "
      "x'],'legal_bases':{},'period':[],'number':3,"
      "'date':'x','issuer':[],'signer':1,'periodic_reports':[1,{'recipient':[1],'frequency':'năm'}],'budget':[],"
      "'scenario_groups':[1,{'kinds':[1]}],'cause_groups':[1],'provenance':[],'organisation_duties':[1,{'unit':2}]}"};
  g_autoptr(PlanCheckRules) rules = load_rules();
  g_autoptr(SourceText) source =
      source_of("- \n)\n#\n*\n@.\n(((\nkèm theo kế hoạch số 1/\nđ)\nd)\ne)\n", SOURCE_MARKDOWN);
  for (gsize i = 0; i < G_N_ELEMENTS(READINGS); i++) {
    json_t *reading = parse(READINGS[i]);
    json_t *result = plan_check(reading, source, rules, SOUND_DAY, NULL);
    g_assert_cmpstr(find_severity(result, "number_missing"), ==, E);
    json_decref(result);
    json_decref(reading);
  }
}

/* ---- the exact readings that were made by hand ---- */

static gboolean listed(const json_t *list, const char *code, const char *severity, const char *form) {
  gsize i;
  json_t *defect;
  json_array_foreach(list, i, defect) {
    const char *only_in = json_string_value(json_object_get(defect, "only_in"));
    const char *has = json_string_value(json_object_get(defect, "severity"));
    if (g_strcmp0(json_string_value(json_object_get(defect, "code")), code) == 0 &&
        (!severity || (g_strcmp0(has, severity) == 0 && (!only_in || g_str_equal(only_in, form)))))
      return TRUE;
  }
  return FALSE;
}

static void compare_with(const json_t *expected, const json_t *result, const char *name, const char *form) {
  const json_t *wanted = json_object_get(expected, "defects");
  guint warnings = 0, found_warnings = 0, wrong = 0;
  for (gsize c = 0; plan_check_code(c); c++) {
    const char *code = plan_check_code(c)->code, *severity = find_severity(result, code);
    if (listed(wanted, code, E, form) && !severity)
      g_error("%s: lacks the error %s", name, code);
    warnings += listed(wanted, code, W, form) ? 1 : 0;
    found_warnings += listed(wanted, code, W, form) && severity ? 1 : 0;
    wrong += severity && !g_str_equal(severity, I) && !listed(wanted, code, NULL, form) &&
                     !listed(json_object_get(expected, "defects_acceptable"), code, NULL, form)
                 ? 1
                 : 0;
  }
  if (found_warnings * 10 < warnings * 9)
    g_error("%s: %u of %u warnings", name, found_warnings, warnings);
  g_assert_cmpuint(wrong, <=, 3);
}

/* The document of a reading: beside the folder of the readings, or in the shared plans. */
static char *find_document(const char *folder, const char *shared, const char *stem) {
  static const char *const ENDS[] = {".txt", ".md", ".docx"};
  for (gsize i = 0; i < G_N_ELEMENTS(ENDS) * 2; i++) {
    g_autofree char *name = g_strconcat(stem, ENDS[i / 2], NULL);
    g_autofree char *path = g_build_filename(i % 2 ? shared : folder, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return g_steal_pointer(&path);
  }
  return NULL;
}

static SourceText *load_document(const char *path) {
  g_autofree char *bytes = NULL;
  gsize length = 0;
  SourceKind kind = SOURCE_TXT;
  g_autoptr(GError) error = NULL;
  g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  g_assert_true(source_kind_guess(bytes, length, path, &kind, &error));
  SourceText *source = kind == SOURCE_DOCX ? source_text_read_docx(bytes, length, &error)
                                           : source_text_read_txt(bytes, length, kind, &error);
  g_assert_no_error(error);
  return source;
}

static gboolean judge_expected(const char *folder, const char *shared, const char *name) {
  g_autoptr(PlanCheckRules) rules = load_rules();
  g_autofree char *reading_path = g_build_filename(folder, "expected", name, NULL);
  g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
  g_autofree char *path = find_document(folder, shared, stem);
  if (!path)
    return FALSE;
  json_t *expected = json_load_file(reading_path, 0, NULL);
  g_autoptr(SourceText) source = load_document(path);
  json_t *result = plan_check(expected, source, rules, LATER_DAY, NULL);
  compare_with(expected, result, name, source->kind == SOURCE_DOCX ? "docx" : "txt");
  json_decref(result);
  json_decref(expected);
  return TRUE;
}

static guint judge_folder(const char *folder, const char *shared) {
  g_autofree char *expected = g_build_filename(folder, "expected", NULL);
  g_autoptr(GDir) dir = g_dir_open(expected, 0, NULL);
  guint count = 0;
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    if (g_str_has_suffix(name, ".json"))
      count += judge_expected(folder, shared, name) ? 1 : 0;
  return count;
}

static char *shared_plans(void) {
  const char *shared = g_getenv("UNGCUU_SHARED");
  return g_build_filename(shared ? shared : "../shared", "plans", NULL);
}

static void test_own_plans(void) {
  g_autofree char *shared = shared_plans();
  g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "tests", "plans", NULL);
  g_assert_cmpuint(judge_folder(folder, shared), >, 5);
}

static void test_shared_plans(void) {
  g_autofree char *shared = shared_plans();
  if (!g_file_test(shared, G_FILE_TEST_IS_DIR)) {
    g_test_skip("UNGCUU_SHARED has no plans");
    return;
  }
  g_assert_cmpuint(judge_folder(shared, shared), >, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan_check/sound", test_sound_plan);
  g_test_add_func("/plan_check/every_code", test_every_code_has_a_case);
  g_test_add_func("/plan_check/finding", test_finding);
  g_test_add_func("/plan_check/order", test_errors_come_first);
  g_test_add_func("/plan_check/refuses", test_refuses);
  g_test_add_func("/plan_check/strange", test_strange_readings);
  g_test_add_func("/plan_check/own_plans", test_own_plans);
  g_test_add_func("/plan_check/shared_plans", test_shared_plans);
  for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
    g_autofree char *path = g_strdup_printf("/plan_check/case/%03zu_%s", i, CASES[i].code);
    g_test_add_data_func(path, &CASES[i], test_case);
  }
  return g_test_run();
}
