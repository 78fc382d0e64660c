"""Merging a block of an override file into the block it overrides.

Source: https://developer.hashicorp.com/terraform/language/files/override (2025-11): arguments replace arguments,
nested blocks replace all blocks of their type, `lifecycle` is merged argument by argument.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from asbuilt.records import dataclass
from asbuilt.sources.terraform.parsing.syntax import Body

if TYPE_CHECKING:
    from asbuilt.sources.terraform.parsing.syntax import Block, SourceFile


@dataclass(slots=True)
class MergedBody(Body):
    """A body whose attributes come from several files; `origins` names the file of those that were overridden."""

    origins: dict[str, SourceFile] = field(default_factory=dict)


def file_of(body: Body, attribute: str) -> SourceFile:
    """Return the file in which an attribute of a body is written."""
    return body.origins.get(attribute, body.file) if isinstance(body, MergedBody) else body.file


def merge_block(base: Body, override: Body) -> Body:
    """Return `base` with what `override` sets."""
    origins = dict(base.origins) if isinstance(base, MergedBody) else {}
    origins.update(dict.fromkeys(override.attributes, override.file))
    replaced = {_kind(block) for block in override.blocks}
    lifecycle = [block for block in base.blocks if block.type == "lifecycle"]
    blocks = [block for block in base.blocks if _kind(block) not in replaced]
    for block in override.blocks:
        if block.type == "lifecycle" and lifecycle:
            blocks.append(replace(lifecycle[0], body=merge_block(lifecycle[0].body, block.body)))
        else:
            blocks.append(block)
    attributes = {**base.attributes, **override.attributes}
    return MergedBody(
        base.start, base.end, base.file, attributes, blocks, base.broken or override.broken, base.json, origins
    )


def _kind(block: Block) -> str:
    # A dynamic block overrides, and is overridden by, the blocks it stands for.
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
