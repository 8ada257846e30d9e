rule UC_EICAR {
  meta:
    title = "Tệp thử EICAR"
    explain = "Tệp thử chuẩn để kiểm tra phần mềm diệt mã độc; tự nó vô hại. Nếu không ai đang thử, tìm hiểu vì sao có ở đây."
    author = "Ứng Cứu"
    level = 1
  strings:
    $text = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 45 49 43 41 52 }
  condition:
    $text at 0
}
