"""Fields of a block, and the words for blocks: `one` and `many`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown
from asbuilt.sources.terraform.vocabulary.language import Rule, apply, bare, decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance

    Get = Callable[[str], Any]


class Only(int):
    """The position 0 of a block that cannot be repeated: part of Terraform's path, left out of what people read."""


def _lower(key: Any) -> str:
    return str(key).lower()


class Fields:
    """The arguments of a block, each with its rule, in the order of the table."""

    __slots__ = ("_folded", "_near", "_writers", "entries", "loose")

    def __init__(self, table: Mapping[str, Rule | str], loose: bool = False) -> None:
        self.entries = [(name, Rule(rule) if isinstance(rule, str) else rule) for name, rule in table.items()]
        self._writers: dict[str, list[tuple[str, Rule]]] | None = None
        self._near: dict[str | int, list[tuple[str, Rule]]] = {}
        self.loose = loose  # JSON: keys in any case (as Go reads them), unknown keys kept
        self._folded = {name.lower(): rule for name, rule in self.entries} if loose else {}

    def getter(self, block: Any) -> Get:
        """Return how an argument of a block is looked up."""
        if not isinstance(block, dict):
            return lambda _name: block if isinstance(block, Unknown) else ABSENT
        if not self.loose:
            return lambda name: block.get(name, ABSENT)
        folded = {_lower(key): value for key, value in block.items()}
        return lambda name: folded.get(name.lower(), ABSENT)

    def convert(self, get: Get, instance: Instance) -> dict[str, Any]:
        """Convert all arguments."""
        return convert(self.entries, get, instance)

    def writers(self) -> dict[str, list[tuple[str, Rule]]]:
        """Return the top-level properties these fields write, each with the arguments that may."""
        if self._writers is None:
            self._writers = {}
            for name, rule in self.entries:
                tops = rule.path[:1] or dict.fromkeys(path[0] for path, _ in rule.paths())
                for top in tops:
                    self._writers.setdefault(top, []).append((name, rule))
        return self._writers

    def near(self, path: Path) -> list[tuple[str, Rule]]:
        """Return the entries that may write a path: those whose own path begins alike, or that have none."""
        if not path:
            return self.entries
        if path[0] not in self._near:
            self._near[path[0]] = [entry for entry in self.entries if entry[1].path[:1] in ((), path[:1])]
        return self._near[path[0]]

    def object(self, block: Any, instance: Instance) -> dict[str, Any]:
        """Convert a block or an object."""
        if not isinstance(block, dict):
            return self.convert(self.getter(block), instance)
        if not self.loose:
            return self.convert(block.get, instance)
        folded, known = {_lower(key): value for key, value in block.items()}, self._folded
        out = convert(known.items(), folded.get, instance)
        if not known.keys() >= folded.keys():
            out.update({k: v for k, v in block.items() if _lower(k) not in known and v is not None})
        return out

    def inverse(self, path: Path, get: Get, instance: Instance, strict: bool = False) -> Path | None:
        """Find the argument that writes a path, one that is set before one that is not (`strict`: set ones only)."""
        fallback: Path | None = None
        for name, rule in self.near(path):
            depth = min(len(rule.path), len(path))
            if rule.path[:depth] != path[:depth]:
                continue
            value = get(name)
            unset = (value is ABSENT or value is None) and not isinstance(rule, Item)
            at, index = position(rule, path)
            if index is not None:  # a list that several arguments add to: count those before
                count = 0 if unset else length(convert([(name, rule)], get, instance), path[:at])
                if index >= count:
                    path = (*path[:at], index - count, *path[at + 1 :])
                    continue
            rest = path[depth:]
            if (unset and strict) or (isinstance(rule, One) and not rule.path and not rule.inside(rest)):
                continue
            if isinstance(rule, Item):
                return rule.fields.inverse(rest[1:], get, instance, strict)
            found = (name, *rule.inverse(value, rest, instance))
            if not unset:
                return found
            fallback = fallback or found
        return fallback

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield every CloudFormation path written, with its kind."""
        for _, rule in self.entries:
            yield from rule.paths()


def convert(entries: Iterable[tuple[str, Rule]], get: Get, instance: Instance) -> dict[str, Any]:
    """Convert arguments into one object; what `get` returns for one that is not set may be None as well as ABSENT."""
    out: dict[str, Any] = {}
    for name, rule in entries:
        value = get(name)
        if rule.always:
            found = rule.merged(value, instance)
        elif value is ABSENT or value is None:
            continue
        else:
            found = apply(rule, value, instance)
        if found is not ABSENT:
            put(out, rule, found)
    return out


def position(rule: Rule, path: Path) -> tuple[int, int | None]:
    """Return where a path counts the elements of a list to which this rule adds, and the count, None if it does not."""
    if rule.listing or not rule.path:
        for at, part in enumerate(path):
            if isinstance(part, int):
                return at, part if not rule.path or at == len(rule.path) else None
    return 0, None


def length(converted: Any, path: Path) -> int:
    """Count the elements of the list at a path of what was converted."""
    for part in path:
        converted = bare(converted)
        converted = converted.get(part, ABSENT) if isinstance(converted, dict) else ABSENT
    converted = bare(converted)
    return len(converted) if isinstance(converted, list) else 0 if converted is ABSENT else 1


def put(out: dict[str, Any], rule: Rule, found: Any) -> None:
    """Put a converted value where its rule says; what is there already stays, lists that grow grow."""
    if not rule.path:
        if isinstance(found, dict):
            merge(out, found)
        else:  # an unknown block whose arguments stand beside: each of them is unknown
            for path, _ in rule.paths():
                if "*" not in path:
                    put(out, Rule(".".join(path)), found)
        return
    node = out
    for part in rule.path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            return
    last = rule.path[-1]
    if last in node:
        merge(node, {last: found})
    else:
        node[last] = found


def merge(out: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Merge objects deeply; lists grow, of two other values the first stays."""
    for key, value in more.items():
        have = out.get(key, ABSENT)
        if have is ABSENT:
            out[key] = value
        elif isinstance(have, dict) and isinstance(value, dict):
            out[key] = have = dict(have)
            merge(have, value)
        elif isinstance(have, list) and isinstance(value, (list, Unknown)):
            out[key] = have + (value if isinstance(value, list) else [value])
        elif isinstance(have, Unknown) and isinstance(value, list):
            out[key] = [have, *value]


class One(Rule):
    """A block that cannot be repeated, or an object: its fields as an object, or beside (path "")."""

    __slots__ = ("_fields", "json", "table")
    kind = "object"

    def __init__(self, path: str, table: Mapping[str, Rule | str], json: bool = False) -> None:
        super().__init__(path)
        self.table, self.json = table, json
        self._fields: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The block's arguments."""
        if self._fields is None:
            self._fields = Fields(self.table, self.json)
        return self._fields

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        block = _first(value)
        if block is ABSENT or isinstance(block, (Unknown, Sensitive)):
            return block if block is ABSENT else apply(self, block, instance)
        return self.fields.object(block, instance)

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        if value.structure is not ABSENT:
            return apply(self, value.structure, instance)
        return super().unknown(value, instance)

    def inside(self, rest: Path) -> bool:
        """Say whether a path beside is one of this block's."""
        for path, _ in self.fields.paths():
            steps = zip(path, rest, strict=False)
            if rest and all(a == b or (a == "*" and isinstance(b, int)) for a, b in steps):
                return True
        return False

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:
        """Find the way back."""
        tree = bare(value)
        head: Path = () if isinstance(tree, Mapping) or self.json else (Only(0),)
        block = bare(_first(tree)) if tree is not ABSENT and tree is not None else {}
        return (*head, *below(self.fields, block, rest, instance))

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield from (((*self.path, *path), kind) for path, kind in self.fields.paths())


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return next((item for item in value if not isinstance(item, Unknown)), value[0] if value else ABSENT)
    return value


def below(fields: Fields, block: Any, rest: Path, instance: Instance) -> Path:
    """Find the argument of a block that writes the rest of a path."""
    if not rest:
        return ()
    return fields.inverse(rest, fields.getter(block), instance) or ()


class Many(One):
    """A repeated block, or a list of objects (`json`: behind JSON text): a list."""

    __slots__ = ()
    kind = "list"
    listing = True

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        if self.json and isinstance(value, str):
            value = decoded(value, instance)
        if value is ABSENT or isinstance(value, Unknown):
            return value
        items = value if isinstance(value, list) else [value]
        return [self._item(item, instance) for item in items if item is not None]

    def _item(self, item: Any, instance: Instance) -> Any:
        if isinstance(item, Sensitive):
            return Sensitive(self._item(item.value, instance))
        if not isinstance(item, Unknown):
            return self.fields.object(item, instance)
        if item.structure is not ABSENT:
            return self._item(item.structure, instance)
        return replace(item, arms=tuple(self._item(arm, instance) for arm in item.arms)) if item.arms else item

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:
        """Find the way back."""
        if not rest:
            return ()
        tree = bare(value)
        if isinstance(tree, str) and self.json:
            tree = decoded(tree, instance)
        at = rest[0]
        inside = isinstance(tree, list) and isinstance(at, int) and at < len(tree)
        return (at, *below(self.fields, bare(tree[at]) if inside else {}, rest[1:], instance))

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield from (((*self.path, "*", *path), kind) for path, kind in self.fields.paths())


class Item(Many):
    """One element of a list, made of the arguments of the resource itself."""

    __slots__ = ()
    always = True

    def merged(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert the resource's own arguments."""
        return [self.fields.convert(instance.value, instance)]

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        return self.merged(value, instance)


one, many = One, Many
