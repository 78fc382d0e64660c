"""The architecture spec as data: every area, every value, and the statements they come from."""

from typing import Literal

from asbuilt.spec.models.assertions import Assertion, Select
from asbuilt.spec.models.base import Field, Name, Names, Section, Share, Text, part
from asbuilt.spec.models.network import (
    Cdn,
    HttpRedirect,
    LoadBalancer,
    Network,
    RoutingRule,
    SecurityGroup,
    SecurityGroups,
    SubnetTier,
    Tls,
)
from asbuilt.spec.models.operations import (
    Alarm,
    Alarms,
    Cache,
    Configuration,
    Database,
    Iam,
    Logging,
    Monitoring,
    Permission,
    Role,
    Secrets,
)
from asbuilt.spec.models.resolved import Spec, Stated
from asbuilt.spec.models.services import (
    Capacity,
    Compute,
    Deployment,
    Discovery,
    Scaling,
    Service,
    ServiceClass,
    TaskPlacement,
    Tasks,
)


class Areas(Section):
    """The areas of an architecture. An area that is left out says nothing."""

    region: Text | None = Field(None, description="AWS region, as in us-east-1.")
    service_classes: dict[Name, ServiceClass] = Field(default_factory=dict, description="Classes of services.")
    services: dict[Name, Service] = Field(default_factory=dict, description="The service inventory, by name.")
    compute: Compute = part(Compute, "What containers run on.")
    network: Network = part(Network, "VPC and subnets.")
    tasks: TaskPlacement = part(TaskPlacement, "Placement of ECS tasks.")
    security_groups: SecurityGroups = part(SecurityGroups, "Who may talk to whom.")
    load_balancer: LoadBalancer = part(LoadBalancer, "Load balancer and routing.")
    discovery: Discovery = part(Discovery, "Service discovery (Cloud Map).")
    scaling: Scaling = part(Scaling, "Auto scaling.")
    iam: Iam = part(Iam, "IAM roles of ECS tasks.")
    logging: Logging = part(Logging, "Container logs.")
    monitoring: Monitoring = part(Monitoring, "Metrics, alarms, traces.")
    deployment: Deployment = part(Deployment, "Rolling deployments.")
    capacity: Capacity = part(Capacity, "On-Demand and Spot.")
    endpoints: tuple[Text, ...] | None = Field(None, description="VPC endpoints by service, as in ecr.api.")
    secrets: Secrets = part(Secrets, "Secrets.")
    configuration: Configuration = part(Configuration, "Configuration.")
    database: Database = part(Database, "Relational database.")
    cache: Cache = part(Cache, "In-memory cache.")
    cdn: Cdn = part(Cdn, "Content delivery network.")


class Sizing(Section):
    """How an environment's sizes follow from those of the one it derives from."""

    share: Share | None = Field(None, gt=0, description="Share of the sizes, as in 0.5 for half.")
    quantity: Literal["cpu_memory", "tasks", "both"] = Field(
        "both", description="What the share is of: CPU and memory, numbers of tasks, or both."
    )
    minimum: bool | None = Field(None, description="Whether everything has the smallest size there is.")


class Environment(Areas):
    """An environment: where its code lies, what it derives from, and the values that differ.

    A value of null takes back what the base says: this environment states nothing there.
    """

    paths: tuple[Text, ...] = Field(default=(), description="Glob patterns of directories that hold its code.")
    accounts: tuple[Text, ...] = Field(
        default=(), description="AWS accounts that hold it, by number in quotes, or by a pattern of their names."
    )
    names: tuple[Text, ...] = Field(default=(), description="Other names it goes by in tags and resource names.")
    derives_from: Name | None = Field(None, description="The environment that its unstated values are derived from.")
    sizing: Sizing = part(Sizing, "Sizes relative to that environment.")


class Statement(Section):
    """A checkable statement of the architecture, in one sentence, and the values that it sets."""

    id: Text = Field(description="Identifier, cited by findings.")
    section: Text = Field(description="Heading of the architecture it stands under.")
    statement: Text = Field(description="The statement.")
    values: tuple[Text, ...] = Field(min_length=1, description="Paths of the values it sets; `*` stands for any key.")
    severity: Literal["critical", "high", "medium", "low", "info"] | None = Field(
        None, description="Severity of findings against it, instead of the rule's own."
    )


class SpecFile(Areas):
    """An architecture spec: what infrastructure must look like, and which statement says so."""

    asbuilt: Literal[1] = Field(description="Version of this format.")
    name: Name = Field(description="Short name of the architecture.")
    title: Text | None = Field(None, description="Title of the architecture.")
    project: Name | None = Field(None, description="Prefix of the project's buckets, secrets, names; default: name.")
    sections: tuple[Text, ...] = Field(default=(), description="Headings of the architecture, in order.")
    environments: dict[Name, Environment] = Field(default_factory=dict, description="Environments by name.")
    requirements: tuple[Statement, ...] = Field(default=(), description="The statements, in order.")
    assertions: dict[Name, Assertion] = Field(
        default_factory=dict, description="Checks without code, by the identifier that findings bear."
    )


__all__ = [
    "Alarm",
    "Alarms",
    "Areas",
    "Assertion",
    "Cache",
    "Capacity",
    "Cdn",
    "Compute",
    "Configuration",
    "Database",
    "Deployment",
    "Discovery",
    "Environment",
    "HttpRedirect",
    "Iam",
    "LoadBalancer",
    "Logging",
    "Monitoring",
    "Names",
    "Network",
    "Permission",
    "Role",
    "RoutingRule",
    "Scaling",
    "Secrets",
    "SecurityGroup",
    "SecurityGroups",
    "Select",
    "Service",
    "ServiceClass",
    "Sizing",
    "Spec",
    "SpecFile",
    "Stated",
    "Statement",
    "SubnetTier",
    "TaskPlacement",
    "Tasks",
    "Tls",
]
