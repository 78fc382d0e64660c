"""Bodies: blocks and attributes, one by one, and what becomes of those that do not parse."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Diagnostic
from asbuilt.sources.terraform.parsing import lexer
from asbuilt.sources.terraform.parsing.expressions import ExpressionParser
from asbuilt.sources.terraform.parsing.lexer import Limits, Problem
from asbuilt.sources.terraform.parsing.recovery import line_start, resync
from asbuilt.sources.terraform.parsing.syntax import Attribute, Block, Body, ErrorExpr, Expr, Literal, SourceFile


def too_deep(at: int) -> Problem:
    """Say that Python's own bound on nesting was met."""
    return Problem("nested-too-deep", "Expressions are nested deeper than this reader goes. Split them up.", at)


class Parser(ExpressionParser):
    """One run over one file; its problems become `diagnostics`."""

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        super().__init__(file, limits)
        self.diagnostics: list[Diagnostic] = []
        self.unclosed: list[Block] = []
        self.read_twice = 0  # characters that broken items ran over and that were then read again
        text = file.text
        self.pos = 1 if text.startswith("\ufeff") else 0
        self.refused = len(text) > limits.size
        if self.refused:
            message = f"The file has {len(text)} characters; more than {limits.size} are not read. Split it up."
            self.report(Problem("file-too-large", message, 0))
        elif not text.isascii():
            self._check_encoding()

    def _check_encoding(self) -> None:
        try:
            self.file.text.encode()
        except UnicodeEncodeError as error:
            self.refused = True
            message = "The file is not UTF-8 here. Save it in that encoding."
            self.report(Problem("invalid-encoding", message, error.start, error.end))

    def report(self, problem: Problem) -> None:
        """Add an error to the diagnostics."""
        size = len(self.file.text)
        start = min(problem.start, size)
        location = self.file.location(start, max(start, min(problem.end, size)))
        self.diagnostics.append(Diagnostic("error", problem.code, problem.message, location))

    def whole_expression(self) -> Expr:
        """Parse an expression that must be the whole text; raise Problem where it is not."""
        node = self.expression(True)
        at = lexer.FREE_BLANKS(self.text, self.pos).end()
        if at < len(self.text):
            message = f'The expression ends before "{self.text[at]}". Remove the rest.'
            raise Problem("extra-characters", message, at, at + 1)
        return node

    def file_body(self) -> Body:
        """Parse the whole file; never raises for what is in it."""
        text = self.text
        if text.startswith("{", lexer.FREE_BLANKS(text, self.pos).end()):
            at = lexer.FREE_BLANKS(text, self.pos).end()
            message = (
                "This looks like JSON. Give the file a name that ends in .tf.json, or write Terraform's own syntax."
            )
            self.report(Problem("json-in-native-file", message, at, at + 1))
            return Body(0, len(text), self.file, broken=True)
        body = Body(0, len(text), self.file)
        self.items(body, None)
        if self.unclosed:
            self._hoist(body)
        return body

    def items(self, body: Body, opener: tuple[int, int] | None) -> None:
        """Parse attributes and blocks up to the end of the file or, for a block (`opener` is its header), its `}`."""
        text, match, attributes, known = self.text, lexer.ITEM, body.attributes, self.names.get
        while True:
            found = match(text, self.pos)
            kind = found.lastindex
            if kind is not None and 2 < kind < 6:
                start = found.start(1)
                self.pos = found.end()
                raw = found[1]
                try:
                    name = known(raw) or self.name(raw, start)
                    expr = self.simple(found, 3)
                except Problem:  # the careful way says what is wrong
                    name = ""
                if name and name not in attributes:
                    attributes[name] = Attribute(start, expr.end, name, expr)
                    continue
            elif kind == 7:
                if opener is not None:
                    self.pos = found.end()
                    return
            elif kind is None and found.end() >= len(text):
                self.pos = found.end()
                if opener is not None:
                    body.broken = True
                    if not self.unclosed:
                        message = "No closing brace ends this block before the end of the file. Add it."
                        self.report(Problem("unclosed-block", message, *opener))
                return
            if not self._guarded(body, found):
                body.broken = True
                self.pos = len(text)
                return

    def _guarded(self, body: Body, found: Any) -> bool:
        """Parse one item that needs care and recover from its errors; False when there were too many."""
        depth = self.depth
        start = found.start(1)
        if start < 0:
            start = lexer.FREE_BLANKS(self.text, self.pos).end()
        try:
            self._body_item(body, found, start)
        except Problem as problem:
            error = problem
        except RecursionError:
            error = too_deep(start)
        else:
            return True
        self.depth = depth
        self.report(error)
        reached = max(self.pos, error.start)
        self.pos = max(resync(self.text, start, error.start), start + 1)
        self.read_twice += max(reached - self.pos, 0)
        if len(self.diagnostics) < self.limits.errors and self.read_twice < 1_000_000 + 4 * len(self.text):
            return True
        message = "Too many errors; the rest of the file is not read. Correct the ones above first."
        self.report(Problem("too-many-errors", message, self.pos))
        return False

    def _body_item(self, body: Body, found: Any, start: int) -> None:
        name = found[1]
        if name is None:
            body.broken = True
            raise self._no_item(start)
        self.pos = found.end(1)
        try:
            name = self.name(name, start)
        except Problem:
            body.broken = True
            raise
        if found.lastindex == 6:
            labels = [
                quoted if bare == "" else self.name(bare, start) for quoted, bare in lexer.LABEL.findall(found[6])
            ]
            self.pos = found.end()
            self._block(body, name, labels, start)
            return
        assign = found if found[2] else lexer.ASSIGN(self.text, self.pos)
        if assign:
            self.pos = assign.end("assign")
            self._attribute(body, name, start)
            if not self.text.startswith("\n", self.pos) and not lexer.LINE_END(self.text, self.pos):
                body.broken = True
                raise self._line_goes_on("An attribute's definition")
            return
        labels = self._labels(body)
        self._block(body, name, labels, start)

    def _no_item(self, at: int) -> Problem:
        text = self.text
        if text[at] == '"':
            return Problem(
                "invalid-argument-name", "Names of arguments must not be quoted. Remove the quotes.", at, at + 1
            )
        if text[at] == "}":
            return Problem("unexpected-brace", "This closing brace closes nothing. Remove it.", at, at + 1)
        message = 'An argument (name = value) or a block (name "label" { … }) is expected here.'
        return Problem("invalid-item", message, at, at + 1)

    def _line_goes_on(self, what: str) -> Problem:
        at = lexer.BLANKS(self.text, self.pos).end()
        if self.text.startswith(",", at):
            return Problem("unexpected-comma", "Arguments stand on lines of their own, without commas.", at, at + 1)
        return Problem("missing-newline", f'{what} must end with its line, but "{self.text[at]}" follows.', at, at + 1)

    def _attribute(self, body: Body, name: str, start: int) -> None:
        """Parse the value; one that does not parse becomes an `ErrorExpr`."""
        first = body.attributes.get(name)
        behind = self.pos
        try:
            expr = self.expression(False)
        except (Problem, RecursionError) as error:
            value = lexer.BLANKS(self.text, behind).end()
            end = max(value, resync(self.text, start, error.start if isinstance(error, Problem) else self.pos))
            if first is None:
                body.attributes[name] = Attribute(start, end, name, ErrorExpr(value, end, str(error)))
            raise
        if first is None:
            body.attributes[name] = Attribute(start, expr.end, name, expr)
            return
        line, _ = self.file.position(first.start)
        message = f'"{name}" is already set on line {line}. Keep one of the two.'
        self.report(Problem("duplicate-attribute", message, start, start + len(name)))

    def _labels(self, body: Body) -> list[str]:
        """Parse labels and the opening brace of a block that the quick way did not match."""
        labels: list[str] = []
        text = self.text
        problem: Problem | None = None
        while True:
            at = lexer.BLANKS(text, self.pos).end()
            char = text[at : at + 1]
            if char == "{":
                self.pos = at + 1
                if problem:
                    self.report(problem)
                    body.broken = True
                return labels
            word = lexer.NAME(text, at)
            if word:
                labels.append(self.name(word[1], at))
                self.pos = word.end()
            elif char == '"':
                label = self._label(at)
                if isinstance(label, Problem):
                    problem = problem or label
                else:
                    labels.append(label)
            else:
                body.broken = True
                raise problem or self._no_block(at, bool(labels))

    def _label(self, at: int) -> str | Problem:
        message = "A block's label cannot contain ${…} or %{…}. Write it out."
        try:
            node = self.quoted(at)
        except Problem:
            if self.text.startswith(("$", "%"), lexer.QUOTED_TEXT(self.text, at + 1).end()):
                raise Problem("template-in-label", message, at, at + 1) from None
            raise
        if isinstance(node, Literal) and isinstance(node.value, str):
            return node.value
        return Problem("template-in-label", message, at, node.end)

    def _no_block(self, at: int, labelled: bool) -> Problem:
        text = self.text
        if at >= len(text) or text[at] in "\r\n#":
            message = "A block needs its opening brace on the same line; an argument needs = and a value."
        elif text[at] == "=" and labelled:
            message = "The equals sign sets an argument and cannot stand in a block's header. Remove it, or the label."
        else:
            message = f'A label in quotes, = or {{ is expected here, but found "{text[at]}".'
        return Problem("invalid-block", message, at, at + 1)

    def _block(self, body: Body, name: str, labels: list[str], start: int) -> None:
        """Parse a block's body, `pos` behind its brace, and add it."""
        brace = self.pos - 1
        header_end = start + len(self.text[start:brace].rstrip())
        inner = Body(brace, brace, self.file)
        block = Block(start, brace, name, labels, inner, header_end)
        self.depth += 1
        if self.depth > self.limits.depth:
            body.broken = True
            raise Problem("nested-too-deep", f"Blocks are nested more than {self.limits.depth} deep.", start)
        body.blocks.append(block)
        if self.text.startswith("\n", self.pos) or lexer.BODY_FOLLOWS(self.text, self.pos):
            self.items(inner, (start, header_end))
        else:
            self._one_line(block)
        self.depth -= 1
        block.end = inner.end = self.pos
        if inner.broken and self.pos >= len(self.text) and not self.text.endswith("}"):
            self.unclosed.append(block)
        elif not self.text.startswith("\n", self.pos) and not lexer.LINE_END(self.text, self.pos):
            raise self._line_goes_on("A block's definition")

    def _one_line(self, block: Block) -> None:
        """Parse `name { argument = value }`."""
        body, text = block.body, self.text
        body.broken = True  # until it is read to its end
        word = lexer.NAME(text, self.pos)
        if word is None:
            raise self._no_item(lexer.BLANKS(text, self.pos).end())
        assign = lexer.ASSIGN(text, word.end())
        if assign is None:
            message = "A block on one line can hold one argument only, no blocks. Write it on several lines."
            raise Problem("invalid-one-line-block", message, word.start(1), word.end())
        self.pos = assign.end()
        self._attribute(body, self.name(word[1], word.start(1)), word.start(1))
        at = lexer.BLANKS(text, self.pos).end()
        if not text.startswith("}", at):
            message = "A block on one line holds one argument and ends with } on that line. Write it on several lines."
            raise Problem("invalid-one-line-block", message, at, at + 1)
        body.broken = False
        self.pos = at + 1

    def _hoist(self, root: Body) -> None:
        """Give blocks back that a missing brace swallowed: whatever begins in the first column is the file's own."""
        text = self.text
        for block in self.unclosed:
            keep: list[Block] = []
            for inner in block.body.blocks:
                at_margin = line_start(text, inner.start) == inner.start
                (root.blocks if at_margin else keep).append(inner)
            block.body.blocks = keep
        root.blocks.sort(key=lambda block: block.start)
        root.broken = True
