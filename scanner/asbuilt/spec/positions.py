"""Read YAML as plain data that knows where everything stands.

The scalars are those of YAML 1.2's core schema: `yes`, `on`, `1:30` and dates are text, a number with a leading
zero is refused. Sequences become tuples. Size, depth, nodes and aliases are bounded; keys must be unique.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from asbuilt.model import Location, Path
from asbuilt.records import dataclass
from asbuilt.spec.errors import Problem, SpecError
from asbuilt.spec.positioned import MAX_BYTES, Positioned

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH: Final = 40
TOO_DEEP, TOO_DEEP_REMEDY = f"nested more than {MAX_DEPTH} levels deep", "a spec this deep is refused"
MAX_NODES: Final = 50_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is being read; `key` is the pending key of a mapping."""

    container: dict[str, Any] | list[Any]
    path: Path
    start: Any
    anchor: str | None
    key: str | None = None
    skip: bool = False


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.found = Positioned(file)
        self.problems: list[Problem] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Path, Any]] = {}
        self.nodes = 0

    def read(self) -> Positioned:
        documents = 0
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "a second document begins here", "a spec is one YAML document: remove `---`")
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close(event)
        if self.problems:
            raise SpecError(self.problems)
        return self.found

    def _events(self) -> Iterator[Any]:
        loader = _Loader(self.text)
        try:
            while loader.check_event():
                yield loader.get_event()
        except yaml.YAMLError as error:
            raise SpecError([*self.problems, self._syntax(error)]) from None
        finally:
            loader.dispose()

    def _syntax(self, error: yaml.YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        message = " ".join(filter(None, (getattr(error, "context", None), getattr(error, "problem", None))))
        if mark is None:
            reason = getattr(error, "reason", "") or message or "it cannot be read"
            offset = int(getattr(error, "position", 0) or 0)
            line = self.text.count("\n", 0, offset) + 1
            column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
            where = Location(self.found.file, line, column, line, column)
            return Problem(where, f"not YAML: {reason}", "remove the character, or write it as an escape in quotes")
        lines = self.text.split("\n")
        rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
        remedy = "check quotes, brackets and indentation here and on the line above"
        if rest.startswith("\t"):
            remedy = "indent with spaces"
        elif rest.startswith(("*", "&", "@", "`", "%", "!")) or "alias" in message:
            remedy = "put text that begins with such a character in quotes"
        where = Location(self.found.file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        if (
            "nesting depth" in message
        ):  # newer versions of libyaml have a bound of their own, reached while reading ahead
            return Problem(where, TOO_DEEP, TOO_DEEP_REMEDY)
        return Problem(where, f"not YAML: {message}", remedy)

    def _node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(
                event, f"more than {MAX_NODES:,} values", "a spec this large is refused; aliases count each time"
            )
        if len(self.stack) > MAX_DEPTH:
            self._stop(event, TOO_DEEP, TOO_DEEP_REMEDY)
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            self._key(frame, event)
            return
        path: Path = ()
        if frame is not None:
            path = (*frame.path, frame.key if frame.key is not None else len(frame.container))
        if isinstance(event, yaml.AliasEvent):
            self._alias(frame, path, event)
            return
        if event.tag is not None and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            self.problems.append(
                Problem(self._at(event), f"the tag {event.tag} is not understood", "write the value without a tag")
            )
        if isinstance(event, yaml.ScalarEvent):
            self.found.values[path] = self._at(event)
            self._put(frame, path, self._scalar(event), event.anchor)
            return
        container: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Frame(container, path, event.start_mark, event.anchor))

    def _key(self, frame: _Frame, event: Any) -> None:
        where = self._at(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, "a key must be text", "write `key: value`; put a value with { or [ in quotes")
        name = event.value
        frame.skip = name in frame.container
        if name == "<<" and event.implicit[0]:
            remedy = "merge keys left YAML with version 1.2: write the values out"
            self.problems.append(Problem(where, "`<<` merges nothing here", remedy))
            frame.skip = True
        elif frame.skip:
            first = self.found.keys[(*frame.path, name)]
            self.problems.append(
                Problem(where, f"`{name}` is given twice, first on line {first.start_line}", "keep one of the two")
            )
        else:
            self.found.keys[(*frame.path, name)] = where
        frame.key = name

    def _put(self, frame: _Frame | None, path: Path, value: Any, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (path, value)
        if frame is None:
            self.found.data = value
        elif isinstance(frame.container, list):
            frame.container.append(value)
        else:
            assert frame.key is not None  # noqa: S101 - a value follows its key
            if not frame.skip:
                frame.container[frame.key] = value
            frame.key = None

    def _close(self, event: Any) -> None:
        frame = self.stack.pop()
        mark, end = frame.start, event.end_mark
        where = Location(self.found.file, mark.line + 1, mark.column + 1, end.line + 1, end.column + 1)
        self.found.values[frame.path] = where
        value = tuple(frame.container) if isinstance(frame.container, list) else frame.container
        self._put(self.stack[-1] if self.stack else None, frame.path, value, frame.anchor)

    def _alias(self, frame: _Frame | None, path: Path, event: Any) -> None:
        if event.anchor not in self.anchors:
            self._stop(
                event, f"*{event.anchor} names nothing that was read before", "put text that begins with * in quotes"
            )
        origin, value = self.anchors[event.anchor]
        self.nodes += _size(value, MAX_NODES)
        if self.nodes > MAX_NODES:
            self._stop(
                event, f"more than {MAX_NODES:,} values", "a spec this large is refused; aliases count each time"
            )
        for table in (self.found.values, self.found.keys):
            below = [(p, where) for p, where in table.items() if p[: len(origin)] == origin and p != origin]
            for place, where in below:
                table[(*path, *place[len(origin) :])] = where
        self.found.values[path] = self._at(event)
        self._put(frame, path, value, None)

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0] or event.tag == "!":
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INT.fullmatch(text):
            return int(text)
        if _LEADING_ZERO.fullmatch(text):
            remedy = f"write {text.lstrip('+-0') or 0}, or put it in quotes if it is text"
            self.problems.append(Problem(self._at(event), f"{text} begins with a zero, which may mean octal", remedy))
            return text
        if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return text

    def _at(self, event: Any) -> Location:
        start, end = event.start_mark, event.end_mark
        return Location(self.found.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _stop(self, event: Any, message: str, remedy: str) -> None:
        raise SpecError([*self.problems, Problem(self._at(event), message, remedy)])


def _size(value: Any, limit: int) -> int:
    """Count the values in a tree, up to a limit."""
    stack, count = [value], 0
    while stack and count <= limit:
        item = stack.pop()
        count += 1
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, tuple):
            stack.extend(item)
    return count


def read_yaml(content: bytes, file: str) -> Positioned:
    """Read one YAML document. Raises SpecError with every problem that could be found."""
    if len(content) > MAX_BYTES:
        raise SpecError(
            [Problem(Location(file, 1), f"larger than {MAX_BYTES:,} bytes", "a spec this large is refused")]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError([Problem(Location(file, line), "not UTF-8", "save the file as UTF-8")]) from None
    return _Reader(text, file).read()
