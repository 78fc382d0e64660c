"""X-Ray: whether traces arrive, by the first page of summaries of the last hour that holds any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

TRACES_TYPE = "Live::XRay::Traces"
SUMMARIES = Operation("xray", "GetTraceSummaries", "TraceSummaries", (TRACES_TYPE,), most=1)
OPERATIONS = (SUMMARIES,)
PERIOD = timedelta(hours=1)

TRACES = Table(TRACES_TYPE, "xray.GetTraceSummaries", "", {})


def collect(target: Target) -> Steps:
    """Ask whether there are traces of the last hour."""
    now = datetime.now(UTC)
    (reply,) = yield [Call(SUMMARIES, {"StartTime": now - PERIOD, "EndTime": now})]
    if reply.failure is not None:
        return []
    more = {"Found": bool([one["Id"] for one in reply.items()])}
    arn = target.arn("xray", "traces")
    return [target.resource(TRACES, {}, arn, more=more, fields={("Found",): "TraceSummaries"})]
