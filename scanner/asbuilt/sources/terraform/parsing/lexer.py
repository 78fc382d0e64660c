"""The words of Terraform's language as compiled patterns, its escapes, and the bounds on what is read.

The parser never looks at single characters in Python: each pattern swallows the blanks and comments before a token
together with the token, and often the whole of a simple `name = "value"`. Two kinds of blanks exist: `SKIP` stops
at the end of a line, `FREE` does not (inside parentheses and brackets, where newlines mean nothing).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from asbuilt.patterns import when_used
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file: characters, constructs inside each other, operators or steps in a row, errors told."""

    size: int = 16 * 1024 * 1024
    depth: int = 150
    chain: int = 1000
    errors: int = 100


DEFAULT_LIMITS: Final = Limits()


class Problem(Exception):  # noqa: N818 - a find in the text, not a failure of the program
    """A syntax error on its way to the item it belongs to: a code, a message, a stretch of the text."""

    def __init__(self, code: str, message: str, start: int, end: int = -1) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end if end >= 0 else start


# Whatever is not ASCII may be part of a name here; `valid_name` has the last word.
# The classes name the ASCII that is out: listing what is in, up to U+10FFFF, takes `re` a quarter second to compile.
_OTHER: Final = r"\x00-,./:-@\[-\^`{-\x7f"
IDENT: Final = rf"[^{_OTHER}0-9\-][^{_OTHER}]*+"
_BLOCK_COMMENT: Final = r"/\*(?s:.*?)\*/"
SKIP: Final = rf"[ \t]*+(?:{_BLOCK_COMMENT}[ \t]*+)*+"
FREE: Final = rf"[ \t\r\n]*+(?:(?:(?:\#|//).*+|{_BLOCK_COMMENT})[ \t\r\n]*+)*+"
EOL: Final = r"(?=\r?\n|\#|//|\Z)"
SIMPLE: Final = r'[^"\\$%\r\n]*+(?:[$%](?!\{)[^"\\$%\r\n]*+)*+'
DOTTED: Final = rf"{IDENT}(?:\.{IDENT})*+"
NUMBER: Final = r"[0-9](?:\.*+(?:[eE][+\-]?)?+[0-9])*+"
WHOLE: Final = rf"[0-9]{{1,18}}(?!\.|[^{_OTHER}])"
VALUE: Final = rf'"({SIMPLE})"|({WHOLE})|({DOTTED})'


def pattern(text: str) -> Callable[..., Any]:
    """Compile a pattern and return its `match`."""
    return re.compile(text).match


def rare(text: str) -> Callable[..., Any]:
    """Return the `match` of a pattern that few files need: it is compiled when one does."""
    compiled = when_used(text)

    def match(text: str, at: int = 0) -> re.Match[str] | None:
        return compiled.match(text, at)

    return match


# 1 name, then 2 `=` with 3 string, 4 whole number, 5 dotted name, if it is one; or 6 the labels of a block; 7 `}`.
ITEM: Final = pattern(
    rf"{FREE}(?:({IDENT})[ \t]*+(?:(?P<assign>=(?![=>]))(?:[ \t]*+(?:{VALUE})[ \t]*+{EOL})?"
    rf'|((?:"[^"\\$%\r\n]*+"[ \t]*+|{IDENT}[ \t]*+)*+)\{{)?|(\}}))?'
)
LABEL: Final = re.compile(rf'"([^"]*)"|({IDENT})')
NAME: Final = rare(rf"{SKIP}({IDENT})")
FREE_NAME: Final = pattern(rf"{FREE}({IDENT})")
LINE_END: Final = pattern(rf"{SKIP}{EOL}")
BODY_FOLLOWS: Final = pattern(rf"{SKIP}(?=\r?\n|\#|//|\}}|\Z)")
ASSIGN: Final = pattern(rf"{SKIP}(?P<assign>=(?![=>]))")
BLANKS: Final = pattern(SKIP)
FREE_BLANKS: Final = pattern(FREE)

_OPERATORS: Final = r"\|\||&&|==|!=|<=|>=|<(?!<)|>|\+|-|\*|/(?![/*])|%"


def _operand(blank: str) -> Callable[..., Any]:
    """1 string without escapes; 2 name, then 3 dotted rest, 4 `(` or 5 `::`; 6 number; 7 what opens or negates."""
    return pattern(
        rf'{blank}(?:"({SIMPLE})"|({IDENT})(?:((?:\.{IDENT})++)|{blank}(?:(\()|(::)))?'
        rf'|({NUMBER})|([\[{{(\-!"]|<<))?'
    )


def _after(blank: str) -> Callable[..., Any]:
    """1 `.`, 2 `[`, 3 binary operator, 4 `?`; no group where the expression ends."""
    return pattern(rf"{blank}(?:(\.(?!\.\.))|(\[)|({_OPERATORS})|(\?))?")


# Indexed by "newlines are free": False, True.
OPERAND: Final = (_operand(SKIP), _operand(FREE))
AFTER: Final = (_after(SKIP), _after(FREE))
SPACE: Final = (BLANKS, FREE_BLANKS)
WORD: Final = (NAME, FREE_NAME)
ENDINGS: Final = ("\n,)]}", ",)]}")
PRECEDENCE: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
CONSTANTS: Final = {"true": True, "false": False, "null": None}

FOR: Final = pattern(rf"{FREE}for(?![^{_OTHER}])")
# 1 string, 2 whole number, 3 dotted name, each with its comma or before `]`; 4 `]`.
TUPLE_ITEM: Final = pattern(rf"{FREE}(?:(?:{VALUE}){FREE}(?:,|(?=\]))|(\]))?")
# 1 bare or 2 quoted key with its `=`, then 3 string, 4 whole number, 5 dotted name, if it is one; 6 `}`.
OBJECT_ITEM: Final = pattern(
    rf'{FREE}(?:(?:({IDENT})|"({SIMPLE})")[ \t]*+(?:=(?![=>])|:(?!:))'
    rf"(?:[ \t]*+(?:{VALUE})[ \t]*+(?:,|(?=\r?\n|\#|//|\}})))?|(\}}))?"
)
OBJECT_ASSIGN: Final = rare(rf"{SKIP}(?:=(?![=>])|:(?!:))")
OBJECT_SEPARATOR: Final = pattern(rf"{SKIP}(?:,|(?=\r?\n|\#|//|\}}))")

# 1 `*`, 2 name, 3 number, after a dot.
STEP: Final = tuple(rare(rf"{blank}(?:(\*)|({IDENT})|({NUMBER}))?") for blank in (SKIP, FREE))
DOT: Final = tuple(rare(rf"{blank}\.(?!\.\.)") for blank in (SKIP, FREE))
STAR: Final = tuple(rare(rf"{blank}\*") for blank in (SKIP, FREE))
VALID_NUMBER: Final = rare(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?\Z")

QUOTED_TEXT: Final = pattern(r'(?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|[$%](?!\{))*+')
HEREDOC_LINE: Final = rare(r"(?:[^$%\r\n]++|\r(?=\n)|\$\$\{|%%\{|[$%](?!\{))*+\n?")
HEREDOC_OPEN: Final = rare(rf"<<(-?)({IDENT})\r?\n")
TEMPLATE_CLOSE: Final = pattern(rf"{FREE}(~?)\}}")

_DOUBLED: Final = when_used(r"([$%])\1\{")
_ESCAPE: Final = when_used(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|([$%])\4\{", re.DOTALL)
_SIMPLE_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def undouble(text: str) -> str:
    """Turn `$${` and `%%{` into `${` and `%{`: all the escaping heredocs and bare templates have."""
    return _DOUBLED.sub(r"\1{", text) if "{" in text else text


def unescape(text: str, offset: int) -> str:
    """Resolve the escapes of quoted text that starts at `offset`; raise Problem at one that does not exist."""

    def replace(found: re.Match[str]) -> str:
        short, long, single, doubled = found.groups()
        if doubled:
            return f"{doubled}{{"
        if single:
            if single in _SIMPLE_ESCAPES:
                return _SIMPLE_ESCAPES[single]
            raise _bad_escape(single, offset + found.start(), offset + found.end())
        code = int(short or long, 16)
        if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            message = f"U+{code:04X} is not a character that can be written in UTF-8; name another code point."
            raise Problem("invalid-escape", message, offset + found.start(), offset + found.end())
        return chr(code)

    return _ESCAPE.sub(replace, text)


def _bad_escape(symbol: str, start: int, end: int) -> Problem:
    if symbol in "uU":
        digits = "four" if symbol == "u" else "eight"
        message = f"The \\{symbol} escape must be followed by {digits} hexadecimal digits."
    else:
        message = (
            f'"\\{symbol}" is not an escape sequence. Write "\\\\{symbol}" for a backslash; '
            'known are \\n, \\r, \\t, \\", \\\\, \\uNNNN and \\UNNNNNNNN.'
        )
    return Problem("invalid-escape", message, start, end)


def canonical(text: str) -> str:
    """Return the text in Unicode's composed form (NFC), as Terraform keeps every string."""
    return text if text.isascii() else normalize("NFC", text)


def valid_name(name: str) -> bool:
    """Whether Unicode allows this as an identifier (dashes are allowed besides)."""
    return name.isascii() or name.replace("-", "_").isidentifier()


def number(text: str, start: int) -> Any:
    """Return the value of a number literal, whole ones as int; raise Problem where it is too large to hold."""
    if len(text) <= 18 and text.isdigit():
        return int(text)
    from asbuilt.sources.terraform.language.errors import EvalError
    from asbuilt.sources.terraform.language.values import number_from_text

    try:
        return number_from_text(text)
    except (EvalError, ValueError) as error:
        message = f"This number cannot be read: {error}. Write a smaller one."
        raise Problem("invalid-number", message, start, start + len(text)) from None
