"""Which scalable target belongs to which ECS service, as far as their names are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asbuilt.graph import Graph
from asbuilt.model import Location, Reference, Resource, Unknown, UnknownKind
from asbuilt.spec import load_spec
from asbuilt.topology.scaling import Scaling, cluster_name, scales_ecs, scaling

SPEC = load_spec(str(Path(__file__).parents[2] / "fixtures" / "rules" / "spec.yaml")).resolve("prod")
HERE = Location("main.tf", 1)


def resource(kind: str, address: str, **properties: Any) -> Resource:
    name = properties.get("ServiceName", properties.get("ClusterName"))
    return Resource(address, address, kind, properties, HERE, name=name if isinstance(name, str) else "")


def service(address: str = "aws_ecs_service.api", **properties: Any) -> Resource:
    return resource("AWS::ECS::Service", address, **{"ServiceName": "api", "Cluster": "shop", **properties})


def target(identifier: Any, address: str = "aws_appautoscaling_target.this", **properties: Any) -> Resource:
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    return resource(kind, address, **{"ResourceId": identifier, "ServiceNamespace": "ecs", **properties})


def unknown(prefix: str = "", suffix: str = "", *references: str) -> Unknown:
    refs = tuple(Reference(key, "name") for key in references)
    return Unknown(UnknownKind.COMPUTED, "known after apply", references=refs, prefix=prefix, suffix=suffix)


def view(*resources: Resource) -> Scaling:
    graph = Graph(resources)
    return graph.memo(scaling, SPEC)


@pytest.mark.parametrize(
    "identifier",
    [
        "service/shop/api",
        unknown("service/", "/api"),
        unknown("service/shop/", "", "aws_ecs_service.api"),
        unknown("service/", "", "aws_ecs_cluster.main", "aws_ecs_service.api"),
        unknown("service/", "-api"),
    ],
)
def test_a_target_belongs_to_the_service_it_names(identifier: Any) -> None:
    api, other = service(), service("aws_ecs_service.analytics", ServiceName="analytics")
    scaled = target(identifier)
    found = view(api, other, scaled)
    assert found.targets(api) == (scaled,)
    assert found.targets(other) == ()
    assert not found.loose


@pytest.mark.parametrize("identifier", ["service/shop/apis", "service/other/api", "service/shop/analytics"])
def test_a_target_of_something_else_does_not_count(identifier: str) -> None:
    api = service()
    found = view(api, target(identifier))
    assert found.targets(api) == ()
    assert not found.loose


def test_an_unknown_cluster_is_not_held_against_a_target() -> None:
    api = service(Cluster=unknown())
    scaled = target("service/shop/api")
    assert view(api, scaled).targets(api) == (scaled,)


def test_the_key_of_a_target_names_its_service_where_nothing_else_does() -> None:
    api = service('aws_ecs_service.this["api"]', ServiceName=unknown())
    worker = service('aws_ecs_service.this["analytics"]', ServiceName=unknown())
    scaled = target(unknown(), 'aws_appautoscaling_target.this["analytics"]')
    found = view(api, worker, scaled)
    assert found.targets(worker) == (scaled,)
    assert found.targets(api) == ()


def test_a_target_that_may_scale_anything_is_loose() -> None:
    api, scaled = service(), target(unknown())
    found = view(api, scaled)
    assert found.targets(api) == ()
    assert [one for one, _ in found.loose] == [scaled]


def test_targets_of_other_services_of_aws_do_not_count() -> None:
    table = target("table/orders", ServiceNamespace="dynamodb")
    assert not scales_ecs(table)
    assert scales_ecs(target(unknown("service/")))
    assert not view(service(), target(unknown(), ServiceNamespace="rds")).loose


def policy(**properties: Any) -> Resource:
    return resource("AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy.cpu", **properties)


def test_policies_belong_to_their_target() -> None:
    api, scaled = service(), target("service/shop/api")
    by_name = policy(ResourceId="service/shop/api")
    assert view(api, scaled, by_name).policies(scaled) == (by_name,)
    by_reference = policy(ScalingTargetId=unknown("", "", scaled.key))
    assert view(api, scaled, by_reference).policies(scaled) == (by_reference,)
    partly = unknown("service/", "/api", "aws_ecs_cluster.main")
    same, pointing = target(partly), policy(ResourceId=partly)
    assert view(api, same, pointing).policies(same) == (pointing,)


def test_a_policy_of_what_cannot_be_told_is_loose() -> None:
    scaled, loose = target("service/shop/api"), policy(ResourceId=unknown())
    found = view(service(), scaled, loose)
    assert found.policies(scaled) == ()
    assert [one for one, _ in found.loose_policies] == [loose]


def test_the_cluster_of_a_service() -> None:
    cluster = resource("AWS::ECS::Cluster", "aws_ecs_cluster.main", ClusterName="shop")
    graph = Graph([cluster])
    pointing = Unknown(
        UnknownKind.COMPUTED, "known after apply", references=(Reference(cluster.key, "id"),), exact=True
    )
    assert cluster_name(service(Cluster="arn:aws:ecs:eu-west-1:111122223333:cluster/shop"), graph) == "shop"
    assert cluster_name(service(Cluster=pointing), graph) == "shop"
    assert cluster_name(service(Cluster=unknown()), graph) is None
    assert cluster_name(resource("AWS::ECS::Service", "aws_ecs_service.api"), graph) == "default"
