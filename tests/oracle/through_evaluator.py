"""Evaluate one expression with the parser and the evaluator, outside of any configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform.evaluation.evaluate import evaluate
from asbuilt.sources.terraform.evaluation.scope import Scope
from asbuilt.sources.terraform.functions import DiskContext
from asbuilt.sources.terraform.language.errors import EvalError, UnsupportedError
from asbuilt.sources.terraform.parsing.parser import parse_expression, parse_template
from asbuilt.sources.terraform.parsing.syntax import SourceFile

if TYPE_CHECKING:
    from pathlib import Path


class Files(DiskContext):
    """Files under a directory, and templates rendered with nothing but their variables in scope."""

    def render_template(self, source: str, variables: dict[str, Any], name: str) -> Any:
        file = SourceFile(name, source)
        tree, problems = parse_template(file)
        if problems:
            raise EvalError(problems[0].message)
        return evaluate(tree, Scope(Module(self), variables, file))  # type: ignore[arg-type]


class Module:
    """What the evaluator asks of a module, where there is none."""

    def __init__(self, files: Files) -> None:
        self.uncertain = 0
        self.files = files
        self.root = self

    def shortfall(self, error: EvalError) -> Unknown:
        """Return the Unknown for what Terraform computes and we do not."""
        kind = UnknownKind.UNSUPPORTED if isinstance(error, UnsupportedError) else UnknownKind.LIMIT
        return Unknown(kind, error.message)

    def error_value(self, error: EvalError, node: Any, file: Any) -> Unknown:
        """Return the Unknown for an arm that fails."""
        return Unknown(UnknownKind.ERROR, error.message)

    def spend_iterations(self, turns: int) -> None:
        """Count nothing: the expressions are short."""

    def lookup(self, name: str, attribute: str) -> Any:
        raise EvalError(f"no {name}.{attribute} here")


def evaluate_text(text: str, directory: Path, names: dict[str, Any] | None = None) -> Any:
    """Return an expression's value. Raises EvalError where Terraform would report an error."""
    file = SourceFile("expression", text)
    tree, problems = parse_expression(file)
    if any(problem.severity == "error" for problem in problems):
        raise EvalError(problems[0].message)
    return evaluate(tree, Scope(Module(Files(directory)), names or {}, file))  # type: ignore[arg-type]
