"""Run rules over a graph and turn their evidence into verdicts.

The one place with a broad `except`: a rule that crashes becomes an `error` finding with its traceback's last
line, never a pass and never the end of the run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from asbuilt.findings import advice, fingerprint, item_of, make_ids_unique, place_of, told
from asbuilt.model import (
    Evidence,
    Outcome,
    Resource,
    Severity,
    Unknown,
    UnknownValueError,
    Verdict,
)
from asbuilt.records import dataclass
from asbuilt.results import Finding, Requirement, RuleInfo, Subject
from asbuilt.topology.canonical import canonical
from asbuilt.topology.descriptions import descriptions
from asbuilt.topology.services import Inventory, Service, inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asbuilt.graph import Graph
    from asbuilt.rules import Rule
    from asbuilt.spec.models import Spec

PLATFORM = "(platform)"
LIVE = "aws"  # the kind of a source that is an account


@dataclass(slots=True)
class Evaluation:
    """What the rules said. `passes` maps a rule id to the addresses that passed it."""

    findings: list[Finding] = field(default_factory=list)
    passes: dict[str, list[str]] = field(default_factory=dict)
    rules: list[RuleInfo] = field(default_factory=list)


# One call of a rule: the resource and the service it is about, and what the rule is called with.
_Case = tuple[Resource | None, str, tuple[Any, ...]]


def evaluate(rules: Iterable[Rule], spec: Spec, graph: Graph) -> Evaluation:
    """Run every rule that the spec gives something to enforce, over each description of the platform by itself."""
    described, rules = graph.memo(descriptions, spec), list(rules)
    found = [(description, _evaluated(rules, spec, description.graph)) for description in described]
    result = found[0][1]
    if len(found) > 1:
        from asbuilt.descriptions import merged

        result.findings, result.passes = merged([(about, e.findings, e.passes) for about, e in found])
    order = {name: position for position, name in enumerate(spec.sections)}
    result.findings.sort(
        key=lambda f: (order.get(f.requirement.section, len(order)), f.requirement.id, f.rule, f.resource.address)
    )
    make_ids_unique(result.findings)
    return result


def _evaluated(rules: Iterable[Rule], spec: Spec, graph: Graph) -> Evaluation:
    result = Evaluation()
    services = graph.memo(inventory, spec)
    for rule in rules:
        if spec.value(rule.enforces) is None:
            continue
        requirement = spec.requirement(rule.enforces)
        result.rules.append(
            RuleInfo(rule.id, rule.title, rule.severity, requirement.id, rule.why, rule.fix, rule.source)
        )
        _Evaluator(rule, spec, graph, services, result).run()
    return result


class _Evaluator:
    """Runs one rule over its cases."""

    def __init__(self, rule: Rule, spec: Spec, graph: Graph, services: Inventory, result: Evaluation) -> None:
        self.rule = rule
        self.spec = spec
        self.graph = graph
        self.services = services
        self.result = result

    def run(self) -> None:
        if self.rule.live and not any(source.kind == LIVE for source in self.graph.sources):
            message = "only a live account tells this: see asbuilt audit"
            self._judge(None, "", [Evidence(Outcome.NOT_APPLICABLE, message)])
            return
        cases = list(self._cases())
        if not cases:
            self._unseen()
        for resource, service, arguments in cases:
            evidence = self._collect(arguments)
            if resource is not None:
                self._judge(resource, service, evidence)
            else:
                for about, owner, items in self._subjects(evidence):
                    self._judge(about, owner, items)
        self._denied()

    def _cases(self) -> Iterator[_Case]:
        spec, graph = self.spec, self.graph
        if self.rule.scope == "resource":
            for resource in graph.of_type(*self.rule.resources):
                yield resource, self.services.owner.get(resource.key, ""), (resource, spec, graph)
        elif self.rule.scope == "service":
            for service in self.services.services():
                yield service.resource, service.name, (service, spec, graph)
        else:
            yield None, "", (spec, graph)

    def _collect(self, arguments: tuple[Any, ...]) -> list[Evidence]:
        found: list[Evidence] = []
        try:
            for item in self.rule.check(*arguments):
                found.append(item)  # noqa: PERF402 - what came before a crash is kept
        except UnknownValueError as error:
            found.append(Evidence(Outcome.UNKNOWN, error.unknown.reason, error.prop, unknown=error.unknown))
        except Exception as error:  # noqa: BLE001 - a crash is a verdict of its own
            import traceback

            frames = traceback.extract_tb(error.__traceback__)
            where = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "?"
            message = f"the rule crashed: {type(error).__name__}: {error} ({where})"
            found.append(Evidence(Outcome.ERROR, message))
        return found

    def _subjects(self, evidence: list[Evidence]) -> Iterator[tuple[Resource | None, str, list[Evidence]]]:
        """Split what a platform rule found by what it is about; a resource's own rule has one subject."""
        grouped: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for item in evidence:
            about = item.about
            grouped[(about.key if about and not item.subject else "", item.subject)].append(item)
        if not grouped:
            yield None, "", list(self._nothing())
        for items in grouped.values():
            first = items[0]
            about = first.about
            yield about, first.service or (self.services.owner.get(about.key, "") if about else ""), items

    def _unseen(self) -> None:
        """Say unknown for a rule without a subject where resources that it looks at may hide behind any gap."""
        wanted = self.rule.resources
        untyped = any(not gap.types for gap in self.graph.gaps)  # the others are told by `_denied`
        hidden = self.graph.hidden(*wanted) if untyped else None
        if hidden is not None:
            message = f"what this statement is about may be where asbuilt cannot see it: {hidden.reason}"
            self._judge(None, "", [Evidence(Outcome.UNKNOWN, message, unknown=hidden)])

    def _nothing(self) -> Iterator[Evidence]:
        """Say that a platform rule passed nothing where none of what it looks at was read: that is no pass."""
        needs = self.rule.resources
        if not needs or self.graph.of_type(*needs):
            return
        hidden = self.graph.hidden(*needs)
        message = "nothing that this statement is about is among what was scanned"
        if hidden is None:
            yield Evidence(Outcome.NOT_APPLICABLE, message)
        else:
            yield Evidence(Outcome.UNKNOWN, f"{message}: {hidden.reason}", unknown=hidden)

    def _judge(self, resource: Resource | None, service: str, evidence: list[Evidence]) -> None:
        verdict = _verdict(evidence)
        if verdict is Verdict.PASS:
            subject = resource.address if resource else (evidence[0].subject if evidence else "") or PLATFORM
            self.result.passes.setdefault(self.rule.id, []).append(subject)
            return
        conditional = resource.conditional if resource is not None else None
        reason: str | None = None
        if verdict is Verdict.FAIL and conditional is not None:
            verdict = Verdict.UNKNOWN
            reason = f"it breaks the architecture if it exists, and whether it does is not known: {conditional.reason}"
        self.result.findings.append(self._finding(verdict, resource, service, evidence, reason))

    def _finding(
        self,
        verdict: Verdict,
        resource: Resource | None,
        service: str,
        evidence: list[Evidence],
        reason: str | None,
    ) -> Finding:
        outcome = _DECISIVE[verdict]
        decisive = [e for e in evidence if e.outcome is outcome] or evidence
        first = decisive[0]
        requirement = self.spec.requirement(first.requirement or self.rule.enforces)
        if reason is None and verdict is not Verdict.FAIL:
            reason = first.unknown.reason if first.unknown is not None else first.message
        subject = self._subject(resource, service, first, requirement)
        others = [e for e in evidence if e.outcome is not outcome and e.message] if decisive is not evidence else []
        items = tuple(map(item_of, (*decisive, *others)))
        more = f" (and {len(decisive) - 1} more)" if len(decisive) > 1 else ""
        return Finding(
            id=fingerprint(self.rule.id, subject.address, first.prop),
            rule=self.rule.id,
            title=self.rule.title,
            verdict=verdict,
            severity=self._severity(decisive, first),
            message=first.message + more,
            fix=advice(first) if verdict is Verdict.UNKNOWN else told(first.fix) or items[0].fix or self.rule.fix,
            requirement=requirement,
            resource=subject,
            evidence=items,
            reason=reason,
        )

    def _severity(self, decisive: Sequence[Evidence], first: Evidence) -> Severity:
        path = first.requirement or self.rule.enforces
        base = self.spec.severity(path) or self.rule.severity
        worst = max([e.severity or base for e in decisive], key=attrgetter("rank"))
        if self.spec.is_derived(path) and worst.rank > Severity.LOW.rank:
            return Severity.LOW
        return worst

    def _subject(self, resource: Resource | None, service: str, first: Evidence, requirement: Requirement) -> Subject:
        if resource is None or first.subject:
            name = first.subject or PLATFORM
            kind = self.rule.resources[0] if self.rule.resources else ""
            where = place_of(resource.location) if resource else requirement.location
            return Subject(
                kind, name, name, first.service or service, where, "spec", environment=self.spec.environment or ""
            )
        return Subject(
            resource.type,
            resource.address,
            resource.name,
            first.service or service,
            place_of(resource.location),
            resource.source,
            self.spec.environment or "",
            canonical(resource, self.graph),
            resource.construct,
        )

    def _denied(self) -> None:
        """Say unknown for the whole rule where the resources it looks at could not be listed."""
        for gap in self.graph.gaps:
            if gap.types and gap.types.intersection(self.rule.resources):
                unknown = Unknown(gap.kind, f"{gap.what}: {gap.reason}", gap.location)
                evidence = Evidence(Outcome.UNKNOWN, unknown.reason, subject=gap.what, unknown=unknown, fix=gap.action)
                self._judge(None, "", [evidence])


# What decides for a verdict that is no pass.
_DECISIVE = {
    Verdict.FAIL: Outcome.VIOLATION,
    Verdict.UNKNOWN: Outcome.UNKNOWN,
    Verdict.ERROR: Outcome.ERROR,
    Verdict.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}


def _verdict(evidence: Sequence[Evidence]) -> Verdict:
    if not evidence:
        return Verdict.PASS
    outcomes = {e.outcome for e in evidence}
    if Outcome.VIOLATION in outcomes:
        return Verdict.FAIL
    if Outcome.ERROR in outcomes:
        return Verdict.ERROR
    if Outcome.UNKNOWN in outcomes:
        return Verdict.UNKNOWN
    if Outcome.NOT_APPLICABLE in outcomes:
        return Verdict.NOT_APPLICABLE
    return Verdict.PASS


def only(rules: Iterable[Rule], spec: Spec, wanted: Sequence[str], unwanted: Sequence[str]) -> list[Rule]:
    """Return the rules selected by id or by a requirement they enforce; see `chosen` for their findings."""

    def hit(rule: Rule, names: Sequence[str]) -> bool:
        return rule.id in names or any(r.id in names for r in spec.requirements_at(rule.enforces))

    def refused(rule: Rule) -> bool:
        stated = spec.requirements_at(rule.enforces)
        return rule.id in unwanted or (bool(stated) and all(r.id in unwanted for r in stated))

    return [r for r in rules if (not wanted or hit(r, wanted)) and not (unwanted and refused(r))]


def chosen(finding: Finding, wanted: Sequence[str], unwanted: Sequence[str]) -> bool:
    """Whether a finding was asked for: a rule may enforce several requirements, and only one of them was selected."""
    if not wanted and not unwanted:
        return True
    names = (finding.rule, finding.requirement.id)
    return (not wanted or any(n in wanted for n in names)) and not any(n in unwanted for n in names)


def summary_counts(findings: Iterable[Finding], passes: dict[str, Any]) -> dict[str, int]:
    """Count verdicts."""
    counts = dict.fromkeys((v.value for v in Verdict), 0)
    counts[Verdict.PASS.value] = sum(len(addresses) for addresses in passes.values())
    for finding in findings:
        counts[finding.verdict] += 1
    return counts


__all__ = ["Evaluation", "Service", "chosen", "evaluate", "fingerprint", "only", "summary_counts"]
