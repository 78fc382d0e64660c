"""YAML and CSV."""

from __future__ import annotations

from typing import Any

from asbuilt.sources.terraform.functions.encoding import MAX_DEPTH, quote_json
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.numbers import BigFloat, to_text
from asbuilt.sources.terraform.typesys import STRING, object_of
from asbuilt.sources.terraform.values import EvalError, LimitError, ListValue, derived, is_wholly_known


@function("yamldecode(src: string) any")
def yamldecode(text: str) -> Any:
    """Read one YAML document into tuples and objects."""
    from asbuilt.sources.terraform.yaml_reader import read

    return read(text)


@function("yamlencode(value: any?~) string")
def yamlencode(value: Any) -> Any:
    """Write YAML the way go-cty-yaml does; with unknown leaves an Unknown that keeps the tree."""
    if not is_wholly_known(value):
        return derived([value], STRING, structure=value)
    if isinstance(value, str) and "\n" in value:
        return _scalar(value, 0) + ("\n" if not value.endswith("\n") or value.endswith("\n\n") else "\n")
    lines = _lines(value, 0)
    text = "\n".join(lines) + "\n"
    bare = value is None or isinstance(value, bool | int | BigFloat)
    return text + "...\n" if bare else text


def _lines(value: Any, depth: int) -> list[str]:
    """Return a value's lines; the first belongs after whatever it is the value of."""
    if depth > MAX_DEPTH:
        raise LimitError(f"a structure nested more than {MAX_DEPTH} deep")
    lines: list[str] = []
    if isinstance(value, dict) and value:
        for key in sorted(value):
            lines += _entry(f"{quote_json(key, html=False)}:", value[key], depth)
        return lines
    if isinstance(value, list) and value:
        for item in value:
            inner = _lines(item, depth + 1)
            if isinstance(item, list | dict):
                lines += [f"- {inner[0]}", *(f"  {line}" if line else line for line in inner[1:])]
            else:
                lines += [f"- {inner[0]}", *inner[1:]]
        return lines
    return _scalar(value, depth).split("\n")


def _entry(key: str, value: Any, depth: int) -> list[str]:
    inner = _lines(value, depth + 1)
    if isinstance(value, dict) and value:
        return [key, *(f"  {line}" if line else line for line in inner)]
    if isinstance(value, list) and value:
        return [key, *inner]
    return [f"{key} {inner[0]}", *inner[1:]]


def _scalar(value: Any, depth: int) -> str:
    del depth
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | BigFloat):
        return to_text(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if "\n" in value and value.isprintable() is False and _block(value):
        return _literal(value)
    return _quoted(value)


def _block(text: str) -> bool:
    return all(char == "\n" or char == "\t" or char.isprintable() for char in text) and not text.startswith("\n")


def _literal(text: str) -> str:
    indent = "2" if text[0] in " \n" else ""
    chomp = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") else ""
    lines = text.removesuffix("\n").split("\n")
    return "|" + indent + chomp + "\n" + "\n".join(f"  {line}" if line else "" for line in lines)


_ESCAPES = {"\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
            "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
            "\ufeff": "\\uFEFF"}  # fmt: skip


def _quoted(text: str) -> str:
    parts = []
    for char in text:
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0:
            parts.append(f"\\x{ord(char):02X}")
        else:
            parts.append(char)
    return '"' + "".join(parts) + '"'


@function("csvdecode(str: string) any")
def csvdecode(text: str) -> Any:
    """Read CSV with a header line into a list of objects of strings."""
    rows = _rows(text.replace("\r\n", "\n"))
    if not rows:
        raise EvalError("missing header line")
    header = rows[0][1]
    for at, name in enumerate(header):
        if name in header[:at]:
            raise EvalError(f'duplicate column name "{name}"')
    records = []
    for line, fields in rows[1:]:
        if len(fields) != len(header):
            raise EvalError(f"CSV parse error on line {line}: wrong number of fields")
        records.append(dict(zip(header, map(bounded, fields), strict=True)))
    return ListValue(records, object_of(dict.fromkeys(header, STRING)))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Read as Go's encoding/csv: empty lines do not count, a quote stands only where it may."""
    rows: list[tuple[int, list[str]]] = []
    at, line = 0, 1
    while at < len(text):
        if text[at] == "\n":
            at, line = at + 1, line + 1
            continue
        first = line
        fields: list[str] = []
        while True:
            field, at, line = _quoted_field(text, at + 1, line) if text.startswith('"', at) else _bare(text, at, line)
            fields.append(field)
            if not text.startswith(",", at):
                break
            at += 1
        rows.append((first, fields))
        at, line = at + 1, line + 1
    return rows


def _bare(text: str, at: int, line: int) -> tuple[str, int, int]:
    end = min((place for place in (text.find(",", at), text.find("\n", at)) if place >= 0), default=len(text))
    if '"' in text[at:end]:
        raise EvalError(f'CSV parse error on line {line}: bare " in non-quoted-field')
    return text[at:end], end, line


def _quoted_field(text: str, at: int, line: int) -> tuple[str, int, int]:
    parts: list[str] = []
    while True:
        end = text.find('"', at)
        if end < 0:
            raise EvalError(f'CSV parse error on line {line}: extraneous or missing " in quoted-field')
        parts.append(text[at:end])
        line += text.count("\n", at, end)
        at = end + 1
        if text.startswith('"', at):
            parts.append('"')
            at += 1
        elif at == len(text) or text[at] in ",\n":
            return "".join(parts), at, line
        else:
            raise EvalError(f'CSV parse error on line {line}: extraneous or missing " in quoted-field')
