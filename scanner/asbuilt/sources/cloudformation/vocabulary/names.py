"""Which properties are a resource's name, and what `Ref` and `Fn::GetAtt` read where it is set.

Source: AWS CloudFormation Template Reference, the "Return values" of each type; read 2026-11.
"""

from __future__ import annotations

from typing import Final

# The property that holds the physical name, and whether `Ref` reads it.
NAMES: Final[dict[str, tuple[str, bool]]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("PolicyName", False),
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupName", True),
    "AWS::CloudWatch::Alarm": ("AlarmName", True),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName", True),
    "AWS::CloudWatch::Dashboard": ("DashboardName", True),
    "AWS::DynamoDB::Table": ("TableName", True),
    "AWS::EC2::SecurityGroup": ("GroupName", False),
    "AWS::ECR::Repository": ("RepositoryName", True),
    "AWS::ECS::CapacityProvider": ("Name", True),
    "AWS::ECS::Cluster": ("ClusterName", True),
    "AWS::ECS::Service": ("ServiceName", False),
    "AWS::ECS::TaskDefinition": ("Family", False),
    "AWS::ElastiCache::CacheCluster": ("ClusterName", True),
    "AWS::ElastiCache::ParameterGroup": ("CacheParameterGroupName", True),
    "AWS::ElastiCache::ReplicationGroup": ("ReplicationGroupId", True),
    "AWS::ElastiCache::ServerlessCache": ("ServerlessCacheName", True),
    "AWS::ElastiCache::SubnetGroup": ("CacheSubnetGroupName", True),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name", False),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name", False),
    "AWS::Events::Rule": ("Name", False),
    "AWS::IAM::Group": ("GroupName", True),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", True),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", False),
    "AWS::IAM::Policy": ("PolicyName", False),
    "AWS::IAM::Role": ("RoleName", True),
    "AWS::IAM::User": ("UserName", True),
    "AWS::KMS::Alias": ("AliasName", True),
    "AWS::Lambda::Function": ("FunctionName", True),
    "AWS::Logs::LogGroup": ("LogGroupName", True),
    "AWS::Logs::LogStream": ("LogStreamName", True),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", True),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName", True),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier", True),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", True),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName", True),
    "AWS::Route53::RecordSet": ("Name", True),
    "AWS::S3::Bucket": ("BucketName", True),
    "AWS::SNS::Topic": ("TopicName", False),
    "AWS::SQS::Queue": ("QueueName", False),
    "AWS::SSM::Parameter": ("Name", True),
    "AWS::SecretsManager::Secret": ("Name", False),
    "AWS::ServiceDiscovery::HttpNamespace": ("Name", False),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("Name", False),
    "AWS::ServiceDiscovery::PublicDnsNamespace": ("Name", False),
    "AWS::ServiceDiscovery::Service": ("Name", False),
}
# Attributes that read a property of another name.
_ATTRIBUTES: Final = {
    ("AWS::ECS::Service", "Name"): "ServiceName",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerName"): "Name",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupName"): "Name",
    ("AWS::SNS::Topic", "TopicName"): "TopicName",
}
# Types whose attributes are whatever their code answers.
_CUSTOM: Final = ("Custom::", "AWS::CloudFormation::")


def name_property(type_: str) -> str:
    """Return the property that holds the physical name of a type, "" where it has none."""
    return NAMES.get(type_, ("", False))[0]


def ref_property(type_: str) -> str:
    """Return the property that `Ref` reads, "" where it reads an id."""
    name, refers = NAMES.get(type_, ("", False))
    return name if refers else ""


def attribute_property(type_: str, attribute: str) -> str:
    """Return the property that an attribute reads, if it is set; "" for the attributes of custom resources."""
    if type_.startswith(_CUSTOM):
        return ""
    return _ATTRIBUTES.get((type_, attribute), attribute)
