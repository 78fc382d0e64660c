"""Plans and state as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = 64 * 1024  # characters in which a plan or state shows what it is


def is_plan(path: Path) -> bool:
    """Whether a file is a plan or a state, by what stands at its beginning."""
    if path.suffix not in (".json", ".tfstate", ".tfplan") or path.name.endswith((".tf.json", ".tfvars.json")):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    words = (b'"format_version"', b'"terraform_version"')
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(word in head for word in words)
