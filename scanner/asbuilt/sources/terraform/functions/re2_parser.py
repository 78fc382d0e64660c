"""Parse RE2's syntax (https://github.com/google/re2/wiki/Syntax, as Go's `regexp/syntax` accepts it)."""

from __future__ import annotations

import re
from dataclasses import field

from asbuilt.records import dataclass
from asbuilt.sources.terraform.functions.re2_classes import PERL, POSIX, Ranges, invert, unicode_class
from asbuilt.sources.terraform.language.errors import EvalError, UnsupportedError

MAX_REPEAT = 1000
MAX_DEPTH = 200
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_GROUP_NAME = re.compile(r"\(\?P?<(\w+)>", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_ESCAPES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_ASSERTIONS = {"A": "begin", "z": "end", "b": "word", "B": "not_word"}
ANY_CHAR: Ranges = ((0, 0x10FFFF),)
NOT_NEWLINE: Ranges = ((0, 9), (11, 0x10FFFF))


@dataclass(slots=True)
class Node:
    """A part of a pattern.

    `kind`: `set` (one character out of `ranges`, `fold` for either case), `assert` (`name`), `seq` and `alt` (`parts`),
    `repeat` (`parts[0]`, `low`, `high` or None, `greedy`), `group` (`parts[0]`, `number`).
    """

    kind: str
    parts: list[Node] = field(default_factory=list)
    ranges: Ranges = ()
    fold: bool = False
    name: str = ""
    low: int = 0
    high: int | None = None
    greedy: bool = True
    number: int = 0


def parse(source: str) -> tuple[Node, list[str | None]]:
    """Return the tree and the names of the groups. Raises EvalError for what RE2 rejects."""
    parser = _Parser(source)
    tree = parser.alternatives(0)
    if parser.at < len(source):
        raise _bad("unexpected )", source)
    if any(parser.names) and not all(parser.names):
        raise EvalError("invalid regexp pattern: cannot mix both named and unnamed capture groups")
    return tree, parser.names


def _bad(what: str, source: str) -> EvalError:
    return EvalError(f"invalid regexp pattern: {what} in {source}")


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.names: list[str | None] = []

    def alternatives(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _bad("expression nests too deeply", self.source[:80])
        branches = [self._sequence(depth)]
        while self.source.startswith("|", self.at):
            self.at += 1
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else Node("alt", branches)

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        repeated = ""
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            operator = self._repeat_operator()
            if operator is not None:
                low, high, text = operator
                if not parts:
                    raise _bad(f"missing argument to repetition operator: `{text}`", self.source)
                if repeated:
                    raise _bad(f"invalid nested repetition operator: `{repeated}{text}`", self.source)
                parts[-1] = self._repeat(parts[-1], low, high)
                repeated = text
                continue
            repeated = ""
            node = self._atom(depth)
            if node is not None:
                parts.append(node)
        return parts[0] if len(parts) == 1 else Node("seq", parts)

    def _repeat_operator(self) -> tuple[int, int | None, str] | None:
        char = self.source[self.at]
        if char in "*+?":
            self.at += 1
            return {"*": (0, None, "*"), "+": (1, None, "+"), "?": (0, 1, "?")}[char]
        match = _REPEAT.match(self.source, self.at) if char == "{" else None
        if match is None:
            return None
        low = int(match[1])
        high = low if match[2] is None else int(match[3]) if match[3] else None
        if low > MAX_REPEAT or (high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise _bad(f"invalid repeat count: `{match[0]}`", self.source)
        self.at = match.end()
        return low, high, match[0]

    def _repeat(self, node: Node, low: int, high: int | None) -> Node:
        lazy = self.source.startswith("?", self.at)
        self.at += lazy
        repeat = Node("repeat", [node], low=low, high=high, greedy=lazy == ("U" in self.flags))
        if _copies(repeat) > MAX_REPEAT:
            raise _bad("invalid repeat count", self.source)
        return repeat

    def _atom(self, depth: int) -> Node | None:
        char = self.source[self.at]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == ".":
            return Node("set", ranges=ANY_CHAR if "s" in self.flags else NOT_NEWLINE)
        if char == "^":
            return Node("assert", name="line_begin" if "m" in self.flags else "begin")
        if char == "$":
            return Node("assert", name="line_end" if "m" in self.flags else "end")
        return self._char(ord(char))

    def _char(self, code: int) -> Node:
        return Node("set", ranges=((code, code),), fold="i" in self.flags)

    def _group(self, depth: int) -> Node | None:
        outer = self.flags
        named = _GROUP_NAME.match(self.source, self.at)
        number = 0
        if named:
            if named[1] in self.names:
                raise _bad(f"duplicate capture group name: `{named[1]}`", self.source)
            self.names.append(named[1])
            number, self.at = len(self.names), named.end()
        elif self.source.startswith("(?", self.at):
            flags = _FLAGS.match(self.source, self.at)
            if flags is None:
                raise _bad(f"invalid or unsupported Perl syntax: `{self.source[self.at : self.at + 3]}`", self.source)
            self.at = flags.end()
            self.flags = (self.flags | set(flags[1])) - set(flags[2] or "")
            if flags[3] == ")":
                return None
        else:
            self.names.append(None)
            number, self.at = len(self.names), self.at + 1
        inner = self.alternatives(depth + 1)
        if not self.source.startswith(")", self.at):
            raise _bad("missing closing )", self.source)
        self.at += 1
        self.flags = outer
        return Node("group", [inner], number=number)

    def _escape(self) -> Node:
        self.at += 1
        if self.at >= len(self.source):
            raise _bad("trailing backslash at end of expression", self.source)
        char = self.source[self.at]
        if char in _ASSERTIONS:
            self.at += 1
            return Node("assert", name=_ASSERTIONS[char])
        if char == "Q":
            end = self.source.find("\\E", self.at + 1)
            text = self.source[self.at + 1 :] if end < 0 else self.source[self.at + 1 : end]
            self.at = len(self.source) if end < 0 else end + 2
            return Node("seq", [self._char(ord(each)) for each in text])
        ranges = self._class_escape()
        if ranges is not None:
            return Node("set", ranges=ranges, fold="i" in self.flags)
        return self._char(self._char_escape())

    def _class_escape(self) -> Ranges | None:
        """Read `d`, `pL`, `p{Greek}` and the like after a backslash; None where something else stands there."""
        char = self.source[self.at]
        if char.lower() in PERL:
            self.at += 1
            return invert(PERL[char.lower()]) if char.isupper() else PERL[char]
        if char not in "pP":
            return None
        match = re.compile(r"[pP](?:\{(\^?)(\w+)\}|(\w))").match(self.source, self.at)
        if match is None:
            raise _bad("invalid character class range", self.source)
        found = unicode_class(match[2] or match[3])
        if found is None:
            raise UnsupportedError(f"the Unicode class {match[0]} in a regular expression")
        self.at = match.end()
        return invert(found) if (char == "P") != bool(match[1]) else found

    def _char_escape(self) -> int:
        char = self.source[self.at]
        self.at += 1
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char == "x":
            match = re.compile(r"\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{2})").match(self.source, self.at)
            code = int(match[1] or match[2], 16) if match else 0x110000
            if match and code <= 0x10FFFF:
                self.at = match.end()
                return code
        elif char in "01234567":
            match = re.compile(r"[0-7]{1,3}").match(self.source, self.at - 1)
            if match and (char == "0" or len(match[0]) > 1):
                self.at = match.end()
                return int(match[0], 8)
        elif char.isascii() and not char.isalnum():
            return ord(char)
        raise _bad(f"invalid escape sequence: `\\{char}`", self.source)

    def _class(self) -> Node:
        start = self.at
        self.at += 1
        negated = self.source.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not self.source.startswith("]", self.at):
            if self.at >= len(self.source):
                raise _bad(f"missing closing ]: `{self.source[start:]}`", self.source)
            ranges.extend(self._class_item())
            first = False
        self.at += 1
        merged = tuple(sorted(ranges))
        fold = "i" in self.flags
        if negated and fold:
            merged = merged + tuple(
                (ord(c), ord(c))
                for lo, hi in merged
                if hi - lo < 512
                for x in range(lo, hi + 1)
                for c in _cases(chr(x))
            )
        return Node("set", ranges=invert(merged) if negated else merged, fold=fold and not negated)

    def _class_item(self) -> Ranges:
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.source, self.at)
        if posix:
            if posix[2] not in POSIX:
                raise _bad(f"invalid character class range: `{posix[0]}`", self.source)
            self.at = posix.end()
            return invert(POSIX[posix[2]]) if posix[1] else POSIX[posix[2]]
        if self.source[self.at] == "\\":
            self.at += 1
            if self.at >= len(self.source):
                raise _bad("trailing backslash at end of expression", self.source)
            found = self._class_escape()
            if found is not None:
                return found
            low = self._char_escape()
        else:
            low = ord(self.source[self.at])
            self.at += 1
        high = low
        if self.source.startswith("-", self.at) and self.source[self.at + 1 : self.at + 2] not in {"]", ""}:
            self.at += 1
            if self.source[self.at] == "\\":
                self.at += 1
                high = self._char_escape()
            else:
                high = ord(self.source[self.at])
                self.at += 1
            if high < low:
                raise _bad(f"invalid character class range: `{chr(low)}-{chr(high)}`", self.source)
        return ((low, high),)


def _cases(char: str) -> set[str]:
    return {each for each in (char.lower(), char.upper(), char) if len(each) == 1}


def _copies(node: Node) -> int:
    """Return how often the innermost part of nested counted repetitions is copied; RE2 bounds it."""
    inner = max((_copies(part) for part in node.parts), default=1)
    if node.kind != "repeat":
        return inner
    return inner * max(node.high if node.high is not None else node.low, 1)
