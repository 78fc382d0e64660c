"""MON-8: traces arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec

TRACES = "Live::XRay::Traces"


@rule(id="traces-received", resource=TRACES, severity="info", enforces="monitoring.xray", live=True)
def traces_received(traces: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No trace has arrived in the last hour.

    Why: tasks may be allowed to send traces and send none: the daemon is missing, or nothing samples.

    Fix: run the X-Ray daemon or the OpenTelemetry collector beside the containers, and look at the sampling rules.

    Source: AWS X-Ray API Reference, GetTraceSummaries; read 2026-11.
    """
    prop = traces.at("Found")
    if spec.monitoring.xray and not prop.require():
        yield violation(prop, "no trace has arrived in the last hour", expected="traces")
