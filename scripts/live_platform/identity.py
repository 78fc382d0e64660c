"""Keys, roles, secrets and parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from live_platform.facts import PARAMETERS, PROJECT, SECRETS

if TYPE_CHECKING:
    from live_platform.account import Account, Platform


def build(aws: Account, made: Platform) -> None:
    """Make the keys, the two roles of the tasks, and the names of secrets and parameters."""
    for purpose in ("logs", "data", "alarms"):
        key = aws.kms.create_key(Description=f"{made.prefix}: {purpose}")["KeyMetadata"]
        aws.kms.create_alias(AliasName=f"alias/{made.prefix}-{purpose}", TargetKeyId=key["KeyId"])
        aws.kms.enable_key_rotation(KeyId=key["KeyId"])
        made.keys[purpose] = key["Arn"]
    for name in SECRETS:
        secret = aws.secretsmanager.create_secret(
            Name=f"{made.prefix}/{name}", SecretString="made up for the audit", KmsKeyId=made.keys["data"]
        )
        made.secrets[name] = secret["ARN"]
    for name, value in PARAMETERS.items():
        path = f"/{PROJECT}/{made.environment.name}/{name}"
        aws.ssm.put_parameter(Name=path, Value=value, Type="String")
        made.parameters[name] = f"arn:aws:ssm:{aws.region}:{aws.number}:parameter{path}"
    roles(aws, made)


def document(statements: list[dict[str, Any]]) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allowed(resources: str | list[str], *actions: str) -> dict[str, Any]:
    """Return a statement that allows some actions."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def trust(service: str, aws: Account) -> str:
    """Return the document by which a service may assume a role on behalf of this account."""
    return document(
        [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": service},
                "Condition": {"StringEquals": {"aws:SourceAccount": aws.number}},
            }
        ]
    )


def roles(aws: Account, made: Platform) -> None:
    """Make the execution role with a managed policy of its own, and the task role with inline ones."""
    for name in ("execution", "task"):
        role = aws.iam.create_role(
            RoleName=f"{made.prefix}-ecs-{name}", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com", aws)
        )
        made.roles[name] = role["Role"]["Arn"]
    policy = aws.iam.create_policy(
        PolicyName=f"{made.prefix}-ecs-execution", PolicyDocument=document(execution(aws, made))
    )
    aws.iam.attach_role_policy(RoleName=f"{made.prefix}-ecs-execution", PolicyArn=policy["Policy"]["Arn"])
    for name, statements in task(aws, made).items():
        aws.iam.put_role_policy(
            RoleName=f"{made.prefix}-ecs-task", PolicyName=name, PolicyDocument=document(statements)
        )


def execution(aws: Account, made: Platform) -> list[dict[str, Any]]:
    """Return what the agent needs to start a task."""
    where = f"{aws.region}:{aws.number}"
    return [
        allowed("*", "ecr:GetAuthorizationToken"),
        allowed(
            f"arn:aws:ecr:{where}:repository/{PROJECT}/*",
            *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        ),
        allowed(
            f"arn:aws:logs:{where}:log-group:/aws/ecs/{made.prefix}/*", "logs:CreateLogStream", "logs:PutLogEvents"
        ),
        allowed(f"arn:aws:secretsmanager:{where}:secret:{made.prefix}/*", "secretsmanager:GetSecretValue"),
        allowed(f"arn:aws:ssm:{where}:parameter/{PROJECT}/{made.environment.name}/*", "ssm:GetParameters"),
        allowed([made.keys["data"]], "kms:Decrypt"),
    ]


def task(aws: Account, made: Platform) -> dict[str, list[dict[str, Any]]]:
    """Return what the containers do, by the name of the inline policy."""
    where = f"{aws.region}:{aws.number}"
    buckets = [f"arn:aws:s3:::{made.prefix}-{name}" for name in ("media", "exports")]
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    return {
        "storage": [
            allowed(buckets, "s3:ListBucket"),
            allowed([f"{bucket}/*" for bucket in buckets], "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        ],
        "messaging": [
            allowed(
                f"arn:aws:sqs:{where}:{made.prefix}-*",
                *("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"),
            ),
            allowed(f"arn:aws:sns:{where}:{made.prefix}-*", "sns:Publish"),
            allowed(f"arn:aws:ses:{where}:identity/broxiva.com", "ses:SendEmail", "ses:SendRawEmail"),
        ],
        "operations": [
            allowed("*", "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
            allowed("*", *(f"ssmmessages:{name}" for name in channels)),
        ],
    }
