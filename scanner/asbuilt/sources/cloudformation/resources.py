"""The resources of templates, as rules see them: properties pass through, worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Resource, Sensitive, Unknown
from asbuilt.sources.cloudformation.stacks.declared import is_function
from asbuilt.sources.cloudformation.vocabulary.names import name_property
from asbuilt.sources.cloudformation.vocabulary.typing import shape_of, typed

if TYPE_CHECKING:
    from asbuilt.model import Edge, Location, Path, Trace
    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.root import Root


_VERSIONS: Final = "AWS::CDK::Metadata"  # which libraries an application of the CDK uses: nothing is made of it


class Properties(Mapping[str, Any]):
    """A resource's properties: each worked out when first asked for, then kept."""

    __slots__ = ("_declared", "_kept", "_whole")

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._kept: dict[str, Any] = {}
        self._whole: Any = None

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property; the default where it is not set."""
        if key not in self._kept:
            self._kept[key] = self._compute(key)
        found = self._kept[key]
        return default if found is ABSENT else found

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, ABSENT)
        if found is ABSENT:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        raw = self._declared.body.get("Properties")
        names: Iterable[str] = ()
        if is_function(raw) and self._declared.reworked() is None:
            whole = self._all()
            names = whole if isinstance(whole, dict) else ()
        elif isinstance(raw, dict):
            names = raw
        for name in names:
            if self.get(name, ABSENT) is not ABSENT:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Properties({self._kept!r})"

    def _compute(self, key: str) -> Any:
        rewritten = self._declared.reworked()
        if rewritten is not None:
            return rewritten
        raw = self._declared.body.get("Properties")
        if not is_function(raw):
            found = self._declared.raw(key)
            value = ABSENT if found is None else self._declared.scope.evaluate(*found)
        else:
            whole = self._all()
            value = whole.get(key, ABSENT) if isinstance(whole, dict) else whole
        return value if value is ABSENT else typed(value, shape_of(self._declared.type).get(key))

    def _all(self) -> Any:
        """Return the properties as a whole, where a function gives them."""
        if self._whole is None:
            declared = self._declared
            found = declared.scope.evaluate(declared.body.get("Properties"), declared.place.child("Properties"))
            if isinstance(found, Unknown) and isinstance(found.structure, dict):
                found = found.structure
            self._whole = found if isinstance(found, dict | Unknown) else {}
        return self._whole


class CloudFormationResource(Resource):
    """A resource whose name, place and properties are found when first asked for."""

    __slots__ = ("_declared", "_known")
    _declared: Declared
    _known: str

    def __init__(self, declared: Declared, address: str, conditional: Unknown | None) -> None:
        put = object.__setattr__
        put(self, "_declared", declared)
        put(self, "_known", "")
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
        wanted = name_property(self.type)
        if self._known or not wanted:
            return self._known
        value = self.properties.get(wanted, "")
        value = value.value if isinstance(value, Sensitive) else value
        if isinstance(value, str):
            object.__setattr__(self, "_known", value)
        return self._known

    @property
    def identifiers(self) -> Mapping[str, Any]:
        """The names by which others may point here."""
        return {"name": self.name} if self.name else {}

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
        from asbuilt.sources.cloudformation.tracing import trace

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
            file = before.get((root.name, declared.address))
            address = f"{file}/{declared.address}" if file else declared.address
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
