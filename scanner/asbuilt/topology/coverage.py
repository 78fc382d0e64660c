"""Whether a member of a security group can be reached as it must be."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.topology.attachments import WORDS, Attachments
from asbuilt.topology.security_groups import (
    CLOUDFRONT,
    RANGES,
    Maybe,
    Permission,
    Permissions,
    first_doubt,
    is_everywhere,
)
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that must be open to a peer. One of the `others` will do: then it is the port that is wrong."""

    port: int
    peer: str
    protocols: tuple[str, ...] = ("tcp",)
    others: tuple[int, ...] = ()

    @property
    def who(self) -> str:
        """The peer in words."""
        return "other ECS tasks" if self.peer == "self" else WORDS[self.peer]

    def __str__(self) -> str:
        return f"{'/'.join(self.protocols)} {self.port}"


def cover(want: Wanted, groups: Iterable[Resource], role: str, attached: Attachments, permitted: Permissions) -> Maybe:
    """Whether the groups of a member let a peer in on a port."""
    doubt: Unknown | None = None
    ranges: list[tuple[Property, Maybe]] = []
    for group in groups:
        for permission in permitted.of(group):
            found = _lets_in(permission, want, role, attached, ranges)
            if found is True:
                return True
            doubt = first_doubt(doubt, found)
    if want.peer == "internet" and _all_of_it(prop for prop, opens in ranges if opens is True):
        return True
    if want.peer == "internet" and _all_of_it(prop for prop, _ in ranges):
        doubt = first_doubt(doubt, *(opens for _, opens in ranges))
    for permission, loose in permitted.loose:
        if _lets_in(permission, want, role, attached, []) is not False:
            doubt = first_doubt(doubt, loose)
    return False if doubt is None else doubt


def _lets_in(
    permission: Permission, want: Wanted, role: str, attached: Attachments, ranges: list[tuple[Property, Maybe]]
) -> Maybe:
    where = permission.where
    if isinstance(where.value, Unknown):
        return where.value
    opens = _opens(permission, want)
    if opens is False:
        return False
    verdicts = [_is_from(source, want, role, attached) for source in permission.sources]
    if not any(verdict is not False for verdict in verdicts):
        ranges.extend((source, opens) for source in permission.sources if source.path[-1] in RANGES)
        return False
    if isinstance(opens, Unknown):
        return opens
    if any(verdict is True for verdict in verdicts):
        return True if where.resource.conditional is None else where.resource.conditional
    return next(verdict for verdict in verdicts if isinstance(verdict, Unknown))


def _opens(permission: Permission, want: Wanted) -> Maybe:
    verdicts = [permission.opens(port, want.protocols) for port in (want.port, *want.others)]
    doubt = first_doubt(*verdicts)
    return any(verdict is True for verdict in verdicts) or (False if doubt is None else doubt)


def _is_from(source: Property, want: Wanted, role: str, attached: Attachments) -> Maybe:
    name, value = source.path[-1], source.value
    if want.peer != "internet":
        if name in RANGES and not isinstance(value, Unknown):
            return True  # an address range where a group belongs is told as such, not once more as a missing group
        return attached.admits(source, (want.peer,), role)
    if name == "SourcePrefixListId":
        return _is_cloudfront(value)
    if name in RANGES:
        return value if isinstance(value, Unknown) else is_everywhere(value)
    return value if isinstance(value, Unknown) and not value.exact else False


def _is_cloudfront(value: object) -> Maybe:
    """Whether a prefix list is AWS's list of CloudFront's servers: then the internet comes in through CloudFront."""
    if isinstance(value, Unknown):
        return True if CLOUDFRONT in value.reason else value
    return Unknown(UnknownKind.UNREAD, f"what is in the prefix list {value} is not known")


def _all_of_it(ranges: Iterable[Property]) -> bool:
    """Whether several address ranges together are all of IPv4 or IPv6: some tools refuse to write 0.0.0.0/0."""
    blocks = [block for prop in ranges if (block := cidr(prop.value)) is not None]
    four = collapse_addresses(block for block in blocks if isinstance(block, IPv4Network))
    six = collapse_addresses(block for block in blocks if isinstance(block, IPv6Network))
    return any(block.prefixlen == 0 for block in four) or any(block.prefixlen == 0 for block in six)


def is_cloudfront_only(source: Property) -> bool:
    """Whether a source is known to be CloudFront's prefix list."""
    return source.path[-1] == "SourcePrefixListId" and _is_cloudfront(source.value) is True
