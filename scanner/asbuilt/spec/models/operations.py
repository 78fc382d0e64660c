"""Roles, logs, alarms, secrets and stores of data."""

from typing import Annotated, Literal

from asbuilt.spec.models.base import Field, Number, Section, Text, part

Action = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Za-z*?]+$")]


class Permission(Section):
    """One thing a role may do, in words, and the IAM actions that mean it."""

    name: Text = Field(description="The permission in the architecture's words.")
    actions: tuple[Action, ...] = Field(description="IAM actions that make up the permission.")
    needs: Literal["all", "any"] = Field("all", description="Whether the role needs all of `actions`, or one of them.")
    allows: tuple[Action, ...] = Field(default=(), description="Further actions that go with it; allowed, not needed.")
    resources: Literal["project", "any"] | None = Field(
        None, description="`project`: never on `*`, only on the project's own; `any`: `*` is in order."
    )


class Role(Section):
    """An IAM role of the task definitions."""

    trusts: Text | None = Field(None, description="Service principal that may assume the role.")
    permissions: tuple[Permission, ...] | None = Field(None, description="All that the role may do.")


class Iam(Section):
    """The roles of ECS tasks."""

    execution_role: Role = part(Role, "The role ECS itself uses to start a task.")
    task_role: Role = part(Role, "The role of the application in the container.")
    separate_roles: bool | None = Field(None, description="Whether execution role and task role must differ.")
    ecs_exec: bool | None = Field(None, description="Whether ECS Exec is provided for.")


class Logging(Section):
    """Container logs in CloudWatch Logs."""

    log_group: Text | None = Field(
        None, description="Name of a service's log group; may hold ${environment}, ${project}, ${service}."
    )
    retention_days: int | None = Field(None, description="Days that log events are kept.")
    kms: bool | None = Field(None, description="Whether log groups are encrypted with a customer managed KMS key.")


class Alarm(Section):
    """A CloudWatch alarm: above the threshold for that long."""

    threshold: Number | None = Field(None, description="Threshold, in the metric's unit (percent, count, seconds).")
    minutes: int | None = Field(None, ge=1, description="Period times evaluation periods, in minutes.")


class Alarms(Section):
    """The alarms that must exist."""

    cpu: Alarm = part(Alarm, "CPUUtilization of each service, percent.")
    memory: Alarm = part(Alarm, "MemoryUtilization of each service, percent.")
    alb_5xx: Alarm = part(Alarm, "5xx responses at the load balancer, sum per period.")
    response_time: Alarm = part(Alarm, "TargetResponseTime, seconds.")


class Monitoring(Section):
    """Metrics, alarms and traces."""

    container_insights: bool | None = Field(None, description="Whether the cluster has Container Insights enabled.")
    alarms: Alarms = part(Alarms, "CloudWatch alarms.")
    xray: bool | None = Field(None, description="Whether tasks may submit traces to X-Ray.")


class Secrets(Section):
    """Where secrets live and where they must not."""

    store: Literal["secretsmanager"] | None = Field(None, description="Service that secrets are read from.")
    holds: tuple[Text, ...] | None = Field(None, description="What counts as a secret, in words.")
    plain_text: bool | None = Field(
        None, description="Whether secrets may stand in plain text in a container's environment."
    )


class Configuration(Section):
    """Where configuration lives."""

    store: Literal["ssm"] | None = Field(None, description="Service that configuration is read from.")


class Database(Section):
    """The relational database."""

    engine: Literal["postgres", "mysql", "mariadb"] | None = Field(None, description="Engine.")
    multi_az: bool | None = Field(None, description="Whether it is deployed in several availability zones.")
    encrypted: bool | None = Field(None, description="Whether its storage is encrypted.")


class Cache(Section):
    """The in-memory cache."""

    engine: Literal["redis", "valkey", "memcached"] | None = Field(None, description="Engine.")
    cluster_mode: bool | None = Field(None, description="Whether cluster mode is enabled.")
    encrypted: bool | None = Field(None, description="Whether data is encrypted at rest.")
