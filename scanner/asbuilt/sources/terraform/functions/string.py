"""Strings: `upper`, `join`, `replace`, `substr`, and the like."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions import graphemes
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.numbers import BigFloat
from asbuilt.sources.terraform.language.operators import MAX_TEXT, partly_known
from asbuilt.sources.terraform.language.typesys import STRING
from asbuilt.sources.terraform.language.values import EvalError, LimitError, ListValue, derived, is_wholly_known

if TYPE_CHECKING:
    from asbuilt.sources.terraform.language.numbers import Number

# Go's unicode.IsSpace, which `trimspace` uses.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


def bounded(text: str) -> str:
    """Return a string in Terraform's normal form. Raises LimitError where it has grown too long."""
    if len(text) > MAX_TEXT:
        raise LimitError(f"a string of more than {MAX_TEXT} characters")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def whole(number: Number, name: str) -> int:
    """Return a number that must be whole."""
    if isinstance(number, BigFloat):
        raise EvalError(f'Invalid value for "{name}" parameter: value must be a whole number.')
    return number


@function("upper(str: string) string")
def upper(text: str) -> str:
    """Map each character to upper case (Go maps characters one to one)."""
    return text.upper() if text.isascii() else bounded("".join(_single(c, c.upper()) for c in text))


@function("lower(str: string) string")
def lower(text: str) -> str:
    """Map each character to lower case."""
    return text.lower() if text.isascii() else bounded("".join(_single(c, c.lower()) for c in text))


def _single(char: str, mapped: str) -> str:
    return mapped if len(mapped) == 1 else ("i" if char == "\u0130" else char)


@function("title(str: string) string")
def title(text: str) -> str:
    """Make the first letter of each word a capital, leaving the others."""
    result, before = [], " "
    for char in text:
        result.append(_single(char, char.title()) if _separates(before) else char)
        before = char
    return bounded("".join(result))


def _separates(char: str) -> bool:
    """Go's `isSeparator` in `strings.Title`."""
    if char.isascii():
        return not (char.isalnum() or char == "_")
    category = unicodedata.category(char)
    return category[0] != "L" and category != "Nd" and char in _SPACE


@function("chomp(str: string) string")
def chomp(text: str) -> str:
    """Take newlines off the end."""
    return text.rstrip("\r\n")


@function("trimspace(str: string) string")
def trimspace(text: str) -> str:
    """Take white space off both ends."""
    return text.strip(_SPACE)


@function("trim(str: string, cutset: string) string")
def trim(text: str, cutset: str) -> str:
    """Take the given characters off both ends."""
    return text.strip(cutset) if cutset else text


@function("trimprefix(str: string, prefix: string) string")
def trimprefix(text: str, prefix: str) -> str:
    """Take a prefix off."""
    return text.removeprefix(prefix)


@function("trimsuffix(str: string, suffix: string) string")
def trimsuffix(text: str, suffix: str) -> str:
    """Take a suffix off."""
    return text.removesuffix(suffix)


@function("startswith(str: string~, prefix: string) bool")
def startswith(text: Any, prefix: str) -> Any:
    """Tell whether a string begins so; a partly known one may be enough."""
    if isinstance(text, Unknown):
        return _known_or(text, prefix, text.prefix[: len(prefix)], whole_length=len(text.prefix) >= len(prefix))
    return text.startswith(prefix)


@function("endswith(str: string~, suffix: string) bool")
def endswith(text: Any, suffix: str) -> Any:
    """Tell whether a string ends so; a partly known one may be enough."""
    if isinstance(text, Unknown):
        known = text.suffix[-len(suffix) :] if suffix else ""
        return _known_or(text, suffix, known, whole_length=len(text.suffix) >= len(suffix))
    return text.endswith(suffix)


def _known_or(text: Unknown, wanted: str, known: str, *, whole_length: bool) -> Any:
    return known == wanted if whole_length else derived([text], "bool")


@function("strcontains(str: string, substr: string) bool")
def strcontains(text: str, part: str) -> bool:
    """Tell whether a string contains another."""
    return part in text


@function("strrev(str: string) string")
def strrev(text: str) -> str:
    """Turn a string round."""
    return bounded("".join(reversed(graphemes.clusters(text))))


@function("substr(str: string, offset: number, length: number) string")
def substr(text: str, offset: Number, length: Number) -> str:
    """Cut a part out; a negative offset counts from the end, a length of -1 takes all the rest."""
    start, size = whole(offset, "offset"), whole(length, "length")
    parts = graphemes.clusters(text)
    if start < 0:
        start += len(parts)
        if start < 0:
            start = 0
    if start > len(parts) or size == 0:
        return ""
    end = len(parts) if size < 0 else start + size
    return "".join(parts[start:end])


@function("indent(spaces: number, str: string) string")
def indent(spaces: Number, text: str) -> str:
    """Indent all lines but the first."""
    count = whole(spaces, "spaces")
    if count < 0 or count * (text.count("\n") + 1) > MAX_TEXT:
        raise LimitError(f"an indentation by {count}")
    return bounded(text.replace("\n", "\n" + " " * count))


@function("join(separator: string, lists...: list(string)~) string")
def join(separator: str, *lists: Any) -> Any:
    """Join the elements of one or more lists of strings."""
    if not lists:
        raise EvalError("at least one list is required")
    if any(isinstance(each, Unknown) for each in lists):
        return derived(lists, STRING)
    items = [item for each in lists for item in each]
    for at, item in enumerate(items):
        if item is None:
            raise EvalError(f"element {at} is null; cannot concatenate null values")
    if is_wholly_known(items):
        if sum(map(len, items)) + len(separator) * len(items) > MAX_TEXT:
            raise LimitError(f"a string of more than {MAX_TEXT} characters")
        return bounded(separator.join(items))
    texts = [part for item in items for part in (separator, item)][1:]
    return partly_known(texts)


@function("split(separator: string, str: string) list(string)")
def split(separator: str, text: str) -> ListValue:
    """Split a string; an empty separator splits between characters."""
    return ListValue(text.split(separator) if separator else list(text), STRING)


@function("replace(str: string, substr: string, replace: string) string")
def replace(text: str, part: str, new: str) -> str:
    """Replace all occurrences; a part between slashes is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        from asbuilt.sources.terraform.functions import re2

        return bounded(re2.replace_all(part[1:-1], text, new, MAX_TEXT))
    if len(new) > len(part) and (text.count(part) if part else len(text) + 1) * len(new) + len(text) > MAX_TEXT:
        raise LimitError(f"a string of more than {MAX_TEXT} characters")
    return bounded(text.replace(part, new))


@function("regex(pattern: string, string: string) any")
def regex(pattern: str, text: str) -> Any:
    """Return the first match: a string, or its groups as a tuple or an object."""
    from asbuilt.sources.terraform.functions import re2

    compiled = re2.compile_pattern(pattern)
    found = compiled.search(text)
    if found is None:
        raise EvalError("pattern did not match any part of the given string")
    return compiled.captures((text, found))


@function("regexall(pattern: string, string: string) list(any)")
def regexall(pattern: str, text: str) -> ListValue:
    """Return all matches."""
    from asbuilt.sources.terraform.functions import re2
    from asbuilt.sources.terraform.language.values import get_type

    compiled = re2.compile_pattern(pattern)
    found = [compiled.captures(match) for match in compiled.find_all(text)]
    return ListValue(found, compiled.type if compiled.type is not None else get_type(found[0]))
