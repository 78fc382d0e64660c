"""What stands in a package: its modules, and files beside them.

`pkgutil` tells the same; nothing else needs it imported, and it asks for each file which kind of module it may be,
which takes longer than to import that.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def modules_of(folder: str) -> list[tuple[str, bool]]:
    """Return the modules of a folder by name, each with whether it is a package."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except NotADirectoryError:  # an archive
        import pkgutil

        return [(info.name, info.ispkg) for info in pkgutil.iter_modules([folder])]
    modules = []
    for name, is_folder in found:
        if is_folder and name.isidentifier() and os.path.isfile(f"{folder}/{name}/__init__.py"):  # noqa: PTH113 - pathlib costs start-up time
            modules.append((name, True))
        elif name.endswith(".py") and name != "__init__.py" and name[:-3].isidentifier():
            modules.append((name[:-3], False))
    return modules


def file_beside(module: str, name: str) -> bytes:
    """Return a file that stands beside an imported module, in a folder or in an archive. Raises OSError."""
    home: Any = sys.modules[module]
    found: bytes = home.__loader__.get_data(os.path.join(os.path.dirname(home.__file__), name))  # noqa: PTH118, PTH120 - as above
    return found
