"""Write what `terraform show -json` would say of the first plan of a directory, without providers or credentials.

    python scripts/make_plan.py fixtures/broxiva/terraform/environments/prod > plan.json

The values are those of asbuilt's evaluator; what it does not know is known after apply. References are written as
Terraform writes them.
Source: https://developer.hashicorp.com/terraform/internals/json-format (format 1.2, read 2026-11).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown
from asbuilt.sources.terraform.load import load
from asbuilt.sources.terraform.parsing.syntax import Expr, Literal
from asbuilt.sources.terraform.tracing.edges import traversals

if TYPE_CHECKING:
    from asbuilt.sources.terraform.configuration.config import Module
    from asbuilt.sources.terraform.configuration.tree import ModuleNode
    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance
    from asbuilt.sources.terraform.evaluation.root import Root
    from asbuilt.sources.terraform.parsing.syntax import Body

META = {"count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"}


def make_plan(root: Root) -> dict[str, Any]:
    """Return the plan of a root module."""
    changes = [_change(one) for one in root.instances() if one.mode == "managed" and "[*]" not in one.address]
    variables = {name: {"value": _split(root.module.variable(name))[0]} for name in root.module.node.module.variables}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": variables,
        "resource_changes": changes,
        "configuration": {"provider_config": _providers(root), "root_module": _module(root.module.node)},
        "errored": False,
        "complete": True,
    }


def _change(instance: ResourceInstance) -> dict[str, Any]:
    after: dict[str, Any] = {}
    unknown: dict[str, Any] = {"id": True, "arn": True}
    sensitive: dict[str, Any] = {}
    for name, value in instance.values().items():
        if name in META:
            continue
        known, missing, secret = _split(value)
        if missing is not True:
            after[name] = known
        if missing:
            unknown[name] = missing
        if secret:
            sensitive[name] = secret
    row = {
        "address": instance.address,
        "mode": "managed",
        "type": instance.type,
        "name": instance.group.config.name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": after,
            "after_unknown": unknown,
            "before_sensitive": False,
            "after_sensitive": sensitive,
        },
    }
    if instance.group.module.address:
        row["module_address"] = instance.group.module.address
    if instance.index is not None:
        row["index"] = instance.index
    return row


def _split(value: Any) -> tuple[Any, Any, Any]:
    """Return what is known of a value, marks where it is not, and marks where it is sensitive."""
    if isinstance(value, Sensitive):
        known, missing, _ = _split(value.value)
        return known, missing, True
    if isinstance(value, Unknown):
        return None, True, False
    if isinstance(value, dict):
        parts = {key: _split(item) for key, item in value.items() if item is not ABSENT}
        known = {key: part[0] for key, part in parts.items() if part[1] is not True}
        return known, *({key: part[at] for key, part in parts.items() if part[at]} for at in (1, 2))
    if isinstance(value, list):
        items = [_split(item) for item in value]
        if any(isinstance(item, Unknown) for item in value) and not any(isinstance(item, dict) for item in value):
            return None, True, False  # a set with an unknown element is unknown as a whole
        marks = ([item[at] or _blank(value[n]) for n, item in enumerate(items)] for at in (1, 2))
        return [item[0] for item in items], *(found if any(found) else [] for found in marks)
    if value is None or isinstance(value, bool | int | float | str):
        return value, False, False
    return json.loads(str(value)), False, False


def _blank(value: Any) -> Any:
    return {} if isinstance(value, dict) else [] if isinstance(value, list) else False


def _references(expr: Expr) -> dict[str, Any]:
    """Write an expression as a plan does: its value if it is a literal, else what it names, also in short."""
    if isinstance(expr, Literal):
        return {"constant_value": expr.value}
    found: dict[str, None] = {}
    for traversal in traversals(expr):
        text = ""
        names = []
        for part in traversal:
            if isinstance(part, Expr):
                break
            text += f"[{json.dumps(part)}]" if text and not _is_name(part) else f".{part}" if text else str(part)
            names.append(text)
        least = {"module": 2, "data": 3, "var": 2, "local": 2, "each": 2, "count": 2}.get(str(traversal[0]), 2)
        for name in reversed(names[least - 1 :][-2:]):
            found[name] = None
        if len(names) > least + 1:
            found[names[least - 1]] = None
    return {"references": list(found)} if found else {}


def _is_name(part: Any) -> bool:
    return isinstance(part, str) and part.replace("-", "_").isidentifier()


def _expressions(body: Body) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in body.attributes.values():
        if attribute.name not in META:
            found[attribute.name] = _references(attribute.expr)
    for block in body.blocks:
        if block.type == "dynamic" and block.labels:
            for inner in block.body.blocks:
                found.setdefault(block.labels[0], []).append(_expressions(inner.body))
        elif block.type not in META:
            found.setdefault(block.type, []).append(_expressions(block.body))
    return found


def _module(node: ModuleNode) -> dict[str, Any]:
    module: Module = node.module
    resources = [
        {
            "address": config.address,
            "mode": config.mode,
            "type": config.type,
            "name": config.name,
            "provider_config_key": config.type.partition("_")[0],
            "expressions": _expressions(config.body),
        }
        for config in module.resources.values()
    ]
    calls = {}
    for name, call in module.calls.items():
        child = node.children.get(name)
        arguments = {
            a.name: _references(a.expr)
            for a in call.body.attributes.values()
            if a.name not in META | {"source", "version", "providers"}
        }
        calls[name] = {
            "source": call.text("source"),
            "expressions": arguments,
            "module": _module(child) if child is not None else {},
        }
    outputs = {
        name: {"expression": _references(output.body.attributes["value"].expr)}
        for name, output in module.outputs.items()
        if "value" in output.body.attributes
    }
    return {"resources": resources, "module_calls": calls, "outputs": outputs}


def _providers(root: Root) -> dict[str, Any]:
    return {
        name: {"name": name.partition(".")[0], "expressions": _expressions(provider.body)}
        for name, provider in root.module.node.module.providers.items()
    }


if __name__ == "__main__":
    roots = load([Path(sys.argv[1])]).roots
    json.dump(make_plan(roots[0]), sys.stdout, indent=1)
