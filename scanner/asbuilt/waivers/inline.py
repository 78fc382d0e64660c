"""Read waivers from comments: `# asbuilt:waive rule=… reason="…" owner=… expires=2027-01-31 ticket=…`.

The author of the code is not trusted: a comment that is not right waives nothing, and is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asbuilt.model import Diagnostic
from asbuilt.patterns import when_used
from asbuilt.waivers.waiver import Waiver, build, name_problems, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from asbuilt.graph import Comment

CODE: Final = "inline-waiver"
_FIELD = when_used(r"\s*([A-Za-z_-]+)=(\"(?:[^\"\\]|\\.)*\"|[^\s\"']\S*)(?=\s|$)")
_ESCAPE = when_used(r"\\(.)")


def inline_waivers(
    comments: Iterable[Comment],
    today: date,
    max_days: int,
    rules: Iterable[str],
    requirements: Iterable[str],
    environments: Iterable[str],
) -> tuple[list[Waiver], list[Diagnostic]]:
    """Return the waivers in comments, and a warning for each comment that is none."""
    waivers: list[Waiver] = []
    warnings: list[Diagnostic] = []
    names = (list(rules), list(requirements), list(environments))
    for comment in comments:
        found = _read(comment, today, max_days)
        if isinstance(found, Waiver):
            unknown = [f"{problem.message} ({problem.remedy})" for _, problem in name_problems(found, *names)]
            if not unknown:
                waivers.append(found)
                continue
            found = "; ".join(unknown)
        warnings.append(Diagnostic("warning", CODE, f"this waiver waives nothing: {found}", comment.location))
    return waivers, warnings


def _read(comment: Comment, today: date, max_days: int) -> Waiver | str:
    """Return the waiver of a comment, or what is wrong with it."""
    if comment.problem:
        return comment.problem
    given: dict[str, str] = {}
    at, text = 0, comment.text
    while at < len(text):
        field = _FIELD.match(text, at)
        if field is None:
            return f'it cannot be read from `{text[at:].strip()[:60]}` on; write name=word or name="several words"'
        name, value = field.groups()
        if name in given:
            return f"`{name}` is given twice"
        given[name] = _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        at = field.end()
    problems = list(problems_of(given, lambda _: comment.location, today, max_days, inline=True))
    if problems:
        return "; ".join(
            f"{problem.message} ({problem.remedy})" if problem.remedy else problem.message for problem in problems
        )
    return build(given, comment.location, comment)
