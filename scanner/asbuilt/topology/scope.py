"""Tell whether a policy's resource is the project's own: `*`, a foreign ARN, an ARN with the project's name."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.patterns import when_used

if TYPE_CHECKING:
    from asbuilt.graph import Graph


# What stands before the name in the last part of an ARN.
KINDS = frozenset({"secret", "parameter", "log-group", "repository", "key", "alias", "identity", "table", "role"})
_WILDCARD = when_used(r"[*?]|\$\{")
# What follows an account that is not known, or a region and an account.
_BEHIND = (
    when_used(r":[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:(?=[^:])"),
    when_used(r":(?:\d{12}|aws)?:(?=[^:])"),
)


class Scope(StrEnum):
    """What a resource element covers."""

    OWN = "own"  # the project's
    EVERYTHING = "everything"  # `*`, or all of a kind
    FOREIGN = "foreign"  # something whose name does not say that it is the project's


def scope_of(value: Any, project: str, graph: Graph) -> Scope | Unknown:
    """Return what a resource element covers.

    A reference to a resource of the graph is the project's own, and so is an ARN with the name of one. Else the
    project's name must stand as a word in the ARN's last part, before any wildcard. An Unknown where what is known of
    the ARN does not decide.
    """
    if not isinstance(value, Unknown):
        return _known(str(value), project, graph)
    if value.arms:
        scopes = [scope_of(arm, project, graph) for arm in value.arms]
        return scopes[0] if all(scope == scopes[0] for scope in scopes) else value
    if value.kind is UnknownKind.COMPUTED and any(graph.referred(ref) is not None for ref in value.references):
        return Scope.OWN
    rest = _after_account(value.prefix, value.suffix)
    if _is_own(value.prefix, value.suffix if rest is None else rest, project):
        return Scope.OWN
    if rest is not None:
        return _known(f"arn:::::{rest}", project, graph)
    return value


@lru_cache(4096)
def _is_own(prefix: str, suffix: str, project: str) -> bool:
    """Whether one of the known ends of an ARN has the project's name before any wildcard."""
    fixed = _fixed(prefix)
    return (fixed == prefix and _names(_fixed(suffix), project)) or _names(_last_part(fixed), project)


def _known(text: str, project: str, graph: Graph) -> Scope:
    last = _last_part(text)
    if _names(_fixed(last), project):
        return Scope.OWN
    name = re.sub(r"/\*?$", "", last.rpartition(":")[2])
    if name and graph.identified(name):
        return Scope.OWN
    kind, of_kind = [*re.split("[:/]", last, maxsplit=1), ""][:2]
    free = last.strip("*?/:") == "" or (kind in KINDS and of_kind.strip("*?/:") == "")
    return Scope.EVERYTHING if free else Scope.FOREIGN


def _last_part(text: str) -> str:
    """Return what follows the account in an ARN, nothing where a wildcard swallows it, the text where it is no ARN."""
    parts = text.split(":", 5)
    if len(parts) == 6:
        return parts[5]
    # `arn:aws:s3*` has wildcards before the name
    return "" if text.startswith("arn:") else text


@lru_cache(4096)
def _after_account(prefix: str, suffix: str) -> str | None:
    """Return the known part behind an unknown account, where that is all that is unknown of an ARN."""
    if not suffix.startswith(":") or not prefix.startswith("arn:") or prefix.count(":") > 4:
        return None
    for behind in _BEHIND:
        match = behind.match(suffix)
        if match:
            return suffix[match.end() :]
    return suffix[1:]


def _fixed(text: str) -> str:
    """Return what stands before the first wildcard."""
    found = _WILDCARD.search(text)
    return text if found is None else text[: found.start()]


def _names(text: str, project: str) -> bool:
    return bool(text and project) and _word(project).search(text.lower()) is not None


@lru_cache(16)
def _word(project: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(project.lower())}(?![a-z0-9])")
