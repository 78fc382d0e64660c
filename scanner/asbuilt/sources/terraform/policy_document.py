"""Placeholder until the renderer is written."""
from typing import Any
def render(instance: Any, *, minified: bool = False) -> Any:
    return None
