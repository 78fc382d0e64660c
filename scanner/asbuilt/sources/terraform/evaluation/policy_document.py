"""`aws_iam_policy_document` rendered to the JSON that AWS would get.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document and the
provider's `iam_policy_model.go` (2025-11): a list of one value becomes that value, longer ones are sorted in reverse;
`*` principals of type `*` become `"*"`; statements with the same sid are replaced by overriding documents.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.language.values import derived, is_wholly_known, to_plain, unknowns, unmark_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance


def render(instance: ResourceInstance, *, minified: bool = False) -> Any:
    """Return the JSON text; an Unknown that keeps the tree where parts are unknown; None where nothing can be said."""
    tree = document(instance)
    if isinstance(tree, Unknown):
        return tree
    if is_wholly_known(tree):
        plain = to_plain(tree)
        return json.dumps(plain, separators=(",", ":")) if minified else json.dumps(plain, indent=2, ensure_ascii=False)
    return replace(derived(unknowns(tree), "string"), prefix="{", suffix="}", structure=tree)


def document(instance: ResourceInstance) -> Any:
    """Return the policy as a tree with Unknown leaves, or an Unknown where even its statements are not known."""
    own = [_statement(block) for block in _blocks(_plain(instance.read("statement")))]
    sources = [_parsed(text) for text in _texts(instance, "source_policy_documents", "source_json")]
    overrides = [_parsed(text) for text in _texts(instance, "override_policy_documents", "override_json")]
    version = _plain(instance.read("version"))
    tree: dict[str, Any] = {"Version": "2012-10-17" if version in (None, ABSENT) else version}
    identifier = _plain(instance.read("policy_id"))
    if identifier not in (None, ABSENT):
        tree["Id"] = identifier
    statements: list[Any] = []
    for part in sources:
        if isinstance(part, Unknown):
            return derived([part], "string")
        statements += _statements(part)
    statements += own
    for part in overrides:
        if isinstance(part, Unknown):
            return derived([part], "string")
        for statement in _statements(part):
            statements = _override(statements, statement)
    tree["Statement"] = statements
    return tree


def _plain(value: Any) -> Any:
    return unmark_deep(value)[0]


def _read_list(instance: ResourceInstance, name: str) -> list[Any]:
    value = _plain(instance.read(name))
    return value if isinstance(value, list) else [] if value in (None, ABSENT) else [value]


def _texts(instance: ResourceInstance, name: str, old: str) -> Iterator[Any]:
    for item in (*_read_list(instance, old), *_read_list(instance, name)):
        if item not in (None, "", ABSENT):
            yield item


def _parsed(text: Any) -> Any:
    if isinstance(text, Sensitive):
        text = text.value
    if isinstance(text, Unknown):
        return text.structure if isinstance(text.structure, dict) else text
    try:
        tree = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _statements(tree: dict[str, Any]) -> list[Any]:
    found = tree.get("Statement", [])
    return list(found) if isinstance(found, list) else [found]


def _override(statements: list[Any], statement: Any) -> list[Any]:
    sid = statement.get("Sid", "") if isinstance(statement, dict) else ""
    if isinstance(sid, str) and sid:
        for at, known in enumerate(statements):
            if isinstance(known, dict) and known.get("Sid") == sid:
                return [*statements[:at], statement, *statements[at + 1 :]]
    return [*statements, statement]


_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


def _blocks(value: Any) -> list[Any]:
    """Return nested blocks as dicts and Unknowns; the JSON syntax has a single one as an object."""
    if value is ABSENT or value is None:
        return []
    found = value if isinstance(value, list) else [value]
    wrong = Unknown(UnknownKind.ERROR, "a nested block is expected here")
    return [item if isinstance(item, dict | Unknown) else wrong for item in found]


def _statement(block: dict[str, Any] | Unknown) -> Any:
    if isinstance(block, Unknown):
        return block
    statement: dict[str, Any] = {}
    sid = block.get("sid")
    if sid not in (None, ""):
        statement["Sid"] = sid
    effect = block.get("effect")
    statement["Effect"] = "Allow" if effect in (None, "") else effect
    for name, key in _LISTS:
        value = block.get(name)
        if value is not None and value != []:
            statement[key] = _one_or_many(value)
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = _blocks(block.get(name))
        if principals:
            statement[key] = _principals(principals)
    conditions = _blocks(block.get("condition"))
    if conditions:
        statement["Condition"] = _conditions(conditions)
    return {key: statement[key] for key in _ORDER if key in statement}


_ORDER = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


def _one_or_many(value: Any) -> Any:
    """Write a list as IAM does: one value as itself. The provider sorts longer ones in reverse."""
    if not isinstance(value, list):
        return value
    items = [str(item) if isinstance(item, int | bool) else _interpolated(item) for item in value]
    if len(items) == 1:
        return items[0]
    return sorted(items, reverse=True) if all(isinstance(item, str) for item in items) else items


def _interpolated(item: Any) -> Any:
    """Turn the provider's `&{aws:username}` into the policy variable `${aws:username}`."""
    return item.replace("&{", "${") if isinstance(item, str) else item


def _principals(blocks: list[Any]) -> Any:
    if any(isinstance(block, Unknown) for block in blocks):
        return derived(blocks)
    by_type: dict[str, list[Any]] = {}
    for block in blocks:
        kind, identifiers = block.get("type"), block.get("identifiers")
        if isinstance(kind, Unknown) or not isinstance(identifiers, list):
            return derived([kind, identifiers]) if not is_wholly_known([kind, identifiers]) else {}
        by_type.setdefault(str(kind), []).extend(identifiers)
    if by_type.keys() == {"*"} and all(item == "*" for item in by_type["*"]):
        return "*"
    return {kind: _one_or_many(items) for kind, items in by_type.items()}


def _conditions(blocks: list[Any]) -> Any:
    if any(isinstance(block, Unknown) for block in blocks):
        return derived(blocks)
    result: dict[str, dict[str, Any]] = {}
    for block in blocks:
        test, variable, values = block.get("test"), block.get("variable"), block.get("values")
        if not isinstance(test, str) or not isinstance(variable, str):
            return derived([test, variable, values]) if not is_wholly_known([test, variable]) else {}
        known = result.setdefault(test, {})
        items = values if isinstance(values, list) else [values]
        before = known.get(variable)
        merged = [*(before if isinstance(before, list) else [before] if before is not None else []), *items]
        known[variable] = _one_or_many(merged) if before is not None else _kept(items)
    return result


def _kept(items: list[Any]) -> Any:
    texts = [
        ("true" if item else "false")
        if isinstance(item, bool)
        else str(item)
        if isinstance(item, int)
        else _interpolated(item)
        for item in items
    ]
    return texts[0] if len(texts) == 1 else texts
