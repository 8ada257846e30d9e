rule UC_Webshell_PHP_Input {
  meta:
    title = "Cửa hậu web PHP chạy lệnh từ yêu cầu"
    explain = "Tệp PHP đưa thẳng nội dung yêu cầu web vào hàm chạy mã hoặc chạy lệnh: ai biết địa chỉ tệp đều điều khiển được máy chủ."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-doc"
  strings:
    $open = "<?"
    $run = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|create_function)\s*\(\s*@?(base64_decode\s*\(|stripslashes\s*\(|trim\s*\(|urldecode\s*\(){0,2}\s*@?\$_(POST|GET|REQUEST|COOKIE|SERVER)\b/ nocase
    $call = /\$_(POST|GET|REQUEST|COOKIE)\s*\[[^\]]{1,40}\]\s*\(\s*\$_(POST|GET|REQUEST|COOKIE)/ nocase
  condition:
    filesize < 2MB and $open and any of ($run, $call)
}

rule UC_Webshell_PHP_Encoded {
  meta:
    title = "Mã PHP bị che giấu rồi chạy"
    explain = "Tệp PHP giải nén hoặc giải mã một đoạn rồi chạy ngay: cách che giấu thường thấy ở cửa hậu web. Một số phần mềm có bản quyền cũng làm vậy; hỏi người quản trị cổng trước khi xóa."
    author = "Ứng Cứu"
    level = 3
    scenario = "ma-doc"
  strings:
    $open = "<?"
    $layers = /\b(eval|assert)\s*\(\s*(@?\s*(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|hex2bin|convert_uudecode)\s*\(\s*){2,6}/ nocase
    $long = /\beval\s*\(\s*base64_decode\s*\(\s*['"][A-Za-z0-9+\/=]{120}/ nocase
  condition:
    filesize < 2MB and $open and any of ($layers, $long)
}

rule UC_Image_PHP {
  meta:
    title = "Mã PHP giấu trong tệp ảnh"
    explain = "Tệp bắt đầu như một ảnh nhưng chứa lệnh PHP: thường được tải lên qua biểu mẫu gửi ảnh rồi gọi như một trang."
    author = "Ứng Cứu"
    level = 3
    scenario = "ma-doc"
  strings:
    $php = "<?php" nocase
    $short = /<\?=\s*[`$@a-z_]{1,30}[\(\[`]/ nocase
    $run = /\b(eval|assert|system|passthru|shell_exec|exec|base64_decode|move_uploaded_file|file_put_contents|include|require)\b/ nocase
  condition:
    filesize < 20MB and (uint32be(0) == 0x47494638 or uint16be(0) == 0xFFD8 or uint32be(0) == 0x89504E47 or uint16be(0) == 0x424D) and
    any of ($php, $short) and $run
}
