"""What is wrong with a spec, where, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Location


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what is wrong, where, and what to do about it."""

    location: Location | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        return f"{where}{self.message}" + (f" ({self.remedy})" if self.remedy else "")


class SpecError(Exception):
    """A spec that cannot be used; `problems` holds every mistake found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_place))
        super().__init__("\n".join(map(str, self.problems)))


def _place(problem: Problem) -> tuple[str, int, int, str]:
    where = problem.location
    return (where.file, where.start_line, where.start_column, problem.message) if where else ("", 0, 0, problem.message)


def listed(names: Iterable[object], most: int = 12) -> str:
    """Join names with commas, cut after a dozen."""
    texts = [str(name) for name in names]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def suggest(word: str, known: Iterable[str], kind: str) -> str:
    """Return "did you mean …?" where a known word is close, else the known words."""
    import difflib

    known = list(known)
    lowered = {name.lower().replace("-", "_"): name for name in known}
    close = difflib.get_close_matches(word.lower().replace("-", "_"), lowered, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lowered[close[0]]}?"
    return f"{kind}: {listed(known)}" if known else ""
