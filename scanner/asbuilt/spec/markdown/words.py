"""Read values out of words: numbers with units, ranges of CIDR blocks, lists, yes and no.

A text that says none of what is asked for gives None (or nothing); no value is ever guessed.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

NUMBER: Final = r"(?<!\d)\d{1,12}(?:[.,]\d{1,6})?"
_WORDS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen"),
)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(
    rf"({NUMBER})[\s-]*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)\b", re.IGNORECASE
)
_CIDR = r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}"
_RANGE = re.compile(rf"({_CIDR})\s*(?:-|\u2013|\u2014|to|through|…|\.\.\.?)\s*({_CIDR})")
_YES = re.compile(
    r"\b(?:yes|enabled?|on|true|required|automatic(?:ally)?|always|active|activated|mandatory)\b", re.IGNORECASE
)
_NO = re.compile(r"\b(?:no|not|disabled?|off|false|never|none|without|manual(?:ly)?)\b", re.IGNORECASE)
MOST_BLOCKS: Final = 256


def digits(text: str) -> str:
    """Write the numbers of a text in digits: `three minutes` becomes `3 minutes`."""
    pattern = rf"\b({'|'.join(_WORDS)})\b"
    return re.sub(pattern, lambda match: str(_WORDS.index(match[1].lower())), text, flags=re.IGNORECASE)


def number(text: str) -> float | int | None:
    """Return the first number of a text, as it is meant: 1,024 and 1024 are one, 0.5 stays a half."""
    match = re.search(r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,4}\b|\d{1,12}(?!\d)(?:\.\d{1,6})?)", digits(text))
    if match is None:
        return None
    found = float(match[0].replace(",", ""))
    return int(found) if found == int(found) else found


def percent(text: str) -> float | int | None:
    """Return the first percentage of a text."""
    match = re.search(rf"({NUMBER})\s*(?:%|percent|per cent)", digits(text))
    return number(match[1]) if match else None


def seconds(text: str) -> float | int | None:
    """Return the first duration of a text in seconds; `per minute` counts as one minute."""
    match = _DURATION.search(re.sub(r"\b(?:per|a|an|each|every|/)\s*(minute|hour|second|day)\b", r"1 \1", digits(text)))
    if match is None:
        return None
    found = float(match[1].replace(",", ".")) * _SECONDS[match[2][0].lower()]
    return int(found) if found == int(found) else found


def days(text: str) -> int | None:
    """Return the first duration of a text that is in days, weeks, months of 30 days or years of 365."""
    match = re.search(rf"({NUMBER})[\s-]*(days?|d|weeks?|months?|years?)\b", digits(text), re.IGNORECASE)
    if match is None:
        return None
    size = {"d": 1, "w": 7, "m": 30, "y": 365}[match[2][0].lower()]
    return int(float(match[1].replace(",", ".")) * size)


def cpu_units(text: str, header: str = "") -> int | None:
    """Return CPU units: `512`, `0.5 vCPU`; a bare number of 64 or less can only be vCPU."""
    found = number(text)
    if found is None:
        return None
    virtual = re.search(r"v\s?cpu|cores?", f"{text} {header}", re.IGNORECASE) and found <= 64
    return int(found * 1024) if virtual or found <= 64 else int(found)


def mebibytes(text: str, header: str = "") -> int | None:
    """Return MiB: `4096 MB`, `2 GB`; without a unit the header's, else MiB from 128 up."""
    found = number(text)
    unit = re.search(r"\b\d*\s*([gm])i?b?\b", text, re.IGNORECASE) or re.search(r"\b([gm])i?b\b", header, re.IGNORECASE)
    if found is None or (unit is None and found < 128):
        return None
    return int(found * 1024) if unit is not None and unit[1].lower() == "g" else int(found)


def blocks(text: str) -> tuple[str, ...] | None:
    """Return the CIDR blocks a text names, `a - b` being every block of that size from a to b; None where it errs."""
    found: list[str] = []
    position = 0
    for match in re.finditer(rf"{_RANGE.pattern}|{_CIDR}", text):
        if re.search(r"\d\.\d", text[position : match.start()]):
            return None
        position = match.end()
        between = _between(match[1], match[2]) if match[1] else [match[0]]
        if between is None:
            return None
        found += between
    return tuple(found)


def _between(first: str, last: str) -> list[str] | None:
    try:
        start, end = ipaddress.IPv4Network(first), ipaddress.IPv4Network(last)
    except ValueError:
        return None
    step = start.num_addresses
    count = (int(end.network_address) - int(start.network_address)) // step + 1
    if start.prefixlen != end.prefixlen or not 0 < count <= MOST_BLOCKS:
        return None
    return [str(ipaddress.IPv4Network((int(start.network_address) + n * step, start.prefixlen))) for n in range(count)]


def truth(text: str) -> bool | None:
    """Return whether a text says yes or no; None where it says neither, or both."""
    yes, no = bool(_YES.search(text)), bool(_NO.search(text))
    return yes if yes != no else None


def pieces(text: str) -> list[str]:
    """Split a text at commas, semicolons and `and`, outside of parentheses."""
    found, depth, current = [], 0, ""
    for part in re.split(r"(\(|\)|,(?!\d{3}\b)|;|\band\b|\n)", text):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth <= 0 and part in (",", ";", "and", "\n"):
            found.append(current)
            current = ""
        else:
            current += part
    return [piece.strip() for piece in (*found, current) if piece.strip()]


def bare(text: str) -> str:
    """Return a text without what stands in parentheses."""
    return " ".join(re.sub(r"\([^)]*\)", " ", text).split())


def slug(text: str) -> str:
    """Return a name for a text: lower case, words joined with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", bare(text).lower()).strip("-")


def sentence_case(text: str) -> str:
    """Write a title as in a sentence: `Critical Services` becomes `Critical services`; `API` stays."""
    words = bare(text).split()
    return " ".join(w if n == 0 or w[1:] != w[1:].lower() else w.lower() for n, w in enumerate(words))
