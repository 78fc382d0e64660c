"""Elastic Load Balancing: load balancers, listeners, rules, target groups, the health of targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table
from asbuilt.topology.tls_policies import TLS_POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

_V2 = "AWS::ElasticLoadBalancingV2::"
LOAD_BALANCERS = Operation("elbv2", "DescribeLoadBalancers", "LoadBalancers", (f"{_V2}LoadBalancer",), page=400)
LISTENERS = Operation("elbv2", "DescribeListeners", "Listeners", (f"{_V2}Listener",), (LOAD_BALANCERS,))
RULES = Operation("elbv2", "DescribeRules", "Rules", (f"{_V2}ListenerRule",), (LISTENERS,))
# Asked only of policies that the table of those AWS had lacks.
SSL_POLICIES = Operation("elbv2", "DescribeSSLPolicies", "SslPolicies", (), (LISTENERS,))
TARGET_GROUPS = Operation("elbv2", "DescribeTargetGroups", "TargetGroups", (f"{_V2}TargetGroup",), page=400)
TARGET_HEALTH = Operation("elbv2", "DescribeTargetHealth", "TargetHealthDescriptions", (), (TARGET_GROUPS,))
OPERATIONS = (LOAD_BALANCERS, LISTENERS, RULES, SSL_POLICIES, TARGET_GROUPS, TARGET_HEALTH)

LOAD_BALANCER = Table(
    f"{_V2}LoadBalancer",
    "elbv2.DescribeLoadBalancers",
    "LoadBalancers[]",
    {
        "LoadBalancerName": "Name",
        "Scheme": "Scheme",
        "Type": "Type",
        "IpAddressType": "IpAddressType",
        "SecurityGroups": "SecurityGroups",
        "AvailabilityZones[].SubnetId": "Subnets",
        "State": "State",
        "VpcId": "VpcId",
    },
)
LISTENER = Table(
    f"{_V2}Listener",
    "elbv2.DescribeListeners",
    "Listeners[]",
    {
        "LoadBalancerArn": "LoadBalancerArn",
        "Port": "Port",
        "Protocol": "Protocol",
        "SslPolicy": "SslPolicy",
        "Certificates": "Certificates",
        "AlpnPolicy": "AlpnPolicy",
        "MutualAuthentication": "MutualAuthentication",
        "DefaultActions": "DefaultActions",
    },
)
RULE = Table(
    f"{_V2}ListenerRule",
    "elbv2.DescribeRules",
    "Rules[]",
    {"Priority": "Priority", "Conditions": "Conditions", "Actions": "Actions"},
)
TARGET_GROUP = Table(
    f"{_V2}TargetGroup",
    "elbv2.DescribeTargetGroups",
    "TargetGroups[]",
    {
        "TargetGroupName": "Name",
        "Port": "Port",
        "Protocol": "Protocol",
        "ProtocolVersion": "ProtocolVersion",
        "TargetType": "TargetType",
        "VpcId": "VpcId",
        "IpAddressType": "IpAddressType",
        "HealthCheckEnabled": "HealthCheckEnabled",
        "HealthCheckIntervalSeconds": "HealthCheckIntervalSeconds",
        "HealthCheckPath": "HealthCheckPath",
        "HealthCheckPort": "HealthCheckPort",
        "HealthCheckProtocol": "HealthCheckProtocol",
        "HealthCheckTimeoutSeconds": "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount": "HealthyThresholdCount",
        "UnhealthyThresholdCount": "UnhealthyThresholdCount",
        "Matcher": "Matcher",
    },
)


def collect(target: Target) -> Steps:
    """Read load balancers with what belongs to them, and target groups with the health of their targets."""
    balancers, groups = yield [_balancers(target), _target_groups(target)]
    return [*(balancers or ()), *(groups or ())]


def _balancers(target: Target) -> Steps:
    (reply,) = yield [Call(LOAD_BALANCERS)]
    bodies = [body for body in reply.items() if (body.get("State") or {}).get("Code") != "failed"]
    found = [
        target.resource(
            LOAD_BALANCER,
            body,
            body["LoadBalancerArn"],
            name=body.get("LoadBalancerName", ""),
            ids=[body.get("DNSName")],
        )
        for body in bodies
    ]
    below = yield [_listeners(body["LoadBalancerArn"], target) for body in bodies]
    return [*found, *_unique(resource for part in below for resource in part or ())]


def _listeners(balancer: str, target: Target) -> Steps:
    (reply,) = yield [Call(LISTENERS, {"LoadBalancerArn": balancer})]
    bodies = reply.items()
    new = sorted({body["SslPolicy"] for body in bodies if body.get("SslPolicy")} - set(TLS_POLICIES))
    replies: list[Reply] = yield [
        *(Call(RULES, {"ListenerArn": body["ListenerArn"]}) for body in bodies),
        *(Call(SSL_POLICIES, {"Names": [name]}) for name in new),
    ]
    protocols = {name: _protocols(name, told) for name, told in zip(new, replies[len(bodies) :], strict=True)}
    found = [_listener(body, protocols, target) for body in bodies]
    for body, rules in zip(bodies, replies, strict=False):
        for rule in rules.items():
            if not rule.get("IsDefault") and rule.get("Priority") != "default":  # that one is the listener's own action
                told = rule | {"Actions": _actions(rule, "Actions")}
                more = {"ListenerArn": body["ListenerArn"]}
                found.append(target.resource(RULE, told, rule["RuleArn"], more=more))
    return found


def _listener(body: dict[str, Any], protocols: dict[str, Any], target: Target) -> Resource:
    told = protocols.get(body.get("SslPolicy", ""))
    more = {} if told is None else {"SslProtocols": told}
    fields: dict[Path, str] = {("SslProtocols",): "elbv2.DescribeSSLPolicies SslPolicies[].SslProtocols"}
    actions = {"DefaultActions": _actions(body, "DefaultActions")}
    return target.resource(LISTENER, body | actions, body["ListenerArn"], more=more, fields=fields)


def _protocols(name: str, reply: Reply) -> Any:
    """Return the protocols of the policy that was asked for, or why they are not known; None where none is told."""
    if reply.unknown is not None:
        return reply.unknown
    return next((policy["SslProtocols"] for policy in reply.items() if policy["Name"] == name), None)


def _actions(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return actions as somebody would write them: a single target group is told twice in a response."""
    found = []
    for action in body.get(key) or ():
        groups = [
            group.get("TargetGroupArn") for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
        ]
        once = action.get("TargetGroupArn") is not None and groups == [action["TargetGroupArn"]]
        found.append({name: value for name, value in action.items() if not (once and name == "ForwardConfig")})
    return found


def _target_groups(target: Target) -> Steps:
    (reply,) = yield [Call(TARGET_GROUPS)]
    bodies = reply.items()
    replies: list[Reply] = yield [Call(TARGET_HEALTH, {"TargetGroupArn": body["TargetGroupArn"]}) for body in bodies]
    found = []
    for body, health in zip(bodies, replies, strict=True):
        told = [
            {
                "Id": one["Target"]["Id"],
                "Port": one["Target"].get("Port"),
                "State": one["TargetHealth"]["State"],
                "Reason": one["TargetHealth"].get("Reason"),
            }
            for one in health.items()
        ]
        more = {"TargetHealth": told if health.unknown is None else health.unknown}
        fields: dict[Path, str] = {("TargetHealth",): "elbv2.DescribeTargetHealth TargetHealthDescriptions"}
        arn, name = body["TargetGroupArn"], body.get("TargetGroupName", "")
        found.append(target.resource(TARGET_GROUP, body, arn, name=name, more=more, fields=fields))
    return _unique(found)


def _unique(resources: Iterable[Resource]) -> list[Resource]:
    return list({resource.key: resource for resource in resources}.values())
