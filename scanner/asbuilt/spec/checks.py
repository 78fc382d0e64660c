"""Mistakes in values that are of the right type: what AWS does not offer, and what contradicts itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.spec import fargate
from asbuilt.spec.aws import RETENTION_DAYS
from asbuilt.spec.data import MISSING, areas, get, strings
from asbuilt.spec.errors import Problem, listed, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.model import Location, Path

PLACEHOLDERS: Final = ("project", "environment", "service")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}?")
_TLS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def check(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    """Yield the mistakes in the values of an environment; `at` says where a value stands."""
    from asbuilt.spec.cidrs import check_network

    for part in (_services, _sizes, _classes, _routing, _logging, _placement, _names, _capacity, check_network):
        yield from part(data, at)


def _services(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    owners: dict[Any, str] = {}
    shared = get(data, ("compute", "shared_ports")) is True
    for name, service in data.get("services", {}).items():
        port = service.get("port")
        if port is not None and port in owners and not shared:
            first = owners[port]
            line = at(("services", first, "port")).start_line
            yield Problem(
                at(("services", name, "port")),
                f"`services.{name}.port` is {port}, which is the port of {first} (line {line})",
                "give each service its own port, or set compute.shared_ports: true if they share it on purpose",
            )
        owners.setdefault(port, name)
        tasks = service.get("tasks", {})
        if "min" in tasks and "max" in tasks and tasks["min"] > tasks["max"]:
            yield Problem(
                at(("services", name, "tasks", "min")),
                f"`services.{name}.tasks.min` is {tasks['min']}, more than the maximum of {tasks['max']}",
                "the minimum is at most the maximum: swap or correct them",
            )


def _sizes(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    if get(data, ("compute", "launch_type")) == "EC2":
        return
    for name, service in data.get("services", {}).items():
        cpu, memory = service.get("cpu"), service.get("memory")
        if cpu is not None and cpu not in fargate.SIZES:
            remedy = f"CPU units are one of {listed(fargate.SIZES)}"
            yield Problem(at(("services", name, "cpu")), f"Fargate has no tasks with {cpu} CPU units", remedy)
        elif cpu is not None and memory is not None and not fargate.legal(cpu, memory):
            larger = fargate.round_up(cpu, memory)
            better = f"; {larger[0]} CPU units with {larger[1]} MiB is the next size up" if larger else ""
            options = fargate.SIZES[cpu]
            step = f"{options[0]} to {options[-1]} MiB in steps of {options[1] - options[0]}"
            choice = step if len(options) > 3 else f"{listed(options)} MiB"
            yield Problem(
                at(("services", name, "memory")),
                f"Fargate has no tasks with {cpu} CPU units and {memory} MiB",
                f"with {cpu} CPU units there are {choice}{better}",
            )


def _classes(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    classes = data.get("service_classes", {})
    uses: list[tuple[Path, str]] = [
        (("services", name, "class"), s["class"]) for name, s in data.get("services", {}).items() if "class" in s
    ]
    for area, key in (
        ("deployment", "minimum_healthy_percent"),
        ("deployment", "health_check_grace_period"),
        ("capacity", "spot_share"),
    ):
        uses += [((area, key, name), name) for name in data.get(area, {}).get(key, {})]
    required = data.get("discovery", {}).get("required_for", ())
    uses += [(("discovery", "required_for", position), name) for position, name in enumerate(required)]
    for path, name in uses:
        if name not in classes:
            remedy = suggest(name, classes, "classes") or "list it under service_classes"
            yield Problem(at(path), f"`{name}` is no service class", remedy)


def _routing(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    balancer = data.get("load_balancer", {})
    services = data.get("services", {})
    targets: list[tuple[Path, str]] = [
        (("load_balancer", "rules", n, "service"), r["service"]) for n, r in enumerate(balancer.get("rules", ()))
    ]
    if "default_service" in balancer:
        targets.append((("load_balancer", "default_service"), balancer["default_service"]))
    for path, name in targets:
        if services and name not in services:
            yield Problem(
                at(path), f"requests are routed to `{name}`, which is no service", suggest(name, services, "services")
            )
    priorities: dict[int, Path] = {}
    claimed: dict[tuple[str, tuple[str, ...]], Path] = {}
    for number, rule in enumerate(balancer.get("rules", ())):
        place: Path = ("load_balancer", "rules", number)
        yield from _once(priorities, rule["priority"], (*place, "priority"), "the priority {} is taken", at)
        if not rule.get("paths") and not rule.get("hosts"):
            yield Problem(at(place), "a rule without paths and hosts matches nothing", "give it paths: [/example/*]")
        for index, path in enumerate(rule.get("paths", ())):
            claim = (path, rule.get("hosts", ()))
            yield from _once(claimed, claim, (*place, "paths", index), f"the path {path} is taken", at)
    if "default_priority" in balancer:
        last: Path = ("load_balancer", "default_priority")
        yield from _once(priorities, balancer["default_priority"], last, "the priority {} is taken", at)
    tls = balancer.get("tls", {})
    if "offers" in tls and "minimum" in tls and _TLS.index(tls["minimum"]) > _TLS.index(tls["offers"]):
        yield Problem(
            at(("load_balancer", "tls", "minimum")),
            f"the minimum {tls['minimum']} rules out {tls['offers']}, which must be offered",
            "lower the minimum",
        )


def _once(seen: dict[Any, Path], key: Any, path: Path, message: str, at: Any) -> Iterator[Problem]:
    if key in seen:
        first = at(seen[key]).start_line
        yield Problem(at(path), f"{message.format(key)} by the rule on line {first}", "give each rule its own")
    seen.setdefault(key, path)


def _logging(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    days = get(data, ("logging", "retention_days"))
    if days is not MISSING and days not in RETENTION_DAYS:
        nearest = [*[n for n in RETENTION_DAYS if n < days][-1:], *[n for n in RETENTION_DAYS if n > days][:1]]
        yield Problem(
            at(("logging", "retention_days")),
            f"CloudWatch Logs cannot keep events for {days} days",
            f"the nearest it offers: {' and '.join(map(str, nearest))} days",
        )


def _placement(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    tier = get(data, ("tasks", "subnets"))
    tiers = get(data, ("network", "subnets"))
    if tier is not MISSING and tiers is not MISSING and tier not in tiers:
        yield Problem(
            at(("tasks", "subnets")), f"`{tier}` are no subnets of this network", suggest(tier, tiers, "subnets")
        )
    region = data.get("region") or ""
    zones = data.get("network", {}).get("availability_zones", ()) if region else ()
    for position, zone in enumerate(zones):
        if not zone.startswith(region):
            path = ("network", "availability_zones", position)
            yield Problem(
                at(path),
                f"{zone} is no availability zone of {region}",
                f"its zones begin with {region}, as in {region}a",
            )


def _names(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    for path, text in strings({area: value for area, value in areas(data).items() if area != "assertions"}):
        for match in _PLACEHOLDER.finditer(text):
            if match[1] not in PLACEHOLDERS or not match[0].endswith("}"):
                yield Problem(
                    at(path), f"{match[0]} is no placeholder", suggest(match[1], PLACEHOLDERS, "placeholders")
                )


def _capacity(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    providers = get(data, ("capacity", "providers"))
    for name, share in data.get("capacity", {}).get("spot_share", {}).items():
        if share > 0 and providers is not MISSING and "FARGATE_SPOT" not in providers:
            yield Problem(
                at(("capacity", "spot_share", name)),
                f"{name} services are to run on Spot, which the cluster does not offer",
                "add FARGATE_SPOT to capacity.providers",
            )
