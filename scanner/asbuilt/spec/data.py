"""Walk the plain data of a spec by dotted paths."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path

# What a spec says about itself; everything else describes the architecture.
META: Final = frozenset({"asbuilt", "name", "title", "project", "sections", "environments", "requirements"})
# Keys of an environment that are no areas.
ENVIRONMENT_META: Final = frozenset({"paths", "accounts", "names", "derives_from", "sizing"})
# Values that no statement needs to name: they explain the spec itself.
UNSTATED: Final = (("service_classes",), ("compute", "shared_ports"), ("assertions",))
MISSING: Final = object()


@lru_cache(8192)
def parts(path: str) -> Path:
    """Split a dotted path; numbers are positions in lists."""
    return tuple(int(part) if part.isdigit() else part for part in path.split(".")) if path else ()


def get(data: Any, path: Path) -> Any:
    """Return what stands at a path, or MISSING."""
    for part in path:
        if isinstance(data, dict) and (part in data or str(part) in data):
            data = data[part] if part in data else data[str(part)]
        elif isinstance(data, tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return MISSING
    return data


def put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Set what stands at a path of mappings, making them where needed."""
    for part in path[:-1]:
        data = data.setdefault(part, {})  # type: ignore[arg-type]
    data[path[-1]] = value  # type: ignore[index]


def drop(data: Any, path: Path) -> None:
    """Remove what stands at a path of mappings."""
    above = get(data, path[:-1])
    if isinstance(above, dict):
        above.pop(path[-1], None)


def matches(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield the places a path with `*` (any key, any position) leads to, with what stands there."""
    if "*" not in path:
        found = get(data, path)
        if found is not MISSING:
            yield path, found
        return
    star = path.index("*")
    above = get(data, path[:star])
    keys: Any = above if isinstance(above, dict) else range(len(above)) if isinstance(above, tuple) else ()
    for key in keys:
        for rest, value in matches(above[key], path[star + 1 :]):
            yield (*path[:star], key, *rest), value


def leaves(data: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Return every value that is no mapping, with its path; a list is one value."""
    if not isinstance(data, dict):
        return [(path, data)]
    found: list[tuple[Path, Any]] = []
    for key, value in data.items():
        if isinstance(value, dict):
            found += leaves(value, (*path, key))
        else:
            found.append(((*path, key), value))
    return found


def areas(data: dict[str, Any]) -> dict[str, Any]:
    """Return what describes the architecture: the data without what the spec says about itself."""
    return {key: value for key, value in data.items() if key not in META and key not in ENVIRONMENT_META}


def copied(data: Any) -> Any:
    """Copy mappings; values are immutable."""
    return {key: copied(value) for key, value in data.items()} if isinstance(data, dict) else data


def strings(data: dict[str, Any] | tuple[Any, ...], path: Path = ()) -> list[tuple[Path, str]]:
    """Return every text in mappings and lists, with its path."""
    found: list[tuple[Path, str]] = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, str):
            found.append(((*path, key), value))
        elif isinstance(value, dict | tuple):
            found += strings(value, (*path, key))
    return found
