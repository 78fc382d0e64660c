"""Read botocore's service descriptions: no more of them than an audit needs.

The description of EC2 has 4 MB, and an audit calls eight of its 780 operations. botocore's files have each operation
and each shape on lines of its own, indented alike, in the order of their names, so what is needed is found without
parsing the rest. A file that is written in another way is parsed whole.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

DESCRIPTION: Final = "service-2"
EXTRAS: Final = f"{DESCRIPTION}.sdk-extras"  # what botocore adds to a description
# Texts in JSON hold no line breaks and no quotes as they are, so neither of these is found within one.
ENTRY: Final = b'\n    "'
SHAPE: Final = re.compile(rb'"shape": ?("\w+")')


class Descriptions(Loader):  # type: ignore[misc]
    """Loads what is described in some folders; of services in `called` only these operations."""

    def __init__(self, folders: Collection[str], called: Mapping[str, Collection[str]]) -> None:
        super().__init__(list(folders), Plain(called, folders), include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> Available:
        """Return the services of which there is a file of a type."""
        return Available(self, type_name)


class Available:
    """Services that are looked for when they are asked for: botocore looks through 400 folders for each type."""

    def __init__(self, loader: Loader, type_name: str) -> None:
        self._loader = loader
        self._type = type_name

    def __contains__(self, service: object) -> bool:
        """Whether there is a file for a service."""
        try:
            return bool(self._loader.list_api_versions(service, self._type))
        except DataNotFoundError:
            return False

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all, as botocore finds them."""
        found: list[str] = Loader.list_available_services(self._loader, self._type)
        return iter(found)


class Plain(JSONFileLoader):  # type: ignore[misc]
    """Loads a file, as JSON or compressed.

    botocore asks for an OrderedDict at every level, which Python builds one pair after the other; a dict keeps the
    order of the file too. Of a service in `called` only these operations are described, and those to which something
    is added by a file in one of the `folders`.
    """

    def __init__(self, called: Mapping[str, Collection[str]], folders: Collection[str]) -> None:
        self._called = called
        self._folders = folders

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds, None where there is none; the path comes without its suffix."""
        path, plain, packed = Path(file_path), Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            text = plain.read_bytes()
        elif packed.is_file():
            text = gzip.decompress(packed.read_bytes())
        else:
            return None
        called = self._called.get(path.parent.parent.name) if path.name == DESCRIPTION else None
        if not called:
            return json.loads(text)
        added = self._added(path)
        found = narrowed(text, {*called, *added["operations"]}, added["shapes"])
        return json.loads(text) if found is None else found

    def _added(self, path: Path) -> dict[str, set[str]]:
        """Return the operations and the shapes of a description to which botocore adds something."""
        version = path.parent
        files = (Path(folder, version.parent.name, version.name, EXTRAS) for folder in self._folders)
        merged = [extras.get("merge", {}) for file in files if (extras := self.load_file(str(file)))]
        return {kind: {name for one in merged for name in one.get(kind, ())} for kind in ("operations", "shapes")}


def narrowed(text: bytes, called: Iterable[str], kept: Iterable[str] = ()) -> Any:
    """Return a description with some of its operations and of its shapes, and all shapes that these use.

    None where the file is written in a way that is not known.
    """
    try:
        operations = text.index(b'\n  "operations":')
        shapes = text.index(b'\n  "shapes":', operations)
        last, end = text.rindex(b"\n  }", operations, shapes), text.index(b"\n  }", shapes)
        chosen = [_entry(text, _quoted(name), operations, last) for name in called]
        used = {_quoted(name): _entry(text, _quoted(name), shapes, end) for name in kept}
        pending = [*chosen, *used.values()]
        while pending:
            for name in SHAPE.findall(pending.pop()):
                if name not in used:
                    used[name] = _entry(text, name, shapes, end)
                    pending.append(used[name])
        parts = text[:operations], b",".join(chosen), b",".join(used.values()), text[end:]
        return json.loads(b'%b"operations":{%b},"shapes":{%b%b' % parts)
    except ValueError:
        return None


def _quoted(name: str) -> bytes:
    return b'"%b"' % name.encode()


def _entry(text: bytes, name: bytes, low: int, high: int) -> bytes:
    """Return what is said of a quoted name between two places. Raises ValueError where nothing is."""
    end = high
    while low < high:
        middle = (low + high) // 2
        start = text.rfind(ENTRY, low, middle + len(ENTRY))
        first = start + len(ENTRY) - 1
        found = text[first : first + len(name)] if start >= 0 else b""
        if found == name:
            after = text.find(ENTRY, first, end)
            return text[first : end if after < 0 else after].rstrip(b", \n")
        if found < name:
            low = middle + 1
        else:
            high = start
    raise ValueError(f"nothing is said of {name.decode()}")
