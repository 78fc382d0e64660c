"""Comparing with golden files; ASBUILT_UPDATE_GOLDEN=1 rewrites them (and still fails, so that nobody forgets)."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("ASBUILT_UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
        raise AssertionError(f"{name} was rewritten; look at the difference and run again without the variable")
    assert path.exists(), f"{name} is missing: run once with ASBUILT_UPDATE_GOLDEN=1"
    assert text == path.read_bytes().decode(), f"{name} differs"
