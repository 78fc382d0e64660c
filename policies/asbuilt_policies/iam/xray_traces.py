"""MON-8: tasks may submit traces to X-Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.spec.models.operations import Permission
from asbuilt.topology.iam import ROLE, task_roles
from asbuilt_policies.iam.roles import each_role, jointly_lack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


# AWS X-Ray Developer Guide, "How AWS X-Ray works with IAM": what the daemon needs to send segments.
SUBMITS = Permission(
    name="X-Ray trace submission",
    actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    needs="all",
    resources="any",
)


@platform_rule(id="xray-traces", severity="info", enforces="monitoring.xray", needs=ROLE)
def xray_traces(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The task role may not submit traces to X-Ray.

    Why: without the permission, the daemon drops every segment and the service map stays empty. Whether services send
    any is seen in X-Ray itself.

    Fix: allow xray:PutTraceSegments and xray:PutTelemetryRecords on `*` in a policy of the task role.

    Source: AWS X-Ray Developer Guide, "How AWS X-Ray works with IAM"; read 2026-11.
    """
    if not spec.monitoring.xray:
        return
    found = task_roles(graph)
    yield from each_role(found, "task role", graph)
    stated = [p for p in spec.iam.task_role.permissions or () if all(a.startswith("xray:") for a in p.actions)]
    yield from jointly_lack(found.roles, stated or [SUBMITS], graph)
