"""Read YAML as CloudFormation does: YAML 1.1 with the short forms of the intrinsic functions as tags.

`!Sub x` is `{"Fn::Sub": "x"}`, `!Ref x` and `!Condition x` keep their names, `!GetAtt a.b` is split at its first dot.
Dates are text. Source: AWS CloudFormation User Guide, "CloudFormation template formats" and "Intrinsic function
reference"; read 2026-11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from asbuilt.sources.cloudformation.reading.document import Remark, Span, TemplateError

if TYPE_CHECKING:
    from asbuilt.model import Path

MAX_DEPTH: Final = 100
MAX_NODES: Final = 2_000_000
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUE = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)")
# YAML 1.1 ends lines at these too, and editors do not: as blanks they leave the numbers of lines alone.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_AS_IS = frozenset({"Ref", "Condition"})
_TAG = "tag:yaml.org,2002:"
_STANDARD = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "seq", "map"))


class _Loader(_PARSER):  # type: ignore[misc]
    """Composes nodes without resolving the types of scalars, which takes most of the time."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ARG002
        return None

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def read(text: str) -> tuple[Any, YamlPlaces, list[Remark]]:
    """Return the data of the one document of a text, its places, and what is wrong with it. Raises TemplateError."""
    root = compose(text)
    if root is None:
        return None, YamlPlaces(None), []
    reader = _Reader()
    try:
        data = reader.value(root, 0)
    except RecursionError:
        raise TemplateError("template-too-deep", "nested too deeply", remedy="Split it up.") from None
    return data, YamlPlaces(root), reader.remarks


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
    """Turns nodes into plain data; nodes under an alias are read once."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.count = 0
        self.read: dict[int, tuple[Any, int]] = {}
        self.open: set[int] = set()

    def value(self, node: Any, depth: int) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise _at(node, "alias-bomb", f"more than {MAX_NODES:,} values once its aliases are followed")
        if depth > MAX_DEPTH:
            raise _at(node, "template-too-deep", f"nested more than {MAX_DEPTH} levels deep")
        if node.id == "scalar":
            found = scalar(node)
            tag = node.tag
            return found if tag is None or tag in _STANDARD else _tagged(tag, found)
        known = self.read.get(id(node))
        if known is not None:
            self.count += known[1]
            return known[0]
        if id(node) in self.open:
            raise _at(node, "recursive-alias", "an alias refers to something it stands in")
        self.open.add(id(node))
        before = self.count
        if node.id == "sequence":
            data: Any = [self.value(item, depth + 1) for item in node.value]
        else:
            data = self._mapping(node, depth)
        if node.tag is not None and node.tag not in _STANDARD:
            data = _tagged(node.tag, data)
        self.open.discard(id(node))
        self.read[id(node)] = data, self.count - before
        return data

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                raise _at(key_node, "yaml-key", "a key has to be text")
            key = key_node.value
            if key == "<<" and not key_node.style:
                merged = {**self._merge(value_node, depth), **merged}
                continue
            if key in result:
                span = _span(key_node)
                self.remarks.append(Remark("duplicate-key", f"the key {key} is here twice; the last one counts", span))
            result[key] = self.value(value_node, depth + 1)
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


def _span(node: Any) -> Span:
    start, end = node.start_mark, _end(node)
    return start.line + 1, start.column + 1, end[0], end[1]


def _end(node: Any) -> tuple[int, int]:
    """Return where a node ends: a block ends with its last entry, not where the next thing begins."""
    while node.id != "scalar" and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if node.id == "mapping" else last
    mark = node.end_mark
    if node.id == "scalar" and node.style in ("|", ">") and mark.column == 0:
        return max(mark.line, node.start_mark.line + 1), 0  # its last line; `YamlPlaces` knows no text
    return mark.line + 1, mark.column + 1


class YamlPlaces:
    """Finds where things stand in a tree of nodes."""

    def __init__(self, root: Any, lines: Any = None) -> None:
        self.root = root
        self.lines: list[str] = lines or []

    def span(self, path: Path, *, key: bool) -> Span | None:
        """Return where the entry at a path stands; see `document.Places`."""
        node, label = self.root, None
        for part in path:
            found = _step(node, part)
            if found is None:
                return None
            node, label = found
        if node is None or (key and label is None and path):
            return None
        first = node if label is None else label
        start = first.start_mark
        line, column = _end(label if key and label is not None else node)
        if column == 0:  # a block scalar: up to the end of its last line that holds something
            while line > start.line + 1 and not self._line(line).strip():
                line -= 1
            column = len(self._line(line)) + 1
        return start.line + 1, start.column + 1, line, column

    def _line(self, number: int) -> str:
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""


def _step(node: Any, part: str | int) -> tuple[Any, Any] | None:
    """Return the node one step down and the node of its key; a function in short form stands where its value does."""
    if node is None:
        return None
    tag = node.tag
    if isinstance(part, str) and tag is not None and tag not in _STANDARD and tag[:1] == "!" and name_of(tag) == part:
        return _Untagged(node), None
    if isinstance(part, int):
        if node.id == "sequence" and 0 <= part < len(node.value):
            return node.value[part], None
        return (node, None) if node.id == "scalar" else None  # the parts of `!GetAtt a.b`
    if node.id != "mapping":
        return None
    merged = None
    for key_node, value_node in reversed(node.value):
        if key_node.value == part:
            return value_node, key_node
        if key_node.value == "<<" and not key_node.style:
            merged = merged or value_node
    for inner in () if merged is None else merged.value if merged.id == "sequence" else (merged,):
        found = _step(inner, part)
        if found is not None:
            return found
    return None


class _Untagged:
    """A node below its tag."""

    __slots__ = ("end_mark", "flow_style", "id", "start_mark", "style", "tag", "value")

    def __init__(self, node: Any) -> None:
        self.id, self.value, self.tag = node.id, node.value, None
        self.start_mark, self.end_mark = node.start_mark, node.end_mark
        self.style = node.style if node.id == "scalar" else None
        self.flow_style = None if node.id == "scalar" else node.flow_style
