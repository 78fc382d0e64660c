"""What the expressions of a plan's configuration name: the plan has no values for them, only their references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Unknown, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_STEPS: Final = 1000  # modules passed on the way from a use to what it names
_HEADS: Final = frozenset({"var", "local", "each", "count", "path", "terraform", "self", "data"})
_CALL: Final = re.compile(r"module\.([^.\[]+)((?:\[[^\]]*\])?)(?:\.([^.\[]+))?")
_RESOURCE: Final = re.compile(r"([A-Za-z_][\w-]*\.[\w-]+)(\[[^\]]*\])?(?:\.([\w-]+))?")
Found = tuple[str, str, str, bool]


class Configuration:
    """The `configuration` of a plan."""

    def __init__(self, data: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        self._root: Mapping[str, Any] = dict(data.get("root_module") or {})
        self._providers: Mapping[str, Any] = dict(data.get("provider_config") or {})
        self._variables = variables
        self._found: dict[tuple[str, int], tuple[Found, ...]] = {}
        self._resources: dict[str, Mapping[str, Any]] = {}
        self._modules: dict[str, Mapping[str, Any]] = {}
        self._calls: dict[str, Mapping[str, Any]] = {}
        stack: list[tuple[str, Mapping[str, Any]]] = [("", self._root)]
        while stack:
            path, module = stack.pop()
            self._modules[path] = module
            prefix = f"{path}." if path else ""
            for row in module.get("resources") or ():
                self._resources[prefix + row["address"]] = dict(row)
            for name, call in dict(module.get("module_calls") or {}).items():
                below = f"{prefix}module.{name}"
                self._calls[below] = dict(call)
                stack.append((below, dict(call.get("module") or {})))

    def expressions(self, address: str) -> Mapping[str, Any]:
        """Return the expressions of a block, by its address without keys."""
        found = self._resources.get(address, {}).get("expressions")
        return found if isinstance(found, dict) else {}

    def region(self, address: str) -> Any:
        """Return the region of a block's provider: a string, an Unknown, or ABSENT."""
        key = self._resources.get(address, {}).get("provider_config_key")
        provider = _mapping(self._providers.get(key)) if isinstance(key, str) else {}
        expression = _mapping(provider.get("expressions")).get("region")
        if not isinstance(expression, dict):
            return ABSENT
        if isinstance(expression.get("constant_value"), str):
            return expression["constant_value"]
        written = next(_written(expression), [])
        names = {text.removeprefix("var.") for text in written if text.startswith("var.")}
        if len(names) == 1 and len(names) == len(written) and not provider.get("module_address"):
            value = self._variables.get(next(iter(names)))
            if isinstance(value, str):
                return value
        return Unknown(UnknownKind.UNSUPPORTED, "the plan does not say the region of the provider")

    def resolve(self, module: str, expression: Any) -> tuple[Found, ...]:
        """Return what an expression in a module instance names: module instance, resource, attribute.

        Last comes whether the instance is chosen by the key of the one the expression stands in, and by nothing else.
        """
        key = (module, id(expression))  # the configuration is kept, so its parts keep their ids
        if key not in self._found:
            found = (
                one
                for written in _written(expression)
                for one in self._named(module, written, _by_own_key(written), set())
            )
            self._found[key] = tuple(dict.fromkeys(found))
        return self._found[key]

    def _named(self, module: str, written: list[str], keyed: bool, seen: set[tuple[str, str]]) -> Iterator[Found]:
        for text in _longest(written):
            if (module, text) in seen or len(seen) > MAX_STEPS:
                continue
            seen.add((module, text))
            head = text.partition(".")[0].partition("[")[0]
            if head == "module":
                yield from self._output(module, text, seen)
            elif head == "var":
                yield from self._argument(module, text, seen)
            elif head not in _HEADS:
                found = _RESOURCE.match(text)
                if found is not None:
                    yield module, found[1] + (found[2] or ""), found[3] or "", keyed and not found[2]

    def _output(self, module: str, text: str, seen: set[tuple[str, str]]) -> Iterator[Found]:
        found = _CALL.match(text)
        if found is None or not found[3] or found[2].startswith("[each"):
            return
        below = f"{module}.module.{found[1]}" if module else f"module.{found[1]}"
        outputs = _mapping(self._modules.get(_bare(below), {}).get("outputs"))
        for written in _written(_mapping(outputs.get(found[3])).get("expression")):
            yield from self._named(below + found[2], written, False, seen)

    def _argument(self, module: str, text: str, seen: set[tuple[str, str]]) -> Iterator[Found]:
        """Follow a variable to the argument of the call of its module."""
        call = self._calls.get(_bare(module))
        if call is None:
            return
        above = re.sub(r"\.?module\.[^.\[]+(\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\Z", "", module)
        name = re.split(r"[.\[]", text)[1] if "." in text else ""
        for written in _written(_mapping(call.get("expressions")).get(name)):
            yield from self._named(above, written, False, seen)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _bare(address: str) -> str:
    return re.sub(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]", "", address)


def _written(expression: Any) -> Iterator[list[str]]:
    """Yield the references of an expression and of those below it."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            found = node.get("references")
            if isinstance(found, list):
                yield [text for text in found if isinstance(text, str)]
            elif "constant_value" not in node:
                stack.extend(reversed(list(node.values())))


def _longest(written: list[str]) -> list[str]:
    """Leave out what Terraform adds to each reference: `a.b` beside `a.b.id`."""
    return [t for t in written if not any(o != t and o.startswith((f"{t}.", f"{t}[")) for o in written)]


def _by_own_key(written: list[str]) -> bool:
    """Whether the only thing that can choose among instances is the key of the instance itself."""
    others = {text for text in written if text.partition(".")[0] in ("var", "local", "each", "count", "data", "module")}
    return bool(others) and others <= {"each.key", "count.index"}
