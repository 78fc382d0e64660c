"""Which accounts are audited, as what: filters, the spec's word, what is suspended."""

from __future__ import annotations

import pytest

from asbuilt.organization.choose import AmbiguousError, Choice, choose, unmatched
from asbuilt.sources.aws.organization import Member

PROD, STAGING, LOGS, GONE = "111111111111", "222222222222", "333333333333", "444444444444"
UNIT = "ou-abcd-12345678"
MEMBERS = (
    Member(PROD, "shop-prod", "ACTIVE", frozenset({UNIT})),
    Member(STAGING, "shop-staging", "ACTIVE", frozenset({UNIT})),
    Member(LOGS, "logs", "ACTIVE"),
    Member(GONE, "old", "SUSPENDED"),
)
NAMED = {"prod": (PROD,), "staging": ("*-staging",)}


def told(**choice: object) -> dict[str, str]:
    """Return for each account the environment it is audited as, or the outcome without an audit."""
    found = choose(MEMBERS, Choice(regions=("eu-west-1",), **choice))  # type: ignore[arg-type]
    return {one.member.id: one.rows[0].outcome if one.rows else str(one.environment) for one in found}


def test_the_spec_says_which_environment_an_account_is() -> None:
    assert told(environments=NAMED) == {PROD: "prod", STAGING: "staging", LOGS: "unassigned", GONE: "suspended"}


def test_env_takes_the_accounts_of_the_environment_only() -> None:
    assert told(environments=NAMED, environment="prod") == {
        PROD: "prod",
        STAGING: "skipped",
        LOGS: "skipped",
        GONE: "skipped",
    }


def test_env_is_the_environment_of_every_account_where_the_spec_names_none() -> None:
    assert told(environment="prod") == {PROD: "prod", STAGING: "prod", LOGS: "prod", GONE: "suspended"}
    assert told(environments={"staging": (STAGING,)}, environment="prod")[LOGS] == "prod"
    assert told(environments={"staging": (STAGING,)}, environment="prod")[STAGING] == "skipped"


def test_without_environments_all_have_the_values_of_the_base() -> None:
    assert told() == {PROD: "None", STAGING: "None", LOGS: "None", GONE: "suspended"}


@pytest.mark.parametrize(
    ("accounts", "excluded", "audited"),
    [
        ((PROD,), (), {PROD}),
        (("shop-*",), (), {PROD, STAGING}),
        ((UNIT,), (), {PROD, STAGING}),
        ((UNIT, LOGS), (STAGING,), {PROD, LOGS}),
        ((), (UNIT,), {LOGS}),
        ((), ("old", "logs"), {PROD, STAGING}),
    ],
)
def test_filters(accounts: tuple[str, ...], excluded: tuple[str, ...], audited: set[str]) -> None:
    found = told(accounts=accounts, excluded=excluded)
    assert {account for account, word in found.items() if word == "None"} == audited
    assert found[GONE] == ("skipped" if accounts or "old" in excluded else "suspended")


def test_a_filter_that_fits_nothing_is_told() -> None:
    choice = Choice(regions=("eu-west-1",), accounts=(PROD, "shoop-*"), excluded=("ou-abcd-99999999",))
    assert unmatched(MEMBERS, choice) == ["shoop-*", "ou-abcd-99999999"]


def test_an_account_of_two_environments_is_refused_unless_one_is_named() -> None:
    both = {"prod": ("shop-*",), "staging": (STAGING,)}
    with pytest.raises(AmbiguousError, match="prod and staging"):
        told(environments=both)
    assert told(environments=both, environment="staging")[STAGING] == "staging"


def test_there_is_a_row_for_each_region() -> None:
    (one,) = choose(MEMBERS[3:], Choice(regions=("eu-west-1", "us-east-1")))
    assert [row.region for row in one.rows] == ["eu-west-1", "us-east-1"]
    assert all(row.open for row in one.rows)
