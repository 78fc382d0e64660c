"""A spec may say as little as it likes, of any architecture; every value still has a requirement to cite."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from asbuilt.spec import load_spec, validate
from asbuilt.spec.load import bundled
from asbuilt.spec.schema import json_schema
from asbuilt.spec.show import as_json, as_yaml, describe

SHOP = """asbuilt: 1
name: shop
title: Our shop
project: acme
environments:
  live: {paths: ["live/**"]}
  test:
    logging: {retention_days: 7}
service_classes: {front: {}, back: {}}
services:
  site: {class: front, port: 8080, cpu: 512, memory: 1024, tasks: {min: 1, max: 3}}
  jobs: {class: back, cpu: 256, memory: 512}
compute: {shared_ports: false}
network:
  vpc_cidr: 172.16.0.0/20
  subnets:
    dmz: {default_route: internet_gateway, holds: [load_balancer]}
    apps: {cidrs: [172.16.1.0/24], holds: [tasks]}
logging:
  log_group: /ecs/${project}/${environment}/${service}
  retention_days: 90
cache: {engine: valkey}
requirements:
  - id: LOG
    section: Logs
    statement: Logs are kept for three months.
    values: [logging.retention_days]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    path = tmp_path_factory.mktemp("spec") / "shop.yaml"
    path.write_text(SHOP)
    assert validate(str(path)) == []
    return load_spec(str(path))


@pytest.mark.parametrize("text", ["", "logging: {retention_days: 30}\n", "services: {}\n", "region: eu-west-1\n"])
def test_half_a_spec_is_a_spec(tmp_path, text):
    path = tmp_path / "half.yaml"
    path.write_text("asbuilt: 1\nname: half\n" + text)
    assert validate(str(path)) == []
    spec = load_spec(str(path)).resolve(None)
    assert spec.title == spec.project == "half"
    assert spec.load_balancer.tls.offers is None
    assert spec.iam.task_role.permissions is None
    assert spec.value("services.*.port") is None
    assert spec.value("services") is None
    assert spec.value("capacity.spot_share") is None
    assert spec.requirement("tasks.public_ip").id == "tasks.public_ip"


def test_each_half_of_the_bundled_spec_is_a_spec(tmp_path):
    """Any one area may be left out, with the statements about it."""
    full = yaml.safe_load(bundled()["broxiva"].read_text())
    del full["environments"], full["requirements"]
    linked = {"service_classes", "services"}
    for area in [key for key in full if key not in ("asbuilt", "name")]:
        rest = {k: v for k, v in full.items() if k != area and not (area in linked and k in ("deployment", "capacity",
                "discovery", "load_balancer", "services"))}  # fmt: skip
        path = tmp_path / "part.yaml"
        path.write_text(yaml.safe_dump(rest, sort_keys=False))
        assert validate(str(path)) == [], area


def test_another_companys_services(shop):
    spec = shop.resolve("live")
    assert {n: (s.class_, s.port, s.tasks.max) for n, s in spec.services.items()} == {
        "site": ("front", 8080, 3),
        "jobs": ("back", None, None),
    }
    assert spec.value("services.*.port") == {"services.site.port": 8080}
    assert spec.logging.log_group == "/ecs/acme/live/${service}"
    assert not spec.is_derived("logging.log_group"), "live derives from nothing: its names are stated"
    assert shop.resolve("test").logging.retention_days == 7
    assert shop.environment_of("live/eu") == "live"


def test_a_value_without_a_statement_gets_a_requirement_of_its_own(shop):
    spec = shop.resolve(None)
    made = spec.requirement("cache.engine")
    assert (made.id, made.section, made.location.start_line) == ("cache.engine", "Cache", 22)
    assert made.statement == "The architecture sets cache.engine to valkey."
    assert spec.requirement("services.site.port").id == "services.site.port"
    assert spec.requirement("services.*.port").id == "services.site.port"
    assert spec.requirement("logging.retention_days").id == "LOG"
    assert shop.resolve("test").requirement("logging.retention_days").id == "LOG"


def test_the_requirements_are_the_stated_and_the_made(shop):
    spec = shop.resolve(None)
    ids = [r.id for r in spec.requirements]
    assert ids[0] == "LOG"
    assert len(ids) == len(set(ids))
    covered = {row.requirement for row in describe(spec)}
    assert covered <= set(ids)
    assert "compute.shared_ports" not in ids
    assert spec.sections[0] == "Logs"
    assert {r.section for r in spec.requirements} == set(spec.sections)


def test_a_sizing_without_a_statement(tmp_path):
    path = tmp_path / "sized.yaml"
    path.write_text(
        "asbuilt: 1\nname: x\nenvironments:\n  p: {}\n  s: {derives_from: p, sizing: {share: 0.5}}\n"
        "services: {a: {cpu: 1024, memory: 2048}}\n"
    )
    spec = load_spec(str(path)).resolve("s")
    found = spec.requirement("services.a.cpu")
    assert (found.id, found.section, found.location.start_line) == ("environments.s.sizing", "Sizing", 5)
    assert found in spec.requirements


def test_shown_as_yaml_it_is_the_values(shop):
    for document in (shop, load_spec("broxiva")):
        for environment in (None, *document.environments()):
            spec = document.resolve(environment)
            assert yaml.safe_load(as_yaml(spec)) == json.loads(json.dumps(spec.values()))


def test_shown_as_yaml_it_names_statement_derivation_and_line():
    text = as_yaml(load_spec("broxiva").resolve("staging"))
    line = next(line for line in text.split("\n") if "cpu: 1024" in line)
    assert "# COST-4, derived, line " in line
    assert text.count("# COST-4: Staging has half the size of production.") == 1


def test_shown_as_json_each_value_has_its_statement(shop):
    found = json.loads(as_json(shop.resolve("test")))
    assert (found["name"], found["environment"]) == ("shop", "test")
    row = next(row for row in found["values"] if row["path"] == "logging.retention_days")
    assert row == {
        "path": "logging.retention_days",
        "value": 7,
        "requirement": "LOG",
        "section": "Logs",
        "statement": "Logs are kept for three months.",
        "derived": False,
        "file": shop.path,
        "line": 8,
    }


def test_the_json_schema_accepts_what_the_loader_accepts():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(SHOP))) == []
    assert list(validator.iter_errors(yaml.safe_load(bundled()["broxiva"].read_text()))) == []


@pytest.mark.parametrize(
    "more", [{"loging": {}}, {"logging": {"retention_days": 45}}, {"services": {"a": {"port": "80"}}}, {"asbuilt": 2}]
)
def test_the_json_schema_refuses_mistakes(more):
    validator = jsonschema.Draft202012Validator(json_schema())
    assert list(validator.iter_errors({"asbuilt": 1, "name": "x", **more}))


def test_the_json_schema_describes_every_key():
    def undescribed(node, where=""):
        for name, field in node.get("properties", {}).items():
            if "description" not in field:
                yield f"{where}.{name}"

    schema = json_schema()
    missing = [*undescribed(schema)]
    for name, definition in schema["$defs"].items():
        missing += undescribed(definition, name)
    assert missing == []


def test_a_document_knows_its_bytes(shop):
    import hashlib
    from pathlib import Path

    assert shop.sha256 == hashlib.sha256(Path(shop.path).read_bytes()).hexdigest()
