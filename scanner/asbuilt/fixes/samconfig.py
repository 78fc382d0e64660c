"""Edits in samconfig.toml: a plain value of a parameter for another."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from asbuilt.fixes.changes import Change
from asbuilt.fixes.document import Document, RefusedError
from asbuilt.fixes.literals import plain, same

if TYPE_CHECKING:
    from asbuilt.fixes.changes import Target
    from asbuilt.model import Location
    from asbuilt.results import Rewrite

_VALUE: Final = r"[\w./:@+-]+"  # what needs no quotes in a text of `Name=value Name=value`
_GIVEN: Final = re.compile(rf"(\w+(?:,ParameterValue)?[\"']?\s*=\s*[\"']?)({_VALUE})", re.ASCII)


class SamConfiguration(Document):
    """The configuration of the AWS SAM CLI, in TOML."""


def change(target: Target, rewrite: Rewrite, where: Location, document: SamConfiguration) -> Change:
    """Return the change that mends a violation. Raises RefusedError."""
    start, end = document.span(where)
    given = _GIVEN.fullmatch(document.text, start, end)
    if given is None:
        raise RefusedError(f"at {where} stands no plain number, truth value or text")
    if not same(rewrite.found, given[2]):
        raise RefusedError(f"the value at {where} is turned into another one on its way")
    text = plain(rewrite.wanted)
    try:
        if not re.fullmatch(_VALUE, text, re.ASCII):
            raise RefusedError("the value holds characters that need another form")
        tomllib.loads(document.text[: given.start(2)] + text + document.text[end:])
    except tomllib.TOMLDecodeError:
        raise RefusedError(f"the value at {where} would need quotes") from None
    return Change(document, given.start(2), end, text, text, targets=[target])
