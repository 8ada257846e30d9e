rule UC_Webshell_ASP_Eval {
  meta:
    title = "Cửa hậu web ASP, ASPX chạy lệnh từ yêu cầu"
    explain = "Trang ASP hoặc ASPX đưa nội dung yêu cầu web vào hàm eval hoặc execute: ai biết địa chỉ trang đều điều khiển được máy chủ IIS."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-doc"
  strings:
    $page = "<%"
    $eval = /\b(eval|execute|executeglobal)\s*\(?\s*\(?\s*request\s*(\.\s*(item|form|querystring|cookies|params))?\s*[\[\(]/ nocase
  condition:
    filesize < 1MB and $page and $eval
}

rule UC_Webshell_ASPX_Command {
  meta:
    title = "Trang ASPX chạy lệnh hệ điều hành theo yêu cầu"
    explain = "Trang ASPX khởi động cmd hoặc PowerShell và lấy lệnh từ yêu cầu web. Công cụ quản trị thật hiếm khi làm vậy."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-doc"
  strings:
    $page = "<%@" 
    $start = /\b(ProcessStartInfo|Process\s*\.\s*Start)\b/
    $shell = /\b(cmd(\.exe)?\s*"|powershell(\.exe)?\s*")/ nocase
    $input = /\bRequest\s*(\.\s*(Form|QueryString|Params|Headers|Item))?\s*\[|\.Text\b/
  condition:
    filesize < 1MB and all of them
}
