"""Find what templates say to asbuilt: comments in YAML, and `asbuilt` in the Metadata of a resource.

Metadata:
  asbuilt:
    waive:
      - {rule: log-group-retention, reason: "…", owner: team-a, expires: 2027-01-31}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.graph import Comment
from asbuilt.patterns import when_used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Location
    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.stack import Stack

MARKER: Final = "asbuilt:waive"
MOST: Final = 1000
_COMMENT = when_used(rf"(?:^|(?<=\s))#+[ \t]*{MARKER}(?![\w-])([^\n]*)")


def comments(stacks: Iterable[Stack]) -> list[Comment]:
    """Return the remarks of stacks' templates, each template's once, in the order of the files."""
    found: dict[Location, Comment] = {}
    for stack in stacks:
        for declared in stack.resources.values():
            if declared.place.document is stack.document:
                for comment in _in_metadata(declared):
                    found.setdefault(comment.location, comment)
        if MARKER in stack.document.text and not stack.document.name.lower().endswith(".json"):
            for comment in _in_text(stack):
                found.setdefault(comment.location, comment)
    return [found[location] for location in sorted(found)][:MOST]


def _in_metadata(declared: Declared) -> Iterator[Comment]:
    metadata = declared.body.get("Metadata")
    own = metadata.get("asbuilt") if isinstance(metadata, dict) else None
    if own is None:
        return
    place = declared.place.child("Metadata").child("asbuilt")
    block = declared.place.location
    waivers = own.get("waive") if isinstance(own, dict) else None
    if not isinstance(waivers, list):
        yield Comment("", place.location, problem="it has to be a mapping with a list `waive`")
        return
    for at, waiver in enumerate(waivers):
        location = place.child("waive").child(at).location
        if not isinstance(waiver, dict):
            yield Comment("", location, problem="each waiver has to be a mapping")
            continue
        yield Comment(" ".join(_field(key, value) for key, value in waiver.items()), location, (block,))


def _field(key: str, value: Any) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'{key}="{text}"'


def _in_text(stack: Stack) -> Iterator[Comment]:
    from asbuilt.model import Location

    document = stack.document
    blocks = sorted(
        {declared.place.location for declared in stack.resources.values() if declared.place.document is document}
    )
    lines = document.text.split("\n")
    texts = _block_scalars(lines)
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line) if MARKER in line and number not in texts else None
        if match is None or _quoted(line, match.start()):
            continue
        location = Location(document.name, number, match.start() + 1, number, len(line.rstrip()) + 1)
        text = match[1].strip()
        block = _around(blocks, number) or _below(blocks, number, lines)
        if block is None:
            yield Comment(text, location, problem="it stands neither inside a resource nor on the line above one")
        else:
            yield Comment(text, location, (block,))


def _around(blocks: list[Location], line: int) -> Location | None:
    return next((block for block in blocks if block.start_line <= line <= block.end_line), None)


def _below(blocks: list[Location], line: int, lines: list[str]) -> Location | None:
    while line < len(lines) and lines[line].lstrip().startswith("#"):
        line += 1
    return next((block for block in blocks if block.start_line == line + 1), None)


def _quoted(line: str, at: int) -> bool:
    """Whether a place in a line is inside of quotes."""
    quote = ""
    for char in line[:at]:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
    return bool(quote)


def _block_scalars(lines: list[str]) -> set[int]:
    """Return the numbers of the lines that are text after `|` or `>`."""
    found: set[int] = set()
    indent: int | None = None
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        width = len(line) - len(line.lstrip())
        if indent is not None:
            if not bare or width > indent:
                found.add(number)
                continue
            indent = None
        if re.search(r"(?:^|[\s:])(?:!\S+\s+)?[|>][+-]?\d?[+-]?\s*(?:#.*)?$", line) and not bare.startswith("#"):
            indent = width
    return found
