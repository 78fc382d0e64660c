"""Address ranges: `cidrhost`, `cidrnetmask`, `cidrsubnet`, `cidrsubnets`."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, TypeAlias

from asbuilt.patterns import when_used
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import whole
from asbuilt.sources.terraform.language.typesys import STRING
from asbuilt.sources.terraform.language.values import EvalError, ListValue, UnsupportedError

if TYPE_CHECKING:
    from asbuilt.sources.terraform.language.numbers import Number

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_LEADING_ZEROS = when_used(r"(?<![0-9])0+(?=[0-9])")


def _network(prefix: str) -> Network:
    """Read a range; Terraform accepts leading zeros in IPv4 and host bits that are set."""
    address, _, bits = prefix.partition("/")
    if "." in address and ":" not in address:
        address = _LEADING_ZEROS.sub("", address)
    try:
        # Python would take a mask (255.0.0.0) where only a number of bits may stand.
        bits = bits if bits.isascii() and bits.isdigit() else "none"
        return ipaddress.ip_network(f"{address}/{int(bits)}", strict=False)
    except ValueError:
        raise EvalError(f"invalid CIDR expression: invalid CIDR address: {prefix}") from None


@function("cidrhost(prefix: string, hostnum: number) string")
def cidrhost(prefix: str, hostnum: Number) -> str:
    """Return the address with a number; negative ones count from the end."""
    network = _network(prefix)
    number = whole(hostnum, "hostnum")
    if not -network.num_addresses <= number < network.num_addresses:
        size = network.max_prefixlen - network.prefixlen
        raise EvalError(f"prefix of {size} does not accommodate a host numbered {number}")
    return _text(int(network.network_address) + number % network.num_addresses, network)


def _text(number: int, network: Network) -> str:
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return str(kind(number))


@function("cidrnetmask(prefix: string) string")
def cidrnetmask(prefix: str) -> str:
    """Return the mask of an IPv4 range."""
    network = _network(prefix)
    if network.version == 6:
        raise EvalError("IPv6 addresses cannot have a netmask: " + prefix)
    return str(network.netmask)


@function("cidrsubnet(prefix: string, newbits: number, netnum: number) string")
def cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> str:
    """Return the range with a number inside another."""
    network = _network(prefix)
    bits, number = whole(newbits, "newbits"), whole(netnum, "netnum")
    length = network.prefixlen + bits
    if not 0 <= length <= network.max_prefixlen:
        raise EvalError(f"insufficient address space to extend prefix of {network.prefixlen} by {bits}")
    if number < 0:
        raise UnsupportedError("a negative subnet number, for which Terraform's arithmetic wraps round")
    if bits > 0 and number >= 1 << bits:
        raise EvalError(f"prefix extension of {bits} does not accommodate a subnet numbered {number}")
    if bits <= 0 and number:
        raise EvalError(f"prefix extension of {bits} does not accommodate a subnet numbered {number}")
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{_text(start, network)}/{length}"


@function("cidrsubnets(prefix: string, newbits...: number) list(string)")
def cidrsubnets(prefix: str, *newbits: Number) -> Any:
    """Return ranges one after another inside another."""
    network = _network(prefix)
    top = network.max_prefixlen
    at = int(network.network_address)
    end = at + network.num_addresses
    found: list[str] = []
    for position, bits in enumerate(newbits):
        extra = whole(bits, "newbits")
        length = network.prefixlen + extra
        if extra < 1:
            raise EvalError("must extend prefix by at least one bit")
        if extra > 32:
            raise EvalError("may not extend prefix by more than 32 bits")
        if length > top:
            raise EvalError(
                f"would extend prefix to {length} bits, which is too long for an IPv{network.version} address"
            )
        size = 1 << (top - length)
        at = -(-at // size) * size
        if at + size > end:
            raise EvalError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits after "
                f"{found[position - 1] if found else prefix}"
            )
        found.append(f"{_text(at, network)}/{length}")
        at += size
    return ListValue(found, STRING)
