"""Tuples, objects and `for` expressions."""

from __future__ import annotations

from typing import Any

from asbuilt.sources.terraform.parsing import lexer
from asbuilt.sources.terraform.parsing.lexer import Problem
from asbuilt.sources.terraform.parsing.syntax import Expr, For, Literal, Name, Object, ObjectItem, Tuple
from asbuilt.sources.terraform.parsing.templates import TemplateParser


class CollectionParser(TemplateParser):
    """The part of the parser that reads what stands in brackets and braces."""

    def dotted(self, raw: str, start: int) -> Expr:
        """Return the traversal or constant that a name with its `.a.b` stands for."""
        raise NotImplementedError

    def simple(self, found: Any, group: int) -> Expr:
        """Return the value a pattern matched whole: string, whole number, dotted name from `group` on."""
        kind = found.lastindex - group
        if kind == 0:
            start, end = found.span(group)
            return Literal(start - 1, end + 1, lexer.canonical(found[group]))
        if kind == 1:
            start, end = found.span(group + 1)
            return Literal(start, end, int(found[group + 1]))
        return self.dotted(found[group + 2], found.start(group + 2))

    def tuple_cons(self, start: int) -> Expr:
        """Parse `[…]`; `pos` is behind the bracket."""
        text = self.text
        if found := lexer.FOR(text, self.pos):
            self.pos = found.end()
            return self._for(start, "]")
        items: list[Expr] = []
        while True:
            found = lexer.TUPLE_ITEM(text, self.pos)
            self.pos = found.end()
            kind = found.lastindex
            if kind == 4:
                return Tuple(start, self.pos, items)
            if kind is not None:
                items.append(self.simple(found, 1))
                continue
            items.append(self.expression(True))
            at = self.pos = lexer.FREE_BLANKS(text, self.pos).end()
            if text.startswith(",", at):
                self.pos = at + 1
            elif not text.startswith("]", at):
                raise self.expected(at, "missing-item-separator", "a comma or ] after an item of a list", start)

    def object_cons(self, start: int) -> Expr:
        """Parse `{…}`; `pos` is behind the brace."""
        text = self.text
        if found := lexer.FOR(text, self.pos):
            self.pos = found.end()
            return self._for(start, "}")
        items: list[ObjectItem] = []
        known = self.names.get
        while True:
            found = lexer.OBJECT_ITEM(text, self.pos)
            kind = found.lastindex
            self.pos = found.end()
            if kind == 6:
                return Object(start, self.pos, items)
            if kind is None:
                key = self._key(self.expression(False), start)
            elif raw := found[1]:
                begin, end = found.span(1)
                key = Literal(begin, end, known(raw) or self.name(raw, begin))
            else:
                begin, end = found.span(2)
                key = Literal(begin - 1, end + 1, lexer.canonical(found[2]))
            if kind is None or kind < 3:
                value = self.expression(False)
                self._separator(start)
            else:
                value = self.simple(found, 3)
            items.append(ObjectItem(key, value))

    def _key(self, key: Expr, opener: int) -> Expr:
        """Take a bare word as a string, and read the `=` behind the key."""
        if isinstance(key, Name):
            key = Literal(key.start, key.end, key.name)
        elif isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
            key = Literal(key.start, key.end, self.text[key.start : key.end])
        found = lexer.OBJECT_ASSIGN(self.text, self.pos)
        if found is None:
            at = lexer.BLANKS(self.text, self.pos).end()
            raise self.expected(at, "missing-attribute-value", "= and a value after the key", opener)
        self.pos = found.end()
        return key

    def _separator(self, opener: int) -> None:
        found = lexer.OBJECT_SEPARATOR(self.text, self.pos)
        if found is None:
            at = lexer.BLANKS(self.text, self.pos).end()
            what = "a line break, a comma or } after an object's item"
            raise self.expected(at, "missing-attribute-separator", what, opener)
        self.pos = found.end()

    def _for(self, start: int, closer: str) -> Expr:
        text = self.text
        key, value = self.loop_names()
        collection = self.expression(True)
        at = lexer.FREE_BLANKS(text, self.pos).end()
        if not text.startswith(":", at):
            raise self.expected(at, "invalid-for", 'a colon after the collection of a "for"')
        self.pos = at + 1
        result = self.expression(True)
        key_expr: Expr | None = None
        at = lexer.FREE_BLANKS(text, self.pos).end()
        if text.startswith("=>", at):
            self.pos = at + 2
            key_expr, result = result, self.expression(True)
            at = lexer.FREE_BLANKS(text, self.pos).end()
        group = text.startswith("...", at)
        if group:
            self.pos = at + 3
        condition: Expr | None = None
        word = lexer.FREE_NAME(text, self.pos)
        if word and word[1] == "if":
            self.pos = word.end()
            condition = self.expression(True)
        at = lexer.FREE_BLANKS(text, self.pos).end()
        if not text.startswith(closer, at):
            raise self.expected(at, "invalid-for", f'{closer} at the end of the "for" expression')
        self.pos = at + 1
        self._check_for(start, closer, key_expr, group)
        return For(start, at + 1, key, value, collection, key_expr, result, condition, group)

    def _check_for(self, start: int, closer: str, key: Expr | None, group: bool) -> None:
        message = ""
        if closer == "}" and key is None:
            message = 'A "for" in braces builds an object and needs "key => value".'
        elif closer == "]" and key is not None:
            message = 'A "for" in brackets builds a list and takes no "key =>". Use braces for an object.'
        elif closer == "]" and group:
            message = 'Grouping with ... works only in a "for" in braces.'
        if message:
            raise Problem("invalid-for", message, key.start if key else start, self.pos)

    def expected(self, at: int, code: str, what: str, opener: int = -1) -> Problem:
        """Say what is missing and what stands there; where the file ends, point at what was opened."""
        if at >= len(self.text):
            start = opener if opener >= 0 else at
            return Problem(code, f"Expected {what}, but the file ends.", start, start + 1)
        found = self.text[at]
        there = "the line ends" if found in "\r\n#" else f'found "{found}"'
        return Problem(code, f"Expected {what}, but {there}.", at, at + 1)
