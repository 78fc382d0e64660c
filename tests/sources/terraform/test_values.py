from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.model import ABSENT, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.language import numbers
from asbuilt.sources.terraform.language.operators import attribute, binary, concatenate, conditional, index
from asbuilt.sources.terraform.language.types import ANY, NUMBER, STRING, Type, convert, list_of, parse_type, set_of
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    ListValue,
    MapValue,
    derived,
    get_type,
    is_wholly_known,
    number_from_text,
    to_plain,
    type_of,
    unknown,
    unmark_deep,
)
from asbuilt.sources.terraform.parsing.parser import parse_expression
from asbuilt.sources.terraform.parsing.syntax import SourceFile

LEFT, RIGHT = Reference("a.left", "id"), Reference("b.right", "id")
U = unknown(UnknownKind.COMPUTED, "known after apply", references=(LEFT,), exact=True, type_="string")
V = unknown(UnknownKind.VARIABLE, "no value", references=(RIGHT,))
COND = unknown(UnknownKind.CONDITION, "which arm is unknown", type_="bool")


def type_from(text: str) -> Type:
    tree, problems = parse_expression(SourceFile("t", text))
    assert not problems
    return parse_type(tree)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12))
def test_numbers_come_back_as_written(value: object) -> None:
    text = format(value, "f")  # type: ignore[arg-type]
    number = number_from_text(text)
    assert Fraction(numbers.to_text(number)) == Fraction(text)


@given(st.integers(-(10**40), 10**40), st.integers(-(10**40), 10**40))
def test_whole_numbers_are_exact(left: int, right: int) -> None:
    assert binary("+", left, right) == left + right
    assert binary("*", left, right) == left * right
    assert binary("<", left, right) is (left < right)


@given(st.integers(1, 10**20), st.integers(1, 10**20))
def test_quotients_are_right_to_512_bits(left: int, right: int) -> None:
    shown = Fraction(numbers.to_text(binary("/", left, right)))
    assert abs(shown - Fraction(left, right)) <= Fraction(left, right) / (1 << 510)


def test_absurd_exponents_are_a_limit_not_a_hang() -> None:
    for text in ("1e999999999", "1e-999999999", "1" * 5000, "1p999999999999"):
        with pytest.raises(LimitError):
            number_from_text(text)


def test_a_bool_is_no_number() -> None:
    assert binary("==", True, 1) is False
    assert type_of(True) == "bool"


def test_derived_keeps_the_first_reason_and_all_references() -> None:
    result = derived([{"x": [U]}, V], "string")
    assert (result.kind, result.reason) == (UnknownKind.COMPUTED, "known after apply")
    assert result.references == (LEFT, RIGHT)
    assert result.exact is False


def test_a_list_derived_from_references_and_something_else_is_not_known_after_apply() -> None:
    result = derived([{"x": [U]}, V])
    assert (result.kind, result.reason) == (UnknownKind.VARIABLE, "no value")
    assert result.references == (LEFT, RIGHT)


def test_a_template_keeps_its_known_ends() -> None:
    result = concatenate(["arn:aws:s3:::", U, "/", V, "/*"])
    assert (result.prefix, result.suffix, result.type) == ("arn:aws:s3:::", "/*", "string")
    nested = concatenate(["<", result, ">"])
    assert (nested.prefix, nested.suffix) == ("<arn:aws:s3:::", "/*>")


def test_a_json_template_keeps_its_tree() -> None:
    result = concatenate(['[{"image": "repo/', U, ':1", "port": 4000, "cpu": ', V, "}]"])
    container = result.structure[0]
    assert container["port"] == 4000
    assert (container["image"].prefix, container["image"].suffix) == ("repo/", ":1")
    assert container["cpu"] == V


def test_an_unknown_key_leaves_no_tree() -> None:
    assert concatenate(['{"', U, '": 1}']).structure is ABSENT


def test_text_that_is_no_json_has_no_tree() -> None:
    assert concatenate(["{{", U, "}}"]).structure is ABSENT


def test_an_unknown_condition_keeps_both_arms() -> None:
    result = conditional(COND, {"a": 1}, {"a": 2})
    assert result.arms == ({"a": 1}, {"a": 2})
    assert attribute(result, "a").arms == (1, 2)
    assert binary("==", attribute(result, "a"), 3) is False
    assert conditional(COND, "x", "x") == "x"
    assert binary(">", conditional(COND, 80, 443), 10) is True


def test_arms_of_arms_lie_side_by_side() -> None:
    assert conditional(COND, conditional(COND, 1, 2), 3).arms == (1, 2, 3)


def test_an_unknown_index_may_be_any_element() -> None:
    assert index([1, 2], unknown(UnknownKind.VARIABLE, "i", type_="number")).arms == (1, 2)


def test_sensitive_travels() -> None:
    assert concatenate(["a", Sensitive("b")]) == Sensitive("ab")
    assert conditional(Sensitive(True), 1, 2) == Sensitive(1)
    assert isinstance(attribute(Sensitive({"a": U}), "a"), Sensitive)
    assert unmark_deep([{"a": Sensitive(1)}]) == ([{"a": 1}], True)


def test_optional_attributes_get_their_defaults() -> None:
    kind = type_from(
        "object({a = string, b = optional(number, 5), "
        'c = optional(object({d = optional(string, "x")}), {}), e = optional(bool)})'
    )
    assert convert({"a": 1}, kind) == {"a": "1", "b": 5, "c": {"d": "x"}, "e": None}
    assert convert({"a": "y", "b": None, "z": 1}, kind)["b"] == 5
    assert convert([{"a": 1}], list_of(kind))[0]["c"] == {"d": "x"}
    with pytest.raises(EvalError, match='attribute "a" is required'):
        convert({}, kind)


def test_a_converted_object_is_of_the_type_without_optional_marks() -> None:
    kind = type_from("list(object({a = optional(string)}))")
    assert str(get_type(convert([{}], kind))) == "list(object({a=string}))"


def test_unknown_stays_unknown_with_the_new_type() -> None:
    assert convert(U, NUMBER).type == "number"
    assert convert(V, list_of(STRING)).type == "list(string)"
    assert convert([U, 1], list_of(STRING)) == [U, "1"]
    with pytest.raises(EvalError):
        convert(unknown(UnknownKind.VARIABLE, "x", type_="list(string)"), STRING)


def test_any_finds_the_common_type() -> None:
    assert convert([1, "a", None], list_of(ANY)) == ListValue(["1", "a", None], STRING)
    assert convert({"a": 1}, type_from("map(any)")) == MapValue({"a": 1}, NUMBER)
    with pytest.raises(EvalError):
        convert([1, [1]], set_of(ANY))


@pytest.mark.parametrize(
    "text", ["list(string)", "object({a=string, b=optional(list(number))})", "tuple([string, any])"]
)
def test_types_come_back_as_written(text: str) -> None:
    assert str(type_from(text)) == text


@pytest.mark.parametrize(
    "text", ["strin", "list()", "list(string, string)", "object(string)", "optional(string)", "5", "tuple(string)"]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(EvalError):
        type_from(text)


def test_plain_values_keep_unknown_and_sensitive_leaves() -> None:
    value = MapValue({"a": ListValue([number_from_text("0.5"), U]), "b": Sensitive(number_from_text("1.5"))})
    plain = to_plain(value)
    assert plain == {"a": [0.5, U], "b": Sensitive(1.5)}
    assert type(plain) is dict
    assert type(plain["a"]) is list
    assert not is_wholly_known(value)
    assert isinstance(plain["a"][1], Unknown)
