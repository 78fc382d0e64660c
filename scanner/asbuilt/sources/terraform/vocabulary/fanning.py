"""Security groups' rules: Terraform names several sources in one rule, CloudFormation one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.vocabulary.language import Rule, bare
from asbuilt.sources.terraform.vocabulary.nested import Many, below

if TYPE_CHECKING:
    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance
    from asbuilt.sources.terraform.vocabulary.nested import Get


def myself(instance: Instance, attribute: str = "id") -> Unknown:
    """Return the value that an attribute of this instance has once it exists."""
    reason = f"{instance.address}.{attribute} is known after apply"
    return Unknown(
        UnknownKind.COMPUTED, reason, instance.location, references=(Reference(instance.key, attribute),), exact=True
    )


def fan_out(get: Get, names: tuple[str, ...], itself: Any) -> list[tuple[str, int | None, Any]]:
    """Yield each element of several lists: its argument, its position (None for a single value), the element.

    `self = true` stands for the security group itself. An unknown list is one unknown element.
    """
    found: list[tuple[str, int | None, Any]] = []
    for name in names:
        given = get(name)
        value, secret = bare(given), isinstance(given, Sensitive)
        if isinstance(value, list):
            items = [Sensitive(item) if secret and not isinstance(item, Unknown) else item for item in value]
            found.extend((name, index, item) for index, item in enumerate(items) if item is not None)
        elif value is True or value == "true":
            found.append((name, None, itself))
        elif value is not ABSENT and value is not None and value is not False and value != "false":
            found.append((name, None, value))
    return found


class Rules(Many):
    """A security group's rules: one for each address range, prefix list and group that a block names."""

    __slots__ = ("fan",)

    def __init__(self, path: str, table: Mapping[str, Rule | str], fan: tuple[str, ...]) -> None:
        super().__init__(path, table)
        self.fan = fan

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        out: list[Any] = []
        for block in value if isinstance(value, list) else [value]:
            block = bare(block)
            if isinstance(block, Unknown):
                out.append(block)
            elif isinstance(block, Mapping):
                out.extend(self.fields.object(view, instance) for _, _, view in self._views(block, myself(instance)))
        return out

    def _views(self, block: Mapping[str, Any], itself: Any) -> list[tuple[str, int | None, Mapping[str, Any]]]:
        common = {name: item for name, item in block.items() if name not in self.fan}
        parts = fan_out(self.fields.getter(block), self.fan, itself)
        return [(name, at, {**common, name: item}) for name, at, item in parts] or [("", None, common)]

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:
        """Find the way back."""
        tree, count = bare(value), 0
        at = rest[0] if rest else None
        for number, block in enumerate(tree if isinstance(tree, list) and isinstance(at, int) else ()):
            block = bare(block)
            views = self._views(block, True) if isinstance(block, Mapping) else [("", None, {})]
            if isinstance(at, int) and count + len(views) > at:
                name, element, view = views[at - count]
                found = below(self.fields, view, rest[1:], instance)
                return (number, *((name, element) if found == (name,) and element is not None else found))
            count += len(views)
        return ()


rules = Rules
