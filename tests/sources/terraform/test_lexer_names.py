"""Which characters the lexer takes for parts of names: letters, digits, `_`, `-`, and whatever is not ASCII."""

from __future__ import annotations

import re
import string

from asbuilt.sources.terraform.parsing.lexer import IDENT, WHOLE, valid_name

NAME = re.compile(IDENT)


def test_ascii():
    first = {char for char in map(chr, range(128)) if NAME.fullmatch(char)}
    later = {char for char in map(chr, range(128)) if NAME.fullmatch(f"a{char}")}
    assert first == {*string.ascii_letters, "_"}
    assert later == {*string.ascii_letters, *string.digits, "_", "-"}


def test_beyond_ascii():
    for code in (0x80, 0xFF, 0x100, 0xFFFF, 0x10000, 0x10FFFF):
        assert NAME.fullmatch(chr(code))
        assert NAME.fullmatch(f"a{chr(code)}")
    assert valid_name("größe")
    assert not valid_name("a\u2028")


def test_a_number_does_not_end_inside_a_name():
    whole = re.compile(WHOLE)
    assert whole.match("12 ")
    assert whole.match("12")
    for text in ("12a", "12_", "12-", "12.5", "12é"):
        assert not whole.match(text)
