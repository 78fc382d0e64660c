"""Cloud Map: namespaces with their VPC, services, how many instances are registered.

Which VPC a private namespace answers in is told by Route 53 only: the namespace has a hosted zone, and the zone VPCs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.aws.collectors.ec2 import VPCS
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.scheduler import After
from asbuilt.sources.aws.table import Table, pick

if TYPE_CHECKING:
    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

_SD = "AWS::ServiceDiscovery::"
_TYPES = {
    "DNS_PRIVATE": f"{_SD}PrivateDnsNamespace",
    "DNS_PUBLIC": f"{_SD}PublicDnsNamespace",
    "HTTP": f"{_SD}HttpNamespace",
}
NAMESPACES = Operation("servicediscovery", "ListNamespaces", "Namespaces", tuple(_TYPES.values()), page=100)
SERVICES = Operation("servicediscovery", "ListServices", "Services", (f"{_SD}Service",), (NAMESPACES,), page=100)
INSTANCES = Operation("servicediscovery", "ListInstances", "Instances", (), (SERVICES,), page=100)
ZONES = Operation("route53", "ListHostedZonesByVPC", "HostedZoneSummaries", (), (VPCS,))
OPERATIONS = (NAMESPACES, SERVICES, INSTANCES, ZONES)

NAMESPACE = {
    kind: Table(
        type_,
        "servicediscovery.ListNamespaces",
        "Namespaces[]",
        {"Name": "Name", "Description": "Description"},
    )
    for kind, type_ in _TYPES.items()
}
SERVICE = Table(
    f"{_SD}Service",
    "servicediscovery.ListServices",
    "Services[]",
    {
        "Name": "Name",
        "Description": "Description",
        "Type": "Type",
        "InstanceCount": "InstanceCount",
        "DnsConfig": "DnsConfig",
        "HealthCheckConfig": "HealthCheckConfig",
        "HealthCheckCustomConfig": "HealthCheckCustomConfig",
    },
)


def collect(target: Target) -> Steps:
    """Read namespaces, their services and instances, and the VPCs they answer in."""
    (listed,) = yield [Call(NAMESPACES)]
    bodies = [body for body in listed.items() if body["Type"] in _TYPES]
    zones, parts = yield [_zones(target), _all_services(bodies, target)]
    found = [_namespace(body, zones or {}, target) for body in bodies]
    return list({resource.key: resource for resource in (*found, *(parts or ()))}.values())


def _zones(target: Target) -> Steps:
    """Return the VPC of each hosted zone of the region's VPCs, or why it is not known, by the zone's id."""
    network = yield After("ec2")
    ids = sorted(r.identifiers["id0"] for r in network or () if r.type == "AWS::EC2::VPC")
    replies: list[Reply] = yield [Call(ZONES, {"VPCId": vpc, "VPCRegion": target.region}) for vpc in ids]
    found: dict[str, Any] = {}
    for vpc, reply in zip(ids, replies, strict=True):
        for zone in reply.items():
            found.setdefault(zone["HostedZoneId"].rpartition("/")[2], vpc)
        if reply.unknown is not None:
            found[""] = reply.unknown
    return found


def _namespace(body: dict[str, Any], zones: dict[str, Any], target: Target) -> Resource:
    kind, name = body["Type"], body.get("Name", "")
    more: dict[str, Any] = {}
    fields: dict[Path, str] = {}
    if kind == "DNS_PRIVATE":
        zone = str(pick(body, "Properties.DnsProperties.HostedZoneId") or "").rpartition("/")[2]
        reason = f"the hosted zone of {name} is tied to none of the VPCs that were read"
        vpc = zones.get(zone, zones.get(""))
        more["Vpc"] = Unknown(UnknownKind.UNREAD, reason) if vpc is None else vpc
        fields[("Vpc",)] = "route53.ListHostedZonesByVPC HostedZoneSummaries[]"
    arn = body.get("Arn") or target.arn("servicediscovery", f"namespace/{body['Id']}")
    return target.resource(NAMESPACE[kind], body, arn, name=name, ids=[body["Id"]], more=more, fields=fields)


def _all_services(namespaces: list[dict[str, Any]], target: Target) -> Steps:
    parts = yield [_services(body["Id"], target) for body in namespaces]
    return [resource for part in parts for resource in part or ()]


def _services(namespace: str, target: Target) -> Steps:
    filters = [{"Name": "NAMESPACE_ID", "Values": [namespace], "Condition": "EQ"}]
    (listed,) = yield [Call(SERVICES, {"Filters": filters})]
    bodies = listed.items()
    uncounted = [body for body in bodies if body.get("InstanceCount") is None]
    replies: list[Reply] = yield [Call(INSTANCES, {"ServiceId": body["Id"]}) for body in uncounted]
    counts = {body["Id"]: reply for body, reply in zip(uncounted, replies, strict=True)}
    found = []
    for body in bodies:
        more: dict[str, Any] = {"NamespaceId": namespace}
        fields: dict[Path, str] = {}
        if isinstance(body.get("DnsConfig"), dict):
            more["DnsConfig"] = {"NamespaceId": namespace, **body["DnsConfig"]}
        if body["Id"] in counts:
            instances = counts[body["Id"]]
            registered = {one["Id"] for one in instances.items()}
            more["InstanceCount"] = len(registered) if instances.unknown is None else instances.unknown
            fields[("InstanceCount",)] = "servicediscovery.ListInstances Instances"
        arn = body.get("Arn") or target.arn("servicediscovery", f"service/{body['Id']}")
        name = body.get("Name", "")
        found.append(target.resource(SERVICE, body, arn, name=name, ids=[body["Id"]], more=more, fields=fields))
    return found
