"""Resource and data blocks under evaluation: their instances, and what a reference to them reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Location, Path, Reference, Trace, Unknown, UnknownKind
from asbuilt.sources.terraform.evaluation import data_sources, providers
from asbuilt.sources.terraform.evaluation.blocks import (
    META_ARGUMENTS,
    META_BLOCKS,
    attribute_value,
    block_list,
    block_type,
    own_names,
)
from asbuilt.sources.terraform.evaluation.expansion import UNKNOWN_KEY, Expansion, expand, suffix
from asbuilt.sources.terraform.evaluation.objects import ResourceObject, ResourceSet, as_read
from asbuilt.sources.terraform.evaluation.scope import Scope
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.parsing.syntax import Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Edge
    from asbuilt.sources.terraform.configuration.config import ResourceConfig
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance

_MISSING = object()


class ResourceGroup:
    """A `resource` or `data` block in one module instance, with its instances."""

    __slots__ = ("_expansion", "_instances", "_value", "block_types", "config", "module")

    def __init__(self, module: ModuleInstance, config: ResourceConfig) -> None:
        self.module = module
        self.config = config
        self.block_types = frozenset(map(block_type, config.body.blocks))
        self._expansion: Expansion | None = None
        self._instances: dict[Any, ResourceInstance] | None = None
        self._value: Any = _MISSING

    @property
    def expansion(self) -> Expansion:
        """How often the block is there. Raises EvalError when that depends on itself."""
        if self._expansion is None:
            module, config = self.module, self.config
            self._expansion = expand(module, config.body, self, lambda: module.prefix + config.address)
        return self._expansion

    @property
    def instances(self) -> dict[Any, ResourceInstance]:
        """The instances by key: None, an index, a `for_each` key, or the stand-in for any number."""
        if self._instances is None:
            names = self.expansion.names
            self._instances = {key: ResourceInstance(self, key, seen) for key, seen in names.items()}
        return self._instances

    def value(self) -> Any:
        """Return what a reference to the whole resource reads."""
        if self._value is _MISSING:
            self._value = self._read()
        return self._value

    def _read(self) -> Any:
        instances = self.instances
        expansion = self.expansion
        if expansion.mode == "one":
            return instances[None].object()
        if expansion.unknown is not None:
            instance = instances[UNKNOWN_KEY]
            cause = expansion.unknown
            refs = (Reference(instance.key), *cause.references)
            return ResourceSet(cause.kind, cause.reason, cause.location, refs, instance=instance)
        if expansion.mode == "count":
            return [instance.object() for instance in instances.values()]
        return {key: instance.object() for key, instance in instances.items()}


class ResourceInstance:
    """One instance; implements `instance.Instance`."""

    __slots__ = ("_cache", "_computed", "_object", "address", "group", "index", "scope")

    def __init__(self, group: ResourceGroup, index: Any, names: dict[str, Any]) -> None:
        self.group = group
        self.index = index
        self.address = group.module.prefix + group.config.address + suffix(index)
        self.scope = Scope(group.module, names, group.config.body.file)
        self._cache: dict[str, Any] = {}
        self._computed: dict[str, Unknown] = {}
        self._object: ResourceObject | None = None

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def key(self) -> str:
        """Unique over all roots of a scan."""
        return self.group.module.root.key_prefix + self.address

    @property
    def type(self) -> str:
        """Terraform's type."""
        return self.group.config.type

    @property
    def mode(self) -> str:
        """`managed` or `data`."""
        return self.group.config.mode

    @property
    def location(self) -> Location:
        """The block's header."""
        return self.group.config.location

    @property
    def conditional(self) -> Unknown | None:
        """Why it is not certain that this instance exists."""
        unknown = self.group.expansion.unknown
        return self.group.module.conditional if unknown is None else unknown

    @property
    def default_tags(self) -> Any:
        """The provider's `default_tags`: a dict, an Unknown, or ABSENT."""
        return self.group.module.root.guarded(providers.default_tags, self)

    @property
    def region(self) -> Any:
        """The provider's region: a string, an Unknown, or ABSENT."""
        return self.group.module.root.guarded(providers.region, self)

    def names(self) -> Iterable[str]:
        """Return the attributes and block types that are set, in the order of the source."""
        return own_names(self.group.config.body, meta=True)

    def value(self, name: str) -> Any:
        """Return an attribute, or the list of blocks of a type; ABSENT where it is not set."""
        found = self._plain(name)
        return self.group.module.root.guarded(self._evaluated, name) if found is _MISSING else found

    def _plain(self, name: str) -> Any:
        """Return what takes no evaluation: what is kept, a literal, or that nothing is written, as mostly."""
        group = self.group
        body = group.config.body
        attribute = body.attributes.get(name)
        if attribute is None:
            if name not in group.block_types and not body.broken:
                return ABSENT
        elif type(attribute.expr) is Literal and name not in META_ARGUMENTS:
            return attribute.expr.value
        return self._cache.get(name, _MISSING)

    def values(self) -> dict[str, Any]:
        """Return all of `names()` with their values."""
        return {name: self.value(name) for name in self.names()}

    def trace(self, path: Path) -> Trace | None:
        """Find where a property is written and where its value comes from."""
        from asbuilt.sources.terraform.tracing.trace import trace_instance

        return trace_instance(self, path)

    def edges(self) -> Iterable[Edge]:
        """Return the references to other resources, also where the value resolved."""
        from asbuilt.sources.terraform.tracing.edges import edges_of

        return edges_of(self)

    def read(self, name: str) -> Any:
        """Return an attribute or block list, from inside an evaluation. Raises EvalError when it depends on itself."""
        found = self._plain(name)
        return self._evaluated(name) if found is _MISSING else found

    def _evaluated(self, name: str) -> Any:
        """Evaluate an attribute or block list and keep it. Raises EvalError when it depends on itself."""
        root = self.group.module.root
        mark = (id(self), name)
        root.enter(mark, (self.address, name))
        try:
            found = self._cache[name] = self._evaluate(name)
        finally:
            root.leave(mark)
        return found

    def _evaluate(self, name: str) -> Any:
        body = self.group.config.body
        attribute = body.attributes.get(name)
        if attribute is not None:
            return ABSENT if name in META_ARGUMENTS else attribute_value(attribute, body, self.scope)
        if name in self.group.block_types and name not in META_BLOCKS:
            return block_list(body, name, self.scope)
        if body.broken:
            return Unknown(UnknownKind.ERROR, f"a part of {self.address} does not parse", self.location)
        return ABSENT

    def object(self) -> ResourceObject:
        """Return this instance as a value."""
        if self._object is None:
            references = (Reference(self.key),)
            if self.mode == "data":
                kind, reason = UnknownKind.DATA_SOURCE, f"{self.address} is read from the provider"
            else:
                kind, reason = UnknownKind.COMPUTED, f"{self.address} is known after apply"
            self._object = ResourceObject(kind, reason, None, references, instance=self)
        return self._object

    def attribute(self, name: str) -> Any:
        """Return what `address.name` reads: the configured value, or what the provider will say."""
        config = self.group.config
        if config.mode == "data":
            found = data_sources.attribute(self, name)
            if found is not ABSENT:
                return found
        value = ABSENT if name in META_ARGUMENTS else self.read(name)
        if config.type == "terraform_data" and config.mode == "managed":
            return self._terraform_data(name, value)
        if value is ABSENT or value is None:
            return self.computed(name)
        return as_read(value, self, name)

    def _terraform_data(self, name: str, value: Any) -> Any:
        if name not in {"id", "input", "output", "triggers_replace"}:
            raise EvalError(f'This object does not have an attribute named "{name}".')
        if name in {"input", "triggers_replace"}:
            return None if value is ABSENT else value
        if name == "output" and self.read("input") in (None, ABSENT):
            return None
        return self.computed(name, "string" if name == "id" else "")

    def computed(self, name: str, type_: str = "") -> Unknown:
        """Return the Unknown for an attribute that only the provider knows."""
        found = self._computed.get(name)
        if found is None:
            if self.mode == "data":
                kind, reason = UnknownKind.DATA_SOURCE, f"{self.address}.{name} is read from the provider"
            else:
                kind, reason = UnknownKind.COMPUTED, f"{self.address}.{name} is known after apply"
            references = (Reference(self.key, name),)
            found = self._computed[name] = Unknown(kind, reason, None, references, exact=True, type=type_)
        return found
