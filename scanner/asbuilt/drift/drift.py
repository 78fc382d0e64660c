"""Put spec, code and account side by side: one row for each thing that drifted, or that cannot be told."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from asbuilt import __version__
from asbuilt.drift.alone import alone
from asbuilt.drift.board import Board, Sources
from asbuilt.drift.comparing import differences
from asbuilt.drift.model import DRIFT, Compared, Drift, Row, Standing, State
from asbuilt.drift.pairs import Pairs, pair
from asbuilt.drift.values import View
from asbuilt.drift.verdicts import SPEC, Key, Verdicts, state_of, verdicts
from asbuilt.graph import Graph
from asbuilt.model import Verdict
from asbuilt.topology.canonical import canonical, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.model import Resource
    from asbuilt.results import Requirement, Results
    from asbuilt.spec.models import Spec


def drift(sources: Sources) -> Drift:
    """Compare code and account."""
    read = {resource.key for resource in sources.account.resources}
    whole = Graph((*sources.account.resources, *(r for r in sources.aside if r.key not in read)))

    def belongs(resource: Resource) -> bool:
        if resource.key not in read:
            return False
        return resource.type not in _BY_NAME or not _words(resource, whole) & sources.foreign

    pairs = pair(sources.code, whole, sources.spec, belongs)
    left_out: Counter[str] = Counter()
    lonely = list(alone(pairs, sources.code, sources.account, belongs, left_out))
    found, agreeing = differences(pairs)
    ours, theirs = _verdicts(sources.code_results, pairs.code), _verdicts(sources.account_results, pairs.account)
    board = Board(sources, pairs, ours, theirs)
    board.judge()
    board.add_alone(lonely)
    board.add_differences(found)
    compared = Compared(len(pairs.to_account), agreeing, board.holding, dict(sorted(left_out.items())))
    return finished(sources.code_results, sources.account_results, board.rows, compared)


# Nothing but a name ties these to an environment; what is in its VPC or cluster is its own, whatever it is called.
_BY_NAME: Final = frozenset(
    {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudFront::Distribution",
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::Secret",
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        "AWS::ServiceDiscovery::Service",
    }
)


def _words(resource: Resource, graph: Graph) -> set[str]:
    """Return the words of a resource's names: an audit keeps what may be the platform's, and that may be another's."""
    names = [short(resource, graph), resource.name, resource.get("DistributionConfig.Comment")]
    return {word for name in names if isinstance(name, str) for word in re.split(r"[^a-z0-9]+", name.lower()) if word}


def _verdicts(results: Results, view: View) -> Verdicts:
    """Read a side's verdicts; a resource is called what its pair is called."""
    index: dict[str, list[Resource]] = defaultdict(list)
    for resource in view.graph.resources:
        index[resource.address].append(resource)

    def key_of(_rule: str, address: str, nothing: bool, _canonical: str) -> Key:
        found = [] if nothing else index.get(address, [])
        if len(found) != 1:
            return (SPEC, address)
        name = view.names.get(found[0].key, ())
        return name if name[:1] == ("pair",) else (view.side, found[0].key)

    return verdicts(results, key_of)


def against_results(spec: Spec, code: Graph, code_results: Results, audit: Results) -> Drift:
    """Compare code with what an audit found: statements only, each resource by the name it has in every source."""
    names = _Names(code)
    pairs = Pairs(View("code", code, {}), View("account", Graph(()), {}))
    theirs = verdicts(audit, names.of_account)
    ours = verdicts(code_results, names.of_code)
    sources = Sources(spec, code, code_results, Graph(()), audit)
    board = Board(sources, pairs, ours, theirs)
    board.judge()
    board.add_alone(())
    compared = Compared(len(names.met), 0, board.holding)
    return finished(code_results, audit, board.rows, compared, with_properties=False)


class _Names:
    """What the resources of a run without a graph are in the code, as far as their names tell."""

    def __init__(self, code: Graph) -> None:
        self._graph = code
        self._named: dict[str, list[Resource]] = defaultdict(list)
        self._at: dict[str, list[Resource]] = defaultdict(list)
        for resource in code.resources:
            self._at[resource.address].append(resource)
            if name := canonical(resource, code):
                self._named[name].append(resource)
        self.met: set[str] = set()

    def of_account(self, _rule: str, address: str, nothing: bool, name: str) -> Key:
        """Return the key of a subject of the account: of a finding by its name, of a pass by the end of its ARN."""
        if nothing or not address.startswith("arn:"):
            return (SPEC, address)
        found = self._named.get(name, []) if name else self._ending(address)
        if len(found) != 1:
            return ("account", address)
        self.met.add(found[0].key)
        return ("pair", found[0].key)

    def _ending(self, address: str) -> list[Resource]:
        kinds = _KINDS.get(":".join(address.split(":")[2:3]), {})
        rest = address.split(":", 5)[-1]
        word = re.split(r"[/:]", rest)[0]
        types = kinds.get(word, ())
        tail = re.sub(r":\d+$", "", rest) if word == "task-definition" else rest
        return [
            resource
            for type_ in types
            for resource in self._graph.of_type(type_)
            if (name := short(resource, self._graph)) and tail.endswith((f"/{name}", f":{name}"))
        ]

    def of_code(self, _rule: str, address: str, nothing: bool, _name: str) -> Key:
        """Return the key of a subject of the code."""
        found = [] if nothing else self._at.get(address, [])
        if len(found) != 1:
            return (SPEC, address)
        return ("pair" if found[0].key in self.met else "code", found[0].key)


# Services of ARNs whose last part is a physical name (Service Authorization Reference, "Resource types"; read 2026-11).
_KINDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "ecs": {
        "cluster": ("AWS::ECS::Cluster",),
        "service": ("AWS::ECS::Service",),
        "task-definition": ("AWS::ECS::TaskDefinition",),
    },
    "logs": {"log-group": ("AWS::Logs::LogGroup",)},
    "cloudwatch": {"alarm": ("AWS::CloudWatch::Alarm",)},
    "rds": {"db": ("AWS::RDS::DBInstance",), "subgrp": ("AWS::RDS::DBSubnetGroup",)},
    "iam": {"role": ("AWS::IAM::Role",), "policy": ("AWS::IAM::ManagedPolicy",)},
    "elasticache": {
        "replicationgroup": ("AWS::ElastiCache::ReplicationGroup",),
        "subnetgroup": ("AWS::ElastiCache::SubnetGroup",),
    },
}


CLEAN, DRIFTED, INCOMPLETE = 0, 1, 3
_ORDER = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN, Verdict.WAIVED, Verdict.PASS)


def finished(
    code: Results, account: Results, rows: Sequence[Row], compared: Compared, *, with_properties: bool = True
) -> Drift:
    """Put rows in order and decide the exit code."""
    places = {requirement.id: place for place, requirement in enumerate(code.requirements)}
    states = list(State)
    ordered = tuple(
        sorted(
            rows,
            key=lambda row: (
                places.get(row.requirement.id, len(places)),
                states.index(row.state),
                row.rule,
                row.subject,
                row.property,
                row.id,
            ),
        )
    )
    counts = {state.value: sum(row.state is state for row in ordered) for state in State}
    counts[State.IN_SYNC.value] = compared.verdicts + compared.properties
    gaps = tuple([("code", gap) for gap in code.gaps] + [("account", gap) for gap in account.gaps])
    standings = tuple(_standing(one, code, account, ordered) for one in code.requirements)
    exit_code = _exit_code(ordered, code, account)
    return Drift(
        code.tool,
        __version__,
        code.run,
        account.run,
        ordered,
        standings,
        compared,
        counts,
        gaps,
        exit_code,
        with_properties,
    )


def _exit_code(rows: Sequence[Row], code: Results, account: Results) -> int:
    if any(row.state in DRIFT for row in rows):
        return DRIFTED
    unread = any(gap.incomplete for side in (code, account) for gap in side.gaps)
    wrong = any(remark.severity == "error" for side in (code, account) for remark in side.diagnostics)
    undecided = any(row.state is State.UNKNOWN for row in rows)
    return INCOMPLETE if unread or wrong or undecided else CLEAN


def _standing(requirement: Requirement, code: Results, account: Results, rows: Sequence[Row]) -> Standing:
    own = [row.state for row in rows if row.requirement.id == requirement.id]
    ours, theirs = _said(requirement, code), _said(requirement, account)
    worst = min(own, key=list(State).index, default=None)
    if worst is None:  # what the verdicts say; a row may be of another statement that the same thing breaks
        worst = state_of(Verdict(ours) if ours else None, Verdict(theirs) if theirs else None)
    return Standing(requirement, ours, theirs, worst, len(own))


def _said(requirement: Requirement, results: Results) -> str:
    """Return the worst verdict on a statement, "" where nothing judged it."""
    found = {finding.verdict for finding in results.findings if finding.requirement.id == requirement.id}
    ran = {rule.id for rule in results.rules if rule.requirement == requirement.id}
    ran.update(rule for reach in results.coverage if reach.requirement == requirement.id for rule in reach.rules)
    if any(results.passes.get(rule) for rule in ran):
        found.add(Verdict.PASS)
    return next((verdict.value for verdict in _ORDER if verdict in found), "")


__all__ = ["against_results", "drift"]
