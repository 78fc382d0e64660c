"""Read a file of waivers: YAML, every mistake with its place, nothing ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.spec.errors import Problem, SpecError, suggest
from asbuilt.waivers.waiver import DEFAULT_DAYS, Waiver, build, name_problems, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from asbuilt.model import Location
    from asbuilt.spec.positioned import Positioned

HEAD: Final = ("max_days", "waivers")
MOST_DAYS: Final = 3660


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """The waivers of a file, and for how many days ahead any waiver may hold."""

    waivers: tuple[Waiver, ...]
    max_days: int
    content: Positioned

    def check_names(self, rules: Iterable[str], requirements: Iterable[str], environments: Iterable[str]) -> None:
        """Raise SpecError where a waiver names a rule, requirement or environment that does not exist."""
        rules, requirements, environments = list(rules), list(requirements), list(environments)
        problems = [
            Problem(self.content.value(("waivers", index, key)), problem.message, problem.remedy)
            for index, waiver in enumerate(self.waivers)
            for key, problem in name_problems(waiver, rules, requirements, environments)
        ]
        if problems:
            raise SpecError(problems)


def read_waivers(raw: bytes, name: str, today: date, max_days: int | None = None) -> WaiverFile:
    """Read waivers; `max_days` of the command line wins over the file's. Raises SpecError with every mistake."""
    from asbuilt.spec.positions import read_yaml

    content = read_yaml(raw, name)
    problems = list(_head_problems(content))
    if problems:
        raise SpecError(problems)
    data: dict[str, Any] = content.data or {}
    limit = max_days if max_days is not None else data.get("max_days", DEFAULT_DAYS)
    entries = data.get("waivers") or ()
    for index, entry in enumerate(entries):
        problems += _entry_problems(content, index, entry, today, limit)
    if problems:
        raise SpecError(problems)
    waivers = tuple(build(entry, _place(content, index, entry)) for index, entry in enumerate(entries))
    return WaiverFile(waivers, limit, content)


def _place(content: Positioned, index: int, entry: dict[str, Any]) -> Location:
    """Return where a waiver stands: YAML lets a mapping end where the next thing begins."""
    path = ("waivers", index)
    last = max((content.value((*path, key)) for key in entry), key=lambda where: (where.end_line, where.end_column))
    return replace(content.value(path), end_line=last.end_line, end_column=last.end_column)


def _head_problems(content: Positioned) -> Iterator[Problem]:
    data = content.data
    if data is None:
        return
    if not isinstance(data, dict):
        yield Problem(content.value(()), "the file is no mapping of keys to values", "begin with `waivers:`")
        return
    for key in data:
        if key not in HEAD:
            yield Problem(content.key((key,)), f"unknown key `{key}`", suggest(key, HEAD, "keys here"))
    days = data.get("max_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= MOST_DAYS:
        remedy = f"give a whole number from 1 to {MOST_DAYS}"
        yield Problem(content.value(("max_days",)), "`max_days` is no number of days", remedy)
    if not isinstance(data.get("waivers", ()), tuple | None):
        yield Problem(content.value(("waivers",)), "`waivers` is no list", "begin each waiver with `- `")


def _entry_problems(content: Positioned, index: int, entry: Any, today: date, max_days: int) -> Iterator[Problem]:
    path = ("waivers", index)
    if not isinstance(entry, dict):
        yield Problem(content.value(path), "a waiver is a mapping of keys to values", "write `- rule: …`")
        return

    def at(key: str) -> Location:
        return content.key((*path, key)) if key else content.value(path)

    yield from problems_of(entry, at, today, max_days, inline=False)
