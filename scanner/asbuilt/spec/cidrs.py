"""CIDR blocks: whether they are any, whether they fit, and how a layout moves to another VPC."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from asbuilt.spec.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.model import Location, Path


def network(text: str) -> ipaddress.IPv4Network | None:
    """Return an IPv4 network written as address/prefix without host bits, else None."""
    try:
        return ipaddress.IPv4Network(text) if "/" in text else None
    except ValueError:
        return None


def moved(cidr: str, old: str, new: str) -> str | None:
    """Return the block at the same offset in another VPC, or None where it does not fit or is no block."""
    block, source, target = network(cidr), network(old), network(new)
    if block is None or source is None or target is None or not block.subnet_of(source):
        return None
    address = int(target.network_address) + int(block.network_address) - int(source.network_address)
    try:
        found = ipaddress.IPv4Network((address, block.prefixlen))
    except ValueError:
        return None
    return str(found) if found.subnet_of(target) else None


def check_network(data: dict[str, Any], at: Callable[[Path], Location]) -> Iterator[Problem]:
    """Yield blocks that are none, lie outside the VPC, or overlap."""
    area = data.get("network", {})
    vpc = None
    if "vpc_cidr" in area:
        path: Path = ("network", "vpc_cidr")
        vpc = network(area["vpc_cidr"])
        if vpc is None:
            yield _no_block(area["vpc_cidr"], at(path))
        elif not 16 <= vpc.prefixlen <= 28:
            # Amazon VPC user guide, "VPC CIDR blocks": between a /28 and a /16 netmask.
            yield Problem(at(path), f"a VPC cannot be a /{vpc.prefixlen}", "the prefix of a VPC is /16 to /28")
    seen: list[tuple[ipaddress.IPv4Network, Path]] = []
    for name, tier in area.get("subnets", {}).items():
        for position, text in enumerate(tier.get("cidrs", ())):
            path = ("network", "subnets", name, "cidrs", position)
            block = network(text)
            if block is None:
                yield _no_block(text, at(path))
                continue
            if vpc is not None and not block.subnet_of(vpc):
                yield Problem(at(path), f"{text} is not in the VPC's {vpc}", "subnets lie inside the VPC")
            for other, place in seen:
                if block.overlaps(other):
                    line = at(place).start_line
                    yield Problem(at(path), f"{text} overlaps {other} on line {line}", "give each subnet its own block")
            seen.append((block, path))


def _no_block(text: str, where: Location) -> Problem:
    try:
        loose = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return Problem(where, f"{text} is no CIDR block", "write an IPv4 network as in 10.0.0.0/16")
    if "/" not in text:
        return Problem(where, f"{text} is no CIDR block", f"add the length of the prefix, as in {text}/16")
    return Problem(where, f"{text} has host bits set", f"did you mean {loose}?")
