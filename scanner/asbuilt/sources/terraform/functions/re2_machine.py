"""Run a parsed pattern in linear time: Pike's machine, which walks all ways through the pattern at once.

Used where Python's backtracking could take forever. Threads are kept in the order of their preference, so that the
result is the same as that of backtracking (and of Go).
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.language.errors import LimitError

if TYPE_CHECKING:
    from asbuilt.sources.terraform.functions.re2_parser import Node

MAX_STEPS = 5_000_000
MAX_PROGRAM = 20_000
Program = list[tuple[Any, ...]]


def run(tree: Node, groups: int, text: str, start: int) -> list[tuple[int, int]] | None:
    """Return the spans of the leftmost match from `start` on. Raises LimitError past the bound on steps."""
    program: Program = []
    _emit(tree, program)
    program.append(("match",))
    best: tuple[int, ...] | None = None
    current: list[tuple[int, tuple[int, ...]]] = []
    steps = 0
    empty = (-1,) * (2 * groups + 2)
    for at in range(start, len(text) + 1):
        seen: set[int] = set()
        threads: list[tuple[int, tuple[int, ...]]] = []
        for place, slots in current:
            _follow(program, place, slots, text, at, seen, threads)
        if best is None:
            _follow(program, 0, (at, *empty[1:]), text, at, seen, threads)
        if not threads and best is not None:
            break
        steps += len(seen) + 1
        if steps > MAX_STEPS:
            raise LimitError("a regular expression that takes too long")
        current = []
        for place, slots in threads:
            operation = program[place]
            if operation[0] == "match":
                best = (slots[0], at, *slots[2:])
                break
            if at < len(text) and _accepts(operation, text[at]):
                current.append((place + 1, slots))
    if best is None:
        return None
    return [(best[k], best[k + 1]) if best[k + 1] >= 0 else (-1, -1) for k in range(0, len(best), 2)]


def _emit(node: Node, program: Program) -> None:
    if len(program) > MAX_PROGRAM:
        raise LimitError("a regular expression that is too large")
    if node.kind == "set":
        ranges = sorted(node.ranges)
        program.append(("set", [low for low, _ in ranges], _running_high(ranges), node.fold))
    elif node.kind == "assert":
        program.append(("assert", node.name))
    elif node.kind == "seq":
        for part in node.parts:
            _emit(part, program)
    elif node.kind == "group":
        if node.number:
            program.append(("save", 2 * node.number))
        _emit(node.parts[0], program)
        if node.number:
            program.append(("save", 2 * node.number + 1))
    elif node.kind == "alt":
        _emit_alternatives(node, program)
    else:
        _emit_repeat(node, program)


def _running_high(ranges: list[tuple[int, int]]) -> list[int]:
    highs: list[int] = []
    for _, high in ranges:
        highs.append(max(high, highs[-1]) if highs else high)
    return highs


def _emit_alternatives(node: Node, program: Program) -> None:
    jumps = []
    for part in node.parts[:-1]:
        split = len(program)
        program.append(())
        _emit(part, program)
        jumps.append(len(program))
        program.append(())
        program[split] = ("split", split + 1, len(program))
    _emit(node.parts[-1], program)
    for jump in jumps:
        program[jump] = ("jump", len(program))


def _emit_repeat(node: Node, program: Program) -> None:
    inner = node.parts[0]
    for _ in range(node.low):
        _emit(inner, program)
    if node.high is None:
        split = len(program)
        program.append(())
        _emit(inner, program)
        program.append(("jump", split))
        first, second = split + 1, len(program)
        program[split] = ("split", first, second) if node.greedy else ("split", second, first)
        return
    splits = []
    for _ in range(node.high - node.low):
        splits.append(len(program))
        program.append(())
        _emit(inner, program)
    for split in splits:
        first, second = split + 1, len(program)
        program[split] = ("split", first, second) if node.greedy else ("split", second, first)


def _follow(
    program: Program,
    place: int,
    slots: tuple[int, ...],
    text: str,
    at: int,
    seen: set[int],
    threads: list[tuple[int, tuple[int, ...]]],
) -> None:
    """Add what can be reached from `place` without reading a character, most preferred first."""
    stack = [(place, slots)]
    while stack:
        place, slots = stack.pop()
        if place in seen:
            continue
        seen.add(place)
        operation = program[place]
        kind = operation[0]
        if kind == "jump":
            stack.append((operation[1], slots))
        elif kind == "split":
            stack.append((operation[2], slots))
            stack.append((operation[1], slots))
        elif kind == "save":
            slot = operation[1]
            stack.append((place + 1, (*slots[:slot], at, *slots[slot + 1 :])))
        elif kind == "assert":
            if _holds(operation[1], text, at):
                stack.append((place + 1, slots))
        else:
            threads.append((place, slots))


def _holds(name: str, text: str, at: int) -> bool:
    if name == "begin":
        return at == 0
    if name == "end":
        return at == len(text)
    if name == "line_begin":
        return at == 0 or text[at - 1] == "\n"
    if name == "line_end":
        return at == len(text) or text[at] == "\n"
    edge = (at > 0 and _word(text[at - 1])) != (at < len(text) and _word(text[at]))
    return edge == (name == "word")


def _word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _accepts(operation: tuple[Any, ...], char: str) -> bool:
    _, lows, highs, fold = operation
    for each in {char, char.lower(), char.upper()} if fold else (char,):
        if len(each) == 1:
            at = bisect_right(lows, ord(each)) - 1
            if at >= 0 and ord(each) <= min(highs[at], sys.maxunicode):
                return True
    return False
