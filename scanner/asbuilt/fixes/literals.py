"""Plain values as Terraform writes them: what a literal says, and how to write another one in its place."""

from __future__ import annotations

import re
from typing import Any

from asbuilt.sources.terraform.parsing import syntax

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def literal(expr: syntax.Expr, text: str) -> tuple[Any] | None:
    """Return the value of a plain literal, in a tuple; None where the expression is anything else.

    `text` is that of the file. A heredoc is no plain literal.
    """
    written = text[expr.start : expr.end]
    if isinstance(expr, syntax.Unary) and expr.op == "-" and isinstance(expr.operand, syntax.Literal):
        return (float(written),) if _NUMBER.fullmatch(written) else None
    if not isinstance(expr, syntax.Literal) or written.startswith("<<"):
        return None
    return (expr.value,)


def same(found: Any, value: Any) -> bool:
    """Whether two values are one to Terraform, which takes `"7"` for 7 and `"true"` for true."""
    if found is None or value is None:
        return found is None and value is None
    one, other = plain(found), plain(value)
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        return float(one) == float(other)
    return one == other


def plain(value: Any) -> str:
    """Write a value without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def written(value: Any, instead_of: str = "") -> str:
    """Write a value; where a text stood it stays one, and a number that came as text becomes one where one stood."""
    text = plain(value)
    quoted = instead_of.startswith('"')
    if isinstance(value, str):
        number = _NUMBER.fullmatch(text) and _NUMBER.fullmatch(instead_of)
        truth = text in ("true", "false") and instead_of in ("true", "false")
        quoted = not (number or truth)
    return quote(text) if quoted else text


def quote(text: str) -> str:
    """Write a text in quotes, so that nothing in it is an escape or an interpolation."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    shown = shown.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + shown.replace("${", "$${").replace("%{", "%%{") + '"'
