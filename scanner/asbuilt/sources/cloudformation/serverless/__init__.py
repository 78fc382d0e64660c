"""AWS SAM: `AWS::Serverless::*` written out as the CloudFormation it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVERLESS: Final = "AWS::Serverless-2016-10-31"  # the transform
PREFIX: Final = "AWS::Serverless::"  # its types


def is_serverless(data: Mapping[str, Any]) -> bool:
    """Whether a template is transformed by AWS SAM."""
    raw = data.get("Transform")
    return raw == SERVERLESS or (isinstance(raw, list) and SERVERLESS in raw)
