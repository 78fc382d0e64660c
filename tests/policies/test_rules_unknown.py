"""Whatever value of a fixture is hidden, no rule crashes, no violation turns into a pass, no pass into a violation.

Each value that a rule reads in a fixture is replaced by an unknown one in turn, and the rule is evaluated again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.evaluate import evaluate
from asbuilt.graph import Graph
from asbuilt.model import ABSENT, Path, Property, Resource, Sensitive, Unknown, UnknownKind, Verdict
from policies.rule_fixtures import TEMPLATE, Case, cases, graph_and_spec, recorded, rules, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.evaluate import Evaluation
    from asbuilt.spec.models import Spec

# Names that something else that is known stands in for: the label of a scalable target, the service in its ResourceId.
MADE_UP_FOR = {
    ("task-count-fail-target-in-another-cluster", "ResourceId"),
    ("task-count-fail-target-in-another-cluster", "ClusterName"),
    ("task-count-fail-target-in-another-cluster", "Cluster"),  # which is the cluster's name in CloudFormation
    # An alarm in code is one that somebody wrote, unless its name says that it was imported.
    ("cpu-alarm-fail-automatic", "AlarmName"),
    ("memory-alarm-fail-automatic", "AlarmName"),
}
HIDDEN = Unknown(UnknownKind.VARIABLE, "hidden by the test")


def read_by(case: Case, graph: Graph, spec: Spec) -> set[tuple[str, Path]]:
    """Return what the case's rule reads: resource key and path, of values that are set."""
    found: set[tuple[str, Path]] = set()

    def note(prop: Property) -> None:
        if prop.value is not ABSENT and not isinstance(prop.value, Unknown):
            found.add((prop.resource.key, prop.path))

    with recorded(note):
        evaluate([rules()[case.rule]], spec, graph)
    return found


def hide(value: Any, path: Path) -> Any:
    """Return a copy of a value that is unknown at a path."""
    if not path:
        return HIDDEN
    if isinstance(value, Unknown):
        return replace(value, structure=hide(value.structure, path))
    if isinstance(value, Sensitive):
        return Sensitive(hide(value.value, path))
    if isinstance(value, list):
        copy = list(value)
        copy[int(path[0])] = hide(value[int(path[0])], path[1:])
        return copy
    return {**value, path[0]: hide(value[path[0]], path[1:])}


def without(resource: Resource, path: Path) -> Resource:
    """Return a resource whose value at a path is unknown; its name goes with the value that names it."""
    properties: Mapping[str, Any] = hide(dict(resource.properties), path)
    value = Property(resource, (), resource.properties)
    for part in path:
        value = value.child(part)
    name = "" if value.value == resource.name else resource.name
    known = {key: found for key, found in resource.identifiers.items() if found != value.value}
    return Resource(
        resource.key,
        resource.address,
        resource.type,
        properties,
        resource.location,
        name=name,
        identifiers=known,
        conditional=resource.conditional,
    )


def evaluated(case: Case, graph: Graph, spec: Spec, key: str, path: Path) -> Evaluation:
    changed = [without(r, path) if r.key == key else r for r in graph.resources]
    return evaluate([rules()[case.rule]], spec, Graph(changed, graph.gaps, graph.diagnostics, graph.sources))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_hiding_a_value_never_misleads(case: Case) -> None:
    graph, spec = graph_and_spec(case)
    before = set(run(case).passes.get(case.rule, ()))
    wrong = []
    for key, path in sorted(read_by(case, graph, spec), key=str):
        result = evaluated(case, graph, spec, key, path)
        verdicts = {finding.verdict for finding in result.findings}
        crashed = Verdict.ERROR in verdicts
        alarm = case.verdict is Verdict.PASS and Verdict.FAIL in verdicts
        passed = set(result.passes.get(case.rule, ())) - before
        silence = (
            case.verdict is Verdict.FAIL
            and bool(passed)
            and (case.id.removesuffix(TEMPLATE), path[0]) not in MADE_UP_FOR
        )
        if crashed or alarm or silence:
            wrong.append((key, path, [(f.verdict.value, f.message) for f in result.findings]))
    assert not wrong
