"""Read a table of a TOML file as plain data that knows where everything stands.

Python's own reader says what a file holds, but not where. A statement is found by reading lines until they are TOML by
themselves: what Python reads and what is shown can then not differ.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Location
from asbuilt.patterns import when_used
from asbuilt.spec.errors import Problem, SpecError
from asbuilt.spec.positioned import MAX_BYTES, Positioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path

TABLE: Final = ("tool", "asbuilt")
LONGEST: Final = 200  # lines of one statement; past it, only its key is shown
_AT = when_used(r"\(at line (\d+), column (\d+)\)")
_HEADER = when_used(r"\s*\[(?!\[)(.+?)\]\s*(?:#.*)?$")


def read_toml(content: bytes, file: str) -> Positioned | None:
    """Return `[tool.asbuilt]`, or None where the file has no such table. Raises SpecError."""
    if len(content) > MAX_BYTES:
        raise SpecError([Problem(Location(file, 1), f"larger than {MAX_BYTES:,} bytes", "name a file with --config")])
    try:
        text = content.decode("utf-8")
        data: Any = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError([Problem(Location(file, line), "not UTF-8", "save the file as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _AT.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        message = _AT.sub("", str(error)).strip() or "it cannot be read"
        raise SpecError([Problem(Location(file, line, column), f"not TOML: {message}", "")]) from None
    for part in TABLE:
        if not isinstance(data, dict) or part not in data:
            return None
        data = data[part]
    found = Positioned(file, _plain(data))
    for path, key, value in _statements(text, file):
        if path[: len(TABLE)] == TABLE:
            found.keys[path[len(TABLE) :]] = key
            found.values[path[len(TABLE) :]] = value
    return found


def _plain(value: Any) -> Any:
    """Return a value in the types that YAML is read into."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    return value


def _statements(text: str, file: str) -> Iterator[tuple[Path, Location, Location]]:
    """Yield each table and statement with the place of its key and of its value."""
    lines = text.splitlines()
    table: Path = ()
    number = 0
    while number < len(lines):
        line, start = lines[number], number
        number += 1
        header = _HEADER.match(line)
        path = _leads_to(f"[{header[1]}]") if header else None
        if path is not None:
            table = path
            where = Location(file, start + 1, line.index("[") + 1, start + 1, len(line) + 1)
            yield table, where, where
            continue
        if "=" not in line or line.lstrip().startswith(("#", "[")):
            continue
        statement = line
        while (path := _leads_to(statement)) is None and number < len(lines) and number - start < LONGEST:
            statement += "\n" + lines[number]
            number += 1
        if path is None:
            number = start + 1
            continue
        sign = line.index("=")
        first = len(line) - len(line.lstrip()) + 1
        yield (
            (*table, *path),
            Location(file, start + 1, first, start + 1, sign + 1),
            Location(file, start + 1, sign + 2 + len(line[sign + 1 :]) - len(line[sign + 1 :].lstrip()), number, 1),
        )


def _leads_to(statement: str) -> Path | None:
    """Return the path that a statement or header sets, None where it is not whole."""
    try:
        data: Any = tomllib.loads(statement)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    path: list[str] = []
    header = statement.startswith("[")
    depth = len(re.findall(r"\.", statement.partition("=")[0])) + 1
    while isinstance(data, dict) and len(data) == 1 and (header or len(path) < depth):
        ((name, data),) = data.items()
        path.append(name)
    return tuple(path)
