"""The native-syntax parser: what trees it builds."""

from __future__ import annotations

import pytest

from asbuilt.sources.terraform.parsing.parser import parse, parse_expression, parse_template
from asbuilt.sources.terraform.parsing.syntax import GetAttr, SourceFile, Splat
from sources.terraform.trees import show, show_body


def expression(text: str) -> str:
    node, diagnostics = parse_expression(SourceFile("x.tf", text))
    assert diagnostics == []
    assert (node.start, node.end) == (len(text) - len(text.lstrip()), len(text.rstrip()))
    return show(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
        ("a || b && c == d != e < f + g * -h", "(a || (b && ((c == d) != (e < (f + (g * (-h)))))))"),
        ("8 / 4 % 3 / 2", "(((8 / 4) % 3) / 2)"),
        ("a>=b == c<=d", "((a >= b) == (c <= d))"),
        ("-46+5", "((-46) + 5)"),
        ("!!a.b[0]", "(!(!a.b[0]))"),
        ("- -1", "(-(-1))"),
        ("a-b - c -d", "((a-b - c) - d)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? 1 : 2 : 3", "(a ? (b ? 1 : 2) : 3)"),
        ("(a ?\n b :\n c)", "parens((a ? b : c))"),
        ("(1 # one\n + /* two */ 2)", "parens((1 + 2))"),
        ("a /* x */ . b", "a.b"),
        ('a.b["c"].d[e.f]', "a.b['c'].d[e.f]"),
        ("a.0.b", "a[0].b"),
        ("a[*].b[0].c", "splat[*](a, @.b[0].c)"),
        ("a[*].b[*].c", "splat[*](a, splat[*](@.b, @.c))"),
        ("a.*.b[0]", "splat.*(a, @.b)[0]"),
        ("a.*.b.0.c", "splat.*(a, @.b[0].c)"),
        ("a.*", "splat.*(a, @)"),
        ("(a[*])[0]", "parens(splat[*](a, @))[0]"),
        ("{}.b", "{}.b"),
        ("true.x", "True.x"),
        ("foo()", "foo()"),
        ("foo (1, b...\n)", "foo(1, b...)"),
        ("foo(\n1,\n)", "foo(1)"),
        ("provider::aws::arn_parse(x).y", "provider::aws::arn_parse(x).y"),
        ("[1, 'x', ]".replace("'", '"'), "[1, 'x']"),
        ('[a.b,\n c, # d\n "e", [], {}]', "[a.b, c, 'e', [], {}]"),
        ("[for a in b : a]", "for(a in b: a)"),
        ("[\n for a, b\n in c : b if a]", "for(a,b in c: b if a)"),
        ("{ for k, v in m : k => v... if v }", "for(k,v in m: k => v... if v)"),
        ("[for x in a ? b : c : x]", "for(x in (a ? b : c): x)"),
        ("[fora, forb]", "[fora, forb]"),
        ('{a = 1, "b" : 2\n c=3,\n}', "{'a': 1, 'b': 2, 'c': 3}"),
        ("{ true = 1, null : 2, 3 = 4, 1.5 = 5 }".replace("1.5 = 5 ", ""), "{'true': 1, 'null': 2, 3: 4}"),
        ('{ (a) = 1, "x${b}" = 2, a.b = 3 }', "{parens(a): 1, template<'x' b>: 2, a.b: 3}"),
        ("{ a = b ? 1 : 2 }", "{'a': (b ? 1 : 2)}"),
        ('{\n a = [\n1\n]\n b = "c" // d\n }', "{'a': [1], 'b': 'c'}"),
        ("1e3", "1000"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("[true, false, null, truth]", "[True, False, None, truth]"),
        ('"a\\n\\t\\"\\\\\\u00e9\\U0001F600"', repr('a\n\t"\\é😀')),
        ('"100% $5 $${x} %%{y}"', repr("100% $5 ${x} %{y}")),
        ('"e\u0301"', repr("é")),
        ('"${a}"', "wrap<a>"),
        ('"${a}${b}"', "template<a b>"),
        ('"${a ~} "', "template<a>"),
        ('"${"${a}"}"', "wrap<wrap<a>>"),
        ('"a ${ { b = "}" }["b"] } c"', "template<'a ' {'b': '}'}['b'] ' c'>"),
        ('"%{ if a }x%{ else }y%{ endif }"', "template<if(a <'x'> <'y'>)>"),
        ('"%{for k, v in m}${k}%{if v}!%{endif}%{endfor}"', "template<each(k,v in m <k if(v <'!'> <>)>)>"),
        ("<<E\na\nE\n", repr("a\n")),
        ("<<-E\n    a\n      ${b}\n    E\n", "template<'a\\n  ' b '\\n'>"),
        ("<<E\n${a}\nE\n", "template<a '\\n'>"),
        ("[<<A\n${<<A\nx\nA\n}y\nA\n, 1]", "[template<'x\\n' 'y\\n'>, 1]"),
        ("日本-x.ü", "日本-x.ü"),
    ],
)
def test_expression(text: str, tree: str) -> None:
    if text.startswith("<<"):
        node, diagnostics = parse_expression(SourceFile("x.tf", text))
        assert (show(node), diagnostics) == (tree, [])
        assert text[node.end :] == "\n"
    else:
        assert expression(text) == tree


def test_fractions_are_exact() -> None:
    assert expression("0.1 + 0.2") == expression("0.10 + 2e-1")
    assert expression("1.50e1") == "15"


BODY = """\ufeff# comment
terraform { required_version = ">= 1.5" } // one line
resource "aws_x" this {
  a = 1 # trailing
  b=[1,
     2]
  /* c = 3 */ d = var.x
  nested {}
  nested "l\\u00e9" { x = "y" }
  deep {
    deeper {
      z = <<-EOT
        text
      EOT
    }
  }
}
last = true"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_body(newline: str) -> None:
    text = BODY.replace("\n", newline)
    body, diagnostics = parse(SourceFile("x.tf", text))
    assert diagnostics == []
    assert show_body(body) == [
        "last = True",
        "terraform",
        "  required_version = '>= 1.5'",
        "resource 'aws_x' 'this'",
        "  a = 1",
        "  b = [1, 2]",
        "  d = var.x",
        "  nested",
        "  nested 'lé'",
        "    x = 'y'",
        "  deep",
        "    deeper",
        f"      z = {'text' + newline!r}",
    ]
    block = body.blocks[1]
    assert text[block.start : block.header_end] == 'resource "aws_x" this'
    assert text[block.body.start] == "{"
    assert text[block.body.end - 1] == "}"
    assert block.end == block.body.end
    attribute = block.body.attributes["b"]
    assert text[attribute.start : attribute.end] == f"b=[1,{newline}     2]"
    assert body.file.position(attribute.start) == (5, 3)


def test_positions_of_steps() -> None:
    text = "a . b[0].*.c"
    node, _ = parse_expression(SourceFile("x.tf", text))
    assert isinstance(node, Splat)
    assert text[node.base.start : node.base.end] == "a . b[0]"
    assert isinstance(node.each, GetAttr)
    assert text[node.each.start : node.each.end] == "*.c"


def test_a_bare_template_has_no_backslash_escapes() -> None:
    text = 'a\\n "${b}"\n%{ for x in c ~}\n  ${x}\n%{ endfor ~}\n$${d}'
    node, diagnostics = parse_template(SourceFile("x.tftpl", text))
    assert diagnostics == []
    assert show(node) == "template<'a\\\\n \"' b '\"\\n' each(None,x in c <'  ' x '\\n'>) '${d}'>"
    assert show(parse_template(SourceFile("x.tftpl", ""))[0]) == "''"
    assert show(parse_template(SourceFile("x.tftpl", "${a}"))[0]) == "wrap<a>"
