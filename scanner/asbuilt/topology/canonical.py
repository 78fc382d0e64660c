"""Name a resource the same whatever source it was read from: `AWS::Logs::LogGroup//aws/ecs/shop/api`.

Terraform has addresses, templates logical ids, an account ARNs. What they share is the type and the physical name or,
for what has none, what else tells it from its kind: a subnet's CIDR block, a listener's load balancer and port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asbuilt.model import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.graph import Graph
    from asbuilt.model import Property

SEPARATOR: Final = "/"


def canonical(resource: Resource, graph: Graph) -> str:
    """Return the name of a resource in every source, "" where what it consists of is not known."""
    known: dict[str, str] = graph.memo(_names)
    if resource.key not in known:
        known[resource.key] = ""  # what points at itself has no name
        tell = _TELLERS.get(resource.type, _by_name)
        name = tell(resource, graph)
        known[resource.key] = f"{resource.type}{SEPARATOR}{name}" if name else ""
    return known[resource.key]


def _names(_: Graph) -> dict[str, str]:
    return {}


def short(resource: Resource, graph: Graph) -> str:
    """Return the name without the type."""
    return canonical(resource, graph).removeprefix(f"{resource.type}{SEPARATOR}")


def _text(prop: Property) -> str:
    """Return a text or a whole number; "" for everything else, and for what must not be shown."""
    value = prop.value
    if prop.sensitive or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int) else ""


def _by_name(resource: Resource, _: Graph) -> str:
    return resource.name or _tag(resource)


def _tag(resource: Resource) -> str:
    for item in resource.at("Tags").items():
        if item.known and item.at("Key").value == "Name":
            return _text(item.at("Value"))
    return ""


def _of(path: str) -> Callable[[Resource, Graph], str]:
    """Return what names a resource by one of its properties."""
    return lambda resource, _: _text(resource.at(path))


def _points(resource: Resource, path: str, graph: Graph) -> str:
    """Return the name of the one resource that a property points at."""
    found = graph.target(resource.at(path))
    return short(found, graph) if isinstance(found, Resource) else ""


def _joined(*parts: str, by: str = SEPARATOR) -> str:
    """Return the parts as one name, "" where one of them is not known."""
    return by.join(parts) if all(parts) else ""


def _like(path: str) -> Callable[[Resource, Graph], str]:
    """Return what names a resource by the one that a property points at."""
    return lambda resource, graph: _points(resource, path, graph)


def _route(route: Resource, graph: Graph) -> str:
    goals = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    goal = next((text for path in goals if (text := _text(route.at(path)))), "")
    return _joined(_points(route, "RouteTableId", graph), goal)


def _route_table(table: Resource, graph: Graph) -> str:
    return _joined(_points(table, "VpcId", graph), "main") if table.get("Main") is True else _tag(table)


def _listener(listener: Resource, graph: Graph) -> str:
    return _joined(_points(listener, "LoadBalancerArn", graph), _text(listener.at("Port")), by=":")


def _listener_rule(rule: Resource, graph: Graph) -> str:
    return _joined(_points(rule, "ListenerArn", graph), _text(rule.at("Priority")))


def _security_group(group: Resource, graph: Graph) -> str:
    # a group of this name is in every VPC
    vpc = _points(group, "VpcId", graph) if group.name == "default" else ""
    return _joined(vpc, group.name) if vpc else group.name or _tag(group)


def _target(target: Resource, _: Graph) -> str:
    return _text(target.at("ResourceId"))


def _policy(policy: Resource, graph: Graph) -> str:
    found = graph.target(policy.at("ScalingTargetId"), "AWS::ApplicationAutoScaling::ScalableTarget")
    of = found if isinstance(found, Resource) else policy
    return _joined(_text(of.at("ResourceId")), _text(policy.at("PolicyName")) or policy.name)


def _registry(service: Resource, graph: Graph) -> str:
    path = "DnsConfig.NamespaceId" if _text(service.at("DnsConfig.NamespaceId")) else "NamespaceId"
    space = _points(service, path, graph) or _points(service, "DnsConfig.NamespaceId", graph)
    return _joined(_text(service.at("Name")) or service.name, space, by=".")


# What is named by something else than its name, or its tag Name.
_TELLERS: Final[dict[str, Callable[[Resource, Graph], str]]] = {
    "AWS::EC2::VPC": _of("CidrBlock"),
    "AWS::EC2::Subnet": _of("CidrBlock"),
    "AWS::EC2::NatGateway": _like("SubnetId"),
    "AWS::EC2::SubnetRouteTableAssociation": _like("SubnetId"),
    "AWS::EC2::VPCGatewayAttachment": _like("VpcId"),
    "AWS::EC2::VPCEndpoint": _of("ServiceName"),
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::ApplicationAutoScaling::ScalableTarget": _target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _policy,
    "AWS::ServiceDiscovery::Service": _registry,
}


__all__ = ["SEPARATOR", "canonical", "short"]
