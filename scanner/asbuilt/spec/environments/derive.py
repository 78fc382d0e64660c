"""Work out the values of an environment: what it states, what it takes over, what follows from another's.

Derived values (half of production, subnets at the same offsets in another VPC, names with the environment put in)
are marked: nobody wrote them down for this environment, so findings about them weigh less.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.spec import fargate
from asbuilt.spec.cidrs import moved
from asbuilt.spec.data import MISSING, areas, copied, drop, get, leaves, put

if TYPE_CHECKING:
    from asbuilt.model import Path

_BLOCK: Path = ("network", "vpc_cidr")


@dataclass(slots=True)
class Resolved:
    """The values of one environment.

    `origins` maps the path of a value to the path in the file that it comes from, where the two differ;
    `derived` maps a path to the path of the value that it was derived by. `lost` are subnets that do not fit the VPC.
    """

    data: dict[str, Any]
    origins: dict[Path, Path] = field(default_factory=dict)
    derived: dict[Path, Path] = field(default_factory=dict)
    lost: list[Path] = field(default_factory=list)

    def origin(self, path: Path) -> Path:
        """Return the path in the file of a value of this environment."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return (*self.origins[path[:length]], *path[length:])
        return path


def resolve(document: dict[str, Any], name: str | None) -> Resolved:
    """Return the values of an environment; None gives the base values, placeholders and all."""
    if name is None:
        return _project_named(document, Resolved(copied(areas(document))))
    found = _project_named(document, _layered(document, name))
    _environment_named(document, found, name)
    return found


def _layered(document: dict[str, Any], name: str) -> Resolved:
    settings: dict[str, Any] = document["environments"][name]
    parent = settings.get("derives_from")
    found = _layered(document, parent) if parent else Resolved(copied(areas(document)))
    block = get(found.data, _BLOCK)
    _overlay(found, areas(settings), ("environments", name))
    if parent:
        _move_subnets(found, block, ("environments", name, *_BLOCK))
        _size(found, settings.get("sizing", {}), ("environments", name, "sizing"))
    return found


def _overlay(found: Resolved, overlay: dict[str, Any], prefix: Path) -> None:
    for path, value in leaves(overlay):
        for table in (found.origins, found.derived):
            for below in [p for p in table if p[: len(path)] == path]:
                del table[below]
        if value is None:
            drop(found.data, path)
        else:
            put(found.data, path, value)
            found.origins[path] = (*prefix, *path)


def _stated_here(found: Resolved, path: Path, prefix: Path) -> bool:
    return found.origins.get(path, ())[:2] == prefix[:2]


def _move_subnets(found: Resolved, old: Any, reason: Path) -> None:
    """Keep the layout of the subnets where only the VPC's block differs; without a VPC nothing is known of them.

    `old` is the block that the environment takes over.
    """
    new = get(found.data, _BLOCK)
    if old is MISSING or old == new:
        return
    for name, tier in found.data.get("network", {}).get("subnets", {}).items():
        path: Path = ("network", "subnets", name, "cidrs")
        if "cidrs" not in tier or _stated_here(found, path, reason):
            continue
        blocks = () if new is MISSING else tuple(moved(cidr, old, new) for cidr in tier["cidrs"])
        if blocks and None not in blocks:
            tier["cidrs"] = blocks
            found.derived[path] = reason
        else:
            del tier["cidrs"]
            found.lost.extend([path] if new is not MISSING else [])


def _size(found: Resolved, sizing: dict[str, Any], reason: Path) -> None:
    share, quantity = sizing.get("share"), sizing.get("quantity", "both")
    smallest = sizing.get("minimum") is True
    on_fargate = get(found.data, ("compute", "launch_type")) != "EC2"
    for name, service in found.data.get("services", {}).items():
        sizes: dict[Path, int | None] = {}
        tasks = service.get("tasks", {})
        if smallest:
            sizes = {("cpu",): fargate.SMALLEST[0], ("memory",): fargate.SMALLEST[1], ("tasks", "min"): 1}
            sizes["tasks", "max"] = None
        elif share is not None:
            if quantity != "tasks":
                sizes |= _scaled(service, share, on_fargate=on_fargate)
            if quantity != "cpu_memory":
                sizes |= {("tasks", key): max(1, _part(n, share)) if n else 0 for key, n in tasks.items()}
        for key, value in sizes.items():
            path = ("services", name, *key)
            if get(service, key) is MISSING or _stated_here(found, path, reason):
                continue
            if value is None:
                drop(service, key)
                continue
            put(service, key, value)
            found.derived[path] = reason


def _scaled(service: dict[str, Any], share: float, *, on_fargate: bool) -> dict[Path, int | None]:
    """Return a share of CPU and memory, rounded up to a size Fargate has."""
    cpu, memory = _part(service.get("cpu", 0), share), _part(service.get("memory", 0), share)
    size = fargate.round_up(cpu, memory) if on_fargate else (cpu, memory)
    return {("cpu",): size[0], ("memory",): size[1]} if size else {}


def _part(number: int, share: float) -> int:
    """Return a share, rounded up; 7% of 100 is 7, though 100 * 0.07 is a little more in binary."""
    return math.ceil(round(number * share, 6))


def _project_named(document: dict[str, Any], found: Resolved) -> Resolved:
    _substitute(found, "${project}", document.get("project") or document.get("name", ""))
    return found


def _environment_named(document: dict[str, Any], found: Resolved, name: str) -> None:
    inherits = "derives_from" in document["environments"][name]
    for path in _substitute(found, "${environment}", name):
        if inherits and found.origin(path)[:2] != ("environments", name):
            found.derived[path] = ()


def _substitute(found: Resolved, placeholder: str, word: str) -> list[Path]:
    """Put a word in the place of a placeholder; return the values (or lists) that held it."""
    changed = _holding(found.data, placeholder, ())
    for place in changed:
        put(found.data, place, _replaced(get(found.data, place), placeholder, word))
    return changed


def _holding(data: dict[str, Any], placeholder: str, path: Path) -> list[Path]:
    """Return the paths of the texts, and of the lists of texts, that hold a placeholder."""
    found: list[Path] = []
    for key, value in data.items():
        if isinstance(value, dict):
            found += _holding(value, placeholder, (*path, key))
        elif isinstance(value, str | tuple) and _replaced(value, placeholder, "") != value:
            found.append((*path, key))
    return found


def _replaced(value: Any, placeholder: str, word: str) -> Any:
    if isinstance(value, str):
        return value.replace(placeholder, word)
    if isinstance(value, tuple):
        return tuple(_replaced(item, placeholder, word) for item in value)
    if isinstance(value, dict):
        return {key: _replaced(item, placeholder, word) for key, item in value.items()}
    return value
