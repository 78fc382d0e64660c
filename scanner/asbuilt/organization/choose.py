"""Which accounts are audited, as which environment: filters, the spec's own words, what Organizations says of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from asbuilt.records import dataclass
from asbuilt.results import Covered
from asbuilt.sources.aws.organization import UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from asbuilt.sources.aws.organization import Member


@dataclass(frozen=True, slots=True)
class Choice:
    """What to audit.

    `accounts` and `excluded` are numbers, patterns of names, or ids of organisational units. `environments` maps each
    environment of the spec that names accounts to these; `environment` is the one that was asked for.
    """

    regions: Sequence[str]
    accounts: Sequence[str] = ()
    excluded: Sequence[str] = ()
    environment: str | None = None
    environments: Mapping[str, Sequence[str]] | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """The organisational units that are named."""
        return tuple(one for one in (*self.accounts, *self.excluded) if UNIT.fullmatch(one))


@dataclass(frozen=True, slots=True)
class Chosen:
    """An account to audit, and as what. With a `row` for each region there is nothing to do."""

    member: Member
    environment: str | None
    rows: tuple[Covered, ...] = ()


class AmbiguousError(Exception):
    """An account that the spec gives to several environments. The message says which."""


def choose(members: Iterable[Member], choice: Choice) -> Iterator[Chosen]:
    """Decide on each account. Raises AmbiguousError."""
    for member in members:
        environment = _environment(member, choice)
        outcome, reason, action = _left_out(member, choice, environment)
        rows = tuple(
            Covered(member.id, member.name, region, environment or "", outcome, reason, action)
            for region in choice.regions
            if outcome
        )
        yield Chosen(member, environment, rows)


def unmatched(members: Iterable[Member], choice: Choice) -> list[str]:
    """Return the filters that fit no account: slips, or accounts that are gone."""
    known = list(members)
    return [text for text in (*choice.accounts, *choice.excluded) if not any(fits(one, text) for one in known)]


def fits(member: Member, text: str) -> bool:
    """Whether a number, a pattern of a name or an organisational unit means an account."""
    if UNIT.fullmatch(text):
        return text in member.units
    return text == member.id or fnmatchcase(member.name, text)


def _environment(member: Member, choice: Choice) -> str | None:
    named = choice.environments or {}
    mine = [name for name, accounts in named.items() if any(fits(member, text) for text in accounts)]
    if len(mine) > 1 and choice.environment not in mine:
        raise AmbiguousError(f"the spec gives the account {member.id} ({member.name}) to {' and '.join(mine)}")
    if choice.environment in mine:
        return choice.environment
    if mine:
        return mine[0]
    return None if choice.environment in named or not choice.environment else choice.environment


def _left_out(member: Member, choice: Choice, environment: str | None) -> tuple[str, str, str]:
    """Return outcome, reason and action where an account is not to be audited."""
    if choice.accounts and not any(fits(member, text) for text in choice.accounts):
        return "skipped", "not among --accounts", ""
    if any(fits(member, text) for text in choice.excluded):
        return "skipped", "among --exclude-accounts", ""
    if choice.environment and environment != choice.environment:
        return "skipped", f"not of the environment {choice.environment}, as the spec has it", ""
    if member.status != "ACTIVE":
        return "suspended", f"the account is {member.status.lower().replace('_', ' ')}", "leave it out, or reopen it"
    if environment is None and choice.environments:
        action = "name it in the spec's environments.<name>.accounts, or leave it out with --exclude-accounts"
        return "unassigned", "the spec gives it to no environment", action
    return "", "", ""
