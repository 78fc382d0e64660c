"""Numbers as Terraform has them: whole ones are `int`, others binary floats of 512 bits, printed as Go prints them.

Terraform keeps numbers as Go's `big.Float` and writes the shortest decimal that reads back as the same number.
Whole numbers beyond 512 bits lose their last bits, as there.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from asbuilt.patterns import when_used
from asbuilt.sources.terraform.language.errors import EvalError, LimitError

PRECISION = 512
MAX_EXPONENT = 4000  # decimal digits before or after the point; Python itself refuses to print more than 4300
_NUMBER = when_used(r"([+-]?)(\d*)(?:\.(\d*))?(?:([eEpP])([+-]?\d+))?\Z", re.ASCII)


class BigFloat:
    """A number that is not whole: `mantissa * 2**exponent`, the mantissa odd, the exponent negative."""

    __slots__ = ("exponent", "mantissa", "precision")

    def __init__(self, mantissa: int, exponent: int, precision: int = PRECISION) -> None:
        self.mantissa = mantissa
        self.exponent = exponent
        self.precision = precision

    def __eq__(self, other: object) -> bool:
        if isinstance(other, BigFloat):
            return self.mantissa == other.mantissa and self.exponent == other.exponent
        if isinstance(other, float):
            return from_float(other) == self
        return False if isinstance(other, int) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.mantissa, self.exponent))

    def __lt__(self, other: Number) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Number) -> bool:
        return compare(self, other) <= 0

    def __gt__(self, other: Number) -> bool:
        return compare(self, other) > 0

    def __ge__(self, other: Number) -> bool:
        return compare(self, other) >= 0

    def __float__(self) -> float:
        return math.ldexp(float(self.mantissa), self.exponent)

    def __repr__(self) -> str:
        return to_text(self)


Number: TypeAlias = int | BigFloat


def make(mantissa: int, exponent: int, precision: int = PRECISION) -> Number:
    """Return `mantissa * 2**exponent`, rounded to nearest even at `precision` bits: an int where it is whole."""
    if mantissa == 0:
        return 0
    excess = mantissa.bit_length() - precision
    if excess > 0:
        magnitude, half = abs(mantissa), 1 << (excess - 1)
        rest = magnitude & ((1 << excess) - 1)
        magnitude >>= excess
        if rest > half or (rest == half and magnitude & 1):
            magnitude += 1
        mantissa = -magnitude if mantissa < 0 else magnitude
        exponent += excess
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= zeros
    exponent += zeros
    if exponent + mantissa.bit_length() > MAX_EXPONENT * 3.33 or exponent < -MAX_EXPONENT * 4:
        raise LimitError(f"a number of more than {MAX_EXPONENT} digits")
    if exponent >= 0:
        return mantissa << exponent
    return BigFloat(mantissa, exponent, precision)


def ratio(numerator: int, denominator: int, precision: int = PRECISION) -> Number:
    """Return the quotient of two whole numbers, rounded to nearest even."""
    negative = (numerator < 0) != (denominator < 0)
    numerator, denominator = abs(numerator), abs(denominator)
    shift = max(0, precision + 2 - numerator.bit_length() + denominator.bit_length())
    quotient, rest = divmod(numerator << shift, denominator)
    # A sticky bit below the guard bits keeps the rounding right.
    quotient = (quotient << 1) | (rest != 0)
    return make(-quotient if negative else quotient, -shift - 1, precision)


@lru_cache(maxsize=4096)
def number_from_text(text: str) -> Number:
    """Read a decimal number. Raises EvalError where it is none, LimitError where its exponent is absurd."""
    match = _NUMBER.match(text)
    if match is None or not (match[2] or match[3]):
        raise EvalError("a number is required")
    fraction = match[3] or ""
    written = int(match[5] or 0) if len(match[5] or "") < 10 else 10**9
    binary = written if (match[4] or "e") in "pP" else 0  # Go also reads powers of two: 1p3 is eight
    exponent = (0 if binary else written) - len(fraction)
    digits = (match[2] + fraction).lstrip("0") or "0"
    if digits == "0":
        return 0
    if len(digits) > MAX_EXPONENT or abs(exponent) > MAX_EXPONENT or abs(binary) > MAX_EXPONENT:
        raise LimitError(f"a number of more than {MAX_EXPONENT} digits")
    whole = int(match[1] + digits)
    numerator, denominator = (whole * 10**exponent, 1) if exponent >= 0 else (whole, 10**-exponent)
    if binary:
        numerator, denominator = numerator << max(binary, 0), denominator << max(-binary, 0)
    return ratio(numerator, denominator) if denominator > 1 else make(numerator, 0)


def from_float(value: float) -> Number:
    """Return a Python float as Terraform would hold a result of 53 bits. Raises EvalError for infinities and NaN."""
    if math.isinf(value) or math.isnan(value):
        raise EvalError("the result is not a finite number")
    if value.is_integer() and abs(value) >= 1 << 53:
        # Printed with the fewest digits that name the float, which matters more than its last bits.
        return int(Decimal(repr(value)))
    numerator, denominator = value.as_integer_ratio()
    return make(numerator, 1 - denominator.bit_length(), 53)


def _parts(number: Number) -> tuple[int, int, int]:
    if isinstance(number, BigFloat):
        return number.mantissa, number.exponent, number.precision
    return int(number), 0, PRECISION


def compare(left: Number, right: Number) -> int:
    """Return -1, 0 or 1."""
    lm, le, _ = _parts(left)
    rm, re_, _ = _parts(right)
    low = min(le, re_)
    lm, rm = lm << (le - low), rm << (re_ - low)
    return (lm > rm) - (lm < rm)


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    lm, le, lp = _parts(left)
    rm, re_, rp = _parts(right)
    low = min(le, re_)
    return make((lm << (le - low)) + (rm << (re_ - low)), low, max(lp, rp))


def negate(number: Number) -> Number:
    """Return the number with the other sign."""
    return BigFloat(-number.mantissa, number.exponent, number.precision) if isinstance(number, BigFloat) else -number


def multiply(left: Number, right: Number) -> Number:
    """Return the product, at 512 bits."""
    lm, le, _ = _parts(left)
    rm, re_, _ = _parts(right)
    return make(lm * rm, le + re_)


def divide(left: Number, right: Number) -> Number:
    """Return the quotient; the divisor is not zero."""
    lm, le, lp = _parts(left)
    rm, re_, rp = _parts(right)
    shift = le - re_
    if shift >= 0:
        return ratio(lm << shift, rm, max(lp, rp))
    return ratio(lm, rm << -shift, max(lp, rp))


def truncate(number: Number) -> int:
    """Return the whole part, towards zero."""
    if isinstance(number, int):
        return number
    magnitude = abs(number.mantissa) >> -number.exponent
    return -magnitude if number.mantissa < 0 else magnitude


def floor(number: Number) -> int:
    """Return the next whole number towards minus infinity."""
    return number if isinstance(number, int) else number.mantissa >> -number.exponent


def modulo(left: Number, right: Number) -> Number:
    """Return the remainder of the division towards zero."""
    return add(left, negate(multiply(right, truncate(divide(left, right)))))


@lru_cache(maxsize=4096)
def to_text(number: Number) -> str:
    """Write a number the way Terraform does: plain digits, as few as read back as the same number."""
    if isinstance(number, int):
        # Beyond 512 bits only the shortest digits that name the float are significant.
        return str(number) if abs(number) < 1 << PRECISION else _shortest(number, 0, PRECISION)
    return _shortest(number.mantissa, number.exponent, number.precision)


def _shortest(mantissa: int, exponent: int, precision: int) -> str:
    """Go's `roundShortest` over the exact decimals of the number and of the ends of its rounding interval."""
    sign, mantissa = ("-", -mantissa) if mantissa < 0 else ("", mantissa)
    shift = precision - mantissa.bit_length()
    mantissa, exponent = (mantissa << shift, exponent - shift) if shift >= 0 else (mantissa >> -shift, exponent - shift)
    power_of_two = mantissa == 1 << (precision - 1)
    inclusive = mantissa % 2 == 0
    value, high = mantissa << 2, (mantissa << 2) + 2
    low = (mantissa << 2) - (1 if power_of_two else 2)
    exponent -= 2
    point = 0
    if exponent < 0:
        scale = 5**-exponent
        point = -exponent
    else:
        scale = 1 << exponent
    digits, lower, upper = str(value * scale), str(low * scale), str(high * scale)
    width = max(len(digits), len(lower), len(upper))
    digits, lower, upper = digits.zfill(width), lower.zfill(width), upper.zfill(width)
    chosen = _round_digits(digits, lower, upper, inclusive=inclusive)
    whole = chosen.zfill(point + 1)
    integer, fraction = (whole[:-point], whole[-point:]) if point else (whole, "")
    integer, fraction = integer.lstrip("0") or "0", fraction.rstrip("0")
    return f"{sign}{integer}.{fraction}" if fraction else sign + integer


def _round_digits(digits: str, lower: str, upper: str, *, inclusive: bool) -> str:
    """Return `digits` cut to the fewest that stay between `lower` and `upper`, padded with zeros."""
    width, last_low, last_high = len(digits), len(lower.rstrip("0")), len(upper.rstrip("0"))
    for at, (digit, low, high) in enumerate(zip(digits, lower, upper, strict=True)):
        down = low != digit or (inclusive and at + 1 >= last_low)
        up = digit != high and (inclusive or int(digit) + 1 < int(high) or at + 1 < last_high)
        if not (down or up):
            continue
        kept = int(digits[: at + 1])
        rest = digits[at + 1 :]
        half = "5" + "0" * (len(rest) - 1) if rest else ""
        if up and (not down or rest > half or (rest == half and rest and kept % 2)):
            kept += 1
        return (str(kept) + "0" * len(rest)).zfill(width)
    return digits
