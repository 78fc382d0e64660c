"""Expressions: operators by precedence, conditionals, traversals, splats, calls, collections, `for`.

Three to five Python frames for each level of nesting (expression, operand, collection), so that the depth the limits
allow stays inside Python's own bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.parsing import lexer
from asbuilt.sources.terraform.parsing.collecting import CollectionParser
from asbuilt.sources.terraform.parsing.lexer import CONSTANTS, PRECEDENCE, Problem
from asbuilt.sources.terraform.parsing.syntax import (
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttr,
    Index,
    Literal,
    Name,
    Parens,
    Splat,
    SplatElement,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.terraform.parsing.syntax import SourceFile


class ExpressionParser(CollectionParser):
    """The part of the parser that reads expressions.

    `after` is the match of what follows an operand: an operator or `?`, or None where the expression ends.
    """

    def __init__(self, file: SourceFile, limits: lexer.Limits) -> None:
        super().__init__(file, limits)
        self.after: Any = None
        self.openers: dict[str, Callable[[int], Expr]] = {
            '"': self.quoted,
            "[": self.tuple_cons,
            "{": self.object_cons,
            "(": self.parens,
            "<<": self.heredoc,
        }

    def expression(self, free: bool) -> Expr:
        """Parse an expression; `free` where newlines mean nothing."""
        self.depth += 1
        if self.depth > self.limits.depth:
            message = (
                f"Expressions and blocks are nested more than {self.limits.depth} deep. Split them up, with locals."
            )
            raise Problem("nested-too-deep", message, self.pos)
        node = self.operand(free)
        after = self.after
        if after is not None:
            if after.lastindex == 3:
                node = self._operations(node, free)
                after = self.after
            if after is not None:
                node = self._conditional(node, free)
        self.depth -= 1
        return node

    def _operations(self, first: Expr, free: bool) -> Expr:
        """Parse `op operand …` after the first operand; all operators bind to the left."""
        operands: list[Expr] = [first]
        pending: list[str] = []
        count = 0
        while (after := self.after) is not None and after.lastindex == 3:
            op = after[3]
            rank = PRECEDENCE[op]
            while pending and PRECEDENCE[pending[-1]] >= rank:
                _reduce(operands, pending)
            pending.append(op)
            self.pos = after.end()
            count += 1
            if count > self.limits.chain:
                raise self._chain_too_long(first.start)
            operands.append(self.operand(free))
        while pending:
            _reduce(operands, pending)
        return operands[0]

    def _conditional(self, condition: Expr, free: bool) -> Expr:
        self.pos = self.after.end()
        then = self.expression(free)
        at = lexer.SPACE[free](self.text, self.pos).end()
        if not self.text.startswith(":", at) or self.text.startswith("::", at):
            message = 'A conditional needs a second result after a colon: "condition ? this : that".'
            raise Problem("missing-false-expression", message, at, at + 1)
        self.pos = at + 1
        otherwise = self.expression(free)
        self.after = None
        return Conditional(condition.start, otherwise.end, condition, then, otherwise)

    def operand(self, free: bool) -> Expr:
        """Parse signs, one term and its traversal; set `after`."""
        found = lexer.OPERAND[free](self.text, self.pos)
        kind = found.lastindex
        if kind == 1:
            start, end = found.span(1)
            self.pos = end + 1
            node: Expr = Literal(start - 1, end + 1, lexer.canonical(found[1]))
        elif kind == 2 or kind == 3:
            raw = found[2] if kind == 2 else found[2] + found[3]
            node = self.dotted(raw, found.start(2))
            self.pos = found.end()
        elif kind == 7:
            if found[7] in "-!":
                return self._unary(found, free)
            start = found.start(7)
            self.pos = start + 1
            node = self.openers[found[7]](start)
        elif kind == 6:
            start, self.pos = found.span(6)
            node = self.number(found[6], start)
        elif kind is None:
            raise self.no_expression(found.end())
        else:
            node = self._call(found, free)
        if self.text[self.pos : self.pos + 1] in lexer.ENDINGS[free]:
            self.after = None
            return node
        return self.traversal(node, free)

    def _unary(self, found: Any, free: bool) -> Expr:
        signs: list[tuple[int, str]] = []
        while found.lastindex == 7 and found[7] in "-!":
            signs.append((found.start(7), found[7]))
            self.pos = found.end()
            found = lexer.OPERAND[free](self.text, self.pos)
            if len(signs) + self.depth > self.limits.depth:
                raise self._chain_too_long(signs[0][0])
        node = self.operand(free)
        for start, sign in reversed(signs):
            node = Unary(start, node.end, sign, node)
        return node

    def dotted(self, raw: str, start: int) -> Expr:
        """Return the traversal `a.b.c`; `true`, `false` and `null` are literals."""
        known = self.names.get
        first, *steps = raw.split(".")
        end = start + len(first)
        node: Expr
        if first in CONSTANTS:
            node = Literal(start, end, CONSTANTS[first])
        else:
            node = Name(start, end, known(first) or self.name(first, start))
        if len(steps) >= self.limits.chain:
            raise self._chain_too_long(start)
        for step in steps:
            at = end + 1
            end = at + len(step)
            node = GetAttr(start, end, node, known(step) or self.name(step, at))
        return node

    def number(self, raw: str, start: int) -> Expr:
        """Return a number literal; raise Problem where it is none."""
        if not raw.isdigit() and not lexer.VALID_NUMBER(raw):
            message = f'"{raw}" is not a number. Write digits, one decimal point, and an exponent such as e3 if needed.'
            raise Problem("invalid-number", message, start, start + len(raw))
        return Literal(start, start + len(raw), lexer.number(raw, start))

    def parens(self, start: int) -> Expr:
        """Parse `(…)`; `pos` is behind the parenthesis."""
        inner = self.expression(True)
        at = lexer.FREE_BLANKS(self.text, self.pos).end()
        if not self.text.startswith(")", at):
            raise Problem("unbalanced-parentheses", "Expected a closing parenthesis here.", at, at + 1)
        self.pos = at + 1
        return Parens(start, at + 1, inner)

    def no_expression(self, at: int) -> Problem:
        """Say that something else stands where an expression must."""
        text = self.text
        if at >= len(text):
            return Problem("missing-expression", "A value is expected here, but the file ends.", at)
        if text[at] == "'":
            return Problem(
                "single-quote", "Single quotes are not valid here. Write the string in double quotes.", at, at + 1
            )
        if text[at] in "\r\n#" or text.startswith("//", at):
            message = "A value is expected on this line. Begin it here, or put parentheses around one of several lines."
            return Problem("missing-expression", message, at)
        return Problem("invalid-expression", f'A value is expected here, but "{text[at]}" begins none.', at, at + 1)

    def _chain_too_long(self, start: int) -> Problem:
        message = f"More than {self.limits.chain} operators or steps in one expression. Split it up, with locals."
        return Problem("expression-too-long", message, start)

    def _call(self, found: Any, free: bool) -> Expr:
        start, end = found.span(2)
        name = found[2]
        self.pos = end
        space, word_of = lexer.SPACE[free], lexer.WORD[free]
        while self.text.startswith("::", at := space(self.text, self.pos).end()):
            word = word_of(self.text, at + 2)
            if word is None:
                raise Problem("missing-function-name", "A name is expected after ::.", at + 2)
            name = f"{name}::{self.name(word[1], word.start(1))}"
            self.pos = word.end()
        if not self.text.startswith("(", at):
            message = "A function's name must be followed by its arguments in parentheses."
            raise Problem("missing-parenthesis", message, at, at + 1)
        self.pos = at + 1
        return self._arguments(start, self.name(name, start) if "::" not in name else name)

    def _arguments(self, start: int, name: str) -> Expr:
        args: list[Expr] = []
        text = self.text
        expand = False
        while True:
            at = lexer.FREE_BLANKS(text, self.pos).end()
            if text.startswith(")", at):
                break
            self.pos = at
            args.append(self.expression(True))
            at = lexer.FREE_BLANKS(text, self.pos).end()
            if text.startswith(",", at):
                self.pos = at + 1
                continue
            if text.startswith("...", at):
                expand, dots = True, at
                at = lexer.FREE_BLANKS(text, at + 3).end()
                if not text.startswith(")", at):
                    raise Problem("missing-parenthesis", "Expected ) directly after the dots.", dots, dots + 3)
            if text.startswith(")", at):
                break
            raise self.expected(at, "missing-argument-separator", "a comma or ) after a function's argument", start)
        self.pos = at + 1
        return Call(start, at + 1, name, args, expand)

    def traversal(self, node: Expr, free: bool) -> Expr:
        """Parse `.a`, `[i]`, `.0`, `[*]` and `.*` as long as they follow."""
        count = 0
        while True:
            after = lexer.AFTER[free](self.text, self.pos)
            kind = after.lastindex
            if kind == 1:
                self.pos = after.end()
                node = self._dot(node, free)
            elif kind == 2:
                self.pos = after.end()
                node = self._bracket(node, free)
            else:
                self.after = after if kind else None
                return node
            count += 1
            if count > self.limits.chain:
                raise self._chain_too_long(node.start)

    def _dot(self, node: Expr, free: bool) -> Expr:
        found = lexer.STEP[free](self.text, self.pos)
        if found.lastindex != 1:
            return self._step(node, found)
        self.pos = found.end()
        each: Expr = SplatElement(found.start(1), found.end(1))
        count = 0
        while dot := lexer.DOT[free](self.text, self.pos):
            step = lexer.STEP[free](self.text, dot.end())
            if step.lastindex == 1:
                message = "A splat (*) cannot stand inside another attribute-only splat. Use [*] for the outer one."
                raise Problem("nested-splat", message, step.start(1), step.end(1))
            each = self._step(each, step)
            count += 1
            if count > self.limits.chain:
                raise self._chain_too_long(node.start)
        return Splat(node.start, self.pos, node, each, False)

    def _step(self, node: Expr, found: Any) -> Expr:
        """Add `.name` or `.0`."""
        if found.lastindex == 2:
            start, self.pos = found.span(2)
            return GetAttr(node.start, self.pos, node, self.name(found[2], start))
        if found.lastindex == 3:
            start, end = found.span(3)
            first, dot, second = found[3].partition(".")
            if dot:
                message = f"Two indexes in a row cannot be written with dots. Write [{first}][{second}]."
                raise Problem("invalid-legacy-index", message, start, end)
            self.pos = end
            return Index(node.start, end, node, self.number(found[3], start))
        raise Problem("invalid-attribute-name", "A name is expected after the dot.", found.end(), found.end() + 1)

    def _bracket(self, node: Expr, free: bool) -> Expr:
        star = lexer.STAR[free](self.text, self.pos)
        if star is None:
            key = self.expression(True)
            at = lexer.FREE_BLANKS(self.text, self.pos).end()
            if not self.text.startswith("]", at):
                raise self.expected(at, "missing-close-bracket", "] after the index")
            self.pos = at + 1
            return Index(node.start, at + 1, node, key)
        at = lexer.SPACE[free](self.text, star.end()).end()
        if not self.text.startswith("]", at):
            raise self.expected(at, "missing-close-bracket", "] after the *")
        self.pos = at + 1
        self.depth += 1
        if self.depth > self.limits.depth:
            raise self._chain_too_long(node.start)
        each = self.traversal(SplatElement(star.end() - 1, star.end()), free)
        self.depth -= 1
        return Splat(node.start, self.pos, node, each, True)


def _reduce(operands: list[Expr], pending: list[str]) -> None:
    right = operands.pop()
    left = operands[-1]
    operands[-1] = Binary(left.start, right.end, pending.pop(), left, right)
