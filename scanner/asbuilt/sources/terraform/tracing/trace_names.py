"""Following a reference: variables to what was given, locals, outputs, other resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Unknown
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.expansion import UNKNOWN_KEY
from asbuilt.sources.terraform.evaluation.scope import Scope
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.parsing import syntax
from asbuilt.sources.terraform.tracing import trace_policy
from asbuilt.sources.terraform.tracing.trace_path import ABSENT_HERE, View, label

if TYPE_CHECKING:
    from asbuilt.sources.terraform.configuration.config import Declaration
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.tracing.trace import Walk


def hop(walk: Walk, root: str, view: View, path: tuple[Any, ...]) -> Any:
    """Follow `root.path[0]…` from the top of a module."""
    module = view.scope.module
    if root in {"path", "terraform", "each", "count", "self", "ephemeral"}:
        return False
    try:
        if root == "var":
            return _variable(walk, module, path)
        if root == "local":
            return _local(walk, module, path)
        if root == "module":
            return _output(walk, module, path)
        if root == "data":
            return _resource(walk, module, ("data", *path[:2]), path[2:])
        return _resource(walk, module, ("managed", root, path[0]), path[1:])
    except (EvalError, KeyError, IndexError):
        return False


def _attribute_place(declared: Declaration, name: str) -> Location:
    attribute = declared.body.attributes[name]
    return file_of(declared.body, name).location(attribute.start, attribute.end)


def _local(walk: Walk, module: ModuleInstance, path: tuple[Any, ...]) -> Any:
    declared = module.node.module.locals[str(path[0])]
    place = declared.file.location(declared.attribute.start, declared.attribute.end)
    if not walk.hop(f"{module.prefix}local.{path[0]}{label(path[1:])}", place):
        return False
    return walk.follow(declared.attribute.expr, View(module.scope(declared.file)), path[1:])


def _variable(walk: Walk, module: ModuleInstance, path: tuple[Any, ...]) -> Any:
    name, rest = str(path[0]), path[1:]
    declared = module.node.module.variables[name]
    what = f"{module.prefix}var.{name}{label(rest)}"
    if module.parent is None:
        result = _given(walk, module, declared, what, rest)
    else:
        result = _passed(walk, module, declared, what, rest)
    if result is ABSENT_HERE:
        return _optional(walk, declared, what, rest)
    return result


def _passed(walk: Walk, module: ModuleInstance, declared: Declaration, what: str, path: tuple[Any, ...]) -> Any:
    from asbuilt.sources.terraform.tracing.trace import each_origin

    call, parent, name = module.call, module.parent, declared.name
    expr = call.expr(name) if call is not None else None
    if call is None or parent is None or expr is None:
        return _default(walk, module, declared, what, path)
    file = file_of(call.body, name)
    view = View(Scope(parent, module.names, file), each_origin(call.body, View(parent.scope(file)), module))
    if not declared.flag("nullable", default=True) and walk.value(expr, view) is None:
        return _default(walk, module, declared, what, path)
    if not walk.hop(what, _attribute_place(call, name)):
        return False
    return walk.follow(expr, view, path)


def _given(walk: Walk, module: ModuleInstance, declared: Declaration, what: str, path: tuple[Any, ...]) -> Any:
    given = module.root.given.get(declared.name)
    if given is None:
        return _default(walk, module, declared, what, path)
    if given.expr is None or given.file is None or given.location is None:
        return walk.hop(f"{what} given by {given.label}", declared.location) and not path
    if (
        isinstance(given.expr, syntax.Literal)
        and given.expr.value is None
        and not declared.flag("nullable", default=True)
    ):
        return _default(walk, module, declared, what, path)
    # `var.x in terraform.tfvars`; the path goes with the name of the variable
    place = given.label.partition(" in ")[2]
    if not walk.hop(f"{what} in {place}", given.location):
        return False
    return walk.follow(given.expr, View(Scope(module, {}, given.file)), path)


def _default(walk: Walk, module: ModuleInstance, declared: Declaration, what: str, path: tuple[Any, ...]) -> Any:
    expr = declared.expr("default")
    if expr is None:
        return walk.hop(what, declared.location) and not path
    if not walk.hop(what, _attribute_place(declared, "default")):
        return False
    return walk.follow(expr, View(module.scope(file_of(declared.body, "default"))), path)


def _optional(walk: Walk, declared: Declaration, what: str, path: tuple[Any, ...]) -> Any:
    """Go to the `optional(T, default)` in the type constraint that filled in what was not given."""
    expr = declared.expr("type")
    item: syntax.ObjectItem | None = None
    for part in path:
        while isinstance(expr, syntax.Call) and expr.name == "optional" and expr.args:
            expr = expr.args[0]
        if not isinstance(expr, syntax.Call) or not expr.args:
            return ABSENT_HERE
        inner = expr.args[0]
        if expr.name != "object":
            expr, item = inner, None
            continue
        found = (
            [i for i in inner.items if getattr(i.key, "value", None) == part]
            if isinstance(inner, syntax.Object)
            else []
        )
        if not found:
            return ABSENT_HERE
        item, expr = found[0], found[0].value
    if (
        item is None
        or not isinstance(item.value, syntax.Call)
        or item.value.name != "optional"
        or len(item.value.args) < 2
    ):
        return ABSENT_HERE
    place = file_of(declared.body, "type").location(item.key.start, item.value.end)
    return walk.hop(f"{what} default in the type", place)


def _output(walk: Walk, module: ModuleInstance, path: tuple[Any, ...]) -> Any:
    group = module.call_group(str(path[0]))
    if not group.instances:
        return walk.hop(f"{module.prefix}module.{path[0]}{label(path[1:])}", group.declared.location) and False
    mode = group.expansion.mode
    skip = 1 if mode == "one" else 2
    key = None if mode == "one" else UNKNOWN_KEY if mode == "unknown" else path[1]
    child = group.instances[str(key) if isinstance(key, str) else key]
    name = str(path[skip])
    declared = child.node.module.outputs[name]
    what = f"{child.prefix}{name}{label(path[skip + 1 :])}"
    walk.handed.add(what)
    if not walk.hop(what, _attribute_place(declared, "value")):
        return False
    return walk.follow(
        declared.body.attributes["value"].expr, View(child.scope(file_of(declared.body, "value"))), path[skip + 1 :]
    )


def _resource(walk: Walk, module: ModuleInstance, key: tuple[str, ...], path: tuple[Any, ...]) -> Any:
    from asbuilt.sources.terraform.tracing.trace import instance_view

    group = module.group((key[0], str(key[1]), str(key[2])))
    mode = group.expansion.mode
    if mode == "one":
        instance = group.instances[None]
    elif mode == "unknown":
        instance, path = group.instances[UNKNOWN_KEY], path[1:]
    else:
        index = path[0]
        instance, path = group.instances[str(index) if isinstance(index, str) else index], path[1:]
    if not path:
        return walk.hop(instance.address, instance.location)
    name = str(path[0])
    body = group.config.body
    attribute = body.attributes.get(name)
    what = f"{instance.address}{label(path)}"
    if instance.type == trace_policy.TYPE and trace_policy.follow_document(walk, instance, path):
        return True
    if attribute is None:
        if key[0] == "managed" and len(path) == 1:
            _computed(walk, what)
        return walk.hop(what, instance.location) and len(path) == 1
    value = instance.value(name)
    if value is None or (isinstance(value, Unknown) and value.exact and value.references[0].target == instance.key):
        _computed(walk, what)
        return walk.hop(what, instance.location)
    if not walk.hop(what, _attribute_place(group.config, name)):
        return False
    return walk.follow(attribute.expr, instance_view(instance).within(file_of(body, name)), path[1:])


def _computed(walk: Walk, what: str) -> None:
    """Say that the walk ends at what a resource computes."""
    walk.computed = True
    walk.handed.add(what)
