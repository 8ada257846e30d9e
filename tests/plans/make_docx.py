#!/usr/bin/env python3
"""Makes the DOCX test plans beside this file, byte for byte the same on every run.

so-y-te-an-loc-2026.docx      what Word really writes: numbers kept in styles, merged cells, tracked changes, fields,
                              a text box written twice, a footnote, a content control, split runs, header and footer
phuong-dong-quan-2026.docx    phuong-dong-quan-2026.txt with automatic numbers and truly merged cells
"""
import pathlib
import re
import zipfile
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
              'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
              'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
              'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"')
CHANGE = 'w:id="9" w:author="Văn thư" w:date="2026-11-02T08:00:00Z"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."

# Numbering lists (num id): headings I. / 1. by style, "-" and "+" items, a) b) c), 1. 2. inside a table.
HEADINGS, ITEMS = 1, 2
FIRST_LETTER_LIST = 10

# Inline marks of the texts below: {-deleted-} {+inserted+} {br} {tab} {nbh} {fn} {page} {[content control]} {|} (split run)
MARK = re.compile(r"\{-(.*?)-\}|\{\+(.*?)\+\}|\{\[(.*?)\]\}|\{(br|tab|nbh|fn|page|\|)\}")


def run(text, props=""):
    return f'<w:r>{props and f"<w:rPr>{props}</w:rPr>"}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def special(name):
    return {"br": "<w:r><w:br/></w:r>", "tab": "<w:r><w:tab/></w:r>", "nbh": "<w:r><w:noBreakHyphen/></w:r>",
            "fn": '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>',
            "page": '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText>'
                    '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
                    '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "|": '<w:proofErr w:type="spellStart"/>'}[name]


def runs(text, props=""):
    out, at = [], 0
    for m in MARK.finditer(text):
        out.append(run(text[at:m.start()], props))
        deleted, inserted, control, name = m.groups()
        if deleted is not None:
            out.append(f'<w:del {CHANGE}><w:r><w:delText xml:space="preserve">{escape(deleted)}</w:delText></w:r></w:del>')
        elif inserted is not None:
            out.append(f"<w:ins {CHANGE}>{run(inserted, props)}</w:ins>")
        elif control is not None:
            out.append(f'<w:sdt><w:sdtPr><w:alias w:val="o"/></w:sdtPr><w:sdtContent>{run(control, props)}'
                       '</w:sdtContent></w:sdt>')
        else:
            out.append(special(name))
        at = m.end()
    return "".join(out) + run(text[at:], props)


def paragraph(text, style="", num=None, level=0, align="", props="", mark=""):
    p = style and f'<w:pStyle w:val="{style}"/>'
    if num is not None:
        p += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
    p += align and f'<w:jc w:val="{align}"/>'
    p += mark and f"<w:rPr>{mark}</w:rPr>"
    return f'<w:p>{p and f"<w:pPr>{p}</w:pPr>"}{runs(text, props)}</w:p>'


def deleted_paragraph(text, num, level):
    """A list item struck out together with its paragraph mark: neither text nor number."""
    return paragraph("{-" + text + "-}", num=num, level=level, mark=f"<w:del {CHANGE}/>")


def cell(text, width, span=1, merge=""):
    props = f'<w:tcW w:w="{width}" w:type="dxa"/>' + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
    props += {"": "", "start": '<w:vMerge w:val="restart"/>', "go on": "<w:vMerge/>"}[merge]
    lines = text if isinstance(text, list) else [text]
    return f'<w:tc><w:tcPr>{props}</w:tcPr>{"".join(paragraph(x) for x in lines)}</w:tc>'


def table(rows, widths):
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'


def row(cells, props=""):
    return f'<w:tr>{props and f"<w:trPr>{props}</w:trPr>"}{"".join(cells)}</w:tr>'


def letterhead(left, right, number, date):
    return table([row([cell(left, 3800), cell(right, 5600)]), row([cell(number, 3800), cell(date, 5600)])], [3800, 5600])


def text_box(text):
    """Word writes a text box twice: the shape, and the same in VML for old readers."""
    content = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    shape = ('<w:drawing><wp:inline><wp:extent cx="900000" cy="300000"/><wp:docPr id="1" name="Text Box 1"/><a:graphic>'
             '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
             f'<wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>'
             '</a:graphicData></a:graphic></wp:inline></w:drawing>')
    vml = f'<w:pict><v:shape style="width:71pt;height:24pt"><v:textbox>{content}</v:textbox></v:shape></w:pict>'
    return ('<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps">' + shape + "</mc:Choice><mc:Fallback>" + vml
            + "</mc:Fallback></mc:AlternateContent></w:r></w:p>")


def merged_rows(rows, widths, columns):
    """Rows of a task table. None goes on with the merged cell above; a row of one text spans the whole table."""
    out = [row([cell(c, w) for c, w in zip(columns, widths)], "<w:tblHeader/>")]
    for i, cells in enumerate(rows):
        if len(cells) == 2:
            out.append(row([cell(cells[0], widths[0]), cell(cells[1], sum(widths[1:]), span=len(widths) - 1)]))
            continue
        below = rows[i + 1] if i + 1 < len(rows) else []
        merges = ["go on" if c is None else "start" if k < len(below) and len(below) > 2 and below[k] is None else ""
                  for k, c in enumerate(cells)]
        out.append(row([cell(c or "", w, merge=m) for c, w, m in zip(cells, widths, merges)]))
    return out


def level(index, fmt, text, extra=""):
    return (f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/>{extra}<w:lvlText w:val="{text}"/>'
            '<w:lvlJc w:val="left"/></w:lvl>')


def numbering(letter_lists):
    abstract = [level(0, "upperRoman", "%1.", '<w:pStyle w:val="Heading1"/>')
                + level(1, "decimal", "%2.", '<w:pStyle w:val="Heading2"/>'),
                level(0, "bullet", "-") + level(1, "bullet", "+"), level(0, "lowerLetter", "%1)")]
    out = "".join(f'<w:abstractNum w:abstractNumId="{i}"><w:multiLevelType w:val="multilevel"/>{x}</w:abstractNum>'
                  for i, x in enumerate(abstract))
    out += "".join(f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{i}"/></w:num>' for i in range(2))
    for n in range(FIRST_LETTER_LIST, FIRST_LETTER_LIST + letter_lists):
        out += (f'<w:num w:numId="{n}"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
                "</w:lvlOverride></w:num>")
    return f"<w:numbering {NAMESPACES}>{out}</w:numbering>"


def styles():
    def style(name, shown, ppr):
        return (f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/><w:pPr>{ppr}</w:pPr>'
                "<w:rPr><w:b/></w:rPr></w:style>")
    return (f'<w:styles {NAMESPACES}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
            "</w:style>"
            + style("Heading1", "heading 1", f'<w:numPr><w:numId w:val="{HEADINGS}"/></w:numPr><w:outlineLvl w:val="0"/>')
            + style("Heading2", "heading 2", f'<w:numPr><w:ilvl w:val="1"/><w:numId w:val="{HEADINGS}"/></w:numPr>'
                                             '<w:outlineLvl w:val="1"/>')
            + style("Title", "Title", '<w:jc w:val="center"/>') + "</w:styles>")


def package(name, body, letter_lists, footnote, header, footer):
    """Writes one .docx with the parts Word writes; a fixed time stamp keeps the bytes the same."""
    parts = {"document": ("document.main", f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr>"
                          '<w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>'
                          '<w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'),
             "styles": ("styles", styles()), "numbering": ("numbering", numbering(letter_lists)),
             "footnotes": ("footnotes", f'<w:footnotes {NAMESPACES}><w:footnote w:id="2">{paragraph(footnote)}</w:footnote>'
                           "</w:footnotes>"),
             "header1": ("header", f"<w:hdr {NAMESPACES}>{paragraph(header)}</w:hdr>"),
             "footer1": ("footer", f"<w:ftr {NAMESPACES}>{paragraph(footer)}</w:ftr>")}
    kinds = ["styles", "numbering", "footnotes", "header1", "footer1"]
    rels = "".join(f'<Relationship Id="rId{i}" Type="{REL}{k.rstrip("1")}" Target="{k}.xml"/>' for i, k in enumerate(kinds, 1))
    types = "".join(f'<Override PartName="/word/{k}.xml" ContentType="{TYPE}{t}+xml"/>' for k, (t, _) in parts.items())
    package_ns = "http://schemas.openxmlformats.org/package/2006/"
    files = {"[Content_Types].xml": f'<Types xmlns="{package_ns}content-types"><Default Extension="rels" ContentType='
             f'"application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
             "_rels/.rels": f'<Relationships xmlns="{package_ns}relationships"><Relationship Id="rId1" '
             f'Type="{REL}officeDocument" Target="word/document.xml"/></Relationships>',
             "word/_rels/document.xml.rels": f'<Relationships xmlns="{package_ns}relationships">{rels}</Relationships>'}
    files |= {f"word/{k}.xml": x for k, (_, x) in parts.items()}
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as z:
        for path, xml in files.items():
            info = zipfile.ZipInfo(path, (2026, 11, 3, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + xml)


class Writer:
    """Collects the body; `#` `##` headings, `-` `+` items, `a)` lettered items, anything else plain text."""

    def __init__(self):
        self.body, self.letters = [], FIRST_LETTER_LIST - 1

    def add(self, *blocks):
        self.body += blocks

    def lines(self, text):
        for line in text.strip().splitlines():
            self.line(line)

    def line(self, line):
        mark, _, rest = line.partition(" ")
        if mark in ("#", "##"):
            self.letters += mark == "##"
            self.add(paragraph(rest, style=f"Heading{len(mark)}"))
        elif mark == "a)":
            self.add(paragraph(rest, num=self.letters))
        elif mark in ("-", "+"):
            self.add(paragraph(rest, num=ITEMS, level="-+".index(mark)))
        elif mark == "xx":
            self.add(deleted_paragraph(rest, ITEMS, 0))
        elif mark == "xa":
            self.add(deleted_paragraph(rest, self.letters, 0))
        else:
            self.add(paragraph(line))

    def save(self, name, footnote, header, footer):
        lists = max(self.letters - FIRST_LETTER_LIST + 1, 1)
        package(name, "".join(self.body), lists, footnote, header, footer)


SO_Y_TE_OPENING = """
Căn cứ Luật An ninh mạng số 116/2025/QH15 ngày 10/12/2025;
Căn cứ Nghị định số 331/2026/NĐ{nbh}CP ngày 19/8/2026 của Chính phủ về bảo vệ an ninh mạng đối với hệ thống thông tin;
Căn cứ Quyết định số 05/2017/QĐ{nbh}TTg ngày 16/3/2017 của Thủ tướng Chính phủ ban hành quy định về hệ thống phương án ứng cứu khẩn cấp bảo đảm an toàn thông tin mạng quốc gia;
Căn cứ Thông tư số 20/2017/TT-BTTTT ngày 12/9/2017 của Bộ trưởng Bộ Thông tin và Truyền thông quy định về điều phối, ứng cứu sự cố an toàn thông tin mạng trên toàn quốc;
{-Căn cứ Thông tư số 12/2022/TT-BTTTT ngày 12/8/2022 của Bộ trưởng Bộ Thông tin và Truyền thông;-}
Thực hiện Kế hoạch số {-350-}{+305+}/KH-UBND ngày 06/10/2026 của Ủy ban nhân dân tỉnh An Lộc về ứng phó sự cố, bảo đảm an ninh mạng trên địa bàn tỉnh;
Sở Y tế tỉnh An Lộc ban hành Kế hoạch ứng phó sự cố, bảo đảm an ninh mạng năm 2027 như sau:
# MỤC ĐÍCH, YÊU CẦU
## Mục đích
- Bảo đảm các trạm cấp cứu 115 và kho vắc xin không bị gián đoạn vì sự cố mạng.
xx Xây dựng trung tâm giám sát riêng của ngành y tế.
- Bảo vệ hồ sơ sức khỏe của hơn 900 nghìn người dân.
## Yêu cầu
- Mỗi đơn vị có một người trả lời điện thoại về sự cố vào bất kỳ giờ nào.
- Làm thật, đo được: ghi lại thời gian phát hiện, thời gian khôi phục của từng sự cố.
# CÁC QUY ĐỊNH CHUNG
## Phạm vi, đối tượng
Kế hoạch áp dụng cho Sở Y tế, các chi cục, trung tâm và bệnh viện công lập trực thuộc Sở Y tế tỉnh An Lộc.
## Nguyên tắc, phương châm ứng phó sự cố
a) Tính mạng người bệnh trên hết, dữ liệu thứ hai, thiết bị thứ ba.
xa Xử lý trong giờ hành chính.
a) Người phát hiện được quyền ngắt mạng máy của mình mà không phải xin phép.
a) Không đưa hình ảnh sự cố lên mạng xã hội.
## Điều kiện, nguyên tắc ưu tiên duy trì hoạt động của hệ thống thông tin khi ứng cứu
- Ưu tiên 1: điều phối cấp cứu 115, ngừng không quá 10 phút.
- Ưu tiên 2: quản lý kho lạnh vắc xin, ngừng không quá 02 giờ.
- Ưu tiên 3: hồ sơ sức khỏe điện tử, ngừng không quá 24 giờ.
## Lực lượng tham gia
- Ban Chỉ huy ứng phó sự cố ngành y tế;
- Văn phòng Sở;
- Trung tâm Cấp cứu 115;
- Các đơn vị trực thuộc Sở;
- Công an tỉnh, Trung tâm An ninh mạng quốc gia{fn} (khi cần).
## Chức năng, nhiệm vụ, cơ chế phối hợp
- Ban Chỉ huy ứng phó sự cố ngành y tế: quyết định chuyển bệnh, ngừng hệ thống.
- Văn phòng Sở: đơn vị chuyên trách, đầu mối với Công an tỉnh.
- Các đơn vị trực thuộc Sở: tự xử lý ban đầu, cung cấp nhật ký.
# NỘI DUNG THỰC HIỆN
## Đánh giá nguy cơ, sự cố
a) {|}Đo kiểm tình trạng máy chủ, thiết bị y tế nối mạng; dự báo tình huống xấu nhất và số người bệnh bị ảnh hưởng.
- Đơn vị chủ tr{|}ì: Các đơn vị trực thuộc Sở.
- Đơn vị phối hợp: Văn phòng Sở.
- Thời gian thực hiện: {-Quý II-}{+Quý I+} năm 2027.
a) Rà quét lỗ hổng, săn tìm dấu vết xâm nhập trên hệ thống hồ sơ sức khỏe điện tử.
- Đơn vị chủ trì: Văn phòng Sở{-; Trung tâm Kiểm soát bệnh tật-}.
- Đơn vị phối hợp: Công an tỉnh; nhà cung cấp phần mềm.
- Thời gian thực hiện: 06 tháng một lần.
## Phương án ứng cứu theo tình huống
a) Lập phương án cho từng hệ thống: tiêu chí phân mức, việc đầu tiên, người có quyền quyết định.
Nguyên nhân:
- Sự cố do bị tấn công mạng;
- Sự cố do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật;
- Sự cố do lỗi của người quản trị, vận hành hệ thống;
- Sự cố liên quan đến các thảm họa tự nhiên, dịch bệnh.
Tình huống:
- Tình huống sự cố do bị tấn công mạng:
+ Tấn công mã hóa phần mềm, dữ liệu, thiết bị;
+ Tấn công từ chối dịch vụ;
+ Tấn công giả mạo;
+ Tấn công sử dụng mã độc;
+ Tấn công truy cập trái phép, chiếm quyền điều khiển;
+ Tấn công thay đổi giao diện;
+ Tấn công phá hoại thông tin, dữ liệu, phần mềm;
+ Tấn công nghe trộm, gián điệp, lấy cắp thông tin, dữ liệu;
+ Tấn công tổng hợp sử dụng kết hợp nhiều hình thức;
+ Các hình thức tấn công mạng khác.
- Tình huống sự cố do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật:
+ Sự cố nguồn điện;
+ Sự cố đường kết nối Internet;
+ Sự cố do lỗi phần mềm, phần cứng, ứng dụng của hệ thống thông tin;
+ Sự cố liên quan đến quá tải hệ thống;
+ Sự cố khác do lỗi của hệ thống, thiết bị, phần mềm, hạ tầng kỹ thuật.
- Tình huống sự cố do lỗi của người quản trị, vận hành hệ thống:
+ Lỗi trong cập nhật, thay đổi, cấu hình phần cứng;
+ Lỗi trong cập nhật, thay đổi, cấu hình phần mềm;
+ Lỗi liên quan đến việc dừng dịch vụ vì lý do bắt buộc;
+ Lỗi khác liên quan đến người quản trị, vận hành hệ thống.
- Tình huống sự cố liên quan đến các thảm họa tự nhiên, dịch bệnh.
- Đơn vị chủ trì: Các đơn vị trực thuộc Sở.
- Đơn vị phối hợp: Văn phòng Sở; Công an tỉnh.
- Thời gian thực hiện: Trước ngày 31/3/2027.
## Thường trực, điều phối, xử lý sự cố
a) Trực tiếp nhận tin về sự cố, xác minh qua điện thoại gọi lại, phân loại.
- Đơn vị chủ trì: Trung tâm Cấp cứu 115.
- Đơn vị phối hợp: Văn phòng Sở.
- Thời gian thực hiện: Thường xuyên.
a) Báo cáo sự cố tới Giám đốc Sở, Công an tỉnh; báo cáo bổ sung đến khi kết thúc.
- Đơn vị chủ trì: Văn phòng Sở.
- Đơn vị phối hợp: Các đơn vị trực thuộc Sở.
- Thời gian thực hiện: Ngay khi phát hiện sự cố.
a) Thực hiện quy trình ứng cứu: cô lập, thu giữ chứng cứ, khôi phục, kiểm tra lại.
- Đơn vị chủ trì: Các đơn vị trực thuộc Sở.
- Đơn vị phối hợp: Văn phòng Sở; Công an tỉnh; nhà cung cấp phần mềm.
- Thời gian thực hiện: Hằng năm.
## Huấn luyện, diễn tập, giám sát, điều kiện sẵn sàng
Các nhiệm vụ huấn luyện, diễn tập, phòng ngừa, giám sát phát hiện và bảo đảm điều kiện sẵn sàng được giao tại Phụ lục kèm theo Kế hoạch này.
# KINH PHÍ THỰC HIỆN
Kinh phí từ ngân sách nhà nước giao cho ngành y tế năm 2027, quỹ phát triển hoạt động sự nghiệp của các đơn vị.
# TỔ CHỨC THỰC HIỆN
## Văn phòng Sở
- Đôn đốc, kiểm tra; lập và cập nhật danh bạ trực sự cố toàn ngành.
- Tổng hợp báo cáo 06 tháng và hằng năm gửi Ủy ban nhân dân tỉnh, Công an tỉnh.
xx Chủ trì đấu thầu tập trung phần mềm diệt vi rút.
## Phòng Kế hoạch - Tài chính
- Thẩm định dự toán của các đơn vị.
## Các đơn vị trực thuộc Sở
- Ban hành phương án của đơn vị, {br}gửi Văn phòng Sở trước khi diễn tập.
- Báo cáo 06 tháng và hằng năm về Văn phòng Sở.
Vướng mắc trong quá trình thực hiện, các đơn vị phản ánh về Văn phòng Sở để tổng hợp, trình Giám đốc Sở xem xét./.
"""

SO_Y_TE_COLUMNS = ["TT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời gian"]
SO_Y_TE_ROWS = [
    ["A", "Huấn luyện, diễn tập"],
    ["1", "Diễn tập mất hệ thống điều phối cấp cứu 115 trong ca đêm", "Trung tâm Cấp cứu 115",
     ["Văn phòng Sở;", "Công an tỉnh"], "Mỗi năm ít nhất 01 lần"],
    ["2", "Tập huấn nhận diện thư lừa đảo cho nhân viên trạm y tế", "Văn phòng Sở", "Các đơn vị trực thuộc Sở", "Quý II/2027"],
    ["3", "Cử người dự diễn tập do tỉnh tổ chức", None, None, "Theo yêu cầu của Công an tỉnh"],
    ["B", "Phòng ngừa, giám sát"],
    ["4", "Giám sát đăng nhập bất thường vào hồ sơ sức khỏe điện tử", "Văn phòng Sở", "Nhà cung cấp phần mềm",
     "Thường xuyên trong năm"],
    ["5", "Kiểm tra nhiệt kế kho lạnh có kết nối mạng", "Trung tâm Kiểm soát bệnh tật", "Văn phòng Sở", None],
    ["C", "Điều kiện sẵn sàng"],
    ["6", "Mua điện thoại vệ tinh dự phòng cho điều phối cấp cứu", "Phòng Kế hoạch - Tài chính",
     "Trung tâm Cấp cứu 115{br}Văn phòng Sở", "Trước ngày 30/9/2027"],
    ["7", "Sao lưu ngoại tuyến hồ sơ sức khỏe điện tử", None, "Nhà cung cấp phần mềm", "Hằng năm"],
]


def make_so_y_te():
    w = Writer()
    w.add(text_box("HỎA TỐC"))
    w.add(letterhead(["ỦY BAN NHÂN DÂN TỈNH AN LỘC", "SỞ Y TẾ"], ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
                     "Số: {-1605-}{+1650+}/KH{nbh}SYT", "An Lộc, ngày {[03]} tháng {[11]} năm 2026"))
    w.add(paragraph("KẾ HOẠCH", style="Title"),
          paragraph("Ứng phó sự cố, bảo đảm an ninh mạng{br}trong ngành y tế tỉnh An Lộc năm 2027", style="Title"))
    w.lines(SO_Y_TE_OPENING)
    w.add(table([row([cell(["Nơi nhận:", "- UBND tỉnh, Công an tỉnh (b/c);", "- Giám đốc, các Phó Giám đốc Sở;",
                            "- Các đơn vị trực thuộc Sở;", "- Lưu: VT, VP (04)."], 4700),
                      cell(["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "", "Mạc Đăng Khoa"], 4700)])], [4700, 4700]))
    w.add(paragraph("Phụ lục", align="center"), paragraph("DANH MỤC NHIỆM VỤ NĂM 2027", align="center"),
          paragraph("(Kèm theo Kế hoạch số 1650/KH-SYT ngày 03/11/2026 của Sở Y tế)", align="center"))
    widths = [600, 3600, 2000, 2000, 1600]
    rows = merged_rows(SO_Y_TE_ROWS, widths, SO_Y_TE_COLUMNS)
    struck = ["8", "Thuê đơn vị kiểm thử xâm nhập", "Văn phòng Sở", "Công an tỉnh", "Quý III/2027"]
    rows.append(row([cell("{-" + c + "-}", x) for c, x in zip(struck, widths)], f"<w:del {CHANGE}/>"))
    w.add(table(rows, widths))
    w.save("so-y-te-an-loc-2026.docx", "Thuộc Bộ Công an, thay Cơ quan điều phối quốc gia trước đây.", "{page}",
           "Sở Y tế tỉnh An Lộc - Kế hoạch số 1605/KH-SYT - bản in ngày 28/10/2026")


def as_marks(line):
    """A line of the text version in the marks of Writer: Word makes the numbers and bullets itself."""
    for pattern, mark in ((r"[IVX]+\. ", "# "), (r"\d\. ", "## "), (r"• ", "- "), (r"– ", "+ ")):
        if re.match(pattern, line):
            return mark + re.sub(pattern, "", line, count=1)
    return line


def text_tables(lines):
    """Splits the text into plain lines and tables (lists of rows of cells, empty cells as None)."""
    out = []
    for line in lines:
        if "\t" not in line:
            out.append(line)
            continue
        if not (out and isinstance(out[-1], list)):
            out.append([])
        out[-1].append(line.split("\t"))
    return out


def even_rows(rows, inherit):
    width = len(rows[0])
    return [r if len(r) == 2 else [c if c or not inherit else None for c in r + [""] * (width - len(r))] for r in rows]


def make_phuong():
    lines = [x for x in (HERE / "phuong-dong-quan-2026.txt").read_text(encoding="utf-8").splitlines() if x]
    w = Writer()
    w.add(letterhead(lines[0:2], lines[2:4], lines[4], lines[5]))
    appendix = False
    for block in text_tables(lines[6:]):
        if isinstance(block, list):
            columns, *rows = even_rows(block, inherit=not appendix)
            widths = [9400 // len(columns)] * len(columns)
            w.add(table(merged_rows(rows, widths, columns), widths))
        else:
            appendix = appendix or block.startswith("Phụ lục")
            w.line(block if appendix else as_marks(block))
    w.save("phuong-dong-quan-2026.docx", "", "{page}", "")


if __name__ == "__main__":
    make_so_y_te()
    make_phuong()
