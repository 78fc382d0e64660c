"""What may be made where it is missing as a whole is what AWS, and Terraform's provider, take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from asbuilt.fixes.document import RefusedError
from asbuilt.fixes.nested import MADE, Nested, Tree, text_of

PROVIDER = Path(__file__).parents[1] / "sources/terraform/aws_provider_schema.json"
ENTRIES = [(kind, path) for kind, parts in MADE.items() for path in parts]


@pytest.mark.parametrize(("kind", "path"), [entry for entry in ENTRIES if "::" in entry[0]], ids=str)
def test_mappings_have_what_cloudformation_asks_for(kind: str, path: tuple[str, ...]) -> None:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    node = schema
    for step in path:
        node = node["properties"][step]
        node = schema["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    assert set(node.get("required", ())) == MADE[kind][path]


@pytest.mark.parametrize(("kind", "path"), [entry for entry in ENTRIES if "::" not in entry[0]], ids=str)
def test_blocks_are_the_provider_s(kind: str, path: tuple[str, ...]) -> None:
    known = json.loads(PROVIDER.read_text("utf-8"))["types"][kind]
    for step in path:
        known = known[step]
    assert known.keys() == MADE[kind][path]  # the record does not tell which are required: here all are


def nested(path: str, shown: str = "true", there: int = 0) -> Nested:
    return Nested("AWS::ECS::Service", tuple(path.split(".")), there, shown, lambda name, tree: f"{name}={tree}")


BREAKER = "DeploymentConfiguration.DeploymentCircuitBreaker"


def test_values_of_one_mapping_are_added_together() -> None:
    parts = [nested(f"{BREAKER}.Enable"), nested("DeploymentConfiguration.MaximumPercent", "200")]
    tree: Tree = {"DeploymentCircuitBreaker": {"Enable": "true", "Rollback": "true"}, "MaximumPercent": "200"}
    assert text_of([parts[0], nested(f"{BREAKER}.Rollback"), parts[1]]) == f"DeploymentConfiguration={tree}"
    with pytest.raises(RefusedError, match="needs Rollback too"):
        text_of(parts)


def test_values_that_contradict_each_other_have_no_text() -> None:
    assert text_of([nested("DeploymentConfiguration.MaximumPercent", value) for value in ("200", "150")]) is None


def test_nothing_else_is_made() -> None:
    with pytest.raises(RefusedError, match="NetworkConfiguration is missing as well"):
        nested("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp")
    nested("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", there=2)  # nothing to make
