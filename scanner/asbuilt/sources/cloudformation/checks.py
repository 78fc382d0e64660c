"""What is wrong with a template whatever its values: names of nothing, circles, sections that are none.

CloudFormation refuses such a template, so that what it says would not be built.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.stacks.evaluation import LOOP
from asbuilt.sources.cloudformation.stacks.mentions import mentions
from asbuilt.sources.cloudformation.stacks.parameters import PSEUDO

if TYPE_CHECKING:
    from asbuilt.model import Path
    from asbuilt.sources.cloudformation.stacks.declared import Declared
    from asbuilt.sources.cloudformation.stacks.stack import Stack

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")


def check(stack: Stack) -> None:
    """Keep a remark for everything that is wrong with the template of a stack."""
    document, root = stack.document, stack.root
    for section in SECTIONS:
        entries = stack.data.get(section, {})
        if not isinstance(entries, dict):
            message = f"the section {section} has to be a mapping"
            root.remark("error", "wrong-section", message, document.locate((section,)))
        for name, body in entries.items() if section in ("Resources", "Outputs") and isinstance(entries, dict) else ():
            if not isinstance(body, dict) and not name.startswith("Fn::"):
                root.remark("error", "wrong-entry", f"{name} has to be a mapping", document.locate((section, name)))
    for name, (_, place, _) in stack.conditions.declared.items():
        root.guard(partial(stack.conditions.get, name), place)
    loops = _loop_names(stack.data) if LOOP in document.text else frozenset()
    graph: dict[str, list[tuple[str, Path]]] = {}
    for declared in stack.resources.values():
        if not declared.type:
            root.remark("error", "resource-without-type", f"{declared.name} has no Type", declared.place.key)
        graph[declared.name] = _needs(declared, loops)
    for body, place, scope in stack.outputs.values():
        for name, attribute, path in mentions(body, place.path):
            wanted = scope.named(name)
            if not _known(stack, wanted, attribute, loops):
                _refused(stack, wanted, attribute, Place(place.document, path))
    _circles(stack, graph)


def _needs(declared: Declared, loops: frozenset[str]) -> list[tuple[str, Path]]:
    """Return the resources of the same stack that a resource needs, and where in its document it says so."""
    stack, scope, document = declared.stack, declared.scope, declared.place.document
    resources = stack.resources
    loops |= set(scope.loops)
    found: list[tuple[str, Path]] = []
    for name, attribute, path in declared.mentions():
        wanted = scope.named(name) if loops else name
        if wanted in resources:
            found.append((wanted, path))
        elif not _known(stack, wanted, attribute, loops):
            _refused(stack, wanted, attribute, Place(document, path))
    depends = declared.body.get("DependsOn")
    if depends is None:
        return found
    place = (*declared.place.path, "DependsOn")
    for position, name in enumerate(depends if isinstance(depends, list) else [depends]):
        if not isinstance(name, str):
            continue
        path = (*place, position) if isinstance(depends, list) else place
        wanted = scope.named(name)
        if wanted in resources:
            found.append((wanted, path))
        elif stack.made_elsewhere(wanted) is None and not _open(wanted):
            location = document.locate(path)
            stack.root.remark("error", "unknown-name", f"there is no resource {wanted}", location)
    return found


def _known(stack: Stack, name: str, attribute: str, loops: frozenset[str]) -> bool:
    """Whether a name stands for something."""
    if attribute == "Ref" and (name in PSEUDO or name in stack.parameters):
        return True
    return name in stack.resources or name in loops or _open(name) or stack.made_elsewhere(name) is not None


def _refused(stack: Stack, name: str, attribute: str, at: Place) -> None:
    """Keep that a name stands for nothing."""
    what = "parameter or resource" if attribute == "Ref" else "resource"
    variable = _is_variable(at)
    full = name if attribute == "Ref" else f"{name}.{attribute}"
    message = f"there is no {what} {name}"
    message = f"Fn::Sub: {message}, for ${{{full}}}" if variable else message
    stack.root.remark("error", "unknown-variable" if variable else "unknown-name", message, at.location)


def _is_variable(at: Place) -> bool:
    """Whether a mention stands in the text of Fn::Sub."""
    found: Any = at.document.data
    for part in at.path:
        found = found[part]
    return isinstance(found, dict) and "Fn::Sub" in found


def _open(name: str) -> bool:
    """Whether a name is made of variables of loops."""
    return "${" in name or "&{" in name


def _loop_names(data: Any) -> frozenset[str]:
    found: set[str] = set()
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key, value in item.items():
                if key.startswith(LOOP) and isinstance(value, list) and value and isinstance(value[0], str):
                    found.add(value[0])
                waiting.append(value)
        elif isinstance(item, list):
            waiting.extend(item)
    return frozenset(found)


def _circles(stack: Stack, graph: dict[str, list[tuple[str, Path]]]) -> None:
    """Keep one remark for each circle of resources that need each other."""
    done: set[str] = set()
    for start, needs in graph.items():
        if start in done:
            continue
        path = [start]
        waiting = [(start, iter(needs))]
        while waiting:
            name, rest = waiting[-1]
            for other, where in rest:
                if other in path:
                    chain = " -> ".join([*path[path.index(other) :], other])
                    message = f"resources need each other: {chain}"
                    location = stack.resources[name].place.document.locate(where)
                    stack.root.remark("error", "circular-reference", message, location)
                elif other not in done:
                    path.append(other)
                    waiting.append((other, iter(graph.get(other, ()))))
                    break
            else:
                done.add(name)
                path.pop()
                waiting.pop()
