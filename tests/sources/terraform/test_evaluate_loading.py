"""Roots, modules on disk and not, confinement, bounds, overrides, variables."""

# ruff: noqa: E501 - a configuration reads better on one line

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asbuilt.confinement import Confinement
from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform.configuration.directories import Directories
from asbuilt.sources.terraform.configuration.roots import discover
from asbuilt.sources.terraform.configuration.tree import Loader
from asbuilt.sources.terraform.evaluation.root import EvaluationLimits
from asbuilt.sources.terraform.load import load
from sources.terraform.configurations import errors, loaded, write

if TYPE_CHECKING:
    from pathlib import Path

LEAF = 'variable "n" { default = "d" }\nresource "aws_sqs_queue" "q" {\nname = var.n\n}\noutput "arn" { value = aws_sqs_queue.q.arn }\n'


def test_a_called_directory_is_no_root_of_its_own_and_hidden_ones_are_skipped(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "env/prod/main.tf": 'module "m" {\nsource = "../../modules/m"\n}',
            "env/dev/main.tf": 'module "m" {\nsource = "../../modules/m"\n}',
            "modules/m/main.tf": LEAF,
            ".terraform/x/main.tf": LEAF,
            "alone/main.tf": LEAF,
        },
    )
    found = load([tmp_path], root=tmp_path)
    assert sorted(str(root.path.relative_to(tmp_path)) for root in found.roots) == ["alone", "env/dev", "env/prod"]
    keys = [instance.key for root in found.roots for instance in root.instances()]
    assert len(set(keys)) == 3


def test_modules_above_the_path_are_read_inside_the_git_tree_only(tmp_path: Path) -> None:
    write(tmp_path, {"env/main.tf": 'module "m" {\nsource = "../modules/m"\n}', "modules/m/main.tf": LEAF})
    refused = load([tmp_path / "env"])
    assert refused.roots[0].instances() == []
    assert [(gap.kind, gap.incomplete) for gap in refused.gaps] == [(UnknownKind.CONFINED, True)]
    (tmp_path / ".git").mkdir()
    assert [i.address for i in load([tmp_path / "env"]).roots[0].instances()] == ["module.m.aws_sqs_queue.q"]


@pytest.mark.parametrize("source", ["../../outside", "/etc", "./link"])
def test_a_module_outside_the_root_is_refused(tmp_path: Path, source: str) -> None:
    write(
        tmp_path,
        {
            "outside/main.tf": LEAF,
            "repo/x/main.tf": f'module "m" {{\nsource = "{source}"\n}}\noutput "o" {{ value = module.m.arn }}',
        },
    )
    (tmp_path / "repo/x/link").symlink_to(tmp_path / "outside")
    found = load([tmp_path / "repo/x"], root=tmp_path / "repo")
    assert found.roots[0].instances() == []
    value = found.roots[0].evaluate("module.m.arn")
    assert isinstance(value, Unknown)
    assert value.kind is UnknownKind.CONFINED
    assert {gap.kind for gap in found.gaps} == {UnknownKind.CONFINED}
    assert source in {gap.what for gap in found.gaps}


@pytest.mark.parametrize(
    "call",
    [
        'file("../secret")',
        'file("/etc/passwd")',
        'file("link")',
        'templatefile("../secret", {})',
        'filebase64("~/x")',
        'filemd5("../secret")',
    ],
)
def test_a_file_outside_the_root_is_refused(tmp_path: Path, call: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/link").symlink_to(tmp_path / "secret")
    report, found = loaded(tmp_path / "repo", f'resource "aws_x" "y" {{\nv = {call}\nw = try({call}, "fallback")\n}}')
    for name in ("v", "w"):
        value = found["aws_x.y"].value(name)
        assert isinstance(value, Unknown)
        assert value.kind is UnknownKind.CONFINED
    assert any(gap.kind is UnknownKind.CONFINED for gap in report.gaps)
    assert any(d.code == "outside-root" for d in report.diagnostics)


def test_a_registry_module_is_one_gap_and_its_outputs_say_so(tmp_path: Path) -> None:
    text = """
    module "a" { source = "terraform-aws-modules/vpc/aws" }
    module "b" { source = "terraform-aws-modules/vpc/aws" }
    resource "aws_x" "y" { subnets = module.a.private_subnets }
    """
    report, found = loaded(tmp_path, text)
    value = found["aws_x.y"].value("subnets")
    assert (value.kind, "module.a" in value.reason) == (UnknownKind.MODULE, True)
    (gap,) = report.gaps
    assert (gap.incomplete, gap.kind, gap.types) == (False, UnknownKind.MODULE, frozenset())
    assert "--module-dir terraform-aws-modules/vpc/aws=" in gap.action
    assert errors(report) == []


def test_a_registry_module_is_read_where_terraform_init_put_it(tmp_path: Path) -> None:
    manifest = '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"q","Source":"registry.terraform.io/x/q/aws","Dir":".terraform/modules/q"}]}'
    _, found = loaded(
        tmp_path,
        {
            "main.tf": 'module "q" {\nsource = "x/q/aws"\nn = "set"\n}',
            ".terraform/modules/modules.json": manifest,
            ".terraform/modules/q/main.tf": LEAF,
        },
    )
    assert found["module.q.aws_sqs_queue.q"].value("name") == "set"


def test_a_registry_module_is_read_from_a_named_directory(tmp_path: Path) -> None:
    write(tmp_path / "vendor", {"main.tf": LEAF, "modules/inner/main.tf": LEAF})
    text = 'module "q" { source = "x/q/aws" }\nmodule "i" { source = "x/q/aws//modules/inner" }'
    _, found = loaded(tmp_path / "repo", text, module_dirs={"x/q/aws": tmp_path / "vendor"})
    assert set(found) == {"module.q.aws_sqs_queue.q", "module.i.aws_sqs_queue.q"}


def test_a_module_that_calls_itself_is_named(tmp_path: Path) -> None:
    report, found = loaded(
        tmp_path,
        {"main.tf": 'module "m" {\nsource = "./m"\n}', "m/main.tf": 'module "again" {\nsource = "../m"\n}\n' + LEAF},
    )
    assert set(found) == {"module.m.aws_sqs_queue.q"}
    assert [d.code for d in report.diagnostics] == ["module-cycle"]


@pytest.mark.parametrize("argument", ["count = 1000000000", 'for_each = { for i in range(1010) : "k${i}" => i }'])
def test_too_many_instances_are_one_conditional_instance_and_a_diagnostic(tmp_path: Path, argument: str) -> None:
    report, found = loaded(
        tmp_path, f'resource "aws_x" "y" {{\n{argument}\n}}', limits=EvaluationLimits(instances=1000)
    )
    (instance,) = found.values()
    assert instance.conditional is not None
    assert instance.conditional.kind is UnknownKind.LIMIT
    assert [d.code for d in report.diagnostics] == ["limit-exceeded"]


def test_loops_and_chains_are_bounded(tmp_path: Path) -> None:
    chain = "\n".join(f"l{i} = local.l{i + 1}" for i in range(3000)) + "\nl3000 = 1"
    text = f"""
    locals {{
      big = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]
      {chain}
    }}
    resource "aws_x" "y" {{
      big   = local.big
      chain = local.l0
      fine  = 1
    }}
    """
    report, found = loaded(tmp_path, text, limits=EvaluationLimits(iterations=20_000))
    for name in ("big", "chain"):
        value = found["aws_x.y"].value(name)
        assert isinstance(value, Unknown)
        assert value.kind is UnknownKind.LIMIT
    assert found["aws_x.y"].value("fine") == 1
    assert {d.code for d in report.diagnostics} == {"limit-exceeded"}


def test_a_template_that_renders_itself_is_bounded(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_x" "y" {\nv = templatefile("t.tftpl", {})\n}',
        "t.tftpl": '${templatefile("t.tftpl", {})}',
    }
    _, found = loaded(tmp_path, files)
    assert isinstance(found["aws_x.y"].value("v"), Unknown)


def test_the_message_of_a_failed_validation_is_reported(tmp_path: Path) -> None:
    text = 'variable "d" {\ndefault = 7\nvalidation {\ncondition = var.d >= 30\nerror_message = "Keep logs for ${30} days."\n}\n}\n'
    report, _ = loaded(tmp_path, text)
    (diagnostic,) = report.diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("variable-validation", "error")
    assert "Keep logs for 30 days." in diagnostic.message
    assert diagnostic.location is not None
    assert diagnostic.location.start_line == 4


def test_a_variable_without_a_value_keeps_its_type(tmp_path: Path) -> None:
    text = """
    variable "svc" { type = object({ port = number, name = optional(string) }) }
    resource "aws_x" "y" {
      port = var.svc.port
      bad  = var.svc.nope
    }
    """
    report, found = loaded(tmp_path, text)
    port = found["aws_x.y"].value("port")
    assert (port.kind, port.type) == (UnknownKind.VARIABLE, "number")
    assert found["aws_x.y"].value("bad").kind is UnknownKind.ERROR
    assert len(errors(report)) == 1


def test_a_missing_module_argument_is_an_error(tmp_path: Path) -> None:
    report, found = loaded(
        tmp_path,
        {
            "main.tf": 'module "m" {\nsource = "./m"\n}',
            "m/main.tf": 'variable "n" {}\nresource "aws_x" "y" {\nv = var.n\n}',
        },
    )
    assert found["module.m.aws_x.y"].value("v").kind is UnknownKind.VARIABLE
    assert len(errors(report)) == 1


def test_moved_blocks_are_kept_with_their_module(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\nsource = "./m"\n}',
        "m/main.tf": 'resource "aws_x" "new" {}\nmoved {\nfrom = aws_x.old["a"]\nto = aws_x.new\n}',
    }
    report, _ = loaded(tmp_path, files)
    assert [(at, m.source, m.target) for at, m in report.roots[0].moved] == [
        ("module.m", 'aws_x.old["a"]', "aws_x.new")
    ]


def test_an_expression_can_be_evaluated_inside_a_module(tmp_path: Path) -> None:
    report, _ = loaded(tmp_path, {"main.tf": 'module "m" {\nsource = "./m"\nn = "x"\n}', "m/main.tf": LEAF})
    assert report.roots[0].evaluate("upper(var.n)", "module.m") == "X"


def test_an_override_file_replaces_arguments_and_locates_them(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_x" "y" {\n  a = 1\n  b = 2\n  rule { c = 1 }\n}\n',
        "main_override.tf": '\n\nresource "aws_x" "y" {\n  b = 3\n  rule { c = 2 }\n}\n',
    }
    _, found = loaded(tmp_path, files)
    instance = found["aws_x.y"]
    assert dict(instance.values()) == {"a": 1, "b": 3, "rule": [{"c": 2}]}
    trace = instance.trace(("b",))
    assert trace is not None
    assert (trace.location.file.endswith("main_override.tf"), trace.location.start_line) == (True, 4)


def test_a_file_of_values_that_does_not_parse_makes_the_values_it_may_set_unknown(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "a" { default = 30 }\nvariable "b" { default = 1 }\nresource "aws_x" "y" {\na = var.a\nb = var.b\n}',
        "terraform.tfvars": "a 7\n",
        "z.auto.tfvars": "b = 2\n",
    }
    report, found = loaded(tmp_path, files)
    value = found["aws_x.y"].value("a")
    assert isinstance(value, Unknown)
    assert "terraform.tfvars" in value.reason
    assert found["aws_x.y"].value("b") == 2
    assert [gap.incomplete for gap in report.gaps] == [True]


def test_json_is_read_like_the_native_syntax(tmp_path: Path) -> None:
    files = {
        "main.tf.json": """{
          "variable": {"data": {"type": "string"}},
          "provider": {"aws": {"region": "eu-west-1", "default_tags": {"tags": {"Env": "${var.data}"}}}},
          "resource": {"aws_x": {"y": {
            "name": "n-${var.data}",
            "dynamic": {"rule": {"for_each": [1, 2], "content": {"port": "${rule.value + 79}"}}},
            "lifecycle": {"prevent_destroy": true}
          }}}
        }""",
        "terraform.tfvars.json": '{"data": "${literal}"}',
    }
    report, found = loaded(tmp_path, files)
    assert errors(report) == []
    assert dict(found["aws_x.y"].values()) == {"name": "n-${literal}", "rule": [{"port": 80}, {"port": 81}]}
    assert (found["aws_x.y"].region, found["aws_x.y"].default_tags) == ("eu-west-1", {"Env": "${literal}"})
    trace = found["aws_x.y"].trace(("name",))
    assert trace is not None
    assert trace.location.start_line == 5


def test_whatever_is_written_in_the_wrong_place_is_no_crash(tmp_path: Path) -> None:
    text = """
    data "aws_iam_policy_document" "p" {
      statement {
        actions    = ["s3:*"]
        principals = "everyone"
        condition  = ["x"]
      }
      statement  = 5
    }
    resource "aws_x" "y" {
      policy  = data.aws_iam_policy_document.p.json
      element = element([1])
      each    = each.value
    }
    """
    report, found = loaded(tmp_path, text)
    for name in ("policy", "element", "each"):
        assert isinstance(found["aws_x.y"].value(name), Unknown)
        assert found["aws_x.y"].trace((name, 0)) is not None
    assert len(errors(report)) == 2


def test_a_linked_directory_that_leads_out_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, {"outside/main.tf": LEAF, "repo/main.tf": LEAF})
    (tmp_path / "repo/link").symlink_to(tmp_path / "outside")
    found = load([tmp_path / "repo"], root=tmp_path / "repo")
    assert [root.path.name for root in found.roots] == ["repo"]
    assert [(gap.kind, gap.what.endswith("link"), gap.incomplete) for gap in found.gaps] == [
        (UnknownKind.CONFINED, True, True)
    ]


def test_roots_are_found_without_evaluating(tmp_path: Path) -> None:
    write(tmp_path, {"env/main.tf": 'module "m" {\nsource = "../m"\n}', "m/main.tf": LEAF})
    directories = Directories([tmp_path], Confinement.around([tmp_path]))
    assert [path.name for path in discover(directories, Loader(directories.confinement))] == ["env"]


def test_time_is_bounded(tmp_path: Path) -> None:
    report, found = loaded(
        tmp_path, 'locals { a = 1 }\nresource "aws_x" "y" {\nv = local.a\n}', limits=EvaluationLimits(seconds=-1)
    )
    value = found["aws_x.y"].value("v")
    assert isinstance(value, Unknown)
    assert value.kind is UnknownKind.LIMIT
    assert {d.code for d in report.diagnostics} == {"limit-exceeded"}
