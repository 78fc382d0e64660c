"""Which statements a custom policy of checkov can express, and how: each asks what our rule asks of one resource.

A policy looks at arguments as checkov has resolved them: what it cannot resolve it neither passes nor fails.

Source: checkov/common/checks_infra of checkov 3.3.30 (operators and their solvers); read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.topology.data_stores import ENGINES
from asbuilt.topology.tls_policies import TLS_POLICIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.spec.models import Spec

Condition = dict[str, Any]
LISTENERS: Final = ("aws_lb_listener", "aws_alb_listener")
VERSIONS: Final = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that can be written: `number` is its own for good, `build` returns nothing where the spec has no value.

    `left_out` says which part of the statement it does not express.
    """

    number: int
    rule: str
    path: str
    category: str
    build: Callable[[Spec], Condition | None]
    left_out: str = ""


def attribute(types: tuple[str, ...], name: str, operator: str, value: Any = None) -> Condition:
    """Return a condition on an argument."""
    found: Condition = {"cond_type": "attribute", "resource_types": list(types), "attribute": name}
    return {**found, "operator": operator, **({} if value is None else {"value": value})}


def flag(types: tuple[str, ...], name: str, wanted: bool, *, default: bool) -> Condition:
    """Return the condition that an argument is true, or false, or not set where that is the default."""
    asked = attribute(types, name, "equals", str(wanted).lower())
    return {"or": [asked, attribute(types, name, "not_exists")]} if wanted is default else asked


def number(types: tuple[str, ...], name: str, wanted: float) -> Condition:
    """Return the condition that an argument is a number, as a number or as a text."""
    return attribute(types, name, "within", [wanted, str(wanted)])


def _retention(spec: Spec) -> Condition | None:
    days = spec.logging.retention_days
    return None if days is None else number(("aws_cloudwatch_log_group",), "retention_in_days", days)


def _kms(spec: Spec) -> Condition | None:
    types = ("aws_cloudwatch_log_group",)
    if not spec.logging.kms:
        return None
    nothing = attribute(types, "kms_key_id", "not_within", ["", "null"])  # so it writes the null of a variable
    return {"and": [attribute(types, "kms_key_id", "exists"), nothing]}


def _encrypted_listener(condition: Condition) -> Condition:
    return {"or": [attribute(LISTENERS, "protocol", "not_within", ["HTTPS", "TLS"]), condition]}


def _tls_policy(spec: Spec) -> Condition | None:
    wanted = spec.load_balancer.tls_policy
    return _encrypted_listener(attribute(LISTENERS, "ssl_policy", "equals", wanted)) if wanted else None


def _tls_versions(spec: Spec) -> Condition | None:
    tls = spec.load_balancer.tls
    if not tls.offers:
        return None
    lowest = VERSIONS.index(tls.minimum) if tls.minimum else 0

    def allowed(versions: tuple[str, ...]) -> bool:
        if tls.strict:
            return versions == (tls.offers,)
        return tls.offers in versions and all(VERSIONS.index(version) >= lowest for version in versions)

    names = [name for name, versions in TLS_POLICIES.items() if allowed(tuple(versions))]
    return _encrypted_listener(attribute(LISTENERS, "ssl_policy", "within", names))


def _redirect(spec: Spec) -> Condition | None:
    redirect = spec.load_balancer.http_redirect
    if not redirect.protocol:
        return None
    asked = [
        attribute(LISTENERS, "default_action.type", "equals", "redirect"),
        attribute(LISTENERS, "default_action.redirect.protocol", "equals", redirect.protocol),
    ]
    if redirect.port is not None:
        asked.append(number(LISTENERS, "default_action.redirect.port", redirect.port))
    if redirect.status_codes:
        codes = [f"HTTP_{code}" for code in redirect.status_codes]
        asked.append(attribute(LISTENERS, "default_action.redirect.status_code", "within", codes))
    return {"or": [attribute(LISTENERS, "protocol", "not_equals", "HTTP"), {"and": asked}]}


def _public_ip(spec: Spec) -> Condition | None:
    wanted = spec.tasks.public_ip
    if wanted is None:
        return None
    return flag(("aws_ecs_service",), "network_configuration.assign_public_ip", wanted, default=False)


def _instances(condition: Condition, unset: Condition | None = None) -> Condition:
    """Return a condition on databases that read replicas need not meet, or only where they set what it looks at."""
    replica = attribute(("aws_db_instance",), "replicate_source_db", "exists")
    return {"or": [condition, replica if unset is None else {"and": [replica, unset]}]}


def _engine(spec: Spec) -> Condition | None:
    types, wanted = ("aws_db_instance",), spec.database.engine
    if not wanted:
        return None
    unset = attribute(types, "engine", "not_exists")
    return _instances(attribute(types, "engine", "within", list(ENGINES[wanted])), unset)


def _multi_az(spec: Spec) -> Condition | None:
    return _instances(flag(("aws_db_instance",), "multi_az", True, default=False)) if spec.database.multi_az else None


def _database_encrypted(spec: Spec) -> Condition | None:
    types = ("aws_db_instance",)
    if not spec.database.encrypted:
        return None
    unset = attribute(types, "storage_encrypted", "not_exists")
    return _instances(flag(types, "storage_encrypted", True, default=False), unset)


def _cache_encrypted(spec: Spec) -> Condition | None:
    types = ("aws_elasticache_replication_group",)
    if not spec.cache.encrypted:
        return None
    name = "at_rest_encryption_enabled"
    valkey = {"and": [attribute(types, name, "not_exists"), attribute(types, "engine", "equals", "valkey")]}
    return {"or": [flag(types, name, True, default=False), valkey]}


def _service(name: str, wanted: bool | None) -> Condition | None:
    return None if wanted is None else flag(("aws_ecs_service",), name, wanted, default=False)


def _circuit_breaker(spec: Spec) -> Condition | None:
    asked = _service("deployment_circuit_breaker.enable", spec.deployment.circuit_breaker)
    if asked is None or not spec.deployment.circuit_breaker:
        return asked
    others = ["CODE_DEPLOY", "EXTERNAL"]
    return {"and": [asked, attribute(("aws_ecs_service",), "deployment_controller.type", "not_within", others)]}


def _maximum_percent(spec: Spec) -> Condition | None:
    wanted, types, name = spec.deployment.maximum_percent, ("aws_ecs_service",), "deployment_maximum_percent"
    if wanted is None:
        return None
    asked = number(types, name, wanted)
    return {"or": [asked, attribute(types, name, "not_exists")]} if wanted == 200 else asked  # AWS's default


def _vpc_cidr(spec: Spec) -> Condition | None:
    wanted = spec.network.vpc_cidr
    return attribute(("aws_vpc",), "cidr_block", "equals", wanted) if wanted else None


POLICIES: Final = (
    Policy(1, "log-group-retention", "logging.retention_days", "LOGGING", _retention),
    Policy(
        2,
        "log-group-encryption",
        "logging.kms",
        "ENCRYPTION",
        _kms,
        "that the key is the customer's own, and passes where it is a reference",
    ),
    Policy(3, "listener-tls-policy", "load_balancer.tls_policy", "ENCRYPTION", _tls_policy, "that there is a listener"),
    Policy(4, "listener-tls-version", "load_balancer.tls.offers", "ENCRYPTION", _tls_versions),
    Policy(
        5,
        "http-redirects-to-https",
        "load_balancer.http_redirect.protocol",
        "NETWORKING",
        _redirect,
        "the rules of HTTP listeners, and that there is a listener on port 80",
    ),
    Policy(6, "tasks-without-public-ip", "tasks.public_ip", "NETWORKING", _public_ip),
    Policy(
        7,
        "database-engine",
        "database.engine",
        "GENERAL_SECURITY",
        _engine,
        "the clusters of Aurora, and that there is a database",
    ),
    Policy(8, "database-multi-az", "database.multi_az", "BACKUP_AND_RECOVERY", _multi_az, "the clusters of Aurora"),
    Policy(9, "database-encryption", "database.encrypted", "ENCRYPTION", _database_encrypted, "the clusters of Aurora"),
    Policy(
        10, "cache-encryption", "cache.encrypted", "ENCRYPTION", _cache_encrypted, "caches without a replication group"
    ),
    Policy(11, "deployment-circuit-breaker", "deployment.circuit_breaker", "GENERAL_SECURITY", _circuit_breaker),
    Policy(
        12,
        "deployment-rollback",
        "deployment.rollback",
        "GENERAL_SECURITY",
        lambda spec: _service("deployment_circuit_breaker.rollback", spec.deployment.rollback),
    ),
    Policy(13, "maximum-percent", "deployment.maximum_percent", "GENERAL_SECURITY", _maximum_percent),
    Policy(14, "vpc-cidr", "network.vpc_cidr", "NETWORKING", _vpc_cidr, "second blocks, and that there is a VPC"),
)

# Why the other statements are left to asbuilt, by the path of the value they set; the first that fits is given.
REASONS: Final = (
    ("assertions", "a JSON Schema has no counterpart among checkov's operators"),
    (
        "services",
        "it speaks of each service of the inventory by name; a policy cannot find the resources of one service",
    ),
    ("service_classes", "it speaks of the services of a class; a policy cannot tell the class of a service"),
    ("compute", "launch type, capacity providers and task definition decide together"),
    ("region", "the region is the provider's, not an argument of a resource"),
    ("network.availability_zones", "it asks for a subnet in every zone; a policy cannot ask for what is missing"),
    ("network.subnets", "routes, subnets and what stands in them decide together"),
    ("tasks.subnets", "which subnet is private depends on its routes"),
    ("security_groups", "which group is meant depends on what it is attached to"),
    ("load_balancer.rules", "rules, target groups and services decide together"),
    ("load_balancer.default_service", "rules, target groups and services decide together"),
    ("load_balancer", "which load balancer is meant depends on where its listeners lead"),
    ("discovery", "it asks for a registration of every service; a policy cannot ask for what is missing"),
    ("scaling", "services, scalable targets and policies decide together"),
    ("iam.ecs_exec", "it speaks of the services of the inventory; a policy would hold every service to it"),
    ("iam", "it is about the content of policy documents and the roles of task definitions"),
    ("logging.log_group", "it asks for a log group of each service"),
    ("monitoring.container_insights", "a cluster without the setting follows the account's; CKV_AWS_65 is close"),
    ("monitoring", "it asks for alarms or permissions of each service; a policy cannot ask for what is missing"),
    ("deployment", "the value differs by the class of a service"),
    ("capacity", "weights and bases of several providers decide together"),
    ("endpoints", "a policy cannot ask for what is missing"),
    ("secrets", "containers are JSON inside of an argument"),
    ("configuration", "containers are JSON inside of an argument"),
    ("cache.engine", "the default depends on the kind of cache"),
    ("cache.cluster_mode", "mode, shards and parameter group decide together"),
    ("cdn", "the origin of a distribution is another resource"),
    ("environments", "it says how one environment follows from another"),
)
