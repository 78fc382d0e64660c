"""The intrinsic functions over known values.

Source: AWS CloudFormation Template Reference, "Intrinsic functions"; read 2026-11.
"""

from __future__ import annotations

import base64
import json
from ipaddress import ip_network
from typing import Any, Final

from asbuilt.model import ABSENT
from asbuilt.sources.cloudformation.language.values import EvaluationError, text_of

MAX_CIDRS: Final = 256


def whole(value: Any, what: str) -> int:
    """Return a whole number that may be written as text. Raises EvaluationError."""
    try:
        if not isinstance(value, bool) and len(str(value)) < 20:
            return int(value)
    except (TypeError, ValueError):
        pass
    raise EvaluationError("wrong-argument", f"{what} has to be a whole number")


def listed(value: Any, what: str) -> list[Any]:
    """Return a list. Raises EvaluationError for anything else."""
    if isinstance(value, list):
        return value
    raise EvaluationError("wrong-argument", f"{what} has to be a list")


def to_base64(value: Any) -> str:
    """Return Fn::Base64 of a text."""
    return base64.b64encode(text_of(value).encode("utf-8", "surrogatepass")).decode("ascii")


def split(separator: Any, value: Any) -> list[str]:
    """Return Fn::Split."""
    if not isinstance(separator, str) or not separator:
        raise EvaluationError("wrong-argument", "the delimiter of Fn::Split has to be text")
    return text_of(value).split(separator)


def select(index: int, values: list[Any]) -> Any:
    """Return Fn::Select."""
    if not 0 <= index < len(values):
        raise EvaluationError("wrong-argument", f"Fn::Select asks for element {index} of {len(values)}")
    return values[index]


def cidr(block: Any, count: Any, bits: Any) -> list[str]:
    """Return Fn::Cidr: the first `count` blocks in a block, each with `bits` bits for hosts."""
    number, host = whole(count, "the count of Fn::Cidr"), whole(bits, "cidrBits of Fn::Cidr")
    if not 1 <= number <= MAX_CIDRS:
        raise EvaluationError("wrong-argument", f"Fn::Cidr gives 1 to {MAX_CIDRS} blocks, not {number}")
    try:
        network = ip_network(text_of(block), strict=False)
    except ValueError:
        raise EvaluationError("wrong-argument", f"Fn::Cidr: {block} is no block of addresses") from None
    prefix = network.max_prefixlen - host
    if not network.prefixlen <= prefix <= network.max_prefixlen or host < 1:
        raise EvaluationError("wrong-argument", f"Fn::Cidr: blocks with {host} bits do not fit into {block}")
    if number > 1 << (prefix - network.prefixlen):
        raise EvaluationError("wrong-argument", f"Fn::Cidr: {block} does not have {number} blocks with {host} bits")
    first = int(network.network_address)
    return [f"{type(network.network_address)(first + at * (1 << host))}/{prefix}" for at in range(number)]


def to_json(value: Any) -> str:
    """Return Fn::ToJsonString."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def equals(left: Any, right: Any) -> bool:
    """Return Fn::Equals: scalars are compared as text."""
    if left is ABSENT or right is ABSENT:
        return left is right
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return bool(left == right)
    return text_of(left) == text_of(right)
