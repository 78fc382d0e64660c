"""Where to go on after a syntax error: one bad block or attribute costs only itself.

The first choice is the end of the line on which all brackets of the broken item are closed again. Since the error may
be a bracket or quote that is never closed, the layout has a say: a line that is indented no deeper than the broken item
and looks like an item itself ends it.
"""

from __future__ import annotations

import re
from typing import Final

from asbuilt.patterns import when_used
from asbuilt.sources.terraform.parsing.lexer import IDENT

_INTERESTING: Final = when_used(
    r'[^"{}()\[\]\n#/<]*+(?:("(?:[^"\\\n]|\\.)*+"?)|(\#[^\n]*+|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/)'
    rf"|<<-?({IDENT})\r?\n|(\n)|([{{(\[])|([}})\]])|.|\Z)"
)
_LOOKS_LIKE_ITEM: Final = when_used(
    rf'([ \t]*)(?:{IDENT}[ \t]*=(?![=>])|{IDENT}(?:[ \t]+(?:"[^"\n]*"|{IDENT}))*[ \t]*\{{|(\}}))'
)
_FAR: Final = 1_000_000  # characters: no item is longer than this
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}


def line_start(text: str, at: int) -> int:
    """Return where the line of an offset begins."""
    return text.rfind("\n", 0, at) + 1


def indent(text: str, at: int) -> int:
    """Return how many characters stand before an offset's first visible one on its line."""
    line = text[line_start(text, at) : at]
    return len(line) - len(line.lstrip(" \t"))


def resync(text: str, start: int, error: int) -> int:
    """Return where to read on when the item at `start` broke at `error`: a line's end, a `}`, or the text's end."""
    own = indent(text, start)
    closers: list[str] = []
    pos = start
    fallback = -1
    while pos < start + _FAR and (found := _INTERESTING.match(text, pos)) and found.end() > pos:
        pos = found.end()
        kind = found.lastindex
        if kind == 3:
            closing = re.compile(rf"^[ \t]*{re.escape(found[3])}[ \t]*\r?$", re.MULTILINE).search(text, pos)
            if closing is None:
                return _by_layout(text, pos - 1, own)
            pos = closing.end()
        elif kind == 4:
            if (pos > error and not closers) or _begins_item(text, pos, own):
                return pos - 1
            if fallback < 0 and pos > error:
                fallback = pos - 1
        elif kind == 5:
            closers.append(_CLOSERS[found[5]])
        elif kind == 6 and not _close(closers, found[6]) and found[6] == "}" and pos > error:
            return pos - 1
    if fallback >= 0 and (closers or pos < len(text)):
        return fallback
    end = text.find("\n", pos)
    return end if end >= 0 else len(text)


def _close(closers: list[str], closer: str) -> bool:
    """Close down to the bracket that matches; False where none is open."""
    if closer not in closers:
        return False
    while closers.pop() != closer:
        pass
    return True


def _by_layout(text: str, pos: int, own: int) -> int:
    """Return the end of the last line before one that looks like an item."""
    while pos >= 0:
        if _begins_item(text, pos + 1, own):
            return pos
        pos = text.find("\n", pos + 1)
    return len(text)


def _begins_item(text: str, pos: int, own: int) -> bool:
    found = _LOOKS_LIKE_ITEM.match(text, pos)
    if found is None:
        return False
    depth = len(found[1])
    return depth < own if found[2] else depth <= own
