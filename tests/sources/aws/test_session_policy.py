"""The policy that narrows an assumed role: the same actions as the printed one, in a form that STS takes."""

from __future__ import annotations

import json
import re

import pytest
from moto import mock_aws

from asbuilt.sources.aws import policy
from asbuilt.sources.aws.session import Access, Session


def test_it_allows_what_the_printed_policy_allows_and_fits_into_a_call():
    text = policy.session_policy()
    (statement,) = json.loads(text)["Statement"]
    printed = {action for printed in policy.policy()["Statement"] for action in printed["Action"]}
    assert set(statement["Action"]) == printed
    assert len(text) <= policy.SESSION_POLICY_LIMIT
    # IAM JSON policy elements, Action: the service in front of the colon is a name, without wildcards; read 2026-11
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", action) for action in printed)


@pytest.mark.parametrize("given", ["", '{"Version":"2012-10-17","Statement":[]}'])
def test_an_assumed_role_is_always_narrowed(given: str, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    sent: list[str] = []
    from botocore.client import BaseClient

    call = BaseClient._make_api_call

    def noting(self: BaseClient, name: str, parameters: dict[str, str]) -> object:
        if name == "AssumeRole":
            sent.append(parameters["Policy"])
        return call(self, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noting)
    with mock_aws():
        Session(Access(role_arn="arn:aws:iam::123456789012:role/audit", session_policy=given))
    assert sent == [given or policy.session_policy()]
