"""Which of our resources checkov means: it writes instance keys only where it has expanded a loop."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PART = re.compile(r"([^.\[\]]+)(\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]\"]*)\])?(?:\.|$)")
_TYPE = re.compile(r"(?:AWS|Alexa|Custom)::[A-Za-z0-9:]+\.")


def parts(address: str) -> tuple[tuple[str, str], ...] | None:
    """Split `module.a["x"].aws_b.c[0]` into names and keys; None for what is no address of that form."""
    found, at = [], 0
    while at < len(address):
        match = _PART.match(address, at)
        if match is None:
            return None
        found.append((match[1], match[2] or ""))
        at = match.end()
    return tuple(found)


def bare(address: str) -> str:
    """Return an address without instance keys."""
    split = parts(address)
    return address if split is None else ".".join(name for name, _ in split)


def logical(theirs: str) -> str:
    """Return the logical id in checkov's name of a CloudFormation resource (`AWS::Logs::LogGroup.Api`), or nothing."""
    match = _TYPE.match(theirs)
    return theirs[match.end() :] if match else ""


class Addresses:
    """Our addresses, to be looked up by checkov's."""

    def __init__(self, ours: Iterable[str]) -> None:
        self._by_bare: dict[str, list[str]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for address in dict.fromkeys(ours):
            self._by_bare[bare(address)].append(address)
            self._by_last[address.rsplit(".", 1)[-1]].append(address)

    def meant(self, theirs: str) -> list[str]:
        """Return our addresses of the resource, or of all its instances where checkov names no key.

        Of a template, checkov gives the logical id alone: where several stacks have it, none is meant for certain.
        """
        if name := logical(theirs):
            found = self._by_last.get(name, [])
            return found if len(found) == 1 else []
        wanted = parts(theirs)
        return [address for address in self._by_bare.get(bare(theirs), ()) if _agree(wanted, parts(address))]


def _agree(theirs: tuple[tuple[str, str], ...] | None, ours: tuple[tuple[str, str], ...] | None) -> bool:
    if theirs is None or ours is None:
        return theirs is ours
    return all(not key or not own or key == own for (_, key), (_, own) in zip(theirs, ours, strict=True))
