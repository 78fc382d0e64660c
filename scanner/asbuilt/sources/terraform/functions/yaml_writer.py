"""Write YAML the way go-cty-yaml does: strings always quoted, several lines as a literal block, long ones folded."""

from __future__ import annotations

from typing import Any

from asbuilt.sources.terraform.functions.encoding import MAX_DEPTH
from asbuilt.sources.terraform.language.errors import LimitError
from asbuilt.sources.terraform.language.numbers import BigFloat, to_text

_WIDTH = 80
_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
    "\ufeff": "\\uFEFF",
}  # fmt: skip


def write(value: Any) -> str:
    """Return a wholly known value as a YAML document."""
    text = "\n".join(_lines(value, 0, 0, 0)) + "\n"
    return text + "...\n" if value is None or isinstance(value, bool | int | BigFloat) else text


def _lines(value: Any, indent: int, column: int, depth: int) -> list[str]:
    """Return a value's lines; the first goes where the writer stands, at `column`, the others under `indent`."""
    if depth > MAX_DEPTH:
        raise LimitError(f"a structure nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict) and value:
        return [line for key in sorted(value) for line in _entry(key, value[key], indent, depth)]
    if isinstance(value, list) and value:
        lines: list[str] = []
        for item in value:
            nested = isinstance(item, list | dict) and bool(item)
            inner = _lines(item, indent + 2 if nested else indent, indent + 2, depth + 1)
            lines += [f"- {inner[0]}", *(_shift(inner[1:]) if nested else inner[1:])]
        return lines
    return _scalar(value, column)


def _shift(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else line for line in lines]


def _entry(key: str, value: Any, indent: int, depth: int) -> list[str]:
    if "\n" in key and _block_allowed(key):
        block = _literal(key)
        inner = _lines(value, indent + 2, indent + 2, depth + 1)
        return [f"? {block[0]}", *block[1:], f": {inner[0]}", *inner[1:]]
    quoted = _quoted(key, None)
    if isinstance(value, dict) and value:
        return [f"{quoted}:", *_shift(_lines(value, indent + 2, indent + 2, depth + 1))]
    if isinstance(value, list) and value:
        return [f"{quoted}:", *_lines(value, indent, indent, depth + 1)]
    inner = _lines(value, indent, indent + len(quoted) + 2, depth + 1)
    return [f"{quoted}: {inner[0]}", *inner[1:]]


def _scalar(value: Any, column: int) -> list[str]:
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | BigFloat):
        return [to_text(value)]
    if isinstance(value, dict):
        return ["{}"]
    if isinstance(value, list):
        return ["[]"]
    if "\n" in value and _block_allowed(value):
        return _literal(value)
    return _quoted(value, column).split("\n")


def _block_allowed(text: str) -> bool:
    """A literal block holds no special characters and no space before a line break or at the end."""
    return " \n" not in text and not text.endswith(" ") and all(char == "\n" or _printable(char) for char in text)


def _printable(char: str) -> bool:
    code = ord(char)
    return 0x20 <= code <= 0x7E or (0xA0 <= code <= 0xFFFD and code != 0xFEFF and not 0xD800 <= code <= 0xDFFF)


def _literal(text: str) -> list[str]:
    indent = "2" if text[0] in " \n" else ""
    chomp = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") or text == "\n" else ""
    return [f"|{indent}{chomp}", *(f"  {line}" if line else "" for line in text.removesuffix("\n").split("\n"))]


def _quoted(text: str, column: int | None) -> str:
    """Return a string in quotes, folded at spaces past the width; a key (no column) is not folded."""
    parts = ['"']
    at = -1 if column is None else column + 1
    spaces = False
    for place, char in enumerate(text):
        if char == " " and column is not None and not spaces and at > _WIDTH and 0 < place < len(text) - 1:
            parts.append("\n  " + ("\\" if text[place + 1] == " " else ""))
            at = 2
            spaces = True
            continue
        spaces = char == " "
        written = _escape(char)
        at += len(written)
        parts.append(written)
    return "".join(parts) + '"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if _printable(char):
        return char
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
