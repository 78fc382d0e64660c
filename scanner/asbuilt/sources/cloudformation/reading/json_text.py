"""Read JSON with the standard library; where things stand is found in the text when somebody asks."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.cloudformation.reading.document import Lines, Remark, Span, TemplateError

if TYPE_CHECKING:
    from asbuilt.model import Path

MAX_DEPTH: Final = 100
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}},:]|[^\s\[\]{{}},:\"]+", re.DOTALL)
_BRACKET = re.compile(rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+[\[\]{{}}]', re.DOTALL)
# What is in a container: perhaps a key, then a value where that is none itself.
_ENTRY = re.compile(
    rf"""\s*,?\s*(?:({_STRING})\s*:\s*)?(?:({_STRING}|[^\s,\[\]{{}}"]+)|(?=[\[{{]))""",
    re.DOTALL,
)


def read(text: str) -> tuple[Any, JsonPlaces, list[Remark]]:
    """Return the data of a text, its places, and what is wrong with it. Raises TemplateError."""
    doubled: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            seen: set[str] = set()
            doubled.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return found

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_int=_int, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise TemplateError(
            "json-syntax", f"not JSON: {error.msg}", error.lineno, error.colno, "Mend the JSON at this line."
        ) from None
    except RecursionError:
        raise TemplateError("template-too-deep", "nested too deeply", remedy="Split it up.") from None
    except ValueError as error:
        raise TemplateError("json-syntax", f"not JSON: {error}", remedy="Mend the JSON.") from None
    places = JsonPlaces(text)
    remarks = [
        Remark("duplicate-key", f"the key {key} is here twice; the last one counts", places.second(key))
        for key in dict.fromkeys(doubled)
    ]
    return data, places, remarks


def _int(text: str) -> Any:
    return int(text) if len(text) < 400 else text


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON's")


class JsonPlaces:
    """Finds where things stand in JSON: reads what is in a container, and passes by the containers in it.

    Raises TemplateError for what is nested too deeply.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = Lines(text).position
        self._starts, self._ends = array("I"), array("I")  # of the containers
        self._find()
        # For each container that was read: where each of its entries starts (with its key), has its value, and ends.
        self._entries: dict[Path, dict[str | int, tuple[int, int, int]]] = {}

    def _find(self) -> None:
        """Find where each container starts and ends."""
        text, starts, ends = self.text, self._starts, self._ends
        inside: list[int] = []
        # Without the blanks behind the last one, from each of which on another would be searched.
        for match in _BRACKET.finditer(text.rstrip()):
            at = match.end()
            if text[at - 1] in "]}":
                ends[inside.pop()] = at
                continue
            inside.append(len(starts))
            starts.append(at - 1)
            ends.append(0)
            if len(inside) > MAX_DEPTH:
                line, column = self.position(at - 1)
                message = f"nested more than {MAX_DEPTH} levels deep"
                raise TemplateError("template-too-deep", message, line, column, "Split the template up.")

    def span(self, path: Path, *, key: bool) -> Span | None:
        """Return where the entry at a path stands; see `document.Places`."""
        if not path:
            start = len(self.text) - len(self.text.lstrip())
            return (*self.position(start), *self.position(len(self.text.rstrip())))
        entries = self._read(path[:-1])
        found = None if entries is None else entries.get(path[-1])
        if found is None:
            return None
        start, value, end = found
        if key and start == value:
            return None
        if key:
            match = _TOKEN.match(self.text, start)
            end = match.end() if match else end
        return (*self.position(start), *self.position(end))

    def second(self, key: str) -> Span:
        """Return where a key of an object stands for the second time in it."""
        start = 0
        places = [m.start() for m in re.finditer(re.escape(json.dumps(key)) + r"\s*:", self.text)]
        places = places or [m.start() for m in re.finditer(re.escape(f'"{key}"') + r"\s*:", self.text)]
        opened: list[set[str]] = []
        wanted = set(places)
        for match in _TOKEN.finditer(self.text) if places else ():
            piece = match[0]
            if piece in "[{":
                opened.append(set())
            elif piece in "]}":
                opened.pop()
            elif match.start() in wanted:
                if key in opened[-1]:
                    start = match.start()
                    return (*self.position(start), *self.position(match.end()))
                opened[-1].add(key)
        return (*self.position(start), *self.position(start))

    def _read(self, path: Path) -> dict[str | int, tuple[int, int, int]] | None:
        """Return the entries of the container at a path, None where there is none."""
        if path in self._entries:
            return self._entries[path]
        if path:
            around = self._read(path[:-1])
            found = None if around is None else around.get(path[-1])
            if found is None:
                return None
            start = found[1]
        else:
            start = len(self.text) - len(self.text.lstrip())
        if self.text[start : start + 1] not in ("{", "["):
            return None
        entries = self._entries[path] = self._scan(start)
        return entries

    def _scan(self, start: int) -> dict[str | int, tuple[int, int, int]]:
        """Return the entries of the container that starts at an offset."""
        entries: dict[str | int, tuple[int, int, int]] = {}
        at = start + 1
        while (match := _ENTRY.match(self.text, at)) is not None:
            name, scalar = match.groups()
            at = match.end()
            value = at if scalar is None else match.start(2)
            begin = value if name is None else match.start(1)
            if scalar is None:
                at = self._ends[bisect_left(self._starts, at)]
            if name is None:
                entries[len(entries)] = (begin, value, at)
            else:
                entries[json.loads(name) if "\\" in name else name[1:-1]] = (begin, value, at)
        return entries
