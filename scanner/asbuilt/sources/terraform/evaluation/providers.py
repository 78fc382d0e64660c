"""Provider configurations: which one a resource uses, its region and its default tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.sources.terraform.configuration.config import address_text
from asbuilt.sources.terraform.evaluation.blocks import attribute_value, contents
from asbuilt.sources.terraform.language.values import derived, unknowns, unmark, unmark_deep
from asbuilt.sources.terraform.parsing.syntax import Object

if TYPE_CHECKING:
    from asbuilt.sources.terraform.configuration.config import Declaration
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.parsing.syntax import Expr


def region(instance: ResourceInstance) -> Any:
    """Return the region of the provider of an instance: a string, an Unknown, or ABSENT."""
    return _setting(instance, "region")


def default_tags(instance: ResourceInstance) -> Any:
    """Return the provider's default tags: a dict, an Unknown, or ABSENT."""
    return _setting(instance, "default_tags")


def _setting(instance: ResourceInstance, name: str) -> Any:
    config = instance.group.config
    expr = config.expr("provider")
    wanted = config.type.partition("_")[0] if expr is None else _name(expr)
    module = instance.group.module
    if not wanted:
        place = config.body.file.location(expr.start, expr.end) if expr is not None else None
        return Unknown(UnknownKind.UNSUPPORTED, "the provider of this resource is computed", place)
    memo = module.provider_settings
    if (wanted, name) not in memo:
        memo[wanted, name] = _find(module, wanted, name)
    return memo[wanted, name]


def _name(expr: Expr) -> str:
    text = address_text(expr)
    if not text:
        value = getattr(expr, "value", "")
        text = value if isinstance(value, str) else ""
    return "" if "[" in text else text


def _find(module: ModuleInstance, wanted: str, name: str) -> Any:
    """Look the provider up, through the `providers` arguments of the module calls."""
    while True:
        declared = module.node.module.providers.get(wanted)
        if declared is not None:
            read = _region if name == "region" else _default_tags
            return read(module, declared)
        parent, call = module.parent, module.call
        if parent is None or call is None:
            return ABSENT
        passed = _passed(call.expr("providers"))
        if wanted in passed:
            wanted = passed[wanted]
        elif "." in wanted:  # an alias is never inherited
            return ABSENT
        if not wanted:
            return Unknown(UnknownKind.UNSUPPORTED, "the provider of this module is computed", call.location)
        module = parent


def _passed(expr: Expr | None) -> dict[str, str]:
    if not isinstance(expr, Object):
        return {}
    return {_name(item.key): _name(item.value) for item in expr.items}


def _region(module: ModuleInstance, provider: Declaration) -> Any:
    attribute = provider.body.attributes.get("region")
    if attribute is None:
        return ABSENT
    value, _ = unmark(attribute_value(attribute, provider.body, module.scope(provider.body.file)))
    return ABSENT if value is None else value


def _default_tags(module: ModuleInstance, provider: Declaration) -> Any:
    tags: dict[str, Any] = {}
    written = provider.body.attributes.get("default_tags")
    if written is not None:  # in the JSON syntax the block looks like an attribute
        return _json_tags(unmark_deep(attribute_value(written, provider.body, module.scope(provider.body.file)))[0])
    for content in contents(provider.body, "default_tags", module.scope(provider.body.file)):
        if content.unknown is not None:
            return content.unknown
        attribute = content.body.attributes.get("tags")
        if attribute is None:
            continue
        value, _ = unmark(attribute_value(attribute, content.body, content.scope))
        if isinstance(value, Unknown):
            return value
        if isinstance(value, dict):
            tags.update(value)
        elif value is not None and any(unknowns(value)):
            return derived([value])
    return tags or ABSENT


def _json_tags(value: Any) -> Any:
    blocks = value if isinstance(value, list) else [value]
    tags: dict[str, Any] = {}
    for block in blocks:
        found = block.get("tags") if isinstance(block, dict) else block
        if isinstance(found, Unknown):
            return found
        tags.update(found if isinstance(found, dict) else {})
    return tags or ABSENT
