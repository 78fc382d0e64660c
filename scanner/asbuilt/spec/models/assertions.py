"""Checks of a company's own, without code: a JSON Schema that resources of a type must satisfy."""

from typing import Any, Literal

from asbuilt.spec.models.base import Field, Name, Names, Section, Text, part


class Select(Section):
    """Which resources of the type are meant; all of what is stated must hold."""

    name: Text | None = Field(None, description="Glob pattern of the resource's name.")
    tags: dict[Text, Text] = Field(default_factory=dict, description="Tags it bears, with glob patterns of values.")
    environments: Names | None = Field(None, description="Environments of the spec; without them, every one.")


class Assertion(Section):
    """A check without code; its key under `assertions` is the identifier that findings bear."""

    resource: Text = Field(description="CloudFormation type, as in AWS::S3::Bucket.")
    schema_: dict[Text, Any] = Field(alias="schema", description="JSON Schema (2020-12) of the resource's properties.")
    message: Text = Field(description="What is wrong where a resource does not satisfy it.")
    severity: Literal["critical", "high", "medium", "low", "info"] = Field("medium", description="Severity.")
    requirement: Name | None = Field(None, description="Statement it enforces; without one it is its own.")
    section: Text | None = Field(None, description="Section it stands under, where it is its own statement.")
    why: Text | None = Field(None, description="Why it matters.")
    fix: Text | None = Field(None, description="What to do about it.")
    select: Select = part(Select, "Which resources of the type are meant.")
