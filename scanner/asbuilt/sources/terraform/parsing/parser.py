"""The ways into the parser: a file, one expression, a bare template, Terraform's JSON.

Why a parser of our own: it builds this tree directly, several times faster and smaller than converting another
parser's, and it knows what Terraform refuses. The tests hold it against tree-sitter's grammar and `terraform fmt`.
Nothing here raises on bad input: what is wrong becomes a diagnostic, and the rest of the file is still read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.terraform.parsing.bodies import Parser, too_deep
from asbuilt.sources.terraform.parsing.lexer import DEFAULT_LIMITS, Limits, Problem
from asbuilt.sources.terraform.parsing.syntax import Body, ErrorExpr, Expr

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.model import Diagnostic
    from asbuilt.sources.terraform.parsing.syntax import SourceFile

__all__ = ["DEFAULT_LIMITS", "Limits", "Parser", "parse", "parse_expression", "parse_json", "parse_template"]


def parse(file: SourceFile, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Body, list[Diagnostic]]:
    """Parse a `.tf` or `.tfvars` file; what did not parse is in the diagnostics."""
    parser = Parser(file, limits)
    if parser.refused:
        return Body(0, len(file.text), file, broken=True), parser.diagnostics
    return parser.file_body(), parser.diagnostics


def parse_expression(file: SourceFile, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Expr, list[Diagnostic]]:
    """Parse one expression that is the whole text; newlines are free, as in `terraform console`."""
    return _single(file, limits, lambda parser: parser.whole_expression())


def parse_template(file: SourceFile, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Expr, list[Diagnostic]]:
    """Parse a bare template (`templatefile`, `.tftpl`); offsets are those of its own file."""
    return _single(file, limits, lambda parser: parser.bare())


def parse_json(
    file: SourceFile, *, variables: bool = False, limits: Limits = DEFAULT_LIMITS
) -> tuple[Body, list[Diagnostic]]:
    """Parse a `.tf.json` file or, with `variables`, a `.tfvars.json` file (attributes only, strings as they stand)."""
    from asbuilt.sources.terraform.parsing.json_parser import JsonParser

    parser = JsonParser(file, limits)
    return parser.body(variables=variables), parser.diagnostics


def _single(file: SourceFile, limits: Limits, read: Callable[[Parser], Expr]) -> tuple[Expr, list[Diagnostic]]:
    parser = Parser(file, limits)
    if not parser.refused:
        try:
            return read(parser), parser.diagnostics
        except Problem as problem:
            parser.report(problem)
        except RecursionError:
            parser.report(too_deep(parser.pos))
    return ErrorExpr(0, len(file.text), parser.diagnostics[0].message), parser.diagnostics
