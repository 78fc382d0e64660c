"""Input variables: from the caller, from files and the command line, from their defaults; types and validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.dispatch import evaluate
from asbuilt.sources.terraform.evaluation.objects import ResourceObject, materialise
from asbuilt.sources.terraform.evaluation.scope import Scope
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.types import parse_type
from asbuilt.sources.terraform.language.typesys import ANY, Type
from asbuilt.sources.terraform.language.values import SINGLE, mark, to_plain, unknowns, unmark, unmark_deep

if TYPE_CHECKING:
    from asbuilt.sources.terraform.configuration.config import Declaration
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.parsing.syntax import Attribute, Block, Expr, SourceFile


@dataclass(slots=True)
class Given:
    """A value that was given to a variable of the root module, and where.

    `expr` is how it is written (a tfvars file, an expression on the command line); `text` is a plain string, which
    variables of other types read as an expression.
    """

    label: str
    expr: Expr | None = None
    file: SourceFile | None = None
    text: str | None = None
    value: Any = None
    attribute: Attribute | None = None

    @property
    def location(self) -> Location | None:
        """Where it is written, if in a file."""
        node = self.attribute or self.expr
        return self.file.location(node.start, node.end) if node is not None and self.file is not None else None


def variable_type(module: ModuleInstance, declared: Declaration) -> Type:
    """Return the type constraint of a variable."""
    types = module.node.types
    if declared.name not in types:
        types[declared.name] = _read_type(module, declared)
    return types[declared.name]


def _read_type(module: ModuleInstance, declared: Declaration) -> Type:
    expr = declared.expr("type")
    if expr is None:
        return ANY
    scope = module.scope(file_of(declared.body, "type"))
    try:
        return parse_type(expr, lambda default: evaluate(default, scope))
    except EvalError as error:
        module.root.error_value(error, expr, scope.file)
        return ANY


def variable_value(module: ModuleInstance, declared: Declaration) -> Any:
    """Return the value of a variable of a module instance, converted to its type."""
    kind = variable_type(module, declared)
    found, node, file = _raw(module, declared, kind)
    if found is _NOTHING and module.parent is None and module.root.lost:
        reason = f"{module.root.lost}; it may set var.{declared.name}"
        return _sensitive(declared, Unknown(UnknownKind.ERROR, reason, declared.location, type=str(kind)))
    if found is _NOTHING or (found is None and not declared.flag("nullable", default=True)):
        default = declared.expr("default")
        if default is None:
            return _sensitive(declared, _without_value(module, declared, kind, null=found is None))
        file = file_of(declared.body, "default")
        found, node = module.settled(default, module.scope(file)), default
    if type(found) not in SINGLE and any(isinstance(item, ResourceObject) for item in unknowns(found)):
        found = materialise(found, kind)
    try:
        return _sensitive(declared, convert(found, kind))
    except EvalError as error:
        message = f"The value of {module.prefix}var.{declared.name} is not suitable: {error.message}."
        where = node if node is not None else declared.block
        return module.root.error_value(type(error)(message), where, file or declared.body.file)


_NOTHING = object()


def _sensitive(declared: Declaration, value: Any) -> Any:
    return mark(value) if declared.flag("sensitive") else value


def _raw(module: ModuleInstance, declared: Declaration, kind: Type) -> tuple[Any, Any, SourceFile | None]:
    if module.parent is not None and module.call is not None:
        expr = module.call.expr(declared.name)
        if expr is None:
            return _NOTHING, None, None
        file = file_of(module.call.body, declared.name)
        return module.parent.settled(expr, Scope(module.parent, module.names, file)), expr, file
    given = module.root.given.get(declared.name)
    if given is None:
        return _NOTHING, None, None
    return _given_value(module, given, kind), given.expr, given.file


def _given_value(module: ModuleInstance, given: Given, kind: Type) -> Any:
    if given.expr is not None and given.file is not None:
        return module.settled(given.expr, Scope(module, {}, given.file))
    if given.text is None or kind.primitive:
        return given.value if given.text is None else given.text
    from asbuilt.sources.terraform.parsing import parser
    from asbuilt.sources.terraform.parsing.syntax import SourceFile

    if kind.kind == "any":
        return given.text
    file = SourceFile(f"<{given.label}>", given.text)
    expr, diagnostics = parser.parse_expression(file)
    module.root.add(diagnostics)
    return module.settled(expr, Scope(module, {}, file))


def _without_value(module: ModuleInstance, declared: Declaration, kind: Type, *, null: bool) -> Unknown:
    what = f"{module.prefix}var.{declared.name}"
    text = "" if kind.kind == "any" else str(kind)
    if module.call is not None:
        why = (
            f"null is not allowed for {what}"
            if null
            else f'the call of {module.address} does not set "{declared.name}"'
        )
        file = module.call.body.file
        found = module.root.error_value(EvalError(f"{why}, which has no default."), module.call.block, file)
        return Unknown(UnknownKind.VARIABLE, f"{what} has no value", found.location, type=text)
    reason = f"{what} has no value; give one with --var {declared.name}=… or in a tfvars file"
    return Unknown(UnknownKind.VARIABLE, reason, declared.location, type=text)


def validate(module: ModuleInstance, declared: Declaration) -> None:
    """Evaluate the validation blocks of a variable; each that is false becomes a diagnostic."""
    for block in declared.body.blocks:
        if block.type == "validation":
            _validate(module, declared, block)


def _validate(module: ModuleInstance, declared: Declaration, block: Block) -> None:
    condition, message = block.body.attributes.get("condition"), block.body.attributes.get("error_message")
    if condition is None:
        return
    scope = module.scope(block.body.file)
    value, _ = unmark_deep(module.settled(condition.expr, scope))
    if isinstance(value, Unknown) or value is True or value == "true":
        return
    text: Any = "the condition is not met"
    if message is not None:
        text, marked = unmark(module.settled(message.expr, scope))
        text = to_plain(text) if isinstance(text, str) and not marked else "the condition is not met"
    said = EvalError(f"Invalid value for {module.prefix}var.{declared.name}: {text}")
    module.root.error_value(said, condition, block.body.file, code="variable-validation")
