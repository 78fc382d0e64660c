"""Numbers: `abs`, `ceil`, `max`, `parseint`, `range` belongs to collections."""

from __future__ import annotations

import math
from typing import Any

from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language import numbers
from asbuilt.sources.terraform.language.numbers import BigFloat, Number
from asbuilt.sources.terraform.language.values import EvalError, UnsupportedError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function("abs(num: number) number")
def abs_(num: Number) -> Number:
    """Return the magnitude."""
    return numbers.negate(num) if num < 0 else num


@function("ceil(num: number) number")
def ceil(num: Number) -> Number:
    """Round up."""
    return num if isinstance(num, int) else numbers.floor(num) + 1


@function("floor(num: number) number")
def floor(num: Number) -> Number:
    """Round down."""
    return numbers.floor(num)


@function("signum(num: number) number")
def signum(num: Number) -> int:
    """Return -1, 0 or 1; a fraction is cut to a whole number first."""
    if isinstance(num, BigFloat):
        raise EvalError("a whole number is required")
    return (num > 0) - (num < 0)


@function("max(numbers...: number) number")
def max_(*values: Number) -> Number:
    """Return the largest."""
    if not values:
        raise EvalError("must pass at least one number")
    return max(values)


@function("min(numbers...: number) number")
def min_(*values: Number) -> Number:
    """Return the smallest."""
    if not values:
        raise EvalError("must pass at least one number")
    return min(values)


def _finite(result: float) -> Number:
    if math.isinf(result) or math.isnan(result):
        raise UnsupportedError("a number beyond the range of floating point")
    return numbers.from_float(result)


@function("log(num: number, base: number) number")
def log(num: Number, base: Number) -> Number:
    """Return a logarithm in 64-bit floating point, as Terraform does."""
    try:
        return _finite(math.log(float(num)) / math.log(float(base)))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise UnsupportedError("a logarithm that is not a finite number") from None


@function("pow(num: number, power: number) number")
def pow_(num: Number, power: Number) -> Number:
    """Return a power in 64-bit floating point, as Terraform does."""
    try:
        return _finite(math.pow(float(num), float(power)))
    except (ValueError, OverflowError, ZeroDivisionError):
        raise UnsupportedError("a power that is not a finite number") from None


@function("parseint(number: any, base: number) number")
def parseint(number: Any, base: Number) -> int:
    """Read a whole number in base 2 to 62; up to 36, letters count in either case."""
    if not isinstance(number, str):
        raise EvalError("first argument must be a string")
    if isinstance(base, BigFloat) or not 2 <= base <= 62:
        raise EvalError(f"base must be a whole number between 2 and 62 inclusive, not {base}")
    digits = number[1:] if number[:1] in {"+", "-"} else number
    table = _DIGITS[:base]
    if base <= 36:
        digits = digits.lower()
    if not digits or any(char not in table for char in digits) or len(digits) > numbers.MAX_EXPONENT:
        raise EvalError(f'cannot parse "{number}" as a base {base} integer')
    result = 0
    for char in digits:
        result = result * base + table.index(char)
    return -result if number.startswith("-") else result
