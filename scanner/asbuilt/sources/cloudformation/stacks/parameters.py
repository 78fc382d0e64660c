"""The values of a template's parameters, and of AWS's pseudo parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Reference, Unknown, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.records import dataclass
from asbuilt.sources.cloudformation.language.values import (
    MAX_ARMS,
    EvaluationError,
    derived,
    mark,
    text_of,
    unmark,
    unmark_deep,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.model import Location

NO_VALUE: Final = "AWS::NoValue"
PSEUDO: Final = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId",
        "NoValue",
        "NotificationARNs",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    )
)
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html (2025-11): partitions, their suffixes.
_PARTITIONS: Final = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso": ("", ""),
    "eu-iso": ("", ""),
    "eusc-": ("", ""),
}
_NUMBER = when_used(r"[-+]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][-+]?\d{1,3})?", re.ASCII)
_SSM = "AWS::SSM::Parameter::Value<"


@dataclass(frozen=True, slots=True)
class Given:
    """A value from the outside: `what` says in words what gave it, `location` where."""

    value: Any
    what: str
    location: Location | None = None


def is_list(kind: str) -> bool:
    """Whether parameters of a type hold lists."""
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def unset(name: str, declared: dict[str, Any], location: Location) -> Any:
    """Return what stands for a parameter without a value."""
    kind = declared.get("Type")
    reason = f"the parameter {name} has no value"
    allowed = declared.get("AllowedValues")
    arms: tuple[Any, ...] = ()
    if isinstance(allowed, list) and 1 < len(allowed) <= MAX_ARMS and isinstance(kind, str) and not is_list(kind):
        arms = tuple(allowed)
    text = "" if isinstance(kind, str) and is_list(kind) else "string"
    value = Unknown(UnknownKind.VARIABLE, reason, location, arms=arms, type=text)
    return mark(value, hidden(declared))


def hidden(declared: dict[str, Any]) -> bool:
    """Whether a parameter is not to be shown."""
    return str(declared.get("NoEcho", "")).lower() == "true"


def typed(name: str, declared: dict[str, Any], value: Any, where: Callable[[], Location]) -> Any:
    """Return a value as a parameter of its declared type has it; `where` says where the value stands.

    Raises EvaluationError for one that is not allowed.
    """
    kind = declared.get("Type")
    kind = kind if isinstance(kind, str) else "String"
    if kind.startswith(_SSM):
        shown = unmark(value)[0]
        named = f" {shown}" if isinstance(shown, str) else ""
        reason = f"the parameter {name} is read from the SSM parameter{named} at deployment"
        return Unknown(UnknownKind.DATA_SOURCE, reason, where(), type="" if "List<" in kind else "string")
    bare, marked = unmark_deep(value)
    if is_list(kind):
        found = _list(bare, "Number" in kind)
    elif isinstance(bare, Unknown):
        found = bare
    elif isinstance(bare, list):
        found = ",".join(map(text_of, bare))
    else:
        found = _number(name, bare) if kind == "Number" else text_of(bare)
    _check(name, declared, found)
    return mark(found, marked or hidden(declared))


def _number(name: str, value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = text_of(value).strip()
    if not _NUMBER.fullmatch(text):
        raise EvaluationError("parameter-not-allowed", f"the parameter {name} has to be a number")
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _list(value: Any, numbers: bool) -> Any:
    if isinstance(value, Unknown):
        from asbuilt.sources.cloudformation.language.texts import pieces

        found = pieces(value, ",")
        return derived([value]) if found is None else found
    items = value if isinstance(value, list) else text_of(value).split(",") if value not in ("", None) else []
    items = [item.strip() if isinstance(item, str) else item for item in items]
    return [int(item) if numbers and isinstance(item, str) and item.isdigit() else item for item in items]


def _check(name: str, declared: dict[str, Any], value: Any) -> None:
    allowed = declared.get("AllowedValues")
    if not isinstance(allowed, list):
        return
    texts = {text_of(item) for item in allowed if not isinstance(item, list | dict) and item is not None}
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Unknown) and text_of(item) not in texts:
            shown = "its value" if hidden(declared) else repr(text_of(item))
            message = f"the parameter {name} does not allow {shown}, only {', '.join(sorted(texts))}"
            raise EvaluationError("parameter-not-allowed", message)


def pseudo(name: str, given: Any, region: Any, location: Location | None) -> Any:
    """Return a pseudo parameter's value: as given, derived from the region, or an Unknown."""
    if name == NO_VALUE:
        return ABSENT
    if given is not None:
        return given.value
    if name in ("AWS::Partition", "AWS::URLSuffix") and isinstance(region, str):
        found = next((both for start, both in _PARTITIONS.items() if region.startswith(start)), None)
        found = found or ("aws", "amazonaws.com")
        if found[0]:
            return found[0 if name == "AWS::Partition" else 1]
    reason = f"{name} is known at deployment only"
    kind = UnknownKind.VARIABLE if name in ("AWS::Region", "AWS::AccountId") else UnknownKind.COMPUTED
    refs = (Reference(name, "Ref"),)
    return Unknown(kind, reason, location, refs, exact=True, type="" if name == "AWS::NotificationARNs" else "string")
