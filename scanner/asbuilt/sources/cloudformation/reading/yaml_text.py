"""Read YAML as CloudFormation does: YAML 1.1 with the short forms of the intrinsic functions as tags.

`!Sub x` is `{"Fn::Sub": "x"}`, `!Ref x` and `!Condition x` keep their names, `!GetAtt a.b` is split at its first dot.
Dates are text. Source: AWS CloudFormation User Guide, "CloudFormation template formats" and "Intrinsic function
reference"; read 2026-11.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.composer import ComposerError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.reading.document import Remark, TemplateError
from asbuilt.sources.cloudformation.reading.yaml_places import MAPPING, SCALAR, SEQUENCE, YamlPlaces
from asbuilt.sources.cloudformation.reading.yaml_scalars import TELLING, implied

if TYPE_CHECKING:
    from asbuilt.sources.cloudformation.reading.document import Span

MAX_DEPTH: Final = 100
MAX_NODES: Final = 2_000_000
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.1 ends lines at these too, and editors do not: as blanks they leave the numbers of lines alone.
_OTHER_BREAKS = when_used("[\x85\u2028\u2029]")
_BLOCKS = frozenset("|>")
_AS_IS = frozenset({"Ref", "Condition"})
_FLOAT_TAG = "tag:yaml.org,2002:float"
_TYPES = frozenset({*(f"tag:yaml.org,2002:{name}" for name in ("int", "bool", "null")), _FLOAT_TAG})


def read(text: str) -> tuple[Any, YamlPlaces, list[Remark]]:
    """Return the data of the one document of a text, its places, and what is wrong with it. Raises TemplateError."""
    try:
        reader = _Reader(text)
        data = reader.document()
    except yaml.YAMLError as error:
        raise _error(error, text) from None
    except ValueError as error:
        raise TemplateError("template-too-deep", f"cannot be read: {error}", remedy="Split it up.") from None
    return data, reader.places(), reader.remarks


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


class _Reader:
    """Turns what the parser tells of a text, one thing after the other, into plain data and places.

    What stands under an alias is read once. The parser's own tree would take many times the memory.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.following = _PARSER(_OTHER_BREAKS.sub(" ", text) if not text.isascii() else text).get_event
        self.remarks: list[Remark] = []
        self.count = 0
        # Of each anchor what starts there; once that has been read its data, how many values it holds, and its entry.
        self.anchors: dict[str, tuple[Any, tuple[Any, int, int] | None]] = {}
        self.starts: list[int] = []  # see `YamlPlaces`
        self.ends: list[int] = []
        self.names: list[str | None] = []
        self.sizes: dict[int, int] = {}  # of collections
        self.tags: dict[int, str] = {}
        self.aliases: dict[int, int] = {}

    def places(self) -> YamlPlaces:
        """Return where everything stands."""
        return YamlPlaces(self.text, self.starts, self.ends, self.names, self.sizes, self.tags, self.aliases)

    def document(self) -> Any:
        """Return the data of the one document. Raises TemplateError, YAMLError."""
        following = self.following
        following()  # the stream starts
        if type(following()) is StreamEndEvent:
            return None
        top = following()
        try:
            data = self._value(top, 0)
        except TemplateError:
            self._end(top)  # that a text is no YAML at all is told first
            raise
        self._end(top)
        return data

    def _end(self, top: Any) -> None:
        """Read to the end of the document. Raises YAMLError, also where there is another one."""
        following = self.following
        while type(following()) is not DocumentEndEvent:
            pass
        event = following()
        if type(event) is not StreamEndEvent:
            expected, found = "expected a single document in the stream", "but found another document"
            raise ComposerError(expected, top.start_mark, found, event.start_mark)

    def _value(self, event: Any, depth: int) -> Any:
        """Return the data of the value that an event starts."""
        if type(event) is AliasEvent:
            return self._alias(event, depth)
        anchor, entry, before = event.anchor, len(self.names), self.count
        if anchor is not None:
            self._keep(event)
        data = self._scalar(event) if type(event) is ScalarEvent else self._collection(event, depth)
        if anchor is not None:
            self.anchors[anchor] = event, (data, self.count - before, entry)
        return data

    def _keep(self, event: Any) -> None:
        """Keep what has an anchor."""
        if event.anchor in self.anchors:
            first = self.anchors[event.anchor][0].start_mark
            raise ComposerError(
                "found duplicate anchor; first occurrence", first, "second occurrence", event.start_mark
            )
        self.anchors[event.anchor] = event, None

    def _kept(self, alias: Any) -> tuple[Any, tuple[Any, int, int] | None]:
        """Return what an alias stands for."""
        if alias.anchor not in self.anchors:
            raise ComposerError(None, None, "found undefined alias", alias.start_mark)
        return self.anchors[alias.anchor]

    def _alias(self, alias: Any, depth: int) -> Any:
        event, known = self._kept(alias)
        if known is None:  # of a key, or not at its end yet
            if type(event) is ScalarEvent:
                return self._scalar(event)
            raise _at(event, "recursive-alias", "an alias refers to something it stands in")
        data, count, entry = known
        self.count += count
        if type(event) is not ScalarEvent:
            self._bounds(event, depth)
        again = len(self.names)
        self.starts.append(self.starts[entry])
        self.ends.append(self.ends[entry])
        self.names.append(SCALAR)
        self.aliases[again] = entry
        if entry in self.tags:
            self.tags[again] = self.tags[entry]
        return data

    def _scalar(self, event: Any) -> Any:
        self.count += 1
        text, style, tag = event.value, event.style, event.tag
        function = "" if tag is None else self._function(tag)
        self.starts.append(event.start_mark.index)
        self.ends.append(self._end_of_block(event) if style in _BLOCKS else event.end_mark.index)
        self.names.append(SCALAR)
        if function:
            return {function: text.split(".", 1) if function == "Fn::GetAtt" else text}
        if tag is None or tag == "!":
            return text if style or (text and text[0] not in TELLING) else implied(text)
        found = implied(text) if tag in _TYPES else text
        return float(found) if tag == _FLOAT_TAG and isinstance(found, int) else found

    def _function(self, tag: str) -> str:
        """Return the function that the tag of the entry to come stands for, "" for none."""
        function = name_of(tag) if tag[0] == "!" else ""
        if function:
            self.tags[len(self.names)] = function
        return function

    def _end_of_block(self, event: Any) -> int:
        """Return where a text after `|` or `>` ends: with its last line that holds something."""
        start, end = event.start_mark.index, event.end_mark.index
        if event.end_mark.column:
            return int(end)
        return self.text.index("\n", start + len(self.text[start:end].rstrip()))

    def _collection(self, event: Any, depth: int) -> Any:
        self.count += 1
        if self.count > MAX_NODES or depth >= MAX_DEPTH:
            self._bounds(event, depth)
        function = "" if event.tag is None else self._function(event.tag)
        entry = len(self.names)
        self.starts.append(event.start_mark.index)
        self.ends.append(0)
        data: Any
        if type(event) is SequenceStartEvent:
            self.names.append(SEQUENCE)
            data, last, end = self._elements(depth + 1)
        else:
            self.names.append(MAPPING)
            data, last, end = self._entries(depth + 1)
        self.sizes[entry] = len(self.names) - entry
        # A block ends with its last entry, not at the next thing.
        block = last and not event.flow_style
        self.ends[entry] = max(self.starts[entry], self.ends[last]) if block else end.end_mark.index
        return {function: data} if function else data

    def _bounds(self, event: Any, depth: int) -> None:
        if self.count > MAX_NODES:
            raise _at(event, "alias-bomb", f"more than {MAX_NODES:,} values once its aliases are followed")
        if depth >= MAX_DEPTH:
            raise _at(event, "template-too-deep", f"nested more than {MAX_DEPTH} levels deep")

    def _elements(self, depth: int) -> tuple[list[Any], int, Any]:
        """Return what is in a sequence, the entry of the last one, and what ends it."""
        following, names, value, scalar, data, last = self.following, self.names, self._value, self._scalar, [], 0
        while (kind := type(event := following())) is not SequenceEndEvent:
            last = len(names)
            simple = kind is ScalarEvent and event.anchor is None
            data.append(scalar(event) if simple else value(event, depth))
        return data, last, event

    def _entries(self, depth: int) -> tuple[dict[str, Any], int, Any]:
        """Return what is in a mapping, the entry of the last value, and what ends it."""
        following, starts, ends, names = self.following, self.starts, self.ends, self.names
        value, scalar, last = self._value, self._scalar, 0
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while type(event := following()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or event.anchor is not None:
                event = self._key(event)
            key = event.value
            starts.append(event.start_mark.index)
            ends.append(event.end_mark.index)
            last = len(names) + 1
            if key == "<<" and not event.style:
                names.append(None)
                merged = {**self._merge(following(), depth), **merged}
                continue
            names.append(key)
            if key in result:
                message = f"the key {key} is here twice; the last one counts"
                self.remarks.append(Remark("duplicate-key", message, _span(event)))
            event = following()
            simple = type(event) is ScalarEvent and event.anchor is None
            result[key] = scalar(event) if simple else value(event, depth)
        return {**merged, **result} if merged else result, last, event

    def _key(self, event: Any) -> Any:
        """Return the text that is a key, also where it has an anchor or stands under an alias."""
        if type(event) is AliasEvent:
            event = self._kept(event)[0]
        elif event.anchor is not None:
            self._keep(event)
        if type(event) is not ScalarEvent:
            raise _at(event, "yaml-key", "a key has to be text")
        return event

    def _merge(self, event: Any, depth: int) -> dict[str, Any]:
        found = self._value(event, depth)
        parts = found if isinstance(found, list) else [found]
        if not all(isinstance(part, dict) for part in parts):
            first = self._kept(event)[0] if type(event) is AliasEvent else event
            raise _at(first, "yaml-merge", "only mappings can be merged")
        result: dict[str, Any] = {}
        for part in reversed(parts):
            result.update(part)
        return result


def _at(event: Any, code: str, message: str) -> TemplateError:
    line, column, *_ = _span(event)
    return TemplateError(code, message, line, column, "Write it out, or split the template up.")


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return start.line + 1, start.column + 1, end.line + 1, end.column + 1


@lru_cache(256)
def name_of(tag: str) -> str:
    """Return the function a tag stands for: `Fn::Sub` for `!Sub`, none for `!`."""
    name = tag[1:]
    return name if name in _AS_IS or name.startswith("Fn::") or not name else f"Fn::{name}"
