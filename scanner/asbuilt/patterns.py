"""Regular expressions that are compiled when one is first used: most runs need few of those that are there."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Later:
    def __init__(self, *said: Any) -> None:
        self._said = said

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep the method or value that was asked for; this is not called for it again."""
        found = getattr(re.compile(*self._said), name)
        setattr(self, name, found)
        return found


def when_used(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what behaves as the compiled pattern, and is compiled when it is first asked for something."""
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
