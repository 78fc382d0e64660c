"""The service inventory and what the services run on."""

from typing import Literal

from asbuilt.spec.models.base import Count, Field, Name, Names, Port, Section, Share, Target, Text, part


class Tasks(Section):
    """How many tasks a service may have (the scalable target's capacity)."""

    min: Count | None = Field(None, description="Minimum capacity: the tasks that always run.")
    max: Count | None = Field(None, description="Maximum capacity: the most tasks scaling may start.")


class Service(Section):
    """One ECS service of the inventory; its name is its key under `services`."""

    class_: Name | None = Field(None, alias="class", description="Its service class, a key of `service_classes`.")
    port: Port | None = Field(None, description="The container port that receives traffic.")
    health_check: str | None = Field(None, pattern="^/", description="Path of the target group's health check.")
    cpu: Count | None = Field(None, description="CPU units of the task definition (1024 are one vCPU).")
    memory: Count | None = Field(None, description="Memory of the task definition in MiB.")
    tasks: Tasks = part(Tasks, "Minimum and maximum number of tasks.")


class ServiceClass(Section):
    """A class of services that are treated alike (critical, worker)."""

    title: Text | None = Field(None, description="What the class is called in prose.")


class Compute(Section):
    """What the containers run on."""

    launch_type: Literal["FARGATE", "EC2"] | None = Field(
        None, description="Launch type of every service; FARGATE means no EC2 container instances."
    )
    shared_ports: bool | None = Field(
        None, description="Whether services may listen on the same port; without it that counts as a mistake."
    )


class TaskPlacement(Section):
    """Where ECS tasks run."""

    subnets: Name | None = Field(None, description="The subnet tier that tasks run in, a key of `network.subnets`.")
    public_ip: bool | None = Field(None, description="Whether tasks get a public IP address.")


class Deployment(Section):
    """How a new version of a service is rolled out."""

    circuit_breaker: bool | None = Field(None, description="Whether the deployment circuit breaker is enabled.")
    rollback: bool | None = Field(None, description="Whether a failed deployment is rolled back.")
    minimum_healthy_percent: dict[Name, Count] = Field(
        default_factory=dict, description="Minimum healthy percent by service class."
    )
    maximum_percent: Count | None = Field(None, description="Maximum percent of tasks during a deployment.")
    health_check_grace_period: dict[Name, Count] = Field(
        default_factory=dict, description="Health check grace period in seconds by service class."
    )


class Capacity(Section):
    """Which capacity the tasks run on."""

    providers: tuple[Text, ...] | None = Field(None, description="Capacity providers the cluster offers.")
    spot_share: dict[Name, Share] = Field(
        default_factory=dict,
        description="Share of FARGATE_SPOT in the weights of the capacity provider strategy, 0 to 1, by service class.",
    )


class Scaling(Section):
    """Application Auto Scaling of the services."""

    every_service: bool | None = Field(None, description="Whether every service of the inventory scales by itself.")
    cpu_target: Target | None = Field(None, description="Target of ECSServiceAverageCPUUtilization, %.")
    memory_target: Target | None = Field(None, description="Target of ECSServiceAverageMemoryUtilization, %.")
    requests_per_target: bool | None = Field(
        None, description="Whether services behind the load balancer scale on ALBRequestCountPerTarget."
    )
    scale_out_cooldown: Count | None = Field(None, description="Seconds between two scale-outs.")
    scale_in_cooldown: Count | None = Field(None, description="Seconds between two scale-ins.")


class Discovery(Section):
    """Service discovery through AWS Cloud Map."""

    namespace: Text | None = Field(None, description="Name of the namespace; may hold ${environment}, ${project}.")
    type: Literal["DNS_PRIVATE", "DNS_PUBLIC", "HTTP"] | None = Field(None, description="Type of the namespace.")
    service_name: Text | None = Field(None, description="Name a service registers under; may hold ${service}.")
    required_for: Names | None = Field(
        None, description="Service classes that must be registered; for the others it is a recommendation."
    )
