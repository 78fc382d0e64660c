"""Write a parsed RE2 pattern the way Python's `re` means the same, and estimate what backtracking may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asbuilt.sources.terraform.functions.re2_classes import Ranges
    from asbuilt.sources.terraform.functions.re2_parser import Node

_ASSERT = {
    "begin": r"\A",
    "end": r"\Z",
    "line_begin": r"(?m:^)",
    "line_end": r"(?m:$)",
    "word": r"(?a:\b)",
    # Python's \B does not match in the empty text; RE2's does.
    "not_word": r"(?:(?a:\B)|\A\Z)",
}
_MAX = 10**12


def to_python(node: Node) -> str:
    """Return the pattern in Python's syntax."""
    if node.kind == "set":
        text = _set(node.ranges)
        return f"(?i:{text})" if node.fold else text
    if node.kind == "assert":
        return _ASSERT[node.name]
    if node.kind == "seq":
        return "".join(to_python(part) for part in node.parts)
    if node.kind == "alt":
        return "(?:" + "|".join(to_python(part) for part in node.parts) + ")"
    if node.kind == "group":
        return f"{'(' if node.number else '(?:'}{to_python(node.parts[0])})"
    high = "" if node.high is None else str(node.high)
    return f"(?:{to_python(node.parts[0])}){{{node.low},{high}}}{'' if node.greedy else '?'}"


def _set(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\x00-\U0010ffff]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _char(ranges[0][0])
    return "[" + "".join(_char(low) if low == high else f"{_char(low)}-{_char(high)}" for low, high in ranges) + "]"


def _char(code: int) -> str:
    char = chr(code)
    return char if char.isascii() and char.isalnum() else f"\\U{code:08x}"


def cost(node: Node, length: int) -> int:
    """Return an upper estimate of the steps a search over `length` characters takes when it backtracks."""
    return min((length + 1) * _ways(node, length + 1), _MAX)


def _ways(node: Node, length: int) -> int:
    """Return in how many ways a part can match from one position."""
    if node.kind in {"set", "assert"}:
        return 1
    if node.kind == "alt":
        return min(sum(_ways(part, length) for part in node.parts), _MAX)
    if node.kind != "repeat":
        ways = 1
        for part in node.parts:
            ways = min(ways * _ways(part, length), _MAX)
        return ways
    inner = _ways(node.parts[0], length)
    times = length if node.high is None else node.high - node.low + 1
    if inner == 1:
        return times
    # Each round multiplies the ways of the one before.
    rounds = min(length if node.high is None else node.high, 64)
    return min(times * int(inner**rounds), _MAX)
