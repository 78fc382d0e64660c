"""The patterns of `fileset`: `*`, `?`, `**`, `[a-z]`, `{a,b}`, as the doublestar library reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.sources.terraform.language.errors import EvalError, LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PATTERN = 1000


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a predicate over relative paths. Raises EvalError for a broken pattern."""
    if len(pattern) > MAX_PATTERN or pattern.count("*") > 20:
        raise LimitError("a file pattern that is too long")
    text, at = _translate(pattern, 0, inside=False)
    if at < len(pattern):
        raise EvalError(f"failed to glob pattern {pattern}: syntax error in pattern")
    compiled = re.compile(text + r"\Z", re.DOTALL)
    return lambda name: compiled.match(name) is not None


def _translate(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            parts.append("(?:[^/]+/)*")
            at += 3
        elif pattern.startswith("**", at) and (at == 0 or pattern[at - 1] == "/"):
            parts.append(".*")
            at += 2
        elif char == "*":
            parts.append("[^/]*")
            at += 1
        elif char == "?":
            parts.append("[^/]")
            at += 1
        elif char == "[":
            text, at = _class(pattern, at)
            parts.append(text)
        elif char == "{":
            text, at = _alternatives(pattern, at + 1)
            parts.append(text)
        elif inside and char in ",}":
            break
        else:
            if char == "\\" and at + 1 < len(pattern):
                at += 1
                char = pattern[at]
            parts.append(re.escape(char))
            at += 1
    return "".join(parts), at


def _alternatives(pattern: str, at: int) -> tuple[str, int]:
    options: list[str] = []
    while True:
        text, at = _translate(pattern, at, inside=True)
        options.append(text)
        if at >= len(pattern):
            raise EvalError(f"failed to glob pattern {pattern}: syntax error in pattern")
        at += 1
        if pattern[at - 1] == "}":
            return "(?:" + "|".join(options) + ")", at


def _class(pattern: str, at: int) -> tuple[str, int]:
    end = pattern.find("]", at + 2)
    if end < 0:
        raise EvalError(f"failed to glob pattern {pattern}: syntax error in pattern")
    inner = pattern[at + 1 : end]
    negated = inner[:1] == "^"
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner[negated:])
    return f"(?!/)[{'^' if negated else ''}{body}]", end + 1
