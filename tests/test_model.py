"""A value that is asked for alone is the one of its property."""

from __future__ import annotations

import pytest

from asbuilt.model import ABSENT, NOWHERE, Resource, Sensitive, Unknown, UnknownKind

WHY = Unknown(UnknownKind.VARIABLE, "var.x has no value")
EITHER = Unknown(UnknownKind.CONDITION, "var.c", arms=({"In": 1}, {"In": Sensitive(2)}))
SPREAD = Unknown(UnknownKind.VARIABLE, "var.s", structure={"In": Sensitive("deep")})
PROPERTIES = {
    "Text": "a",
    "Secret": Sensitive("s"),
    "Hidden": Sensitive({"In": "s"}),
    "List": [{"In": 1}, Sensitive({"In": 2})],
    "Map": {"In": {"Secret": Sensitive("s"), "None": None}},
    "Why": WHY,
    "Either": EITHER,
    "Spread": SPREAD,
}
PATHS = (
    *PROPERTIES,
    *(f"{name}.In" for name in (*PROPERTIES, "Missing")),
    *("List.0", "List.1", "List.1.In", "List.2", "List.0.In.Below", "Missing", "Missing.0.In"),
    *("Map.In.Secret", "Map.In.None", "Map.In.Secret.Below", "Why.In.0"),
)
RESOURCE = Resource("k", "a", "AWS::S3::Bucket", PROPERTIES, NOWHERE)


@pytest.mark.parametrize("path", PATHS)
def test_value_of_a_resource_is_that_of_its_property(path: str) -> None:
    assert RESOURCE.get(path) == RESOURCE.at(path).value
    assert not isinstance(RESOURCE.get(path), Sensitive)


@pytest.mark.parametrize("path", PATHS)
def test_value_below_a_property_is_that_of_the_property_there(path: str) -> None:
    whole = RESOURCE.at()
    assert whole.get(path) == whole.at(path).value
    assert not isinstance(whole.get(path), Sensitive)


def test_values_below_are_found_and_absent_ones_are_absent() -> None:
    whole = RESOURCE.at()
    assert (whole.get("Map.In.Secret"), whole.get("List.1.In"), whole.get("Spread.In")) == ("s", 2, "deep")
    assert whole.get("Missing.In") is ABSENT
    assert RESOURCE.get("Missing") is ABSENT
    assert whole.get("Why.In").reason == WHY.reason
