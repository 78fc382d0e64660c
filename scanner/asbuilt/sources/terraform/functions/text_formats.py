"""YAML and CSV."""

from __future__ import annotations

from typing import Any

from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.language.typesys import STRING, object_of
from asbuilt.sources.terraform.language.values import EvalError, ListValue, derived, is_wholly_known


@function("yamldecode(src: string) any")
def yamldecode(text: str) -> Any:
    """Read one YAML document into tuples and objects."""
    from asbuilt.sources.terraform.functions.yaml_reader import read

    return read(text)


@function("yamlencode(value: any?~) string")
def yamlencode(value: Any) -> Any:
    """Write YAML the way go-cty-yaml does; with unknown leaves an Unknown that keeps the tree."""
    if not is_wholly_known(value):
        return derived([value], STRING, structure=value)
    from asbuilt.sources.terraform.functions.yaml_writer import write

    return write(value)


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
