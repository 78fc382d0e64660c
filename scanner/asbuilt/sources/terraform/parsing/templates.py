"""Templates: quoted strings, heredocs and bare files, with `${…}`, `%{…}` and their strip markers.

As in Terraform a template is first a row of tokens (pieces of text and sequences), a heredoc's text cut at each line.
Strip markers and heredoc indentation work on that row: `~}` takes the blanks of the one piece behind it only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.patterns import when_used
from asbuilt.sources.terraform.parsing import lexer
from asbuilt.sources.terraform.parsing.directives import Directive, assemble
from asbuilt.sources.terraform.parsing.lexer import Problem
from asbuilt.sources.terraform.parsing.recovery import line_start
from asbuilt.sources.terraform.parsing.syntax import Expr, Literal, SourceFile, Template

if TYPE_CHECKING:
    from asbuilt.sources.terraform.parsing.directives import Token


class TemplateParser:
    """The part of the parser that reads templates; `pos` is where it stands in the text."""

    def __init__(self, file: SourceFile, limits: lexer.Limits) -> None:
        self.file = file
        self.text = file.text
        self.limits = limits
        self.pos = 0
        self.depth = 0
        self.names: dict[str, str] = {}

    def expression(self, free: bool) -> Expr:
        """Parse an expression; `free` where newlines mean nothing."""
        raise NotImplementedError

    def name(self, raw: str, start: int) -> str:
        """Return an identifier, one object for all its uses; raise Problem where Unicode forbids it."""
        known = self.names.get(raw)
        if known is None:
            if not lexer.valid_name(raw):
                message = f'"{raw}" is not a name: a character in it is not allowed there. Remove or replace it.'
                raise Problem("invalid-character", message, start, start + len(raw))
            known = self.names[raw] = raw
        return known

    def quoted(self, start: int) -> Expr:
        """Parse a quoted string or template whose opening quote is at `start`."""
        self.pos = start + 1
        tokens: list[Token] = []
        text = self.text
        strip = False
        while True:
            begin = self.pos
            found = lexer.QUOTED_TEXT(text, begin)
            end = self.pos = found.end()
            if end > begin:
                piece = found[0]
                if "\\" in piece or "{" in piece:
                    piece = lexer.unescape(piece, begin)
                tokens.append(piece.lstrip() if strip else piece)
            ending = text[end : end + 1]
            if ending == '"':
                self.pos = end + 1
                return self._template(tokens, start, end + 1)
            if ending not in ("$", "%"):
                raise self._unterminated(max(start, line_start(text, end)), end)
            strip = self._sequence(tokens, start)

    def _unterminated(self, start: int, end: int) -> Problem:
        if end >= len(self.text):
            return Problem("unterminated-string", "No closing quote was found for the string. Add one.", start, end)
        message = "A quoted string must end on its line. Close the quote, write \\n for a line break, or use a heredoc."
        return Problem("unterminated-string", message, start, end)

    def heredoc(self, start: int) -> Expr:
        """Parse a heredoc whose `<<` is at `start`; its closing marker's newline is left unread."""
        opening = lexer.HEREDOC_OPEN(self.text, start)
        if opening is None:
            message = "A heredoc begins with << or <<-, a marker such as EOT, and a line break directly after it."
            raise Problem("invalid-heredoc", message, start, start + 2)
        flush, marker = bool(opening[1]), opening[2]
        self.name(marker, opening.start(2))
        self.pos = opening.end()
        tokens, end = self._heredoc_tokens(start, marker)
        if flush:
            tokens = _unindent(tokens)
        self.pos = end
        return self._template(tokens, start, end)

    def _heredoc_tokens(self, start: int, marker: str) -> tuple[list[Token], int]:
        """Return the tokens up to the closing marker, and where the marker ends."""
        tokens: list[Token] = []
        text = self.text
        strip, line_start = False, True
        while True:
            begin = self.pos
            found = lexer.HEREDOC_LINE(text, begin)
            end = self.pos = found.end()
            piece = found[0]
            whole = piece.endswith("\n")
            if line_start and whole and marker in piece and piece.strip() == marker:
                return tokens, end - (2 if piece.endswith("\r\n") else 1)
            if piece:
                piece = lexer.undouble(piece)
                tokens.append(piece.lstrip() if strip else piece)
            strip, line_start = False, whole
            if whole:
                continue
            if end >= len(text) or text[end] == "\r":
                raise self._unclosed_heredoc(start, marker, end)
            strip = self._sequence(tokens, start)

    def _unclosed_heredoc(self, start: int, marker: str, end: int) -> Problem:
        if end < len(self.text):
            message = "A carriage return can stand only before a line break. Remove it."
            return Problem("invalid-character", message, end, end + 1)
        line, _ = self.file.position(start)
        message = (
            f'The heredoc of line {line} is not closed: add a line with only "{marker}", and a line break after it.'
        )
        return Problem("unterminated-heredoc", message, end)

    def bare(self) -> Expr:
        """Parse the whole text as a template."""
        tokens: list[Token] = []
        strip = False
        text = self.text
        while self.pos < len(text):
            found = lexer.HEREDOC_LINE(text, self.pos)
            piece = found[0]
            self.pos = found.end()
            if piece:
                piece = lexer.undouble(piece)
                tokens.append(piece.lstrip() if strip else piece)
                strip = False
            if not piece or not piece.endswith("\n"):
                if self.pos >= len(text):
                    break
                if text[self.pos] == "\r":
                    raise self._unclosed_heredoc(self.pos, "", self.pos)
                strip = self._sequence(tokens, self.pos)
        return self._template(tokens, 0, len(text))

    def _sequence(self, tokens: list[Token], opener: int) -> bool:
        """Parse `${…}` or `%{…}` at `pos` into `tokens`; return whether it ends in `~}`."""
        start = self.pos
        directive = self.text[start] == "%"
        self.pos = start + 2
        if self.text[start + 2 : start + 3] == "~":
            self.pos += 1
            if tokens and isinstance(tokens[-1], str):
                tokens[-1] = tokens[-1].rstrip()
        token: Token = self._directive(start) if directive else self.expression(True)
        close = lexer.TEMPLATE_CLOSE(self.text, self.pos)
        if close is None:
            raise self._unclosed_sequence(start, opener)
        self.pos = close.end()
        if isinstance(token, Directive):
            token.end = self.pos
        tokens.append(token)
        return bool(close[1])

    def _unclosed_sequence(self, start: int, opener: int) -> Problem:
        at = lexer.FREE_BLANKS(self.text, self.pos).end()
        if at >= len(self.text):
            return Problem("unclosed-interpolation", "No } closes this template sequence. Add it.", start, start + 2)
        if self.text[opener] == '"' and self.text[at] == '"':
            message = "No } closes this template sequence before the end of the string. Add it."
            return Problem("unclosed-interpolation", message, start, at)
        doubled = self.text[start] * 2 + "{"
        message = (
            f"Expected a closing }} here. If the text is meant for another language, such as a shell, write {doubled} "
            "so that Terraform leaves it alone."
        )
        return Problem("extra-characters", message, at, at + 1)

    def _directive(self, start: int) -> Directive:
        word = lexer.FREE_NAME(self.text, self.pos)
        keyword = word[1] if word else ""
        if keyword not in ("if", "else", "endif", "for", "endfor"):
            message = "A %{ sequence begins with if, else, endif, for or endfor. Write %%{ for a literal %{."
            raise Problem("invalid-directive", message, start, word.end() if word else start + 2)
        self.pos = word.end()
        if keyword == "if":
            return Directive(start, start, keyword, self.expression(True))
        if keyword == "for":
            key, value = self.loop_names()
            return Directive(start, start, keyword, self.expression(True), key, value)
        return Directive(start, start, keyword)

    def loop_names(self) -> tuple[str | None, str]:
        """Parse `k, v in` or `v in`; the key is None where only one name stands."""
        names: list[str] = []
        while True:
            word = lexer.FREE_NAME(self.text, self.pos)
            if word is None:
                at = lexer.FREE_BLANKS(self.text, self.pos).end()
                raise Problem(
                    "invalid-for", 'A name is expected here: write "for value in …" or "for key, value in …".', at
                )
            names.append(self.name(word[1], word.start(1)))
            self.pos = lexer.FREE_BLANKS(self.text, word.end()).end()
            if len(names) == 1 and self.text.startswith(",", self.pos):
                self.pos += 1
                continue
            break
        word = lexer.FREE_NAME(self.text, self.pos)
        if word is None or word[1] != "in":
            raise Problem("invalid-for", 'The word "in" is expected after the names of a "for".', self.pos)
        self.pos = word.end()
        return (names[0], names[1]) if len(names) == 2 else (None, names[0])

    def _template(self, tokens: list[Token], start: int, end: int) -> Expr:
        if len(tokens) == 1 and isinstance(tokens[0], Expr):
            return Template(start, end, [tokens[0]], True)
        parts = assemble(tokens, self.limits.depth - self.depth)
        if not parts:
            return Literal(start, end, "")
        if len(parts) == 1 and isinstance(parts[0], str):
            return Literal(start, end, parts[0])
        return Template(start, end, parts)


_INDENT = when_used(r"\s*")


def _unindent(tokens: list[Token]) -> list[Token]:
    """Take the indentation all lines share off each line, as `<<-` does.

    A blank line counts neither way, a line that begins with a sequence counts as not indented, and a line that follows
    a stripped line break is not seen as a line: its indentation stays.
    """
    fewest: int | None = None
    adjust: list[int] = []
    line_start = True
    for index, token in enumerate(tokens):
        if line_start:
            line_start = False
            if not isinstance(token, str):
                fewest = 0
            else:
                spaces = _INDENT.match(token).end()  # type: ignore[union-attr]
                if spaces < len(token) or not token.endswith("\n"):
                    adjust.append(index)
                    fewest = spaces if fewest is None else min(fewest, spaces)
        if isinstance(token, str) and token.endswith("\n"):
            line_start = True
    if fewest:
        for index in adjust:
            token = tokens[index]
            if isinstance(token, str):
                tokens[index] = token[fewest:]
    return tokens
