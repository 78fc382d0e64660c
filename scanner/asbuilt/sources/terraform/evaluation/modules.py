"""Instances of modules: variables, locals, outputs, calls and resources, each evaluated when asked for, once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.evaluate import TABLE
from asbuilt.sources.terraform.evaluation.expansion import suffix
from asbuilt.sources.terraform.evaluation.files import ModuleFiles
from asbuilt.sources.terraform.evaluation.inputs import variable_value
from asbuilt.sources.terraform.evaluation.managed import ResourceGroup
from asbuilt.sources.terraform.evaluation.module_calls import CallGroup, TypeHandle
from asbuilt.sources.terraform.evaluation.scope import Scope
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.sources.terraform.configuration.config import Declaration
    from asbuilt.sources.terraform.configuration.tree import ModuleNode
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.evaluation.root import Root
    from asbuilt.sources.terraform.parsing.syntax import Expr, SourceFile

_MISSING = object()


class ModuleInstance:
    """One module at one address. `names` is what the arguments of its call see beside the parent's names."""

    def __init__(
        self,
        root: Root,
        node: ModuleNode,
        parent: ModuleInstance | None = None,
        call: Declaration | None = None,
        index: Any = None,
        names: dict[str, Any] | None = None,
        conditional: Unknown | None = None,
    ) -> None:
        self.root = root
        self.node = node
        self.parent = parent
        self.call = call
        self.index = index
        self.names = names or {}
        inherited = parent.conditional if parent is not None else None
        self.conditional: Unknown | None = inherited if conditional is None else conditional
        self.address = ""
        if parent is not None and call is not None:
            self.address = f"{parent.prefix}module.{call.name}{suffix(index)}"
        self.prefix: str = f"{self.address}." if self.address else ""
        self.files = ModuleFiles(self)
        self.provider_settings: dict[tuple[str, str], Any] = {}
        self._scopes: dict[int, Scope] = {}
        self._variables: dict[str, Any] = {}
        self._locals: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._groups: dict[tuple[str, str, str], ResourceGroup] = {}
        self._calls: dict[str, CallGroup] = {}

    def scope(self, file: SourceFile) -> Scope:
        """Return the scope of an expression at the top of a file of this module."""
        found = self._scopes.get(id(file))
        if found is None:
            found = self._scopes[id(file)] = Scope(self, {}, file)
        return found

    def settled(self, expr: Expr, scope: Scope) -> Any:
        """Return the value of an expression; an error becomes a diagnostic and an Unknown."""
        try:
            return TABLE[type(expr)](expr, scope)
        except EvalError as error:
            return self.root.error_value(error, expr, scope.file)

    def lookup(self, name: str, attribute: str) -> Any:
        """Return what `name.attribute` leads to at the top of the module. Raises EvalError."""
        special = _LOOKUPS.get(name)
        if special is not None:
            return special(self, attribute)
        return self.resource("managed", name, attribute)

    def _once(self, what: str, name: str, compute: Callable[..., Any], *arguments: Any) -> Any:
        mark = (id(self), what, name)
        self.root.enter(mark, (f"{self.prefix}{what}.{name}", ""))
        try:
            return compute(*arguments)
        finally:
            self.root.leave(mark)

    def variable(self, name: str) -> Any:
        """Return `var.name`."""
        found = self._variables.get(name, _MISSING)
        if found is _MISSING:
            declared = self.node.module.variables.get(name)
            if declared is None:
                raise EvalError(f'An input variable with the name "{name}" has not been declared.')
            found = self._variables[name] = self._once("var", name, variable_value, self, declared)
        return found

    def local(self, name: str) -> Any:
        """Return `local.name`."""
        found = self._locals.get(name, _MISSING)
        if found is _MISSING:
            declared = self.node.module.locals.get(name)
            if declared is None:
                raise EvalError(f'A local value with the name "{name}" has not been declared.')
            scope = self.scope(declared.file)
            found = self._locals[name] = self._once("local", name, self.settled, declared.attribute.expr, scope)
        return found

    def output(self, name: str) -> Any:
        """Return an output's value."""
        found = self._outputs.get(name, _MISSING)
        if found is _MISSING:
            declared = self.node.module.outputs.get(name)
            if declared is None:
                raise EvalError(f'This object does not have an attribute named "{name}".')
            expr = declared.expr("value")
            if expr is None:
                raise EvalError(f'The output "{name}" has no value.')
            scope = self.scope(file_of(declared.body, "value"))
            found = self._once("output", name, self.settled, expr, scope)
            if declared.flag("sensitive"):
                found = mark(found)
            self._outputs[name] = found
        return found

    def outputs(self) -> dict[str, Any]:
        """Return all outputs."""
        return {name: self.output(name) for name in self.node.module.outputs}

    def group(self, key: tuple[str, str, str]) -> ResourceGroup:
        """Return a declared resource or data block."""
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = ResourceGroup(self, self.node.module.resources[key])
        return found

    def resource(self, mode: str, type_: str, name: str) -> Any:
        """Return the value of a reference to a resource. Raises EvalError when it is not declared."""
        key = (mode, type_, name)
        group = self._groups.get(key)
        if group is not None:
            return group.value()
        if key not in self.node.module.resources:
            what = f"{'data.' if mode == 'data' else ''}{type_}.{name}"
            raise EvalError(f'A resource "{what}" has not been declared in {self.address or "the root module"}.')
        return self.group(key).value()

    def call_group(self, name: str) -> CallGroup:
        """Return a module call. Raises EvalError when it is not declared."""
        found = self._calls.get(name)
        if found is None:
            declared = self.node.module.calls.get(name)
            if declared is None:
                raise EvalError(f'No module call named "{name}" is declared in {self.address or "the root module"}.')
            found = self._calls[name] = CallGroup(self, declared)
        return found

    def instances(self) -> Iterator[ResourceInstance]:
        """Yield the instances of this module's resources and data sources, then those of the modules it calls."""
        for key in self.node.module.resources:
            if key[0] != "ephemeral":
                yield from self.group(key).instances.values()
        for name in self.node.module.calls:
            for child in self.call_group(name).instances.values():
                yield from child.instances()

    def tree(self) -> Iterator[ModuleInstance]:
        """Yield this instance and all below."""
        yield self
        for name in self.node.module.calls:
            for child in self.call_group(name).instances.values():
                yield from child.tree()


def _path(module: ModuleInstance, name: str) -> Any:
    root = module.root.path
    if name == "module":
        return os.path.relpath(module.node.module.directory, root).replace(os.sep, "/")
    if name == "root":
        return "."
    if name == "cwd":
        return str(Path(os.path.abspath(root)))  # noqa: PTH100 - links stay as they are, as in Terraform
    raise EvalError(f'The "path" object does not have an attribute named "{name}".')


def _terraform(module: ModuleInstance, name: str) -> Any:
    if name == "workspace":
        return module.root.workspace
    if name == "applying":
        return Unknown(UnknownKind.IMPURE, "terraform.applying is not known before apply", type="bool")
    raise EvalError(f'The "terraform" object does not have an attribute named "{name}".')


def _unbound(name: str, message: str) -> Callable[[ModuleInstance, str], Any]:
    def refuse(_module: ModuleInstance, _attribute: str) -> Any:
        raise EvalError(f'The "{name}" object can be used only {message}.')

    return refuse


_LOOKUPS: dict[str, Callable[[ModuleInstance, str], Any]] = {
    "var": ModuleInstance.variable,
    "local": ModuleInstance.local,
    "module": ModuleInstance.call_group,
    "data": lambda module, name: TypeHandle(module, "data", name),
    "ephemeral": lambda module, name: TypeHandle(module, "ephemeral", name),
    "resource": lambda module, name: TypeHandle(module, "managed", name),
    "path": _path,
    "terraform": _terraform,
    "each": _unbound("each", 'where "for_each" is set'),
    "count": _unbound("count", 'where "count" is set'),
    "self": _unbound("self", "in provisioners, connections and conditions"),
}
