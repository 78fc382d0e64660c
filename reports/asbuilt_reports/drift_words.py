"""What the text and the HTML page of a comparison say in the same words."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from asbuilt.drift.advice import WORDS
from asbuilt.drift.model import DRIFT, State
from asbuilt_reports import escape
from asbuilt_reports.digest import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.drift.model import Drift, Row, Side
    from asbuilt.results import Requirement, Run

SHORT: Final = {
    State.BOTH_BREAK: "both break",
    State.ACCOUNT_BREAKS: "account breaks",
    State.CODE_BEHIND: "code behind",
    State.UNMANAGED: "unmanaged",
    State.MISSING: "missing",
    State.DIFFERS: "differs",
    State.UNKNOWN: "unknown",
    State.WAIVED: "waived",
    State.IN_SYNC: "in sync",
}
VERDICT: Final = {
    "": "·",
    "pass": "holds",
    "fail": "broken",
    "unknown": "unknown",
    "error": "error",
    "waived": "waived",
    "not_applicable": "·",
}
_GAP: Final = "nobody judged it"


def groups(rows: Iterable[Row]) -> list[tuple[tuple[State, str], list[Row]]]:
    """Return the rows by state, worst first, each group with its heading."""
    found: dict[State, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.state].append(row)
    return [((state, heading(state, len(found[state]))), found[state]) for state in State if found.get(state)]


def heading(state: State, count: int) -> str:
    """Return what stands above the rows of a state."""
    words = WORDS[state]
    return f"{words[:1].upper()}{words[1:]} ({count:,})"


def scope(drift: Drift) -> list[tuple[str, str]]:
    """Return what was compared, as label and text."""
    spec = drift.code.spec
    sha = f", sha256 {spec.sha256[:12]}" if spec.sha256 else ""
    found = [("spec", f"{spec.title or spec.name} ({spec.path or spec.name}{sha})")]
    if drift.code.environment:
        found.append(("environment", drift.code.environment))
    found.append(("code", _sources(drift.code)))
    account = " ".join(filter(None, (drift.account.account, ", ".join(drift.account.regions))))
    found.append(("account", account or _sources(drift.account)))
    return found


def _sources(run: Run) -> str:
    return ", ".join(f"{one.path} ({plural(one.resources, 'resource')})" for one in run.sources) or "nothing"


def says(requirement: Requirement) -> str:
    """Return the statement with its id."""
    if not requirement.id:
        return ""
    return f"{requirement.id} “{requirement.statement}”" if requirement.statement else requirement.id


def value(data: Any) -> str:
    """Write a value; the elements of a set, one after the other."""
    if isinstance(data, list | tuple) and all(isinstance(item, str) for item in data):
        return "; ".join(escape.value(item) for item in data) or "nothing"
    return escape.value(data)


def side(side: Side, row: Row, *, of_account: bool) -> str:
    """Return what one side has: its value, or what its rules said."""
    there = bool(side.address) or row.state not in (State.UNMANAGED, State.MISSING)
    if not there:
        return "does not exist" if of_account else "no code makes it"
    known = VERDICT.get(side.verdict, "") if side.verdict else ""
    if side.verdict in ("unknown", "error") and side.value is None:
        return known  # why is told below
    if side.partly and not side.value:
        return known or "nothing more than the other side"
    if side.field or side.value is not None:
        return ", ".join(filter(None, (_shown(side), known)))
    if side.says and side.verdict not in ("", "pass"):
        return f"{known}: {side.says}"
    return known or ("exists" if side.address else _GAP)


def _shown(side: Side) -> str:
    if side.partly:
        return f"only here: {value(side.value)}"
    if side.value is None:
        return "not set"
    return value(side.value) + (" (the default)" if side.absent else "")


def place(side: Side) -> str:
    """Return the address, the field and the place of one side."""
    where = side.location
    at = f"{where.file}:{where.start_line}" if where is not None and where.file else ""
    return "  ".join(filter(None, (side.address, side.field, at)))


def change(side: Side) -> str:
    """Return where the value comes from, if from elsewhere."""
    if not side.via:
        return ""
    last = side.via[-1]
    return f"change {last.location.file}:{last.location.start_line} ({last.what})"


def remarks(drift: Drift) -> list[str]:
    """Return what a reader has to know to read the comparison right."""
    found = list(drift.remarks)
    if not drift.with_properties:
        found.append("the account is known from an audit: properties that nobody judged are not compared")
    left = drift.compared.left_out
    if left:
        told = ", ".join(f"{count} {type_}" for type_, count in left.items())
        found.append(f"in the code, and not looked for in an account: {told}")
    if drift.with_properties:
        found.append(
            "compared are the properties that rules read; policy documents and values of environment variables are not"
        )
    return found


def in_sync(drift: Drift) -> str:
    """Say how much agrees."""
    compared = drift.compared
    parts = [f"{plural(compared.verdicts, 'verdict')} hold on both sides"]
    if drift.with_properties:
        parts.append(
            f"{plural(compared.properties, 'property', 'properties')} of {plural(compared.pairs, 'pair')} agree"
        )
    return "; ".join(parts)


def sentence(drift: Drift) -> str:
    """Answer in one sentence whether code and account are what the spec says."""
    drifted = sum(row.state in DRIFT for row in drift.rows)
    unknown = sum(row.state is State.UNKNOWN for row in drift.rows)
    open_ = f"; {plural(unknown, 'thing')} cannot be told" if unknown else ""
    gaps = sum(gap.incomplete for _, gap in drift.gaps)
    unread = f"; {plural(gaps, 'thing')} could not be read" if gaps else ""
    if drifted:
        return f"Spec, code and account have drifted apart in {plural(drifted, 'place')}{open_}{unread}."
    if unknown or gaps:
        return f"No drift was found, and not everything could be told{open_}{unread}."
    if drift.exit_code:
        return "No drift was found, and not everything could be read."
    if drift.with_properties:
        return "Code and account are in sync, and hold to the spec."
    return "Code and account hold to the spec, as far as the audit judged."
