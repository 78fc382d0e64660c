"""Plans and states: what is scanned, with which values, references and lines."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.model import ABSENT, Property, Sensitive, Unknown, UnknownKind
from asbuilt.scan import Options, ScanError, check, read
from asbuilt.sources.terraform.load import load
from asbuilt.sources.terraform.plans import is_plan
from asbuilt.sources.terraform.plans.plan import PlanError, parse_plan
from asbuilt.sources.terraform.resources import to_resources
from asbuilt.spec import load_spec

ROOT = Path(__file__).parents[3]


def change(address: str, after: Any = None, *, actions: list[str] | None = None, **more: Any) -> dict[str, Any]:
    module, _, local = address.rpartition(".aws_") if address.startswith("module.") else ("", "", address)
    local = f"aws_{local}" if module else local
    type_, _, name = local.partition(".")
    name, _, key = name.partition("[")
    row: dict[str, Any] = {"address": address, "mode": "managed", "type": type_, "name": name}
    if module:
        row["module_address"] = module
    if key:
        row["index"] = json.loads(key.rstrip("]"))
    marks = {"after_unknown": more.pop("unknown", {}), "after_sensitive": more.pop("sensitive", {})}
    return {**row, **more, "change": {"actions": actions or ["create"], "before": None, "after": after, **marks}}


def plan(*changes: dict[str, Any], root_module: Any = None, **more: Any) -> bytes:
    data = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes), **more}
    data.setdefault("configuration", {"root_module": root_module or {}})
    return json.dumps(data).encode()


def instances(content: bytes) -> dict[str, Any]:
    return {one.address: one for one in parse_plan(content, "plan.json").instances()}


def resources(content: bytes) -> dict[str, Any]:
    return {one.address: one for one in to_resources(parse_plan(content, "plan.json").instances())}


def test_what_is_destroyed_or_only_read_is_not_scanned():
    found = instances(
        plan(
            change("aws_vpc.new", {}),
            change("aws_vpc.same", {}, actions=["no-op"]),
            change("aws_vpc.changed", {}, actions=["update"]),
            change("aws_vpc.replaced", {}, actions=["delete", "create"]),
            change("aws_vpc.gone", None, actions=["delete"]),
            change("aws_vpc.left", None, actions=["forget"]),
            change("aws_vpc.old", None, actions=["delete"], deposed="abcd"),
            {**change("aws_vpc.data", {}, actions=["read"]), "mode": "data"},
        )
    )
    assert list(found) == ["aws_vpc.new", "aws_vpc.same", "aws_vpc.changed", "aws_vpc.replaced"]


def test_values_are_those_of_the_plan():
    after = {"name": "/ecs/api", "retention_in_days": 30, "kms_key_id": None, "tags": {"Team": "a"}, "tags_all": {}}
    group = resources(plan(change('module.a["x"].aws_cloudwatch_log_group.this["api"]', after)))
    log = group['module.a["x"].aws_cloudwatch_log_group.this["api"]']
    assert log.type == "AWS::Logs::LogGroup"
    assert log.name == "/ecs/api"
    assert log.get("RetentionInDays") == 30
    assert log.get("KmsKeyId") is ABSENT
    assert log.location.file == "plan.json"


def test_blocks_that_are_not_there_are_absent_and_an_empty_list_that_is_written_stays():
    after = {"name": "x", "load_balancer": [], "security_groups": []}
    expressions = {"name": {"constant_value": "x"}, "security_groups": {"references": ["var.groups"]}}
    config = {"resources": [{"address": "aws_ecs_service.x", "expressions": expressions}]}
    service = instances(plan(change("aws_ecs_service.x", after), root_module=config))["aws_ecs_service.x"]
    assert service.value("load_balancer") is ABSENT
    assert service.value("security_groups") == []
    assert list(service.names()) == ["name", "security_groups"]


def test_what_is_known_after_apply_refers_to_what_the_configuration_names():
    expressions = {
        "cluster": {"references": ["aws_ecs_cluster.main.id", "aws_ecs_cluster.main"]},
        "task_definition": {"references": ["aws_ecs_task_definition.this", "each.key"]},
        "network_configuration": [
            {"subnets": {"references": ["var.subnets"]}, "security_groups": {"references": ["local.groups"]}}
        ],
    }
    services = {"resources": [{"address": "aws_ecs_service.this", "expressions": expressions}]}
    network = {
        "outputs": {"ids": {"expression": {"references": ["aws_subnet.private"]}}},
        "resources": [{"address": "aws_subnet.private", "expressions": {}}],
    }
    calls = {
        "services": {"expressions": {"subnets": {"references": ["module.network.ids", "module.network"]}}},
        "network": {"expressions": {}, "module": network},
    }
    calls["services"]["module"] = services
    unknown = {"cluster": True, "task_definition": True, "network_configuration": [{"subnets": True}]}
    unknown["network_configuration"][0]["security_groups"] = True
    content = plan(
        change("module.services.aws_ecs_cluster.main", {}),
        change('module.services.aws_ecs_task_definition.this["api"]', {}),
        change('module.services.aws_ecs_task_definition.this["web"]', {}),
        change("module.network.aws_subnet.private[0]", {}),
        change("module.network.aws_subnet.private[1]", {}),
        change(
            'module.services.aws_ecs_service.this["web"]',
            {"network_configuration": [{"assign_public_ip": False}]},
            unknown=unknown,
        ),
        root_module={"module_calls": calls},
    )
    service = instances(content)['module.services.aws_ecs_service.this["web"]']

    def targets(value: Any) -> list[str]:
        assert isinstance(value, Unknown)
        assert value.kind is UnknownKind.COMPUTED
        return [reference.target for reference in value.references]

    assert targets(service.value("cluster")) == ["plan.json//module.services.aws_ecs_cluster.main"]
    assert targets(service.value("task_definition")) == [
        'plan.json//module.services.aws_ecs_task_definition.this["web"]'
    ]
    block = service.value("network_configuration")[0]
    assert block["assign_public_ip"] is False
    assert targets(block["subnets"]) == [f"plan.json//module.network.aws_subnet.private[{n}]" for n in (0, 1)]
    assert targets(block["security_groups"]) == []  # a plan has no locals: nothing is made up
    assert {(edge.attribute, edge.target) for edge in service.edges()} >= {
        ("cluster", "plan.json//module.services.aws_ecs_cluster.main")
    }


def test_references_by_other_keys_name_every_instance():
    expressions = {"vpc_id": {"references": ["aws_vpc.all", "local.chosen", "each.key"]}}
    config = {"resources": [{"address": "aws_subnet.s", "expressions": expressions}]}
    content = plan(
        change('aws_vpc.all["a"]', {}),
        change('aws_vpc.all["b"]', {}),
        change('aws_subnet.s["a"]', {}, unknown={"vpc_id": True}),
        root_module=config,
    )
    value = instances(content)['aws_subnet.s["a"]'].value("vpc_id")
    assert len(value.references) == 2
    assert not value.exact


def test_module_variables_that_lead_in_circles_end():
    call = {"expressions": {"x": {"references": ["module.a.x"]}}}
    call["module"] = {
        "outputs": {"x": {"expression": {"references": ["var.x"]}}},
        "resources": [{"address": "aws_vpc.v", "expressions": {"cidr_block": {"references": ["var.x"]}}}],
    }
    content = plan(
        change("module.a.aws_vpc.v", {}, unknown={"cidr_block": True}), root_module={"module_calls": {"a": call}}
    )
    assert instances(content)["module.a.aws_vpc.v"].value("cidr_block").references == ()


def test_sensitive_values_are_marked_and_never_shown():
    after = {"environment": [{"variables": {"TOKEN": "hunter2", "MODE": "a"}}], "function_name": "f"}
    marks = {"environment": [{"variables": {"TOKEN": True}}]}
    one = instances(plan(change("aws_lambda_function.f", after, sensitive=marks)))["aws_lambda_function.f"]
    variables = one.value("environment")[0]["variables"]
    assert variables["TOKEN"] == Sensitive("hunter2")
    assert variables["MODE"] == "a"
    assert "hunter2" not in repr(one.values())


def test_region_and_tags_come_from_the_provider():
    providers = {
        "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        "aws.far": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}},
        "aws.odd": {"name": "aws", "expressions": {"region": {"references": ["local.region"]}}},
    }
    rows = [
        {"address": f"aws_vpc.{n}", "provider_config_key": k}
        for n, k in (("a", "aws"), ("b", "aws.far"), ("c", "aws.odd"), ("d", "other"))
    ]
    content = plan(
        *(change(row["address"], {"tags_all": {"Project": "x"}}) for row in rows),
        configuration={"provider_config": providers, "root_module": {"resources": rows}},
        variables={"region": {"value": "us-east-1"}},
    )
    found = instances(content)
    assert found["aws_vpc.a"].region == "us-east-1"
    assert found["aws_vpc.b"].region == "eu-west-1"
    assert isinstance(found["aws_vpc.c"].region, Unknown)
    assert found["aws_vpc.d"].region is ABSENT
    assert resources(content)["aws_vpc.a"].get("Tags") == [{"Key": "Project", "Value": "x"}]


def test_ids_that_are_known_join():
    content = plan(
        change("aws_vpc.a", {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}, actions=["no-op"]),
        change("aws_subnet.s", {"vpc_id": "vpc-1"}, actions=["no-op"]),
        change("aws_security_group.g", {"id": "sg-1", "vpc_id": "vpc-1"}, actions=["no-op"]),
        change(
            "aws_vpc_security_group_ingress_rule.r",
            {"security_group_id": "sg-1", "from_port": 80, "to_port": 80, "ip_protocol": "tcp"},
            actions=["no-op"],
        ),
    )
    found = resources(content)
    assert "aws_vpc.a" in found
    assert found["aws_vpc.a"].identifiers["id"] == "vpc-1"


def state(*rows: dict[str, Any], **module: Any) -> bytes:
    return json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": rows, **module}}}).encode()


def test_states_as_terraform_shows_them():
    row = {"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1"}}
    data = {**row, "address": "data.aws_vpc.d", "mode": "data"}
    below = {"address": "module.m", "resources": [{**row, "address": "module.m.aws_vpc.a"}]}
    assert list(instances(state(row, data, child_modules=[below]))) == ["aws_vpc.a", "module.m.aws_vpc.a"]
    assert instances(b'{"format_version": "1.0"}') == {}


def test_state_files():
    data = {
        "version": 4,
        "terraform_version": "1.11.4",
        "resources": [
            {"mode": "data", "type": "aws_vpc", "name": "d", "instances": [{"attributes": {}}]},
            {
                "module": 'module.m["x"]',
                "mode": "managed",
                "type": "aws_db_instance",
                "name": "db",
                "instances": [
                    {
                        "index_key": "a.b",
                        "attributes": {"engine": "postgres", "password": "hunter2"},
                        "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]],
                    },
                    {"index_key": 1, "attributes": {"engine": "mysql"}},
                    {"index_key": 2, "deposed": "00", "attributes": {}},
                ],
            },
        ],
    }
    found = instances(json.dumps(data).encode())
    assert list(found) == ['module.m["x"].aws_db_instance.db["a.b"]', 'module.m["x"].aws_db_instance.db[1]']
    assert next(iter(found.values())).value("password") == Sensitive("hunter2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "expected an object"),
        (b"{}", "no plan and no state"),
        (b'{"version": 3, "modules": []}', "before 0.12"),
        (b'{"resource_changes": [1]}', "not as Terraform writes"),
        (b'{"resource_changes": [{"mode": "managed", "change": {"actions": ["create"], "after": {}}}]}', "not as"),
        (b'{"format_version": "1.0", "values": {"root_module": {"resources": [3]}}}', "not as Terraform writes"),
        (b'{"resource_changes": NaN}', "not JSON"),
    ],
)
def test_what_is_no_plan_is_refused(content, message):
    with pytest.raises(PlanError, match=message):
        parse_plan(content, "plan.json")


def test_a_plan_that_ended_in_an_error_is_a_gap():
    assert [gap.incomplete for gap in parse_plan(plan(errored=True), "plan.json").gaps] == [True]
    assert [gap.incomplete for gap in parse_plan(plan(deferred_changes=[{}]), "plan.json").gaps] == [True]


@cache
def platform(which: str) -> tuple[Path, bytes]:
    spec = importlib.util.spec_from_file_location("make_plan", ROOT / "scripts" / "make_plan.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    directory = ROOT / "fixtures" / "broxiva" / which / "environments" / "prod"
    return directory, json.dumps(module.make_plan(load([directory]).roots[0])).encode()


def verdicts(results: Any) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for finding in results.findings:
        key = (finding.rule, finding.resource.address)
        found[key] = (finding.verdict.value, finding.message, finding.resource.location)
    for rule, addresses in results.passes.items():
        found.update(((rule, address), "pass") for address in addresses)
    return found


@pytest.mark.parametrize("which", ["terraform", "drifted"])
def test_the_platform_as_plan_has_the_verdicts_and_lines_of_its_code(which, tmp_path):
    directory, content = platform(which)
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    document = load_spec("broxiva")
    spec = document.resolve("prod")
    code = verdicts(check(document, spec, Options([directory], "prod")))
    joined = verdicts(check(document, spec, Options([directory], "prod", plan=path)))
    assert len(code) > 300
    assert joined == code


@pytest.mark.parametrize("which", ["terraform", "drifted"])
def test_a_plan_alone_never_passes_what_its_code_fails(which, tmp_path):
    directory, content = platform(which)
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    document = load_spec("broxiva")
    spec = document.resolve("prod")
    code = verdicts(check(document, spec, Options([directory], "prod")))
    alone = verdicts(check(document, spec, Options([path], "prod")))
    assert len(alone) > 300
    failed = {key for key, verdict in code.items() if verdict[0] == "fail"}
    assert [key for key in failed if alone.get(key) == "pass"] == []
    passed = {key for key, verdict in code.items() if verdict == "pass"}
    assert [key for key in passed if key in alone and alone[key][0] == "fail"] == []


def test_a_plan_needs_its_one_root_module(tmp_path):
    _, content = platform("terraform")
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('resource "aws_vpc" "a" {}\n')
    with pytest.raises(ScanError, match="name the one root module"):
        read(None, Options([tmp_path / "a", tmp_path / "b"], plan=path), lambda _: None)


def test_plan_and_configuration_of_different_making_are_told(tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "a" {}\nresource "aws_vpc" "b" {}\n')
    path = tmp_path / "plan.json"
    path.write_bytes(plan(change("aws_vpc.a", {}), change("aws_vpc.c", {})))
    graph = read(None, Options([tmp_path], plan=path), lambda _: None)
    assert [resource.address for resource in graph.resources] == ["aws_vpc.a", "aws_vpc.c"]
    assert ["aws_vpc.b" in gap.what for gap in graph.gaps] == [True]
    assert ["aws_vpc.c" in remark.message for remark in graph.diagnostics] == [True]


def test_a_plan_on_one_line_is_not_quoted(tmp_path):
    path = tmp_path / "plan.json"
    secret = {"password": {"value": "hunter2"}}
    groups = [change(f"aws_cloudwatch_log_group.g{n}", {"name": "/x"}) for n in range(20)]
    path.write_bytes(plan(*groups, variables=secret))
    document = load_spec("broxiva")
    results = check(document, document.resolve("prod"), Options([path], "prod"))
    assert results.findings
    assert "hunter2" not in str(results)


def test_which_files_are_plans(tmp_path):
    for name, text, expected in (
        ("plan.json", '{"format_version": "1.2"}', True),
        ("terraform.tfstate", '{"version": 4, "terraform_version": "1.5.0"}', True),
        ("main.tf.json", '{"format_version": "1.2"}', False),
        ("package.json", '{"name": "x"}', False),
        ("notes.txt", '{"format_version": "1.2"}', False),
    ):
        (tmp_path / name).write_text(text)
        assert is_plan(tmp_path / name) is expected, name
    assert not is_plan(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(after=JSON, unknown=JSON, sensitive=JSON, expressions=JSON, index=JSON)
def test_marks_of_any_shape_give_values(after, unknown, sensitive, expressions, index):
    row = change("aws_ecs_service.x", after, unknown=unknown, sensitive=sensitive)
    config = {"resources": [{"address": "aws_ecs_service.x", "expressions": expressions}]}
    try:
        found = to_resources(parse_plan(plan({**row, "index": index}, root_module=config), "plan.json").instances())
    except PlanError:
        return
    for resource in found:
        for name in list(resource.properties):
            assert isinstance(resource.at(name), Property)
        list(resource.edges())
        _ = resource.name, resource.identifiers
