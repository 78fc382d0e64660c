"""A condition that is not known misleads no rule: what it adds may be there, and what it takes away may not.

Each value that a rule reads in a template is put behind `Fn::If`, with nothing in the other case.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.evaluate import evaluate
from asbuilt.model import Verdict
from asbuilt.scan import Options, read
from asbuilt.sources.cloudformation.reading.files import parse
from policies.rule_fixtures import PARAMETERS, TEMPLATE, Case, cases, document_of, graph_and_spec, recorded, rules

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.evaluate import Evaluation
    from asbuilt.model import Path as PropertyPath
    from asbuilt.model import Property

NOTHING = {"Ref": "AWS::NoValue"}
# Where something else that is known stands in for what is hidden, or the other case is no concern of the statement.
BESIDE = {
    ("cpu-alarm-fail-automatic", "AlarmName"),
    ("memory-alarm-fail-automatic", "AlarmName"),
    ("task-count-fail-target-in-another-cluster", "ClusterName"),
    ("task-count-fail-target-in-another-cluster", "Cluster"),
    ("subnet-listed-fail-outside-vpc", "VpcId"),  # which VPC it is in is not what the rule is about
    # Its only name is in one of the cases, and a policy names it by an ARN that is written out.
    ("task-role-scope-pass", "BucketName"),
    ("task-role-scope-pass-inline", "BucketName"),
    ("task-role-scope-pass-policy-with-roles", "BucketName"),
}


def templates() -> list[Case]:
    found = [case for case in cases() if case.folder.name.endswith(TEMPLATE)]
    return [case for case in found if case.verdict in (Verdict.PASS, Verdict.FAIL)]


def places(case: Case, data: dict[str, Any]) -> set[tuple[str, PropertyPath]]:
    """Return what the case's rule reads and the template writes out: logical id and path."""
    graph, spec = graph_and_spec(case)
    found: set[tuple[str, PropertyPath]] = set()

    def note(prop: Property) -> None:
        body: Any = data["Resources"].get(prop.resource.address, {}).get("Properties")
        for part in prop.path:
            inside = part in body if isinstance(body, dict) else isinstance(body, list) and part in range(len(body))
            if not inside:
                return
            body = body[part]
        if prop.path:
            found.add((prop.resource.address, prop.path))

    with recorded(note):
        evaluate([rules()[case.rule]], spec, graph)
    return found


def perhaps(data: dict[str, Any], name: str, path: PropertyPath) -> dict[str, Any]:
    """Return a template with one value behind a condition that is not known."""
    changed = deepcopy(data)
    changed.setdefault("Parameters", {})["Unset"] = {"Type": "String"}
    changed.setdefault("Conditions", {})["NotKnown"] = {"Fn::Equals": [{"Ref": "Unset"}, "x"]}
    around: Any = changed["Resources"][name]["Properties"]
    for part in path[:-1]:
        around = around[part]
    around[path[-1]] = {"Fn::If": ["NotKnown", around[path[-1]], NOTHING]}
    return changed


def evaluated(case: Case, data: dict[str, Any], folder: Path) -> Evaluation:
    (folder / "main.json").write_text(json.dumps(data), "utf-8")
    given = PARAMETERS.search(case.folder.read_text("utf-8"))
    parameters = given[1].split() if given else ()
    document = document_of(case)
    options = Options(paths=[folder], root=folder, environment="prod", parameters=parameters)
    graph = read(document, options, lambda _: None)
    return evaluate([rules()[case.rule]], document.resolve("prod"), graph)


@pytest.mark.parametrize("case", templates(), ids=lambda case: case.id)
def test_a_condition_that_is_not_known_never_misleads(case: Case, tmp_path: Path) -> None:
    data = parse(case.folder.read_bytes(), case.folder.name, str(case.folder)).data
    wrong = []
    for name, path in sorted(places(case, data), key=str):
        if (case.id.removesuffix(TEMPLATE), path[0]) in BESIDE:
            continue
        result = evaluated(case, perhaps(data, name, path), tmp_path)
        verdicts = {finding.verdict for finding in result.findings}
        alarm = case.verdict is Verdict.PASS and Verdict.FAIL in verdicts
        silence = case.verdict is Verdict.FAIL and not verdicts & {Verdict.FAIL, Verdict.UNKNOWN}
        if alarm or silence or Verdict.ERROR in verdicts:
            wrong.append((name, path, [(f.verdict.value, f.message) for f in result.findings]))
    assert not wrong
