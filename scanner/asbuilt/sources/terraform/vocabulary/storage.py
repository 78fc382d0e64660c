"""S3, SQS, SNS, ECR, EFS."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, choice, flag, json, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import tags, wrapped
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_ENCRYPTION_RULE: dict[str, Rule | str] = {
    "apply_server_side_encryption_by_default": one(
        "ServerSideEncryptionByDefault", {"kms_master_key_id": "KMSMasterKeyID", "sse_algorithm": "SSEAlgorithm"}
    ),
    "bucket_key_enabled": flag("BucketKeyEnabled"),
}
_ENCRYPTION = many("BucketEncryption.ServerSideEncryptionConfiguration", _ENCRYPTION_RULE)

_BUCKET: dict[str, Rule | str] = {
    "bucket": "BucketName",
    "bucket_prefix": prefix("BucketName"),
    "acl": "AccessControl",  # provider 3 and older, as are the blocks below
    "object_lock_enabled": flag("ObjectLockEnabled"),
    "server_side_encryption_configuration": one("", {"rule": _ENCRYPTION}),
    "versioning": one("", {"enabled": choice("VersioningConfiguration.Status", {True: "Enabled", False: "Suspended"})}),
    "logging": one(
        "LoggingConfiguration", {"target_bucket": "DestinationBucketName", "target_prefix": "LogFilePrefix"}
    ),
    "tags": tags("Tags"),
}


def _of_bucket(table: dict[str, Rule | str]) -> Table:
    return Table("", table, adds_to="bucket", adds_to_types=("aws_s3_bucket",))


_REPOSITORY = Table(
    "AWS::ECR::Repository",
    {
        "name": "RepositoryName",
        "encryption_configuration": one(
            "EncryptionConfiguration", {"encryption_type": "EncryptionType", "kms_key": "KmsKey"}
        ),
        "force_delete": flag("EmptyOnDelete"),
        "image_scanning_configuration": one("ImageScanningConfiguration", {"scan_on_push": flag("ScanOnPush")}),
        "image_tag_mutability": "ImageTagMutability",
        "image_tag_mutability_exclusion_filter": many(
            "ImageTagMutabilityExclusionFilters",
            {
                "filter": "ImageTagMutabilityExclusionFilterValue",
                "filter_type": "ImageTagMutabilityExclusionFilterType",
            },
        ),
        "tags": tags("Tags"),
    },
    name="RepositoryName",
)

_QUEUE = Table(
    "AWS::SQS::Queue",
    {
        "name": "QueueName",
        "name_prefix": prefix("QueueName"),
        "content_based_deduplication": flag("ContentBasedDeduplication"),
        "deduplication_scope": "DeduplicationScope",
        "delay_seconds": number("DelaySeconds"),
        "fifo_queue": flag("FifoQueue"),
        "fifo_throughput_limit": "FifoThroughputLimit",
        "kms_data_key_reuse_period_seconds": number("KmsDataKeyReusePeriodSeconds"),
        "kms_master_key_id": "KmsMasterKeyId",
        "max_message_size": number("MaximumMessageSize"),
        "message_retention_seconds": number("MessageRetentionPeriod"),
        "receive_wait_time_seconds": number("ReceiveMessageWaitTimeSeconds"),
        "redrive_allow_policy": json("RedriveAllowPolicy"),
        "redrive_policy": json("RedrivePolicy"),
        "sqs_managed_sse_enabled": flag("SqsManagedSseEnabled"),
        "visibility_timeout_seconds": number("VisibilityTimeout"),
        "tags": tags("Tags"),
    },
    name="QueueName",
)

_TOPIC = Table(
    "AWS::SNS::Topic",
    {
        "name": "TopicName",
        "name_prefix": prefix("TopicName"),
        "archive_policy": json("ArchivePolicy"),
        "content_based_deduplication": flag("ContentBasedDeduplication"),
        "display_name": "DisplayName",
        "fifo_throughput_scope": "FifoThroughputScope",
        "fifo_topic": flag("FifoTopic"),
        "kms_master_key_id": "KmsMasterKeyId",
        "signature_version": "SignatureVersion",
        "tracing_config": "TracingConfig",
        "tags": tags("Tags"),
    },
    name="TopicName",
)

TABLES = {
    "aws_s3_bucket": Table("AWS::S3::Bucket", _BUCKET, name="BucketName"),
    "aws_s3_bucket_server_side_encryption_configuration": _of_bucket({"rule": _ENCRYPTION}),
    "aws_s3_bucket_versioning": _of_bucket(
        {"versioning_configuration": one("VersioningConfiguration", {"status": "Status"})}
    ),
    "aws_s3_bucket_public_access_block": _of_bucket(
        {
            "block_public_acls": flag("PublicAccessBlockConfiguration.BlockPublicAcls"),
            "block_public_policy": flag("PublicAccessBlockConfiguration.BlockPublicPolicy"),
            "ignore_public_acls": flag("PublicAccessBlockConfiguration.IgnorePublicAcls"),
            "restrict_public_buckets": flag("PublicAccessBlockConfiguration.RestrictPublicBuckets"),
        }
    ),
    "aws_s3_bucket_logging": _of_bucket(
        {
            "target_bucket": "LoggingConfiguration.DestinationBucketName",
            "target_prefix": "LoggingConfiguration.LogFilePrefix",
        }
    ),
    "aws_s3_bucket_ownership_controls": _of_bucket(
        {"rule": many("OwnershipControls.Rules", {"object_ownership": "ObjectOwnership"})}
    ),
    "aws_s3_bucket_acl": _of_bucket({"acl": "AccessControl"}),
    "aws_s3_bucket_policy": Table("AWS::S3::BucketPolicy", {"bucket": "Bucket", "policy": json("PolicyDocument")}),
    "aws_sqs_queue": _QUEUE,
    "aws_sqs_queue_policy": Table(
        "AWS::SQS::QueuePolicy", {"policy": json("PolicyDocument"), "queue_url": wrapped("Queues")}
    ),
    "aws_sns_topic": _TOPIC,
    "aws_sns_topic_policy": Table(
        "AWS::SNS::TopicPolicy", {"arn": wrapped("Topics"), "policy": json("PolicyDocument")}
    ),
    "aws_sns_topic_subscription": Table(
        "AWS::SNS::Subscription",
        {
            "endpoint": "Endpoint",
            "protocol": "Protocol",
            "topic_arn": "TopicArn",
            "delivery_policy": json("DeliveryPolicy"),
            "filter_policy": json("FilterPolicy"),
            "filter_policy_scope": "FilterPolicyScope",
            "raw_message_delivery": flag("RawMessageDelivery"),
            "redrive_policy": json("RedrivePolicy"),
            "subscription_role_arn": "SubscriptionRoleArn",
        },
    ),
    "aws_ecr_repository": _REPOSITORY,
    "aws_ecr_lifecycle_policy": Table(
        "",
        {"policy": "LifecyclePolicy.LifecyclePolicyText"},
        adds_to="repository",
        adds_to_types=("aws_ecr_repository",),
    ),
    "aws_ecr_repository_policy": Table(
        "",
        {"policy": json("RepositoryPolicyText")},
        adds_to="repository",
        adds_to_types=("aws_ecr_repository",),
    ),
    "aws_efs_file_system": Table(
        "AWS::EFS::FileSystem",
        {
            "availability_zone_name": "AvailabilityZoneName",
            "encrypted": flag("Encrypted"),
            "kms_key_id": "KmsKeyId",
            "performance_mode": "PerformanceMode",
            "throughput_mode": "ThroughputMode",
            "tags": tags("FileSystemTags"),
        },
    ),
}
