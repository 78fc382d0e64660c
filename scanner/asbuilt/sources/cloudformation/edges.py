"""The references of a resource to others: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Edge, dotted
from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.stacks.mentions import mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope


def edges_of(declared: Declared) -> Iterator[Edge]:
    """Yield the references of a resource, also those whose value is known and those through parameters."""
    start = len(declared.place.path) + 1
    for name, attribute, path in declared.mentions():
        at = Place(declared.place.document, path)
        yield from _followed(name, attribute, dotted(_plain(path[start:])), at, declared.scope, 0)
    depends = declared.body.get("DependsOn")
    for other in depends if isinstance(depends, list) else [depends]:
        target = declared.stack.resources.get(declared.scope.named(other)) if isinstance(other, str) else None
        if target is not None and target.exists() is not False:
            yield Edge("DependsOn", declared.place.child("DependsOn").location, target.key, "")


def _plain(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return a path without the functions on it."""
    found: list[str | int] = []
    function = False
    for part in path:
        if isinstance(part, str) and (part.startswith("Fn::") or part == "Ref"):
            function = True
        elif not (function and isinstance(part, int)):
            found.append(part)
            function = False
        else:
            function = False
    return tuple(found)


def _followed(name: str, attribute: str, where: str, at: Place, scope: Scope, depth: int) -> Iterator[Edge]:
    """Yield the edges of one mention: to a resource, or to what a parameter or an output of a stack leads to."""
    from asbuilt.sources.cloudformation.stacks.stack import Stack

    stack, name = scope.stack, scope.named(name)
    target = stack.resources.get(name)
    if target is not None:
        if target.exists() is False:
            return
        yield Edge(where, at.location, target.key, scope.named(attribute))
        if depth < 5 and target.type == "AWS::CloudFormation::Stack" and attribute.startswith("Outputs."):
            child = stack.child(name)
            output = child.outputs.get(attribute.removeprefix("Outputs.")) if isinstance(child, Stack) else None
            if output is not None and isinstance(output[0], dict):
                for inner, read, _ in mentions(output[0].get("Value"), ()):
                    yield from _followed(inner, read, where, at, output[2], depth + 1)
    elif depth < 5 and name in stack.parameters:
        passed = stack.passed(name)
        if passed is not None:
            for inner, read, _ in mentions(passed[0], ()):
                yield from _followed(inner, read, where, at, passed[2], depth + 1)
