"""What documents leave unsaid: the company-independent readings that fill it in (docs/documents.md explains them).

Each is used only where the document states what it hangs on, and cites that line.
"""

from __future__ import annotations

from typing import Any, Final

# Name -> (other names it goes by, directories of its code). The first one that a document names gives the base values.
ENVIRONMENTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "prod": (("production", "prd"), ("**/prod", "**/production", "**/prod-*")),
    "staging": (("stage", "stg"), ("**/staging", "**/stage", "**/staging-*")),
    "development": (("dev",), ("**/development", "**/dev", "**/dev-*")),
    "test": (("testing",), ("**/test", "**/testing")),
    "qa": ((), ("**/qa",)),
    "sandbox": ((), ("**/sandbox",)),
}

# Words -> what stands in a subnet or is behind a security group, most special first.
OCCUPANTS: Final = (
    (r"nat\b", "nat_gateway"),
    (r"alb\b|elb\b|load.?balancers?", "load_balancer"),
    (r"elasticache|redis|valkey|memcached|caches?", "cache"),
    (r"rds\b|aurora|postgres\w*|mysql|mariadb|databases?\b|db\b", "database"),
    (r"tasks?|ecs\b|fargate|containers?|services?\b|application", "tasks"),
)

# Role of a security group by the words of its name, most special first.
GROUPS: Final = (
    (r"discovery|cloud ?map|dns", "discovery"),
    (r"alb\b|elb\b|load.?balanc\w*", "load_balancer"),
    (r"elasticache|redis|valkey|memcached|cache", "cache"),
    (r"rds\b|aurora|postgres\w*|mysql|mariadb|database|db\b", "database"),
    (r"tasks?|ecs\b|fargate|containers?|services?|application", "tasks"),
)

# Where a tier's routes lead by what kind of subnets the document calls it.
DEFAULT_ROUTES: Final = {"public": "internet_gateway", "private": "nat_gateway"}

# A redirect from HTTP: to which port, with which status codes, where the document only says that there is one.
REDIRECT: Final[dict[str, Any]] = {"protocol": "HTTPS", "port": 443, "status_codes": (301, 302)}

ENDPOINTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"ecr\.api", ("ecr.api",)),
    (r"ecr\.dkr", ("ecr.dkr",)),
    (r"\becr\b|container registry", ("ecr.api", "ecr.dkr")),
    (r"secrets? ?manager", ("secretsmanager",)),
    (r"\bs3\b", ("s3",)),
    (r"cloudwatch logs|\blogs\b", ("logs",)),
    (r"ssm ?messages", ("ssmmessages",)),
    (r"\bssm\b|systems manager|parameter store", ("ssm",)),
    (r"\bkms\b", ("kms",)),
    (r"\bsqs\b", ("sqs",)),
    (r"\bsns\b", ("sns",)),
    (r"\bsts\b", ("sts",)),
    (r"dynamo ?db", ("dynamodb",)),
    (r"x-?ray", ("xray",)),
    (r"cloudwatch|monitoring", ("monitoring",)),
)

TRUST: Final = "ecs-tasks.amazonaws.com"

# What documents call a permission -> the IAM actions that mean it. "project" in `resources` only where the
# document says whose buckets or secrets are meant; "any" where IAM knows no narrower resource.
# A permission whose words say more than a reading covers (write, delete, full access, …) is not understood.
REFUSED: Final = (
    r"\bfull\b|admin|\bany\b|\*|delete|create|\bput\b.*parameter|push|\bmanage\b|"
    r"(?:secret|parameter|ssm|image|ecr).*\bwrite|logs?\b.*\bread|\bencrypt\b|subscribe"
)
PERMISSIONS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        r"\becr\b|image pull|pull\w* images?",
        {
            "name": "ECR image pull",
            "actions": (
                *("ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability"),
                *("ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
            ),
            "resources": "any",
        },
    ),
    (
        r"\blogs?\b",
        {
            "name": "CloudWatch Logs write",
            "actions": ("logs:CreateLogStream", "logs:PutLogEvents"),
            "allows": ("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        },
    ),
    (
        r"secrets? ?manager|\bsecrets\b(?!\))",
        {
            "name": "Secrets Manager read",
            "actions": ("secretsmanager:GetSecretValue",),
            "allows": ("secretsmanager:DescribeSecret",),
        },
    ),
    (
        r"parameter store|ssm (?:read|parameters?)|\bparameters\b",
        {
            "name": "SSM Parameter Store read",
            "actions": ("ssm:GetParameters",),
            "allows": ("ssm:GetParameter", "ssm:GetParametersByPath"),
        },
    ),
    (r"\bkms\b|decrypt", {"name": "KMS decrypt", "actions": ("kms:Decrypt",), "allows": ("kms:DescribeKey",)}),
    (
        r"(?=.*(?:\bs3\b|bucket))(?=.*\bread)(?!.*\bwrite)",
        {
            "name": "S3 read",
            "actions": ("s3:GetObject",),
            "allows": ("s3:GetObject*", "s3:ListBucket*", "s3:GetBucketLocation"),
        },
    ),
    (
        r"(?=.*(?:\bs3\b|bucket))(?=.*\bwrite)(?!.*\bread)",
        {
            "name": "S3 write",
            "actions": ("s3:PutObject",),
            "allows": ("s3:PutObject*", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
        },
    ),
    (
        r"\bs3\b|buckets?",
        {
            "name": "S3 access",
            "actions": ("s3:GetObject", "s3:PutObject"),
            "needs": "any",
            "allows": (
                *("s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:ListBucket*", "s3:GetBucketLocation"),
                *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            ),
        },
    ),
    (
        r"(?=.*(?:\bsqs\b|queue))(?=.*\bsend)(?!.*(?:receive|consume|read))",
        {"name": "SQS send", "actions": ("sqs:SendMessage",), "allows": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")},
    ),
    (
        r"\bsqs\b|queues?",
        {
            "name": "SQS send and receive",
            "actions": ("sqs:SendMessage", "sqs:ReceiveMessage"),
            "allows": (
                *("sqs:DeleteMessage", "sqs:GetQueueAttributes"),
                *("sqs:GetQueueUrl", "sqs:ChangeMessageVisibility"),
            ),
        },
    ),
    (r"\bsns\b|topics?", {"name": "SNS publish", "actions": ("sns:Publish",)}),
    (
        r"\bses\b|e-?mails?",
        {
            "name": "SES send email",
            "actions": ("ses:SendEmail", "ses:SendRawEmail"),
            "needs": "any",
            "allows": ("ses:SendTemplatedEmail", "ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"),
        },
    ),
    (
        r"x-?ray|traces?\b",
        {
            "name": "X-Ray trace submission",
            "actions": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            "allows": (
                *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
                "xray:GetSamplingStatisticSummaries",
            ),
            "resources": "any",
        },
    ),
    (
        r"ssm ?messages|ecs exec|session",
        {
            "name": "SSM Messages",
            "actions": (
                *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"),
                *("ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
            ),
            "resources": "any",
        },
    ),
)
