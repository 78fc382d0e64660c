"""Which properties of which types are compared: those that rules read, with AWS's defaults.

Defaults are those of CloudFormation's template reference and of the services' API references (read 2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asbuilt.drift import readers
from asbuilt.drift.values import plain, reference, references, sized, words
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.drift.values import Reader

_CPU = {"vcpu": 1024.0}
_MEMORY = {"gb": 1024.0}


@dataclass(frozen=True, slots=True)
class Compared:
    """One property: where it stands, how it is read, and the rules that hold it to the spec."""

    path: str
    read: Reader
    rules: tuple[str, ...] = ()


def _plain(path: str, *rules: str, default: object = None) -> Compared:
    return Compared(path, plain(path, default), rules)


def _points(path: str, *rules: str, to: tuple[str, ...] = ()) -> Compared:
    return Compared(path, reference(path, *to), rules)


def _sets(path: str, *rules: str) -> Compared:
    return Compared(path, references(path), rules)


_VPC = "NetworkConfiguration.AwsvpcConfiguration"
_BREAKER = "DeploymentConfiguration.DeploymentCircuitBreaker"
_TRACKING = "TargetTrackingScalingPolicyConfiguration"
_SUSPENDED = "SuspendedState"
_ALARMS = ("cpu-alarm", "memory-alarm", "response-time-alarm", "load-balancer-errors-alarm")
_INGRESS = (
    "load-balancer-ingress",
    "task-ingress",
    "database-ingress",
    "cache-ingress",
    "endpoint-ingress",
    "discovery-ingress",
    "least-privilege-ingress",
)

TYPES: Final[dict[str, tuple[Compared, ...]]] = {
    "AWS::ECS::Cluster": (
        Compared("ClusterSettings", readers.settings, ("container-insights",)),
        Compared("CapacityProviders", readers.providers, ("cluster-capacity-providers",)),
    ),
    "AWS::ECS::Service": (
        _points("Cluster", to=("AWS::ECS::Cluster",)),
        Compared("CapacityProviderStrategy", readers.capacity, ("spot-share", "on-demand-only", "fargate-only")),
        _plain(f"{_VPC}.AssignPublicIp", "tasks-without-public-ip", default="DISABLED"),
        _sets(f"{_VPC}.Subnets", "tasks-in-private-subnets"),
        _sets(f"{_VPC}.SecurityGroups", "task-ingress"),
        _plain(f"{_BREAKER}.Enable", "deployment-circuit-breaker", default=False),
        _plain(f"{_BREAKER}.Rollback", "deployment-rollback", default=False),
        _plain("DeploymentConfiguration.MinimumHealthyPercent", "minimum-healthy-percent", default=100),
        _plain("DeploymentConfiguration.MaximumPercent", "maximum-percent", default=200),
        _plain("DeploymentController.Type", "deployment-circuit-breaker", default="ECS"),
        _plain("HealthCheckGracePeriodSeconds", "health-check-grace-period", default=0),
        _plain("EnableExecuteCommand", "ecs-exec", default=False),
        Compared("LoadBalancers", readers.load_balancers, ("service-port",)),
        Compared("ServiceRegistries", readers.registries, ("service-registered",)),
    ),
    "AWS::ECS::TaskDefinition": (
        Compared("Cpu", sized("Cpu", _CPU), ("task-cpu",)),
        Compared("Memory", sized("Memory", _MEMORY), ("task-memory",)),
        Compared("RequiresCompatibilities", words("RequiresCompatibilities"), ("fargate-only",)),
        _points("ExecutionRoleArn", "execution-role-permissions"),
        _points("TaskRoleArn", "task-role-permissions", "separate-task-roles"),
        Compared("ContainerDefinitions", readers.ports, ("service-port", "xray-traces")),
        Compared("ContainerDefinitions", readers.variables, ("plain-text-secrets",)),
        Compared("ContainerDefinitions", readers.secrets, ("secrets-from-secrets-manager",)),
        Compared("ContainerDefinitions", readers.logs, ("containers-log-to-log-group",)),
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        _plain("MinCapacity", "task-count"),
        _plain("MaxCapacity", "task-count"),
        *(
            _plain(f"{_SUSPENDED}.{name}", "service-scales", default=False)
            for name in ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
        ),
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        _plain(f"{_TRACKING}.TargetValue", "scaling-on-cpu", "scaling-on-memory", "scaling-on-requests"),
        _plain(f"{_TRACKING}.PredefinedMetricSpecification.PredefinedMetricType"),
        # Application Auto Scaling User Guide, "Target tracking scaling policies": 300 s for ECS services
        _plain(f"{_TRACKING}.ScaleInCooldown", "scale-in-cooldown", default=300),
        _plain(f"{_TRACKING}.ScaleOutCooldown", "scale-out-cooldown", default=300),
        _plain(f"{_TRACKING}.DisableScaleIn", "scaling-on-cpu", "scaling-on-memory", default=False),
    ),
    "AWS::CloudWatch::Alarm": (
        _plain("Namespace", *_ALARMS),
        _plain("MetricName", *_ALARMS),
        Compared("Dimensions", readers.dimensions, _ALARMS),
        _plain("Threshold", *_ALARMS),
        _plain("ComparisonOperator", *_ALARMS),
        _plain("Statistic", *_ALARMS),
        _plain("ExtendedStatistic", *_ALARMS),
        _plain("Period", *_ALARMS),
        _plain("EvaluationPeriods", *_ALARMS),
        _plain("ActionsEnabled", *_ALARMS, default=True),
        _sets("AlarmActions", *_ALARMS),
    ),
    "AWS::Logs::LogGroup": (
        _plain("RetentionInDays", "log-group-retention"),
        _points("KmsKeyId", "log-group-encryption"),
    ),
    "AWS::EC2::VPC": (_plain("CidrBlock", "vpc-cidr"),),
    "AWS::EC2::Subnet": (
        _plain("CidrBlock", "subnet-layout"),
        _plain("AvailabilityZone", "subnet-availability-zone"),
        _points("VpcId"),
    ),
    "AWS::EC2::InternetGateway": (),
    "AWS::EC2::VPCGatewayAttachment": (_points("InternetGatewayId"), _points("VpcId")),
    "AWS::EC2::NatGateway": (
        _plain("ConnectivityType", "nat-gateways-in-public-subnets", default="public"),
        _points("SubnetId", "nat-gateways-in-public-subnets"),
    ),
    "AWS::EC2::RouteTable": (_points("VpcId"),),
    "AWS::EC2::Route": (Compared("GatewayId", readers.route_target, ("default-route", "subnet-routing")),),
    "AWS::EC2::SubnetRouteTableAssociation": (_points("RouteTableId", "subnet-routing"),),
    "AWS::EC2::SecurityGroup": (Compared("SecurityGroupIngress", readers.ingress, _INGRESS),),
    "AWS::EC2::VPCEndpoint": (
        _points("VpcId", "vpc-endpoints"),
        _plain("VpcEndpointType", "vpc-endpoints", default="Gateway"),
        Compared("PrivateDnsEnabled", readers.private_dns, ("vpc-endpoints",)),
        _sets("SubnetIds", "vpc-endpoints"),
        _sets("SecurityGroupIds", "endpoint-ingress"),
        _sets("RouteTableIds", "vpc-endpoints"),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        _plain("Scheme", "load-balancer-scheme", default="internet-facing"),
        _plain("Type", "load-balancer-type", default="application"),
        Compared("Subnets", readers.load_balancer_subnets, ("load-balancer-in-public-subnets",)),
        _sets("SecurityGroups", "load-balancer-ingress"),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        _plain("Port", "service-port"),
        _plain("TargetType", default="instance"),
        _plain("HealthCheckPath", "health-check-path", default="/"),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (
        _plain("Port"),
        _plain("Protocol"),
        Compared("SslPolicy", readers.tls_policy, ("listener-tls-policy", "listener-tls-version")),
        Compared("DefaultActions", readers.default_actions, ("http-redirects-to-https", "listener-rules")),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        _plain("Priority", "listener-rules"),
        Compared("Conditions", readers.conditions, ("listener-rules", "host-routing")),
        Compared("Actions", readers.actions, ("listener-rules",)),
    ),
    "AWS::RDS::DBInstance": (
        _plain("Engine", "database-engine"),
        _plain("MultiAZ", "database-multi-az", default=False),
        _plain("StorageEncrypted", "database-encryption", default=False),
        _plain("PubliclyAccessible", "database-not-public"),
        _points("DBSubnetGroupName", "databases-in-database-subnets", to=("AWS::RDS::DBSubnetGroup",)),
        _sets("VPCSecurityGroups", "database-ingress"),
    ),
    "AWS::RDS::DBSubnetGroup": (_sets("SubnetIds", "databases-in-database-subnets"),),
    "AWS::ElastiCache::ReplicationGroup": (
        _plain("Engine", "cache-engine", default="redis"),
        _plain("AtRestEncryptionEnabled", "cache-encryption"),
        _plain("NumNodeGroups", "cache-cluster-mode"),
        _points("CacheSubnetGroupName", "databases-in-database-subnets", to=("AWS::ElastiCache::SubnetGroup",)),
        _sets("SecurityGroupIds", "cache-ingress"),
    ),
    "AWS::ElastiCache::SubnetGroup": (_sets("SubnetIds", "databases-in-database-subnets"),),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": (
        _plain("Name", "discovery-namespace"),
        _points("Vpc", "discovery-namespace"),
    ),
    "AWS::ServiceDiscovery::Service": (_plain("Name", "service-registered"),),
    "AWS::CloudFront::Distribution": (
        _plain("DistributionConfig.Enabled", "cdn-origin"),
        Compared("DistributionConfig.Origins", readers.origins, ("cdn-origin",)),
    ),
    "AWS::IAM::Role": (_sets("ManagedPolicyArns"),),
    "AWS::IAM::ManagedPolicy": (),
    "AWS::KMS::Key": (_plain("Enabled", "log-group-encryption", default=True),),
    "AWS::SecretsManager::Secret": (),
    "AWS::SSM::Parameter": (),
}

# Of these an account tells only those in use: one that it does not tell may be there.
SEEN_IN_USE_ONLY: Final = frozenset({"AWS::ECS::TaskDefinition", "AWS::KMS::Key", "AWS::IAM::ManagedPolicy"})
# Resources of code that are a part of another resource in an account, and compared with it.
FOLDED: Final = frozenset(
    {
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::ECS::ClusterCapacityProviderAssociations",
    }
)
# Read by rules on both sides, and not compared: why.
JUDGED_ONLY: Final = {
    "policy documents": "what they allow is judged by the rules; the same can be written in many ways",
    "values of environment variables": "they may be secrets; their names are compared",
}


__all__ = ["FOLDED", "JUDGED_ONLY", "SEEN_IN_USE_ONLY", "TYPES", "Compared"]
