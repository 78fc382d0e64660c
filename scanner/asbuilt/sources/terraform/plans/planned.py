"""One instance of a plan or a state; implements `instance.Instance`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Edge, Location, Path, Reference, Sensitive, Trace, Unknown, UnknownKind
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.plans.references import Configuration

_KEY: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Planned:
    """A resource as it stands in a plan or state; `unknown` and `sensitive` have the shape of `values`."""

    address: str
    module: str
    type: str
    name: str
    index: str | int | None
    values: Mapping[str, Any]
    unknown: Any
    sensitive: Any

    @property
    def bare(self) -> str:
        """The address without its own key: what a reference in the same module instance names."""
        local = f"{self.type}.{self.name}"
        return f"{self.module}.{local}" if self.module else local


def with_key(bare: str, index: Any) -> str:
    """Return the address of an instance with this key."""
    if not isinstance(index, int | str):
        return bare
    return f"{bare}[{json.dumps(index, ensure_ascii=False)}]"


def without_keys(address: str) -> str:
    """Return an address without the keys of instances: that of the block."""
    return _KEY.sub("", address)


class PlannedInstance:
    """An instance with planned values.

    What is known only after apply refers to the resources that the configuration names there, in the twin's words where
    there is a twin. `family` maps the address of a block in a module instance to its planned instances.
    """

    mode = "managed"
    conditional: Unknown | None = None

    def __init__(
        self,
        row: Planned,
        prefix: str,
        place: Location,
        configuration: Configuration | None,
        family: Mapping[str, list[str]],
        twin: ResourceInstance | None,
    ) -> None:
        self.row = row
        self.address = row.address
        self.key = prefix + row.address
        self.type = row.type
        self.place = place
        self.twin = twin
        self._prefix = prefix
        self._configuration = configuration
        self._family = family
        self._cache: dict[str, Any] = {}
        self._edges: list[Edge] | None = None

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def location(self) -> Location:
        """The block's header, or the plan."""
        return self.place if self.twin is None else self.twin.location

    @property
    def identifiers(self) -> dict[str, str]:
        """Ids and ARNs that are known already: others that exist name this one by them."""
        found = {name: self.row.values.get(name) for name in ("id", "arn")}
        return {name: value for name, value in found.items() if isinstance(value, str) and value}

    @property
    def default_tags(self) -> Any:
        """The provider's `default_tags`: a plan has them in the tags already, `tags_all` says which."""
        if self.twin is not None:
            return self.twin.default_tags
        if self._unknown("tags_all") is True:
            return Unknown(UnknownKind.COMPUTED, f"{self.address}.tags_all is known after apply")
        return self.row.values.get("tags_all") or ABSENT

    @property
    def region(self) -> Any:
        """The region: the resource's own, or that of its provider; a string, an Unknown, or ABSENT."""
        own = self.row.values.get("region")
        if isinstance(own, str) and own:
            return own
        if self.twin is not None:
            return self.twin.region
        return ABSENT if self._configuration is None else self._configuration.region(without_keys(self.address))

    def names(self) -> Iterable[str]:
        """Return the attributes and block types that are set."""
        candidates = dict.fromkeys(
            [*self.row.values, *(self.row.unknown if isinstance(self.row.unknown, dict) else ())]
        )
        return [name for name in candidates if self.value(name) not in (ABSENT, None)]

    def value(self, name: str) -> Any:
        """Return an attribute, or the list of blocks of a type; ABSENT where it is not set."""
        found = self._cache.get(name, _MISSING)
        if found is _MISSING:
            found = self._cache[name] = self._value(name)
        return found

    def values(self) -> dict[str, Any]:
        """Return all of `names()` with their values."""
        return {name: self.value(name) for name in self.names()}

    def trace(self, path: Path) -> Trace | None:
        """Find where a property is written and where its value comes from, in the configuration."""
        return None if self.twin is None else self.twin.trace(path)

    def edges(self) -> Iterable[Edge]:
        """Return the references to other resources, also where the value resolved."""
        if self.twin is not None:
            return self.twin.edges()
        if self._configuration is None:
            return ()
        if self._edges is None:
            expressions = self._configuration.expressions(without_keys(self.address))
            self._edges = [
                Edge(name, self.place, reference.target, reference.attribute)
                for name, expression in expressions.items()
                for reference in self._references(expression)
            ]
        return self._edges

    def _unknown(self, name: str) -> Any:
        marks = self.row.unknown
        return marks.get(name) if isinstance(marks, dict) else marks

    def _value(self, name: str) -> Any:
        marks = self.row.sensitive
        sensitive = marks.get(name) if isinstance(marks, dict) else marks
        expression = None
        if self._configuration is not None:
            expression = self._configuration.expressions(without_keys(self.address)).get(name)
        twin = self.twin
        code = _MISSING if twin is None else lambda: twin.value(name)
        value = self.row.values.get(name, ABSENT)
        return self._read((name,), value, self._unknown(name), sensitive, expression, code)

    def _read(self, path: Path, value: Any, unknown: Any, sensitive: Any, expression: Any, code: Any) -> Any:
        """Return a value of the plan as the evaluator would: without what is not set, with what is not known."""
        if unknown is True:
            found = self._after_apply(path, expression, code)
        elif isinstance(value, list):
            found = [
                self._read(
                    (*path, at), item, _part(unknown, at), _part(sensitive, at), _nested(expression, at, len(value)),
                    _lazily(code, at),
                )
                for at, item in enumerate(value)
            ]  # fmt: skip
            if isinstance(unknown, list):  # a set: what is unknown of it stands behind what is known
                found += [
                    self._after_apply((*path, at), expression, _MISSING) for at in range(len(value), len(unknown))
                ]
            if not found and not expression:
                return ABSENT  # blocks that are not there, or an attribute nobody set
        elif isinstance(value, dict):
            keys = dict.fromkeys([*value, *(unknown if isinstance(unknown, dict) else ())])
            found = {}
            for key in keys:
                item = self._read(
                    (*path, key), value.get(key, ABSENT), _part(unknown, key), _part(sensitive, key),
                    _nested(expression, key), _lazily(code, key),
                )  # fmt: skip
                if item is not ABSENT and item is not None:
                    found[key] = item
        else:
            found = ABSENT if value is None else value
        return (
            Sensitive(found) if sensitive is True and found is not ABSENT and not isinstance(found, Unknown) else found
        )

    def _after_apply(self, path: Path, expression: Any, code: Any) -> Any:
        if code is not _MISSING:
            value = code()
            if isinstance(value, Unknown | list | dict):
                return value
        references = tuple(self._references(expression))
        reason = f"{self.address}.{'.'.join(map(str, path))} is known after apply"
        return Unknown(UnknownKind.COMPUTED, reason, None, references, exact=_names_one(path, expression, references))

    def _references(self, expression: Any) -> Iterable[Reference]:
        """Yield the resources an expression (or the blocks below it) names."""
        if self._configuration is None:
            return
        seen = set()
        for module, target, attribute, keyed in self._configuration.resolve(self.row.module, expression):
            bare = f"{module}.{target}" if module else target
            members = self._family.get(bare) or ([bare] if bare in self._family else [])
            own = with_key(bare, self.row.index)
            if keyed and own in members:
                members = [own]
            for address in members:
                reference = Reference(self._prefix + address, attribute)
                if reference not in seen:
                    seen.add(reference)
                    yield reference


def _names_one(path: Path, expression: Any, references: tuple[Reference, ...]) -> bool:
    """Whether a value is exactly one attribute of another resource.

    The plan does not tell `x.id` from `"${x.id}-a"`: an argument called after an id or ARN that names one resource and
    nothing else holds that id or ARN.
    """
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    written = expression.get("references") if isinstance(expression, dict) else None
    if len(references) != 1 or not isinstance(written, list) or len(written) > 2:
        return False
    attribute = references[0].attribute
    return (attribute == "id" and name.endswith(("_id", "_ids"))) or (attribute == "arn" and "arn" in name.split("_"))


def _part(marks: Any, step: str | int) -> Any:
    """Return the marks one step down; a mark on everything is one on each part."""
    if marks is True:
        return True
    if isinstance(marks, dict):
        return marks.get(step) if isinstance(step, str) else None
    if isinstance(marks, list):
        return marks[step] if isinstance(step, int) and step < len(marks) else None
    return None


def _nested(expression: Any, step: str | int, count: int = 0) -> Any:
    """Return the expression one step down: blocks are lists of objects, unless they are dynamic."""
    if isinstance(expression, list):
        matching = isinstance(step, int) and (len(expression) == count or count == 0)
        return expression[step] if matching and isinstance(step, int) and step < len(expression) else None
    if isinstance(expression, dict):
        if "references" in expression or "constant_value" in expression:
            return expression
        return expression.get(step) if isinstance(step, str) else expression
    return None


def _lazily(code: Any, step: str | int) -> Any:
    """Return how the configuration's value one step down is found, when it is asked for."""
    if code is _MISSING:
        return _MISSING

    def down() -> Any:
        value = code()
        if isinstance(value, Unknown) and value.structure is not ABSENT:
            value = value.structure
        if isinstance(value, dict):
            return value.get(step, ABSENT)
        if isinstance(value, list):
            return value[step] if isinstance(step, int) and step < len(value) else ABSENT
        return value

    return down
