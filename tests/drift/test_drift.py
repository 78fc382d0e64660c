"""`asbuilt drift` over the platform's code and an account that this code made, then changed by hand on either side."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from asbuilt import scan
from asbuilt.cli.audit import command as audit_command
from asbuilt.cli.drift import command
from asbuilt.spec import load_spec
from reports.browsing import chromium, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "fixtures/broxiva/terraform"
TEMPLATES = ROOT / "fixtures/broxiva/cloudformation"
GIVEN = ("--parameters", str(TEMPLATES / "parameters/prod.json"))
REGION = "us-east-1"
REFUSED = "Logs_20140328.DescribeLogGroups"


@dataclass
class Run:
    """What a comparison said and exited with."""

    code: int
    said: dict[str, Any]
    text: str = ""
    page: str = ""

    def rows(self) -> set[tuple[str, str, str]]:
        """Return state, statement and subject of every row."""
        return {
            (row["state"], row["requirement"]["id"] if row["requirement"] else "", row["subject"])
            for row in self.said["rows"]
        }

    def row(self, state: str, subject: str) -> dict[str, Any]:
        """Return the one row about something."""
        found = [row for row in self.said["rows"] if (row["state"], row["subject"]) == (state, subject)]
        assert len(found) == 1, (state, subject, sorted(self.rows()))
        return found[0]


def compare(root: Path, url: str, out: Path, *options: str, path: str = "environments/prod") -> Run:
    """Run the command over a path below a root; the account is behind the URL."""
    live = ("--live", "--endpoint-url", url) if url else ()
    files = ("-o", f"json={out / 'drift.json'}", "-o", f"html={out / 'drift.html'}", "-o", "text")
    where = [
        str(root / path),
        "--root",
        str(root),
        "--spec",
        "broxiva",
        "--env",
        "prod",
        "-q",
        "--no-config",
    ]
    ran = CliRunner().invoke(command, [*where, *live, *files, *options], catch_exceptions=False)
    assert (out / "drift.json").exists(), (ran.output, ran.exception)
    said = json.loads((out / "drift.json").read_text())
    return Run(ran.exit_code, said, ran.stdout, (out / "drift.html").read_text())


def edited(folder: Path) -> Path:
    """Return a copy of the code with three changes: a bound, a grace period, a size that nobody gave."""
    copy = folder / "terraform"
    shutil.copytree(FIXTURE, copy)
    services = copy / "environments/prod/services.tf"
    text = services.read_text()
    for old, new in (
        ("      max_tasks           = 20\n", "      max_tasks           = 25\n"),
        ('      queue        = "media"\n', '      queue        = "media"\n      memory       = var.media_memory\n'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    services.write_text(text + '\nvariable "media_memory" {\n  type = number\n}\n')
    return copy


def by_hand(aws: Any, made: Any) -> None:
    """Change the account."""
    from live_platform import breakages_services as broken
    from live_platform import network, operations

    broken.short_retention(aws, made)  # the account breaks the spec
    broken.extra_service(aws, made)  # unmanaged, and breaks it
    broken.missing_alarm(aws, made)  # missing, and breaks it
    network.allow(aws, made.groups["redis"], 22, cidr="0.0.0.0/0")  # two statements broken by one rule
    aws.ec2.create_security_group(GroupName=f"{made.prefix}-debug", Description="debug", VpcId=made.vpc)
    label = f"{made.balancer.partition(':loadbalancer/')[2]}/{made.target_groups['web'].rpartition(':')[2]}"
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    operations.policy(aws, made, "web", "requests", 900.0, metric)  # allowed, and different
    table, other = made.tables["private"][1], made.tables["private"][0]
    routes = aws.ec2.describe_route_tables(RouteTableIds=[other])["RouteTables"][0]["Routes"]
    nat = next(route["NatGatewayId"] for route in routes if "NatGatewayId" in route)
    aws.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    aws.ssm.delete_parameter(Name="/broxiva/prod/mail-from")  # missing, and nothing is broken


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # for the server
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        yield in_turn(tmp_path_factory.mktemp("drift"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "live_platform"]:
        del sys.modules[name]


def in_turn(folder: Path) -> dict[str, Run]:
    """Build the account as the code makes it, compare, change it, and compare again."""
    from live_platform import proxy
    from live_platform.account import Account
    from live_platform.build import build
    from live_platform.server import moto_server

    from drift.alignment import align

    document = load_spec("broxiva")
    options = scan.Options(paths=[FIXTURE / "environments/prod"], environment="prod")
    code, copy = scan.read(document, options, lambda _: None), edited(folder)
    found: dict[str, Run] = {}
    with moto_server() as url:
        aws = Account(url, REGION)
        made = build(aws)
        align(aws, made, code)
        found["in sync"] = compare(FIXTURE, url, folder)
        found["templates"] = compare(TEMPLATES, url, folder, *GIVEN, path="")
        build(aws, "staging")
        found["beside staging"] = compare(FIXTURE, url, folder)
        with proxy.running(url, 0, [REFUSED]) as refusing:
            found["refused"] = compare(FIXTURE, refusing, folder)
        by_hand(aws, made)
        found["changed"] = compare(copy, url, folder)
        audit = ["--spec", "broxiva", "--env", "prod", "--endpoint-url", url, "--no-config", "-q"]
        CliRunner().invoke(audit_command, [*audit, "-o", f"json={folder / 'audit.json'}"], catch_exceptions=False)
        found["results"] = compare(copy, "", folder, "--results", str(folder / "audit.json"))
        found["results of templates"] = compare(
            TEMPLATES, "", folder, "--results", str(folder / "audit.json"), *GIVEN, path=""
        )
    return found


@pytest.mark.parametrize("state", ["in sync", "beside staging"])
def test_code_and_the_account_that_it_made_are_in_sync(runs: dict[str, Run], state: str) -> None:
    run = runs[state]
    assert run.rows() == set()
    assert run.code == 0
    summary = run.said["summary"]
    assert summary["pairs"] > 240
    assert summary["agreeing_properties"] > 1200
    assert summary["agreeing_verdicts"] > 700
    assert {one["state"] for one in run.said["statements"]} <= {"in_sync", None}
    assert sum(one["state"] == "in_sync" for one in run.said["statements"]) > 60
    assert "in sync" in run.text


CHANGED = {
    ("code_behind", "INV-6", "AWS::ECS::Service/api"),
    ("account_breaks", "MON-3", "AWS::Logs::LogGroup//aws/ecs/broxiva-prod/inventory"),
    ("account_breaks", "SG-5", "AWS::EC2::SecurityGroup/broxiva-prod-redis"),
    ("account_breaks", "SG-6", "AWS::EC2::SecurityGroup/broxiva-prod-redis"),
    ("unmanaged", "INV-1", "AWS::ECS::Service/returns"),
    ("unmanaged", "", "AWS::EC2::SecurityGroup/broxiva-prod-debug"),
    ("missing", "MON-5", "AWS::CloudWatch::Alarm/broxiva-prod-pricing-cpu"),
    ("missing", "", "AWS::SSM::Parameter//broxiva/prod/mail-from"),
    ("differs", "", "AWS::ApplicationAutoScaling::ScalingPolicy/service/broxiva-prod/web/broxiva-prod-web-requests"),
    ("differs", "", "AWS::EC2::Route/broxiva-prod-private-us-east-1b/0.0.0.0/0"),
    ("unknown", "INV-5", "AWS::ECS::Service/media"),
}


def test_each_change_is_reported_as_what_it_is_and_nothing_else(runs: dict[str, Run]) -> None:
    assert runs["changed"].rows() == CHANGED
    assert runs["changed"].code == 1


def test_rows_say_what_each_side_has_and_what_to_do(runs: dict[str, Run]) -> None:
    run = runs["changed"]
    behind = run.row("code_behind", "AWS::ECS::Service/api")
    assert (behind["code"]["value"], behind["account"]["value"]) == (25, 20)
    assert behind["code"]["location"]["file"].endswith(".tf")
    assert "undoes" in behind["do"]
    logs = run.row("account_breaks", "AWS::Logs::LogGroup//aws/ecs/broxiva-prod/inventory")
    assert (logs["expected"], logs["code"]["value"], logs["account"]["value"]) == (30, 30, 7)
    assert logs["account"]["field"] == "logs.DescribeLogGroups logGroups[].retentionInDays"
    assert logs["code"]["field"] == "retention_in_days"
    extra = run.row("unmanaged", "AWS::ECS::Service/returns")
    assert extra["account"]["address"].endswith(":service/broxiva-prod/returns")
    assert any("INV-1" in text for text in extra["broken"])
    gone = run.row("missing", "AWS::CloudWatch::Alarm/broxiva-prod-pricing-cpu")
    assert gone["service"] == "pricing"
    assert any("MON-5" in text for text in gone["broken"])
    unknown = run.row("unknown", "AWS::ECS::Service/media")
    assert "media_memory" in unknown["why"]
    assert unknown["do"]
    assert unknown["account"]["value"] in ("512", 512)


@pytest.mark.parametrize("mode", ["templates", "results of templates"])
def test_templates_are_those_of_the_account(runs: dict[str, Run], mode: str) -> None:
    """The pseudo parameter of the account has a value: ARNs written with it are compared."""
    run = runs[mode]
    assert run.said["rows"]
    assert "AWS::AccountId" not in json.dumps(run.said)


def test_refused_call_leaves_what_it_hides_unknown_on_the_side_of_the_account(runs: dict[str, Run]) -> None:
    run = runs["refused"]
    assert run.code == 3
    assert {state for state, _, _ in run.rows()} == {"unknown"}
    groups = [row for row in run.said["rows"] if row["type"] == "AWS::Logs::LogGroup" and row["code"]["address"]]
    assert len(groups) >= 19
    assert {row["do"] for row in groups} == {"allow logs:DescribeLogGroups"}


def test_results_of_an_audit_are_compared_by_statement(runs: dict[str, Run]) -> None:
    run = runs["results"]
    assert not run.said["with_properties"]
    assert any("not compared" in remark for remark in run.said["remarks"])
    live = {(state, name, subject) for state, name, subject in CHANGED if name and state in ("code_behind", "unknown")}
    assert live <= run.rows()
    told = {(state, name) for state, name, _ in run.rows()}
    assert told == {
        ("code_behind", "INV-6"),
        ("account_breaks", "MON-3"),
        ("account_breaks", "SG-5"),
        ("account_breaks", "SG-6"),
        ("account_breaks", "INV-1"),
        ("account_breaks", "MON-5"),
        ("unknown", "INV-5"),
    }
    assert run.code == 1


@pytest.mark.parametrize("state", ["in sync", "refused", "changed", "results"])
def test_json_is_what_the_schema_says(runs: dict[str, Run], state: str) -> None:
    schema = json.loads((ROOT / "reports/asbuilt_reports/drift.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(runs[state].said)


def test_page_asks_for_nothing_and_is_accessible(runs: dict[str, Run], tmp_path: Path) -> None:
    for state in ("in sync", "changed", "refused"):
        (tmp_path / f"{state}.html").write_text(runs[state].page)
    with chromium() as browser:
        for state in ("in sync", "changed", "refused"):
            for scheme in ("light", "dark"):
                page = browser.new_context(bypass_csp=True, color_scheme=scheme).new_page()  # type: ignore[arg-type]
                asked: list[str] = []
                said: list[str] = []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.on("console", lambda message, said=said: said.append(message.text))
                page.goto((tmp_path / f"{state}.html").as_uri())
                assert [url for url in asked if not url.startswith("file:")] == []
                assert len(asked) == 1
                assert said == []
                assert violations(page) == []


def test_policy_of_the_page_lets_no_script_run(runs: dict[str, Run]) -> None:
    page = runs["changed"].page
    assert "script-src 'none'" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "style=" not in page
