"""From a template's row of tokens to its parts: text is joined, `%{if}` and `%{for}` close over what they hold."""

from __future__ import annotations

from dataclasses import field

from asbuilt.records import dataclass
from asbuilt.sources.terraform.parsing.lexer import Problem, canonical
from asbuilt.sources.terraform.parsing.syntax import Expr, TemplateFor, TemplateIf


@dataclass(slots=True)
class Directive:
    """One `%{…}` sequence: `if`, `else`, `endif`, `for` or `endfor`, with what stands in it."""

    start: int
    end: int
    keyword: str
    subject: Expr | None = None
    key: str | None = None
    value: str = ""


Token = str | Expr | Directive
Parts = list[str | Expr]


@dataclass(slots=True)
class _Open:
    """A directive that waits for its end."""

    directive: Directive
    parts: Parts = field(default_factory=list)
    then: Parts | None = None


def assemble(tokens: list[Token], depth: int) -> Parts:
    """Return the template's parts; raise Problem where directives are unbalanced or more than `depth` deep."""
    root: Parts = []
    stack: list[_Open] = []
    parts = root
    text: list[str] = []
    for token in tokens:
        if isinstance(token, str):
            text.append(token)
            continue
        _add_text(parts, text)
        if isinstance(token, Expr):
            parts.append(token)
        else:
            parts = _direct(token, stack, root, depth)
    _add_text(parts, text)
    if stack:
        opened = stack[-1].directive
        message = f"This %{{{opened.keyword}}} has no %{{end{opened.keyword}}} before the template ends. Add it."
        raise Problem("unclosed-directive", message, opened.start, opened.end)
    return root


def _direct(token: Directive, stack: list[_Open], root: Parts, depth: int) -> Parts:
    """Open, switch or close; return the parts that what follows belongs to."""
    keyword = token.keyword
    if keyword in ("if", "for"):
        if len(stack) >= depth:
            message = "Directives are nested deeper than this reader goes. Split the template."
            raise Problem("nested-too-deep", message, token.start, token.end)
        stack.append(_Open(token))
        return stack[-1].parts
    opened = stack[-1] if stack else None
    if keyword == "else":
        if opened is None or opened.directive.keyword != "if" or opened.then is not None:
            raise _unbalanced(token)
        opened.then, opened.parts = opened.parts, []
        return opened.parts
    if opened is None or keyword != f"end{opened.directive.keyword}":
        raise _unbalanced(token)
    stack.pop()
    parent = stack[-1].parts if stack else root
    parent.append(_close(opened, token.end))
    return parent


def _close(opened: _Open, end: int) -> Expr:
    directive = opened.directive
    subject = directive.subject
    if subject is None:  # a directive that opens always has one
        raise _unbalanced(directive)
    last = opened.parts
    if directive.keyword == "for":
        return TemplateFor(directive.start, end, directive.key, directive.value, subject, last)
    then, otherwise = (last, []) if opened.then is None else (opened.then, last)
    return TemplateIf(directive.start, end, subject, then, otherwise)


def _add_text(parts: Parts, text: list[str]) -> None:
    """Move the pieces of text gathered so far to the parts, as one."""
    joined = "".join(text)
    if joined:
        parts.append(canonical(joined))
    text.clear()


def _unbalanced(token: Directive) -> Problem:
    message = f"This %{{{token.keyword}}} belongs to no open %{{if}} or %{{for}}. Remove it, or add the one that opens."
    return Problem("unbalanced-directive", message, token.start, token.end)
