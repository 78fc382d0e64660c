"""Compute with values of which some are unknown: what is known of the parts is kept in the whole.

Values are plain Python, `ABSENT` (AWS::NoValue), `Unknown` or `Sensitive` (a parameter with NoEcho).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Location, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAX_ARMS: Final = 16
MAX_TEXT: Final = 4_000_000  # characters of one string


class EvaluationError(Exception):
    """The template is wrong here: a stable code and a message."""

    def __init__(self, code: str, message: str, kind: UnknownKind = UnknownKind.ERROR) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Text(Unknown):
    """A partly known text that remembers its parts."""

    parts: tuple[Any, ...] = ()


class Partial(dict[str, Any]):
    """A mapping that something unknown adds to: what it does not have may be set all the same."""

    __slots__ = ("rest",)

    def __init__(self, items: dict[str, Any], rest: Unknown) -> None:
        super().__init__(items)
        self.rest = rest

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002
        """Return the value of a key, an Unknown where it has none."""
        return self[key] if key in self else self.rest  # noqa: SIM401 - that would ask itself


def unknowns(value: Any) -> Iterator[Unknown]:
    """Yield every Unknown in a value, outermost first."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Sensitive):
        yield from unknowns(value.value)
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, list | dict | Unknown | Sensitive):
                yield from unknowns(item)


def known(value: Any) -> bool:
    """Whether no Unknown is in a value, at any depth."""
    return next(unknowns(value), None) is None


def derived(values: Iterable[Any], type_: str = "", kind: type[Unknown] = Unknown, **more: Any) -> Unknown:
    """Make the unknown result of something computed from `values`, at least one of them unknown at some depth.

    It has the references of all, and the kind and reason of the first; a list those of the first that is no reference
    to a resource, if there is one: what is behind the references is then not all there is.
    """
    first: Unknown | None = None
    references: dict[Reference, None] = {}
    for value in values:
        for found in (value,) if isinstance(value, Unknown) else unknowns(value):
            hides = first is not None and first.kind is UnknownKind.COMPUTED is not found.kind and type_ != "string"
            first = found if first is None or hides else first
            references.update(dict.fromkeys(found.references))
            for arm in found.arms:
                for inner in unknowns(arm):
                    references.update(dict.fromkeys(inner.references))
    assert first is not None  # noqa: S101 - callers have found one
    return kind(first.kind, first.reason, first.location, tuple(references), type=type_, **more)


def unmark(value: Any) -> tuple[Any, bool]:
    """Take the sensitive mark off the top of a value; say whether there was one."""
    return (value.value, True) if isinstance(value, Sensitive) else (value, False)


def unmark_deep(value: Any) -> tuple[Any, bool]:
    """Take the sensitive marks off a value and everything in it; say whether there was any."""
    if isinstance(value, Sensitive):
        return unmark_deep(value.value)[0], True
    if isinstance(value, dict):
        pairs = {key: unmark_deep(item) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, any(marked for _, marked in pairs.values())
    if isinstance(value, list):
        items = [unmark_deep(item) for item in value]
        return [item for item, _ in items], any(marked for _, marked in items)
    return value, False


def mark(value: Any, marked: bool) -> Any:
    """Put the sensitive mark on a value, once, if `marked`."""
    return Sensitive(value) if marked and not isinstance(value, Sensitive) else value


def text_of(value: Any) -> str:
    """Write a scalar as CloudFormation hands it on: `true`, `8`, `0.5`. Raises EvaluationError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    what = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "nothing"
    raise EvaluationError("not-text", f"{what} stands where text is needed")


def concatenate(parts: Sequence[Any], between: str = "") -> Any:
    """Return the text that parts make. Raises EvaluationError for what is no text.

    An unknown part makes the result an Unknown that keeps the known text before and after.
    """
    hidden = [part for part in parts if type(part) is not str]
    if any(map(_arms_of, hidden)):
        forked = over_arms(lambda values: concatenate(values, between), list(parts))
        if forked is not None:
            return forked
    texts: list[Any] = []
    secret = False
    for at, part in enumerate(parts):
        if at and between:
            texts.append(between)
        if type(part) is str:
            texts.append(part)
            continue
        bare, marked = unmark(part)
        secret = secret or marked
        texts.append(bare if isinstance(bare, Unknown) else text_of(bare))
    if len(parts) == 1 and isinstance(texts[0], Unknown):
        return mark(texts[0], secret)
    if not any(isinstance(unmark(part)[0], Unknown) for part in hidden):
        return mark(_whole(texts), secret)
    return mark(_partly(texts), secret)


def _whole(texts: Sequence[str]) -> str:
    if sum(map(len, texts)) > MAX_TEXT:
        raise EvaluationError("text-too-long", f"a text of more than {MAX_TEXT:,} characters", UnknownKind.LIMIT)
    return "".join(texts)


def _partly(texts: list[Any]) -> Unknown:
    structure: Any = ABSENT
    first = next((text for text in texts if not isinstance(text, str) or text.strip()), "")
    if isinstance(first, str) and first.lstrip()[:1] in {"{", "["}:
        from asbuilt.sources.terraform.language.partial import json_structure
        from asbuilt.sources.terraform.language.values import to_plain

        structure = to_plain(json_structure(texts))
    ends = {"prefix": _end(texts), "suffix": _end(texts, last=True)}
    hidden = [text for text in texts if type(text) is not str]
    return derived(hidden, "string", Text, structure=structure, parts=tuple(texts), **ends)


def _end(texts: Sequence[Any], last: bool = False) -> str:
    """Return the known text at one end."""
    found: list[str] = []
    for text in reversed(texts) if last else texts:
        if isinstance(text, Unknown):
            found.append(text.suffix if last else text.prefix)
            break
        found.append(text)
    return _whole(found[::-1] if last else found)


def over_arms(compute: Callable[[list[Any]], Any], arguments: list[Any]) -> Any:
    """Return `compute` for each arm of the one argument that has arms, or None where that does not apply.

    The result is an Unknown with the results as its arms, or the one value that all arms lead to.
    """
    places = [at for at, value in enumerate(arguments) if _arms_of(value)]
    if len(places) != 1:
        return None
    at = places[0]
    bare, secret = unmark(arguments[at])
    results: list[Any] = []
    for arm in bare.arms:
        try:
            results.append(compute([*arguments[:at], mark(arm, secret), *arguments[at + 1 :]]))
        except EvaluationError as error:
            results.append(Unknown(error.kind, error.message, bare.location))
    return join_arms(bare, results)


def _arms_of(value: Any) -> tuple[Any, ...]:
    inner = unmark(value)[0]
    return inner.arms if isinstance(inner, Unknown) and len(inner.arms) <= MAX_ARMS else ()


def join_arms(why: Unknown, results: Sequence[Any]) -> Any:
    """Return one value for several possible ones: themselves where all are the same, else an Unknown with arms.

    Mappings that may be one of two are a mapping whose entries may be: what they have in common is known.
    """
    spread: list[Any] = []
    secret = False
    for result in results:
        bare, marked = unmark(result)
        secret = secret or marked
        spread.extend(bare.arms if isinstance(bare, Unknown) and bare.arms else (bare,))
    if all(map(known, spread)) and all(_same(item, spread[0]) for item in spread[1:]):
        return mark(spread[0], secret)
    found = [inner for item in spread for inner in unknowns(item)]
    references = tuple(dict.fromkeys(ref for inner in (why, *found) for ref in inner.references))
    text = all(isinstance(item, str) or (isinstance(item, Unknown) and item.type == "string") for item in spread)
    return mark(
        replace(
            why,
            references=references,
            exact=False,
            arms=tuple(spread),
            prefix="",
            suffix="",
            structure=_structure(why, spread),
            type="string" if text else "",
        ),
        secret,
    )


def _structure(why: Unknown, arms: Sequence[Any]) -> Any:
    """Return the tree of what mappings (or lists of one length) have at each place."""
    if all(isinstance(arm, dict) for arm in arms):
        keys = dict.fromkeys(key for arm in arms for key in arm)
        return {key: join_arms(why, [arm.get(key, ABSENT) for arm in arms]) for key in keys}
    if all(isinstance(arm, list) and len(arm) == len(arms[0]) for arm in arms):
        return [join_arms(why, items) for items in zip(*arms, strict=True)]
    return ABSENT


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def reference(key: str, address: str, attribute: str, location: Location | None = None) -> Unknown:
    """Return the Unknown for what a resource has only once it is made."""
    shown = address if attribute == "Ref" else f"{address}.{attribute}"
    reason = f"{shown} is known after deployment"
    return Unknown(UnknownKind.COMPUTED, reason, location, (Reference(key, attribute),), exact=True, type="string")
