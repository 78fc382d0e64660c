"""SEC-2: containers get credentials from Secrets Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Severity, Unknown
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.secrets import Store, is_secret_name, store_of
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="secrets-from-secrets-manager", resource=TASK_DEFINITION, severity="high", enforces="secrets.store")
def secrets_from_secrets_manager(task: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A container gets a credential from somewhere else than Secrets Manager.

    Why: Secrets Manager rotates, replicates and logs every access by itself; a SecureString parameter is encrypted too,
    and therefore of low severity, but nobody rotates it.

    Fix: keep the credential in Secrets Manager and set ValueFrom to the ARN of the secret.

    Source: Amazon ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables"; read
    2026-11.
    """
    name = task.name or task.address
    looked = False
    for container in task.at("ContainerDefinitions").items():
        for entry in container.at("Secrets").items():
            variable = entry.child("Name").value
            if isinstance(variable, Unknown):
                looked = True
                yield undecided(variable, f"which secrets {name} reads is not known: {variable.reason}", entry)
                continue
            if not is_secret_name(str(variable)):
                continue
            looked = True
            prop = entry.child("ValueFrom")
            found = store_of(prop, graph)
            if isinstance(found, Unknown):
                yield undecided(found, f"where {variable} of {name} comes from is not known: {found.reason}", prop)
            elif found is None:
                yield violation(prop, f"{variable} of {name} comes from nowhere", expected=["an ARN of a secret"])
            elif found[0] is not Store.SECRETS_MANAGER:
                secure = found[1] is not None and found[1].get("Type") == "SecureString"
                message = f"{variable} of {name} comes from {found[0]}, not from {Store.SECRETS_MANAGER}"
                severity = Severity.LOW if secure else None
                yield violation(prop, message, expected=["an ARN of a secret"], severity=severity)
    if not looked:
        yield inapplicable(task, f"no container of {name} is given a credential")
