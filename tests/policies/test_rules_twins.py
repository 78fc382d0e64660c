"""CloudFormation says what Terraform says: each case has a twin, with the same verdict, requirement and properties."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from policies.rule_fixtures import FIXTURES, TEMPLATE, Case, cases, decisive, run

# Cases that CloudFormation has no words for, or no other words than another case, and why.
NO_TWIN = {
    "container-insights-pass-account": "CloudFormation has no resource for the settings of an account",
    "database-ingress-unknown-other-region": "a resource stands in the region of its stack",
    "deployment-circuit-breaker-unknown-dynamic-block": "no dynamic blocks; unknown-condition in their place",
    "least-privilege-ingress-fail-default-group": "default groups cannot be adopted; see fail-rule-of-default-group",
    "listener-rules-unknown": "ListenerRule requires Priority",
    "listener-rules-unknown-shared-listener": "it would be unknown-listener-arn, word for word",
    "load-balancer-ingress-pass-cloudfront": "nothing looks up a prefix list by its name",
    "load-balancer-ingress-unknown": "no dynamic blocks; unknown-port and unknown-condition-of-one-more-port instead",
    "on-demand-only-unknown-dynamic-blocks": "no dynamic blocks; unknown-condition in their place",
    "plain-text-secrets-unknown-sensitive": "NoEcho tells which variable it is: fail-no-echo",
    "plain-text-secrets-unknown-sensitive-known": "NoEcho tells which variable it is: fail-no-echo-known",
    "region-fail-alias": "a stack has one region, and no other providers",
    "region-fail-of-its-own": "a resource stands in the region of its stack",
    "region-unknown-absent": "templates never name their region: unknown",
    "spot-share-unknown-dynamic-blocks": "no dynamic blocks; unknown-condition in their place",
    "vpc-endpoints-pass-association": "no resource associates a route table; the endpoint names it",
    "vpc-endpoints-pass-service-read": "nothing looks up the name of an endpoint service",
}
SELF = "a rule of a group on itself has to be an AWS::EC2::SecurityGroupIngress of its own, the group would be circular"
# Twins whose evidence stands in other properties, and why.
ELSEWHERE = {
    "least-privilege-ingress-fail-every-port": SELF,
    "least-privilege-ingress-fail-every-protocol": SELF,
    "least-privilege-ingress-unknown-protocol": SELF,
    "service-scales-unknown-policy-of-what": "a policy names its target by ScalingTargetId",
}
# What cfn-lint says against templates, and why it is meant.
WRONG_ON_PURPOSE = {
    ("load-balancer-in-public-subnets/fail", "E3680"): "the architecture of the fixtures has one zone",
    ("load-balancer-in-public-subnets/fail-no-subnets", "E3680"): "that is the violation",
    ("load-balancer-in-public-subnets/pass", "E3680"): "the architecture of the fixtures has one zone",
    ("scalable-targets-agree/fail", "E3019"): "that is the violation",
    ("scalable-targets-agree/unknown", "E3019"): "that is the question",
    ("scalable-targets-agree/unknown-condition", "E3019"): "that is the question",
    ("subnet-listed/fail-outside-vpc", "E3059"): "that is the violation",
    ("task-cpu/fail-absent", "E3048"): "that is the violation",
    ("task-memory/fail-absent", "E3048"): "that is the violation",
}


@cache
def pairs() -> dict[str, tuple[Case, Case | None]]:
    """Return each Terraform case with its twin."""
    templates = {case.id.removesuffix(TEMPLATE): case for case in cases() if case.folder.name.endswith(TEMPLATE)}
    return {case.id: (case, templates.get(case.id)) for case in cases() if case.folder.is_dir()}


def told(case: Case) -> set[tuple[str, str, str, str]]:
    """Return what decides: verdicts with requirement, severity and property, positions in lists left out."""
    return {
        (finding.verdict.value, finding.requirement.id, finding.severity.value, plain(item.path))
        for finding in run(case).findings
        for item in decisive(finding)
    }


def plain(path: str) -> str:
    return ".".join(part for part in path.split(".") if not part.isdigit())


def test_every_case_has_a_twin_or_a_reason() -> None:
    alone = {name for name, (_, twin) in pairs().items() if twin is None}
    assert alone == set(NO_TWIN)


@pytest.mark.parametrize("name", [name for name, (_, twin) in pairs().items() if twin is not None])
def test_twins_get_the_same_verdict(name: str) -> None:
    case, twin = pairs()[name]
    assert twin is not None
    ours, theirs = told(case), told(twin)
    if name in ELSEWHERE:
        assert ours != theirs, "the twins agree: take the exception away"
        ours, theirs = ({item[:3] for item in found} for found in (ours, theirs))
    assert ours == theirs
    assert bool(run(case).passes) == bool(run(twin).passes)


@pytest.mark.parametrize("part", range(4))
def test_templates_are_such_as_cloudformation_takes(part: int) -> None:
    program = str(Path(sys.executable).with_name("cfn-lint"))
    command = [program, "--format", "json", "--ignore-checks", "W", "I", "--template"]
    files = sorted(FIXTURES.glob(f"*/*{TEMPLATE}"))[part::4]
    run = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    names = {file: f"{file.parent.name}/{file.name.removesuffix(TEMPLATE)}" for file in files}
    found = {(names[Path(match["Filename"])], match["Rule"]["Id"]) for match in json.loads(run.stdout)}
    assert found == {key for key in WRONG_ON_PURPOSE if key[0] in names.values()}
