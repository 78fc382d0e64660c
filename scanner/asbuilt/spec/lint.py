"""Contradictions and doubts inside a spec: what loads, and still cannot all be meant."""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from asbuilt.records import dataclass
from asbuilt.spec import fargate
from asbuilt.spec.cidrs import network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

LEVELS: Final = ("error", "warning", "info")
_VERSIONS: Final = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a spec that deserves a second look. `code` names the check, `level` is error, warning or info."""

    level: str
    code: str
    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.level}: {self.message} [{self.code}]"


def lint(document: SpecDocument) -> list[Doubt]:
    """Return the doubts about a spec and all of its environments, in the order of the file."""
    found: dict[tuple[str, str], Doubt] = {}
    for name in (None, *document.environments()):
        spec = document.resolve(name)
        for check in CHECKS:
            for doubt in check(spec):
                found.setdefault((doubt.code, str(doubt.location)), doubt)
    for doubt in _environments(document):
        found.setdefault((doubt.code, str(doubt.location)), doubt)
    for note in document.notes:
        if note.location is not None:
            level = "warning" if re.search(r" here(?: and|;)|announced", note.message) else "info"
            code = "document-contradicts-itself" if level == "warning" else "not-understood"
            found[code, str(note)] = Doubt(level, code, note.location, note.message)
    return sorted(found.values(), key=lambda d: (d.location, LEVELS.index(d.level), d.message))


def _tls(spec: Spec) -> Iterator[Doubt]:
    policy, tls = spec.load_balancer.tls_policy, spec.load_balancer.tls
    versions = negotiated(policy or "")
    if versions is None:
        return
    where, path = spec.location("load_balancer.tls_policy"), "load_balancer.tls"
    lowest, highest = versions
    if tls.offers and _VERSIONS.index(tls.offers) > _VERSIONS.index(highest):
        yield Doubt("error", "tls-versions", where, f"{tls.offers} must be offered; {policy} ends at {highest}")
    elif tls.strict and tls.offers and lowest != tls.offers:
        yield Doubt("error", "tls-versions", where, f"only {tls.offers} is accepted; {policy} negotiates {lowest} too")
    elif tls.minimum and _VERSIONS.index(lowest) < _VERSIONS.index(tls.minimum):
        yield Doubt("error", "tls-versions", where, f"nothing below {tls.minimum}; {policy} begins at {lowest}")
    elif tls.offers and lowest != tls.offers:
        message = (
            f"{tls.offers} is asked for, and {policy} negotiates {lowest} too: read as offered, not as the only one"
        )
        yield Doubt("warning", "tls-versions", spec.location(f"{path}.offers"), message)


def negotiated(policy: str) -> tuple[str, str] | None:
    """Return the lowest and highest TLS version of an ELB security policy by its name, None for one it does not say.

    Source: Elastic Load Balancing user guide, "Security policies for your Application Load Balancer", 2026-11.
    """
    match = re.fullmatch(r"ELBSecurityPolicy-TLS13-1-([0-3])-.+", policy)
    if match:
        return _VERSIONS[int(match[1])], "TLSv1.3"
    match = re.match(r"ELBSecurityPolicy-(?:TLS|FS)-1-([12])-", policy)
    if match:
        return _VERSIONS[int(match[1])], "TLSv1.2"
    return ("TLSv1", "TLSv1.2") if re.fullmatch(r"ELBSecurityPolicy-(?:2016-08|2015-05|FS-2018-06)", policy) else None


def _routing(spec: Spec) -> Iterator[Doubt]:
    rules = sorted(spec.load_balancer.rules or (), key=lambda rule: rule.priority)
    if not rules:
        return
    where = spec.location("load_balancer.rules")
    steps = Counter(b.priority - a.priority for a, b in pairwise(rules))
    step, times = steps.most_common(1)[0] if steps else (0, 0)
    if times > 2 and step > 1:
        taken = {rule.priority for rule in rules}
        gaps = [n for n in range(rules[0].priority, rules[-1].priority, step) if n not in taken]
        if gaps:
            message = f"the priorities go by {step} and leave out {', '.join(map(str, gaps))}"
            yield Doubt("info", "priority-gap", where, message)
    routed = {rule.service for rule in rules} | {spec.load_balancer.default_service}
    for name, service in spec.services.items():
        if service.port is not None and name not in routed:
            message = f"{name} listens on port {service.port}, and no listener rule leads to it"
            yield Doubt("warning", "service-not-routed", spec.location(f"services.{name}.port"), message)
        if service.port is None and name in routed:
            message = f"requests are routed to {name}, which has no port"
            yield Doubt("warning", "routed-without-port", spec.location(f"services.{name}"), message)
    position = {id(rule): n for n, rule in enumerate(spec.load_balancer.rules or ())}
    for number, rule in enumerate(rules):
        for path in rule.paths or ():
            first = next(
                (r for r in rules[:number] for p in r.paths or () if not r.hosts and fnmatchcase(path, p)), None
            )
            if first is not None:
                message = f"{path} is never reached: the rule with priority {first.priority} takes it before"
                at = spec.location(f"load_balancer.rules.{position[id(rule)]}")
                yield Doubt("warning", "rule-never-reached", at, message)


def _scaling(spec: Spec) -> Iterator[Doubt]:
    for name in ("cpu", "memory"):
        target = spec.value(f"scaling.{name}_target")
        threshold = spec.value(f"monitoring.alarms.{name}.threshold")
        if target is None or threshold is None or threshold > target:
            continue
        how = "equals" if target == threshold else "is below"
        message = (
            f"the {name} alarm at {threshold}% {how} the scaling target of {target}%: it goes off while services scale"
        )
        yield Doubt("warning", "alarm-during-scaling", spec.location(f"monitoring.alarms.{name}.threshold"), message)
    if spec.scaling.requests_per_target and spec.services and not any(s.port for s in spec.services.values()):
        where = spec.location("scaling.requests_per_target")
        yield Doubt("warning", "no-requests", where, "services scale on requests, and none has a port")


def _capacity(spec: Spec) -> Iterator[Doubt]:
    for name, share in spec.capacity.spot_share.items():
        where = spec.location(f"capacity.spot_share.{name}")
        if share > 0 and spec.compute.launch_type == "EC2":
            yield Doubt("error", "spot-on-ec2", where, f"{name} services are to run on Fargate Spot, and on EC2")
        sizes = {(s.tasks.min, s.tasks.max) for s in spec.services.values() if s.class_ == name}
        known = [(low, high) for low, high in sizes if low is not None and high is not None]
        if not 0 < share < 1 or not known:
            continue
        low, high = min(low for low, _ in known), max(high for _, high in known)
        exact = [n for n in range(max(low, 1), high + 1) if abs(n * share - round(n * share)) < 1e-9]
        if len(exact) < high - max(low, 1) + 1:
            at = f"only with {', '.join(map(str, exact[:6]))} of them" if exact else "with no number of them"
            message = (
                f"{low} to {high} {name} tasks can be {share:.0%} on Spot {at}: read as the weights of the strategy"
            )
            yield Doubt("warning", "spot-share-unreachable", where, message)


def _deployment(spec: Spec) -> Iterator[Doubt]:
    most = spec.deployment.maximum_percent
    for name, least in spec.deployment.minimum_healthy_percent.items():
        where = spec.location(f"deployment.minimum_healthy_percent.{name}")
        if most is not None and least >= 100 and most <= 100:
            message = f"{least}% of the {name} tasks stay and at most {most}% run: no task can be replaced"
            yield Doubt("error", "deployment-stuck", where, message)
        lows = [s.tasks.min for s in spec.services.values() if s.class_ == name and s.tasks.min is not None]
        if lows and 0 < least < 100 and min(lows) == 1:
            message = f"{least}% of 1 {name} task is 1 task: AWS rounds up, so it stays while its successor starts"
            yield Doubt("info", "percentage-rounds-up", where, message)
    for name in spec.deployment.health_check_grace_period:
        members = [s for s in spec.services.values() if s.class_ == name]
        if members and all(s.port is None and s.health_check is None for s in members):
            where = spec.location(f"deployment.health_check_grace_period.{name}")
            message = f"no {name} service has a port or a health check: their grace period is used by nothing"
            yield Doubt("info", "grace-period-unused", where, message)


def _placement(spec: Spec) -> Iterator[Doubt]:
    tiers, zones = spec.network.subnets, spec.network.availability_zones
    name = spec.tasks.subnets
    tier = tiers.get(name or "")
    where = spec.location("tasks.subnets")
    homes = [other for other, found in tiers.items() if "tasks" in (found.holds or ())]
    if tier is not None and homes and name not in homes:
        message = f"tasks run in the {name} subnets, and it is the {' and '.join(homes)} subnets that hold tasks"
        yield Doubt("error", "task-subnets", where, message)
    if tier is not None and tier.default_route == "internet_gateway" and spec.tasks.public_ip is False:
        message = f"the {name} subnets lead to an internet gateway, which tasks without a public address cannot use"
        yield Doubt("warning", "no-way-out", where, message)
    for other, found in tiers.items():
        if zones and found.cidrs and len(found.cidrs) != len(zones):
            message = f"{len(found.cidrs)} {other} subnets for {len(zones)} availability zones"
            yield Doubt("warning", "subnets-per-zone", spec.location(f"network.subnets.{other}.cidrs"), message)
    if spec.database.multi_az and zones is not None and len(zones) < 2:
        yield Doubt("error", "multi-az", spec.location("database.multi_az"), "a Multi-AZ database needs two zones")
    if spec.security_groups.discovery.ports:
        at = spec.location("security_groups.discovery")
        message = "Cloud Map names are answered by the VPC's resolver, which no security group filters"
        yield Doubt("info", "discovery-group", at, message)


def _sizes(spec: Spec) -> Iterator[Doubt]:
    if not any(spec.is_derived(f"services.{name}.cpu") for name in spec.services):
        return
    smallest = [name for name, s in spec.services.items() if (s.cpu, s.memory) == fargate.SMALLEST]
    if smallest and spec.environment and len(smallest) < len(spec.services):
        where = spec.location(f"services.{smallest[0]}.cpu")
        message = (
            f"Fargate has nothing below {fargate.SMALLEST[0]} CPU units: derived sizes in {spec.environment} end there"
        )
        yield Doubt("info", "smallest-size", where, message)


def _environments(document: SpecDocument) -> Iterator[Doubt]:
    """Yield VPCs of environments that overlap: they cannot be connected."""
    seen: list[tuple[str, str]] = []
    for name in document.environments():
        spec = document.resolve(name)
        cidr = spec.network.vpc_cidr
        block = network(cidr or "")
        for other, taken in seen:
            known = network(taken)
            if block is not None and known is not None and block.overlaps(known):
                where = spec.location("network.vpc_cidr")
                message = f"{name} and {other} have the same VPC block {cidr}: state one for each, or none"
                yield Doubt("warning", "vpcs-overlap", where, message)
        if cidr:
            seen.append((name, cidr))


CHECKS: Final = (_tls, _routing, _scaling, _capacity, _deployment, _placement, _sizes)
