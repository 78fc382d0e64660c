"""Say what a row means, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.drift.model import State

if TYPE_CHECKING:
    from asbuilt.drift.model import Side

WORDS = {
    State.BOTH_BREAK: "code and account break the spec",
    State.ACCOUNT_BREAKS: "the account breaks the spec, the code does not",
    State.CODE_BEHIND: "the code breaks the spec; the account was fixed by hand",
    State.UNMANAGED: "in the account, and no code makes it",
    State.MISSING: "in the code, and not in the account",
    State.DIFFERS: "allowed by the spec, and not the same",
    State.UNKNOWN: "cannot be told",
    State.WAIVED: "waived",
    State.IN_SYNC: "code and account agree, and hold",
}


def todo(state: State, code: Side, account: Side) -> str:
    """Return what to do."""
    place = f" at {_place(code)}" if _place(code) else ""
    match state:
        case State.BOTH_BREAK:
            return f"{code.fix or f'correct the code{place}'}; then apply it"
        case State.ACCOUNT_BREAKS:
            known = code.verdict == "pass" and code.address
            return "apply the code: it has what the spec wants" if known else account.fix or "correct the account"
        case State.CODE_BEHIND:
            return f"{code.fix or f'correct the code{place}'}: the next apply undoes what was fixed by hand"
        case State.UNMANAGED:
            return "import it into the code, or delete it"
        case State.MISSING:
            return f"apply the code, or take it out of the code{place}"
        case State.DIFFERS:
            return f"apply the code, or take over the account's value{place}"
        case State.UNKNOWN:
            return code.fix if code.verdict in ("unknown", "error") else account.fix or code.fix
    return ""


def why(code: Side, account: Side) -> str:
    """Return what each side says of an undecided row."""
    parts = [f"{name}: {side.says}" for name, side in (("code", code), ("account", account)) if side.says]
    return "; ".join(parts)


def _place(side: Side) -> str:
    """Return where to change the code: where the value comes from."""
    where = side.via[-1].location if side.via else side.location
    return f"{where.file}:{where.start_line}" if where is not None and where.file else ""


__all__ = ["WORDS", "todo", "why"]
