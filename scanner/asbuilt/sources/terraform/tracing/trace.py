"""Where a property is written and where its value comes from: the expressions walked again, only when asked.

The walk follows one path into a value: constructors, references, loops and the functions that hand elements on. Where
it cannot tell for certain which expression a value comes from it stops, so that the last station is never a wrong one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Path, Step, Trace, Unknown
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.blocks import META_ARGUMENTS, META_BLOCKS, contents
from asbuilt.sources.terraform.evaluation.evaluate import evaluate
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import to_plain, unmark
from asbuilt.sources.terraform.parsing import syntax
from asbuilt.sources.terraform.tracing.trace_calls import CALLS
from asbuilt.sources.terraform.tracing.trace_loops import follow_for, follow_splat
from asbuilt.sources.terraform.tracing.trace_names import hop
from asbuilt.sources.terraform.tracing.trace_path import ABSENT_HERE, Bracket, KeyOf, Origin, View, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.parsing.syntax import Body, SourceFile

MAX_STATIONS = 64
MAX_WALK = 2_000


def trace_instance(instance: ResourceInstance, path: Path) -> Trace | None:
    """Return the trace of a property of an instance, or None where nothing is written at that path."""
    config = instance.group.config
    if not path:
        return Trace(config.location)
    if path[0] in META_ARGUMENTS or path[0] in META_BLOCKS:
        return None
    found: list[Trace | None] = []
    root = instance.group.module.root
    root.guarded(lambda: found.append(_trace_body(config.body, instance_view(instance), path)))
    return found[0] if found else None


def instance_view(instance: ResourceInstance) -> View:
    """Return what the expressions of an instance see, with where `each` comes from."""
    group = instance.group
    return View(
        instance.scope, each_origin(group.config.body, View(group.module.scope(group.config.body.file)), instance)
    )


def each_origin(body: Body, view: View, instance: Any) -> dict[str, Origin]:
    """Return the origin of `each` in a block that is repeated."""
    for_each = body.attributes.get("for_each")
    if for_each is None or not isinstance(instance.index, str):
        return {}
    return {"each": Origin(for_each.expr, view.within(file_of(body, "for_each")), (Bracket(instance.index),))}


def _trace_body(body: Body, view: View, path: Path) -> Trace | None:
    name = path[0]
    attribute = body.attributes.get(str(name))
    if attribute is not None:
        file = file_of(body, attribute.name)
        walk = Walk(file.location(attribute.start, attribute.end))
        walk.follow(attribute.expr, view.within(file), tuple(path[1:]))
        return walk.trace()
    index = path[1] if len(path) > 1 else 0
    for at, content in enumerate(contents(body, str(name), view.scope)):
        if at != index:
            continue
        block = content.block
        here = Trace(content.body.file.location(block.start, block.header_end))
        if content.unknown is not None or len(path) <= 2:
            return here
        origins = view.origins
        if content.dynamic:
            for_each = block.body.attributes["for_each"]
            step = Bracket(content.key) if isinstance(content.key, str) else content.key
            origins = {**origins, content.iterator: Origin(for_each.expr, view.within(block.body.file), (step,))}
        return _trace_body(content.body, View(content.scope, origins), path[2:])
    return None


class Walk:
    """One walk: `stations` are the property itself and then each step, with the best location known so far.

    `handed` names the stations that only hand on what a resource computes, and the resource itself.
    """

    def __init__(self, location: Location) -> None:
        self.stations: list[tuple[str, Location]] = [("", location)]
        self.steps = 0
        self.handed: set[str] = set()
        self.computed = False

    def trace(self) -> Trace:
        """Return what was found.

        A value that a resource computes is written nowhere: to have another one, one refers to something else, so the
        origin is where the reference stands, outside the modules that put it out.
        """
        via = [Step(what, location) for what, location in self.stations[1:]]
        while self.computed and via and via[-1].what in self.handed:
            via.pop()
        return Trace(self.stations[0][1], tuple(via))

    def at(self, file: SourceFile, start: int, end: int) -> None:
        """Say more exactly where the current station is."""
        self.stations[-1] = (self.stations[-1][0], file.location(start, end))

    def hop(self, what: str, location: Location) -> bool:
        """Go to another station; False when there are too many."""
        if len(self.stations) >= MAX_STATIONS:
            return False
        self.stations.append((what, location))
        return True

    def value(self, expr: syntax.Expr, view: View) -> Any:
        """Return the bare value of an expression, or an Unknown where it has none."""
        try:
            return unmark(evaluate(expr, view.scope))[0]
        except EvalError as error:
            return view.scope.module.root.error_value(error, expr, view.scope.file)

    def follow(self, expr: syntax.Expr, view: View, path: tuple[Any, ...]) -> Any:
        """Follow a path into an expression.

        Returns True at the end of it, ABSENT_HERE when an object lacks the next part, False when the way is lost.
        """
        self.steps += 1
        if self.steps > MAX_WALK:
            return False
        handler = _HANDLERS.get(type(expr))
        return handler(self, expr, view, path) if handler is not None else not path

    def through(self, what: str, origin: Origin, path: tuple[Any, ...]) -> Any:
        """Go through a bound name; its own station stays only if it is where the value stands."""
        file = origin.view.scope.file
        here = (what + label(path), file.location(origin.expr.start, origin.expr.end))
        place = len(self.stations)
        if not self.hop(*here):
            return False
        result = self.follow(origin.expr, origin.view, (*origin.path, *path))
        if len(self.stations) > place + 1 and self.stations[place] == here:
            del self.stations[place]
        return result


def _literal(_walk: Walk, expr: syntax.Literal, _view: View, path: tuple[Any, ...]) -> Any:
    # null stands for "not given": a default of the type may take its place.
    return ABSENT_HERE if expr.value is None else not path


def _parens(walk: Walk, expr: syntax.Parens, view: View, path: tuple[Any, ...]) -> Any:
    return walk.follow(expr.inner, view, path)


def _template(walk: Walk, expr: syntax.Template, view: View, path: tuple[Any, ...]) -> Any:
    only = expr.parts[0] if len(expr.parts) == 1 else ""
    if isinstance(only, str) or not expr.wrap:
        return not path
    return walk.follow(only, view, path)


def _object(walk: Walk, expr: syntax.Object, view: View, path: tuple[Any, ...]) -> Any:
    if not path:
        return True
    head = path[0]
    for item in reversed(expr.items):
        key = item.key.value if isinstance(item.key, syntax.Literal) else walk.value(item.key, view)
        if isinstance(key, Unknown):
            return False
        if str(to_plain(key)) != str(head):
            continue
        if isinstance(head, KeyOf):
            walk.at(view.scope.file, item.key.start, item.key.end)
            return True
        walk.at(view.scope.file, item.key.start, item.value.end)
        return walk.follow(item.value, view, path[1:])
    return ABSENT_HERE


def _tuple(walk: Walk, expr: syntax.Tuple, view: View, path: tuple[Any, ...]) -> Any:
    if not path:
        return True
    head = path[0]
    found: syntax.Expr | None = None
    if isinstance(head, int):
        found = expr.items[head] if 0 <= head < len(expr.items) else None
    elif isinstance(head, str):  # an element of a set, known by its value
        same = [item for item in expr.items if walk.value(item, view) == str(head)]
        found = same[0] if same else None
    if found is None:
        return False
    walk.at(view.scope.file, found.start, found.end)
    return walk.follow(found, view, path[1:])


def _conditional(walk: Walk, expr: syntax.Conditional, view: View, path: tuple[Any, ...]) -> Any:
    condition = walk.value(expr.condition, view)
    if condition in (True, "true"):
        return walk.follow(expr.then, view, path)
    if condition in (False, "false"):
        return walk.follow(expr.otherwise, view, path)
    return False


def _call(walk: Walk, expr: syntax.Call, view: View, path: tuple[Any, ...]) -> Any:
    handler = CALLS.get(expr.name)
    if handler is None:
        return False
    try:
        return handler(walk, expr, view, path)
    except IndexError:  # too few arguments, which the evaluation has reported
        return False


def _reference(walk: Walk, expr: syntax.Expr, view: View, path: tuple[Any, ...]) -> Any:
    parts: list[Any] = []
    base = expr
    while True:
        if isinstance(base, syntax.GetAttr):
            parts.append(base.name)
            base = base.base
        elif isinstance(base, syntax.Index):
            key = walk.value(base.key, view)
            if not isinstance(key, str | int) or isinstance(key, bool):
                return False
            parts.append(Bracket(key) if isinstance(key, str) else key)
            base = base.base
        else:
            break
    return _from(walk, base, view, (*reversed(parts), *path))


def _from(walk: Walk, base: syntax.Expr, view: View, path: tuple[Any, ...]) -> Any:
    name = base.name if isinstance(base, syntax.Name) else "*" if isinstance(base, syntax.SplatElement) else None
    if name is None:
        return walk.follow(base, view, path)
    if name not in view.scope.names:
        return hop(walk, name, view, path) if path else False
    origin = view.origins.get(name)
    if origin is None:
        return False
    if origin.path and isinstance(view.scope.names[name], dict) and origin.repeated(name):
        if not path or path[0] not in ("key", "value"):
            return False
        what = f"{name}.{path[0]}"
        if path[0] == "key":
            origin = Origin(origin.expr, origin.view, (*origin.path[:-1], KeyOf(origin.path[-1])))
        return walk.through(what, origin, path[1:])
    return walk.through(name if name != "*" else "each element", origin, path)


_HANDLERS: dict[type, Callable[[Walk, Any, View, tuple[Any, ...]], Any]] = {
    syntax.Literal: _literal,
    syntax.Parens: _parens,
    syntax.Template: _template,
    syntax.Object: _object,
    syntax.Tuple: _tuple,
    syntax.Conditional: _conditional,
    syntax.Call: _call,
    syntax.GetAttr: _reference,
    syntax.Index: _reference,
    syntax.Name: _from,
    syntax.SplatElement: _from,
    syntax.For: follow_for,
    syntax.Splat: follow_splat,
}
