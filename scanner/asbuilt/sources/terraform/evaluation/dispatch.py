"""The table from the kind of node to the function that evaluates it; `evaluate.py` fills it.

It stands apart because those functions evaluate what is inside their nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.language.errors import EvalError, LimitError, OutsideError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.model import Unknown
    from asbuilt.sources.terraform.evaluation.scope import Scope
    from asbuilt.sources.terraform.parsing.syntax import Expr

TABLE: dict[type, Callable[[Any, Scope], Any]] = {}


def evaluate(expr: Expr, scope: Scope) -> Any:
    """Return the value of an expression. Raises EvalError."""
    return TABLE[type(expr)](expr, scope)


def failed(error: EvalError, expr: Expr, scope: Scope) -> Unknown:
    """Turn what only we cannot do into an Unknown; raise the rest again with its place."""
    if not hasattr(error, "at"):
        error.at = (scope.file, expr.start, expr.end)  # type: ignore[attr-defined]
    if isinstance(error, LimitError | UnsupportedError | OutsideError):
        return scope.module.root.shortfall(error)
    raise error
