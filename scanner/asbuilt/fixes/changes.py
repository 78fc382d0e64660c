"""Changes: what one edit of a file is, and what files become with some of them made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from asbuilt.fixes.alignment import realign
from asbuilt.records import dataclass
from asbuilt.results import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.fixes.document import Document
    from asbuilt.fixes.nested import Nested
    from asbuilt.results import EvidenceItem, Finding


@dataclass(frozen=True, slots=True)
class Target:
    """A violation to mend: its finding, and which piece of evidence of it."""

    finding: Finding
    item: EvidenceItem


@dataclass(slots=True, eq=False)
class Change:
    """One edit, and the violations it is to mend. `name` is that of an argument to add, else empty.

    `start` and `end` are offsets into the document's text, `shown` the value as written. What is `nested` has its text
    only when all that is added in the same block or mapping is known.
    """

    document: Document
    start: int
    end: int
    text: str
    shown: str
    name: str = ""
    targets: list[Target] = field(default_factory=list)
    nested: Nested | None = None

    @property
    def edit(self) -> Edit:
        """The change as results have it."""
        return Edit(self.document.location(self.start, self.end), self.text)

    @property
    def line(self) -> int:
        """The line (from 1) of what is changed, or the line after which something is added."""
        return self.edit.location.start_line


@dataclass(slots=True)
class Edited:
    """Files with changes made: their new texts by real path, and which change each new line (from 1) is of."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    lines: dict[tuple[str, int], Change] = field(default_factory=dict)


def edited(changes: Iterable[Change]) -> Edited:
    """Make changes in memory, columns set as `terraform fmt` has them."""
    by_file: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_file[change.document.real].append(change)
    result = Edited()
    for real, mine in by_file.items():
        document = mine[0].document
        text, touched = _made(document, sorted(mine, key=lambda change: (change.start, change.name)), result)
        if document.aligned:
            text = realign(document.text, text, touched)
        result.texts[real] = text
        result.files[real] = document.encoded(text)
    return result


def _made(document: Document, changes: list[Change], result: Edited) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    touched: list[tuple[int, int]] = []
    at = shift = 0
    for change in changes:
        parts += [document.text[at : change.start], change.text]
        at = change.end
        was = change.line - 1
        added = change.text.count("\n")
        shift += added
        touched.append((was, was + shift))
        for back in range(added or 1):
            result.lines[(document.name, was + shift + 1 - back)] = change
    return "".join([*parts, document.text[at:]]), touched
