"""A template with the values of its parameters: what would be one stack."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import (
    MAX_ARMS,
    EvaluationError,
    derived,
    join_arms,
    known,
    reference,
    text_of,
    unmark,
)
from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.serverless import SERVERLESS, is_serverless
from asbuilt.sources.cloudformation.stacks import parameters
from asbuilt.sources.cloudformation.stacks.conditions import Conditions
from asbuilt.sources.cloudformation.stacks.declared import Declared, declarations, named_section
from asbuilt.sources.cloudformation.stacks.evaluation import Scope
from asbuilt.sources.cloudformation.stacks.includes import macro
from asbuilt.sources.cloudformation.vocabulary.names import attribute_property, ref_property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.model import Location
    from asbuilt.sources.cloudformation.reading.document import Document
    from asbuilt.sources.cloudformation.stacks.parameters import Given
    from asbuilt.sources.cloudformation.stacks.root import Root

NESTED = "AWS::CloudFormation::Stack"
# Transforms that change no resource, or that are followed here.
_FOLLOWED = frozenset({"AWS::LanguageExtensions", "AWS::Include", "AWS::CodeDeployBlueGreen", SERVERLESS})


class Stack:
    """One stack. `caller` is the resource that nests it; `path` its names from the root template on."""

    def __init__(self, root: Root, document: Document, caller: Declared | None = None) -> None:
        self.root = root
        self.expansion = root.expanded(document, nested=caller is not None) if is_serverless(document.data) else None
        self.document = document = document if self.expansion is None else self.expansion.document
        self.caller = caller
        self.path: tuple[str, ...] = () if caller is None else (*caller.stack.path, caller.name)
        self.data: Mapping[str, Any] = document.data
        self.scope = Scope(self)
        self.open_sections: dict[str, Unknown] = {}  # those with a loop that is not known
        self.texts: dict[str, Any] = {}  # what Fn::Sub makes of each, outside of loops and conditions
        self._values: dict[str, Any] = {}
        self._pseudo: dict[str, Any] = {}
        self._attributes: dict[tuple[str, str], Any] = {}  # of resources, by logical id and attribute
        self._children: dict[str, Stack | Unknown] = {}
        self._open: list[tuple[str, ...]] = []
        self.prefix = "".join(f"{name}." for name in self.path)  # of its resources' names in their addresses

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters as declared."""
        return {name: body for name, body in named_section(self.data, "Parameters").items() if isinstance(body, dict)}

    @cached_property
    def conditions(self) -> Conditions:
        """The conditions."""
        return Conditions(self, declarations(self, "Conditions"))

    @cached_property
    def resources(self) -> dict[str, Declared]:
        """The resources by logical id, those whose condition does not hold as well."""
        return {
            name: Declared(self, name, body, place, scope)
            for name, (body, place, scope) in declarations(self, "Resources").items()
            if isinstance(body, dict)
        }

    @cached_property
    def outputs(self) -> dict[str, tuple[Any, Place, Scope]]:
        """The outputs."""
        return declarations(self, "Outputs")

    @cached_property
    def macros(self) -> tuple[str, ...]:
        """The transforms of the template that are not followed here: they may make anything of it."""
        raw = self.data.get("Transform")
        names = [
            item.get("Name") if isinstance(item, dict) else item for item in (raw if isinstance(raw, list) else [raw])
        ]
        return tuple(name for name in names if isinstance(name, str) and name not in _FOLLOWED)

    @cached_property
    def rewriter(self) -> str:
        """The first macro that is not AWS's own, of the template or among its resources: it may change what is written.

        "" for none.
        """
        among = macro(named_section(self.data, "Resources").get("Fn::Transform"))
        return next((name for name in self.macros if not name.startswith("AWS::")), among)

    @cached_property
    def modules(self) -> tuple[Declared, ...]:
        """The resources that stand for others, which are registered at AWS."""
        return tuple(declared for declared in self.resources.values() if declared.type.endswith("::MODULE"))

    def made_elsewhere(self, name: str) -> Unknown | None:
        """Return why a name that is not in the template may be one of its resources all the same."""
        if self.macros:
            reason = f"{name} is not in the template: the transform {self.macros[0]} may add it"
            return Unknown(UnknownKind.UNSUPPORTED, reason, type="string")
        if "Resources" in self.open_sections:
            return replace(self.open_sections["Resources"], type="string")
        for serverless in self.expansion.names if self.expansion is not None else ():
            if name.startswith(serverless):
                reason = f"{name} is made by AWS SAM of the template"
                return Unknown(UnknownKind.UNSUPPORTED, reason, type="string")
        for module in self.modules:
            if name.startswith(module.name):
                reason = f"{name} is made by the module {module.type}, which is registered at AWS"
                return Unknown(UnknownKind.MODULE, reason, type="string")
        return None

    def given(self, name: str) -> Given | None:
        """Return what the outside gives a parameter of a root template."""
        return self.root.given.get(name) if self.caller is None else None

    def passed(self, name: str) -> tuple[Any, Place, Scope] | None:
        """Return what the stack around this one passes for a parameter, as written."""
        if self.caller is None:
            return None
        raw = self.caller.raw("Parameters")
        if raw is None or not isinstance(raw[0], dict) or name not in raw[0]:
            return None
        return raw[0][name], raw[1].child(name), self.caller.scope

    def parameter(self, name: str) -> Any:
        """Return the value of a parameter."""
        if name not in self._values:
            self._values[name] = self._closed(("parameter", name), lambda: self._parameter(name))
        return self._values[name]

    def _parameter(self, name: str) -> Any:
        declared = self.parameters[name]
        place = Place(self.document, ("Parameters", name))
        given, passed = self.given(name), self.passed(name)
        value: Any = ABSENT
        if given is not None:
            value = given.value
        elif passed is not None:
            raw, place, scope = passed
            value = scope.evaluate(raw, place)
        if value is ABSENT:
            place = Place(self.document, ("Parameters", name))
            if "Default" not in declared:
                return parameters.unset(name, declared, place.key)
            value, place = declared["Default"], place.child("Default")

        def where() -> Location:
            return place.location if given is None or given.location is None else given.location

        try:
            return parameters.typed(name, declared, value, where)
        except EvaluationError as error:
            self.root.remark("error", error.code, error.message, where())
            return Unknown(error.kind, error.message, where())

    def pseudo(self, name: str) -> Any:
        """Return the value of a pseudo parameter."""
        if name not in self._pseudo:
            self._pseudo[name] = self._pseudo_parameter(name)
        return self._pseudo[name]

    def _pseudo_parameter(self, name: str) -> Any:
        given = self.root.given.get(name) if name not in ("AWS::StackName", "AWS::StackId") or not self.path else None
        region = self.root.given.get("AWS::Region")
        return parameters.pseudo(name, given, None if region is None else region.value, None)

    def mapped(self, keys: list[Any], fallback: Any) -> Any:
        """Return a value of a mapping; every one it may be where a key is not known. Raises EvaluationError."""
        bare = [unmark(key)[0] for key in keys]
        found: list[Any] = [named_section(self.data, "Mappings")]
        why = next((key for key in bare if isinstance(key, Unknown)), None)
        for key in bare:
            if isinstance(key, Unknown):
                wanted = [text_of(arm) for arm in key.arms if known(arm)] if key.arms else None
                found = [
                    value
                    for table in found
                    if isinstance(table, dict)
                    for name, value in table.items()
                    if wanted is None or name in wanted
                ]
            else:
                name = text_of(key)
                found = [table[name] for table in found if isinstance(table, dict) and name in table]
        if why is not None:
            if fallback is not ABSENT:
                found.append(fallback)
            return join_arms(why, found) if 0 < len(found) <= MAX_ARMS else derived([why])
        if found:
            return found[0]
        if fallback is not ABSENT:
            return fallback
        raise EvaluationError("unknown-mapping", f"there is no mapping for {' / '.join(map(text_of, bare))}")

    def ref(self, name: str, assumed: Mapping[str, bool]) -> Any:
        """Return what `Ref` of a resource reads: its name where that is what AWS gives, else the Unknown for its id."""
        return self._attribute(self._there(name, assumed), "Ref")

    def attribute(self, name: str, attribute: str, assumed: Mapping[str, bool]) -> Any:
        """Return an attribute of a resource: the property of that name where it is set. Raises EvaluationError."""
        declared = self._there(name, assumed)
        if declared.type == NESTED and attribute.startswith("Outputs."):
            child = self.child(name)
            if isinstance(child, Unknown):
                refs = (Reference(declared.key, attribute),)
                return replace(child, references=refs, exact=True, type="string")
            return child.output(attribute.removeprefix("Outputs."))
        return self._attribute(declared, attribute)

    def _there(self, name: str, assumed: Mapping[str, bool]) -> Declared:
        declared = self.resources[name]
        if declared.exists(assumed) is False:
            raise EvaluationError("reference-to-nothing", f"the condition of {name} does not hold: it is not created")
        return declared

    def _attribute(self, declared: Declared, attribute: str) -> Any:
        key = (declared.name, attribute)
        if key not in self._attributes:
            type_ = declared.type
            wanted = ref_property(type_) if attribute == "Ref" else attribute_property(type_, attribute)
            self._attributes[key] = self._read(declared, wanted, attribute)
        return self._attributes[key]

    def _read(self, declared: Declared, wanted: str, attribute: str) -> Any:
        """Return a property that is the attribute asked for; where it is not known, what is known of it."""
        found = self._closed((declared.name, wanted), lambda: declared.value(wanted)) if wanted else ABSENT
        computed = reference(declared.key, declared.address, attribute)
        bare, secret = unmark(found)
        if isinstance(bare, Unknown):
            if bare.exact and bare.references:
                return found  # one attribute of yet another resource
            refs = (Reference(declared.key, attribute),)
            arms = tuple(computed if isinstance(arm, Unknown) or arm is ABSENT else arm for arm in bare.arms)
            value = replace(bare, references=refs, exact=True, type="string", arms=arms)
            return Sensitive(value) if secret else value
        return found if isinstance(bare, str | int | float) and not isinstance(bare, bool) else computed

    def puts_out(self, name: str) -> bool:
        """Whether the condition of an output may hold."""
        body, _, scope = self.outputs[name]
        condition = body.get("Condition") if isinstance(body, dict) else None
        try:
            return not isinstance(condition, str) or self.conditions.get(scope.named(condition)) is not False
        except EvaluationError:
            return True

    def output(self, name: str) -> Any:
        """Return the value of an output. Raises EvaluationError."""
        if name not in self.outputs and "Outputs" in self.open_sections:
            return self.open_sections["Outputs"]
        if name not in self.outputs:
            raise EvaluationError("unknown-output", f"{self.document.name} has no output {name}")
        body, place, scope = self.outputs[name]
        if not isinstance(body, dict) or "Value" not in body:
            raise EvaluationError("unknown-output", f"the output {name} of {self.document.name} has no value")
        condition = body.get("Condition")
        if isinstance(condition, str):
            holds = self.conditions.get(scope.named(condition), scope.assumed)
            if holds is False:
                raise EvaluationError("unknown-output", f"the condition of the output {name} does not hold")
            scope = scope.assuming({scope.named(condition): True})
        value = self._closed(("output", name), lambda: scope.evaluate(body["Value"], place.child("Value")))
        if isinstance(value, list) and all(known(item) for item in value):
            return ",".join(map(text_of, value))
        return value

    def child(self, name: str) -> Stack | Unknown:
        """Return the stack that a resource of this one nests, an Unknown where its template is not on disk."""
        if name not in self._children:
            self._children[name] = self.root.nested(self, self.resources[name])
        return self._children[name]

    def _closed(self, mark: tuple[str, ...], compute: Any) -> Any:
        """Return what is computed, unless that depends on itself. Raises EvaluationError."""
        if mark in self._open:
            raise EvaluationError("circular-reference", f"{' '.join(mark)} depends on itself")
        self._open.append(mark)
        try:
            return compute()
        finally:
            self._open.pop()
