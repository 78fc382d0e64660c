"""Encodings: base64, URL, JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown
from asbuilt.patterns import when_used
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.language.numbers import BigFloat, number_from_text, to_text
from asbuilt.sources.terraform.language.operators import MAX_TEXT
from asbuilt.sources.terraform.language.typesys import STRING
from asbuilt.sources.terraform.language.values import EvalError, LimitError, UnsupportedError, derived, is_wholly_known

if TYPE_CHECKING:
    import re

MAX_DEPTH = 200
_ESCAPED = when_used('["\\\\<>&\x00-\x1f\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@function("base64encode(str: string) string")
def base64encode(text: str) -> str:
    """Encode UTF-8 bytes."""
    import base64

    return base64.b64encode(text.encode()).decode()


def from_base64(text: str) -> bytes:
    """Decode as Go's standard encoding does: strict, newlines ignored."""
    import base64
    import binascii

    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise EvalError(f'failed to decode base64 data "{text[:80]}"') from None


@function("base64decode(str: string) string")
def base64decode(text: str) -> str:
    """Decode to a string, which must be UTF-8."""
    try:
        return bounded(from_base64(text).decode())
    except UnicodeDecodeError:
        raise EvalError("the result of decoding the provided string is not valid UTF-8") from None


@function("base64gzip(str: string) string")
def base64gzip(text: str) -> str:
    """Refuse: Go's compressor makes other bytes than zlib, so that the result cannot be told."""
    raise UnsupportedError(f"base64gzip of {len(text)} characters: the compressed bytes depend on the compressor")


_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii"}


def _codec(name: str) -> str:
    import codecs

    try:
        return codecs.lookup(_CODECS.get(name.lower(), name)).name
    except LookupError:
        raise EvalError(f'"{name}" is not a supported IANA encoding name or alias in this Terraform version') from None


@function("textencodebase64(string: string, encoding: string) string")
def textencodebase64(text: str, encoding: str) -> str:
    """Encode in another character encoding, then base64."""
    import base64

    codec = _codec(encoding)
    if codec == "utf-16":
        codec = "utf-16-be"  # Go writes a byte order mark only where one was there
    try:
        return base64.b64encode(text.encode(codec)).decode()
    except UnicodeEncodeError:
        raise EvalError("the given string contains characters that cannot be represented in " + encoding) from None


@function("textdecodebase64(source: string, encoding: string) string")
def textdecodebase64(source: str, encoding: str) -> str:
    """Decode base64, then the character encoding."""
    try:
        return bounded(from_base64(source).decode(_codec(encoding), errors="replace"))
    except UnicodeDecodeError:
        raise EvalError("the given string contains bytes that cannot be decoded") from None


@function("urlencode(str: string) string")
def urlencode(text: str) -> str:
    """Encode as in a query: a space is a plus sign."""
    from urllib.parse import quote_plus

    return quote_plus(text, safe="")


def quote_json(text: str) -> str:
    """Write a JSON string as Go does: `<`, `>` and `&` escaped."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


@function("jsonencode(val: any?~) string")
def jsonencode(value: Any) -> Any:
    """Write JSON. With unknown leaves the result is an Unknown string that keeps the tree."""
    if not is_wholly_known(value):
        structure = value.structure if isinstance(value, Unknown) else value
        prefix, suffix = _ends(value)
        structure = value if isinstance(value, Unknown) else structure
        return derived([value], STRING, structure=structure, prefix=prefix, suffix=suffix)
    parts: list[str] = []
    _write(value, parts, 0)
    text = "".join(parts)
    if len(text) > MAX_TEXT:
        raise LimitError(f"a string of more than {MAX_TEXT} characters")
    return text


def _ends(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return "{", "}"
    return ("[", "]") if isinstance(value, list) else ("", "")


def _write(value: Any, parts: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise LimitError(f"a structure nested more than {MAX_DEPTH} deep")
    if value is None:
        parts.append("null")
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    elif isinstance(value, str):
        parts.append(quote_json(value))
    elif isinstance(value, int | BigFloat):
        parts.append(to_text(value))
    elif isinstance(value, dict):
        for at, key in enumerate(sorted(value)):
            parts.append(f"{',' if at else '{'}{quote_json(key)}:")
            _write(value[key], parts, depth + 1)
        parts.append("}" if value else "{}")
    else:
        for at, item in enumerate(value):
            parts.append("," if at else "[")
            _write(item, parts, depth + 1)
        parts.append("]" if value else "[]")


@function("jsondecode(str: string~) any")
def jsondecode(text: Any) -> Any:
    """Read JSON into tuples and objects; what `jsonencode` kept of an unknown text is given back."""
    if isinstance(text, Unknown):
        if text.structure is not ABSENT:
            return text.structure
        return derived([text])
    try:
        tree = json.loads(
            text, parse_int=number_from_text, parse_float=number_from_text, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        raise EvalError(f"invalid JSON: {error}") from None
    except RecursionError:
        raise LimitError("JSON nested too deeply") from None
    _check_depth(tree)
    return tree if text.isascii() and "\\u" not in text else _normal(tree)


def _refuse_constant(name: str) -> Any:
    raise EvalError(f"invalid JSON: {name}")


def _check_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for each in level
            if isinstance(each, list | dict)
            for item in (each if isinstance(each, list) else each.values())
        ]
        if not level:
            return
    raise LimitError(f"JSON nested more than {MAX_DEPTH} deep")


def _normal(tree: Any) -> Any:
    if isinstance(tree, str):
        return bounded(tree.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if isinstance(tree, list):
        return [_normal(item) for item in tree]
    if isinstance(tree, dict):
        return {_normal(key): _normal(item) for key, item in tree.items()}
    return tree
