r"""Regular expressions with the syntax and meaning of Go's `regexp` (RE2).

Patterns are parsed here, so that what RE2 rejects (look-around, back-references, nested repetition) is rejected and
what differs from Python (`$`, `\s`, `\z`, named classes, flags in the middle) is written the way Python means it. RE2
never takes more than linear time; Python may. A pattern that could blow up on the given text runs on a machine of our
own that is linear too (`re2_machine`), with a bound on its steps.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.functions.re2_machine import run
from asbuilt.sources.terraform.functions.re2_parser import Node, parse
from asbuilt.sources.terraform.functions.re2_python import cost, to_python
from asbuilt.sources.terraform.language.errors import LimitError
from asbuilt.sources.terraform.language.typesys import STRING, Type, object_of, tuple_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Spans = list[tuple[int, int]]  # of the whole match, then of each group; (-1, -1) where a group took no part
MAX_INPUT = 1_000_000
_BACKTRACK_BUDGET = 20_000_000
_TEMPLATE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_compiled", "groups", "names", "tree", "type")

    def __init__(self, source: str) -> None:
        self.tree: Node
        self.tree, self.names = parse(source)
        self.groups = len(self.names)
        self._compiled = re.compile(to_python(self.tree))
        self.type = self._result_type()

    def _result_type(self) -> Type:
        if not self.groups:
            return STRING
        if all(self.names):
            return object_of({str(name): STRING for name in self.names})
        return tuple_of([STRING] * self.groups)

    def search(self, text: str, start: int = 0) -> Spans | None:
        """Return the spans of the first match from `start` on."""
        if len(text) > MAX_INPUT:
            raise LimitError(f"a regular expression over more than {MAX_INPUT} characters")
        if cost(self.tree, len(text) - start) > _BACKTRACK_BUDGET:
            return run(self.tree, self.groups, text, start)
        match = self._compiled.search(text, start)
        return list(match.regs) if match else None

    def find_all(self, text: str) -> Iterator[tuple[str, Spans]]:
        """Yield all matches; an empty one right after another match does not count (as in Go)."""
        at, last = 0, -1
        while at <= len(text):
            spans = self.search(text, at)
            if spans is None:
                return
            start, end = spans[0]
            if end > start or start != last:
                yield text, spans
            last = end
            at = end if end > start else end + 1

    def captures(self, found: Any) -> Any:
        """Return a match the way Terraform does: the whole, or a tuple or object of groups, null where one is unset."""
        text, spans = found
        texts = [text[start:end] if start >= 0 else None for start, end in spans]
        if not self.groups:
            return texts[0]
        if all(self.names):
            return dict(zip(map(str, self.names), texts[1:], strict=True))
        return texts[1:]


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> Pattern:
    """Compile a pattern. Raises EvalError for what RE2 rejects, UnsupportedError for what is not covered."""
    return Pattern(source)


def replace_all(source: str, text: str, template: str, limit: int) -> str:
    """Replace every match by a template in which `$1`, `$name` and `${name}` stand for groups."""
    pattern = compile_pattern(source)
    parts: list[str] = []
    at = size = 0
    for _, spans in pattern.find_all(text):
        start, end = spans[0]
        new = _expand(template, pattern, text, spans) if "$" in template else template
        parts += [text[at:start], new]
        size += start - at + len(new)
        if size > limit:
            raise LimitError(f"a string of more than {limit} characters")
        at = end
    return "".join(parts) + text[at:]


def _expand(template: str, pattern: Pattern, text: str, spans: Spans) -> str:
    def group(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        name = match[2] or match[3]
        if name.isdigit():
            number = int(name) if len(name) < 9 else -1
        else:
            number = pattern.names.index(name) + 1 if name in pattern.names else -1
        if not 0 <= number < len(spans) or spans[number][0] < 0:
            return ""
        return text[spans[number][0] : spans[number][1]]

    return _TEMPLATE.sub(group, template)
