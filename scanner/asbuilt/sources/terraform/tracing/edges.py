"""References between resources as the source writes them, also where the value is known."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from asbuilt.model import Edge
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.blocks import META_ARGUMENTS, META_BLOCKS
from asbuilt.sources.terraform.evaluation.evaluate import evaluate
from asbuilt.sources.terraform.evaluation.expansion import UNKNOWN_KEY
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import unknowns, unmark
from asbuilt.sources.terraform.parsing import syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.parsing.syntax import Body, Expr

Target = tuple[str, str]  # a resource key and an attribute
MAX_DEPTH = 40


def edges_of(instance: ResourceInstance) -> list[Edge]:
    """Return the references of an instance, attribute by attribute.

    They are those written in the expressions, those behind variables, locals and outputs that only pass a reference
    on, and those that the values kept.
    """
    found: dict[Edge, None] = {}
    config = instance.group.config
    module = instance.group.module
    for_each = config.body.attributes.get("for_each")

    def note(name: str, expr: Expr, location: Location) -> None:
        for traversal in traversals(expr):
            for target, attribute in _targets(module, traversal, instance, for_each.expr if for_each else None, 0):
                if target != instance.key:
                    found[Edge(name, location, target, attribute)] = None

    def gather() -> None:
        for name, expr, location in _expressions(config.body, ""):
            note(name, expr, location)

    module.root.guarded(gather)
    for name in instance.names():
        place = _place(config.body, name)
        for value in unknowns(instance.value(name)):
            for reference in value.references:
                edge = Edge(name, place, reference.target, reference.attribute)
                if reference.target != instance.key and not any(_same(edge, other) for other in found):
                    found[edge] = None
    return list(found)


def _same(edge: Edge, other: Edge) -> bool:
    return (
        edge.target == other.target
        and edge.target_attribute == other.target_attribute
        and other.attribute.partition(".")[0] == edge.attribute
    )


def _place(body: Body, name: str) -> Location:
    attribute = body.attributes.get(name)
    if attribute is not None:
        return file_of(body, name).location(attribute.start, attribute.end)
    block = next((b for b in body.blocks if name == b.type or b.labels == [name]), None)
    start, end = (block.start, block.header_end) if block is not None else (body.start, body.start)
    return (block.body if block is not None else body).file.location(start, end)


def _expressions(body: Body, prefix: str) -> Iterator[tuple[str, Expr, Location]]:
    for attribute in body.attributes.values():
        if not prefix and attribute.name in META_ARGUMENTS:
            continue
        file = file_of(body, attribute.name)
        yield prefix + attribute.name, attribute.expr, file.location(attribute.start, attribute.end)
    for block in body.blocks:
        if block.type in META_BLOCKS and not prefix:
            continue
        if block.type == "dynamic" and block.labels:
            for_each = block.body.attributes.get("for_each")
            name = f"{prefix}{block.labels[0]}"
            if for_each is not None:
                yield name, for_each.expr, block.body.file.location(for_each.start, for_each.end)
            for inner in block.body.blocks:
                yield from _expressions(inner.body, f"{name}.")
        else:
            yield from _expressions(block.body, f"{prefix}{block.type}.")


def traversals(expr: Any, bound: frozenset[str] = frozenset()) -> Iterator[list[Any]]:
    """Yield the references in an expression: a root name, then attribute names and keys.

    Computed keys stay expressions.
    """
    if isinstance(expr, syntax.GetAttr | syntax.Index | syntax.Name):
        yield from _traversal(expr, bound)
    elif isinstance(expr, syntax.For | syntax.TemplateFor):
        names = bound | {name for name in (expr.key, expr.value) if name}
        yield from traversals(expr.collection, bound)
        inner = expr.body if isinstance(expr, syntax.TemplateFor) else [expr.key_expr, expr.value_expr, expr.condition]
        yield from traversals(inner, names)
    elif isinstance(expr, list):
        for part in expr:
            yield from traversals(part, bound)
    elif isinstance(expr, syntax.Expr | syntax.ObjectItem):
        for field in fields(expr):
            if field.name not in {"start", "end"}:
                yield from traversals(getattr(expr, field.name), bound)


def _traversal(expr: Expr, bound: frozenset[str]) -> Iterator[list[Any]]:
    parts: list[Any] = []
    while isinstance(expr, syntax.GetAttr | syntax.Index):
        if isinstance(expr, syntax.GetAttr):
            parts.append(expr.name)
        elif isinstance(expr.key, syntax.Literal):
            parts.append(expr.key.value)
        else:
            parts.append(expr.key)
            yield from traversals(expr.key, bound)
        expr = expr.base
    if not isinstance(expr, syntax.Name):
        yield from traversals(expr, bound)
    elif expr.name not in bound:
        yield [expr.name, *reversed(parts)]


def _passes_on(expr: Expr) -> Iterator[list[Any]]:
    """Yield the references of an expression that does nothing but pass them on."""
    while isinstance(expr, syntax.Parens):
        expr = expr.inner
    if isinstance(expr, syntax.Tuple):
        for item in expr.items:
            yield from _passes_on(item)
    elif isinstance(expr, syntax.GetAttr | syntax.Index):
        yield from traversals(expr)


def _targets(
    module: ModuleInstance, traversal: list[Any], owner: ResourceInstance | None, for_each: Expr | None, depth: int
) -> Iterator[Target]:
    root, parts = traversal[0], [_key(part, owner) for part in traversal[1:]]
    if depth > MAX_DEPTH or not parts or root in {"path", "terraform", "count", "self", "ephemeral"}:
        return
    if root == "each":
        if for_each is not None:
            for inner in _passes_on(for_each):
                key = [owner.index] if owner is not None and isinstance(owner.index, str) else []
                yield from _targets(module, [*inner, *key, *parts[1:]], None, None, depth + 1)
    elif root in {"var", "local", "module"}:
        for other, expr in _definitions(module, root, parts):
            for inner in _passes_on(expr):
                yield from _targets(other, inner, None, None, depth + 1)
    else:
        yield from _resource_targets(module, root, parts)


def _key(part: Any, owner: ResourceInstance | None) -> Any:
    """Return an index of a reference as seen from the instance that holds it, or None where it cannot be told."""
    if not isinstance(part, syntax.Expr):
        return part
    if owner is None:
        return None
    try:
        value = unmark(evaluate(part, owner.scope))[0]
    except EvalError:
        return None
    return value if isinstance(value, str | int) else None


def _definitions(module: ModuleInstance, root: str, parts: list[Any]) -> Iterator[tuple[ModuleInstance, Expr]]:
    name = str(parts[0])
    if root == "local":
        declared = module.node.module.locals.get(name)
        if declared is not None:
            yield module, declared.attribute.expr
    elif root == "var":
        expr = module.call.expr(name) if module.call is not None else None
        if expr is not None and module.parent is not None:
            yield module.parent, expr
    elif name in module.node.children:
        group = module.call_group(name)
        skip = 1 if group.expansion.mode == "one" else 2
        output = parts[skip] if len(parts) > skip else None
        for key, child in group.instances.items():
            if skip == 1 or parts[1:2] == [None] or key is UNKNOWN_KEY or parts[1:2] == [key]:
                found = child.node.module.outputs.get(str(output))
                value = found.expr("value") if found is not None else None
                if value is not None:
                    yield child, value


def _resource_targets(module: ModuleInstance, root: str, parts: list[Any]) -> Iterator[Target]:
    key = ("data", *parts[:2]) if root == "data" else ("managed", root, parts[0])
    rest = parts[2:] if root == "data" else parts[1:]
    if key not in module.node.module.resources or len(key) != 3:
        return
    group = module.group((str(key[0]), str(key[1]), str(key[2])))
    try:
        mode, instances = group.expansion.mode, group.instances
    except EvalError:
        return
    if mode == "one":
        yield instances[None].key, _attribute(rest)
        return
    wanted = rest[0] if rest else None
    for index, instance in instances.items():
        if wanted is None or index is UNKNOWN_KEY or index == wanted:
            yield instance.key, _attribute(rest[1:])
        elif isinstance(wanted, str) and wanted not in instances:
            yield instance.key, wanted  # a splat, or each.value of a chain


def _attribute(rest: list[Any]) -> str:
    return str(rest[0]) if rest and isinstance(rest[0], str) else ""
