"""The values of plain scalars in YAML 1.1; dates are text. Source: https://yaml.org/type/ (2026-11)."""

from __future__ import annotations

import re
from typing import Any, Final

_WORDS: Final = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
TELLING: Final = "+-.0123456789yYnNtTfFoO~"  # what begins with none of these is text, unless it is empty
_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)")


def implied(text: str) -> Any:
    """Return what a plain scalar is by what it looks like."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return _int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def _int(text: str) -> Any:
    bare = text.replace("_", "")
    sign = -1 if bare[0] == "-" else 1
    digits = bare.lstrip("+-")
    if len(digits) > 400:
        return text
    try:
        if digits.startswith("0b"):
            return sign * int(digits, 2)
        if digits.startswith("0x"):
            return sign * int(digits, 16)
        if ":" in digits:
            total = 0
            for part in digits.split(":"):
                total = total * 60 + int(part)
            return sign * total
        return sign * int(digits, 8 if digits[0] == "0" and len(digits) > 1 else 10)
    except ValueError:
        return text
