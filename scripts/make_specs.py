"""Write the built form of every bundled spec: what the scanner loads instead of reading its YAML.

python scripts/make_specs.py
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from asbuilt.spec.built import to_build
from asbuilt.spec.errors import SpecError
from asbuilt.spec.load import SpecDocument, bundled, read_checked


def built(spec: Path) -> str:
    """Return the built form of a spec. Raises SpecError, also for mistakes in the values of an environment."""
    raw = spec.read_bytes()
    sha256 = hashlib.sha256(raw).hexdigest()
    content, notes = read_checked(raw, spec.suffix, spec.name)
    document = SpecDocument(spec.stem, spec.name, sha256, content, notes)
    for environment in (None, *document.environments()):
        document.resolve(environment)
    return to_build(content, sha256)


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
