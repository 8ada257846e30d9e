rule UC_Ransom_Note_EN {
  meta:
    title = "Thư đòi tiền chuộc (tiếng Anh)"
    explain = "Tệp văn bản báo dữ liệu đã bị mã hóa và chỉ cách trả tiền. Ngắt mạng máy này ngay, không tắt máy, giữ nguyên tệp."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-hoa"
  strings:
    $did1 = /\b(your|all)\s+(of\s+your\s+)?(important\s+)?(files|data|documents|network|servers)\s+(have\s+been|has\s+been|have|are|is|was|were)\s+(been\s+)?(now\s+)?(encrypted|locked|stolen)/ nocase ascii wide
    $did2 = /\bwe\s+have\s+(encrypted|stolen|downloaded)\s+(all\s+)?(of\s+)?your\s+(files|data|documents)/ nocase ascii wide
    $pay1 = /\b(bitcoin|btc|monero|xmr)\b/ nocase ascii wide
    $pay2 = /[a-z2-7]{16,56}\.onion\b/ nocase ascii wide
    $pay3 = "tor browser" nocase ascii wide
    $pay4 = /\b(decryption|decrypt)\s+(key|tool|software)\b/ nocase ascii wide
    $pay5 = /\b(ransom|pay\s+us|contact\s+us)\b/ nocase ascii wide
  condition:
    filesize < 100KB and any of ($did*) and 2 of ($pay*)
}

rule UC_Ransom_Note_VI {
  meta:
    title = "Thư đòi tiền chuộc (tiếng Việt)"
    explain = "Tệp văn bản tiếng Việt báo dữ liệu đã bị mã hóa và chỉ cách trả tiền. Ngắt mạng máy này ngay, không tắt máy, giữ nguyên tệp."
    author = "Ứng Cứu"
    level = 4
    scenario = "ma-hoa"
  strings:
    $did1 = "đã bị mã hóa"
    $did2 = "đã bị mã hoá"
    $did3 = /da bi ma hoa/ nocase ascii wide
    $whose1 = /(dữ liệu|tệp|tập tin|máy chủ)[^.\n]{0,60}(của bạn|quý cơ quan|đơn vị)/
    $whose2 = /(du lieu|tep|tap tin|may chu|file)[^.\n]{0,60}(cua ban|quy co quan|don vi)/ nocase
    $pay1 = /\b(bitcoin|btc|monero|usdt)\b/ nocase ascii wide
    $pay2 = /[a-z2-7]{16,56}\.onion\b/ nocase ascii wide
    $pay3 = "tiền chuộc"
    $pay4 = "tien chuoc" nocase ascii wide
    $pay5 = "khóa giải mã"
    $pay6 = "khoa giai ma" nocase ascii wide
    $pay7 = "Tor Browser" nocase ascii wide
  condition:
    filesize < 100KB and any of ($did*) and any of ($whose*) and 2 of ($pay*)
}
