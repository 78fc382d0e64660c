"""What has been read of a document so far: values, where each stands, the statements, and what was not understood."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.spec.data import MISSING, get, leaves, put
from asbuilt.spec.errors import Problem
from asbuilt.spec.markdown.catalogue import ORDER, SEVERITIES, place
from asbuilt.spec.markdown.words import slug
from asbuilt.spec.positioned import Positioned

if TYPE_CHECKING:
    from asbuilt.model import Location, Path
    from asbuilt.spec.markdown.outline import Item, Outline

# Prose goes before headings, headings before diagrams, where several places say the same.
_RANKS = {"heading": 1, "box": 2}


@dataclass(frozen=True, slots=True)
class Source:
    """One place that states a value: the item, and how it is quoted after its heading."""

    item: Item
    quote: str
    pattern: str

    @property
    def rank(self) -> int:
        """How far the place is from prose."""
        return _RANKS.get(self.item.kind, 0)


@dataclass(slots=True)
class Draft:
    """A spec in the making. `base` is the environment whose values are the spec's base values."""

    outline: Outline
    file: str
    data: dict[str, Any] = field(default_factory=dict)
    base: str | None = None
    environments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[Path, Item] = field(default_factory=dict)
    sources: dict[str, list[Source]] = field(default_factory=dict)
    heard: set[Item] = field(default_factory=set)
    labelled: dict[Path, set[str]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def state(self, path: str | Path, value: Any, item: Item, quote: str = "") -> None:
        """Set a value that an item states; a second, other value for it is a contradiction of the document."""
        where: Path = tuple(path.split(".")) if isinstance(path, str) else path
        self.heard.add(item)
        before = get(self.data, where)
        if before is not MISSING and before != value:
            first = self.places.get(where)
            line = first.location.start_line if first else 1
            self.note(
                item.location,
                f"{'.'.join(map(str, where))} is {shown(value)} here and {shown(before)} on line {line}",
                f"line {line} is used: let the document say one thing",
            )
            return
        if before is MISSING:
            put(self.data, where, value)
        name, pattern = place(where, value)
        source = Source(item, quote, pattern)
        self.sources.setdefault(name, []).append(source)
        if where not in self.places or _RANKS.get(self.places[where].kind, 0) > source.rank:
            self.places[where] = item

    def state_in(self, names: set[str], path: str, value: Any, item: Item, quote: str = "") -> None:
        """Set a value for the environments a text names: for all where it names none, the base where it names that."""
        where: Path = tuple(path.split("."))
        for name in sorted(names) or [self.base or ""]:
            if names:
                self.labelled.setdefault(where, set()).add(name)
            base = name == (self.base or "")
            self.state(where if base else ("environments", name, *where), value, item, quote)

    def understood(self, item: Item) -> None:
        """Say that an item is understood though it sets nothing."""
        self.heard.add(item)

    def note(self, where: Location, message: str, remedy: str = "") -> None:
        """List something worth a look."""
        self.notes.append(Problem(where, message, remedy))

    def note_column(self, item: Item, header: str) -> None:
        """List a column that is not understood, once for its table."""
        message = f"the column “{header}” of “{item.heading or self.outline.title}” is not understood"
        if all(note.message != message for note in self.notes):
            self.note(item.location, message, "no requirement is made from it")

    def environments_in(self, text: str) -> set[str]:
        """Return the environments a text names, by any of their names."""
        return named(text, self.environments)

    def classes_in(self, text: str) -> set[str]:
        """Return the service classes a text names."""
        return named(text, self.classes)

    def service(self, text: str) -> str | None:
        """Return the service a text names, as the whole of it."""
        words = slug(re.sub(r"\bservices?\b", "", text, flags=re.IGNORECASE))
        return next((name for name in self.data.get("services", {}) if slug(name) == words), None)

    def finished(self) -> Positioned:
        """Return the draft as a spec with positions in the document."""
        content = Positioned(self.file, self.data)
        for path, item in self.places.items():
            _locate(content, path, item.location, get(self.data, path))
        rows: list[dict[str, Any]] = []
        for name in sorted(self.sources, key=lambda n: (ORDER.get(n, len(ORDER)), n)):
            rows.append(self._statement(name, len(rows), content))
        self.data["requirements"] = tuple(rows)
        stated = [row["section"] for row in rows]
        self.data["sections"] = tuple(dict.fromkeys([*self.outline.sections, *stated]))
        return content

    def _statement(self, name: str, number: int, content: Positioned) -> dict[str, Any]:
        sources = self.sources[name]
        best = min(source.rank for source in sources)
        chosen = sorted((s for s in sources if s.rank == best), key=lambda s: s.item.location)
        first = chosen[0].item
        row: dict[str, Any] = {
            "id": name,
            "section": first.section or self.outline.title or self.data["title"],
            "statement": _quoted(chosen),
            "values": tuple(dict.fromkeys(source.pattern for source in sources)),
        }
        if name in SEVERITIES:
            row["severity"] = SEVERITIES[name]
        for key, value in leaves(row):
            _locate(content, ("requirements", number, *key), first.location, value)
        return row


def _locate(content: Positioned, path: Path, where: Location, value: Any) -> None:
    content.values[path] = content.keys[path] = where
    for length in range(1, len(path)):
        content.values.setdefault(path[:length], where)
        content.keys.setdefault(path[:length], where)
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    for part, inner in below:
        if (*path, part) not in content.values:
            _locate(content, (*path, part), where, inner)


def _quoted(sources: list[Source]) -> str:
    """Quote the places one after the other, each under its heading."""
    groups: dict[str, list[str]] = {}
    for source in sources:
        item = source.item
        text = source.quote or item.text
        lead = "" if item.kind in ("sentence", "heading", "box") else item.heading
        pieces = groups.setdefault(lead, [])
        if text not in pieces:
            pieces.append(text)
    return "; ".join(f"{lead}: {'; '.join(texts)}" if lead else "; ".join(texts) for lead, texts in groups.items())


def named(text: str, known: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the names whose words stand in a text."""
    return {
        name
        for name, words in known.items()
        if re.search(rf"\b(?:{'|'.join(map(re.escape, (name, *words)))})\b", text, re.IGNORECASE)
    }


def shown(value: Any) -> str:
    """Show a value in a message."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
