"""Type constraints: the expressions after `type =`, read into types; conversion and unification on offer too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.typesys import (
    ANY,
    BOOL,
    NUMBER,
    PRIMITIVES,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
    set_of,
    tuple_of,
    type_from_text,
)
from asbuilt.sources.terraform.language.unify import convertible, unify
from asbuilt.sources.terraform.parsing import syntax

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ANY",
    "BOOL",
    "NUMBER",
    "STRING",
    "Type",
    "convert",
    "convertible",
    "list_of",
    "map_of",
    "object_of",
    "parse_type",
    "set_of",
    "tuple_of",
    "type_from_text",
    "unify",
]

_COLLECTIONS = {"list", "set", "map"}


def parse_type(expr: syntax.Expr, evaluate: Callable[[syntax.Expr], Any] | None = None) -> Type:
    """Read a type constraint. Raises EvalError where it is none.

    `evaluate` computes the defaults of `optional(T, default)`; literals, tuples and objects of literals need none.
    """
    evaluate = evaluate or literal_value
    if isinstance(expr, syntax.Parens):
        return parse_type(expr.inner, evaluate)
    if isinstance(expr, syntax.Literal) and isinstance(expr.value, str):
        # Terraform 0.11 wrote type = "string"; it is still accepted for these.
        return _from_word({"list": "list(string)", "map": "map(string)"}.get(expr.value, expr.value))
    if isinstance(expr, syntax.Name):
        return _from_word(expr.name)
    if isinstance(expr, syntax.Call):
        return _from_call(expr, evaluate)
    raise EvalError("a type specification is either a primitive type keyword (bool, number, string) or a call")


def _from_word(word: str) -> Type:
    if word in PRIMITIVES:
        return PRIMITIVES[word]
    if word in _COLLECTIONS:
        return Type(word, ANY)
    if word.startswith(("list(", "map(")):
        return type_from_text(word)
    if word in {"object", "tuple"}:
        raise EvalError(f"the {word} type constructor requires one argument")
    raise EvalError(f'the keyword "{word}" is not a valid type specification')


def _from_call(expr: syntax.Call, evaluate: Callable[[syntax.Expr], Any]) -> Type:
    if expr.name == "optional":
        raise EvalError("optional is valid only as a modifier for object attributes")
    if expr.name not in {*_COLLECTIONS, "tuple", "object"}:
        raise EvalError(f'"{expr.name}" is not a valid type constructor')
    if len(expr.args) != 1:
        raise EvalError(f"the {expr.name} type constructor requires one argument")
    argument = expr.args[0]
    if expr.name in _COLLECTIONS:
        return Type(expr.name, parse_type(argument, evaluate))
    if expr.name == "tuple":
        if not isinstance(argument, syntax.Tuple):
            raise EvalError("tuple type constructor requires a list of element types")
        return tuple_of(parse_type(item, evaluate) for item in argument.items)
    if not isinstance(argument, syntax.Object):
        raise EvalError("object type constructor requires a map whose keys are attribute names")
    return _object(argument, evaluate)


def _object(expr: syntax.Object, evaluate: Callable[[syntax.Expr], Any]) -> Type:
    attributes: dict[str, Type] = {}
    defaults: dict[str, Any] = {}
    optional: set[str] = set()
    for item in expr.items:
        if not isinstance(item.key, syntax.Literal) or not isinstance(item.key.value, str):
            raise EvalError("object constructor map keys must be attribute names")
        name, value = item.key.value, item.value
        if isinstance(value, syntax.Call) and value.name == "optional":
            if not 1 <= len(value.args) <= 2:
                raise EvalError("optional attribute modifier requires the attribute type as its argument")
            optional.add(name)
            attributes[name] = parse_type(value.args[0], evaluate)
            if len(value.args) == 2:
                defaults[name] = convert(evaluate(value.args[1]), attributes[name])
        else:
            attributes[name] = parse_type(value, evaluate)
    return object_of(attributes, optional, defaults)


def literal_value(expr: syntax.Expr) -> Any:
    """Return the value of an expression that is literal all through. Raises EvalError otherwise."""
    if isinstance(expr, syntax.Literal):
        return expr.value
    if isinstance(expr, syntax.Parens):
        return literal_value(expr.inner)
    if isinstance(expr, syntax.Unary) and expr.op == "-":
        from asbuilt.sources.terraform.language.operators import unary

        return unary("-", literal_value(expr.operand))
    if isinstance(expr, syntax.Tuple):
        return [literal_value(item) for item in expr.items]
    if isinstance(expr, syntax.Object):
        return {str(literal_value(item.key)): literal_value(item.value) for item in expr.items}
    raise EvalError("only literal values are allowed here")
