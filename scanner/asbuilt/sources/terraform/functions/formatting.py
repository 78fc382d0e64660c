"""`format` and `formatlist`."""

from __future__ import annotations

import re
from typing import Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.functions.verbs import Verb, write
from asbuilt.sources.terraform.language.operators import MAX_TEXT, partly_known
from asbuilt.sources.terraform.language.typesys import STRING, list_of, type_from_text
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    ListValue,
    derived,
    is_wholly_known,
    kind_of,
    unknown,
)

_VERB = when_used(r"%([+\-# 0]*)([1-9]\d*)?(?:\.(\d+))?(?:\[([1-9]\d*)\])?(.)?", re.DOTALL | re.ASCII)
_MODES = "vtbdoxXeEfgGsq"
MAX_WIDTH = 10_000


@function("format(format: string, args...: any?~) string")
def format_(template: str, *arguments: Any) -> Any:
    """Write values into a template of verbs."""
    if any(argument is None for argument in arguments):
        # Terraform takes a bare null for a value of a type not known yet.
        return unknown(UnknownKind.ERROR, "a null value cannot be formatted", type_=STRING)
    return _format(template, list(arguments))


def parse(template: str) -> list[str | Verb]:
    """Split a template into text and verbs. Raises EvalError for what is no verb."""
    parts: list[str | Verb] = []
    at = 0
    while at < len(template):
        start = template.find("%", at)
        if start < 0:
            parts.append(template[at:])
            break
        if start > at:
            parts.append(template[at:start])
        match = _VERB.match(template, start)
        if match is None or match[5] is None:
            raise EvalError(f"invalid format string starting at offset {start + 1}")
        if match[5] == "%" and match[0] == "%%":
            parts.append("%")
        else:
            parts.append(_verb(match, start))
        at = match.end()
    return parts


def _verb(match: re.Match[str], offset: int) -> Verb:
    flags, width, precision, argument, mode = match.groups()
    if mode not in _MODES:
        if mode.isascii() and mode.isalpha():
            raise EvalError(f"unsupported format verb '{mode}' in \"{match[0]}\" at offset {offset}")
        raise EvalError(f"unrecognized format character '{mode}' at offset {match.end() - 1}")
    if any(part and (len(part) > 5 or int(part) > MAX_WIDTH) for part in (width, precision)):
        raise LimitError(f"a format width of more than {MAX_WIDTH}")
    return Verb(
        match[0],
        offset,
        flags,
        int(width or 0),
        None if precision is None else int(precision),
        int(argument) if argument else None,
        mode,
    )


def _format(template: str, arguments: list[Any]) -> Any:
    texts: list[Any] = []
    next_argument, highest, size = 1, 0, 0
    for part in parse(template):
        if isinstance(part, str):
            texts.append(part)
            continue
        number = part.argument or next_argument
        next_argument = number + 1
        highest = max(highest, number)
        if number > len(arguments):
            raise EvalError(
                f'not enough arguments for "{part.text}" at {part.offset}: need index {number} but have '
                f"{len(arguments)} total"
            )
        texts.append(_one(part, arguments[number - 1]))
        size += len(texts[-1]) if isinstance(texts[-1], str) else 0
        if size > MAX_TEXT:
            raise LimitError(f"a string of more than {MAX_TEXT} characters")
    if highest < len(arguments):
        used = f"only {highest} used by format string" if highest else "no verbs in format string"
        raise EvalError(f"too many arguments; {used}")
    if all(isinstance(text, str) for text in texts):
        return bounded("".join(texts))
    return partly_known(texts)


def _one(verb: Verb, value: Any) -> Any:
    if is_wholly_known(value):
        return write(verb, value)
    plain = verb.mode in "sv" and not verb.width and verb.precision is None and "#" not in verb.flags
    if plain and isinstance(value, Unknown) and type_from_text(value.type).kind in {"any", "string"}:
        return value
    return derived([value], STRING)


@function("formatlist(format: string, args...: any?~) list(string)")
def formatlist(template: str, *arguments: Any) -> Any:
    """Format once for every element of the lists among the arguments."""
    result = list_of(STRING)
    if any(argument is None for argument in arguments):
        return unknown(UnknownKind.ERROR, "a null value cannot be formatted", type_=result)
    unknown_lists = [
        a
        for a in arguments
        if isinstance(a, Unknown) and type_from_text(a.type).kind not in {"string", "number", "bool"}
    ]
    lists = [a for a in arguments if kind_of(a) in {"list", "set", "tuple"} and isinstance(a, list)]
    if unknown_lists:
        return derived(unknown_lists, result)
    count = len(lists[0]) if lists else 1
    for at, argument in enumerate(arguments):
        if isinstance(argument, list) and len(argument) != count:
            first = next(place for place, each in enumerate(arguments) if isinstance(each, list))
            raise EvalError(
                f"argument {at + 1} has length {len(argument)}, which is inconsistent with argument {first + 1} of "
                f"length {count}"
            )
    made: list[Any] = []
    for at in range(count):
        row = [argument[at] if isinstance(argument, list) else argument for argument in arguments]
        try:
            made.append(_format(template, row))
        except EvalError as error:
            raise type(error)(f"error on format iteration {at}: {error.message}") from None
    return ListValue(made, STRING)
