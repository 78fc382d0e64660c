"""Write the built form of every bundled spec: what the scanner loads instead of reading its YAML.

python scripts/make_specs.py
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from asbuilt.spec.built import to_build
from asbuilt.spec.errors import SpecError
from asbuilt.spec.load import bundled, read_checked


def built(spec: Path) -> str:
    """Return the built form of a spec. Raises SpecError."""
    raw = spec.read_bytes()
    content, _ = read_checked(raw, spec.suffix, spec.name)
    return to_build(content, hashlib.sha256(raw).hexdigest())


def main() -> int:
    """Write them; exit 1 where a spec is not right."""
    for spec in bundled().values():
        try:
            spec.with_suffix(".json").write_text(built(spec), "utf-8")
        except SpecError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
