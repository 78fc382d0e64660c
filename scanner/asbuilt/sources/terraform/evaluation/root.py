"""One root module under evaluation: its inputs, its bounds, what went wrong, and its instances."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

from asbuilt.model import Diagnostic, Gap, Location, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.terraform.evaluation.dispatch import evaluate
from asbuilt.sources.terraform.evaluation.inputs import Given, validate
from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
from asbuilt.sources.terraform.language.errors import EvalError, LimitError, OutsideError, UnsupportedError
from asbuilt.sources.terraform.parsing.syntax import Node, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from asbuilt.confinement import Confinement
    from asbuilt.sources.terraform.configuration.config import Moved
    from asbuilt.sources.terraform.configuration.tree import ModuleNode
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance

RECURSION_LIMIT = 12_000


@dataclass(frozen=True, slots=True)
class EvaluationLimits:
    """The bounds of one root: instances in all, turns of all loops, nested evaluations, seconds."""

    instances: int = 100_000
    iterations: int = 20_000_000
    depth: int = 400
    seconds: float = 300.0


class Root:
    """A root module. `name` is what keys start with: `<name>//<address>`.

    `lost` says which file of variable values could not be read: then no default is certain. What cannot be read while
    values are asked for is added to `gaps`, which several roots may share.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        node: ModuleNode,
        confinement: Confinement,
        given: Mapping[str, Given] | None = None,
        limits: EvaluationLimits = EvaluationLimits(),  # noqa: B008 - frozen
        workspace: str = "default",
        lost: str = "",
        gaps: list[Gap] | None = None,
    ) -> None:
        self.path = path
        self.name = name
        self.key_prefix = f"{name}//"
        self.confinement = confinement
        self.given = dict(given or {})
        self.lost = lost
        self.limits = limits
        self.workspace = workspace
        self._found: dict[Diagnostic, None] = {}
        self.gaps: list[Gap] = [] if gaps is None else gaps
        self._refused: set[str] = set()
        self._busy: dict[Any, tuple[str, str]] = {}
        self._instances: list[ResourceInstance] | None = None
        self.uncertain = 0  # how often an instance was read that may not exist: `try` must know
        self._count = 0
        self._iterations = 0
        self._entered = False
        self._spent = 0.0  # seconds inside evaluations, not since the root was loaded
        self._deadline = monotonic() + limits.seconds
        self.module = ModuleInstance(self, node)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What went wrong so far: evaluation is lazy, so more may come as more is asked for."""
        return list(self._found)

    @property
    def moved(self) -> list[tuple[str, Moved]]:
        """The `moved` blocks of all module instances, with the address of the module they stand in."""
        return [(m.address, moved) for m in self.module.tree() for moved in m.node.module.moved]

    def instances(self) -> list[ResourceInstance]:
        """Return all instances of resources and data sources."""
        if self._instances is None:
            found: list[ResourceInstance] = []
            self.guarded(lambda: found.extend(self.module.instances()))
            self._instances = found
            self.guarded(self._validate)
        return self._instances

    def _validate(self) -> None:
        done: set[tuple[int, str]] = set()
        for module in list(self.module.tree()):
            for declared in module.node.module.variables.values():
                if declared.body.blocks and (id(module), declared.name) not in done:
                    done.add((id(module), declared.name))
                    self.guarded(validate, module, declared)

    def evaluate(self, text: str, module_address: str = "") -> Any:
        """Return the value of an expression as seen from a module instance. Raises EvalError, KeyError."""
        from asbuilt.sources.terraform.evaluation.scope import Scope
        from asbuilt.sources.terraform.parsing import parser

        modules = {module.address: module for module in self.module.tree()}
        module = modules[module_address]
        expr, diagnostics = parser.parse_expression(SourceFile("<expression>", text))
        if diagnostics:
            raise EvalError(diagnostics[0].message)
        failed: list[EvalError] = []

        def compute() -> Any:
            try:
                return evaluate(expr, Scope(module, {}, SourceFile("<expression>", text)))
            except EvalError as error:
                failed.append(error)

        value = self.guarded(compute)
        if failed:
            raise failed[0]
        return value

    def guarded(self, compute: Callable[..., Any], *arguments: Any) -> Any:
        """Return what is computed from outside an evaluation: errors and bounds become Unknowns."""
        if self._entered:
            return self._settled(compute, arguments)
        self._entered = True
        before = sys.getrecursionlimit()
        if before < RECURSION_LIMIT:  # CPython's own limit is for other programs than an evaluator
            sys.setrecursionlimit(RECURSION_LIMIT)
        started = monotonic()
        self._deadline = started + self.limits.seconds - self._spent
        try:
            return self._settled(compute, arguments)
        finally:
            self._spent += monotonic() - started
            self._entered = False
            if before < RECURSION_LIMIT:
                sys.setrecursionlimit(before)

    def _settled(self, compute: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        try:
            return compute(*arguments)
        except RecursionError:
            return self.shortfall(LimitError("expressions depend on each other too deeply"))
        except EvalError as error:
            return self.error_value(error, None, None)

    def enter(self, key: Any, what: tuple[str, str]) -> None:
        """Mark something as being evaluated, until `leave`. Raises EvalError when it already is: a cycle."""
        busy = self._busy
        if key in busy:
            names = [" ".join(name).strip() for name in busy.values()]
            cycle = names[list(busy).index(key) :]
            raise EvalError(f"Cycle: {', '.join(dict.fromkeys(cycle))}.")
        if len(busy) >= self.limits.depth:
            raise LimitError(f"values depend on each other deeper than {self.limits.depth} levels")
        if monotonic() > self._deadline:
            raise LimitError(f"evaluation took longer than {self.limits.seconds:g} seconds")
        busy[key] = what

    def leave(self, key: Any) -> None:
        """Take the mark of `enter` off."""
        del self._busy[key]

    def spend_iterations(self, turns: int) -> None:
        """Count turns of loops. Raises LimitError beyond the bound."""
        self._iterations += turns
        if self._iterations > self.limits.iterations:
            raise LimitError(f"loops take more than {self.limits.iterations} turns")
        if turns > 0 and monotonic() > self._deadline:
            raise LimitError(f"evaluation took longer than {self.limits.seconds:g} seconds")

    def spend_instances(self, count: int, what: str) -> None:
        """Count instances. Raises LimitError beyond the bound."""
        if self._count + count > self.limits.instances:
            raise LimitError(
                f"{what} makes {count} instances; more than {self.limits.instances} in all are not expanded"
            )
        self._count += count

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note diagnostics, each once."""
        self._found.update(dict.fromkeys(diagnostics))

    def error_value(
        self, error: EvalError, node: Node | None, file: SourceFile | None, code: str = "evaluation-error"
    ) -> Unknown:
        """Note an error and return the Unknown that stands for the value."""
        if isinstance(error, LimitError | UnsupportedError | OutsideError):
            if not hasattr(error, "at") and node is not None and file is not None:
                error.at = (file, node.start, node.end)  # type: ignore[union-attr]
            return self.shortfall(error)
        location = _place(error, node, file)
        self._found[Diagnostic("error", code, error.message, location)] = None
        return Unknown(UnknownKind.ERROR, error.message, location)

    def shortfall(self, error: EvalError) -> Unknown:
        """Note what Terraform could do and we cannot, and return the Unknown that stands for the value."""
        location = _place(error, None, None)
        kind, code, severity = _SHORTFALLS[type(error)]
        self._found[Diagnostic(severity, code, error.message, location)] = None
        if kind is UnknownKind.CONFINED and error.message not in self._refused:
            self._refused.add(error.message)
            gap = Gap(
                "terraform", error.message, "it is refused", "Name the repository with --root.", location, kind=kind
            )
            self.gaps.append(gap)
        return Unknown(kind, error.message, location)


_SHORTFALLS: dict[type, tuple[UnknownKind, str, str]] = {
    LimitError: (UnknownKind.LIMIT, "limit-exceeded", "error"),
    UnsupportedError: (UnknownKind.UNSUPPORTED, "unsupported", "warning"),
    OutsideError: (UnknownKind.CONFINED, "outside-root", "error"),
}


def _place(error: EvalError, node: Node | None, file: SourceFile | None) -> Location | None:
    at: tuple[SourceFile, int, int] | None = getattr(error, "at", None)
    if at is not None:
        return at[0].location(at[1], at[2])
    return file.location(node.start, node.end) if node is not None and file is not None else None
