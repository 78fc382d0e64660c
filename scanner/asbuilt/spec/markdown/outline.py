"""Cut a Markdown document into items: sentences, list items, table rows, headings, boxes of a diagram.

An item knows its line, its own text as it reads (without the marks of Markdown), and the headings above it.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Location
from asbuilt.records import dataclass
from asbuilt.spec.markdown.diagram import boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"\s*([^:.;\n]{1,60}?)\s*:(?:\s+|$)(.*)", re.DOTALL)
# Code blocks in these languages are drawings; others are examples of code, which state nothing.
_DRAWINGS = ("", "text", "txt", "ascii", "diagram", "mermaid")
# Characters of a sentence, list item or row; a longer one is no statement, and would take its time to search.
LONGEST: Final = 2000
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`0-9])")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of the document. `headings` are those above it, outermost first, and what leads into a list.

    `cells` holds a row's texts by the text of its column's header. `kind` is heading, sentence, bullet, row or box.
    """

    kind: str
    text: str
    headings: tuple[str, ...]
    section: str
    location: Location
    key: str = ""
    value: str = ""
    cells: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def words(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @property
    def topic(self) -> str:
        """The headings above, in lower case."""
        return " > ".join(self.headings).lower()

    @property
    def all(self) -> str:
        """Headings and text, in lower case."""
        return f"{self.topic} > {self.words}"

    @property
    def heading(self) -> str:
        """The nearest heading."""
        return self.headings[-1] if self.headings else ""

    def cell(self, *names: str) -> str:
        """Return the cell of the first column whose header has one of these words, else an empty text."""
        for name in names:
            for header, text in self.cells.items():
                if re.search(rf"\b(?:{name})\b", header.lower()):
                    return text
        return ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A document: its title, its headings of the second level in order, and its items."""

    title: str
    sections: tuple[str, ...]
    items: tuple[Item, ...]


class _Walk:
    """Follows markdown-it's tokens; `heads` is the stack of headings, `leads` what leads into nested lists."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = re.split(r"\r\n?|\n", text)  # as markdown-it counts them
        self.file = file
        self.title = ""
        self.heads: list[tuple[int, str]] = []
        self.leads: list[str] = []
        self.lead = ""
        self.items: list[Item] = []
        self.sections: list[str] = []
        self.header: list[str] = []
        self.row: list[str] | None = None
        self.row_line = 0
        self.inside: list[str] = []

    def walk(self, tokens: list[Any]) -> Outline:
        for token in tokens:
            handler = getattr(self, "_" + token.type, None)
            if handler is not None:
                handler(token)  # every handler takes the token, needed or not
            elif token.type.endswith("_open"):
                self.inside.append(token.type)
            elif token.type.endswith("_close") and self.inside:
                self.inside.pop()
        sections = self.sections or sorted({item.section for item in self.items})
        return Outline(self.title, tuple(dict.fromkeys(sections)), tuple(self.items))

    def _heading_open(self, token: Any) -> None:
        self.inside.append(token.tag)
        self.leads, self.lead = [], ""

    def _inline(self, token: Any) -> None:
        text = plain(token)
        around = self.inside[-1] if self.inside else ""
        if re.fullmatch("h[1-6]", around):
            self._head(int(around[1]), " ".join(text.split()), token.map[0])
        elif self.row is not None:
            self.row.append(" ".join(text.split()))
        elif any(name == "list_item_open" for name in self.inside):
            self._bullet(text, token.map)
        else:
            self._paragraph(text, token.map)

    def _head(self, level: int, text: str, line: int) -> None:
        if level == 1 and not self.title:
            self.title = text
            return
        while self.heads and self.heads[-1][0] >= level:
            self.heads.pop()
        if level <= 2:
            self.sections.append(text)
        self._add("heading", text, line, line)
        self.heads.append((level, text))

    def _bullet(self, text: str, lines: list[int]) -> None:
        shown = " ".join(text.split())
        depth = sum(name == "list_item_open" for name in self.inside)
        self.leads[depth - 1 :] = []
        self._add("bullet", shown, lines[0], lines[1] - 1)
        while len(self.leads) < depth:
            self.leads.append(shown.rstrip(":"))

    def _paragraph(self, text: str, lines: list[int]) -> None:
        start = 0
        self.leads, self.lead = [], ""
        for match in [*_SENTENCE.finditer(text), None]:
            piece = text[start : match.start() if match else len(text)]
            first = lines[0] + text[:start].count("\n")
            if piece.strip():
                self._add("sentence", " ".join(piece.split()), first, first + piece.count("\n"))
            start = match.end() if match else len(text)
        if text.rstrip().endswith(":"):
            self.lead = self.items[-1].text.rstrip(":")

    def _tr_open(self, token: Any) -> None:
        self.row, self.row_line = [], token.map[0] if token.map else 0

    def _table_open(self, token: Any) -> None:  # noqa: ARG002
        self.header = []

    def _tr_close(self, token: Any) -> None:  # noqa: ARG002
        cells = self.row or []
        self.row = None
        if not self.header:
            self.header = [name or f"column {n + 1}" for n, name in enumerate(cells)]
            return
        named = {name: cell for name, cell in zip(self.header, cells, strict=False) if cell}
        if named:
            self._add("row", " | ".join(cells), self.row_line, self.row_line, named)

    def _fence(self, token: Any) -> None:
        language = token.info.strip().split(" ")[0].lower()
        if language not in _DRAWINGS:
            last = token.map[1] - 1
            self._add("code", f"code in {language}", token.map[0], last)
            return
        for text, line, column in boxes(token.content):
            if len(text) > LONGEST:
                continue
            where = token.map[0] + (1 if token.type == "fence" else 0) + line
            location = Location(self.file, where + 1, column + 1, where + 1, column + 1 + len(text))
            self.items.append(Item("box", text, self._headings(), self._section(), location))

    _code_block = _fence

    def _html_block(self, token: Any) -> None:
        if not token.content.lstrip().startswith("<!--"):
            self._add("sentence", " ".join(token.content.split())[:200], token.map[0], token.map[1] - 1)

    def _headings(self) -> tuple[str, ...]:
        leads = [*([self.lead] if self.lead else []), *self.leads]
        return (*(text for _, text in self.heads), *leads)

    def _section(self) -> str:
        return next((text for level, text in self.heads if level <= 2), self.heads[0][1] if self.heads else self.title)

    def _add(self, kind: str, text: str, first: int, last: int, cells: dict[str, str] | None = None) -> None:
        line, end = self.lines[first], self.lines[min(last, len(self.lines) - 1)]
        mark = re.match(r"\s*(?:>\s*)*(?:(?:[-*+]|\d+[.)]|#+|\|)\s+)?", line)
        column = mark.end() if mark else 0
        location = Location(self.file, first + 1, column + 1, last + 1, len(end.rstrip()) + 1)
        if len(text) > LONGEST:
            kind, text, cells = "code", f"a text of {len(text):,} characters", {}
        found = _KEY.fullmatch(text) if kind in ("bullet", "sentence") else None
        key, value = (found[1], found[2]) if found else ("", "")
        section = text if kind == "heading" and not self.heads else self._section()
        self.items.append(Item(kind, text, self._headings(), section, location, key, value.strip(), cells or {}))


def plain(token: Any) -> str:
    """Return the text of an inline token as it reads: code without its ticks, line breaks kept."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "html_inline" and re.match(r"<br\s*/?>", child.content):
            parts.append(", ")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)


def outline(text: str, file: str) -> Outline:
    """Read CommonMark with tables."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return _Walk(text, file).walk(tokens)


def sentences(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield what is prose or a list: all but headings and boxes."""
    return (item for item in items if item.kind not in ("heading", "box"))
