"""What has no counterpart: in the account and in no code, in the code and not in the account, or nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.drift.model import Side, State
from asbuilt.drift.properties import FOLDED, SEEN_IN_USE_ONLY, TYPES
from asbuilt.model import Resource
from asbuilt.records import dataclass
from asbuilt.topology.canonical import canonical

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from asbuilt.drift.pairs import Pairs
    from asbuilt.graph import Graph

# Found out in what order: a resource of the code and one of the account may be the same under another name.
_MANY = 3


@dataclass(frozen=True, slots=True)
class Alone:
    """A resource without a counterpart; `ours` says that it is the code's. `do` says what would decide an unknown."""

    resource: Resource
    ours: bool
    state: State
    why: str = ""
    do: str = ""

    @property
    def side(self) -> Side:
        """The side it is on."""
        location = self.resource.location if self.resource.location.file else None
        return Side("", self.resource.address, location=location)


def alone(
    pairs: Pairs, code: Graph, account: Graph, belongs: Callable[[Resource], bool], left_out: Counter[str]
) -> Iterator[Alone]:
    """Yield what has no counterpart; counts in `left_out` what is not looked for in an account.

    `code` and `account` are the graphs that know what could not be read.
    """
    regions = {one.region for one in account.resources if isinstance(one.region, str) and one.region}
    named = {one.key for ambiguous in pairs.ambiguous for one in (*ambiguous.code, *ambiguous.account)}
    for resource in code.resources:
        if resource.key in pairs.to_account or resource.key in named or resource.type in FOLDED:
            continue
        elsewhere = isinstance(resource.region, str) and resource.region and regions and resource.region not in regions
        if resource.type not in TYPES or resource.type in SEEN_IN_USE_ONLY or elsewhere:
            left_out[resource.type] += 1
            continue
        yield _in_code(resource, pairs, account)
    for resource in pairs.account.graph.resources:
        free = resource.key not in pairs.to_code and resource.key not in named
        if free and belongs(resource) and resource.type in TYPES and not made_by_aws(resource):
            yield _in_account(resource, pairs, code)
    for ambiguous in pairs.ambiguous:
        count = len(ambiguous.code) + len(ambiguous.account)
        why = f"{count} resources bear the name {ambiguous.name}, so that it cannot be told which is which: "
        others = [one.address for one in (*ambiguous.code, *ambiguous.account)]
        yield Alone(ambiguous.code[0], True, State.UNKNOWN, why + _told(others), "give each a name of its own")


def _in_code(resource: Resource, pairs: Pairs, account: Graph) -> Alone:
    if resource.conditional is not None:
        why = f"whether the code makes it is not known: {resource.conditional.reason}"
        return Alone(resource, True, State.UNKNOWN, why, "give the inputs that it depends on a value")
    hidden = account.hidden(resource.type)
    if hidden is not None:
        why = f"the account could not be read in full: {hidden.reason}"
        return Alone(resource, True, State.UNKNOWN, why, _action(account, resource.type))
    _, others = pairs.left(resource.type)
    others = [one for one in others if not made_by_aws(one)]
    if not canonical(resource, pairs.code.graph) and others:
        why = "its name is not known; it may be " + _told([one.address for one in others])
        return Alone(resource, True, State.UNKNOWN, why, "compare with a plan or a state, which knows the name")
    return Alone(resource, True, State.MISSING)


def _in_account(resource: Resource, pairs: Pairs, code: Graph) -> Alone:
    hidden = code.hidden(resource.type)
    if hidden is not None:
        why = f"code that could not be read may make it: {hidden.reason}"
        return Alone(resource, False, State.UNKNOWN, why, _action(code, resource.type))
    ours, _ = pairs.left(resource.type)
    nameless = [one for one in ours if not canonical(one, pairs.code.graph)]
    if nameless:
        why = "it may be " + _told([one.address for one in nameless]) + ", whose name is not known"
        return Alone(resource, False, State.UNKNOWN, why, "compare with a plan or a state, which knows the name")
    return Alone(resource, False, State.UNMANAGED)


def made_by_aws(resource: Resource) -> bool:
    """Whether AWS made it together with something else: the default group and table of a VPC, an endpoint's routes."""
    kind = resource.type
    if kind == "AWS::EC2::SecurityGroup":
        return resource.name == "default"
    if kind == "AWS::EC2::RouteTable":
        return resource.get("Main") is True
    if kind == "AWS::EC2::Route":
        gateway = resource.get("GatewayId")
        return isinstance(gateway, str) and gateway.startswith("vpce-")
    if kind == "AWS::IAM::Role":
        return ":role/aws-service-role/" in resource.address
    if kind == "AWS::IAM::ManagedPolicy":
        return ":iam::aws:" in resource.address
    return kind == "AWS::KMS::Key" and resource.get("KeyManager") == "AWS"


def _action(graph: Graph, type_: str) -> str:
    for gap in graph.gaps:
        if not gap.types or type_ in gap.types:
            return gap.action
    return ""


def _told(names: list[str]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more


__all__ = ["Alone", "alone", "made_by_aws"]
