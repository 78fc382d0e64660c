"""Credentials: how an account is entered, and that keys stay where they are."""

from __future__ import annotations

import logging
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from asbuilt.sources.aws.account import read_account
from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.collect import services as wanted
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.session import Access, AccessError, Session
from asbuilt.sources.aws.words import words_of
from asbuilt.spec import load_spec
from sources.aws.overlay import ACCOUNT, Overlay

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"  # made up, of the right shape
TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN"
WORDS = words_of(load_spec("broxiva").resolve("prod"), ["prod"])


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def assuming(monkeypatch: pytest.MonkeyPatch) -> Overlay:
    """Answer the calls of every boto3 session, from its making on."""
    import boto3

    answer = {
        "Credentials": {
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": SECRET,
            "SessionToken": TOKEN,
            "Expiration": "2026-11-27T00:00:00Z",
        }
    }
    overlay = Overlay({"sts.AssumeRole": answer})
    made = boto3.Session.__init__

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        overlay.install(self)

    monkeypatch.setattr(boto3.Session, "__init__", init)
    return overlay


def test_a_role_is_assumed_for_reading_only(assuming: Overlay) -> None:
    access = Access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit", external_id="ours", attempts=1)
    session = Session(access)
    assert session.identity("us-east-1").account == ACCOUNT
    (asked,) = [params for name, params in assuming.asked if name == "sts.AssumeRole"]
    assert asked["ExternalId"] == "ours"
    assert asked["DurationSeconds"] == 3600
    assert "secretsmanager:ListSecrets" in asked["Policy"]
    assert "secretsmanager:GetSecretValue" not in asked["Policy"]
    assert len(asked["Policy"]) <= 2048  # STS API Reference, AssumeRole


def test_keys_are_in_no_log_and_in_nothing_that_is_handed_on(
    assuming: Overlay, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="asbuilt")
    access = Access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit", attempts=1)
    read = read_account(access, ["us-east-1"], WORDS)
    told = repr(access) + repr(read) + caplog.text + pickle.dumps((access, read)).decode("latin-1")
    assert SECRET not in told
    assert TOKEN not in told


def test_a_profile_that_is_not_there_ends_in_words() -> None:
    with pytest.raises(AccessError, match="nowhere"):
        Session(Access(profile="nowhere"))


def test_a_region_that_is_none_is_refused() -> None:
    with pytest.raises(AccessError, match="is no region"):
        read_account(Access(), ["evil.example.com/"], WORDS)


def test_no_region_at_all_is_refused() -> None:
    with pytest.raises(AccessError, match="--region"):
        read_account(Access(), [], WORDS)


def test_an_endpoint_that_nobody_listens_on_is_unread() -> None:
    from asbuilt.model import UnknownKind

    session = Session(Access(endpoint_url="http://127.0.0.1:9", attempts=1))
    reply = session.perform(Call(Operation("ecs", "ListClusters", "clusterArns")), "us-east-1")
    assert reply.failure is not None
    assert reply.failure.kind is UnknownKind.UNREAD
    assert "could not be reached" in reply.failure.reason


def test_connections_are_closed_once_an_account_is_read(assuming: Overlay, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.client import BaseClient

    closed: list[str] = []
    close = BaseClient.close

    def noted(self: Any) -> None:
        closed.append(self.meta.service_model.service_name)
        close(self)

    monkeypatch.setattr(BaseClient, "close", noted)
    read_account(Access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit", attempts=1), ["us-east-1"], WORDS)
    assert closed.count("sts") == 2
    assert {"ecs", "ec2", "iam"} <= set(closed)


def test_a_client_that_is_made_is_found_while_another_is_being_made() -> None:
    session = Session(Access(), Overlay({}).install)
    made = session.client("kms", "us-east-1")
    with session._lock:
        found = ThreadPoolExecutor(1).submit(session.client, "kms", "us-east-1").result(timeout=10)
    assert found is made


def test_clients_are_made_while_it_is_awaited_who_the_credentials_are(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Access(attempts=1), Overlay({}).install)
    made, enter = threading.Event(), Session._enter
    make = Session._make
    services: list[str] = []

    def note(self: Session, service: str, region: str) -> Any:
        services.append(service)
        found = make(self, service, region)
        if service == "elbv2":
            made.set()
            answered.wait(10)
        return found

    def wait(*arguments: Any) -> Any:
        assert made.wait(10), "no client was made while the answer was out"
        found = enter(*arguments)
        answered.set()
        return found

    answered = threading.Event()
    monkeypatch.setattr(Session, "_make", note)
    monkeypatch.setattr(Session, "_enter", wait)
    assert session.identity("us-east-1", ["ecs", "elbv2", "kms"]).account == ACCOUNT
    assert services[:3] == ["sts", "ecs", "elbv2"]


def test_a_client_that_cannot_be_made_keeps_no_other_from_being_made() -> None:
    session = Session(Access(attempts=1), Overlay({}).install)
    session.prepare("nothing-of-the-kind", "us-east-1")
    assert session.identity("us-east-1", ["nothing-of-the-kind", "ecs"]).account == ACCOUNT
    reply = session.perform(Call(Operation("nothing-of-the-kind", "List", "x")), "us-east-1")
    assert reply.failure is not None


def test_services_on_which_the_longest_chains_wait_are_wanted_first() -> None:
    assert wanted()[0] == "ecs"
    assert sorted(wanted()) == sorted({operation.service for operation in operations()})
