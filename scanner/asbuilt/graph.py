"""Resources, the references between them, and what could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from asbuilt.model import ABSENT, Diagnostic, Gap, Property, Reference, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location
    from asbuilt.results import SourceInfo

T = TypeVar("T")
Later = Iterable[T] | Callable[[], Iterable[T]]


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark to asbuilt in the source: `text` is what follows its marker.

    It speaks of the `blocks` it stands in or above, and, where that block calls a module, of everything below the
    module addresses in `modules`, written without instance keys, each with the name of its root. `problem` says why it
    speaks of nothing.
    """

    text: str
    location: Location
    blocks: tuple[Location, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one source hands over: a Terraform root, a template with what is nested in it, an account's region.

    Evaluation is lazy, so gaps and diagnostics may be functions: what they return grows while values are asked for.
    `aside` was read too, and is not the platform's: rules are told only what of it a property names.
    """

    resources: Sequence[Resource] = ()
    gaps: Later[Gap] = ()
    diagnostics: Later[Diagnostic] = ()
    sources: tuple[SourceInfo, ...] = ()
    comments: Sequence[Comment] = ()
    aside: Sequence[Resource] = ()


def joined(parts: Sequence[Part]) -> Graph:
    """Return one graph of everything that several sources handed over."""
    return Graph(
        [resource for part in parts for resource in part.resources],
        lambda: [gap for part in parts for gap in _now(part.gaps)],
        lambda: [remark for part in parts for remark in _now(part.diagnostics)],
        [source for part in parts for source in part.sources],
        [comment for part in parts for comment in part.comments],
        [resource for part in parts for resource in part.aside],
    )


def _now(later: Later[T]) -> Iterable[T]:
    return later() if callable(later) else later


class Graph:
    """All resources of one scan, from one or several sources, joined by their references.

    Sources hand over resources, gaps and diagnostics. Evaluation is lazy, so gaps and diagnostics may be functions:
    what they return grows while values are asked for.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        gaps: Later[Gap] = (),
        diagnostics: Later[Diagnostic] = (),
        sources: Iterable[SourceInfo] = (),
        comments: Iterable[Comment] = (),
        aside: Iterable[Resource] = (),
    ) -> None:
        self.resources = tuple(resources)
        self._gaps = gaps
        self._diagnostics = diagnostics
        self.sources = tuple(sources)
        self.comments = tuple(comments)
        self.aside = tuple(aside)
        self._by_key = {resource.key: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.type].append(resource)
        self._memo: dict[object, Any] = {}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read so far."""
        return tuple(_now(self._gaps))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was wrong with the input so far."""
        return tuple(_now(self._diagnostics))

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these CloudFormation types, in source order."""
        found = [self._by_type.get(type_, ()) for type_ in types]
        return tuple(found[0]) if len(found) == 1 else tuple(resource for each in found for resource in each)

    def get(self, key: str) -> Resource | None:
        """Return the resource with this key."""
        return self._by_key.get(key)

    def types(self) -> Iterator[str]:
        """Yield the resource types present."""
        yield from self._by_type

    def memo(self, compute: Callable[..., T], *args: object) -> T:
        """Return `compute(self, *args)`, computed once for the same arguments: for views that several rules share."""
        key = (compute, *map(id, args)) if args else compute
        if key not in self._memo:
            self._memo[key] = (compute(self, *args), args)  # the arguments are kept, so that their ids stay theirs
        found: T = self._memo[key][0]
        return found

    def target(self, prop: Property, *types: str) -> Resource | Unknown | None:
        """Return the one resource a property points at.

        The answer is an Unknown when it points at something that cannot be told (an input without a
        value, a data source, several candidates), and None when it is absent or names nothing in the graph.
        """
        found = self.targets(prop, *types)
        if not found:
            return None
        if len(found) == 1:
            return found[0]
        return Unknown(
            UnknownKind.CONDITION,
            f"{prop.name} may be one of " + ", ".join(f.address for f in found if isinstance(f, Resource)),
            arms=tuple(found),
        )

    def targets(self, prop: Property, *types: str) -> tuple[Resource | Unknown, ...]:
        """Return every resource the elements of a property point at; what cannot be told stays an Unknown.

        A known string is matched against the identifiers of the resources (name, id, ARN), those of the same root
        first; one that matches nothing in the graph contributes nothing.
        """
        found: list[Resource | Unknown] = []
        for item in prop.items():
            for hit in self._resolve(item.value, types, prop.resource):
                if hit not in found:
                    found.append(hit)
        return tuple(found)

    def _resolve(self, value: Any, types: tuple[str, ...], near: Resource) -> Sequence[Resource | Unknown]:
        if isinstance(value, Unknown):
            hits = [hit for ref in value.references if (hit := self.referred(ref, types)) is not None]
            if value.arms and not (hits and value.exact):
                return self._resolve_arms(value, types, near)
            if not hits or not (value.exact or value.kind is UnknownKind.COMPUTED):
                return [value]
            # a list that is made of something else too
            mixed = not value.exact and value.type != "string" and len(hits) < len(value.references)
            return [*hits, value] if mixed else hits
        if isinstance(value, str) and value:
            found = self.identified(value, *types)
            # of several that bear a name, the one that is made together with what points there
            return [hit for hit in found if _together(hit, near)] or found
        return ()

    def _resolve_arms(self, value: Unknown, types: tuple[str, ...], near: Resource) -> list[Resource | Unknown]:
        """Return what each possible value points at, and the unknown itself where one of them points at nothing."""
        found: list[Resource | Unknown] = []
        for arm in value.arms:
            items = arm if isinstance(arm, list) else [arm]
            found += [hit for item in items for hit in self._resolve(item, types, near)] or [value]
        return found

    def referred(self, reference: Reference, types: tuple[str, ...] = ()) -> Resource | None:
        """Return the resource a reference points at, if it is in the graph and of one of the types."""
        hit = self._by_key.get(reference.target)
        return hit if hit is not None and (not types or hit.type in types) else None

    def identified(self, identifier: str, *types: str) -> tuple[Resource, ...]:
        """Return the resources known by this name, id or ARN."""
        index = self.memo(_identifier_index)
        return tuple(r for r in index.get(identifier, ()) if not types or r.type in types)

    def left_out(self, identifier: str, type_: str) -> Resource | None:
        """Return what was read under this name, id or ARN and is not the platform's, as of another VPC."""
        index = self.memo(_aside_index)
        return next((resource for resource in index.get(identifier, ()) if resource.type == type_), None)

    def hidden(self, *types: str) -> Unknown | None:
        """Say why resources of these types might exist without being in the graph, if they might.

        A rule that finds something missing asks this first: with a gap in the way, "missing" is "unknown".
        """
        for gap in self.gaps:
            if not gap.types or gap.types.intersection(types):
                return Unknown(gap.kind, f"{gap.what}: {gap.reason}", location=gap.location)
        return None


def _together(one: Resource, other: Resource) -> bool:
    """Whether two resources are of one root module, or of one template with what is nested in it."""
    return one.key.partition("//")[0] == other.key.partition("//")[0]


def _aside_index(graph: Graph) -> dict[str, list[Resource]]:
    return _indexed(graph.aside)


def _identifier_index(graph: Graph) -> dict[str, list[Resource]]:
    return _indexed(graph.resources)


def _indexed(resources: Iterable[Resource]) -> dict[str, list[Resource]]:
    index: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        for value in {v for v in (resource.name, *resource.identifiers.values()) if isinstance(v, str) and v}:
            index[value].append(resource)
    return index


def value_or(value: Any, default: Any) -> Any:
    """Return the value, or AWS's documented default where it is absent or null."""
    return default if value is ABSENT or value is None else value
