"""Write one value under one verb of `format`: Go's flags, width and precision."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any

from asbuilt.records import dataclass
from asbuilt.sources.terraform.functions import graphemes
from asbuilt.sources.terraform.functions.encoding import jsonencode, quote_json
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.numbers import BigFloat, to_text
from asbuilt.sources.terraform.language.typesys import BOOL, NUMBER, STRING
from asbuilt.sources.terraform.language.values import EvalError, is_number

_BASES = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X"}
_SHARP = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `%-08.3f` has flags `-0`, width 8, precision 3; `text` is all of it, `offset` where it stands."""

    text: str
    offset: int
    flags: str
    width: int
    precision: int | None
    argument: int | None
    mode: str


def write(verb: Verb, value: Any) -> str:
    """Return a known value as text. Raises EvalError where the verb does not take it."""
    try:
        return _write(verb, value)
    except EvalError as error:
        raise type(error)(f'unsupported value for "{verb.text}" at {verb.offset}: {error.message}') from None


def _write(verb: Verb, value: Any) -> str:
    mode = verb.mode
    if mode == "v" and "#" not in verb.flags:
        if isinstance(value, str):
            mode = "s"
        elif isinstance(value, bool):
            mode = "t"
        elif is_number(value):
            mode = "g"
    if mode == "v":
        return _pad(verb, str(jsonencode(value)))
    if value is None:
        raise EvalError("null value cannot be formatted")
    if mode == "t":
        # Go's %t pads, but Terraform writes the bare word unless the verb is %v.
        word = "true" if convert(value, BOOL) else "false"
        return _pad(verb, word) if verb.mode == "v" else word
    if mode in {"s", "q"}:
        return _text(verb, mode, value)
    number = convert(value, NUMBER)
    return _integer(verb, number) if mode in _BASES else _float(verb, mode, number)


def _text(verb: Verb, mode: str, value: Any) -> str:
    if isinstance(value, list | dict):
        raise EvalError("string required")
    text = convert(value, STRING)
    if verb.precision is not None and verb.mode != "v":
        text = "".join(graphemes.clusters(text)[: verb.precision])
    return _pad(verb, quote_json(text) if mode == "q" else text)


def _pad(verb: Verb, text: str) -> str:
    missing = verb.width - graphemes.count(text)
    if missing <= 0:
        return text
    if "-" in verb.flags:
        return text + " " * missing
    return ("0" if "0" in verb.flags else " ") * missing + text


def _number(verb: Verb, sign: str, digits: str, *, zeros: bool = True) -> str:
    missing = verb.width - len(sign) - len(digits)
    if missing <= 0:
        return sign + digits
    if "-" in verb.flags:
        return sign + digits + " " * missing
    if "0" in verb.flags and zeros:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def _sign(verb: Verb, *, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _integer(verb: Verb, number: int | BigFloat) -> str:
    if isinstance(number, BigFloat):
        raise EvalError("an integer is required")
    digits = format(abs(number), _BASES[verb.mode])
    if verb.precision is not None:
        digits = digits.zfill(verb.precision) if number or verb.precision else ""
    sign = _sign(verb, negative=number < 0) + (_SHARP.get(verb.mode, "") if "#" in verb.flags else "")
    return _number(verb, sign, digits, zeros=verb.precision is None)


def _float(verb: Verb, mode: str, number: int | BigFloat) -> str:
    shown = verb if verb.mode != "v" else Verb(verb.text, 0, verb.flags.replace("+", ""), verb.width, None, None, "v")
    magnitude = to_text(number).removeprefix("-")
    lower = mode.lower()
    with localcontext(Context(prec=20_000, rounding=ROUND_HALF_EVEN)):
        value = _exact(number)
        if lower == "f":
            digits = f"{value:.{6 if shown.precision is None else shown.precision}f}"
        elif lower == "e":
            digits = _exponent(value, 6 if shown.precision is None else shown.precision)
        else:
            digits = _general(value, magnitude, shown.precision)
    sign = _sign(shown, negative=number < 0)
    return _number(shown, sign, digits.upper() if mode.isupper() else digits)


def _exact(number: int | BigFloat) -> Decimal:
    if isinstance(number, BigFloat):
        return Decimal(abs(number.mantissa)) / Decimal(2**-number.exponent)
    return Decimal(abs(number))


def _exponent(value: Decimal, precision: int) -> str:
    """Write with an exponent of at least two digits, as Go does."""
    if value == 0:
        return "0" + ("." + "0" * precision if precision else "") + "e+00"
    digits, _, exponent = f"{value:.{precision}e}".partition("e")
    return f"{digits}e{exponent[0]}{exponent[1:].zfill(2)}"


def _general(value: Decimal, shortest: str, precision: int | None) -> str:
    """Go's %g: the shortest digits or `precision` of them; an exponent where it is below -4 or not below the digits."""
    if value == 0:
        return "0"
    chosen = Decimal(shortest) if precision is None else Context(prec=max(precision, 1)).plus(value)
    digits = "".join(map(str, chosen.as_tuple().digits)).rstrip("0")
    exponent = chosen.adjusted()
    limit = 6 if precision is None else max(precision, 1)
    if precision is not None and limit > len(digits) >= exponent + 1:
        limit = len(digits)
    if exponent < -4 or exponent >= limit:
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return format(Decimal(f"0.{digits}").scaleb(exponent + 1).normalize(), "f")
