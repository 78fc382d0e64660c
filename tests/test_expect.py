"""Evidence in three values: what `expect` says of known, absent, unknown and conditional values."""

import pytest

from asbuilt.model import ABSENT, Location, Outcome, Property, Resource, Sensitive, Unknown, UnknownKind
from asbuilt.rules import expect

WHERE = Location("main.tf", 3, 5, 3, 20)
UNKNOWN = Unknown(UnknownKind.VARIABLE, "variable days has no value")


def prop(value: object) -> Property:
    properties = {} if value is ABSENT else {"Days": value}
    return Resource("k", "aws_x.y", "AWS::X::Y", properties, WHERE).at("Days")


def outcomes(value: object, accepts: object, **more: object) -> list[Outcome]:
    return [e.outcome for e in expect(prop(value), accepts, "wrong", **more)]


@pytest.mark.parametrize(
    ("value", "accepts", "wanted"),
    [
        (30, 30, []),
        ("30", 30, []),
        (30.0, 30, []),
        (7, 30, [Outcome.VIOLATION]),
        ("many", 30, [Outcome.VIOLATION]),
        (True, True, []),
        ("true", True, []),
        ("1", True, [Outcome.VIOLATION]),
        (1, True, [Outcome.VIOLATION]),
        (None, 30, [Outcome.VIOLATION]),
        (ABSENT, 30, [Outcome.VIOLATION]),
        (UNKNOWN, 30, [Outcome.UNKNOWN]),
        (Sensitive(30), 30, []),
        (Sensitive(7), 30, [Outcome.VIOLATION]),
    ],
)
def test_known_absent_and_unknown(value: object, accepts: object, wanted: list[Outcome]) -> None:
    assert outcomes(value, accepts) == wanted


def test_default_stands_in_for_absent_and_null() -> None:
    assert outcomes(ABSENT, 100, default=100) == []
    assert outcomes(None, 100, default=100) == []
    assert outcomes(ABSENT, 50, default=100) == [Outcome.VIOLATION]


def test_unknown_condition_is_judged_by_its_arms() -> None:
    def arms(*values: object) -> Unknown:
        return Unknown(UnknownKind.CONDITION, "var.big is not known", arms=values)

    assert outcomes(arms(30, "30"), 30) == []
    assert outcomes(arms(7, 14), 30) == [Outcome.VIOLATION]
    assert outcomes(arms(30, arms(7, 14)), 30) == [Outcome.UNKNOWN]
    assert outcomes(arms(7, UNKNOWN), 30) == [Outcome.UNKNOWN]
    (evidence,) = expect(prop(arms(30, 7)), 30, "kept for another period")
    assert "kept for another period in one case (7)" in evidence.message


def test_unknown_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="variable days"):
        bool(UNKNOWN)


def test_properties_below_absent_unknown_and_structure() -> None:
    tree = Unknown(UnknownKind.COMPUTED, "image", structure=[{"Port": 4000, "Image": UNKNOWN}])
    resource = Resource("k", "a", "T", {"Json": tree, "Gone": UNKNOWN}, WHERE)
    assert resource.get("Json.0.Port") == 4000
    assert resource.get("Json.0.Image") is UNKNOWN
    assert resource.get("Json.1.Port") is ABSENT
    assert resource.get("Gone.Deep.Er") is UNKNOWN
    assert resource.get("Nothing.At.All") is ABSENT
    assert [item.value for item in resource.at("Gone").items()] == [UNKNOWN]
    assert list(resource.at("Nothing").items()) == []


def test_trace_falls_back_to_the_enclosing_thing() -> None:
    block = Location("main.tf", 10, 3, 12, 4)

    def tracer(path: tuple[str | int, ...]) -> object:
        from asbuilt.model import Trace

        return Trace(block) if path == ("Network",) else None

    resource = Resource("k", "a", "T", {"Network": {}}, WHERE, tracer=tracer)  # type: ignore[arg-type]
    assert resource.at("Network.Subnets").trace.location == block
    assert resource.at("Other").trace.location == WHERE


def test_below_an_unknown_condition_are_the_arms_of_the_place() -> None:
    either = Unknown(UnknownKind.VARIABLE, "unknown", arms=({"Enable": True}, ABSENT))
    assert prop(either).at("Enable").possible() == (True, ABSENT)
    assert outcomes_below(either) == [Outcome.UNKNOWN]
    assert outcomes_below(Unknown(UnknownKind.VARIABLE, "unknown", arms=({"Enable": False}, ABSENT))) == [
        Outcome.VIOLATION
    ]
    assert outcomes_below(Unknown(UnknownKind.VARIABLE, "unknown", arms=({"Enable": True}, {"Enable": "true"}))) == []


def test_a_secret_below_an_unknown_condition_stays_secret() -> None:
    either = Unknown(UnknownKind.VARIABLE, "unknown", arms=({"Value": Sensitive("swordfish")}, {"Value": "x"}))
    found = prop(either).at("Value")
    assert found.sensitive
    assert found.possible() == ("swordfish", "x")


def outcomes_below(value: object) -> list[Outcome]:
    return [e.outcome for e in expect(prop(value).at("Enable"), True, "wrong", default=False)]
