"""Join load balancers to their listeners, rules, target groups, and to the services behind them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.model import Evidence, Property, Resource, Unknown, UnknownValueError
from asbuilt.records import dataclass
from asbuilt.rules import either, undecided
from asbuilt.topology.services import inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


@dataclass(frozen=True, slots=True)
class Forward:
    """A target group that an action forwards to; `weight` is None where the action names one group only."""

    target: Resource | Unknown
    weight: Property | None
    where: Property


def forwards(action: Property, graph: Graph) -> Iterator[Forward]:
    """Yield where a listener's or rule's action forwards to; both forms of the action are read."""
    single = action.at("TargetGroupArn")
    for target in graph.targets(single, TARGET_GROUP):
        yield Forward(target, None, single)
    for entry in action.at("ForwardConfig.TargetGroups").items():
        if not entry.known:
            yield Forward(entry.value, None, entry)
            continue
        arn = entry.at("TargetGroupArn")
        for target in graph.targets(arn, TARGET_GROUP):
            yield Forward(target, entry.at("Weight"), arn)


class LoadBalancing:
    """The listeners of every load balancer, the rules of every listener, the services of every target group."""

    def __init__(self, graph: Graph, spec: Spec) -> None:
        self.graph = graph
        self.listeners: dict[str, list[Resource]] = defaultdict(list)
        self.rules: dict[str, list[Resource]] = defaultdict(list)
        self.services: dict[str, set[str]] = defaultdict(set)
        self.loose_listeners: list[tuple[Resource, Unknown]] = []
        self.loose_rules: list[tuple[Resource, Unknown]] = []
        self._join(LISTENER, "LoadBalancerArn", LOAD_BALANCER, self.listeners, self.loose_listeners)
        self._join(LISTENER_RULE, "ListenerArn", LISTENER, self.rules, self.loose_rules)
        for service in graph.memo(inventory, spec).services():
            for group in service.target_groups():
                if isinstance(group, Resource):
                    self.services[group.key].add(service.name)

    def _join(
        self,
        type_: str,
        path: str,
        owner: str,
        table: dict[str, list[Resource]],
        loose: list[tuple[Resource, Unknown]],
    ) -> None:
        for resource in self.graph.of_type(type_):
            for found in self.graph.targets(resource.at(path), owner):
                if isinstance(found, Resource):
                    table[found.key].append(resource)
                else:
                    loose.append((resource, found))

    def front_doors(self) -> tuple[Resource, ...]:
        """Return the load balancers that lead to the platform's services; all of them where none can be told to."""
        balancers = self.graph.of_type(LOAD_BALANCER)
        leading = tuple(b for b in balancers if any(self._leads_to_service(x) for x in self.listeners[b.key]))
        return leading or balancers

    def _leads_to_service(self, listener: Resource) -> bool:
        actions = list(listener.at("DefaultActions").items())
        for rule in self.rules[listener.key]:
            actions.extend(rule.at("Actions").items())
        for action in actions:
            for forward in forwards(action, self.graph):
                if isinstance(forward.target, Resource) and self.services.get(forward.target.key):
                    return True
        return False


def load_balancing(graph: Graph, spec: Spec) -> LoadBalancing:
    """Return the load balancing view of a graph; call as `graph.memo(load_balancing, spec)`."""
    return LoadBalancing(graph, spec)


def speaking(graph: Graph, *protocols: str) -> tuple[list[Resource], list[tuple[Property, Unknown]]]:
    """Return the listeners of some protocols, and where the protocol of one is not known."""
    found: list[Resource] = []
    doubts: list[tuple[Property, Unknown]] = []
    for listener in graph.of_type(LISTENER):
        try:
            if protocol(listener) in protocols:
                found.append(listener)
        except UnknownValueError as error:
            doubts.append((error.prop or listener.at("Protocol"), error.unknown))
    return found, doubts


def lacking(
    evidence: Evidence, listeners: list[Resource], doubts: list[tuple[Property, Unknown]], view: LoadBalancing
) -> Evidence:
    """Turn "missing" into "unknown" where the listener may be there.

    It may be one of `listeners`, all of which are conditional, one of an unknown protocol, or one of which it cannot be
    told whose it is.
    """
    perhaps = [listener.conditional for listener in listeners if listener.conditional is not None]
    perhaps += [doubt for _, doubt in (*doubts, *view.loose_listeners)]
    if not perhaps:
        return either(view.graph, evidence, LISTENER)
    reason = f"whether {evidence.message} is not known: {perhaps[0].reason}"
    return undecided(perhaps[0], reason, subject=evidence.subject, resource=evidence.resource)


def protocol(listener: Resource) -> str:
    """Return a listener's protocol in capitals; it follows from the port where it is absent. Unknown stops the rule."""
    prop = listener.at("Protocol")
    value = prop.require()
    if isinstance(value, str):
        return value.upper()
    port = listener.at("Port").require()
    if str(port) in ("80", "443"):
        return "HTTPS" if str(port) == "443" else "HTTP"
    from asbuilt.model import UnknownKind

    raise UnknownValueError(Unknown(UnknownKind.UNREAD, f"{listener.address} has no protocol"), prop)
