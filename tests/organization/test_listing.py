"""Accounts as Organizations lists them, and the command line around them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asbuilt.cli.audit import command
from asbuilt.sources.aws import session as sessions
from asbuilt.sources.aws.organization import Member, read_organization
from asbuilt.sources.aws.session import Access, AccessError
from sources.aws.overlay import Overlay

ROOT, UNIT, INNER = "r-abcd", "ou-abcd-11111111", "ou-abcd-22222222"
ONE = {"Id": "111111111111", "Name": "shop-prod", "Status": "ACTIVE"}
TWO = {"Id": "222222222222", "Name": "logs", "Status": "SUSPENDED"}
SPEC = Path(__file__).parents[2] / "fixtures" / "rules" / "spec.yaml"
LISTED: dict[str, Any] = {
    "organizations.ListAccounts": {"Accounts": [TWO, ONE]},
    "organizations.ListAccountsForParent": [
        {"params": {"ParentId": UNIT}, "response": {"Accounts": []}},
        {"params": {"ParentId": INNER}, "response": {"Accounts": [ONE]}},
    ],
    "organizations.ListOrganizationalUnitsForParent": [
        {"params": {"ParentId": UNIT}, "response": {"OrganizationalUnits": [{"Id": INNER}]}},
        {"params": {"ParentId": INNER}, "response": {"OrganizationalUnits": [{"Id": UNIT}]}},
    ],
}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that answers the calls of any session made after it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    def answer(answers: dict[str, Any]) -> Overlay:
        overlay = Overlay(answers, known=False)
        made = sessions.Session.__init__

        def init(self: Any, access: Any, prepare: Any = None, watch: Any = lambda _: None) -> None:
            made(self, access, overlay.install, watch)

        monkeypatch.setattr(sessions.Session, "__init__", init)
        return overlay

    return answer


def test_accounts_come_in_order_with_the_units_they_are_in_at_any_depth(answered: Any) -> None:
    answered(LISTED)
    found = read_organization(Access(attempts=1), [UNIT])
    assert found.members == (
        Member("111111111111", "shop-prod", "ACTIVE", frozenset({UNIT})),
        Member("222222222222", "logs", "SUSPENDED"),
    )
    assert found.partition == "aws"


def test_pages_are_of_20(answered: Any) -> None:
    overlay = answered(LISTED)
    read_organization(Access(attempts=1))
    (asked,) = [params for name, params in overlay.asked if name == "organizations.ListAccounts"]
    assert asked["MaxResults"] == 20


def test_a_listing_that_is_refused_is_an_error(answered: Any) -> None:
    answered({"organizations.ListAccounts": {"error": "AccessDeniedException"}})
    with pytest.raises(AccessError, match="allow organizations:ListAccounts"):
        read_organization(Access(attempts=1))


def audit(*arguments: str) -> Any:
    base = ["--spec", str(SPEC), "--region", "eu-west-1", "-q", "--no-config", "--organization"]
    return CliRunner().invoke(command, [*base, *arguments])


def test_nothing_but_suspended_accounts_is_nothing_covered(answered: Any, tmp_path: Path) -> None:
    answered({"organizations.ListAccounts": {"Accounts": [TWO]}})
    options = ["--role-name", "audit", "--out", str(tmp_path / "out"), "-o", f"json={tmp_path / 'json'}"]
    ran = audit("--env", "prod", *options)
    assert ran.exit_code == 3, ran.output
    (row,) = json.loads((tmp_path / "json").read_text())["accounts"]
    assert row["outcome"] == "suspended"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--out", "{out}"], "--role-name"),
        (["--role-name", "audit"], "--out"),
        (["--role-name", "audit", "--out", "{out}", "--resume", "{out}"], "--out"),
        (["--role-name", "audit", "--out", "{out}", "--retry"], "--resume"),
        (["--role-name", "audit", "--out", "{out}", "--jobs", "2", "--processes", "2"], "choose one"),
        (["--role-name", "audit", "--out", "{out}", "--scheduler", "http://x"], "tcp://"),
        (["--role-name", "audit", "--out", "{out}", "--role-arn", "arn:aws:iam::1:role/a"], "--role-arn"),
        (["--role-name", "audit", "--out", "{out}", "--account", "111111111111"], "--accounts"),
        (["--role-name", "audit", "--out", "{out}", "--accounts", "shoop"], "no such account"),
        (["--role-name", "audit", "--out", "{out}", "--only", "no-such-rule"], "no rule or requirement"),
        (["--role-name", "audit", "--out", "{out}", "--region", "mars"], "is no region"),
        (["--role-name", "audit", "--resume", "{out}"], "nothing to go on from"),
    ],
)
def test_what_makes_no_sense_exits_2(answered: Any, tmp_path: Path, options: list[str], told: str) -> None:
    answered(LISTED)
    ran = audit(*(option.replace("{out}", str(tmp_path / "out")) for option in options))
    assert ran.exit_code == 2, ran.output
    assert told in ran.output
    assert not (tmp_path / "out").exists()


def test_options_of_an_organisation_go_with_it(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["--spec", str(SPEC), "--no-config", "--accounts", "a"])
    assert ran.exit_code == 2
    assert "--accounts goes with --organization" in ran.stderr


def test_the_policy_of_who_audits_allows_what_is_called(answered: Any) -> None:
    from botocore import xform_name

    from asbuilt.cli.iam_policy import command as iam_policy

    ran = CliRunner().invoke(iam_policy, ["--organization", "audits/audit"])
    assert ran.exit_code == 0, ran.output
    listing, enter = json.loads(ran.stdout)["Statement"]
    overlay = answered(LISTED)
    read_organization(Access(attempts=1), [UNIT])
    called = {name.replace(".", ":") for name, _ in overlay.asked}
    assert set(listing["Action"]) == called
    assert all(xform_name(action.partition(":")[2]).startswith(("list_", "get_")) for action in listing["Action"])
    assert enter["Action"] == "sts:AssumeRole"
    assert enter["Resource"] == "arn:aws:iam::*:role/audits/audit"


@pytest.mark.parametrize("options", [["--format", "terraform"], ["--principal", "111111111111"]])
def test_the_policy_of_who_audits_is_no_role(options: list[str]) -> None:
    from asbuilt.cli.iam_policy import command as iam_policy

    assert CliRunner().invoke(iam_policy, ["--organization", "audit", *options]).exit_code == 2
    assert CliRunner().invoke(iam_policy, ["--organization", "a*"]).exit_code == 2
