"""Read properties whose elements mean the same in several forms: permissions, strategies, containers, actions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, Final

from asbuilt.drift.values import Told, Value, View, of_items, scalar
from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownValueError
from asbuilt.topology.capacity import associations, strategy
from asbuilt.topology.load_balancing import forwards
from asbuilt.topology.security_groups import permissions

if TYPE_CHECKING:
    from collections.abc import Callable

_TARGETS: Final = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "VpcEndpointId",
)
# An action that redirects keeps what it does not name (Elastic Load Balancing, RedirectActionConfig).
_KEPT: Final = {
    "Host": "#{host}",
    "Path": "/#{path}",
    "Port": "#{port}",
    "Protocol": "#{protocol}",
    "Query": "#{query}",
}
DEFAULT_TLS_POLICY: Final = "ELBSecurityPolicy-2016-08"


def _known(prop: Property) -> Any:
    """Return a value, None where it is not set. Stops where it is unknown."""
    value = prop.require()
    return None if value is ABSENT else value


def _at(prop: Property, path: str, default: Any = None) -> Any:
    value = _known(prop.at(path))
    return default if value is None else value


def _sure(found: Any, prop: Property) -> Any:
    if isinstance(found, Unknown):
        raise UnknownValueError(found, prop)
    return found


def _elements(prop: Property) -> Iterator[Property]:
    """Yield the elements of a list. Stops where one is unknown."""
    for item in prop.items():
        item.require()
        yield item


def settings(cluster: Resource, _: View) -> Told:
    """Read the settings of a cluster; Container Insights is off unless one says otherwise."""
    found = {str(_at(item, "Name")): str(_at(item, "Value")) for item in _elements(cluster.at("ClusterSettings"))}
    found.setdefault("containerInsights", "disabled")
    return of_items({(name, value): f"{name} {value}" for name, value in found.items()})


def providers(cluster: Resource, view: View) -> Told:
    """Read the capacity providers of a cluster, wherever they are given to it."""
    lists = [cluster, *associations(cluster, view.graph)]
    names = [str(_known(item)) for one in lists for item in _elements(one.at("CapacityProviders"))]
    return of_items({("text", name): name for name in names})


def capacity(service: Resource, view: View) -> Told:
    """Read what tasks run on as shares: 80 to 20 is the same as 4 to 1."""
    found = strategy(service, view.graph)
    weights = found.weights()
    total = sum(weights.values()) or 1
    bases = {entry.name: entry.base for entry in found.entries if entry.base}
    key = (
        frozenset((name, round(weight / total, 6)) for name, weight in weights.items() if weight),
        frozenset(bases.items()),
    )
    more = "".join(f", {count} first on {name}" for name, count in bases.items())
    return Value(key, f"{found}{more}")


def load_balancers(service: Resource, view: View) -> Told:
    """Read the target groups that tasks are registered in, with the port."""
    items: dict[Hashable, Any] = {}
    for entry in _elements(service.at("LoadBalancers")):
        target = _sure(view.refer(entry.at("TargetGroupArn")), entry)
        port = _at(entry, "ContainerPort")
        if target is not None:
            items[(target[0], scalar(port))] = f"{target[1]} on {port}"
    return of_items(items)


def registries(service: Resource, view: View) -> Told:
    """Read the Cloud Map services that tasks are registered in."""
    items: dict[Hashable, Any] = {}
    for entry in _elements(service.at("ServiceRegistries")):
        found = _sure(view.refer(entry.at("RegistryArn")), entry)
        if found is not None:
            items[found[0]] = found[1]
    return of_items(items)


def _containers(task: Resource) -> Iterator[tuple[str, Property]]:
    for container in _elements(task.at("ContainerDefinitions")):
        yield str(_at(container, "Name", "")), container


def ports(task: Resource, _: View) -> Told:
    """Read the ports of each container."""
    items: dict[Hashable, Any] = {}
    for name, container in _containers(task):
        for mapping in _elements(container.at("PortMappings")):
            port, protocol = _at(mapping, "ContainerPort"), _at(mapping, "Protocol", "tcp")
            items[(name, scalar(port), protocol)] = f"{name}: port {port}/{protocol}"
    return of_items(items)


def variables(task: Resource, _: View) -> Told:
    """Read the names of the environment variables of each container; their values are nobody's to see."""
    items: dict[Hashable, Any] = {}
    for name, container in _containers(task):
        for entry in _elements(container.at("Environment")):
            variable = str(_at(entry, "Name"))
            items[(name, variable)] = f"{name}: variable {variable}"
    return of_items(items)


def secrets(task: Resource, view: View) -> Told:
    """Read what each container gets from Secrets Manager and Parameter Store."""
    items: dict[Hashable, Any] = {}
    for name, container in _containers(task):
        for entry in _elements(container.at("Secrets")):
            variable = str(_at(entry, "Name"))
            source = _sure(view.refer(entry.at("ValueFrom")), entry.at("ValueFrom"))
            items[(name, variable, source and source[0])] = (
                f"{name}: {variable} from {source[1] if source else 'nothing'}"
            )
    return of_items(items)


def logs(task: Resource, view: View) -> Told:
    """Read where each container logs to."""
    items: dict[Hashable, Any] = {}
    for name, container in _containers(task):
        driver = _at(container, "LogConfiguration.LogDriver")
        where = container.at("LogConfiguration.Options").child("awslogs-group")
        group = _sure(view.refer(where), where) if driver == "awslogs" else None
        items[(name, driver, group and group[0])] = (
            f"{name}: {driver or 'no log driver'}{f' to {group[1]}' if group else ''}"
        )
    return of_items(items)


def dimensions(alarm: Resource, view: View) -> Told:
    """Read the dimensions of an alarm; a load balancer and a target group by the resource they mean."""
    items: dict[Hashable, Any] = {}
    for entry in _elements(alarm.at("Dimensions")):
        name = str(_at(entry, "Name"))
        found = _sure(_meant(name, entry.at("Value"), view), entry.at("Value"))
        if found is not None:
            items[(name, found[0])] = f"{name} {found[1]}"
    return of_items(items)


# The part of an ARN that a dimension has for its value (Elastic Load Balancing, "CloudWatch metrics").
_SUFFIXES: Final = {"LoadBalancer": ":loadbalancer/", "TargetGroup": ":"}


def _meant(name: str, value: Property, view: View) -> tuple[Hashable, Any] | Unknown | None:
    sign = _SUFFIXES.get(name)
    if sign and isinstance(value.value, str):
        for resource in view.graph.resources:
            arn = resource.identifiers.get("arn")
            if isinstance(arn, str) and arn.endswith(f"{sign}{value.value}"):
                return view.token(resource), resource.name
    return view.refer(value)


def route_target(route: Resource, view: View) -> Told:
    """Read where a route leads to."""
    for path in _TARGETS:
        found = _sure(view.refer(route.at(path)), route.at(path))
        if found is not None:
            return Value(found[0], f"{path.removesuffix('Id')} {found[1]}", path=path)
    return Value(None, None, absent=True)


def ingress(group: Resource, view: View) -> Told:
    """Read what a security group lets in, wherever that is written."""
    every = view.graph.memo(permissions)
    items: dict[Hashable, Any] = {}
    for permission in every.of(group):
        where = permission.where
        where.require()
        protocol, opened = _sure(permission.protocol, where), _sure(permission.ports, where)
        for source in permission.sources:
            found = _sure(view.refer(source), source)
            if found is not None:
                items[(protocol, opened, found[0])] = f"{permission} from {found[1]}"
    doubt = every.doubt()
    if doubt is not None:
        raise UnknownValueError(doubt, group.at("SecurityGroupIngress"))
    return of_items(items)


def private_dns(endpoint: Resource, _: View) -> Told:
    """Read whether an endpoint answers to the service's own name; gateways have no names."""
    if _at(endpoint.at(), "VpcEndpointType", "Gateway") == "Gateway":
        return Value(None, None, absent=True)
    found = _known(endpoint.at("PrivateDnsEnabled"))
    return Value(scalar(bool(found)), bool(found), absent=found is None)


def load_balancer_subnets(balancer: Resource, view: View) -> Told:
    """Read the subnets of a load balancer, whichever way they are given."""
    items: dict[Hashable, Any] = {}
    named = [*balancer.at("Subnets").items()]
    named += [mapping.at("SubnetId") for mapping in _elements(balancer.at("SubnetMappings"))]
    for item in named:
        found = _sure(view.refer(item), item)
        if found is not None:
            items[found[0]] = found[1]
    return of_items(items)


def tls_policy(listener: Resource, _: View) -> Told:
    """Read the policy of a listener that speaks TLS; others have none, whatever is told of them."""
    if _at(listener.at(), "Protocol") not in ("HTTPS", "TLS"):
        return Value(None, None, absent=True)
    policy = _at(listener.at(), "SslPolicy")
    return Value(scalar(policy or DEFAULT_TLS_POLICY), policy or DEFAULT_TLS_POLICY, absent=policy is None)


def _actions(path: str) -> Callable[[Resource, View], Told]:
    def read(resource: Resource, view: View) -> Told:
        items: dict[Hashable, Any] = {}
        for action in _elements(resource.at(path)):
            kind = str(_at(action, "Type", ""))
            if kind == "forward":
                items |= _forwards(action, view)
            elif kind == "redirect":
                config = action.at("RedirectConfig")
                parts = {name: str(_at(config, name, kept)) for name, kept in _KEPT.items()}
                code = str(_at(config, "StatusCode", ""))
                shown = f"redirect ({code}) to {parts['Protocol']}:{parts['Port']}"
                items[(kind, code, *parts.items())] = shown
            else:
                items[(kind,)] = kind
        return of_items(items)

    return read


def _forwards(action: Property, view: View) -> dict[Hashable, Any]:
    found = list(forwards(action, view.graph))
    targets = {}
    for forward in found:
        target = _sure(forward.target, forward.where)
        weight = 1 if forward.weight is None else int(_known(forward.weight) or 1)
        targets[view.token(target)] = (weight, target)
    total = sum(weight for weight, _ in targets.values()) or 1
    return {
        ("forward", token, round(weight / total, 6)): f"forward to {target.name or target.address}"
        for token, (weight, target) in targets.items()
    }


actions = _actions("Actions")
default_actions = _actions("DefaultActions")

_FIELDS: Final = {
    "PathPatternConfig": "path",
    "HostHeaderConfig": "host",
    "HttpRequestMethodConfig": "method",
    "SourceIpConfig": "source",
    "HttpHeaderConfig": "header",
    "QueryStringConfig": "query",
}
_SHORT: Final = {"path-pattern": "path", "host-header": "host"}


def conditions(rule: Resource, _: View) -> Told:
    """Read the conditions of a rule, in either form; the order of values does not matter."""
    items: dict[Hashable, Any] = {}
    for condition in _elements(rule.at("Conditions")):
        for config, word in _FIELDS.items():
            header = str(_at(condition, f"{config}.HttpHeaderName", ""))
            for form in ("Values", "RegexValues"):
                for value in _elements(condition.at(f"{config}.{form}")):
                    text = _pair(value) if config == "QueryStringConfig" else str(_known(value))
                    items[(word, header, form, text)] = f"{word} {text}"
        word = _SHORT.get(str(_at(condition, "Field", "")), "")
        for value in _elements(condition.at("Values")) if word else ():
            items[(word, "", "Values", str(_known(value)))] = f"{word} {_known(value)}"
    return of_items(items)


def _pair(value: Property) -> str:
    return f"{_at(value, 'Key', '')}={_at(value, 'Value', '')}"


def origins(distribution: Resource, view: View) -> Told:
    """Read the origins of a distribution; a load balancer by the resource it is."""
    items: dict[Hashable, Any] = {}
    for origin in _elements(distribution.at("DistributionConfig.Origins")):
        name = origin.at("DomainName")
        found = _sure(view.refer(name), name)
        if found is not None:
            items[found[0]] = found[1]
    return of_items(items)
