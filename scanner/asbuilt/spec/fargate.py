"""The sizes Fargate has, and the smallest one that holds what is asked for.

Source: Amazon ECS developer guide, "Task CPU and memory" of Fargate task definitions, as encoded in the schema
extension `fargate_cpu_memory` of cfn-lint 1.58 (October 2026); a test compares the two.
"""

from __future__ import annotations

from typing import Final

# CPU units -> MiB that may go with them.
SIZES: Final[dict[int, tuple[int, ...]]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
SMALLEST: Final = (256, 512)


def legal(cpu: int, memory: int) -> bool:
    """Say whether Fargate has this pair of CPU units and MiB."""
    return memory in SIZES.get(cpu, ())


def round_up(cpu: float, memory: float) -> tuple[int, int] | None:
    """Return the smallest size with at least this CPU and memory, or None where Fargate has none so large."""
    for units, options in SIZES.items():
        if units >= cpu:
            for size in options:
                if size >= memory:
                    return units, size
    return None
