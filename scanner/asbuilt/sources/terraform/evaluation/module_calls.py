"""Module calls under evaluation, and the handles by which expressions reach modules and data sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.evaluation.expansion import UNKNOWN_KEY, Expansion, expand, suffix
from asbuilt.sources.terraform.evaluation.scope import Handle
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import derived, unmark

if TYPE_CHECKING:
    from asbuilt.sources.terraform.configuration.config import Declaration
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance


class CallGroup(Handle):
    """A `module` block in one module instance, with the instances it makes."""

    __slots__ = ("_expansion", "_instances", "declared", "module")

    def __init__(self, module: ModuleInstance, declared: Declaration) -> None:
        self.module = module
        self.declared = declared
        self._expansion: Expansion | None = None
        self._instances: dict[Any, ModuleInstance] | None = None

    @property
    def expansion(self) -> Expansion:
        """How often the module is there. Raises EvalError when that depends on itself."""
        if self._expansion is None:
            module, declared = self.module, self.declared
            self._expansion = expand(module, declared.body, self, lambda: f"{module.prefix}module.{declared.name}")
        return self._expansion

    @property
    def instances(self) -> dict[Any, ModuleInstance]:
        """The module instances by key; none where the module is not on disk."""
        if self._instances is None:
            from asbuilt.sources.terraform.evaluation.modules import ModuleInstance

            node = self.module.node.children.get(self.declared.name)
            expansion = self.expansion if node is not None else None
            made: dict[Any, ModuleInstance] = {}
            if node is not None and expansion is not None:
                for key, names in expansion.names.items():
                    made[key] = ModuleInstance(
                        self.module.root, node, self.module, self.declared, key, names, expansion.unknown
                    )
            self._instances = made
        return self._instances

    def _missing(self) -> Unknown | None:
        found = self.module.node.missing.get(self.declared.name)
        if found is None:
            return None
        kind, why = found
        return Unknown(kind, f"{self.module.prefix}module.{self.declared.name}: {why}", self.declared.location)

    def attribute(self, name: str) -> Any:
        """Return what `.name` leads to. Raises EvalError."""
        missing = self._missing()
        if missing is not None:
            return missing
        if self.expansion.mode == "one":
            return self.instances[None].output(name)
        if self.expansion.unknown is not None:
            return derived([self.expansion.unknown])
        if name in self.instances:
            return InstanceHandle(self.instances[name])
        raise EvalError(f'module.{self.declared.name} has several instances; "{name}" is not one of their keys.')

    def index(self, key: Any) -> Any:
        """Return what `[key]` leads to. Raises EvalError."""
        missing = self._missing()
        if missing is not None:
            return missing
        key, _ = unmark(key)
        expansion = self.expansion
        if expansion.unknown is not None:
            self.module.root.uncertain += 1
            return InstanceHandle(self.instances[UNKNOWN_KEY])
        if isinstance(key, Unknown):
            return derived([key, *(_outputs(child) for child in self.instances.values())])
        if expansion.mode == "one" and isinstance(key, str):
            return self.attribute(key)
        if expansion.mode == "count" and isinstance(key, str) and key.isdigit():
            key = int(key)
        if isinstance(key, str | int) and key in self.instances:
            return InstanceHandle(self.instances[key])
        raise EvalError(
            "The given key does not identify an element in this collection value: "
            f"module.{self.declared.name}{suffix(key) if isinstance(key, str | int) else ''} does not exist."
        )

    def force(self) -> Any:
        """Return the whole as a value. Raises EvalError."""
        missing = self._missing()
        if missing is not None:
            return missing
        expansion = self.expansion
        if expansion.unknown is not None:
            return derived([expansion.unknown, self.instances[UNKNOWN_KEY].outputs()])
        if expansion.mode == "one":
            return _outputs(self.instances[None])
        if expansion.mode == "count":
            return [_outputs(child) for child in self.instances.values()]
        return {key: _outputs(child) for key, child in self.instances.items()}


def _outputs(child: ModuleInstance) -> dict[str, Any]:
    return child.outputs()


class InstanceHandle(Handle):
    """`module.x["key"]` on the way to one of its outputs."""

    __slots__ = ("instance",)

    def __init__(self, instance: ModuleInstance) -> None:
        self.instance = instance

    def attribute(self, name: str) -> Any:
        """Return what `.name` leads to. Raises EvalError."""
        return self.instance.output(name)

    def index(self, key: Any) -> Any:
        """Return what `[key]` leads to. Raises EvalError."""
        if isinstance(key, str):
            return self.instance.output(key)
        raise EvalError("The given key does not identify an output of this module.")

    def force(self) -> Any:
        """Return the whole as a value. Raises EvalError."""
        return self.instance.outputs()


class TypeHandle(Handle):
    """`data.aws_vpc` on the way to one of the data sources of that type."""

    __slots__ = ("mode", "module", "type")

    def __init__(self, module: ModuleInstance, mode: str, type_: str) -> None:
        self.module = module
        self.mode = mode
        self.type = type_

    def attribute(self, name: str) -> Any:
        """Return what `.name` leads to. Raises EvalError."""
        return self.module.resource(self.mode, self.type, name)

    def index(self, key: Any) -> Any:  # noqa: ARG002 - the signature is Handle's
        """Return what `[key]` leads to. Raises EvalError."""
        raise EvalError(f'The "{self.mode}" object must be followed by two attribute names.')

    def force(self) -> Any:
        """Return the whole as a value. Raises EvalError."""
        raise EvalError(f'The "{self.mode}" object must be followed by two attribute names.')
