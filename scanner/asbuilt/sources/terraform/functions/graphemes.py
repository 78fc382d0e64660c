"""Count and cut text by what a reader sees as one character (Unicode's extended grapheme clusters, UAX 29).

Terraform's `length`, `substr`, `strrev` and the widths of `format` count these. The properties come from
`unicodedata`, which has no table of them; emoji sequences, flags, combining marks, Hangul and CR LF are covered.
"""

from __future__ import annotations

import unicodedata


def clusters(text: str) -> list[str]:
    """Split text into its clusters."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    found: list[str] = []
    flags = 0
    for char in text:
        flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        if found and (_joins(found[-1], char) or (flag and flags % 2)):
            found[-1] += char
        else:
            found.append(char)
        flags = flags + 1 if flag else 0
    return found


def count(text: str) -> int:
    """Return the number of clusters."""
    return len(text) if text.isascii() and "\r\n" not in text else len(clusters(text))


def _joins(cluster: str, char: str) -> bool:
    last = cluster[-1]
    if last == "\r" or char == "\r" or last == "\n" or char == "\n":
        return last == "\r" and char == "\n"
    if unicodedata.category(last) in {"Cc", "Zl", "Zp"} or unicodedata.category(char) in {"Cc", "Zl", "Zp"}:
        return False
    if char in "\u200d\u200c" or "\U0001f3fb" <= char <= "\U0001f3ff" or unicodedata.category(char)[0] == "M":
        return True
    if last == "\u200d":
        return _pictographic(char) and any(_pictographic(part) for part in cluster)
    return _hangul(last, char)


def _pictographic(char: str) -> bool:
    code = ord(char)
    return 0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x2BFF or code in {0xA9, 0xAE, 0x203C, 0x2049, 0x3030}


def _hangul(last: str, char: str) -> bool:
    before, after = _jamo(last), _jamo(char)
    if before == "L":
        return after in {"L", "V", "LV", "LVT"}
    if before in {"LV", "V"}:
        return after in {"V", "T"}
    return before in {"LVT", "T"} and after == "T"


def _jamo(char: str) -> str:
    code = ord(char)
    if 0x1100 <= code <= 0x115F:
        return "L"
    if 0x1160 <= code <= 0x11A7:
        return "V"
    if 0x11A8 <= code <= 0x11FF:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LVT" if (code - 0xAC00) % 28 else "LV"
    return ""
