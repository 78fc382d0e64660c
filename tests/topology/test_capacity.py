"""On which capacity the tasks of a service run."""

from __future__ import annotations

from typing import Any

import pytest

from asbuilt.graph import Graph
from asbuilt.model import Gap, Location, Reference, Resource, Unknown, UnknownKind, UnknownValueError
from asbuilt.topology.capacity import Strategy, strategy

HERE = Location("main.tf", 1)
NOT_KNOWN = Unknown(UnknownKind.VARIABLE, "var.x has no value")


def resource(kind: str, address: str, **properties: Any) -> Resource:
    return Resource(address, address, kind, properties, HERE, name=str(properties.get("ClusterName", "")))


def entry(provider: Any, weight: Any = None, base: Any = None) -> dict[str, Any]:
    return {"CapacityProvider": provider, "Weight": weight, "Base": base}


def pointer(key: str) -> Unknown:
    return Unknown(UnknownKind.COMPUTED, "known after apply", references=(Reference(key, "name"),), exact=True)


def of(service: dict[str, Any], *others: Resource, gaps: tuple[Gap, ...] = ()) -> Strategy:
    one = resource("AWS::ECS::Service", "aws_ecs_service.api", **service)
    return strategy(one, Graph([one, *others], gaps))


CLUSTER = resource("AWS::ECS::Cluster", "aws_ecs_cluster.main", ClusterName="shop")
DEFAULT = resource(
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "aws_ecs_cluster_capacity_providers.main",
    Cluster="shop",
    DefaultCapacityProviderStrategy=[entry("FARGATE_SPOT", 3), entry("FARGATE", 1)],
)


@pytest.mark.parametrize(
    ("entries", "share"),
    [
        ([entry("FARGATE_SPOT", 80), entry("FARGATE", 20)], 0.8),
        ([entry("FARGATE_SPOT", 4), entry("FARGATE", 1, 2)], 0.8),
        ([entry("FARGATE_SPOT", "80"), entry("FARGATE", "20")], 0.8),
        ([entry("FARGATE_SPOT")], 1.0),
        ([entry("FARGATE")], 0.0),
        ([entry("FARGATE_SPOT"), entry("FARGATE", 1)], 0.0),
        ([entry("FARGATE_SPOT", 1), entry(pointer("aws_ecs_capacity_provider.own"), 1)], 0.5),
        ([entry("FARGATE_SPOT", 0), entry("FARGATE", 0)], None),
    ],
)
def test_the_share_of_spot(entries: list[Any], share: float | None) -> None:
    assert of({"CapacityProviderStrategy": entries}).spot_share() == share


@pytest.mark.parametrize(
    "entries",
    [
        NOT_KNOWN,
        [entry("FARGATE", 1), NOT_KNOWN],
        [entry("FARGATE", 1), entry("FARGATE_SPOT", NOT_KNOWN)],
        [entry(NOT_KNOWN, 1)],
    ],
)
def test_an_unknown_part_makes_the_share_unknown(entries: Any) -> None:
    with pytest.raises(UnknownValueError):
        of({"CapacityProviderStrategy": entries}).spot_share()


def test_a_launch_type_is_all_of_the_capacity() -> None:
    found = of({"LaunchType": "FARGATE", "Cluster": "shop"}, CLUSTER, DEFAULT)
    assert found.launch_type == "FARGATE"
    assert found.spot_share() == 0
    assert of({"LaunchType": NOT_KNOWN}).unknown == NOT_KNOWN


@pytest.mark.parametrize("cluster", ["shop", pointer("aws_ecs_cluster.main")])
@pytest.mark.parametrize("own", [{}, {"CapacityProviderStrategy": []}])
def test_the_default_of_the_cluster_applies_where_the_service_says_nothing(cluster: Any, own: dict[str, Any]) -> None:
    found = of({"Cluster": cluster, **own}, CLUSTER, DEFAULT)
    assert found.inherited
    assert found.spot_share() == 0.75
    assert str(found) == "FARGATE_SPOT 3 : FARGATE 1"
    assert found.prop.resource == DEFAULT


def test_without_any_default_the_launch_type_is_ec2() -> None:
    assert of({"Cluster": "shop"}, CLUSTER).launch_type == "EC2"


def test_a_default_that_may_hide_is_unknown() -> None:
    gap = Gap("terraform", "module cluster", "is not on disk")
    loose = resource("AWS::ECS::ClusterCapacityProviderAssociations", "x", Cluster=NOT_KNOWN)
    for found in (
        of({"Cluster": "shop"}, CLUSTER, gaps=(gap,)),
        of({"Cluster": "shop"}, CLUSTER, loose),
        of({"Cluster": "elsewhere"}, CLUSTER),
        of({"Cluster": NOT_KNOWN}, CLUSTER),
        of({}),
    ):
        assert found.unknown is not None
        assert not found.launch_type
