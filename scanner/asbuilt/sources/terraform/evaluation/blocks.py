"""Bodies of resources as values: attributes, nested blocks, dynamic blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.objects import element_of
from asbuilt.sources.terraform.language.access import iterate
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import derived, unmark
from asbuilt.sources.terraform.parsing.syntax import Attribute, Block, Body, Literal, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.terraform.evaluation.scope import Scope

META_ARGUMENTS = frozenset({"count", "for_each", "depends_on", "provider"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


@dataclass(frozen=True, slots=True)
class Content:
    """One block that is there: where its content is written and what that sees.

    For a dynamic block `dynamic` is the block, `key` and `iterator` say which turn this is. `unknown` stands for any
    number of blocks: nobody knows the collection.
    """

    body: Body
    scope: Scope
    block: Block
    dynamic: bool = False
    iterator: str = ""
    key: Any = None
    unknown: Unknown | None = None


def block_type(block: Block) -> str:
    """Return the type of nested block that a block is or, if dynamic, makes."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def own_names(body: Body, *, meta: bool = False) -> list[str]:
    """Return the attributes and block types of a body in the order of the source."""
    places: dict[str, int] = {}
    for name, attribute in body.attributes.items():
        if not meta or name not in META_ARGUMENTS:
            places[name] = attribute.start
    if body.blocks:
        for block in body.blocks:
            name = block_type(block)
            if not meta or block.type not in META_BLOCKS:
                places.setdefault(name, block.start)
        return sorted(places, key=places.__getitem__)
    return list(places)


def attribute_value(attribute: Attribute, body: Body, scope: Scope) -> Any:
    """Return an attribute's value; an error becomes a diagnostic and an Unknown."""
    if type(attribute.expr) is Literal:
        return attribute.expr.value
    file = body.file if type(body) is Body else file_of(body, attribute.name)
    return scope.module.settled(attribute.expr, scope.within(file))


def contents(body: Body, name: str, scope: Scope) -> Iterator[Content]:
    """Yield the blocks of one type, dynamic ones expanded, in the order of the source."""
    for block in body.blocks:
        if block.type == "dynamic" and block.labels and block.labels[0] == name:
            yield from _dynamic(block, scope.within(block.body.file))
        elif block.type == name:
            yield Content(block.body, scope.within(block.body.file), block)


def block_list(body: Body, name: str, scope: Scope) -> list[Any]:
    """Return the blocks of one type as a list of dicts; an Unknown element stands for any number of blocks."""
    result: list[Any] = []
    for content in contents(body, name, scope):
        if content.unknown is not None:
            result.append(content.unknown)
        elif content.body.broken:
            place = content.body.file.location(content.block.start, content.block.header_end)
            result.append(Unknown(UnknownKind.ERROR, f"a part of this {name} block does not parse", place))
        else:
            result.append(body_value(content.body, content.scope))
    return result


def body_value(body: Body, scope: Scope) -> dict[str, Any]:
    """Return a nested block as a dict of its attributes and of its blocks, these as lists."""
    result: dict[str, Any] = {}
    if not body.blocks:
        for name, attribute in body.attributes.items():
            result[name] = attribute_value(attribute, body, scope)
        return result
    for name in own_names(body):
        attribute_ = body.attributes.get(name)
        if attribute_ is not None:
            result[name] = attribute_value(attribute_, body, scope)
        else:
            result[name] = block_list(body, name, scope)
    return result


def _dynamic(block: Block, scope: Scope) -> Iterator[Content]:
    body = block.body
    inner = next((nested for nested in body.blocks if nested.type == "content"), None)
    for_each = body.attributes.get("for_each")
    module = scope.module
    place = body.file.location(block.start, block.header_end)
    if inner is None or for_each is None:
        missing = "content block" if inner is None else "for_each"
        error = EvalError(f"A dynamic block needs a {missing}.")
        yield Content(body, scope, block, unknown=module.root.error_value(error, block, body.file))
        return
    name = _iterator(body, block.labels[0])
    collection = module.settled(for_each.expr, scope)
    try:
        pairs, _ = iterate(collection)
        module.root.spend_iterations(0 if isinstance(pairs, Unknown) else len(pairs))
    except EvalError as error:
        message = f"Cannot use this value in for_each of a dynamic block: {error.message}"
        found = module.root.error_value(EvalError(message), for_each.expr, body.file)
        yield Content(inner.body, scope, block, unknown=found)
        return
    if isinstance(pairs, Unknown):
        bare, _ = unmark(pairs)
        reason = f"how many {block.labels[0]} blocks there are is not known: {bare.reason}"
        refs = derived([bare]).references
        found = Unknown(bare.kind, reason, bare.location or place, refs)
        yield Content(inner.body, scope.child({name: _any(bare)}), block, dynamic=True, iterator=name, unknown=found)
        return
    for key, value in pairs:
        bound = scope.child({name: {"key": key, "value": value}})
        yield Content(inner.body, bound, block, dynamic=True, iterator=name, key=key)


def _any(collection: Unknown) -> dict[str, Any]:
    return {"key": derived([collection]), "value": element_of(collection)}


def _iterator(body: Body, default: str) -> str:
    attribute = body.attributes.get("iterator")
    if attribute is None:
        return default
    expr = attribute.expr
    if isinstance(expr, Name):
        return expr.name
    return expr.value if isinstance(expr, Literal) and isinstance(expr.value, str) else default
