"""Read JSON with the standard library; where things stand is found in the text when somebody asks."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.cloudformation.reading.document import Lines, Remark, Span, TemplateError

if TYPE_CHECKING:
    from asbuilt.model import Path

MAX_DEPTH: Final = 100
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_BLANK = re.compile(r"[ \t\n\r]*")


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
    _check_depth(text, places)
    remarks = [
        Remark("duplicate-key", f"the key {key} is here twice; the last one counts", places.second(key))
        for key in dict.fromkeys(doubled)
    ]
    return data, places, remarks


def _int(text: str) -> Any:
    return int(text) if len(text) < 400 else text


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON's")


def _check_depth(text: str, places: JsonPlaces) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    brackets = _NO_BRACKETS.sub("", _STRING.sub("", text))
    if max(accumulate(map(_STEPS.__getitem__, brackets))) > MAX_DEPTH:
        line, column = places.position(_opened(text, MAX_DEPTH))
        message = f"nested more than {MAX_DEPTH} levels deep"
        raise TemplateError("template-too-deep", message, line, column, "Split the template up.")


def _opened(text: str, levels: int) -> int:
    """Return where a text is first nested deeper than some levels."""
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += (match[0] in "[{") - (match[0] in "]}")
        if depth > levels:
            return match.start()
    return len(text)


class JsonPlaces:
    """Finds where things stand: reads on in the text from the nearest place that is known already."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = Lines(text).position
        # For each container that was read: where each of its entries starts (with its key), has its value, and ends.
        self._entries: dict[Path, dict[str | int, tuple[int, int, int]]] = {}

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
        entries = self._entries[path] = _scan(self.text, start)
        return entries


def _scan(text: str, start: int) -> dict[str | int, tuple[int, int, int]]:
    """Return the entries of the container that starts at an offset of a text that is known to be JSON."""
    entries: dict[str | int, tuple[int, int, int]] = {}
    mapping = text[start] == "{"
    at = _after_blanks(text, start + 1)
    while text[at] not in "]}":
        begin, key = at, len(entries)
        if mapping:
            key, at = _PASSING.raw_decode(text, at)
            at = _after_blanks(text, _after_blanks(text, at) + 1)
        _, end = _PASSING.raw_decode(text, at)
        entries[key] = (begin, at, end)
        at = _after_blanks(text, end)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
    return entries


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _forgotten(pairs: list[tuple[str, Any]]) -> None:
    """Stand in for an object that is only passed by."""


_PASSING = json.JSONDecoder(object_pairs_hook=_forgotten, parse_int=str, parse_float=str, parse_constant=str)
