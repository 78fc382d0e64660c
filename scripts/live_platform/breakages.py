"""Ways in which a platform in an account stops being the one of the architecture.

Each says what was done, does it through the API that a person would use, and names every finding that an audit must
then report because of it: requirement, rule, and the resource as reports name it. `BREAKAGES` holds all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from live_platform import breakages_network, breakages_services
from live_platform.names import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from live_platform.account import Account, Platform


@dataclass(frozen=True)
class Breakage:
    """One deviation; `do` makes it and returns what must be reported."""

    what: str
    do: Callable[[Account, Platform], list[Row]]

    @property
    def name(self) -> str:
        """Its name: that of the function."""
        return self.do.__name__.replace("_", "-")


def _of(module: ModuleType) -> list[Breakage]:
    """Return the functions of a module that are its own, in its order; those that help them start with a line."""
    own = [(name, do) for name, do in vars(module).items() if getattr(do, "__module__", "") == module.__name__]
    return [Breakage((do.__doc__ or "").strip().rstrip("."), do) for name, do in own if not name.startswith("_")]


BREAKAGES = tuple(_of(breakages_services) + _of(breakages_network))
