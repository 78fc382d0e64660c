"""Which statement a value belongs to: paths of values, and the identifiers that findings cite.

The identifiers are those of the bundled spec, whichever document they are read from: they name the fact, not the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.model import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of statement: its identifier, the paths of the values it sets, the severity it has by itself."""

    id: str
    values: tuple[str, ...]
    severity: str | None = None


CATALOGUE: Final = (
    Entry("INV-1", ("services.*.class", "service_classes.*.title")),
    Entry("INV-2", ("services.*.port",)),
    Entry("INV-3", ("services.*.health_check",)),
    Entry("INV-4", ("services.*.cpu",)),
    Entry("INV-5", ("services.*.memory",)),
    Entry("INV-6", ("services.*.tasks",)),
    Entry("INV-7", ("compute.launch_type",)),
    Entry("NET-1", ("region",)),
    Entry("NET-2", ("network.vpc_cidr",)),
    Entry("NET-3", ("network.availability_zones",)),
    Entry("NET-4", ("network.subnets.*.cidrs",)),
    Entry("NET-5", ("network.subnets.public.default_route",)),
    Entry("NET-6", ("network.subnets.private.default_route",)),
    Entry("NET-7", ("network.subnets.public.holds",)),
    Entry("NET-8", ("tasks.subnets", "network.subnets.private.holds")),
    Entry("NET-9", ("tasks.public_ip",)),
    Entry("NET-10", ("network.subnets.database.holds",)),
    Entry("SG-1", ("security_groups.load_balancer",)),
    Entry("SG-2", ("security_groups.tasks",)),
    Entry("SG-3", ("security_groups.discovery",), "low"),  # the VPC's resolver is behind no security group
    Entry("SG-4", ("security_groups.database",)),
    Entry("SG-5", ("security_groups.cache",)),
    Entry("SG-6", ("security_groups.least_privilege",)),
    Entry("ALB-1", ("load_balancer.type", "load_balancer.scheme")),
    Entry("ALB-2", ("load_balancer.tls_policy",)),
    Entry("ALB-3", ("load_balancer.tls",)),
    Entry("ALB-4", ("load_balancer.http_redirect",)),
    Entry("ALB-5", ("load_balancer.rules",)),
    Entry("ALB-6", ("load_balancer.default_service", "load_balancer.default_priority")),
    Entry("ALB-7", ("load_balancer.host_routing",), "info"),
    Entry("SD-1", ("discovery.namespace", "discovery.type")),
    Entry("SD-2", ("discovery.service_name", "discovery.required_for")),
    Entry("AS-1", ("scaling.cpu_target",)),
    Entry("AS-2", ("scaling.memory_target",)),
    Entry("AS-3", ("scaling.requests_per_target",)),
    Entry("AS-4", ("scaling.scale_out_cooldown", "scaling.scale_in_cooldown")),
    Entry("IAM-1", ("iam.execution_role.trusts", "iam.task_role.trusts", "iam.separate_roles")),
    Entry("IAM-2", ("iam.execution_role.permissions",)),
    Entry("IAM-3", ("iam.task_role.permissions",)),
    Entry("IAM-4", ("iam.ecs_exec",), "info"),
    Entry("MON-1", ("monitoring.container_insights",)),
    Entry("MON-2", ("logging.log_group",)),
    Entry("MON-3", ("logging.retention_days",)),
    Entry("MON-4", ("logging.kms",)),
    Entry("MON-5", ("monitoring.alarms.cpu", "monitoring.alarms.memory")),
    Entry("MON-6", ("monitoring.alarms.alb_5xx",)),
    Entry("MON-7", ("monitoring.alarms.response_time",)),
    Entry("MON-8", ("monitoring.xray",), "info"),
    Entry("DEP-1", ("deployment.circuit_breaker",)),
    Entry("DEP-2", ("deployment.rollback",)),
    Entry("DEP-3", ("deployment.minimum_healthy_percent",)),
    Entry("DEP-4", ("deployment.maximum_percent",)),
    Entry("DEP-5", ("deployment.health_check_grace_period",)),
    Entry("COST-1", ()),
    Entry("COST-2", ()),
    Entry("COST-3", ("capacity.providers",)),
    Entry("COST-4", (), "low"),
    Entry("COST-5", (), "low"),
    Entry("COST-6", ("scaling.every_service",)),
    Entry("SEC-1", ("endpoints",)),
    Entry("SEC-2", ("secrets.store", "secrets.holds")),
    Entry("SEC-3", ("secrets.plain_text",)),
    Entry("SEC-4", ("configuration.store",)),
    Entry("SEC-5", ("database.engine", "database.multi_az")),
    Entry("SEC-6", ("database.encrypted",)),
    Entry("SEC-7", ("cache.engine", "cache.cluster_mode")),
    Entry("SEC-8", ("cache.encrypted",)),
    Entry("EDGE-1", ("cdn",), "low"),
)
ORDER: Final = {entry.id: position for position, entry in enumerate(CATALOGUE)}
SEVERITIES: Final = {entry.id: entry.severity for entry in CATALOGUE if entry.severity}
_PATTERNS: Final = [(tuple(value.split(".")), entry.id) for entry in CATALOGUE for value in entry.values]


def place(path: Path, value: Any) -> tuple[str, str]:
    """Return the identifier a value belongs to, and the pattern that names the value in its statement.

    A value the catalogue does not know is its own statement: its path is the identifier.
    """
    prefix: tuple[str, ...] = ()
    if path[0] == "environments":
        prefix, path = tuple(map(str, path[:2])), path[2:]
    found = _special(path, value) or _listed(path)
    if found is None:
        name = ".".join([*prefix, *map(str, path)])
        return name, name
    return found[0], ".".join([*prefix, *found[1]])


def _listed(path: Path) -> tuple[str, tuple[str, ...]] | None:
    for pattern, name in _PATTERNS:
        if len(pattern) <= len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=False)):
            return name, pattern
    return None


def _special(path: Path, value: Any) -> tuple[str, tuple[str, ...]] | None:
    """Tell statements apart by what they say where the path does not: of any class, tier or environment."""
    shown = tuple(map(str, path))
    if path[0] == "sizing":
        return ("COST-5" if path[1:] == ("minimum",) else "COST-4"), ("sizing",)
    if path[:2] == ("capacity", "spot_share"):
        return ("COST-1" if value else "COST-2"), shown
    if path[:2] == ("network", "subnets") and path[-1] == "default_route":
        name = {"internet_gateway": "NET-5", "nat_gateway": "NET-6"}.get(value)
        return (name, shown) if name else None
    if path[:2] == ("network", "subnets") and path[-1] == "holds":
        for occupant, name in (("load_balancer", "NET-7"), ("tasks", "NET-8"), ("database", "NET-10")):
            if occupant in value:
                return name, shown
    return None
