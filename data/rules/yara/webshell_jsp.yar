rule UC_Webshell_JSP_Command {
  meta:
    title = "Cửa hậu web JSP chạy lệnh từ yêu cầu"
    explain = "Trang JSP lấy tham số của yêu cầu web và chạy như một lệnh của hệ điều hành."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-doc"
  strings:
    $page = "<%"
    $run = /\b(Runtime\s*\.\s*getRuntime\s*\(\s*\)\s*\.\s*exec|new\s+ProcessBuilder)\s*\(/
    $input = /\brequest\s*\.\s*(getParameter|getHeader|getReader|getInputStream)\s*\(/
  condition:
    filesize < 1MB and all of them
}

rule UC_Webshell_JSP_Load {
  meta:
    title = "Trang JSP nạp mã lạ từ yêu cầu"
    explain = "Trang JSP giải mã nội dung yêu cầu web rồi nạp thành lớp Java để chạy: cửa hậu web không để lại lệnh trong nhật ký."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-doc"
  strings:
    $page = "<%"
    $define = /\bdefineClass\b/
    $decode = /\b(Base64|BASE64Decoder|Cipher)\b/
    $input = /\brequest\s*\.\s*(getParameter|getHeader|getReader|getInputStream)\s*\(/
  condition:
    filesize < 1MB and all of them
}
