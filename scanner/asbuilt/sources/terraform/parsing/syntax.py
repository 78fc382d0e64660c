"""The syntax tree of Terraform's language: what the parsers build and the evaluator reads.

Every node keeps `start` and `end`: character offsets into the text of its `SourceFile` (end exclusive), turned
into lines and columns only when somebody asks. Nodes are plain slotted classes: a platform has hundreds
of thousands.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import Any

from asbuilt.model import Location
from asbuilt.records import dataclass


class SourceFile:
    """A file's text, its name as shown to people, and its line index (made when first asked for)."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of a character offset."""
        if self._lines is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._lines = starts
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def location(self, start: int, end: int) -> Location:
        """Return the location of a stretch of the text."""
        line, column = self.position(start)
        if self.text.find("\n", start, end) < 0:
            return Location(self.name, line, column, line, column + end - start)
        return Location(self.name, line, column, *self.position(end))


@dataclass(slots=True)
class Node:
    """Anything with a place in a file."""

    start: int
    end: int


@dataclass(slots=True)
class Expr(Node):
    """An expression."""


@dataclass(slots=True)
class Literal(Expr):
    """A number, boolean, null, or a string without interpolation. `value` is a Terraform value (`values.py`)."""

    value: Any


@dataclass(slots=True)
class Template(Expr):
    """A quoted template or heredoc with at least one interpolation or directive.

    `parts` are `str` (already unescaped, heredoc indent already removed) or expressions: an interpolation's expression,
    `TemplateIf`, `TemplateFor`. A template of exactly one interpolation, `"${x}"`, is that one part: its value is the
    expression's, unconverted (`wrap` tells it from a one-part template that must be a string, such as a heredoc).
    """

    parts: list[str | Expr]
    wrap: bool = False


@dataclass(slots=True)
class TemplateIf(Expr):
    """`%{ if c }…%{ else }…%{ endif }`; strip markers are already applied to the neighbouring text."""

    condition: Expr
    then: list[str | Expr]
    otherwise: list[str | Expr]


@dataclass(slots=True)
class TemplateFor(Expr):
    """`%{ for k, v in c }…%{ endfor }`."""

    key: str | None
    value: str
    collection: Expr
    body: list[str | Expr]


@dataclass(slots=True)
class Tuple(Expr):
    """`[a, b]`."""

    items: list[Expr]


@dataclass(slots=True)
class ObjectItem:
    """One `key = value` of an object. A bare word as key is a string `Literal`; `(expr)` is `Parens`."""

    key: Expr
    value: Expr


@dataclass(slots=True)
class Object(Expr):
    """`{ k = v }`."""

    items: list[ObjectItem]


@dataclass(slots=True)
class Parens(Expr):
    """`( e )`: kept, because it changes how an object key and a splat are read."""

    inner: Expr


@dataclass(slots=True)
class Name(Expr):
    """The root of a traversal: `var`, `local`, `each`, a loop variable, a resource type."""

    name: str


@dataclass(slots=True)
class GetAttr(Expr):
    """`base.name`; the old index form `base.0` is `Index` with a number `Literal`."""

    base: Expr
    name: str


@dataclass(slots=True)
class Index(Expr):
    """`base[key]`."""

    base: Expr
    key: Expr


@dataclass(slots=True)
class SplatElement(Expr):
    """The stand-in for "each element" at the root of a splat's `each` expression."""


@dataclass(slots=True)
class Splat(Expr):
    """`base[*].a.b[0]` (`full`) or `base.*.a` (attribute-only).

    `each` is what is computed for every element, over the stand-in.
    """

    base: Expr
    each: Expr
    full: bool


@dataclass(slots=True)
class Call(Expr):
    """`name(args…)`; `expand` when the last argument is followed by `...`. Provider functions keep `provider::x::f`."""

    name: str
    args: list[Expr]
    expand: bool = False


@dataclass(slots=True)
class Unary(Expr):
    """`-x` or `!x`."""

    op: str
    operand: Expr


@dataclass(slots=True)
class Binary(Expr):
    """`a op b`, op one of `|| && == != < > <= >= + - * / %`."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True)
class Conditional(Expr):
    """`c ? a : b`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(slots=True)
class For(Expr):
    """`[for k, v in c : value if cond]` (no `key_expr`) or `{for … : key => value... if cond}` (`group` for `...`)."""

    key: str | None
    value: str
    collection: Expr
    key_expr: Expr | None
    value_expr: Expr
    condition: Expr | None
    group: bool = False


@dataclass(slots=True)
class Attribute(Node):
    """`name = expr`; start and end cover the whole, `expr` has its own."""

    name: str
    expr: Expr


@dataclass(slots=True)
class Block(Node):
    """`type "label" { … }`; start and end cover the whole block, `header_end` ends before the `{`."""

    type: str
    labels: list[str]
    body: Body
    header_end: int


@dataclass(slots=True)
class Body(Node):
    """Attributes by name and blocks in order. `file` is set so that any node below can be located.

    `broken`: part of it did not parse and is not here, so what is absent may have been lost. `json`: it comes
    from JSON, which writes a nested block like an attribute whose value is an object or a list of objects.
    """

    file: SourceFile
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    broken: bool = False
    json: bool = False


@dataclass(slots=True)
class ErrorExpr(Expr):
    """An expression that did not parse; its value is Unknown because of an error."""

    message: str
