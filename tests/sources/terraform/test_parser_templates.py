"""Templates against Terraform: data/templates.json holds what `terraform console` says of data/templates.tf."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asbuilt.sources.terraform.parsing.parser import parse
from asbuilt.sources.terraform.parsing.syntax import (
    Call,
    Expr,
    GetAttr,
    Literal,
    Name,
    Object,
    Parens,
    SourceFile,
    Template,
    TemplateFor,
    TemplateIf,
    Tuple,
)

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "templates.json").read_text())


def parts(items: list[str | Expr], names: dict) -> str:
    return "".join(item if isinstance(item, str) else text(value(item, names)) for item in items)


def text(found: object) -> str:
    return (
        {True: "true", False: "false", None: "null"}[found] if isinstance(found, bool) or found is None else str(found)
    )


def value(node: Expr, names: dict) -> object:
    """Evaluate the little the file uses: enough to see that text and strip markers came out right."""
    match node:
        case Literal(value=found):
            return found
        case Template(parts=items):
            return parts(items, names)
        case TemplateIf(condition=condition, then=then, otherwise=otherwise):
            return parts(then if value(condition, names) else otherwise, names)
        case TemplateFor(value=name, collection=items, body=body):
            return "".join(parts(body, {**names, name: item}) for item in value(items, names))
        case Tuple(items=items):
            return [value(item, names) for item in items]
        case Object(items=items):
            return {text(value(item.key, names)): value(item.value, names) for item in items}
        case Parens(inner=inner):
            return value(inner, names)
        case Name(name=name):
            return names[name]
        case GetAttr(base=base, name=name):
            return value(base, names)[name]
        case Call(name="upper", args=[only]):
            return str(value(only, names)).upper()
    raise AssertionError(node)


@pytest.mark.parametrize("name", EXPECTED)
def test_as_terraform(name: str) -> None:
    source = SourceFile("templates.tf", (DATA / "templates.tf").read_text())
    body, diagnostics = parse(source)
    assert diagnostics == []
    attributes = body.blocks[0].body.attributes
    assert value(attributes[name].expr, {"local": {"x": "X"}}) == EXPECTED[name]
