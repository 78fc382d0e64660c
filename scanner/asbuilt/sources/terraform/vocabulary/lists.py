"""The words for lists that CloudFormation has where Terraform has a map or single arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown
from asbuilt.sources.terraform.vocabulary.language import Rule, apply, bare, leaf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance


class Pairs(Rule):
    """A map as a list of pairs."""

    __slots__ = ("key", "value")
    kind = "list"

    def __init__(self, path: str, key: str, value: str) -> None:
        super().__init__(path)
        self.key, self.value = key, value

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        if not isinstance(value, Mapping):
            return value
        return [{self.key: key, self.value: leaf(item)} for key, item in value.items() if item is not None]

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        if isinstance(value.structure, Mapping):
            return self.convert(value.structure, instance)
        return super().unknown(value, instance)

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        tree = bare(value)
        keys = [key for key, item in tree.items() if item is not None] if isinstance(tree, Mapping) else []
        at = rest[0] if rest else None
        return (keys[at],) if isinstance(at, int) and at < len(keys) else ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", self.key), "string"
        yield (*self.path, "*", self.value), "string"


class Tags(Pairs):
    """Tags, with the provider's `default_tags` where the resource does not set the same key."""

    __slots__ = ()
    always = True

    def __init__(self, path: str) -> None:
        super().__init__(path, "Key", "Value")

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert tags, absent ones included, with the default tags."""
        own = apply(self, value, instance)
        defaults = bare(instance.default_tags)
        if defaults is ABSENT or defaults is None or isinstance(own, (Unknown, Sensitive)):
            return own
        found = [] if own is ABSENT else list(own)
        if isinstance(defaults, Unknown):
            return [*found, defaults]
        names = {tag[self.key] for tag in found if isinstance(tag, dict)}
        return found + [tag for tag in self.convert(defaults, instance) if tag[self.key] not in names]


class TagMap(Rule):
    """Tags where CloudFormation wants a map."""

    __slots__ = ()
    kind = "any"
    always = True

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert tags, absent ones included, with the default tags."""
        own, defaults = bare(value), bare(instance.default_tags)
        if isinstance(own, Unknown) or not isinstance(defaults, Mapping):
            return ABSENT if own is None else own
        return {**defaults, **(own or {})}


class Each(Rule):
    """A value, or each of a list, as an object with one property."""

    __slots__ = ("key",)
    kind = "list"

    def __init__(self, path: str, key: str) -> None:
        super().__init__(path)
        self.key = key

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        return [{self.key: leaf(item)} for item in (value if isinstance(value, list) else [value])]

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        return self.convert(value if value.structure is ABSENT else value.structure, instance)

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return rest[:1] if isinstance(bare(value), list) else ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", self.key), "string"


class Wrapped(Rule):
    """One value as a list of one, added to those of others."""

    __slots__ = ()
    listing = True

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        found = self.scalars(value)
        return found if isinstance(found, list) else [found]

    def unknown(self, value: Unknown, instance: Instance) -> Any:  # noqa: ARG002
        """Convert what is known of an unknown value."""
        return [value]

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return rest if isinstance(bare(value), list) else ()


class Attribute(Rule):
    """One entry of a list of keys and values, such as a load balancer's attributes."""

    __slots__ = ("key",)
    kind = "list"
    listing = True

    def __init__(self, path: str, key: str) -> None:
        super().__init__(path)
        self.key = key

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        return [{"Key": self.key, "Value": self.scalars(value)}]

    def unknown(self, value: Unknown, instance: Instance) -> Any:  # noqa: ARG002
        """Convert what is known of an unknown value."""
        return [{"Key": self.key, "Value": value}]

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", "Key"), "string"
        yield (*self.path, "*", "Value"), "string"


pairs, tags, tag_map, each, wrapped, attribute = Pairs, Tags, TagMap, Each, Wrapped, Attribute
