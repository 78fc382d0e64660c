"""Clients of one account, made once each, and the identifiers of what was built in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from live_platform.facts import Environment

# moto answers unhandled operations with an error of the server: retrying only makes it slow.
CONFIG = Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=16)
# moto's own account, whose keys are any.
HUB = "123456789012"


class Account:
    """An account behind an endpoint, entered through a role as auditors do; clients are kept."""

    def __init__(self, endpoint: str, region: str, number: str = HUB) -> None:
        self.endpoint = endpoint
        self.region = region
        self.number = number
        self.keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        if number != HUB:
            hub = boto3.client("sts", region_name=region, endpoint_url=endpoint, config=CONFIG, **self.keys)
            role = f"arn:aws:iam::{number}:role/builder"
            given = hub.assume_role(RoleArn=role, RoleSessionName="build")["Credentials"]
            self.keys = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        self._session = boto3.Session(region_name=region, **self.keys)
        self._clients: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the client of a service: `account.ecs`, `account.application_autoscaling`."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._clients:
            service = name.replace("_", "-")
            self._clients[name] = self._session.client(service, endpoint_url=self.endpoint, config=CONFIG)
        return self._clients[name]


@dataclass
class Platform:
    """What was built, by the names the architecture uses."""

    environment: Environment
    vpc: str = ""
    subnets: dict[str, list[str]] = field(default_factory=dict)  # tier -> one a zone
    tables: dict[str, list[str]] = field(default_factory=dict)  # tier -> route tables
    gateway: str = ""
    groups: dict[str, str] = field(
        default_factory=dict
    )  # security groups: alb, ecs, discovery, database, redis, endpoints
    endpoints: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # KMS: logs, data, alarms -> ARN
    roles: dict[str, str] = field(default_factory=dict)  # execution, task -> ARN
    secrets: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    balancer: str = ""
    balancer_name: str = ""
    listeners: dict[str, str] = field(default_factory=dict)  # http, https -> ARN
    rules: dict[str, str] = field(default_factory=dict)  # service -> ARN
    target_groups: dict[str, str] = field(default_factory=dict)
    registries: dict[str, str] = field(default_factory=dict)  # service -> id of the Cloud Map service
    registry_arns: dict[str, str] = field(default_factory=dict)
    namespace: str = ""
    cluster: str = ""

    @property
    def prefix(self) -> str:
        """The first part of every name."""
        return self.environment.prefix
