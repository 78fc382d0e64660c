"""What holds for every rule: cases for each verdict, a page's worth of words, a statement, properties that exist."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.model import Path, Property, Verdict
from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.failures import DENIED
from asbuilt.spec import load_spec
from policies.rule_fixtures import TEMPLATE, Case, cases, graph_and_spec, recorded, rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

RULES = sorted(rules())
# Properties that sources give in addition to CloudFormation's, and why.
OUR_OWN: dict[tuple[str, str], str] = {
    (
        "AWS::EC2::RouteTable",
        "Main",
    ): "Terraform and the API know the main route table of a VPC; CloudFormation does not",
    ("AWS::KMS::Key", "KeyState"): "the API tells states that no template can ask for, as PendingDeletion",
    **{
        (type_, path): "what runs, and in which state it is, only the API tells"
        for type_, paths in {
            "AWS::EC2::NetworkInterface": ("PublicIp", "Status"),
            "AWS::EC2::Route": ("State",),
            "AWS::EC2::VPCEndpoint": ("State",),
            "AWS::ECS::Cluster": ("RegisteredContainerInstancesCount", "AccountContainerInsights"),
            "AWS::ECS::Service": (
                "RunningCount",
                "Deployments",
                "Deployments.Status",
                "Deployments.RolloutState",
                "Deployments.RolloutStateReason",
            ),
            "AWS::ElasticLoadBalancingV2::Listener": ("SslProtocols",),
            "AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetHealth",),
            "AWS::ServiceDiscovery::Service": ("InstanceCount",),
        }.items()
        for path in paths
    },
    ("Live::XRay::Traces", "Found"): "traces are no resource of CloudFormation's",
    **{
        ("Live::ECS::Task", path): "tasks that run are no resource of CloudFormation's"
        for path in (
            "Cluster",
            "Group",
            "StartedBy",
            "TaskDefinition",
            "CapacityProviderName",
            "LaunchType",
            "NetworkInterfaceIds",
        )
    },
    ("AWS::KMS::Key", "KeyManager"): "the API tells keys of AWS's own from customers'",
}
# Of whatever a finding is about, a name is looked for (`asbuilt.topology.canonical`), also where a type has no tags.
NAMING = ("Tags", "Tags.Key", "Tags.Value")
# Verdicts that a rule cannot get in a source, and why. There is none: where nothing decides, it is unknown.
NOT_DECIDED: dict[tuple[str, str], set[str]] = {}


def test_rules_are_found() -> None:
    assert RULES


@pytest.mark.parametrize("source", ["terraform", "cloudformation"])
@pytest.mark.parametrize("rule", RULES)
def test_rule_has_cases_of_each_verdict(rule: str, source: str) -> None:
    only_live = rules()[rule].live  # what no code says: its cases are recorded answers
    written = [c for c in cases() if c.rule == rule and c.live == only_live]
    templates = source == "cloudformation" and not only_live
    found = {c.verdict.value for c in written if templates == c.folder.name.endswith(TEMPLATE)}
    assert found >= {"pass", "fail", "unknown"} - NOT_DECIDED.get((rule, source), set())


# Verdicts that no account can bring about: (rule, verdict) -> why.
NEVER_LIVE: dict[tuple[str, str], str] = {
    (
        "scalable-targets-agree",
        "fail",
    ): "Application Auto Scaling keeps one scalable target for a resource and dimension: registering again changes it",
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_live_cases_of_each_verdict(rule: str) -> None:
    found = {case.verdict.value for case in cases() if case.rule == rule and case.live}
    lacking = {verdict for verdict in ("pass", "fail", "unknown") if verdict not in found}
    assert lacking == {verdict for name, verdict in NEVER_LIVE if name == rule}


@pytest.mark.parametrize("case", [case for case in cases() if case.live], ids=lambda case: case.id)
def test_refused_call_of_a_live_case_is_named(case: Case) -> None:
    """What is unknown because a call was refused names the IAM action that would allow it."""
    refused = refused_by(case.folder)
    if not refused:
        return
    graph, _ = graph_and_spec(case)
    assert {gap.action for gap in graph.gaps if gap.action.startswith("allow ")} >= {
        f"allow {name}" for name in refused
    }
    assert case.verdict is Verdict.UNKNOWN


def refused_by(file: FilePath) -> set[str]:
    """Return the IAM actions that a live case refuses."""
    actions = {str(operation): operation.action for operation in operations()}
    text = file.read_text("utf-8")
    return {
        actions[name]
        for name, code in re.findall(r"^([\w.-]+):\s*\{?\s*error: (\w+)", text, re.MULTILINE)
        if code in DENIED
    }


@pytest.mark.parametrize("rule", RULES)
def test_rule_explains_itself(rule: str) -> None:
    declared = rules()[rule]
    assert declared.title.endswith(".")
    assert len(declared.title) <= 120
    assert declared.why
    assert declared.fix
    assert re.search(r"read 20\d\d-\d\d", declared.source), "the source names a page and the month it was read"


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_named_after_its_module(rule: str) -> None:
    declared = rules()[rule]
    name = rule.replace("-", "_")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule)
    assert declared.check.__name__ == name
    assert declared.module.rpartition(".")[2] == name


@pytest.mark.parametrize("rule", RULES)
def test_rule_enforces_what_the_bundled_architecture_states(rule: str) -> None:
    spec = load_spec("broxiva").resolve("prod")
    path = rules()[rule].enforces
    assert spec.value(path) is not None
    assert spec.requirement(path).id in {requirement.id for requirement in spec.requirements}


def test_every_statement_of_the_bundled_architecture_is_enforced_by_a_rule() -> None:
    document = load_spec("broxiva")
    enforced = {stated.id for rule in rules().values() for stated in document.requirements_at(rule.enforces)}
    stated = {requirement.id for requirement in document.resolve(None).requirements}
    assert len(stated) > 60
    assert not stated - enforced


def test_statement_about_the_size_of_an_environment_is_enforced_by_the_rules_on_sizes() -> None:
    document = load_spec("broxiva")
    for statement, environment in (("COST-4", "staging"), ("COST-5", "development")):
        found = {
            rule.id
            for rule in rules().values()
            for stated, about in document.requirements_at(rule.enforces).items()
            if (stated.id, about) == (statement, environment)
        }
        assert found >= {"task-cpu", "task-memory", "task-count"}


@cache
def reads() -> dict[tuple[str, str], str]:
    """Return every property that the rules read in their fixtures: (type, path) -> one case that reads it.

    Positions in lists are left out of the paths.
    """
    from asbuilt.evaluate import evaluate

    found: dict[tuple[str, str], str] = {}

    def note(prop: Property) -> None:
        path = ".".join(str(step) for step in prop.path if not isinstance(step, int))
        found.setdefault((prop.resource.type, path), current)

    for case in cases():
        if case.rule in rules():
            current = case.id
            graph, spec = graph_and_spec(case)  # what is the platform's is told before, by properties of the API's own
            with recorded(note):
                evaluate([rules()[case.rule]], spec, graph)
    return found


def test_rules_read_properties_that_cloudformation_has() -> None:
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    assert ("AWS::ECS::Service", "ServiceName") in reads(), "nothing was recorded"
    unknown = {}
    for (kind, path), case in reads().items():
        if (kind, path) in OUR_OWN or path in NAMING:
            continue
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        if not has(schema, tuple(path.split("."))):
            unknown[f"{kind}.{path}"] = case
    assert not unknown


def test_what_is_not_in_a_schema_is_noticed() -> None:
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::ECS::Service").schema
    assert has(schema, ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"))
    assert has(schema, ("CapacityProviderStrategy", "Weight"))
    assert not has(schema, ("NetworkConfiguration", "AssignPublicIp"))
    assert not has(schema, ("CapacityProviderStrategy", "Share"))


def has(schema: dict[str, Any], path: Path) -> bool:
    """Whether a CloudFormation schema knows a property path; an object without named properties takes any key."""
    return _has(schema, schema, path)


def _has(root: dict[str, Any], node: dict[str, Any], path: Path) -> bool:
    if not path:
        return True
    return any(_step(root, variant, path) for variant in _variants(root, node))


def _step(root: dict[str, Any], node: dict[str, Any], path: Path) -> bool:
    if "items" in node and _has(root, node["items"], path):
        return True
    named = node.get("properties")
    if named and path[0] in named:
        return _has(root, named[path[0]], path[1:])
    patterns = node.get("patternProperties", {})
    if any(re.search(pattern, str(path[0])) and _has(root, below, path[1:]) for pattern, below in patterns.items()):
        return True
    kinds = node.get("type", ())
    free = "object" in ([kinds] if isinstance(kinds, str) else kinds) or node.get("format") == "json"
    return not named and "items" not in node and free


def _variants(root: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and what it refers to or is made of."""
    if "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        yield from _variants(root, target)
    yield node
    for word in ("anyOf", "oneOf", "allOf"):
        for variant in node.get(word, ()):
            if isinstance(variant, dict):
                yield from _variants(root, variant)
