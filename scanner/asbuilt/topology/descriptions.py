"""Tell apart what describes the platform more than once: in Terraform and in CloudFormation, or in two regions.

The name of a service is unique in its cluster (Amazon ECS API Reference, CreateService; read 2026-11). Roots that have
the same services are therefore several descriptions of one platform, of which only one can be deployed, and what one of
them lacks is not there because another one has it: each is held to the architecture by itself, together with the roots
that describe no services.

Regions of an account that run services of the architecture are held to it one by one as well: alarms, scaling and log
groups name a service or a group without its region, and what one region lacks is not there because another has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.graph import Graph
from asbuilt.records import dataclass
from asbuilt.topology.scaling import cluster_name
from asbuilt.topology.services import ECS_SERVICE, inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Diagnostic, Gap, Resource
    from asbuilt.spec.models import Spec


LIVE = "aws"  # the source of what is live
# Of no region, and read with the first one: what may hide of these may be any region's.
OF_NO_REGION = frozenset(
    {
        "AWS::CloudFront::Distribution",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
    }
)


@dataclass(frozen=True, slots=True)
class Description:
    """One description of the platform: `roots` are those with the services, `shared` the addresses others have too."""

    graph: Graph
    roots: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Root:
    """What a root has of the architecture's services, each by its name and that of its cluster."""

    name: str
    source: str
    region: Any
    services: set[tuple[str, str | None]]

    def describes_same(self, other: _Root) -> bool:
        """Whether two roots have the same services, at least half of those that the smaller one has.

        One of which that is not known may have any.
        """
        if self.source == other.source == LIVE or not (self.services and other.services):
            return True
        if isinstance(self.region, str) and isinstance(other.region, str) and self.region != other.region:
            return False
        both = self.services & other.services
        return bool(both) and 2 * len(both) >= min(len(self.services), len(other.services))


def descriptions(graph: Graph, spec: Spec) -> tuple[Description, ...]:
    """Return the descriptions of the platform in a graph, in the order of the sources: one, as a rule."""
    found = graph.memo(inventory, spec).found
    names = {root_of(view.resource) for views in found.values() for view in views}
    unread = [of for gap in graph.gaps if ECS_SERVICE in gap.types and (of := _region_of(gap)) not in {*names, ""}]
    if len(names.union(unread)) < 2:
        return (Description(graph),)
    roots: dict[str, _Root] = {}
    for views in found.values():
        for view in views:
            one = view.resource
            root = roots.setdefault(root_of(one), _Root(root_of(one), one.source, one.region, set()))
            root.services.add((view.name, cluster_name(one, graph)))
    for name in unread:  # a region that may run services is not judged with one that does
        roots.setdefault(name, _Root(name, LIVE, None, set()))
    groups: list[list[_Root]] = []
    for root in roots.values():
        group = next((g for g in groups if not any(root.describes_same(member) for member in g)), None)
        if group is None:
            groups.append([root])
        else:
            group.append(root)
    return tuple(_described(groups, graph)) if len(groups) > 1 else (Description(graph),)


def root_of(resource: Resource) -> str:
    """Return the name of the root module or template that a resource is of; of what is live, account and region."""
    if resource.source == LIVE:
        account = resource.key.split(":")[4] if resource.key.count(":") > 4 else ""
        return f"{account} {resource.region}" if resource.region else LIVE  # what is of no region is of every one
    name, sign, _ = resource.key.partition("//")
    return name if sign else resource.source


def _region_of(gap: Gap) -> str:
    """Return account and region that a gap is of, as `root_of` does; "" where it is of no account."""
    source, _, root = gap.source.partition(" ")
    return root if source == LIVE else ""


def _described(groups: list[list[_Root]], graph: Graph) -> Iterable[Description]:
    """Yield a description for each group of roots.

    Roots without services belong to the descriptions of their source, else to all; regions without to the first one.
    """
    owned = [{root.name for root in group} for group in groups]
    sources = [{root.source for root in group} for group in groups]
    mine: list[list[Resource]] = [[] for _ in groups]
    shared: set[str] = set()
    places: dict[tuple[str, str], list[int]] = {}
    for resource in graph.resources:
        where = (root_of(resource), resource.source)
        if where not in places:
            places[where] = _places(*where, owned, sources)
        for place in places[where]:
            mine[place].append(resource)
        if len(places[where]) > 1:
            shared.add(resource.address)
    for place, resources in enumerate(mine):
        part = Graph(
            resources,
            lambda place=place: list(_gaps(graph, place, owned, sources)),  # type: ignore[misc]
            lambda: _diagnostics(graph),
            graph.sources,
            graph.comments,
            graph.aside,
        )
        yield Description(part, tuple(sorted(owned[place])), frozenset(shared))


def _places(name: str, source: str, owned: list[set[str]], sources: list[set[str]]) -> list[int]:
    own = [place for place, names in enumerate(owned) if name in names]
    same = own or [p for p, of in enumerate(sources) if source in of] or list(range(len(owned)))
    return same[:1] if source == LIVE != name else same


def _gaps(graph: Graph, place: int, owned: list[set[str]], sources: list[set[str]]) -> Iterator[Gap]:
    """Yield the gaps behind which something of a description may hide: not those of others' sources and regions."""
    foreign = set().union(*sources) - sources[place]
    for gap in graph.gaps:
        region = _region_of(gap)
        if (LIVE if region else gap.source) in foreign:
            continue
        if not region or place in _places(region, LIVE, owned, sources):
            yield gap
        elif gap.types & OF_NO_REGION:
            yield replace(gap, types=gap.types & OF_NO_REGION)


def _diagnostics(graph: Graph) -> Iterable[Diagnostic]:
    return graph.diagnostics


__all__ = ["Description", "descriptions", "root_of"]
