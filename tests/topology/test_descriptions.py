"""A platform that is described more than once, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from asbuilt.discovery import discover
from asbuilt.evaluate import evaluate
from asbuilt.graph import Graph
from asbuilt.model import Gap, Location, Resource, Unknown, UnknownKind, Verdict
from asbuilt.rules import Rule
from asbuilt.spec import load_spec
from asbuilt.topology.descriptions import descriptions

SPEC = load_spec("broxiva").resolve("prod")
REGION = Unknown(UnknownKind.VARIABLE, "AWS::Region is known at deployment only")


def service(
    root: str, name: str, *, cluster: str = "broxiva-prod", region: Any = "us-east-1", source: str = "terraform"
) -> Resource:
    properties = {"ServiceName": name, "Cluster": cluster}
    return Resource(
        f"{root}//{name}", name, "AWS::ECS::Service", properties, Location(root, 1), source=source, region=region
    )


def other(root: str, name: str, source: str = "terraform") -> Resource:
    return Resource(f"{root}//{name}", name, "AWS::EC2::NatGateway", {}, Location(root, 1), source=source)


def roots(graph: Graph) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(d.roots, sorted(r.key for r in d.graph.resources)) for d in descriptions(graph, SPEC)]


def test_one_root_is_one_description_and_nothing_is_copied() -> None:
    graph = Graph([service("tf", "api"), service("tf", "web"), other("net", "nat")])
    (only,) = descriptions(graph, SPEC)
    assert only.graph is graph


def test_two_roots_with_the_same_services_are_two_descriptions() -> None:
    graph = Graph(
        [
            service("tf", "api"),
            service("tf", "web"),
            other("net", "nat"),
            service("cfn", "api", source="cloudformation", region=REGION),
            service("cfn", "web", source="cloudformation", region=REGION),
            other("cfn", "nat", "cloudformation"),
        ]
    )
    assert roots(graph) == [
        (("tf",), ["net//nat", "tf//api", "tf//web"]),
        (("cfn",), ["cfn//api", "cfn//nat", "cfn//web"]),
    ]


def test_a_description_may_be_of_several_roots() -> None:
    graph = Graph(
        [
            service("critical", "api"),
            service("workers", "media"),
            service("cfn", "api", source="cloudformation"),
            service("cfn", "media", source="cloudformation"),
        ]
    )
    assert [names for names, _ in roots(graph)] == [("critical", "workers"), ("cfn",)]


def test_roots_without_services_of_no_description_s_source_are_in_all() -> None:
    graph = Graph([service("a", "api"), service("b", "api"), other("net", "nat"), other("x", "y", "cloudformation")])
    first, second = descriptions(graph, SPEC)
    assert {r.key for r in first.graph.resources} & {r.key for r in second.graph.resources} == {"net//nat", "x//y"}
    assert first.shared == second.shared == {"nat", "y"}


@pytest.mark.parametrize(
    "second",
    [
        service("b", "api", cluster="broxiva-canary"),
        service("b", "api", region="eu-west-1"),
        service("b", "search"),
        service("b", "unheard-of"),
    ],
    ids=["another cluster", "another region", "another service", "no service of the architecture"],
)
def test_what_is_not_the_same_is_no_second_description(second: Resource) -> None:
    assert len(descriptions(Graph([service("a", "api"), second]), SPEC)) == 1


def test_gaps_of_one_source_hide_nothing_of_another() -> None:
    gaps = [Gap("terraform", "module.x", "not on disk"), Gap("elsewhere", "y", "refused")]
    graph = Graph([service("a", "api"), service("b", "api", source="cloudformation")], gaps)
    first, second = descriptions(graph, SPEC)
    assert [gap.what for gap in first.graph.gaps] == ["module.x", "y"]
    assert [gap.what for gap in second.graph.gaps] == ["y"]


def rules(name: str) -> list[Rule]:
    return [rule for rule in discover() if rule.id == name]


def test_what_is_missing_in_one_description_is_not_there_because_another_has_it() -> None:
    graph = Graph(
        [*(service("a", name) for name in SPEC.services), *(service("b", name) for name in list(SPEC.services)[1:])]
    )
    result = evaluate(rules("service-inventory"), SPEC, graph)
    assert [(f.resource.address, f.verdict) for f in result.findings] == [("service api", Verdict.FAIL)]
    assert result.findings[0].message.endswith("(in b)")


def test_what_several_descriptions_share_is_told_once_and_passes_where_it_does_in_all() -> None:
    gateways = [other("net", f"nat{n}") for n in range(2)]
    graph = Graph([service("a", "api"), service("b", "api"), *gateways])
    result = evaluate(rules("nat-gateway-in-every-zone"), SPEC, graph)
    assert [f.message for f in result.findings] == [
        f"there are 2 NAT gateways for 3 availability zones (in {root})" for root in ("a", "b")
    ]
    assert result.passes == {}
    result = evaluate(rules("nat-gateway-in-every-zone"), SPEC, Graph([*graph.resources, other("net", "nat2")]))
    assert result.findings == []
    assert result.passes == {"nat-gateway-in-every-zone": ["(platform)"]}
