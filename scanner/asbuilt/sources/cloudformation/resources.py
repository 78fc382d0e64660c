"""The resources of templates, as rules see them: properties pass through, worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Resource, Sensitive, Unknown
from asbuilt.sources.cloudformation.stacks.declared import is_function
from asbuilt.sources.cloudformation.stacks.evaluation import SCALARS
from asbuilt.sources.cloudformation.tracing import trace
from asbuilt.sources.cloudformation.vocabulary.names import name_property
from asbuilt.sources.cloudformation.vocabulary.typing import shape_of, typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Edge, Location, Path, Trace
    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.root import Root


_VERSIONS: Final = "AWS::CDK::Metadata"  # which libraries an application of the CDK uses: nothing is made of it


class Properties(Mapping[str, Any]):
    """A resource's properties: each worked out when first asked for, then kept."""

    __slots__ = ("_declared", "_kept", "_looked", "_named", "_place", "_shape", "_unknown")
    _named: Mapping[str, Any]  # what stands under each name: as written, or (no `_place`) worked out as a whole
    _place: Place | None
    _shape: Mapping[str, Any]
    _unknown: Unknown | None  # why nothing is known of any of them

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._kept: dict[str, Any] = {}
        self._looked = False

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property; the default where it is not set."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._compute(key)
        return default if found is ABSENT else found

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, ABSENT)
        if found is ABSENT:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        if not self._looked:
            self._look()
        for name in self._named:
            if self.get(name, ABSENT) is not ABSENT:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Properties({self._kept!r})"

    def _compute(self, key: str) -> Any:
        if not self._looked:
            self._look()
        if self._unknown is not None:
            return self._unknown
        value = self._named.get(key, ABSENT)
        if value is ABSENT:
            return value
        kind = type(value)
        if self._place is not None and kind not in SCALARS and (kind is not str or "{" in value):
            value = self._declared.scope.evaluate(value, self._place.child(key))
        return typed(value, self._shape.get(key))

    def _look(self) -> None:
        """Find out how the properties are given: written one by one, or by a function as a whole."""
        declared, self._looked = self._declared, True
        raw, place = declared.body.get("Properties"), declared.inside
        self._shape = shape_of(declared.type)
        self._unknown = declared.reworked()
        self._named, self._place = raw if isinstance(raw, dict) else {}, place
        if self._unknown is None and is_function(raw):
            found = declared.scope.evaluate(raw, place)
            if isinstance(found, Unknown) and isinstance(found.structure, dict):
                found = found.structure
            self._unknown = found if isinstance(found, Unknown) else None
            self._named, self._place = found if isinstance(found, dict) else {}, None


class CloudFormationResource(Resource):
    """A resource whose name, place and properties are found when first asked for."""

    __slots__ = ("_declared", "_known")
    _declared: Declared
    _known: str | None

    def __init__(self, declared: Declared, address: str, conditional: Unknown | None) -> None:
        put = object.__setattr__
        put(self, "_declared", declared)
        put(self, "_known", None)
        put(self, "key", declared.key)
        put(self, "address", address)
        put(self, "type", declared.type)
        put(self, "properties", Properties(declared))
        put(self, "source", "cloudformation")
        put(self, "conditional", conditional)
        put(self, "native_type", declared.type)

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def location(self) -> Location:
        """The resource's logical id."""
        return self._declared.place.key

    @property
    def construct(self) -> str:
        """The path of the construct that the AWS CDK synthesised it of."""
        return self._declared.construct

    @property
    def name(self) -> str:
        """The physical name, where it is known."""
        if self._known is None:
            wanted = name_property(self.type)
            value = self.properties.get(wanted, "") if wanted else ""
            value = value.value if isinstance(value, Sensitive) else value
            object.__setattr__(self, "_known", value if isinstance(value, str) else "")
        return self._known or ""

    @property
    def identifiers(self) -> Mapping[str, Any]:
        """The names by which others may point here."""
        name = self.name
        return {"name": name} if name else {}

    @property
    def region(self) -> Any:
        """The region of its stack: as given, else an Unknown."""
        return self._declared.stack.pseudo("AWS::Region")

    def edges(self) -> Iterable[Edge]:
        """Return the references to other resources."""
        from asbuilt.sources.cloudformation.edges import edges_of

        return edges_of(self._declared)

    def tracer(self, path: Path) -> Trace | None:
        """Find where a property is written, and where its value comes from."""
        return trace(self._declared, path)

    def namer(self, path: Path) -> str:
        """Write a property's path as templates do: `SecurityGroupIngress[0].CidrIp`."""
        return ".".join(map(str, path))


def to_resources(root: Root, before: Mapping[tuple[str, str], str]) -> list[CloudFormationResource]:
    """Return the resources of a root template and of what is nested in it; those that are not created are left out.

    `before` is what stands before an address that others have too, by the root's name and the address.
    """
    found: list[CloudFormationResource] = []
    for stack in root.stacks():
        around = _around(stack.caller)
        for declared in stack.resources.values():
            exists = declared.exists()
            if exists is False or not declared.type or declared.type == _VERSIONS:
                continue
            perhaps = exists if isinstance(exists, Unknown) else around
            address = declared.address
            file = before.get((root.name, address))
            address = f"{file}/{address}" if file else address
            found.append(CloudFormationResource(declared, address, perhaps))
    return found


def _around(caller: Declared | None) -> Unknown | None:
    """Return why it is not certain that a stack is there."""
    while caller is not None:
        exists = caller.exists()
        if isinstance(exists, Unknown):
            return exists
        caller = caller.stack.caller
    return None
