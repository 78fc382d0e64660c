"""A Terraform resource's properties in CloudFormation's words, converted when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown
from asbuilt.sources.terraform.vocabulary.language import Choice
from asbuilt.sources.terraform.vocabulary.nested import merge

if TYPE_CHECKING:
    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance
    from asbuilt.sources.terraform.vocabulary.nested import Fields
    from asbuilt.sources.terraform.vocabulary.tables import View


class Properties(Mapping[str, Any]):
    """A resource's properties: each converted when first asked for, then kept.

    `views` are where they come from, the resource's own first, then those of resources that add to it.
    """

    __slots__ = ("_kept", "defaults", "fixed", "views")

    def __init__(self, view: View, fixed: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.views = [view]
        self.fixed, self.defaults = fixed, defaults
        self._kept: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property; ABSENT or the default given where it is not set."""
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
        tops = dict.fromkeys(top for view in self.views for top in view.tops())
        for top in dict.fromkeys((*self.fixed, *tops, *self.defaults)):
            if self.get(top, ABSENT) is not ABSENT:
                yield top

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Properties({self._kept!r})"

    def _compute(self, key: str) -> Any:
        if key in self.fixed:
            return self.fixed[key]
        if len(self.views) == 1:
            found = self.views[0].convert(key)
            return self.defaults.get(key, ABSENT) if found is ABSENT else found
        out: dict[str, Any] = {}
        for view in self.views:
            found = view.convert(key)
            if found is not ABSENT:
                merge(out, {key: found if view is self.views[0] else _uncertain(found, view.instance.conditional)})
        return out.get(key, self.defaults.get(key, ABSENT))

    def add(self, view: View, fixed: Mapping[str, Any]) -> None:
        """Add the properties of another resource."""
        self.views.append(view)
        if fixed:
            more = {key: _uncertain(value, view.instance.conditional) for key, value in fixed.items()}
            self.fixed = {**self.fixed, **more}
        self._kept.clear()

    def find(self, path: Path, strict: bool) -> tuple[Instance, Path] | None:
        """Find whose argument writes a path, and which; one that is set first (`strict`: only such)."""
        for view in self.views:
            if len(path) > 1 and isinstance(path[1], int) and len(self.views) > 1:
                have = view.convert(path[0]) if isinstance(path[0], str) else ABSENT
                count = len(have) if isinstance(have, list) else 0
                if path[1] >= count:
                    path = (path[0], path[1] - count, *path[2:])
                    continue
            found = view.native(path, True)
            if found is not None:
                return view.instance, found
        first = None if strict else self.views[0].native(path, False)
        return None if first is None else (self.views[0].instance, first)

    def written(self, path: Path, value: Any) -> Any:
        """Return the argument's own value for one of CloudFormation's: `true` for `ENABLED`."""
        for view in self.views:
            for found in _choices(view.fields, tuple(part for part in path if isinstance(part, str))):
                for native, converted in found.values.items():
                    if converted == value:
                        return {"true": True, "false": False}.get(native, native)
        return value


def _choices(fields: Fields, path: tuple[str, ...]) -> Iterator[Choice]:
    """Yield the rules that write a path by choosing one value for another."""
    for _, rule in fields.entries:
        depth = len(rule.path)
        if rule.path != path[:depth]:
            continue
        if isinstance(rule, Choice) and depth == len(path):
            yield rule
        elif getattr(rule, "fields", None) is not None:
            yield from _choices(rule.fields, path[depth:])  # type: ignore[attr-defined]


def _uncertain(value: Any, conditional: Unknown | None) -> Any:
    """Say of what another resource adds that it may not be there, if that resource may not be."""
    if conditional is None or isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return [conditional for _ in value]
    return Unknown(conditional.kind, conditional.reason, conditional.location, arms=(value, ABSENT))


class Raw(Mapping[str, Any]):
    """The arguments of a type without a table, as they are."""

    __slots__ = ("instance",)

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def get(self, key: str, default: Any = None) -> Any:
        """Return an argument."""
        value = self.instance.value(key)
        return default if value is ABSENT or value is None else value

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, ABSENT)
        if found is ABSENT:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.instance.names() if self.get(name, ABSENT) is not ABSENT)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def written(self, path: Path, value: Any) -> Any:  # noqa: ARG002
        """Return the value as it is."""
        return value

    def find(self, path: Path, strict: bool) -> tuple[Instance, Path] | None:  # noqa: ARG002
        """Return the path as it is."""
        return self.instance, path
