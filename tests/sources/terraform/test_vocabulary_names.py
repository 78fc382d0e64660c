"""Every name a table uses exists: in CloudFormation's schemas (cfn-lint carries them) and in the AWS provider's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from asbuilt.sources.terraform.vocabulary import all_tables
from asbuilt.sources.terraform.vocabulary.nested import Fields, One
from asbuilt.sources.terraform.vocabulary.tables import Table, every

RECORD = json.loads((Path(__file__).parent / "aws_provider_schema.json").read_text(encoding="utf-8"))
TABLES = dict(all_tables())

# The vocabulary says one thing more than CloudFormation, which cannot touch a VPC's main route table.
MORE_THAN_CLOUDFORMATION = {("AWS::EC2::RouteTable", "Main"), ("AWS::EC2::RouteTable", "VpcId")}

# A listener wants text where a rule wants a number, for the same action.
TEXT_FOR_NUMBER = "SessionTimeout"

# Arguments that provider 6 no longer has; code pinned to older ones still uses them.
OLDER_PROVIDERS = {
    "aws_ecs_cluster": {"capacity_providers", "default_capacity_provider_strategy"},
    "aws_eip": {"vpc"},
    "aws_db_instance": {"name"},
    "aws_elasticache_replication_group": {"replication_group_description", "cluster_mode.num_node_groups"},
    "aws_route": {"instance_id"},
    "aws_route_table": {"route.instance_id"},
    "aws_default_route_table": {"route.carrier_gateway_id", "route.local_gateway_id"},
    "aws_default_vpc": {"cidr_block", "instance_tenancy", "ipv4_ipam_pool_id", "ipv4_netmask_length"},
    "aws_default_subnet": {
        "availability_zone_id",
        "cidr_block",
        "enable_lni_at_device_index",
        "outpost_arn",
        "vpc_id",
    },
    "aws_lb_listener_rule": {"condition.field", "condition.values"},
}
OLDER_PROVIDERS["aws_alb_listener_rule"] = OLDER_PROVIDERS["aws_lb_listener_rule"]
# Attributes the provider computes and references may read; the record holds arguments only.
NOT_RECORDED = {"id"}


def resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def child(schema: dict[str, Any], node: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Step down one name, through combinators; `*` is a list's element."""
    node = resolve(schema, node)
    if name == "*":
        return node.get("items")
    if name in node.get("properties", {}):
        return node["properties"][name]
    for key in ("anyOf", "oneOf", "allOf"):
        for option in node.get(key, ()):
            if (found := child(schema, option, name)) is not None:
                return found
    if node.get("type") == "object" and "properties" not in node:
        return {}
    return None


def types_at(schema: dict[str, Any], node: dict[str, Any]) -> set[str]:
    node = resolve(schema, node)
    if "items" in node:
        return types_at(schema, node["items"])
    found = node.get("type", [])
    return set(found if isinstance(found, list) else [found]) | {
        t for key in ("anyOf", "oneOf") for option in node.get(key, ()) for t in types_at(schema, option)
    }


WRITTEN = [
    pytest.param(name, type_, fields, id=f"{name}-{type_}")
    for name, table in TABLES.items()
    for type_, fields in every(table)
]
ADDED = [
    pytest.param(name, TABLES[to].type, table.fields, id=f"{name}-{TABLES[to].type}")
    for name, table in TABLES.items()
    for to in table.adds_to_types
    if to in TABLES
]


@pytest.mark.parametrize(("name", "type_", "fields"), WRITTEN + ADDED)
def test_cloudformation_has_every_path(name: str, type_: str, fields: Fields) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    for path, kind in fields.paths():
        if (type_, path[0]) in MORE_THAN_CLOUDFORMATION:
            continue
        node: dict[str, Any] | None = schema
        for part in path:
            node = child(schema, node, part)
            assert node is not None, f"{type_} has no {'.'.join(path)}"
        types = types_at(schema, node)
        if kind == "number":
            assert types & {"integer", "number"} or not types or path[-1] == TEXT_FOR_NUMBER, (
                f"{type_}.{'.'.join(path)} is {types}"
            )
        elif kind == "boolean":
            assert "boolean" in types, f"{type_}.{'.'.join(path)} is {types}"
        elif kind == "string":
            assert not types or types & {"string", "object"}, f"{type_}.{'.'.join(path)} is {types}"


@pytest.mark.parametrize("name", TABLES)
def test_fixed_and_default_properties_exist(name: str) -> None:
    table = TABLES[name]
    types = [table.type] if table.type else [TABLES[to].type for to in table.adds_to_types if to in TABLES]
    for type_ in types:
        known = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema["properties"]
        for key in (*table.fixed, *table.defaults, *([table.name] if table.name else [])):
            assert key in known or (type_, key) in MORE_THAN_CLOUDFORMATION
    for split in table.splits:
        known = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", split.type).schema["properties"]
        assert {split.parent, *split.fixed} <= set(known)
    for _, other in table.alternatives:
        assert PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", other)


def names(fields: Fields, prefix: str = "") -> list[str]:
    """List the Terraform arguments of a table; those of JSON text are not the provider's."""
    found = []
    for name, rule in fields.entries:
        found.append(prefix + name)
        if isinstance(rule, One) and not rule.json and type(rule).__name__ != "Item":
            found += names(rule.fields, f"{prefix}{name}.")
    return found


def used(table: Table) -> set[str]:
    found = set(names(table.fields)) | {name for name, _ in table.alternatives}
    found |= {table.select, table.adds_to, *table.fan} - {""}
    for kind in table.kinds.values():
        found |= used(kind)
    for split in table.splits:
        inner = "" if split.whole else f"{split.attribute}."
        found |= {split.attribute, *names(split.fields, inner)}
    if table.item:
        found |= set(names(Fields(table.item[1])))
    return found


@pytest.mark.parametrize("name", [n for n in TABLES if n in RECORD["types"]])
def test_the_provider_has_every_argument(name: str) -> None:
    older = OLDER_PROVIDERS.get(name, set())
    for path in used(TABLES[name]):
        if any(path == old or path.startswith(f"{old}.") for old in older):
            continue
        node: Any = RECORD["types"][name]
        for part in path.split("."):
            if part in NOT_RECORDED:
                break
            assert isinstance(node, dict), f"{name}.{path}"
            assert part in node, f"the provider's {name} has no {path}"
            node = node[part]


def test_every_mapped_type_is_recorded() -> None:
    assert set(TABLES) - set(RECORD["types"]) == set()


def test_a_name_that_does_not_exist_is_noticed() -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::ECS::Service").schema
    assert child(schema, schema, "Nonsense") is None
    assert child(schema, child(schema, schema, "LoadBalancers"), "*") is not None
