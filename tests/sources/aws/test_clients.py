"""Sessions and clients: what they share, and that botocore's handlers hear of their calls."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter

from asbuilt.sources.aws.clients import begin
from asbuilt.sources.aws.collect import operations, read_region
from asbuilt.sources.aws.session import Access, Identity, Session
from asbuilt.sources.aws.words import words_of
from asbuilt.spec import load_spec
from policies.rule_fixtures import FIXTURES
from sources.aws.overlay import ACCOUNT, Overlay, _fitted


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def heard(name: str) -> bool:
    """Whether a handler that botocore registers under a name hears of an event of that name."""
    hooks = HierarchicalEmitter()
    EventAliaser(hooks).register(name, lambda **_: "heard")
    return bool(hooks.emit(name))


def test_events_have_the_names_under_which_botocore_registers_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard("after-call.iam.GetRole")
    assert not heard("after-call.elbv2.DescribeRules")  # an old name: what is registered under it has another today
    emitted: set[str] = set()
    for method in ("emit", "emit_until_response"):
        original = getattr(HierarchicalEmitter, method)

        def noted(self: Any, event_name: str, original: Any = original, **given: Any) -> Any:
            emitted.add(event_name)
            return original(self, event_name, **given)

        monkeypatch.setattr(HierarchicalEmitter, method, noted)
    overlay = Overlay(_fitted(FIXTURES / "account.live.yaml"), known=False)
    session = Session(Access(attempts=2), overlay.install)
    words = words_of(load_spec("broxiva").resolve("prod"), ["prod"])
    read_region(session, Identity(ACCOUNT, "", "aws"), "eu-west-1", words)
    assert {operation.name for operation in operations()} - {name.rpartition(".")[2] for name in emitted} <= {
        "ListInstances",
        "DescribeSSLPolicies",
        "ListAccountSettings",
    }
    monkeypatch.undo()
    unheard = {name for name in emitted if not heard(name)}
    assert {name.partition(".")[0] for name in unheard} <= {"creating-serializer"}
    hooks = begin().events
    for name in unheard:  # nothing is registered for these, under whatever name
        assert EventAliaser(hooks).emit(name, serializer_kwargs={}, protocol_name="query", service_model=None) == []


def test_policies_of_roles_come_as_trees() -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    text = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
    answer = {"RoleDetailList": [{"RoleName": "api", "AssumeRolePolicyDocument": text}]}
    overlay = Overlay({"iam.GetAccountAuthorizationDetails": answer})
    session = Session(Access(attempts=1), overlay.install)
    (role,) = session.client("iam", "us-east-1").get_account_authorization_details()["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"] == document


def test_sessions_share_one_loader_and_their_own_settings() -> None:
    one, other = (begin(region_name=region) for region in ("us-east-1", "eu-west-1"))
    loaders = [session._session.get_component("data_loader") for session in (one, other)]
    assert loaders[0] is loaders[1]
    assert len(loaders[0].search_paths) == len(set(loaders[0].search_paths))
    assert (one.region_name, other.region_name) == ("us-east-1", "eu-west-1")
    assert one.events is not other.events


def test_a_client_has_connections_for_all_calls_at_a_time() -> None:
    for access in (Access(), Access(threads=40)):
        client = Session(access).client("ecs", "us-east-1")
        assert client.meta.config.max_pool_connections >= access.threads
