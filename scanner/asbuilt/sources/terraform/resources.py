"""Instances of Terraform's resources as resources in CloudFormation's vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource, Sensitive, Unknown
from asbuilt.sources.terraform.properties import Properties, Raw
from asbuilt.sources.terraform.vocabulary import table_for
from asbuilt.sources.terraform.vocabulary.fanning import fan_out, myself
from asbuilt.sources.terraform.vocabulary.language import bare
from asbuilt.sources.terraform.vocabulary.nested import Only
from asbuilt.sources.terraform.vocabulary.tables import Split, Table, View

if TYPE_CHECKING:
    from asbuilt.model import Edge, Location, Path, Trace
    from asbuilt.sources.terraform.instance import Instance


class TerraformResource(Resource):
    """A resource whose name, place and properties are found when first asked for."""

    __slots__ = ("_instance", "_known", "_name", "_place")
    _instance: Instance
    _known: str
    _name: str
    _place: Path

    def __init__(
        self,
        instance: Instance,
        type_: str,
        properties: Properties | Raw,
        name: str = "",
        suffix: str = "",
        conditional: Unknown | None = None,
        place: Path = (),
    ) -> None:
        put = object.__setattr__
        put(self, "_instance", instance)
        put(self, "_name", name)
        put(self, "_known", "")
        put(self, "_place", place)
        put(self, "key", instance.key + suffix)
        put(self, "address", instance.address + suffix)
        put(self, "type", type_)
        put(self, "properties", properties)
        put(self, "source", "terraform")
        put(self, "conditional", instance.conditional if conditional is None else conditional)
        put(self, "native_type", instance.type)
        put(self, "construct", "")

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def location(self) -> Location:
        """The header of the resource's block, or of the block inside that is a resource of its own."""
        found = self._instance.trace(self._place) if self._place else None
        return self._instance.location if found is None else found.location

    @property
    def name(self) -> str:
        """The physical name, where it is known."""
        if self._known or not self._name:
            return self._known
        value = self.properties.get(self._name, "")
        value = value.value if isinstance(value, Sensitive) else value
        if isinstance(value, str):
            self._known = value
        return self._known

    @property
    def identifiers(self) -> Mapping[str, Any]:
        """The names by which others may point here."""
        name = self.name
        known: Mapping[str, Any] = getattr(self._instance, "identifiers", {})
        return {"name": name, **known} if name else known

    @property
    def region(self) -> Any:
        """The region the resource names itself (provider 6 and newer), else its provider's."""
        own = self._instance.value("region")
        return self._instance.region if own is ABSENT or own is None else own

    def edges(self) -> Iterable[Edge]:
        """Return the references in the block."""
        return self._instance.edges()

    def tracer(self, path: Path) -> Trace | None:
        """Find where a property is written, or where an argument is written that sets nothing, such as `null`."""
        found = self.properties.find(path, True)  # type: ignore[attr-defined]
        if found is None and path:
            found = self.properties.find(path, False)  # type: ignore[attr-defined]
        return None if found is None else found[0].trace(found[1])

    def written(self, path: Path, value: Any) -> Any:
        """Write a value of a property as its argument has it."""
        return self.properties.written(path, value)  # type: ignore[attr-defined]

    def namer(self, path: Path) -> str:
        """Write a property's path in Terraform's words."""
        found = self.properties.find(path, False) if path else None  # type: ignore[attr-defined]
        return ".".join(map(str, path)) if found is None else words(found[1])


def words(path: Path) -> str:
    """Write a Terraform path as people do: `network_configuration.subnets`, `ingress[1].from_port`."""
    out = ""
    for part in path:
        if isinstance(part, Only):
            continue
        if isinstance(part, int):
            out += f"[{part}]"
        elif part.isidentifier() or not out:
            out += f".{part}" if out else part
        else:
            out += f'["{part}"]'
    return out


def to_resources(instances: Iterable[Instance]) -> list[Resource]:
    """Turn instances into resources; data sources are left out, types without a table stay as they are.

    Evaluates nothing but what decides which resources there are: blocks that become resources of their own, the
    elements of a rule's lists, and the reference by which one resource adds to another.
    """
    found: list[Resource] = []
    adding: list[tuple[int, Instance, Table]] = []
    for instance in instances:
        if instance.mode == "data":
            continue
        table = table_for(instance.type)
        if table is None:
            found.append(_raw(instance))
        elif table.adds_to:
            adding.append((len(found), instance, table))
        elif table.select:
            found.extend(_selected(instance, table))
        else:
            found.extend(_made(instance, table))
    if adding:
        receivers = _Receivers(found)
        loose = [(at, instance) for at, instance, table in adding if not receivers.add(instance, table)]
        for at, instance in reversed(loose):
            found.insert(at, _raw(instance))
    return found


def _raw(instance: Instance) -> Resource:
    return TerraformResource(instance, f"Terraform::{instance.type}", Raw(instance))


def _selected(instance: Instance, table: Table) -> Iterator[Resource]:
    value = bare(instance.value(table.select))
    if isinstance(value, Unknown):
        for name, kind in table.kinds.items():
            yield from _made(instance, kind, f"#{name}", value)
    elif value in table.kinds:
        yield from _made(instance, table.kinds[value])
    else:
        yield _raw(instance)


def _made(instance: Instance, table: Table, suffix: str = "", conditional: Unknown | None = None) -> Iterator[Resource]:
    type_ = table.type
    for name, other in table.alternatives:
        if instance.value(name) not in (ABSENT, None):
            type_ = other
    for view, place in _views(instance, table):
        properties = Properties(view, table.fixed, table.defaults)
        yield TerraformResource(instance, type_, properties, table.name, place + suffix, conditional=conditional)
    for split in table.splits:
        yield from _split(instance, split)


def _views(instance: Instance, table: Table) -> Iterator[tuple[View, str]]:
    if not table.fan:
        yield View(instance, table.fields), ""
        return
    parts = fan_out(instance.value, table.fan, instance.value("security_group_id"))
    for name, at, item in parts or [("", None, ABSENT)]:
        place = "" if len(parts) < 2 else f".{name}" if at is None else f".{name}[{at}]"
        yield View(instance, table.fields, fan=(table.fan, name, at, item)), place


def _split(instance: Instance, split: Split) -> Iterator[Resource]:
    value = bare(instance.value(split.attribute))
    if value is ABSENT or value is None:
        return
    fixed = {split.parent: myself(instance), **split.fixed}
    if split.whole:
        properties = Properties(View(instance, split.fields), fixed, {})
        yield TerraformResource(
            instance, split.type, properties, suffix=f".{split.attribute}", place=(split.attribute,)
        )
        return
    blocks = value if isinstance(value, list) else [value]
    for index, block in enumerate(blocks):
        block = bare(block)
        unknown = block if isinstance(block, Unknown) else None
        place = (split.attribute, index)
        properties = Properties(View(instance, split.fields, block, place), fixed, {})
        at = f".{split.attribute}[{'*' if isinstance(value, Unknown) else index}]"
        yield TerraformResource(instance, split.type, properties, suffix=at, conditional=unknown, place=place)


class _Receivers:
    """Finds the resources that others add to: by reference, else by a name that only one has."""

    def __init__(self, resources: list[Resource]) -> None:
        self.by_key = {r.key: r for r in resources}
        self.by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            self.by_type[resource.native_type].append(resource)
        self.by_name: dict[tuple[str, ...], dict[str, list[Resource]]] = {}

    def add(self, instance: Instance, table: Table) -> bool:
        """Add to every resource that an instance names; say whether all of them were found."""
        value = bare(instance.value(table.adds_to))
        if value is ABSENT or value is None:
            return False
        targets = [self.find(item, instance, table) for item in (value if isinstance(value, list) else [value])]
        for target in targets:
            if target is not None and isinstance(target.properties, Properties):
                target.properties.add(View(instance, table.fields), table.fixed)
        return bool(targets) and all(target is not None for target in targets)

    def find(self, value: Any, instance: Instance, table: Table) -> Resource | None:
        """Find one resource: what an unknown refers to; what has the name, if several do the one the source means."""
        if isinstance(value, Unknown):
            return self._only([self.by_key.get(ref.target) for ref in value.references], table)
        named = self.named(table.adds_to_types).get(value, []) if isinstance(value, str) else []
        if len(named) < 2:
            return named[0] if named else None
        edges = [edge for edge in instance.edges() if edge.attribute.split(".")[0].split("[")[0] == table.adds_to]
        meant = {edge.target for edge in edges}
        return self._only([r for r in named if r.key in meant], table)

    def named(self, types: tuple[str, ...]) -> dict[str, list[Resource]]:
        """Return the resources of some types by their names."""
        if types not in self.by_name:
            index = self.by_name[types] = defaultdict(list)
            for resource in (r for type_ in types for r in self.by_type[type_]):
                for name in {resource.name, *resource.identifiers.values()} - {""}:
                    index[name].append(resource)
        return self.by_name[types]

    @staticmethod
    def _only(candidates: Iterable[Resource | None], table: Table) -> Resource | None:
        fitting = {r.key: r for r in candidates if r is not None and r.native_type in table.adds_to_types}
        return next(iter(fitting.values())) if len(fitting) == 1 else None
