"""Waivers at work: `asbuilt check` from the outside."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
TODAY = datetime.now(UTC).date().isoformat()
SPEC = """\
asbuilt: 1
name: shop
environments:
  prod: {paths: ["**/prod"]}
services:
  api: {class: critical, port: 4000}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
GROUP = """\
resource "aws_cloudwatch_log_group" "%s" {
  name              = "/shop/%s"
  retention_in_days = %s
}
"""
RETENTION = "log-group-retention"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC)
    Path("code").mkdir()
    code("".join(GROUP % (name, name, days) for name, days in (("api", 7), ("web", 7), ("mails", 30))))
    return tmp_path


def code(text: str, file: str = "main.tf") -> None:
    Path("code", file).write_text(text)


def check(*arguments: str, only: str | None = RETENTION) -> Result:
    chosen = ("--only", only) if only else ()
    command = ["check", "code", "--spec", "spec.yaml", "--fail-on", "low", *chosen, *arguments]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def found(*arguments: str, only: str | None = RETENTION) -> dict[str, Any]:
    result = check("-o", "json", *arguments, only=only)
    data: dict[str, Any] = json.loads(result.stdout)
    assert data["run"]["exit_code"] == result.exit_code
    return data


def verdicts(data: dict[str, Any], rule: str = RETENTION) -> dict[str, str]:
    return {f["resource"]["address"]: f["verdict"] for f in data["findings"] if f["rule"] == rule}


def waive(**fields: str) -> str:
    given = {"reason": "kept elsewhere", "owner": "ops", "expires": SOON, **fields}
    entry = "\n".join(f"    {key}: {json.dumps(value)}" for key, value in given.items())
    Path("waivers.yaml").write_text(f"waivers:\n  -\n{entry}\n")
    return "--waivers=waivers.yaml"


def test_a_live_waiver_turns_a_failure_into_waived() -> None:
    data = found(waive(rule=RETENTION, resource="aws_cloudwatch_log_group.*", ticket="OPS-1"))
    assert verdicts(data) == dict.fromkeys(("aws_cloudwatch_log_group.api", "aws_cloudwatch_log_group.web"), "waived")
    assert data["run"]["exit_code"] == 0
    assert data["summary"]["fail"] == 0
    assert data["summary"]["waived"] == 2
    code(GROUP % ("api", "api", 7))
    assert "is waived (1 finding)" in check("--waivers=waivers.yaml").stdout
    waiver = data["findings"][0]["waiver"]
    assert waiver | {"owner": "ops", "ticket": "OPS-1", "expires": SOON, "expired": False, "inline": False} == waiver
    assert waiver["location"]["file"] == "waivers.yaml"
    (row,) = data["waivers"]
    assert (row["state"], row["waived"], len(row["findings"])) == ("live", 2, 2)


@pytest.mark.parametrize(
    ("fields", "waived"),
    [
        ({"rule": RETENTION, "resource": "aws_cloudwatch_log_group.api"}, {"api"}),
        ({"rule": RETENTION, "resource": "aws_cloudwatch_log_group.?pi"}, {"api"}),
        ({"rule": RETENTION, "resource": "aws_cloudwatch_log_group.ap"}, set()),
        ({"rule": RETENTION, "resource": "*.[aw]*"}, set()),  # brackets are brackets: they stand in addresses
        ({"requirement": "logging.retention_days", "resource": "*"}, {"api", "web"}),
        ({"rule": RETENTION, "requirement": "logging.retention_days", "resource": "*.web"}, {"web"}),
    ],
)
def test_what_a_waiver_holds_for(fields: dict[str, str], waived: set[str]) -> None:
    data = found(waive(**fields))
    assert {address.rpartition(".")[2] for address, verdict in verdicts(data).items() if verdict == "waived"} == waived


def test_a_service_is_waived_by_its_name_where_it_is_missing_too() -> None:
    data = found(waive(rule="service-inventory", service="api"), only="service-inventory")
    assert [f["verdict"] for f in data["findings"]] == ["waived"]
    assert data["findings"][0]["resource"]["source"] == "spec"


def test_a_waiver_holds_through_its_last_day() -> None:
    assert found(waive(rule=RETENTION, resource="*", expires=TODAY))["summary"]["waived"] == 2


def test_an_expired_waiver_waives_nothing_and_says_so_at_its_line() -> None:
    data = found(waive(rule=RETENTION, resource="*.api", expires="2026-01-31"))
    assert verdicts(data)["aws_cloudwatch_log_group.api"] == "fail"
    failing = next(f for f in data["findings"] if f["resource"]["address"].endswith("api"))
    assert failing["waiver"]["expired"] is True
    (expired,) = (f for f in data["findings"] if f["rule"] == "waiver-expired")
    assert (expired["verdict"], expired["severity"]) == ("fail", "medium")
    assert expired["requirement"] == {"id": "", "section": "Waivers", "statement": "", "location": None}
    assert expired["resource"]["location"] == data["waivers"][0]["location"]
    assert "one finding fails again" in expired["message"]
    assert (data["waivers"][0]["state"], data["waivers"][0]["findings"]) == ("expired", [failing["id"]])
    assert "waiver-expired" in {rule["id"] for rule in data["rules"]}
    assert "expired after" in check("--waivers=waivers.yaml").stdout


@pytest.mark.parametrize("resource", ["aws_cloudwatch_log_group.mails", "aws_cloudwatch_log_group.gone"])
def test_a_waiver_of_nothing_is_a_finding(resource: str) -> None:
    data = found(waive(rule=RETENTION, resource=resource))
    assert set(verdicts(data).values()) == {"fail"}
    (unused,) = (f for f in data["findings"] if f["rule"] == "waiver-unused")
    assert unused["severity"] == "low"
    assert data["waivers"][0]["state"] == "unused"
    assert "waiver-unused" not in {
        f["rule"] for f in found("--waivers=waivers.yaml", "--skip", "waiver-unused")["findings"]
    }


def test_a_waiver_for_what_this_run_leaves_out_is_not_unused() -> None:
    argument = waive(rule="service-inventory", resource="nothing")
    data = found(argument)
    assert data["waivers"][0]["state"] == "idle"
    assert "waiver-unused" not in {f["rule"] for f in data["findings"]}
    assert found(argument, only="service-inventory")["waivers"][0]["state"] == "unused"
    assert found(waive(rule=RETENTION, resource="*", environment="prod"))["waivers"][0]["state"] == "idle"


def test_unknown_is_never_waived() -> None:
    code('variable "days" {}\n' + GROUP % ("api", "api", "var.days"))
    data = found(waive(rule=RETENTION, resource="*"))
    assert verdicts(data) == {"aws_cloudwatch_log_group.api": "unknown"}
    assert data["findings"][0]["waiver"] is None
    assert data["waivers"][0]["state"] == "idle"


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"rule": "log-group-retentoin", "resource": "*"}, "waivers.yaml:6:11", "did you mean log-group-retention?"),
        ({"requirement": "MON-99", "resource": "*"}, "waivers.yaml:6:18", "there is no requirement `MON-99`"),
        ({"rule": RETENTION, "resource": "*", "environment": "prd"}, "waivers.yaml:8:18", "did you mean prod?"),
        ({"rule": RETENTION, "resource": "*", "note": "x"}, "waivers.yaml:8:5", "unknown key `note`"),
    ],
)
def test_a_file_that_is_wrong_exits_2(fields: dict[str, str], place: str, words: str) -> None:
    result = check(waive(**fields))
    assert result.exit_code == 2
    assert place in result.stderr
    assert words in result.stderr


def test_a_file_that_cannot_be_read_exits_2() -> None:
    assert check("--waivers", "nowhere.yaml").exit_code == 2
    assert check(waive(rule=RETENTION, resource="*"), "--max-waiver-days", "7").exit_code == 2


def inline(fields: str = f'rule={RETENTION} reason="kept elsewhere" owner=ops expires={SOON} ticket=OPS-1') -> str:
    return f"# asbuilt:waive {fields}"


@pytest.mark.parametrize(
    "text",
    [
        f"{inline()}\n{GROUP % ('api', 'api', 7)}",
        f"{inline()}\n# and more\n{GROUP % ('api', 'api', 7)}",
        (GROUP % ("api", "api", 7)).replace("= 7", f"= 7 {inline()}"),
        (GROUP % ("api", "api", 7)).replace("  name", f"  {inline().replace('#', '//')}\n  name", 1),
        (GROUP % ("api", "api", 7)).rstrip("\n") + f" {inline()}\n",
    ],
    ids=["above", "above a comment", "behind a value", "slashes", "behind the end"],
)
def test_a_comment_waives_in_its_block(text: str) -> None:
    code(GROUP % ("web", "web", 7) + text + GROUP % ("mails", "mails", 7))
    data = found()
    waived = [address for address, verdict in verdicts(data).items() if verdict == "waived"]
    assert waived == ["aws_cloudwatch_log_group.api"]
    (row,) = data["waivers"]
    assert (row["inline"], row["state"], row["ticket"], row["reason"]) == (True, "live", "OPS-1", "kept elsewhere")
    assert data["diagnostics"] == []


def test_a_comment_holds_for_every_instance() -> None:
    group = (GROUP % ("api", "${each.key}", 7)).replace("  name", '  for_each = toset(["a", "b"])\n  name', 1)
    code(f"{inline()}\n{group}")
    assert set(verdicts(found()).values()) == {"waived"}


def module(name: str, comment: str = "") -> str:
    return f'module "{name}" {{ {comment}\n  source = "./m"\n  count  = 2\n}}\n'


def test_a_comment_at_a_module_holds_for_all_of_it_and_for_no_other() -> None:
    Path("code/m").mkdir()
    code(GROUP % ("inner", "inner", 7), "m/main.tf")
    code(module("one", inline()) + module("on") + module("one_more"))
    waived = {address for address, verdict in verdicts(found()).items() if verdict == "waived"}
    assert waived == {f"module.one[{index}].aws_cloudwatch_log_group.inner" for index in (0, 1)}


def test_a_comment_in_one_root_holds_for_no_other() -> None:
    for root, comment in (("a", inline()), ("b", "")):
        Path("code", root).mkdir()
        code(f'module "logs" {{ {comment}\n  source = "../m"\n}}\n', f"{root}/main.tf")
    Path("code/m").mkdir()
    code(GROUP % ("inner", "inner", 7), "m/main.tf")
    code("")
    data = found()
    # Both roots call it module.logs: the report cannot tell the two apart, so neither is waived.
    assert [f["verdict"] for f in data["findings"] if f["rule"] == RETENTION] == ["fail", "fail"]


def test_a_comment_above_an_override_holds_for_what_it_overrides() -> None:
    code(f'{inline()}\nresource "aws_cloudwatch_log_group" "api" {{\n  retention_in_days = 14\n}}\n', "api_override.tf")
    assert verdicts(found())["aws_cloudwatch_log_group.api"] == "waived"


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        (inline(f"rule={RETENTION} reason=x expires={SOON}"), "`owner` is missing"),
        (inline(f"rule={RETENTION} reason=x owner=ops"), "`expires` is missing"),
        (inline(f"rule={RETENTION} reason=x owner=ops expires=2099-01-01"), "366 days ahead"),
        (inline(f"rule=log-group-retentoin reason=x owner=ops expires={SOON}"), "did you mean log-group-retention?"),
        (inline(f"rule={RETENTION} reason=two words owner=ops expires={SOON}"), "cannot be read from `words owner=ops"),
        (inline(f"rule={RETENTION} reason='x' owner=ops expires={SOON}"), "cannot be read from `reason='x'"),
        (inline(f"rule={RETENTION} rule=x reason=x owner=ops expires={SOON}"), "`rule` is given twice"),
        (inline(f"rule={RETENTION} reason=x owner=ops expires={SOON} who=me"), "unknown key `who`"),
        (inline(f"reason=x owner=ops expires={SOON}"), "it does not say what is waived"),
        (inline(""), "`reason` is missing"),
        (inline().replace("#", "/*") + " */", "begin with # or //"),
        (inline() + "\n", "neither inside a block nor on the line above one"),
        (inline() + "\nlocals {\n  a = 1\n}", "stands at a locals block"),
    ],
)
def test_a_comment_that_is_wrong_is_a_warning_and_waives_nothing(comment: str, words: str) -> None:
    code(f"{comment}\n{GROUP % ('api', 'api', 7)}")
    data = found()
    assert verdicts(data) == {"aws_cloudwatch_log_group.api": "fail"}
    (remark,) = data["diagnostics"]
    assert (remark["severity"], remark["code"], remark["location"]["start_line"]) == ("warning", "inline-waiver", 1)
    assert words in remark["message"]
    assert data["waivers"] == []


@pytest.mark.parametrize("name", [f"x {inline()}", f"${{1}} {inline()}"], ids=["string", "template"])
def test_text_in_a_string_is_no_comment(name: str) -> None:
    escaped = name.replace('"', '\\"')
    code(f'resource "aws_cloudwatch_log_group" "api" {{\n  name = "{escaped}"\n  retention_in_days = 7\n}}\n')
    data = found()
    assert list(verdicts(data).values()) == ["fail"]
    assert (data["waivers"], data["diagnostics"]) == ([], [])


def test_comments_can_be_forbidden_and_are_listed_all_the_same() -> None:
    code(f"{inline()}\n{GROUP % ('api', 'api', 7)}")
    data = found("--no-inline-waivers")
    assert verdicts(data) == {"aws_cloudwatch_log_group.api": "fail"}
    assert [row["state"] for row in data["waivers"]] == ["ignored"]
    assert "IGNORED" in check("--no-inline-waivers").stdout


def test_an_expired_or_unused_comment_is_a_finding_at_its_line() -> None:
    lapsed = inline(f"rule={RETENTION} reason=x owner=ops expires=2026-01-31")
    code(f"\n{lapsed}\n{GROUP % ('api', 'api', 7)}{inline()}\n{GROUP % ('mails', 'mails', 30)}")
    data = found()
    about = {f["rule"]: f["resource"]["location"]["start_line"] for f in data["findings"] if f["rule"] != RETENTION}
    assert about == {"waiver-expired": 2, "waiver-unused": 7}


def test_comments_are_bounded() -> None:
    code("".join(f"{inline()}\n" for _ in range(1500)) + GROUP % ("api", "api", 7))
    data = found()
    assert len(data["waivers"]) == 1000
    (remark,) = data["diagnostics"]
    assert (remark["location"]["start_line"], "more than 1,000" in remark["message"]) == (1001, True)


def test_a_text_without_end_is_refused() -> None:
    comment = inline(f"rule={RETENTION} reason={'x' * 5000} owner=ops expires={SOON}")
    code(f"{comment}\n{GROUP % ('api', 'api', 7)}")
    (remark,) = found()["diagnostics"]
    assert "longer than 1,000 characters" in remark["message"]
    assert len(remark["message"]) < 200
