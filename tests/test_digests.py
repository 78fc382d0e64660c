"""Digests are what the standard library's are."""

import hashlib

import pytest

from asbuilt.digests import sha256_of


@pytest.mark.parametrize("data", [b"", b"asbuilt", bytes(range(256)) * 5000])
def test_digest_is_that_of_the_standard_library(data: bytes) -> None:
    assert sha256_of(data) == hashlib.sha256(data).hexdigest()
