"""Collect the rows of a comparison: what rules say on both sides, what has no counterpart, what differs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import field, replace
from typing import TYPE_CHECKING

from asbuilt.drift.advice import WORDS, todo, why
from asbuilt.drift.model import Row, Side, State
from asbuilt.drift.owners import owner
from asbuilt.drift.verdicts import SPEC, Both, Judged, Key, Verdicts, both, expected_of, state_of
from asbuilt.model import UnknownKind, Verdict
from asbuilt.records import dataclass
from asbuilt.results import Requirement
from asbuilt.topology.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asbuilt.drift.alone import Alone
    from asbuilt.drift.comparing import Difference
    from asbuilt.drift.pairs import Pairs
    from asbuilt.graph import Graph
    from asbuilt.model import Resource
    from asbuilt.results import Finding, Results
    from asbuilt.spec.models import Spec

NO_REQUIREMENT = Requirement("", "", "")


@dataclass(frozen=True, slots=True)
class Sources:
    """What is compared: each side's graph and what the rules said of it; `aside` is what an audit leaves out.

    `types` are the resource types that each rule looks at, `foreign` the names of the architecture's other
    environments: what bears one is none of this comparison's.
    """

    spec: Spec
    code: Graph
    code_results: Results
    account: Graph
    account_results: Results
    aside: tuple[Resource, ...] = ()
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()


class Board:
    """Collects the rows."""

    def __init__(self, sources: Sources, pairs: Pairs, ours: Verdicts, theirs: Verdicts) -> None:
        self.sources, self.pairs, self.ours, self.theirs = sources, pairs, ours, theirs
        every = (*sources.code_results.requirements, *sources.account_results.requirements)
        self.requirements = {requirement.id: requirement for requirement in reversed(every)}
        self.rules = {rule.id: rule for rule in (*sources.account_results.rules, *sources.code_results.rules)}
        self.holding = 0
        self.rows: list[Row] = []
        self._keys: dict[str, Key] = {}  # what the rows of rules are about
        self._waiting: list[Both] = []  # about resources that have no counterpart

    def judge(self) -> None:
        """Make a row of each rule and subject that does not hold on both sides."""
        for one in both(self.ours, self.theirs):
            if one.key[0] in ("code", "account") and (one.code is None or one.account is None):
                self._waiting.append(one)
                continue
            self._settle(one)

    def _settle(self, one: Both) -> None:
        code = one.code or self._inferred(one, self.ours)
        account = one.account or self._inferred(one, self.theirs)
        state = state_of(code.verdict if code else None, account.verdict if account else None)
        if state is State.IN_SYNC and (one.code is None or one.account is None):
            state = None  # of a subject of one side only, nothing is compared
        if state is None:
            return
        if state is State.IN_SYNC:
            self.holding += 1
            return
        row = self._row(one.rule, one.key, state, code, account)
        self._keys[row.id] = one.key
        self.rows.append(row)

    def _inferred(self, one: Both, side: Verdicts) -> Judged | None:
        found = side.as_a_whole(one.rule)
        pair_key = self.pairs.to_account.get(one.key[1]) if one.key[0] == "pair" else None
        if found is None or pair_key is None or found.verdict is not Verdict.PASS:
            return found
        return replace(found, address=one.key[1] if side is self.ours else pair_key.address)

    def _row(self, rule: str, key: Key, state: State, code: Judged | None, account: Judged | None) -> Row:
        left, right = code.side if code else Side(), account.side if account else Side()
        left, right = self._addressed(left, right, key)
        finding = next((j.finding for j in (code, account) if j is not None and j.finding is not None), None)
        broken = next((j.finding for j in (code, account) if j and j.finding and j.verdict is Verdict.FAIL), finding)
        path, expected = expected_of(broken)
        subject, type_ = self._subject(key, broken.resource.address if broken else "")
        return Row(
            id=_id(rule, subject, path),
            state=state,
            subject=subject,
            type=type_ or (broken.resource.type if broken else ""),
            requirement=broken.requirement if broken else NO_REQUIREMENT,
            rule=rule,
            severity=broken.severity if broken else None,
            service=broken.resource.service if broken else "",
            property=path,
            expected=expected,
            code=left,
            account=right,
            why=why(left, right) if state is State.UNKNOWN else broken.message if broken else "",
            do=todo(state, left, right),
        )

    def _addressed(self, code: Side, account: Side, key: Key) -> tuple[Side, Side]:
        """Fill in the addresses of a pair where only one side has a finding."""
        if key[0] != "pair":
            return code, account
        ours, theirs = self.pairs.code.graph.get(key[1]), self.pairs.to_account.get(key[1])
        if ours is not None:
            place = code.location or (ours.location if ours.location.file else None)
            code = replace(code, address=ours.address, location=place)
        return code, account if theirs is None else replace(account, address=theirs.address)

    def _subject(self, key: Key, address: str) -> tuple[str, str]:
        for view in (self.pairs.code, self.pairs.account):
            resource = view.graph.get(key[1]) if key[0] != SPEC else None
            if resource is not None:
                return canonical(resource, view.graph) or resource.address, resource.type
        return str(address or key[1]), ""

    def add_alone(self, lonely: Iterable[Alone]) -> None:
        """Make a row of each resource without a counterpart; what the rules say of it, or of its absence, is in it."""
        every = list(lonely)
        counts = Counter((one.resource.type, one.ours) for one in every)
        for one in every:
            self._add(one, single=counts[(one.resource.type, one.ours)] == 1)
        told = {one.resource.key for one in every}
        for waiting in self._waiting:
            if waiting.key[1] not in told:
                self._settle(waiting)

    def _add(self, one: Alone, *, single: bool) -> None:
        view = self.pairs.code if one.ours else self.pairs.account
        name = canonical(one.resource, view.graph) or one.resource.address
        service = owner(one.resource, view.graph, self.sources.spec)
        own = [b.code if one.ours else b.account for b in self._waiting if b.key[1] == one.resource.key]
        findings = [j.finding for j in own if j and j.finding and j.verdict is Verdict.FAIL]
        follows = self._follows(one, service, name, single=single)
        if one.state is State.UNMANAGED and follows:  # what the code lacks was made by hand
            for row in follows:
                account = replace(row.account, address=row.account.address or one.resource.address)
                self._put(row, replace(row, account=account))
            return
        for row in follows:
            self.rows.remove(row)
        left, right = (one.side, Side()) if one.ours else (Side(), one.side)
        broken = [*findings, *(self._finding(row) for row in follows)]
        first = max(broken, key=lambda f: f.severity.rank) if broken else None
        self.rows.append(
            Row(
                id=_id("", name, one.resource.key if one.state is State.UNKNOWN else ""),
                state=one.state,
                subject=name,
                type=one.resource.type,
                requirement=first.requirement if first else NO_REQUIREMENT,
                rule=first.rule if first else "",
                severity=first.severity if first else None,
                service=service,
                code=left,
                account=right,
                why=one.why or WORDS[one.state],
                do=one.do or todo(one.state, left, right),
                broken=tuple(f"{f.requirement.id} {f.rule}: {f.message}" for f in broken),
            )
        )

    def _finding(self, row: Row) -> Finding:
        found = self.theirs.by_rule[row.rule][self._keys[row.id]].finding
        assert found is not None  # noqa: S101 - rows of this kind are made of one
        return found

    def _follows(self, one: Alone, service: str, name: str, *, single: bool) -> list[Row]:
        """Return the rows that say nothing but that this resource is not on the other side."""
        wanted = {State.MISSING: State.ACCOUNT_BREAKS, State.UNMANAGED: State.CODE_BEHIND}.get(one.state)
        word = re.split(r"[./]", name)[-1]
        return [
            row
            for row in self.rows
            if row.state is wanted
            and self._keys.get(row.id, ("",))[0] == SPEC
            and one.resource.type in self.sources.types.get(row.rule, frozenset((row.type,)))
            and row.service == service
            and (service or single or word in row.subject or word in row.why)
        ]

    def _put(self, old: Row, new: Row) -> None:
        self.rows[self.rows.index(old)] = new

    def add_differences(self, found: Iterable[Difference]) -> None:
        """Add what differs: to the row of the statement that it breaks, else as a row of its own."""
        for one in found:
            broken = self._explained(one)
            for row in broken:
                self._put(row, _filled(row, one))
            if not broken:
                self.rows.append(self._differing(one))

    def _explained(self, one: Difference) -> list[Row]:
        """Return the rows of rules that say the same: on this pair about this property, or about its service."""
        token = self.pairs.code.token(one.code)
        service = owner(one.code, self.pairs.code.graph, self.sources.spec)
        found = []
        for row in self.rows:
            key = self._keys.get(row.id)
            if key is None or (row.state is State.UNKNOWN) != (one.unknown is not None):
                continue
            own = key == token
            of_service = bool(service) and row.service == service
            named = row.rule in one.compared.rules
            if (named and (own or of_service or key[0] == SPEC)) or (own and _within(row.property, one.compared.path)):
                found.append(row)
        return found

    def _differing(self, one: Difference) -> Row:
        view = self.pairs.code
        name = canonical(one.code, view.graph) or one.code.address
        state = State.DIFFERS if one.unknown is None else State.UNKNOWN
        ran = [self.rules[rule] for rule in one.compared.rules if rule in self.rules]
        rule = ran[0] if len({info.requirement for info in ran}) == 1 else None  # of several statements, none
        requirement = self.requirements.get(rule.requirement, NO_REQUIREMENT) if rule else NO_REQUIREMENT
        advice = _ADVICE.get(one.unknown.kind, "") if one.unknown is not None else ""
        path = f"{one.compared.path}.{getattr(one.compared.read, '__name__', '')}".removesuffix(".read")
        return Row(
            id=_id("", name, path),
            state=state,
            subject=name,
            type=one.code.type,
            requirement=requirement,
            rule=rule.id if rule else "",
            service=owner(one.code, view.graph, self.sources.spec),
            property=one.compared.path,
            code=one.ours,
            account=one.theirs,
            why=why(one.ours, one.theirs) if one.unknown is not None else WORDS[state],
            do=advice if one.unknown is not None else todo(state, one.ours, one.theirs),
        )


# What makes an unknown value of a comparison known.
_ADVICE = {
    UnknownKind.VARIABLE: "give the input a value",
    UnknownKind.COMPUTED: "compare with a plan or a state: the value is known only after apply",
    UnknownKind.DATA_SOURCE: "compare with a plan: data sources are read when it is made",
    UnknownKind.MODULE: "supply the module: terraform init, or --module-dir",
    UnknownKind.CONDITION: "give the inputs that the condition depends on a value",
    UnknownKind.DENIED: "allow the call that was refused",
}


def _filled(row: Row, one: Difference) -> Row:
    """Add the values of a property to the row of a statement; what a rule found there stays."""

    def side(known: Side, more: Side) -> Side:
        if known.field or known.value is not None:
            return known
        place = more.location or known.location
        return replace(
            known,
            address=more.address,
            value=more.value,
            absent=more.absent,
            partly=more.partly,
            field=more.field,
            location=place,
            via=more.via,
        )

    return replace(
        row,
        property=row.property or one.compared.path,
        code=side(row.code, one.ours),
        account=side(row.account, one.theirs),
    )


def _within(one: str, other: str) -> bool:
    """Whether one path is the other, or below it; positions in lists do not matter."""
    left, right = (tuple(part for part in path.split(".") if part and not part.isdigit()) for path in (one, other))
    least = min(len(left), len(right))
    return bool(least) and left[:least] == right[:least]


def _id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


__all__ = ["Board", "Sources"]
