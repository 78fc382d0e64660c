"""Syntax trees as short text, for expectations one can read."""

from __future__ import annotations

from asbuilt.sources.terraform.parsing.syntax import (
    Binary,
    Body,
    Call,
    Conditional,
    ErrorExpr,
    For,
    GetAttr,
    Index,
    Literal,
    Name,
    Object,
    Parens,
    Splat,
    SplatElement,
    Template,
    TemplateFor,
    TemplateIf,
    Tuple,
    Unary,
)


def show(node) -> str:
    """Write an expression with every grouping explicit."""
    return SHOWN[type(node)](node)


def _parts(parts) -> str:
    return "<" + " ".join(repr(part) if isinstance(part, str) else show(part) for part in parts) + ">"


def _for(node) -> str:
    names = f"{node.key},{node.value}" if node.key else node.value
    key = f"{show(node.key_expr)} => " if node.key_expr else ""
    tail = ("..." if node.group else "") + (f" if {show(node.condition)}" if node.condition else "")
    return f"for({names} in {show(node.collection)}: {key}{show(node.value_expr)}{tail})"


SHOWN = {
    str: repr,
    Literal: lambda n: repr(n.value),
    Template: lambda n: ("wrap" if n.wrap else "template") + _parts(n.parts),
    TemplateIf: lambda n: f"if({show(n.condition)} {_parts(n.then)} {_parts(n.otherwise)})",
    TemplateFor: lambda n: f"each({n.key},{n.value} in {show(n.collection)} {_parts(n.body)})",
    Tuple: lambda n: "[" + ", ".join(map(show, n.items)) + "]",
    Object: lambda n: "{" + ", ".join(f"{show(i.key)}: {show(i.value)}" for i in n.items) + "}",
    Parens: lambda n: f"parens({show(n.inner)})",
    Name: lambda n: n.name,
    GetAttr: lambda n: f"{show(n.base)}.{n.name}",
    Index: lambda n: f"{show(n.base)}[{show(n.key)}]",
    SplatElement: lambda n: "@",
    Splat: lambda n: f"splat{'[*]' if n.full else '.*'}({show(n.base)}, {show(n.each)})",
    Call: lambda n: f"{n.name}({', '.join(map(show, n.args))}{'...' if n.expand else ''})",
    Unary: lambda n: f"({n.op}{show(n.operand)})",
    Binary: lambda n: f"({show(n.left)} {n.op} {show(n.right)})",
    Conditional: lambda n: f"({show(n.condition)} ? {show(n.then)} : {show(n.otherwise)})",
    For: _for,
    ErrorExpr: lambda n: "ERROR",
}


def show_body(body: Body, indent: str = "") -> list[str]:
    """Write a body, one line an attribute or block header."""
    lines = [f"{indent}{a.name} = {show(a.expr)}" for a in body.attributes.values()]
    for block in body.blocks:
        lines.append(
            f"{indent}{' '.join([block.type, *map(repr, block.labels)])}{' broken' if block.body.broken else ''}"
        )
        lines += show_body(block.body, indent + "  ")
    return lines
