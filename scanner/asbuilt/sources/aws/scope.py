"""Tell the platform from whatever else an account holds: other clusters, other VPCs, other teams' secrets.

Code that is scanned is the platform's; an account is not. What belongs is told from the services outwards: the
clusters that run services of the architecture (or bear its name), the VPCs these services are in, and what is in those
VPCs or is named by those services. Where nothing tells, everything belongs: a doubt must not hide a finding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Diagnostic, Unknown
from asbuilt.records import dataclass
from asbuilt.topology.attachments import MEMBERS
from asbuilt.topology.tasks import INTERFACE, TASK
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Gap, Resource
    from asbuilt.sources.aws.words import Words


@dataclass(slots=True)
class Scope:
    """What of a region's resources is the platform's."""

    words: Words
    resources: tuple[Resource, ...]
    other_clusters: frozenset[str]

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of some types."""
        return [resource for resource in self.resources if resource.type in types]

    def vpcs(self) -> set[str]:
        """Return the ids of the platform's VPCs."""
        every = {vpc.identifiers["id0"]: vpc for vpc in self.of_type("AWS::EC2::VPC")}
        home = {subnet.identifiers["id0"]: subnet.get("VpcId") for subnet in self.of_type("AWS::EC2::Subnet")}
        used: set[Any] = {
            home.get(item.value)
            for service in self.of_type("AWS::ECS::Service")
            for item in service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets").items()
        }
        wanted = cidr(self.words.vpc_cidr)
        choices = (
            {vpc for vpc in every if vpc in used},
            {key for key, vpc in every.items() if wanted is not None and cidr(vpc.get("CidrBlock")) == wanted},
            {key for key, vpc in every.items() if self.words.is_named(_tag(vpc))},
            {key for key, vpc in every.items() if vpc.get("IsDefault") is not True},
        )
        # default VPCs with nothing of the platform in them are none of its VPCs
        return next((choice for choice in choices if choice), {"none"} if every else set())


def _tag(resource: Resource) -> str:
    return next((str(t.get("Value")) for t in resource.get("Tags") or () if t.get("Key") == "Name"), "")


# Where a resource says that it is in a VPC.
_IN_VPC = frozenset(
    {
        "AWS::EC2::Subnet",
        "AWS::EC2::RouteTable",
        "AWS::EC2::NatGateway",
        "AWS::EC2::NetworkInterface",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::VPCEndpoint",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::RDS::DBSubnetGroup",
        "AWS::ElastiCache::SubnetGroup",
    }
)
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
# Of which all are looked at where none is in the platform's VPC: it may stand in the wrong one.
_SOUGHT = (
    (_BALANCER,),
    ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"),
    ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ServerlessCache"),
)
_SUBNET_GROUPS = ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")
_LISTENER, _GROUP = "AWS::ElasticLoadBalancingV2::Listener", "AWS::EC2::SecurityGroup"
# Belongs where what it names belongs, in an order in which that is known: type -> property, and the type that it names.
_FOLLOWS = {
    "AWS::EC2::Route": ("RouteTableId", "AWS::EC2::RouteTable"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "AWS::EC2::RouteTable"),
    "AWS::RDS::DBInstance": ("DBSubnetGroupName", "AWS::RDS::DBSubnetGroup"),
    "AWS::RDS::DBCluster": ("DBSubnetGroupName", "AWS::RDS::DBSubnetGroup"),
    "AWS::ElastiCache::ReplicationGroup": ("CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),
    "AWS::ElastiCache::CacheCluster": ("CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),
    "AWS::ElastiCache::ServerlessCache": ("SubnetIds", "AWS::EC2::Subnet"),
    "AWS::ServiceDiscovery::Service": ("NamespaceId", "AWS::ServiceDiscovery::PrivateDnsNamespace"),
    _LISTENER: ("LoadBalancerArn", _BALANCER),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("ListenerArn", _LISTENER),
}


class _Sieve:
    """Keeps what belongs."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.words = scope.words
        self.vpcs = scope.vpcs()
        self.named = set(named_by(scope.resources))
        self.interfaces = {one for task in scope.of_type(TASK) for one in task.get("NetworkInterfaceIds") or ()}
        self.out: dict[str, Resource] = {}
        self._outside: set[tuple[str, str]] = set()  # types with ids, names and ARNs of what does not belong

    def run(self) -> list[Resource]:
        """Return what belongs, in the order given."""
        for resource in self.scope.resources:
            if not self._belongs(resource):
                self._drop(resource)
        for type_ in _FOLLOWS:
            if type_ == _LISTENER:
                self._keep(list(self._sought()))
            for resource in self.scope.of_type(type_):
                if self._follows_out(resource):
                    self._drop(resource)
        return [resource for resource in self.scope.resources if resource.key not in self.out]

    def _drop(self, resource: Resource) -> None:
        self.out[resource.key] = resource
        self._outside.update((resource.type, str(value)) for value in resource.identifiers.values())

    def _sought(self) -> Iterator[Resource]:
        """Yield what stands in another VPC and is looked at all the same."""
        for types in _SOUGHT:
            found = self.scope.of_type(*types)
            out = [resource for resource in found if resource.key in self.out]
            yield from (one for one in out if len(out) == len(found) or (one.type != _BALANCER and self._is_ours(one)))

    def _is_ours(self, store: Resource) -> bool:
        """Whether the name of a database or cache, or that of the cluster it is of, is the platform's."""
        cluster = store.get("DBClusterIdentifier")
        return self.words.is_ours(cluster if isinstance(cluster, str) else store.name)

    def _keep(self, resources: list[Resource]) -> None:
        """Take back what was dropped, with the subnet groups and security groups that it names."""
        wanted = {(resource.type, resource.key) for resource in resources}
        for resource in resources:
            paths = [(of[resource.type], _GROUP) for of in MEMBERS.values() if resource.type in of]
            paths += [_FOLLOWS[resource.type]] if _FOLLOWS.get(resource.type, ("", ""))[1] in _SUBNET_GROUPS else []
            wanted.update((type_, str(item.value)) for path, type_ in paths for item in resource.at(path).items())
        for key, resource in list(self.out.items()):
            if any((resource.type, str(name)) in wanted for name in resource.identifiers.values()):
                del self.out[key]
        self._outside = {(one.type, str(name)) for one in self.out.values() for name in one.identifiers.values()}

    def _follows_out(self, resource: Resource) -> bool:
        if resource.type not in _FOLLOWS:
            return False
        name, owner = _FOLLOWS[resource.type]
        values = [item.value for item in resource.at(name).items()]
        return any(isinstance(value, str) and (owner, value) in self._outside for value in values)

    def _belongs(self, resource: Resource) -> bool:
        kind = resource.type
        if kind in _IN_VPC:
            vpc = resource.get("VpcId")
            return not isinstance(vpc, str) or not self.vpcs or vpc in self.vpcs or self._is_of_task(resource)
        judge = _JUDGES.get(kind)
        return judge is None or bool(judge(self, resource))

    def _is_of_task(self, resource: Resource) -> bool:
        """Whether it is the interface of a task: tasks of the platform may run in any VPC."""
        return resource.type == INTERFACE and resource.identifiers["id0"] in self.interfaces

    def vpc(self, vpc: Resource) -> bool:
        """A VPC."""
        return not self.vpcs or vpc.identifiers["id0"] in self.vpcs

    def gateway(self, gateway: Resource) -> bool:
        """An internet gateway belongs with the VPC that it is attached to."""
        attachments = self.scope.of_type("AWS::EC2::VPCGatewayAttachment")
        mine = [a for a in attachments if a.get("InternetGatewayId") == gateway.identifiers["id0"]]
        return any(a.get("VpcId") in self.vpcs for a in mine) if self.vpcs else True

    def log_group(self, group: Resource) -> bool:
        """A log group belongs by its name, or because containers write to it."""
        return self.words.is_log_group(group.get("LogGroupName")) or group.name in self.named

    def role(self, role: Resource) -> bool:
        """A role belongs because tasks have it."""
        return role.address in self.named or role.name in self.named

    def policy(self, policy: Resource) -> bool:
        """A policy belongs because it is attached to a role that does."""
        roles = [role for role in self.scope.of_type("AWS::IAM::Role") if self.role(role)]
        paths = ("ManagedPolicyArns", "PermissionsBoundary")
        return any(item.value == policy.address for role in roles for path in paths for item in role.at(path).items())

    def secret(self, secret: Resource) -> bool:
        """A secret or parameter belongs by its name, or because containers are given it."""
        named = self.words.is_named(secret.name)
        return named or any(secret.name in text or secret.address in text for text in self.named)

    def of_cluster(self, resource: Resource) -> bool:
        """A scalable target or policy belongs unless it is of a service in another cluster."""
        parts = str(resource.get("ResourceId")).split("/")
        return len(parts) < 3 or not self._elsewhere(parts[1])

    def alarm(self, alarm: Resource) -> bool:
        """An alarm belongs unless what it watches is in another cluster."""
        return not any(
            item.at("Name").value == "ClusterName" and self._elsewhere(str(item.at("Value").value))
            for item in _dimensions(alarm)
        )

    def _elsewhere(self, cluster: str) -> bool:
        return cluster in self.scope.other_clusters or self.words.is_foreign(cluster)

    def namespace(self, space: Resource) -> bool:
        """A namespace belongs by its name, by its VPC, or because services are registered in it."""
        if space.name == self.words.namespace:
            return True
        used = {s.get("NamespaceId") for s in self._registries() if s.address in self.named}
        if space.identifiers["id0"] in used:
            return True
        vpc = space.get("Vpc")
        if isinstance(vpc, Unknown) or vpc is ABSENT:
            return self.words.is_named(space.name)
        return vpc in self.vpcs and not self.words.is_foreign(space.name)

    def _registries(self) -> list[Resource]:
        return self.scope.of_type("AWS::ServiceDiscovery::Service")

    def distribution(self, distribution: Resource) -> bool:
        """A distribution belongs unless all its origins are known to be something else than a load balancer."""
        origins = [str(o.at("DomainName").value) for o in distribution.at("DistributionConfig.Origins").items()]
        words = " ".join([*origins, *map(str, distribution.get("DistributionConfig.Aliases") or ())])
        return self.words.is_named(words) or any(".s3" not in origin for origin in origins)


_JUDGES = {
    "AWS::EC2::VPC": _Sieve.vpc,
    "AWS::EC2::InternetGateway": _Sieve.gateway,
    "AWS::Logs::LogGroup": _Sieve.log_group,
    "AWS::IAM::Role": _Sieve.role,
    "AWS::IAM::ManagedPolicy": _Sieve.policy,
    "AWS::SecretsManager::Secret": _Sieve.secret,
    "AWS::SSM::Parameter": _Sieve.secret,
    "AWS::ApplicationAutoScaling::ScalableTarget": _Sieve.of_cluster,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _Sieve.of_cluster,
    "AWS::CloudWatch::Alarm": _Sieve.alarm,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _Sieve.namespace,
    "AWS::ServiceDiscovery::PublicDnsNamespace": _Sieve.namespace,
    "AWS::ServiceDiscovery::HttpNamespace": _Sieve.namespace,
    "AWS::CloudFront::Distribution": _Sieve.distribution,
}


def named_by(resources: Iterable[Resource]) -> Iterator[str]:
    """Yield what task definitions and services name: roles, log groups, secrets, registries."""
    for resource in resources:
        if resource.type == "AWS::ECS::Service":
            for entry in resource.at("ServiceRegistries").items():
                yield str(entry.at("RegistryArn").value)
        if resource.type != "AWS::ECS::TaskDefinition":
            continue
        for path in ("ExecutionRoleArn", "TaskRoleArn"):
            if isinstance(resource.get(path), str):
                yield resource.get(path)
                yield resource.get(path).rpartition("/")[2]
        for container in resource.at("ContainerDefinitions").items():
            options = container.at("LogConfiguration.Options")
            for name in ("awslogs-group", "log_group_name"):
                yield str(options.child(name).value)
            for secret in container.at("Secrets").items():
                yield str(secret.at("ValueFrom").value)


def _dimensions(alarm: Resource) -> Iterator[Any]:
    yield from alarm.at("Dimensions").items()
    for query in alarm.at("Metrics").items():
        yield from query.at("MetricStat.Metric.Dimensions").items()


# What scope is told from: with any of these unread, what was left out may belong after all.
TELLING = frozenset(
    {
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::ECS::Cluster",
        "AWS::ECS::Service",
        "AWS::ECS::TaskDefinition",
        "AWS::ServiceDiscovery::Service",
    }
)


# Of what is left out, these are named: what they are, somebody has to be able to say.
_NAMED = frozenset({"AWS::EC2::VPC", "AWS::CloudFront::Distribution", *(type_ for types in _SOUGHT for type_ in types)})


def _names(type_: str, out: dict[str, Resource]) -> str:
    if type_ not in _NAMED:
        return ""
    names = sorted(one.name or one.key.rpartition("/")[2] for one in out.values() if one.type == type_)
    return f" ({', '.join(names[:10])}{' …' if len(names) > 10 else ''})"


def sift(scope: Scope, gaps: Iterable[Gap] = ()) -> tuple[list[Resource], list[Gap], list[Diagnostic]]:
    """Return what is the platform's, the gaps with what they leave in doubt, a remark on what was left out."""
    sieve = _Sieve(scope)
    kept = sieve.run()
    counts = Counter(resource.type for resource in sieve.out.values())
    doubted = [replace(gap, types=gap.types | set(counts)) if gap.types & TELLING else gap for gap in gaps]
    if not counts:
        return kept, doubted, []
    told = ", ".join(f"{count} {type_}{_names(type_, sieve.out)}" for type_, count in sorted(counts.items()))
    message = f"left out, since nothing ties it to the platform: {told}"
    return kept, doubted, [Diagnostic("info", "out-of-scope", message)]
