"""Marks and types: `sensitive`, `nonsensitive`, `issensitive`, `ephemeralasnull`, `type`."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.typesys import BOOL
from asbuilt.sources.terraform.language.values import derived, get_type, mark, unmark


@function("sensitive(value: any?~!) any")
def sensitive(value: Any) -> Any:
    """Mark a value as sensitive."""
    return mark(value)


@function("nonsensitive(value: any?~!) any")
def nonsensitive(value: Any) -> Any:
    """Take the mark off a value; marks further inside stay."""
    return unmark(value)[0]


@function("issensitive(value: any?~!) bool")
def issensitive(value: Any) -> Any:
    """Tell whether a value as a whole is marked; a mark may still come with an unknown one."""
    if isinstance(value, Unknown):
        return derived([value], BOOL)
    return isinstance(value, Sensitive)


@function("ephemeralasnull(value: any?~!) any")
def ephemeralasnull(value: Any) -> Any:
    """Return the value: nothing here is ephemeral."""
    return value


@function("type(value: any?~!) string")
def type_(value: Any) -> str:
    """Return the type as text (Terraform has it in the console only)."""
    return str(get_type(value))
