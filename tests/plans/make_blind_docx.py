#!/usr/bin/env python3
"""Makes the DOCX plans blind-*.docx beside this file, byte for byte the same on every run.

blind-so-tai-chinh-dak-ha-2025.docx     prose tasks, automatic letters, paragraphs inside content controls, moved and replaced text
blind-benh-vien-cua-lach-2024.docx      table in a content control, numbers of the rows made by Word, owners before content,
                                        roman group rows, merged cells, "nt"
"""
from make_docx import Writer, cell, letterhead, paragraph, row, table

ATTACKS = ["Tấn công từ chối dịch vụ", "Tấn công giả mạo", "Tấn công sử dụng mã độc",
           "Tấn công truy cập trái phép, chiếm quyền điều khiển", "Tấn công thay đổi giao diện",
           "Tấn công mã hóa phần mềm, dữ liệu, thiết bị", "Tấn công phá hoại thông tin, dữ liệu, phần mềm",
           "Tấn công nghe trộm, gián điệp, lấy cắp thông tin, dữ liệu",
           "Tấn công tổng hợp sử dụng kết hợp nhiều hình thức", "Các hình thức tấn công mạng khác"]
FAULTS = ["Sự cố nguồn điện", "Sự cố đường kết nối Internet",
          "Sự cố do lỗi phần mềm, phần cứng, ứng dụng của hệ thống thông tin", "Sự cố liên quan đến quá tải hệ thống",
          "Sự cố khác do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật"]
ERRORS = ["Lỗi trong cập nhật, thay đổi, cấu hình phần cứng", "Lỗi trong cập nhật, thay đổi, cấu hình phần mềm",
          "Lỗi liên quan đến chính sách và thủ tục an toàn thông tin",
          "Lỗi liên quan đến việc dừng dịch vụ vì lý do bắt buộc",
          "Lỗi khác liên quan đến người quản trị, vận hành hệ thống"]


def controlled(*blocks):
    return f'<w:sdt><w:sdtPr><w:alias w:val="k"/></w:sdtPr><w:sdtContent>{"".join(blocks)}</w:sdtContent></w:sdt>'


FINANCE = """
Căn cứ Luật An toàn thông tin mạng số 86/2015/QH13;
Căn cứ Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15 ngày 26/6/2025;
Căn cứ Nghị định số {-58-}{+85+}/2016/NĐ{nbh}CP ngày 01/7/2016 của Chính phủ về bảo đảm an toàn hệ thống thông tin theo cấp độ;
Căn cứ Quyết định số 05/2017/QĐ{nbh}TTg ngày 16/3/2017 của Thủ tướng Chính phủ ban hành quy định về hệ thống phương án ứng cứu khẩn cấp bảo đảm an toàn thông tin mạng quốc gia;
Căn cứ Thông tư số 20/2017/TT{nbh}BTTTT ngày 12/9/2017 của Bộ trưởng Bộ Thông tin và Truyền thông;
Thực hiện văn bản số 2207/UBND-KGVX ngày 11/8/2025 của Ủy ban nhân dân tỉnh về tăng cường bảo đảm an toàn thông tin mạng;
Sở Tài chính xây dựng Kế hoạch ứng phó sự cố an toàn thông tin mạng năm 2026 như sau:
# MỤC ĐÍCH, YÊU CẦU
## Mục đích
- Không để gián đoạn việc chi trả, quyết toán ngân sách.
## Yêu cầu
- Mọi công chức biết số điện thoại báo sự cố.
# QUY ĐỊNH CHUNG
## Phạm vi, đối tượng
Áp dụng cho các phòng, đơn vị thuộc Sở Tài chính.
## Nguyên tắc
- Báo ngay, không tự xử lý.
## Nguyên tắc ưu tiên duy trì hoạt động hệ thống thông tin
- Hệ thống quản lý ngân sách được khôi phục trước tiên, không quá 02 giờ.
- Các hệ thống khác khôi phục trong 24 giờ.
## Lực lượng tham gia
- Văn phòng Sở;
- Phòng Tin học và Thống kê;
- Công an tỉnh.
## Chức năng, nhiệm vụ, cơ chế phối hợp
- Phòng Tin học và Thống kê: đầu mối kỹ thuật.
- Văn phòng Sở: thông tin, hậu cần.
# NHIỆM VỤ VÀ GIẢI PHÁP
## Đánh giá nguy cơ, sự cố
a) Rà soát tài khoản, quyền truy cập hệ thống quản lý ngân sách.
- Đơn vị chủ trì thực hiện: Phòng Tin học và Thống kê.
- Đơn vị phối hợp thực hiện: {-Phòng Quản lý giá-}{+Phòng Quản lý ngân sách+}; Văn phòng Sở.
- Thời gian thực hiện, hoàn thành: Quý I/2026.
a) Kiểm thử xâm nhập hệ thống quản lý ngân sách.
- Đơn vị chủ trì thực hiện: {[Phòng Tin học và Thống kê]}.
- Đơn vị phối hợp thực hiện: Công an tỉnh.
- Thời gian thực hiện, hoàn thành: Định kỳ 06 tháng một lần.
## Phương án ứng cứu một số tình huống cụ thể
a) Xây dựng phương án ứng cứu cho các tình huống sau:
SCENARIOS
- Đơn vị chủ trì thực hiện: Phòng Tin học và Thống kê.
- Đơn vị phối hợp thực hiện: Các phòng, đơn vị thuộc Sở.
- Thời gian thực hiện, hoàn thành: Hoàn thành trước ngày 31/3/2026.
## Thường trực, điều phối, xử lý, ứng cứu sự cố
a) Trực tiếp nhận và báo cáo sự cố.
- Đơn vị chủ trì thực hiện: Phòng Tin học và Thống kê.
- Đơn vị phối hợp thực hiện: Văn phòng Sở.
- Thời gian thực hiện, hoàn thành: Thường xuyên, liên tục.
## Huấn luyện, diễn tập, giám sát, bảo đảm điều kiện sẵn sàng
a) Tập huấn công chức; tham gia diễn tập của tỉnh.
- Đơn vị chủ trì thực hiện: Văn phòng Sở.
- Đơn vị phối hợp thực hiện: Phòng Tin học và Thống kê.
- Thời gian thực hiện, hoàn thành: Hằng năm.
a) Sao lưu dữ liệu ngân sách ra băng từ.
- Đơn vị chủ trì thực hiện: Phòng Tin học và Thống kê.
- Thời gian thực hiện, hoàn thành: Hàng tháng.
# KINH PHÍ
Dự toán chi ngân sách nhà nước năm 2026 của Sở Tài chính.
# TỔ CHỨC THỰC HIỆN
## Phòng Tin học và Thống kê
- Chủ trì triển khai Kế hoạch này.
- Tổng hợp, báo cáo định kỳ 06 tháng, 01 năm cho Giám đốc Sở.
## Văn phòng Sở
- Bố trí kinh phí, hậu cần.
xx Thuê chuyên gia.
## Các phòng, đơn vị thuộc Sở
- Phối hợp thực hiện; báo cáo 06 tháng, 01 năm gửi Phòng Tin học và Thống kê.
Trên đây là Kế hoạch của Sở Tài chính, đề nghị các phòng, đơn vị thực hiện./.
"""


def scenarios(w):
    for name, kinds in (("Tình huống sự cố do bị tấn công mạng", ATTACKS),
                        ("Tình huống sự cố do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật", FAULTS),
                        ("Tình huống sự cố do lỗi của người quản trị, vận hành hệ thống", ERRORS)):
        w.line(f"- {name}:")
        for kind in kinds:
            w.line(f"+ {kind};")
    w.line("- Tình huống sự cố liên quan đến các thảm họa tự nhiên.")


def write_lines(w, text):
    for line in text.strip().splitlines():
        scenarios(w) if line == "SCENARIOS" else w.line(line)


def make_finance():
    w = Writer()
    w.add(letterhead(["UBND TỈNH ĐẮK HÀ", "SỞ TÀI CHÍNH"], ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
                     "Số:          /KH{nbh}STC", "Đắk Hà, ngày {-09-}{+19+} tháng 12 năm 2025"))
    w.add(controlled(paragraph("KẾ HOẠCH", style="Title"),
                     paragraph("Ứng phó sự cố an toàn thông tin mạng của Sở Tài chính năm 2026", style="Title")))
    write_lines(w, FINANCE)
    w.add(table([row([cell(["Nơi nhận:", "- UBND tỉnh (b/c);", "- Lưu: VT, VP."], 4700),
                      cell(["GIÁM ĐỐC", "", "", "Siu H'Biên"], 4700)])], [4700, 4700]))
    w.save("blind-so-tai-chinh-dak-ha-2025.docx", "", "{page}", "")


HOSPITAL = """
Căn cứ Luật Khám bệnh, chữa bệnh số 15/2023/QH15 ngày 09/01/2023;
Căn cứ Luật An toàn thông tin mạng số 86/2015/QH13 ngày 19/11/2015;
Căn cứ Nghị định số 13/2023/NĐ-CP ngày 17/4/2023 của Chính phủ về bảo vệ dữ liệu cá nhân;
Căn cứ Quyết định số 05/2017/QĐ-TTg ngày 16/3/2017 của Thủ tướng Chính phủ;
Căn cứ Thông tư số 20/2017/TT-BTTTT ngày 12/9/2017 của Bộ trưởng Bộ Thông tin và Truyền thông;
Căn cứ Thông tư số 46/2018/TT-BYT ngày 28/12/2018 của Bộ trưởng Bộ Y tế quy định hồ sơ bệnh án điện tử;
Bệnh viện Sản - Nhi Cửa Lạch xây dựng Kế hoạch như sau:
# MỤC ĐÍCH, YÊU CẦU
## Mục đích
- Giữ an toàn cho sản phụ và trẻ sơ sinh khi mất hệ thống.
## Yêu cầu
- Diễn tập thật, ghi lại thời gian.
# QUY ĐỊNH CHUNG
## Phạm vi, đối tượng
Toàn bộ khoa, phòng của Bệnh viện.
## Nguyên tắc, phương châm
- Người bệnh trước, dữ liệu sau.
## Lực lượng tham gia
- Ban Giám đốc;
- Tổ Công nghệ thông tin.
## Chức năng, nhiệm vụ
- Tổ Công nghệ thông tin: thường trực ứng cứu sự cố.
# ĐÁNH GIÁ NGUY CƠ VÀ TÌNH HUỐNG
## Nguyên nhân
- Sự cố do bị tấn công mạng;
- Sự cố do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật;
- Sự cố do lỗi của người quản trị, vận hành hệ thống;
- Sự cố liên quan đến các thảm họa tự nhiên.
## Phương án theo tình huống
SCENARIOS
# NHIỆM VỤ
## Bảng phân công
TABLE
## Thường trực, xử lý sự cố
Theo nhóm III của bảng phân công.
## Huấn luyện, diễn tập, giám sát, điều kiện sẵn sàng
Theo nhóm I, nhóm II của bảng phân công.
# KINH PHÍ
Quỹ phát triển hoạt động sự nghiệp của Bệnh viện.
# TỔ CHỨC THỰC HIỆN
## Tổ Công nghệ thông tin
- Đầu mối thực hiện Kế hoạch.
- Báo cáo 06 tháng, năm cho Giám đốc và Sở Y tế.
## Các khoa, phòng
- Thực hiện nhiệm vụ được giao.
Trên đây là Kế hoạch của Bệnh viện./.
"""
COLUMNS = ["STT", "Đơn vị thực hiện", "Nội dung", "Sản phẩm", "Thời gian hoàn thành", "Đơn vị phối hợp"]
IT = "Tổ Công nghệ thông tin"
GROUP = "group"
ROWS = [
    (GROUP, "I", "Phòng ngừa, giám sát"),
    (IT, "Kiểm kê thiết bị, máy chủ, phần mềm", "Bảng kiểm kê", "30/6/2024", "Các khoa, phòng"),
    (None, "Rà quét lỗ hổng phần mềm bệnh viện", "Báo cáo", "06 tháng/lần", None),
    ("Phòng Vật tư", "Thay bộ lưu điện phòng máy chủ", "Biên bản nghiệm thu", "Quý III năm 2024", "nt"),
    (GROUP, "II", "Huấn luyện, diễn tập, điều kiện sẵn sàng"),
    ("Phòng Kế hoạch tổng hợp", "Diễn tập mổ đẻ khi mất phần mềm", "Biên bản", "Ít nhất 1 năm/lần", ["Khoa Sản", "Khoa Gây mê"]),
    ("", "Tập huấn cho nữ hộ sinh", "Danh sách", "Hàng năm", "Khoa Sản"),
    (GROUP, "III", "Thường trực, xử lý sự cố"),
    (IT, "Trực tiếp nhận sự cố", "Sổ trực", "24/7", "Khoa Cấp cứu"),
    (IT, "Khôi phục dữ liệu bệnh án", "Biên bản", "Sau khi xử lý xong sự cố", "Nhà cung cấp phần mềm"),
]


def hospital_table():
    widths = [600, 1800, 3000, 1400, 1400, 1600]
    rows = [row([cell(c, w) for c, w in zip(COLUMNS, widths)], "<w:tblHeader/>")]
    for i, (first, *rest) in enumerate(ROWS):
        if first == GROUP:
            rows.append(row([cell(rest[0], widths[0]), cell(rest[1], sum(widths[1:]), span=5)]))
            continue
        below = ROWS[i + 1] if i + 1 < len(ROWS) else (GROUP,)
        stt = f'<w:tc><w:tcPr><w:tcW w:w="600" w:type="dxa"/></w:tcPr>{paragraph("", num=3)}</w:tc>'
        cells = [cell(c or "", w, merge="go on" if c is None else
                      "start" if below[0] != GROUP and below[k] is None else "")
                 for k, (c, w) in enumerate(zip((first, *rest), widths[1:]))]
        rows.append(row([stt, *cells]))
    return table(rows, widths)


def make_hospital():
    w = Writer()
    w.add(letterhead(["SỞ Y TẾ TỈNH CỬA LẠCH", "BỆNH VIỆN SẢN - NHI"], ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
                     "Số: 512/KH-BVSN", "Cửa Lạch, ngày 14 tháng 5 năm 2024"))
    w.add(paragraph("KẾ HOẠCH", style="Title"),
          paragraph("Ứng phó sự cố, bảo đảm an toàn thông tin mạng năm 2024", style="Title"))
    head, tail = HOSPITAL.split("TABLE\n")
    write_lines(w, head)
    w.add(controlled(hospital_table()))
    write_lines(w, tail)
    w.add(table([row([cell(["Nơi nhận:", "- Sở Y tế (b/c);", "- Lưu: VT, CNTT."], 4700),
                      cell(["GIÁM ĐỐC", "", "", "BS.CKII. Vương Thị Lành"], 4700)])], [4700, 4700]))
    w.letters += 1
    w.save("blind-benh-vien-cua-lach-2024.docx", "", "{page}", "")


if __name__ == "__main__":
    make_finance()
    make_hospital()
