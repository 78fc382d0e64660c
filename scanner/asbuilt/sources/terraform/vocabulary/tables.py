"""Tables: what one Terraform type becomes.

A table is data. Besides the arguments (`fields`, see `language.py`) it may say:

* `name`: the property that holds the physical name.
* `fixed`: properties that are always so (a default security group's name).
* `defaults`: what the provider sends where the code says nothing, if AWS would do something else.
* `splits`: blocks (or arguments) that are resources of their own in CloudFormation.
* `select`: the argument whose value chooses between `kinds` of tables.
* `fan`: lists of which each element is a resource of its own.
* `alternatives`: arguments that, where set, make it another type.
* `adds_to`: the argument naming the resource that this one's properties are added to.
* `item`: a list property and the arguments that together are one element of it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT
from asbuilt.records import dataclass
from asbuilt.sources.terraform.vocabulary.language import apply
from asbuilt.sources.terraform.vocabulary.nested import Fields, Item, convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance
    from asbuilt.sources.terraform.vocabulary.language import Rule
    from asbuilt.sources.terraform.vocabulary.nested import Get


@dataclass(slots=True)
class Split:
    """A block that becomes a resource of its own; `parent` is the property that then names the outer resource.

    With `whole` it is made from the outer resource's arguments, where `attribute` is set.
    """

    attribute: str
    type: str
    table: Mapping[str, Rule | str]
    parent: str
    whole: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    _fields: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The compiled arguments."""
        if self._fields is None:
            self._fields = Fields(self.table)
        return self._fields


@dataclass(slots=True)
class Table:
    """How one Terraform type is told in CloudFormation's words."""

    type: str
    table: Mapping[str, Rule | str]
    name: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    select: str = ""
    kinds: Mapping[str, Table] = field(default_factory=dict)
    fan: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()
    adds_to: str = ""
    adds_to_types: tuple[str, ...] = ()
    item: tuple[str, Mapping[str, Rule | str]] | None = None
    _fields: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The compiled arguments."""
        if self._fields is None:
            item = {next(iter(self.item[1])): Item(*self.item)} if self.item else {}
            self._fields = Fields({**self.table, **item})
        return self._fields


class View:
    """Where a resource's arguments come from: an instance, a block of it, or it with one list's element in place."""

    __slots__ = ("fan", "fields", "get", "instance", "place")

    def __init__(
        self,
        instance: Instance,
        fields: Fields,
        block: Any = ABSENT,
        place: Path = (),
        fan: tuple[tuple[str, ...], str, int | None, Any] | None = None,
    ) -> None:
        self.instance, self.fields, self.place, self.fan = instance, fields, place, fan
        self.get: Get = instance.value  # how an argument is looked up
        if place:
            self.get = fields.getter(block)
        elif fan is not None:
            self.get = _with_element(instance, *fan)

    def convert(self, top: str) -> Any:
        """Convert the arguments that write one top-level property."""
        writing = self.fields.writers().get(top)
        if writing is None:
            return ABSENT
        if len(writing) == 1:
            name, rule = writing[0]
            if len(rule.path) == 1:
                value = self.get(name)
                return rule.merged(value, self.instance) if rule.always else apply(rule, value, self.instance)
        return convert(writing, self.get, self.instance).get(top, ABSENT)

    def native(self, path: Path, strict: bool) -> Path | None:
        """Find the Terraform path of a CloudFormation path."""
        found = self.fields.inverse(path, self.get, self.instance, strict)
        if found is None:
            return None
        if self.fan is not None and found == (self.fan[1],) and self.fan[2] is not None:
            found = (*found, self.fan[2])
        return (*self.place, *found)

    def tops(self) -> Iterable[str]:
        """Yield the top-level properties that may be set, without evaluating anything."""
        names = None if self.place or self.fan else set(self.instance.names())
        for top, writing in self.fields.writers().items():
            if names is None or any(name in names or rule.always for name, rule in writing):
                yield top


def _with_element(instance: Instance, names: tuple[str, ...], chosen: str, _at: int | None, item: Any) -> Get:
    """Return the look-up of an instance's arguments, one element in the place of its lists."""
    value = instance.value
    return lambda name: item if name == chosen else ABSENT if name in names else value(name)


def every(table: Table) -> Iterator[tuple[str, Fields]]:
    """Yield each CloudFormation type a table writes, with the fields: for the test against AWS's schemas."""
    for kind in table.kinds.values():
        yield from every(kind)
    if table.type:
        yield table.type, table.fields
    for split in table.splits:
        yield split.type, split.fields
