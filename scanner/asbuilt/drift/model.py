"""What a comparison of code and account found, as plain data; every output derives from it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.model import Gap, Location, Severity, Step
    from asbuilt.results import Requirement, Run

SCHEMA_VERSION: Final = "1"


class State(StrEnum):
    """How code and account stand to the spec and to each other, worst first."""

    BOTH_BREAK = "both_break"  # the code breaks the spec, and so does the account
    ACCOUNT_BREAKS = "account_breaks"  # the code is right, the account is not
    CODE_BEHIND = "code_behind"  # the account is right, the code is not: it was fixed by hand
    UNMANAGED = "unmanaged"  # in the account and the architecture's scope, and no code makes it
    MISSING = "missing"  # in the code, and not in the account
    DIFFERS = "differs"  # both allowed by the spec, and not the same
    UNKNOWN = "unknown"  # one side cannot be told
    WAIVED = "waived"  # broken, and a waiver holds
    IN_SYNC = "in_sync"  # code and account agree, and hold


# States that exit 1.
DRIFT: Final = (
    State.BOTH_BREAK,
    State.ACCOUNT_BREAKS,
    State.CODE_BEHIND,
    State.UNMANAGED,
    State.MISSING,
    State.DIFFERS,
)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a row: the code or the account.

    `verdict` is what the rule said, "" where none did. `address` is the source's own: a Terraform address or a logical
    id, an ARN. `value` is JSON; of lists that are sets, only what the other side lacks (`partly`). `field` is the
    property in the source's own words.
    """

    verdict: str = ""
    address: str = ""
    value: Any = None
    absent: bool = False
    partly: bool = False
    field: str = ""
    location: Location | None = None
    via: tuple[Step, ...] = ()
    says: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One difference, or one thing that cannot be told.

    `subject` is the name of the resource in every source, or what the spec calls what is missing. `property` is
    CloudFormation's. `broken` lists further statements that a resource of one side breaks.
    """

    id: str
    state: State
    subject: str
    type: str
    requirement: Requirement
    rule: str = ""
    severity: Severity | None = None
    service: str = ""
    property: str = ""
    expected: Any = None
    code: Side = field(default_factory=Side)
    account: Side = field(default_factory=Side)
    why: str = ""
    do: str = ""
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How one statement stands on both sides: `pass`, `fail`, `waived`, `unknown` or "" where no rule judged it."""

    requirement: Requirement
    code: str
    account: str
    state: State | None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """How much was compared: pairs of resources, properties that agree, verdicts that agree and hold.

    `left_out` counts, by type, the resources of the code that are not looked for in an account.
    """

    pairs: int = 0
    properties: int = 0
    verdicts: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """The whole comparison. `with_properties` is false where the account is known from results only."""

    tool: str
    version: str
    code: Run
    account: Run
    rows: tuple[Row, ...]
    standings: tuple[Standing, ...]
    compared: Compared
    counts: dict[str, int]
    gaps: tuple[tuple[str, Gap], ...]
    exit_code: int
    with_properties: bool = True
    remarks: tuple[str, ...] = ()


__all__ = ["DRIFT", "SCHEMA_VERSION", "Compared", "Drift", "Row", "Side", "Standing", "State"]
