"""SEC-3: no secret stands in plain text in a container's environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.masking import looks_secret
from asbuilt.model import Unknown, UnknownKind
from asbuilt.rules import rule, undecided, violation
from asbuilt.topology.secrets import (
    comes_from_secret,
    is_harmless,
    is_random,
    is_secret_name,
    is_url_name,
    plain_attribute,
    secret_input,
)
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property, Resource
    from asbuilt.spec.models import Spec


@rule(id="plain-text-secrets", resource=TASK_DEFINITION, severity="critical", enforces="secrets.plain_text")
def plain_text_secrets(task: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A secret stands in plain text in the environment of a container.

    Why: whoever may describe the task definition, open the console or read the state reads the secret; it stays in
    every old revision. Values are never printed here.

    Fix: move the value to Secrets Manager, replace it there, and name the secret under Secrets instead of Environment.

    Source: Amazon ECS Developer Guide, "Pass sensitive data to an Amazon ECS container"; read 2026-11.
    """
    if spec.secrets.plain_text is not False:
        return
    name = task.name or task.address
    containers = task.at("ContainerDefinitions")
    found = list(_environment(containers, name, graph))
    yield from found
    if containers.sensitive and not found:
        reason = f"a value marked as sensitive is among the container definitions of {name}, and which cannot be told"
        yield undecided(Unknown(UnknownKind.UNSUPPORTED, reason, containers.trace.location), reason, containers)


def _environment(containers: Property, name: str, graph: Graph) -> Iterator[Evidence]:
    for container in containers.items():
        for entry in container.at("Environment").items():
            variable = entry.get("Name")
            if not entry.known and variable is entry.value:
                yield undecided(variable, f"the environment of {name} is not known: {variable.reason}", entry)
                continue
            prop = entry.child("Value")
            # JSON with one sensitive value in it is sensitive as a whole, and does not say which.
            marked = prop.sensitive and not containers.sensitive
            yield from _judge(variable, prop, marked, name, graph)


def _judge(variable: Any, prop: Property, marked: bool, task: str, graph: Graph) -> Iterator[Evidence]:
    values = prop.possible()
    case = " in one case" if len(values) > 1 else ""  # which it is does not matter: the code holds the text
    told = "an environment variable" if isinstance(variable, Unknown) else str(variable)
    named = not isinstance(variable, Unknown) and is_secret_name(told)
    address = named and is_url_name(told)
    for value in values:
        if isinstance(value, Unknown):
            source = comes_from_secret(value, graph) or secret_input(value)
            if source:
                yield _plain(prop, f"{told} of {task} holds {source} in plain text{case}")
            elif marked:
                yield _plain(prop, f"{told} of {task} holds a value marked as sensitive in plain text{case}")
            elif not _address(value, graph, named):
                reason = f"whether {told} of {task} holds a secret is not known: {value.reason}"
                yield undecided(value, reason, prop)
        elif isinstance(value, str) and looks_secret(value):
            yield _plain(prop, f"{told} of {task} holds a credential in plain text{case}")
        elif isinstance(value, str) and named and not address and not is_harmless(value, graph):
            yield _plain(prop, f"{told} of {task} is a secret by its name, and stands in plain text{case}")
        elif isinstance(value, str) and value.strip() and marked:
            yield _plain(prop, f"{told} of {task} holds a value marked as sensitive in plain text{case}")
        elif isinstance(value, str) and isinstance(variable, Unknown) and not is_harmless(value, graph):
            yield undecided(variable, f"the name of a variable of {task} is not known: {variable.reason}", prop)
        elif isinstance(value, str) and is_random(value):
            doubt = Unknown(UnknownKind.UNSUPPORTED, "it looks generated", prop.trace.location)
            yield undecided(doubt, f"whether {told} of {task} holds a secret cannot be told: it looks generated", prop)


def _plain(prop: Property, message: str) -> Evidence:
    return violation(prop, message, expected=["a secret named under Secrets"])


def _address(value: Unknown, graph: Graph, named: bool) -> bool:
    """Whether an unknown value is certain to be no secret: an ARN, an address, what AWS says about a resource."""
    if value.prefix.startswith(("arn:", "/", "http://", "https://")):
        return "@" not in value.suffix
    if value.exact and all(ref.target.startswith("AWS::") for ref in value.references):
        return bool(value.references)  # a pseudo parameter
    if not value.references or value.kind not in (UnknownKind.COMPUTED, UnknownKind.DATA_SOURCE):
        return False
    if not named:
        return all(plain_attribute(ref) not in ("value", "values", "") for ref in value.references)
    plain = ("arn", "id", "name", "url", "endpoint", "address", "port", "ref")
    return all(graph.get(r.target) is not None and r.attribute.lower().endswith(plain) for r in value.references)
