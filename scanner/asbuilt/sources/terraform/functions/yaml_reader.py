"""Read YAML the way go-cty-yaml does: no code, no tags of its own, aliases bounded.

Its scalars are a mixture of YAML 1.1 and 1.2: `yes` and `off` are bools, `017` is seventeen, `0o17` is fifteen, `1_000`
and `12:30` are strings, dates become RFC 3339.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from asbuilt.sources.terraform.functions.encoding import MAX_DEPTH
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.language.numbers import number_from_text, to_text
from asbuilt.sources.terraform.language.values import EvalError, LimitError, UnsupportedError, is_number

MAX_NODES = 1_000_000
_TRUE = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_FALSE = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_NULL = {"", "~", "null", "Null", "NULL"}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d?):(\d\d?)(?:\.\d*)?(?:[ \t]*(Z|[-+]\d\d?(?::\d\d)?))?)?\Z",
    re.ASCII,
)
_PREFIX = "tag:yaml.org,2002:"
_IMPLICIT = "implied"


def read(text: str) -> Any:
    """Return the one document of a text. Raises EvalError where it is broken, LimitError for alias bombs."""
    import yaml

    try:
        loader = _loader_type()(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise EvalError(f"{where}{getattr(error, 'problem', None) or error}") from None
    except RecursionError:
        raise LimitError("YAML nested too deeply") from None
    if root is None:
        raise EvalError("on line 1, column 1: missing start of document")
    return _Reader().value(root, 0)


class _Reader:
    def __init__(self) -> None:
        self.count = 0
        self.open: set[int] = set()

    def value(self, node: Any, depth: int) -> Any:
        """Return a node's value; the same node may come up again under an alias."""
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise LimitError("YAML that is too large or nested too deeply")
        if node.id == "scalar":
            return _scalar(node)
        if id(node) in self.open:
            raise EvalError("cannot refer to an anchor from inside its own definition")
        self.open.add(id(node))
        try:
            if node.id == "sequence":
                _check_tag(node, "seq")
                return [self.value(item, depth + 1) for item in node.value]
            _check_tag(node, "map")
            return self._mapping(node, depth)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id == "scalar" and key_node.value == "<<" and not key_node.style:
                merged = self.value(value_node, depth + 1)
                if not isinstance(merged, dict):
                    raise EvalError("cannot merge into mapping")
                result.update(merged)
                continue
            result[self._key(key_node, depth)] = self.value(value_node, depth + 1)
        return result

    def _key(self, node: Any, depth: int) -> str:
        key = self.value(node, depth + 1)
        if key is None:
            raise EvalError("mapping key cannot be null")
        if isinstance(key, list | dict):
            raise EvalError("only strings are allowed as mapping keys")
        if isinstance(key, bool):
            return "true" if key else "false"
        return key if isinstance(key, str) else to_text(key)


def _check_tag(node: Any, expected: str) -> None:
    tag = str(node.tag)
    if tag not in {_IMPLICIT, f"{_PREFIX}{expected}", "!"}:
        if tag.startswith(_PREFIX):
            raise EvalError(f"can't interpret {node.id} as {tag}")
        raise EvalError(f'unsupported tag "{tag}"')


def _scalar(node: Any) -> Any:
    text: str = node.value
    tag = str(node.tag)
    plain = not node.style
    if tag == _IMPLICIT:
        return _resolve(text) if plain else bounded(text)
    short = tag.removeprefix(_PREFIX)
    if not tag.startswith(_PREFIX):
        if tag == "!":
            return bounded(text)
        raise EvalError(f'unsupported tag "{tag}"')
    if short in {"str", "binary"} or not plain:
        return bounded(text)
    value = _resolve(text)
    if not _fits(value, short):
        raise EvalError(f'cannot parse "{text}" as {tag}')
    return value


def _fits(value: Any, tag: str) -> bool:
    if tag == "null":
        return value is None
    if tag == "bool":
        return isinstance(value, bool)
    if tag in {"int", "float"}:
        return is_number(value)
    return tag == "timestamp" and isinstance(value, str) and bool(_DATE.match(value))


@lru_cache(maxsize=1)
def _loader_type() -> type[Any]:
    """Make the loader that tells a tag that is written out from one that is only implied."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
            del kind, value, implicit
            return _IMPLICIT

    return Loader


def _resolve(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    first = text[0]
    if first in "0123456789+-.":
        if _INT.match(text) or _FLOAT.match(text):
            return number_from_text(text)
        if _HEX.match(text):
            return int(text, 16)
        if _OCTAL.match(text):
            return int(text, 8)
        if _INFINITE.match(text):
            if "n" in text.lower()[1:2]:
                raise EvalError("floating point NaN is not supported")
            raise UnsupportedError("a number that is infinite")
        date = _DATE.match(text)
        if date:
            return _timestamp(date) or text
    return bounded(text)


def _timestamp(match: re.Match[str]) -> str | None:
    from datetime import datetime, timedelta, timezone

    year, month, day, hour, minute, second = (int(match[at] or 0) for at in range(1, 7))
    zone = match[7] or "Z"
    offset = 0
    if zone != "Z":
        hours, _, minutes = zone[1:].partition(":")
        offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if zone[0] == "-" else 1)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(timedelta(minutes=offset)))
    except ValueError:
        return None
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
