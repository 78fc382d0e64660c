"""Read the sizes of tasks in every spelling that ECS takes.

Source: Amazon ECS Developer Guide, "Task size" (CPU units or vCPUs as text, `1 vCPU`; MiB or gigabytes as text,
`2 GB`); read 2026-11.
"""

from __future__ import annotations

import re
from typing import Any

UNITS_PER_VCPU = 1024
MIB_PER_GB = 1024


def cpu_units(value: Any) -> float | None:
    """Return CPU units for `256`, `"256"`, `"0.25 vCPU"`; None for what is no size."""
    return _size(value, "vcpu", UNITS_PER_VCPU)


def memory_mib(value: Any) -> float | None:
    """Return MiB for `512`, `"512"`, `"0.5 GB"`; None for what is no size."""
    return _size(value, "gb", MIB_PER_GB)


def _size(value: Any, unit: str, factor: int) -> float | None:
    if isinstance(value, bool):
        return None
    match = re.fullmatch(rf"\s*(\d+(?:\.\d+)?|\.\d+)\s*({unit})?\s*", str(value), re.IGNORECASE)
    if match is None:
        return None
    return float(match[1]) * (factor if match[2] else 1)
