"""What goes wrong while an expression is evaluated; none of these leaves the evaluator."""

from __future__ import annotations


class EvalError(Exception):
    """Something that Terraform itself rejects. `message` is close to Terraform's own."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class LimitError(EvalError):
    """Something that Terraform may well compute, but a bound of ours was exceeded."""


class UnsupportedError(EvalError):
    """Something that Terraform computes and this library cannot."""


class OutsideError(EvalError):
    """A file that an expression names and that may not be read: it is outside of the root that was given to scan."""
