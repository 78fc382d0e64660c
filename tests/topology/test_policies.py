"""What policy documents allow: wildcards, NotAction, conditions, denials, what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from asbuilt.model import ABSENT, Location, Property, Resource, Unknown, UnknownKind
from asbuilt.topology.policies import Doubt, Statement, covers, denied, grant, statements

HERE = Location("main.tf", 1)
HIDDEN = Unknown(UnknownKind.VARIABLE, "var.x has no value")


def read(document: Any) -> list[Statement | Doubt]:
    policy = Resource("p", "p", "AWS::IAM::RolePolicy", {"PolicyDocument": document}, HERE)
    return list(statements(policy.at("PolicyDocument")))


def policy(*found: Any) -> list[Statement | Doubt]:
    return read({"Version": "2012-10-17", "Statement": list(found)})


def allow(*actions: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def deny(*actions: Any, **more: Any) -> dict[str, Any]:
    return {**allow(*actions, **more), "Effect": "Deny"}


def given(action: str, *found: Any) -> bool | None:
    answer = grant(action, policy(*found)).given
    return None if isinstance(answer, Unknown) else answer


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:GetObject", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:GetObject*", True),
        ("*", "s3:*", True),
        ("s3:GetObject", "s3:Get*", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Ge?", "s3:Ge*", False),
        ("s3:Get", "s3:GetObject", False),
        ("s3.GetObject", "s3:GetObject", False),
        ("ecr:*", "ecr-public:GetAuthorizationToken", False),
    ],
)
def test_a_pattern_covers_what_it_stands_for(pattern: str, text: str, *, expected: bool) -> None:
    assert covers(pattern, text) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([allow("kms:Decrypt")], True),
        ([allow("kms:*")], True),
        ([{"Effect": "Allow", "Action": "KMS:decrypt", "Resource": "*"}], True),
        ([allow("kms:Encrypt")], False),
        ([], False),
        ([{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}], False),
        ([allow("kms:Decrypt"), deny("kms:*")], False),
        ([deny("kms:*"), allow("kms:Decrypt")], False),
        ([allow("kms:Decrypt"), deny("kms:Encrypt")], True),
        ([allow("kms:Decrypt"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], False),
        ([allow("kms:Decrypt"), deny("kms:Decrypt", Resource="arn:aws:kms:::key/1")], None),
        (
            [allow("kms:Decrypt"), deny("kms:Decrypt", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})],
            None,
        ),
        ([allow("kms:Decrypt"), deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})], True),
        ([allow("kms:Decrypt"), deny("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], None),
        ([allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "secretsmanager"}})], True),
        ([allow("kms:Decrypt", Condition={"StringEquals": {"aws:PrincipalTag/team": "shop"}})], None),
        ([allow("kms:Decrypt", Condition=HIDDEN)], None),
        ([allow("kms:Decrypt", Condition={})], True),
        ([allow(HIDDEN)], None),
        ([allow(HIDDEN), allow("kms:Decrypt")], None),
        ([{**allow("kms:Decrypt"), "Effect": HIDDEN}], None),
        ([allow("kms:Decrypt"), HIDDEN], None),
        ([HIDDEN], None),
    ],
)
def test_what_is_given(found: list[Any], *, expected: bool | None) -> None:
    assert given("kms:Decrypt", *found) is expected


@pytest.mark.parametrize(
    ("arms", "expected"),
    [(("kms:*", "kms:Decrypt"), None), (("s3:*", "kms:Decrypt"), None), (("s3:*", "sqs:*"), False)],
)
def test_an_action_of_two_possible_values(arms: tuple[str, str], *, expected: bool | None) -> None:
    either = Unknown(UnknownKind.CONDITION, "which applies is not known", arms=arms)
    assert given("kms:Decrypt", allow(either)) is expected


def test_a_document_may_be_text_or_one_statement() -> None:
    assert (
        grant("s3:GetObject", read('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}')).given
        is True
    )
    (broken,) = read("{")
    assert isinstance(broken, Doubt)
    assert broken.unknown.kind is UnknownKind.ERROR


def test_a_document_that_is_partly_known_is_read() -> None:
    tree = {"Statement": [allow("s3:GetObject", Resource=HIDDEN)]}
    (found,) = read(Unknown(UnknownKind.COMPUTED, "known after apply", structure=tree))
    assert isinstance(found, Statement)
    assert [element.value for element in found.resources] == [HIDDEN]


def test_an_absent_document_says_nothing() -> None:
    assert read(ABSENT) == []


def test_elements_stand_where_they_are_written_or_where_told() -> None:
    resource = Resource(
        "p", "p", "AWS::IAM::RolePolicy", {"PolicyDocument": {"Statement": [allow("a:B", "a:C")]}}, HERE
    )
    (own,) = statements(resource.at("PolicyDocument"))
    assert isinstance(own, Statement)
    assert own.actions[1].prop.name == "PolicyDocument.Statement.0.Action.1"
    at = Property(resource, ("ManagedPolicyArns", 0), "arn")
    (told,) = statements(resource.at("PolicyDocument"), at, "AWS managed policy X")
    assert isinstance(told, Statement)
    assert {element.prop for element in (*told.actions, *told.resources)} == {at}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([deny("ecr:Put*")], True),
        ([deny("ecr:PutImage")], False),
        ([deny("*", Resource="arn:aws:ecr:::repository/x")], False),
        ([deny("*", Resource=HIDDEN)], None),
        ([deny(HIDDEN)], None),
        ([deny("*", Condition=HIDDEN)], None),
        ([deny("s3:*", Resource=HIDDEN)], False),
        ([{**deny("*"), "Effect": HIDDEN}], None),
        ([allow("*")], False),
    ],
)
def test_whether_a_pattern_is_denied(found: list[Any], *, expected: bool | None) -> None:
    answer = denied("ecr:Put*", policy(*found))
    assert (None if isinstance(answer, Unknown) else answer) is expected


WORDS = st.sampled_from(
    ["Allow", "Deny", "*", "s3:*", "kms:Decrypt", "aws:SecureTransport", "false", "", "arn:aws:s3:::x"]
)
KEYS = st.sampled_from(
    ["Statement", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Bool", "Principal"]
)
TREES = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.just(HIDDEN)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=20,
)


@drawn(st.lists(st.dictionaries(KEYS, TREES, max_size=6), max_size=4))
def test_no_document_crashes_and_an_unknown_effect_never_passes(found: list[Any]) -> None:
    items = policy(*found)
    assert grant("kms:Decrypt", items).given in (True, False) or isinstance(grant("kms:Decrypt", items).given, Unknown)
    assert denied("kms:*", items) in (True, False) or isinstance(denied("kms:*", items), Unknown)
    effects = [item.get("Effect") for item in found]
    if not any(effect == "Allow" or isinstance(effect, Unknown) for effect in effects):
        assert grant("kms:Decrypt", items).given is not True
