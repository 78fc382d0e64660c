"""YAML is read as YAML 1.2 means it, with the place of every value, and within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.spec.errors import SpecError
from asbuilt.spec.positions import MAX_BYTES, MAX_DEPTH, read_yaml


def read(text):
    return read_yaml(text.encode(), "f.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("False", False), ("yes", "yes"), ("on", "on"), ("NO", "NO"), ("y", "y"),
        ("null", None), ("~", None), ("", None), ("Null", None),
        ("0", 0), ("-12", -12), ("+3", 3), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("1.", 1.0),
        ("1:30", "1:30"), ("190:20:30", "190:20:30"), ("4_000", "4_000"), ("0x1F", "0x1F"), ("1e999", "1e999"),
        (".inf", ".inf"), (".nan", ".nan"), ("2024-01-02", "2024-01-02"), ("10.0.0.0/16", "10.0.0.0/16"),
        ('"true"', "true"), ("'5'", "5"), ('""', ""), ("! 5", "5"), ("9" * 5000, "9" * 5000), ("=", "="),
        ("[1, two]", (1, "two")), ("[]", ()), ("{}", {}), ("{1: 2, true: 3}", {"1": 2, "true": 3}),
    ],
)  # fmt: skip
def test_scalars(text, value):
    found = read(f"key: {text}\n").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_and_key_knows_its_place():
    found = read("a:\n  bc: [x, 'y z']\n  ü: {d: 1}\n")
    assert str(found.key(("a", "bc"))) == "f.yaml:2:3"
    assert str(found.value(("a", "bc"))) == "f.yaml:2:7"
    place = found.value(("a", "bc", 1))
    assert (place.start_line, place.start_column, place.end_line, place.end_column) == (2, 11, 2, 16)
    assert str(found.value(("a", "ü", "d"))) == "f.yaml:3:10", "columns count characters, not bytes"
    assert str(found.value(("a", "missing", "deeper"))) == "f.yaml:2:3"


def test_a_byte_order_mark_is_no_text():
    assert read_yaml(b"\xef\xbb\xbfa: 1\n", "f").data == {"a": 1}


def test_an_alias_stands_where_its_anchor_does_below():
    found = read("a: &x {p: 1}\nb: *x\n")
    assert found.data == {"a": {"p": 1}, "b": {"p": 1}}
    assert found.value(("b",)).start_line == 2
    assert found.value(("b", "p")).start_line == 1


def problem(content):
    with pytest.raises(SpecError) as caught:
        read_yaml(content, "f.yaml")
    return caught.value.problems[0]


def test_an_alias_bomb_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = problem("\n".join(lines).encode())
    assert found.message == "more than 50,000 values"


def test_an_alias_of_what_is_still_open_is_refused():
    assert problem(b"a: &x [*x]\n").message == "*x names nothing that was read before"


def test_depth_is_bounded():
    found = problem(b"a: " + b"[" * 20_000)
    assert found.message == f"nested more than {MAX_DEPTH} levels deep"
    assert found.location.start_line == 1


def test_size_is_bounded():
    assert problem(b"#" * (MAX_BYTES + 1)).message == "larger than 2,000,000 bytes"


def test_what_is_not_utf8_is_refused():
    found = problem(b"a: 1\nb: \xff\n")
    assert (found.message, found.location.start_line) == ("not UTF-8", 2)


def test_control_characters_are_refused_where_they_stand():
    found = problem(b"a: 1\nb: \x07\n")
    assert found.message.startswith("not YAML: ")
    assert (found.location.start_line, found.location.start_column) == (2, 4)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text("ab:{}[],-&*!|>'\"%@ \n\t#?0.~<", max_size=60).map(str.encode),
    )
)
def test_any_bytes_give_data_or_problems(content):
    problems = ()
    try:
        read_yaml(content, "f.yaml")
    except SpecError as error:
        problems = error.problems or (None,)
    assert all(p.location.start_line >= 1 and p.location.start_column >= 1 for p in problems)
