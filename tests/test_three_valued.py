"""JSON Schema in three values, held to jsonschema itself: an unknown passes or fails only where every value does."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from asbuilt.model import ABSENT, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.three_valued import decide, instance_of, unknown_of

U = Unknown(UnknownKind.VARIABLE, "var.x has no value")
COMPUTED = Unknown(UnknownKind.COMPUTED, "known after apply", references=(Reference("k", "arn"),), exact=True)


def verdict(schema, value):
    errors = decide(schema, instance_of(value))
    if any(unknown_of(error) is None for error in errors):
        return "fail"
    return "unknown" if errors else "pass"


def arms(*values):
    return Unknown(UnknownKind.VARIABLE, "var.c", arms=values)


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        ({"const": 1}, U, "unknown"),
        ({"const": 1}, arms(1, 1.0), "pass"),
        ({"const": 1}, arms(2, 3), "fail"),
        ({"const": 1}, arms(1, 3), "unknown"),
        ({"const": 1}, arms(1, U), "unknown"),
        ({"const": 1}, arms(2, U), "unknown"),
        ({"properties": {"A": {"const": 1}}}, {"A": arms(1, None)}, "pass"),
        ({"required": ["A"]}, {"A": arms(1, None)}, "unknown"),
        ({"required": ["A"]}, {"A": U}, "unknown"),
        ({"required": ["A"]}, {"A": COMPUTED}, "pass"),
        ({"required": ["A"]}, {"A": None}, "fail"),
        ({"required": ["A"]}, {"A": ABSENT}, "fail"),
        ({"required": ["A"]}, U, "unknown"),
        ({"anyOf": [{"const": 1}, {"type": "integer"}]}, 5, "pass"),
        ({"properties": {"A": {"anyOf": [{"const": 1}, {"const": 2}]}}}, {"A": U}, "unknown"),
        ({"anyOf": [{"required": ["B"]}, {"required": ["A"]}]}, {"A": U, "B": 1}, "pass"),
        ({"anyOf": [{"required": ["C"]}, {"required": ["A"]}]}, {"A": U}, "unknown"),
        ({"anyOf": [{"required": ["C"]}, {"required": ["D"]}]}, {"A": U}, "fail"),
        ({"oneOf": [{"required": ["B"]}, {"required": ["A"]}]}, {"A": U, "B": 1}, "unknown"),
        ({"oneOf": [{"required": ["B"]}, {"required": ["C"]}]}, {"C": 1, "B": 1}, "fail"),
        ({"not": {"properties": {"A": {"const": 1}}, "required": ["A"]}}, {"A": U}, "unknown"),
        ({"not": {"required": ["A"]}}, {"A": 1}, "fail"),
        ({"not": {"required": ["A"]}}, {}, "pass"),
        ({"if": {"properties": {"A": {"const": 1}}}, "then": {"required": ["B"]}}, {"A": U}, "unknown"),
        ({"if": {"properties": {"A": {"const": 1}}}, "then": {"required": ["B"]}}, {"A": U, "B": 2}, "pass"),
        (
            {"if": {"properties": {"A": {"const": 1}}}, "then": {"required": ["B"]}, "else": {"required": ["C"]}},
            {"A": U},
            "fail",
        ),
        ({"contains": {"const": 1}}, [U, 1], "pass"),
        ({"contains": {"const": 1}}, [U, 2], "unknown"),
        ({"contains": {"const": 1}}, [3, 2], "fail"),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1, U], "fail"),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, U], "unknown"),
        ({"minItems": 2}, [1, U], "unknown"),
        ({"minItems": 2}, [1, 2, U], "pass"),
        ({"maxItems": 1}, [1, 2, U], "fail"),
        ({"maxItems": 2}, [1, U], "unknown"),
        ({"uniqueItems": True}, [1, U], "unknown"),
        ({"items": {"type": "integer"}}, [1, "x", U], "fail"),
        ({"items": {"type": "integer"}}, [1, U], "unknown"),
        ({"prefixItems": [{"const": 1}, {"const": 2}]}, [U, 3], "unknown"),
        ({"additionalProperties": False, "properties": {"A": {}}}, {"A": 1, "B": U}, "unknown"),
        ({"additionalProperties": False, "properties": {"A": {}}}, {"A": 1, "B": 2}, "fail"),
        ({"const": {"A": 1}}, {"A": U}, "unknown"),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"const": 1}}}, U, "unknown"),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"const": 1}}}, 2, "fail"),
        ({"const": 512}, "512", "pass"),
        ({"minimum": 400}, "512", "pass"),
        ({"minimum": 600}, "512", "fail"),
        ({"type": "integer"}, "512", "pass"),
        ({"type": "string"}, "512", "pass"),
        ({"const": True}, "true", "pass"),
        ({"const": "512"}, "512", "pass"),
        ({"const": "secret"}, Sensitive("secret"), "pass"),
        ({"properties": {"A": {"const": 1}}}, Unknown(UnknownKind.COMPUTED, "r", structure={"A": 2, "B": U}), "fail"),
    ],
)
def test_three_values(schema, value, found):
    assert verdict(schema, value) == found


def test_an_error_points_at_the_property():
    schema = {"properties": {"A": {"items": {"required": ["B"]}}}}
    (error,) = decide(schema, instance_of({"A": [{"B": 1}, {}]}))
    assert list(error.absolute_path) == ["A", 1, "B"]


LEAVES = [1, 2, "a"]
LEAF_SCHEMAS = st.sampled_from(
    [{"const": 1}, {"enum": [1, 2]}, {"type": "string"}, {"minimum": 2}, {"not": {"const": 2}}, {"pattern": "^a"}, True]
)


def schemas():
    keyed = st.dictionaries(st.sampled_from("AB"), LEAF_SCHEMAS, max_size=2).map(lambda p: {"properties": p})
    asked = st.lists(st.sampled_from("AB"), unique=True, min_size=1, max_size=2).map(lambda r: {"required": r})
    listed = LEAF_SCHEMAS.map(lambda s: {"properties": {"C": {"contains": s, "minItems": 1, "maxItems": 2}}})
    base = st.one_of(keyed, asked, listed)
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda s: {"anyOf": s}),
            st.lists(inner, min_size=1, max_size=3).map(lambda s: {"oneOf": s}),
            st.lists(inner, min_size=1, max_size=3).map(lambda s: {"allOf": s}),
            inner.map(lambda s: {"not": s}),
            st.tuples(inner, inner, inner).map(lambda s: {"if": s[0], "then": s[1], "else": s[2]}),
        ),
        max_leaves=6,
    )


SPOT = "unknown"


@settings(max_examples=300, deadline=None)
@given(
    schema=schemas(),
    shape=st.fixed_dictionaries(
        {},
        optional={
            "A": st.sampled_from([*LEAVES, SPOT]),
            "B": st.sampled_from([*LEAVES, SPOT]),
            "C": st.lists(st.sampled_from([*LEAVES, SPOT]), max_size=2),
        },
    ),
)
def test_never_a_verdict_that_some_value_contradicts(schema, shape):
    found = verdict(
        schema, {k: [U if i == SPOT else i for i in v] if k == "C" else U if v == SPOT else v for k, v in shape.items()}
    )
    outcomes = {Draft202012Validator(schema).is_valid(world) for world in worlds(shape)}
    if found == "pass":
        assert outcomes == {True}, json.dumps([schema, shape])
    if found == "fail":
        assert outcomes == {False}, json.dumps([schema, shape])
    if SPOT not in [i for v in shape.values() for i in (v if isinstance(v, list) else [v])]:
        assert found == ("pass" if outcomes == {True} else "fail")


def worlds(shape):
    """Yield what the unknown values may be: any leaf, nothing at all, or several elements of a list."""
    choices = []
    for key, value in shape.items():
        if key == "C":
            per = [[[i]] if i != SPOT else [[], *[[leaf] for leaf in LEAVES], [1, 1], ["a", 2]] for i in value]
            choices.append([(key, list(itertools.chain(*parts))) for parts in itertools.product(*per)])
        elif value == SPOT:
            choices.append([(key, leaf) for leaf in LEAVES] + [None])
        else:
            choices.append([(key, value)])
    for picks in itertools.product(*choices):
        yield dict(pick for pick in picks if pick is not None)
