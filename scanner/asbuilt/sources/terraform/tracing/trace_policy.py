"""From a place in the JSON of an `aws_iam_policy_document` to the block and argument it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Path
from asbuilt.sources.terraform.language.values import unmark_deep

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.tracing.trace import Walk

TYPE = "aws_iam_policy_document"
# With these, statements come from other documents, or are replaced.
_OTHERS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
_LISTS = {"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}
_PRINCIPALS = {"Principal": "principals", "NotPrincipal": "not_principals"}


def follow_document(walk: Walk, instance: ResourceInstance, path: Path) -> bool:
    """Go from `("json", "Statement", 0, "Action", 1)` to the argument; False where that cannot be told."""
    from asbuilt.sources.terraform.tracing.trace import trace_instance

    place = _place(instance, path[1:])
    found = trace_instance(instance, place) if place else None
    if found is None or not walk.hop(f"{instance.address}.{path[0]}", found.location):
        return False
    return all(walk.hop(step.what, step.location) for step in found.via)


def _place(instance: ResourceInstance, path: Path) -> Path | None:
    """Return the path of Terraform's arguments for a path into the document."""
    if len(path) < 2 or path[0] != "Statement" or not isinstance(path[1], int):
        return None
    if any(instance.value(name) not in (ABSENT, None) for name in _OTHERS):
        return None
    at, rest = path[1], path[2:]
    blocks = unmark_deep(instance.value("statement"))[0]
    block = blocks[at] if isinstance(blocks, list) and at < len(blocks) else None
    if not isinstance(block, dict):
        return None
    if not rest:
        return ("statement", at)
    name = str(rest[0])
    if name == "Effect" and block.get("effect"):
        return ("statement", at, "effect")
    if name in _LISTS:
        return ("statement", at, *_element(_LISTS[name], block.get(_LISTS[name]), rest[1:]))
    if name in _PRINCIPALS:
        return ("statement", at, *_principal(_PRINCIPALS[name], block, rest[1:]))
    return ("statement", at)


def _element(name: str, values: Any, rest: Path) -> Path:
    """Find an element of a list that the document holds as one value, or sorted in reverse."""
    if not isinstance(values, list):
        return (name,)
    if len(values) == 1:
        return (name, 0)
    if not rest or not isinstance(rest[0], int) or rest[0] >= len(values):
        return (name,)
    if not all(isinstance(value, str) for value in values):
        return (name, rest[0])
    return (name, values.index(sorted(values, reverse=True)[rest[0]]))


def _principal(name: str, block: dict[str, Any], rest: Path) -> Path:
    blocks = block.get(name)
    for index, item in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(item, dict) and rest and item.get("type") == rest[0]:
            return (name, index, *_element("identifiers", item.get("identifiers"), rest[1:]))
    return (name, 0) if blocks else ()
