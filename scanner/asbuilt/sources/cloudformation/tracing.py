"""Where a property is written, and the stations its value came through: parameters, mappings, other stacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Step, Trace, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.substitution import parts_of
from asbuilt.sources.cloudformation.language.values import EvaluationError, text_of, unknowns, unmark
from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.stacks.evaluation import LOOP
from asbuilt.sources.cloudformation.stacks.stack import NESTED, Stack
from asbuilt.sources.cloudformation.vocabulary.names import attribute_property, ref_property

if TYPE_CHECKING:
    from asbuilt.model import Location, Path
    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope

MAX_STEPS: Final = 60
Spot = tuple[Any, Place, "Scope"]  # something as written, where, and in which scope


def trace(declared: Declared, path: Path) -> Trace | None:
    """Return where a property of a resource is written and where its value comes from; None where it is not set."""
    walk = _Walk(declared)
    return walk.trace() if walk.follow(path) else None


class _Walk:
    """One walk from a resource's properties to where a value stands."""

    __slots__ = ("handed", "spot", "stations", "steps")

    def __init__(self, declared: Declared) -> None:
        self.spot: Spot = (declared.body.get("Properties"), declared.place.child("Properties"), declared.scope)
        self.stations: list[tuple[str, Place | Location]] = [("", self.spot[1])]
        self.handed: set[str] = set()  # the stations that are outputs
        self.steps = 0

    def trace(self) -> Trace:
        """Return what was found.

        What resources have only once they are made is written nowhere: to have another one, one refers to something
        else, so the origin is where the reference stands, outside of the stacks that put it out.
        """
        while self.stations[-1][0] in self.handed and self.computed():
            self.stations.pop()
        (_, origin), *others = self.stations
        return Trace(_location(origin), tuple(Step(what, _location(at)) for what, at in others) if others else ())

    def computed(self) -> bool:
        """Whether the walk ends at something that resources have only once they are made."""
        raw, place, scope = self.spot
        return any(found.kind is UnknownKind.COMPUTED for found in unknowns(scope.evaluate(raw, place)))

    def follow(self, path: Path) -> bool:
        """Follow a path; say whether it leads to something that is written."""
        for part in path[self.plainly(path) :]:
            if not self.settle():
                return True  # below a value that is worked out as a whole
            if not self.down(part):
                return False
        self.settle()
        return True

    def plainly(self, path: Path) -> int:
        """Go down at once as far as each step is a key of a mapping that is no function; return how many steps."""
        raw, place, scope = self.spot
        taken = 0
        for part in path:
            if not isinstance(raw, dict) or len(raw) == 1 or part not in raw:
                break
            raw = raw[part]
            taken += 1
        if taken:
            self.at((raw, Place(place.document, place.path + path[:taken]), scope))
        return taken

    def settle(self) -> bool:
        """Go on while a function only hands on what stands elsewhere; say whether a plain value is reached."""
        while True:
            self.steps += 1
            raw, place, scope = self.spot
            if not isinstance(raw, dict) or len(raw) != 1 or self.steps > MAX_STEPS:
                return True
            name = next(iter(raw))
            if name != "Ref" and not name.startswith("Fn::"):
                return True
            if name.startswith(LOOP):
                return True
            try:
                if not self.hop(name, raw[name], place.child(name), scope):
                    return False
            except EvaluationError:
                return False

    def hop(self, name: str, raw: Any, place: Place, scope: Scope) -> bool:
        """Go where a function leads; False where it makes a value of its own."""
        handler = _HOPS.get(name)
        return handler is not None and handler(self, raw, place, scope)

    def down(self, part: str | int) -> bool:
        """Take one step down."""
        raw, place, scope = self.spot
        if isinstance(raw, dict):
            if part in raw:
                return self.at((raw[part], place.child(part), scope))
            for key, value in raw.items():
                if key.startswith(LOOP):
                    turns = scope.turns(key, value, place.child(key))
                    for inner, body, at in () if isinstance(turns, Unknown) else turns:
                        for name, item in body.items():
                            if inner.named(name) == part:
                                return self.at((item, at.child(name), inner))
                elif scope.loops and scope.named(key) == part:
                    return self.at((value, place.child(key), scope))
            return False
        if isinstance(raw, list) and isinstance(part, int):
            return self.element(raw, place, scope, part)
        return False

    def element(self, raw: list[Any], place: Place, scope: Scope, wanted: int) -> bool:
        """Go to an element of a list; those that are AWS::NoValue do not count."""
        index = -1
        for at, item in enumerate(raw):
            here = place.child(at)
            perhaps = isinstance(item, dict) and len(item) == 1 and next(iter(item)) in ("Fn::If", "Ref")
            if perhaps and scope.evaluate(item, here) is ABSENT:
                continue
            index += 1
            if index == wanted:
                return self.at((item, here, scope))
        return False

    def at(self, spot: Spot) -> bool:
        """Be at a place, one step below the last."""
        self.spot = spot
        self.stations[-1] = (self.stations[-1][0], spot[1])
        return True

    def to(self, what: str, spot: Spot) -> bool:
        """Be at another station."""
        self.spot = spot
        self.stations.append((what, spot[1]))
        return True


def _location(at: Place | Location) -> Location:
    return at.location if isinstance(at, Place) else at


def _ref(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:  # noqa: ARG001
    return isinstance(raw, str) and _named(walk, scope.named(raw), scope)


def _named(walk: _Walk, name: str, scope: Scope) -> bool:
    stack = scope.stack
    if name in scope.loops:
        return False
    if name in stack.parameters:
        return _parameter(walk, name, stack)
    target = stack.resources.get(name)
    if target is None:
        given = stack.root.given.get(name)
        if given is not None and given.location is not None:
            walk.stations.append((given.what, given.location))
        return False
    wanted = ref_property(target.type)
    return bool(wanted) and _property(walk, target, wanted)


def _parameter(walk: _Walk, name: str, stack: Stack) -> bool:
    given, passed = stack.given(name), stack.passed(name)
    if given is not None:
        place = Place(stack.document, ("Parameters", name))
        walk.stations.append((given.what, given.location or place))
        return False
    if passed is not None and passed[2].evaluate(passed[0], passed[1]) is not ABSENT:
        return walk.to(f"parameter {name}", passed)
    place = Place(stack.document, ("Parameters", name))
    if "Default" in stack.parameters[name]:
        return walk.to(f"parameter {name}", (stack.parameters[name]["Default"], place.child("Default"), stack.scope))
    walk.stations.append((f"parameter {name}", place.key))
    return False


def _property(walk: _Walk, target: Declared, wanted: str) -> bool:
    raw = target.raw(wanted)
    return raw is not None and walk.to(f"{target.name}.{wanted}", (*raw, target.scope))


def _get_att(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:  # noqa: ARG001
    parts = raw.split(".", 1) if isinstance(raw, str) else raw
    if not isinstance(parts, list) or len(parts) < 2 or not all(isinstance(part, str) for part in parts):
        return False
    return _attribute(walk, scope.named(parts[0]), ".".join(parts[1:]), scope)


def _attribute(walk: _Walk, name: str, attribute: str, scope: Scope) -> bool:
    target = scope.stack.resources.get(name)
    if target is None:
        return False
    if target.type == NESTED and attribute.startswith("Outputs."):
        child = scope.stack.child(name)
        return isinstance(child, Stack) and _output(walk, child, attribute.removeprefix("Outputs."), name)
    wanted = attribute_property(target.type, attribute)
    return bool(wanted) and "." not in wanted and _property(walk, target, wanted)


def _output(walk: _Walk, stack: Stack, output: str, name: str) -> bool:
    if output not in stack.outputs:
        return False
    body, place, scope = stack.outputs[output]
    if not isinstance(body, dict) or "Value" not in body:
        return False
    what = f"{name}.Outputs.{output}"
    walk.handed.add(what)
    return walk.to(what, (body["Value"], place.child("Value"), scope))


def _if(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str):
        return False
    test = scope.stack.conditions.get(scope.named(raw[0]), scope.assumed)
    if isinstance(test, Unknown):
        return False
    at = 1 if test else 2
    return walk.to(f"condition {raw[0]}", (raw[at], place.child(at), scope))


def _sub(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:
    text, own = (raw[0], raw[1]) if isinstance(raw, list) and len(raw) == 2 else (raw, {})
    parts = parts_of(text) if isinstance(text, str) else ()
    if len(parts) != 1 or isinstance(parts[0], str):
        return False
    name = parts[0][0]
    if isinstance(own, dict) and name in own:
        walk.spot = (own[name], place.child(1).child(name), scope)
        return True
    resource, dot, attribute = name.partition(".")
    return _attribute(walk, scope.named(resource), attribute, scope) if dot else _named(walk, scope.named(name), scope)


def _find_in_map(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:
    keys = [unmark(scope.argument(raw, place, at))[0] for at in range(3)]
    if any(isinstance(key, Unknown) for key in keys):
        return False
    found: Any = scope.stack.data.get("Mappings")
    at = Place(scope.stack.document, ("Mappings",))
    for key in map(text_of, keys):
        if not isinstance(found, dict) or key not in found:
            return False
        found, at = found[key], at.child(key)
    return walk.to(f"mapping {'/'.join(map(text_of, keys))}", (found, at, scope))


def _select(walk: _Walk, raw: Any, place: Place, scope: Scope) -> bool:
    index = unmark(scope.argument(raw, place, 0))[0]
    if len(raw) != 2 or not isinstance(raw[1], list) or not re.fullmatch("[0-9]{1,9}", str(index)):
        return False
    walk.spot = (raw[1], place.child(1), scope)
    before = walk.stations[-1]
    found = walk.element(raw[1], place.child(1), scope, int(index))
    walk.stations[-1] = before
    return found


_HOPS: Final = {
    "Ref": _ref,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Sub": _sub,
}
