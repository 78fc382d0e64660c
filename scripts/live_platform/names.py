"""How reports name what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from live_platform.account import Account, Platform

Row = tuple[str, str, str]  # requirement, rule, resource


def ecs_service(aws: Account, made: Platform, name: str) -> str:
    """Return a service of the cluster."""
    return f"arn:aws:ecs:{aws.region}:{aws.number}:service/{made.cluster}/{name}"


def log_group(aws: Account, name: str) -> str:
    """Return a log group."""
    return f"arn:aws:logs:{aws.region}:{aws.number}:log-group:{name}"


def database(aws: Account, made: Platform) -> str:
    """Return the database."""
    return f"arn:aws:rds:{aws.region}:{aws.number}:db:{made.prefix}"


def cluster(aws: Account, made: Platform) -> str:
    """Return the cluster."""
    return f"arn:aws:ecs:{aws.region}:{aws.number}:cluster/{made.cluster}"


def ec2(aws: Account, kind: str, identifier: str) -> str:
    """Return a resource of EC2: `ec2(aws, "security-group", "sg-1")`."""
    return f"arn:aws:ec2:{aws.region}:{aws.number}:{kind}/{identifier}"
