"""Points in time: `formatdate`, `timeadd`, `timecmp`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from asbuilt.patterns import when_used
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.values import EvalError, UnsupportedError

_TIMESTAMP = when_used(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:(Z)|([+-])(\d\d):(\d\d))\Z", re.ASCII
)
_DURATION_PART = when_used(r"(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {
    "ns": 1,
    "us": 1000,
    "\u00b5s": 1000,
    "\u03bcs": 1000,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_TOKEN = when_used(r"'((?:[^']|'')*)'|([A-Za-z])\2*|'|[^A-Za-z']+")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def parse_timestamp(text: str) -> tuple[datetime, int]:
    """Return a point in time to the second, and its nanoseconds. Raises EvalError for what is not RFC 3339."""
    match = _TIMESTAMP.match(text)
    if match is None:
        what = "missing required time introducer 'T'" if "T" not in text else "cannot be read"
        raise EvalError(f"not a valid RFC3339 timestamp: {what}")
    year, month, day, hour, minute, second = (int(match[at]) for at in range(1, 7))
    offset = 0
    if match[9]:
        hours, minutes = int(match[10]), int(match[11])
        if hours > 23 or minutes > 59:
            raise EvalError("not a valid RFC3339 timestamp: cannot be read")
        offset = (hours * 60 + minutes) * (-1 if match[9] == "-" else 1)
    if not year:
        raise UnsupportedError("the year 0")
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(timedelta(minutes=offset)))
    except ValueError as error:
        raise EvalError(f"not a valid RFC3339 timestamp: {error}") from None
    return moment, int((match[7] or "")[:9].ljust(9, "0"))


def parse_duration(text: str) -> int:
    """Return Go's notation of a duration (`1h30m`) in nanoseconds."""
    rest = text[1:] if text[:1] in {"+", "-"} else text
    if rest == "0":
        return 0
    total = at = 0
    while at < len(rest):
        match = _DURATION_PART.match(rest, at)
        if match is None or not (match[1] or match[2]):
            unit = re.match(r"[\d.]+([^\d.]+)", rest[at:])
            if unit:
                raise EvalError(f'time: unknown unit "{unit[1]}" in duration "{text}"')
            what = "missing unit in duration" if re.match(r"[\d.]+\Z", rest[at:]) else "invalid duration"
            raise EvalError(f'time: {what} "{text}"')
        scale = _NANOSECONDS[match[3]]
        fraction = match[2] or ""
        total += int(match[1] or 0) * scale + int(fraction or 0) * scale // 10 ** len(fraction)
        at = match.end()
    if not rest or total >= 1 << 63:
        raise EvalError(f'time: invalid duration "{text}"')
    return -total if text.startswith("-") else total


def _zone(moment: datetime, separator: str) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02d}{separator}{minutes % 60:02d}"


@function("timeadd(timestamp: string, duration: string) string")
def timeadd(timestamp: str, duration: str) -> str:
    """Add a duration."""
    moment, nanoseconds = parse_timestamp(timestamp)
    try:
        moment += timedelta(seconds=(nanoseconds + parse_duration(duration)) // 10**9)
    except OverflowError:
        raise UnsupportedError("a time after the year 9999") from None
    zone = "Z" if not moment.utcoffset() else _zone(moment, ":")
    return moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%S") + zone


@function("timecmp(timestamp_a: string, timestamp_b: string) number")
def timecmp(first: str, second: str) -> int:
    """Compare two points in time: -1, 0 or 1."""
    left, right = parse_timestamp(first), parse_timestamp(second)
    return (left > right) - (left < right)


@function("formatdate(format: string, time: string) string")
def formatdate(template: str, time: str) -> str:
    """Write a point in time under verbs such as `YYYY` and `hh`; text between quotes stays."""
    moment, _ = parse_timestamp(time)
    parts: list[str] = []
    for token in _TOKEN.finditer(template):
        if token[1] is not None:
            parts.append(token[1].replace("''", "'") or "")
        elif token[2]:
            parts.append(_verb(token[0], moment))
        elif token[0] == "'":
            raise EvalError("unterminated literal '")
        else:
            parts.append(token[0])
    return "".join(parts)


def _verb(verb: str, moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    half = "pm" if moment.hour >= 12 else "am"
    zero = not moment.utcoffset()
    known = {
        "YYYY": f"{moment.year:04d}", "YY": f"{moment.year % 100:02d}",
        "MMMM": _MONTHS[moment.month - 1], "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02d}", "M": str(moment.month),
        "DD": f"{moment.day:02d}", "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()], "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02d}", "h": str(moment.hour), "HH": f"{hour:02d}", "H": str(hour),
        "AA": half.upper(), "aa": half,
        "mm": f"{moment.minute:02d}", "m": str(moment.minute), "ss": f"{moment.second:02d}", "s": str(moment.second),
        "ZZZZZ": _zone(moment, ":"), "ZZZZ": _zone(moment, ""), "ZZZ": "UTC" if zero else _zone(moment, ""),
        "Z": "Z" if zero else _zone(moment, ":"),
    }  # fmt: skip
    if verb not in known:
        raise EvalError(f'invalid date format verb "{verb}"')
    return known[verb]
