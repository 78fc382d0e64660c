"""Terraform's JSON syntax as the same tree as the native one.

JSON writes blocks as nested objects, labels as keys, several blocks as a list. Which properties are blocks is known for
the words of Terraform itself (`resource`, `lifecycle`, `dynamic`, …). Inside a resource a provider's schema would have
to tell a block from an attribute; all of those become attributes, and the body says `json`.
Strings are templates, and a few arguments hold references as text (`depends_on`, `provider`, `ignore_changes`).
Source: "JSON Configuration Syntax" in Terraform's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asbuilt.model import Diagnostic
from asbuilt.sources.terraform.parsing.bodies import Parser
from asbuilt.sources.terraform.parsing.json_reader import Array, Mapping, Reader, Text, Value
from asbuilt.sources.terraform.parsing.lexer import Limits, Problem, canonical
from asbuilt.sources.terraform.parsing.relocation import relocate
from asbuilt.sources.terraform.parsing.syntax import (
    Attribute,
    Block,
    Body,
    ErrorExpr,
    Expr,
    Literal,
    Object,
    ObjectItem,
    SourceFile,
    Tuple,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, int]  # block type -> number of labels

_ROOT: Final[Schema] = {
    "check": 1, "data": 2, "ephemeral": 2, "import": 0, "locals": 0, "module": 1, "moved": 0, "output": 1,
    "provider": 1, "removed": 0, "resource": 2, "terraform": 0, "variable": 1,
}  # fmt: skip
_RESOURCE: Final[Schema] = {"connection": 0, "dynamic": 1, "lifecycle": 0, "provisioner": 1}
_INSIDE: Final[dict[str, Schema]] = {
    "check": {"assert": 0, "data": 2},
    "cloud": {"workspaces": 0},
    "content": {"dynamic": 1},
    "data": _RESOURCE,
    "dynamic": {"content": 0},
    "ephemeral": _RESOURCE,
    "lifecycle": {"postcondition": 0, "precondition": 0},
    "module": {},
    "output": {"precondition": 0},
    "provider": {"dynamic": 1},
    "provisioner": {"connection": 0},
    "removed": {"connection": 0, "lifecycle": 0, "provisioner": 1},
    "resource": _RESOURCE,
    "terraform": {"backend": 1, "cloud": 0, "provider_meta": 1, "required_providers": 0},
    "variable": {"validation": 0},
}
# Arguments whose strings are references or types, not templates: block type -> names.
_REFERENCES: Final[dict[str, frozenset[str]]] = {
    "data": frozenset({"depends_on", "provider"}),
    "ephemeral": frozenset({"depends_on", "provider"}),
    "import": frozenset({"provider", "to"}),
    "lifecycle": frozenset({"ignore_changes", "replace_triggered_by"}),
    "module": frozenset({"depends_on", "providers"}),
    "moved": frozenset({"from", "to"}),
    "output": frozenset({"depends_on"}),
    "removed": frozenset({"from"}),
    "resource": frozenset({"depends_on", "provider"}),
    "variable": frozenset({"type"}),
}
# Blocks whose strings Terraform takes as they stand, apart from what it evaluates in them.
_PLAIN: Final[dict[str, frozenset[str]]] = {
    "variable": frozenset({"default", "description"}),
    "output": frozenset({"description"}),
    "module": frozenset({"source", "version"}),
    "required_providers": frozenset({"*"}),
    "backend": frozenset({"*"}),
    "terraform": frozenset({"required_version"}),
}


class JsonParser:
    """One run over one file."""

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.diagnostics: list[Diagnostic] = []

    def body(self, *, variables: bool) -> Body:
        """Return the file's body; never raises for what is in it."""
        text = self.file.text
        body = Body(0, len(text), self.file, json=True)
        if len(text) > self.limits.size:
            message = f"The file has {len(text)} characters; more than {self.limits.size} are not read. Split it up."
            self._report(Problem("file-too-large", message, 0))
            body.broken = True
            return body
        try:
            document = Reader(text, self.limits, 1 if text.startswith("\ufeff") else 0).document()
        except Problem as problem:
            self._report(problem)
            body.broken = True
            return body
        for root in document.value if isinstance(document, Array) else [document]:
            if isinstance(root, Mapping):
                self._members(body, root, "*" if variables else "", {} if variables else _ROOT)
            else:
                self._wrong_type(body, root, "The file's root")
        return body

    def _report(self, problem: Problem) -> None:
        size = len(self.file.text)
        start = min(problem.start, size)
        location = self.file.location(start, max(start, min(problem.end, size)))
        self.diagnostics.append(Diagnostic("error", problem.code, problem.message, location))

    def _wrong_type(self, body: Body, value: Value, what: str) -> None:
        body.broken = True
        message = f"{what} must be an object, or a list of objects. Write it in braces."
        self._report(Problem("wrong-json-type", message, value.start, value.end))

    def _members(self, body: Body, value: Mapping, within: str, schema: Schema) -> None:
        """Add an object's members to a body as attributes and blocks."""
        for key, member in value.value:
            name = key.value
            if name == "//":  # a comment
                continue
            labels = schema.get(name)
            if labels is not None:
                self._blocks(body, name, labels, key, member)
            elif name in body.attributes:
                line, _ = self.file.position(body.attributes[name].start)
                message = f'"{name}" is already set on line {line}. Keep one of the two.'
                self._report(Problem("duplicate-attribute", message, key.start, key.end))
            else:
                expr = self._argument(within, name, member)
                body.attributes[name] = Attribute(key.start, member.end, name, expr)

    def _blocks(self, body: Body, name: str, labels: int, key: Text, value: Value) -> None:
        for found, header, inner in self._labelled(body, labels, [], key, value):
            block_body = Body(inner.start, inner.end, self.file, json=True)
            last = header[-1]
            start = last.start
            body.blocks.append(Block(start, inner.end, name, found, block_body, last.end))
            self._members(block_body, inner, name, _INSIDE.get(name, {}))

    def _labelled(
        self, body: Body, labels: int, header: list[Text], key: Text, value: Value
    ) -> Iterator[tuple[list[str], list[Text], Mapping]]:
        """Yield label values, the keys that gave them, and the object of each block."""
        header = [*header, key]
        for item in value.value if isinstance(value, Array) else [value]:
            if item.value is None and not isinstance(item, Text):
                continue  # null: no such block
            if not isinstance(item, Mapping):
                self._wrong_type(body, item, f'"{key.value}"')
            elif labels == 0:
                yield [label.value for label in header[1:]], header, item
            else:
                for inner_key, inner in item.value:
                    if inner_key.value != "//":
                        yield from self._labelled(body, labels - 1, header, inner_key, inner)

    def _argument(self, within: str, name: str, value: Value) -> Expr:
        if name in _REFERENCES.get(within, ()):
            return self._references(value)
        plain = _PLAIN.get(within, frozenset()) if within != "*" else frozenset({"*"})
        return self._expression(value, plain=name in plain or "*" in plain)

    def _references(self, value: Value) -> Expr:
        """Read strings as expressions, in lists and as an object's values too."""
        if isinstance(value, Array):
            return Tuple(value.start, value.end, [self._references(item) for item in value.value])
        if isinstance(value, Mapping):
            items = [
                ObjectItem(Literal(key.start, key.end, key.value), self._references(item)) for key, item in value.value
            ]
            return Object(value.start, value.end, items)
        if isinstance(value, Text) and not value.value.startswith("${"):
            return self._embedded(value, template=False)
        return self._expression(value, plain=False)

    def _expression(self, value: Value, *, plain: bool) -> Expr:
        if isinstance(value, Text):
            if plain or ("${" not in value.value and "%{" not in value.value):
                return Literal(value.start, value.end, canonical(value.value))
            return self._embedded(value, template=True)
        if isinstance(value, Array):
            return Tuple(value.start, value.end, [self._expression(item, plain=plain) for item in value.value])
        if isinstance(value, Mapping):
            return self._object(value, plain=plain)
        return Literal(value.start, value.end, value.value)

    def _object(self, value: Mapping, *, plain: bool) -> Expr:
        seen: set[str] = set()
        items: list[ObjectItem] = []
        for key, member in value.value:
            if key.value in seen:
                message = f'The key "{key.value}" stands twice in this object. Keep one of the two.'
                self._report(Problem("duplicate-key", message, key.start, key.end))
                continue
            seen.add(key.value)
            items.append(ObjectItem(self._expression(key, plain=plain), self._expression(member, plain=plain)))
        return Object(value.start, value.end, items)

    def _embedded(self, value: Text, *, template: bool) -> Expr:
        """Parse the decoded string, and move what is found to where it stands in the file."""
        inner = Parser(SourceFile(self.file.name, value.value), self.limits)
        locate = value.locate()
        try:
            node = inner.bare() if template else inner.whole_expression()
        except (Problem, RecursionError) as error:
            problem = error if isinstance(error, Problem) else Problem("nested-too-deep", "Nested too deep.", 0)
            end = max(locate(problem.start), locate(problem.end))
            self._report(Problem(problem.code, problem.message, locate(problem.start), end))
            return ErrorExpr(value.start, value.end, problem.message)
        relocate(node, locate)
        node.start, node.end = value.start, value.end
        return node
