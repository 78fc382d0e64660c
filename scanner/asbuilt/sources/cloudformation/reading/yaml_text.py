"""Read YAML as CloudFormation does: YAML 1.1 with the short forms of the intrinsic functions as tags.

`!Sub x` is `{"Fn::Sub": "x"}`, `!Ref x` and `!Condition x` keep their names, `!GetAtt a.b` is split at its first dot.
Dates are text. Source: AWS CloudFormation User Guide, "CloudFormation template formats" and "Intrinsic function
reference"; read 2026-11.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import Any, Final

import yaml

from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.reading.document import Remark, TemplateError
from asbuilt.sources.cloudformation.reading.yaml_places import (
    BITS,
    MAPPING,
    SCALAR,
    SEQUENCE,
    YamlPlaces,
    packed,
    unpacked,
)

MAX_DEPTH: Final = 100
MAX_NODES: Final = 2_000_000
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUE = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)")
# YAML 1.1 ends lines at these too, and editors do not: as blanks they leave the numbers of lines alone.
_OTHER_BREAKS = when_used("[\x85\u2028\u2029]")
_BLOCKS = frozenset("|>")
_AS_IS = frozenset({"Ref", "Condition"})
_TAG = "tag:yaml.org,2002:"
_STANDARD = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "seq", "map"))


class _Loader(_PARSER):  # type: ignore[misc]
    """Composes nodes without resolving the types of scalars, which takes most of the time.

    The other two are called for each node, and need do nothing: functions of the interpreter do that fastest.
    """

    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(bool)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ARG002
        return None


def read(text: str) -> tuple[Any, YamlPlaces, list[Remark]]:
    """Return the data of the one document of a text, its places, and what is wrong with it. Raises TemplateError."""
    root = compose(text)
    reader = _Reader(text)
    if root is None:
        return None, reader.places, []
    try:
        data = reader.value(root, 0)
    except RecursionError:
        raise TemplateError("template-too-deep", "nested too deeply", remedy="Split it up.") from None
    return data, reader.places, reader.remarks


def compose(text: str) -> Any:
    """Return the node tree of the one document of a text. Raises TemplateError."""
    text = _OTHER_BREAKS.sub(" ", text) if not text.isascii() else text
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _error(error, text) from None
    except (RecursionError, ValueError) as error:
        raise TemplateError("template-too-deep", f"cannot be read: {error}", remedy="Split it up.") from None


def _error(error: yaml.YAMLError, text: str) -> TemplateError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    lines = text.split("\n")
    if line > len(lines):  # the end of the text
        line, column = len(lines), len(lines[-1]) + 1
    here = lines[line - 1]
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in str(problem):
        return TemplateError(
            "yaml-tab", "a tab indents this line, which YAML does not allow", line, column, "Indent with spaces."
        )
    context = getattr(error, "context", None)
    start = getattr(error, "context_mark", None)
    since = f" ({context}, line {start.line + 1})" if context and start and start.line + 1 != line else ""
    return TemplateError(
        "yaml-syntax", f"not YAML: {problem}{since}", line, column, "Mend the YAML at this line, or above it."
    )


def scalar(node: Any) -> Any:
    """Return the value of a scalar: by its tag, its quotes, or what it looks like."""
    text = node.value
    tag = node.tag
    if tag is None:
        return _implied(text) if not node.style else text
    if tag.startswith(_TAG):
        kind = tag[len(_TAG) :]
        if kind in ("int", "float", "bool", "null"):
            found = _implied(text)
            return float(found) if kind == "float" and isinstance(found, int) else found
    return text


def _implied(text: str) -> Any:
    if not text or text[0] not in "+-.0123456789yYnNtTfFoO~":
        return None if text in _NULL else text
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text in _NULL:
        return None
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


class _Reader:
    """Turns nodes into plain data and places; nodes under an alias are read once."""

    def __init__(self, text: str) -> None:
        self.places = YamlPlaces()
        self.remarks: list[Remark] = []
        self.count = 0
        self.read: dict[int, tuple[Any, int, int]] = {}
        self.open: set[int] = set()
        self.anchored = "&" in text  # else there are no aliases
        self.text = text
        self.lines: list[str] = []

    def value(self, node: Any, depth: int) -> Any:
        self.count += 1
        entry = self.places.add(node, SCALAR)
        tag = node.tag
        if tag is not None and tag[:1] == "!" and len(tag) > 1:
            self.places.tags[entry] = name_of(tag)
        if node.id == "scalar":
            if node.style in _BLOCKS:
                self.places.ends[entry] = self._end_of_block(node)
            return scalar(node) if tag is None or tag in _STANDARD else _tagged(tag, scalar(node))
        if not self.anchored:
            return self._collection(node, depth, entry)
        known = self.read.get(id(node))
        if known is not None:
            self.count += known[1]
            self._bounds(node, depth)
            self.places.aliases[entry] = known[2]
            return known[0]
        if id(node) in self.open:
            raise _at(node, "recursive-alias", "an alias refers to something it stands in")
        self.open.add(id(node))
        before = self.count
        data = self._collection(node, depth, entry)
        self.open.discard(id(node))
        self.read[id(node)] = data, self.count - before, entry
        return data

    def _collection(self, node: Any, depth: int, entry: int) -> Any:
        self._bounds(node, depth)
        data: Any = self._sequence(node, depth, entry) if node.id == "sequence" else self._mapping(node, depth, entry)
        tag = node.tag
        return data if tag is None or tag in _STANDARD else _tagged(tag, data)

    def _bounds(self, node: Any, depth: int) -> None:
        if self.count > MAX_NODES:
            raise _at(node, "alias-bomb", f"more than {MAX_NODES:,} values once its aliases are followed")
        if depth >= MAX_DEPTH:
            raise _at(node, "template-too-deep", f"nested more than {MAX_DEPTH} levels deep")

    def _sequence(self, node: Any, depth: int, entry: int) -> list[Any]:
        names, data = self.places.names, []
        names[entry] = SEQUENCE
        last = entry
        for item in node.value:
            last = len(names)
            data.append(self.value(item, depth + 1))
        self._close(entry, node, last)
        return data

    def _close(self, entry: int, node: Any, last: int) -> None:
        """Say how much is in an entry, and where it ends: a block with its last one, not at the next thing."""
        places = self.places
        places.sizes[entry] = len(places.names) - entry
        if last != entry and not node.flow_style:
            end, start = places.ends[last], places.starts[entry]
            places.ends[entry] = max(start, end)

    def _end_of_block(self, node: Any) -> int:
        """Return where a text after `|` or `>` ends: with its last line that holds something."""
        mark = node.end_mark
        if mark.column:
            return packed(mark)
        self.lines = self.lines or self.text.split("\n")
        first: int = node.start_mark.line
        line: int = min(mark.line, len(self.lines))
        while line > first + 1 and not self.lines[line - 1].strip():
            line -= 1
        return line << BITS | len(self.lines[line - 1]) + 1

    def _mapping(self, node: Any, depth: int, entry: int) -> dict[str, Any]:
        names, add, value = self.places.names, self.places.add, self.value
        names[entry] = MAPPING
        last = entry
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                raise _at(key_node, "yaml-key", "a key has to be text")
            key = key_node.value
            last = len(names) + 1
            if key == "<<" and not key_node.style:
                add(key_node, None)
                merged = {**self._merge(value_node, depth), **merged}
                continue
            label = add(key_node, key)
            if key in result:
                span = (*unpacked(self.places.starts[label]), *unpacked(self.places.ends[label]))
                self.remarks.append(Remark("duplicate-key", f"the key {key} is here twice; the last one counts", span))
            result[key] = value(value_node, depth + 1)
        self._close(entry, node, last)
        return {**merged, **result} if merged else result

    def _merge(self, node: Any, depth: int) -> dict[str, Any]:
        found = self.value(node, depth + 1)
        parts = found if isinstance(found, list) else [found]
        if not all(isinstance(part, dict) for part in parts):
            raise _at(node, "yaml-merge", "only mappings can be merged")
        result: dict[str, Any] = {}
        for part in reversed(parts):
            result.update(part)
        return result


def _at(node: Any, code: str, message: str) -> TemplateError:
    mark = node.start_mark
    return TemplateError(code, message, mark.line + 1, mark.column + 1, "Write it out, or split the template up.")


@lru_cache(256)
def name_of(tag: str) -> str:
    """Return the function a tag stands for: `Fn::Sub` for `!Sub`."""
    name = tag[1:]
    return name if name in _AS_IS or name.startswith("Fn::") else f"Fn::{name}"


def _tagged(tag: str, value: Any) -> Any:
    if not tag.startswith("!") or tag == "!":
        return value  # a tag of YAML's own that CloudFormation does not know either
    name = name_of(tag)
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}
