"""Resource instances as values: objects whose attributes are evaluated when somebody reads them.

They are Unknowns, because nobody here knows the provider's schema: a function that looks at the whole object gets an
unknown result that refers to the resource, while `.attribute` gives what the configuration says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Location, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.evaluation.scope import Handle
from asbuilt.sources.terraform.language import access
from asbuilt.sources.terraform.language.values import derived, like, mark

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.language.typesys import Type


class ResourceObject(Unknown):
    """One instance of a resource or data source, as a value."""

    __slots__ = ("instance",)
    instance: ResourceInstance | None

    def __init__(
        self,
        kind: UnknownKind,
        reason: str,
        location: Location | None = None,
        references: tuple[Reference, ...] = (),
        exact: bool = True,
        arms: tuple[Any, ...] = (),
        prefix: str = "",
        suffix: str = "",
        structure: Any = ABSENT,
        type: str = "",
        instance: ResourceInstance | None = None,
    ) -> None:
        super().__init__(kind, reason, location, references, exact, arms, prefix, suffix, structure, type)
        self.instance = instance


class ResourceSet(Unknown):
    """All instances of a resource of which nobody knows how many there are; `instance` stands for each."""

    __slots__ = ("instance",)
    instance: ResourceInstance | None

    def __init__(
        self,
        kind: UnknownKind,
        reason: str,
        location: Location | None = None,
        references: tuple[Reference, ...] = (),
        exact: bool = False,
        arms: tuple[Any, ...] = (),
        prefix: str = "",
        suffix: str = "",
        structure: Any = ABSENT,
        type: str = "",
        instance: ResourceInstance | None = None,
    ) -> None:
        super().__init__(kind, reason, location, references, exact, arms, prefix, suffix, structure, type)
        self.instance = instance


class BlockValue(dict[str, Any]):
    """A nested block read through a reference: what it does not set, the provider may."""

    __slots__ = ("owner", "path")

    def __init__(self, items: dict[str, Any], owner: ResourceInstance, path: str) -> None:
        super().__init__(items)
        self.owner = owner
        self.path = path


def get_attribute(base: Any, name: str) -> Any:
    """Return `base.name`, for values and handles. Raises EvalError."""
    kind = type(base)
    if kind is dict and name in base:
        return base[name]
    if kind is ResourceObject and base.instance is not None:
        return base.instance.attribute(name)
    if isinstance(base, Handle):
        return base.attribute(name)
    if kind is BlockValue:
        return _block_attribute(base, name)
    if isinstance(base, Sensitive):
        return mark(get_attribute(base.value, name))
    if kind is ResourceSet:
        return access.attribute(derived([base]), name)
    found = access.attribute(base, name)
    return _follow(base, found, f".{name}")


def get_index(base: Any, key: Any) -> Any:
    """Return `base[key]`, for values and handles. Raises EvalError."""
    kind = type(base)
    if kind is dict and type(key) is str and key in base:
        return base[key]
    if kind is ResourceSet and base.instance is not None:
        base.instance.group.module.root.uncertain += 1
        return element_of(base)
    if isinstance(base, Handle):
        return base.index(key)
    if (kind is ResourceObject or kind is BlockValue) and isinstance(key, str):
        return get_attribute(base, key)
    if isinstance(base, Sensitive):
        return mark(get_index(base.value, key))
    found = access.index(base, key)
    if isinstance(key, str):
        return _follow(base, found, f".{key}" if key.isidentifier() else f'["{key}"]')
    return _follow(base, found, f"[{key}]") if type(key) is int else found


def _follow(base: Any, found: Any, step: str) -> Any:
    """Keep it exact: an attribute of an attribute of a resource is still one attribute of that resource."""
    if not isinstance(base, Unknown) or not base.exact or not isinstance(found, Unknown) or len(base.references) != 1:
        return found
    reference = base.references[0]
    attribute = (reference.attribute + step).removeprefix(".")
    return replace(found, references=(Reference(reference.target, attribute),), exact=True)


def _block_attribute(base: BlockValue, name: str) -> Any:
    path = f"{base.path}.{name}"
    found = base.get(name)
    if found is None:
        return base.owner.computed(path)
    return as_read(found, base.owner, path)


def as_read(value: Any, owner: ResourceInstance, path: str) -> Any:
    """Return a list of nested blocks as an expression that reads it sees it."""
    if isinstance(value, list) and value and all(isinstance(item, dict | Unknown) for item in value):
        if any(isinstance(item, Unknown) for item in value):
            return derived(value)
        return [BlockValue(item, owner, f"{path}[{at}]") for at, item in enumerate(value)]
    return value


def element_of(collection: Unknown) -> Any:
    """Return what stands for any element of an unknown collection."""
    if isinstance(collection, ResourceSet) and collection.instance is not None:
        return collection.instance.object()
    from asbuilt.sources.terraform.language.typesys import type_from_text

    return derived([collection], type_from_text(collection.type).element or "")


def materialise(value: Any, want: Type) -> Any:
    """Return a value in which resources that become objects of a known type are read attribute by attribute."""
    if isinstance(value, ResourceObject):
        if want.kind == "object" and value.instance is not None:
            read = {name: (value.instance.attribute(name), kind) for name, kind in want.attributes}
            return {name: materialise(item, kind) for name, (item, kind) in read.items()}
        return value
    if isinstance(value, Sensitive):
        return mark(materialise(value.value, want))
    if want.element is not None and isinstance(value, list):
        return like(value, [materialise(item, want.element) for item in value])
    if want.element is not None and isinstance(value, dict):
        return like(value, {key: materialise(item, want.element) for key, item in value.items()})
    if want.kind == "object" and isinstance(value, dict):
        kinds = dict(want.attributes)
        return {key: materialise(item, kinds[key]) if key in kinds else item for key, item in value.items()}
    return value
