"""Cut code frames: the few lines of a file around a finding, for reports that outlive the file."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.masking import hides_default, holds_secret, looks_secret, states_default
from asbuilt.records import replaced
from asbuilt.results import MASK, EvidenceItem, Finding, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.model import Location

CONTEXT = 2  # lines before and after
NEAR = 8  # lines around a default in which its variable or parameter may say that it is secret
LONGEST_LINE = 400  # characters; a longer line is cut
LONGEST_TEXT = 2_000  # characters; a line beyond is data of a program (a plan on one line), and may hold secrets
LARGEST_FILE = 16 * 1024 * 1024  # bytes


class Frames:
    """Cuts each frame once, and keeps the lines of one file at a time."""

    def __init__(self) -> None:
        self._file = ""
        self._text: tuple[str, ...] = ()  # the lines of the file
        self._frames: dict[tuple[str, int, int], Frame | None] = {}
        self._around: dict[tuple[str, int], str] = {}  # lines as shown where no finding is about them

    def frame(self, location: Location | None) -> Frame | None:
        """Return the lines around a location, or None where the file cannot be read."""
        if location is None:
            return None
        wanted = (location.file, location.start_line, location.end_line)
        if wanted not in self._frames:
            self._frames[wanted] = self._cut(*wanted)
        return self._frames[wanted]

    def _cut(self, name: str, start: int, end: int) -> Frame | None:
        lines = self._lines(name)
        if not 0 < start <= len(lines):
            return None
        first = max(1, start - CONTEXT)
        last = min(len(lines), max(start, min(end, start + 3)) + CONTEXT)
        if max(map(len, lines[first - 1 : last])) > LONGEST_TEXT:
            return None
        own = range(start, end + 1)
        shown = [
            _safe(lines[number - 1]) if number in own else self._beside(name, lines, number)
            for number in range(first, last + 1)
        ]
        return Frame(first, tuple(shown))

    def _beside(self, name: str, lines: tuple[str, ...], number: int) -> str:
        shown = self._around.get((name, number))
        if shown is None:
            line = lines[number - 1]
            shown = self._around[name, number] = _masked(line) if _may_hold_secret(lines, number) else _safe(line)
        return shown

    def _lines(self, name: str) -> tuple[str, ...]:
        if name != self._file:
            path = Path(name)
            try:
                data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
            except OSError:
                data = b""
            # Lines end where the sources end them: a return alone is no end of a line.
            text = data.decode("utf-8", "replace").replace("\r\n", "\n")
            self._file, self._text = name, tuple(text.split("\n"))
        return self._text


def _may_hold_secret(lines: tuple[str, ...], number: int) -> bool:
    """Whether a line that no finding is about may hold a secret: the names beside its values say so."""
    line = lines[number - 1]
    if holds_secret(line):
        return True
    around = lines[max(0, number - 1 - NEAR) : number + NEAR]
    return states_default(line) and any(map(hides_default, around))


def _masked(line: str) -> str:
    return line[: len(line) - len(line.lstrip())] + MASK


@lru_cache(16384)
def _safe(line: str) -> str:
    line = line.rstrip("\r")
    if looks_secret(line):
        return _masked(line)
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"


def with_frames(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with a frame for each piece of evidence, at the place where the value is to be changed.

    Evidence whose value was masked gets none: its line would show it.
    """
    frames = Frames()
    by_file: dict[str, list[Location]] = defaultdict(list)
    for finding in findings:
        for item in finding.evidence:
            if item.actual != MASK and (origin := item.origin) is not None:
                by_file[origin.file].append(origin)
    for places in by_file.values():  # file by file: the lines of all of them would take as much as all that is read
        for place in places:
            frames.frame(place)

    def framed(item: EvidenceItem) -> EvidenceItem:
        return item if item.actual == MASK else replaced(item, frame=frames.frame(item.origin))

    return [replaced(finding, evidence=tuple(map(framed, finding.evidence))) for finding in findings]
