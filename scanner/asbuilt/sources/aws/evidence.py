"""What shows that AWS said it: of every call its parameters, request ids and times, and a hash of each page.

What is secret is taken out before anything is hashed, so that nobody can find it by trying values.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asbuilt.masking import redacted
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from asbuilt.sources.aws.failures import Failure
    from asbuilt.sources.aws.operations import Call


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, its pages as botocore parsed them, and how long they took.

    With a `failure`, `answer` is the `ResponseMetadata` of the answer that failed, where there was one.
    """

    call: Call
    region: str
    at: datetime
    seconds: float
    pages: Sequence[dict[str, Any]]
    failure: Failure | None
    answer: Mapping[str, Any]


Watch = Callable[[Made], None]


class Recorder:
    """Keeps a record of every call it is told of. Safe to use from several threads; `bodies` keeps the answers too."""

    def __init__(self, *, bodies: bool = False) -> None:
        self._bodies = bodies
        self._lock = threading.Lock()
        self._records: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def __call__(self, made: Made) -> None:
        """Note a call. It is done at once, before anyone changes the answer."""
        found = record(made, bodies=self._bodies)
        with self._lock:
            self._records[made.region].append(found)

    def lines(self, account: str, region: str = "") -> dict[str, list[str]]:
        """Return the records of each region as lines of JSON, in the order of the calls; with a region, all as its."""
        found = {}
        kept: dict[str, list[dict[str, Any]]] = self._records
        if region:
            kept = {region: [one for records in self._records.values() for one in records]}
        for region, records in sorted(kept.items()):
            records.sort(key=lambda one: (one["at"], one["operation"], canonical(one["parameters"])))
            found[region] = [
                canonical({"n": number, "account": account, **one}) for number, one in enumerate(records, 1)
            ]
        return found


def record(made: Made, *, bodies: bool = False) -> dict[str, Any]:
    """Return what is kept of a call."""
    failure = None
    if made.failure is not None:
        failure = {"kind": made.failure.kind.value, "reason": made.failure.reason, **_told(made.answer)}
    return {
        "operation": str(made.call.operation),
        "action": made.call.operation.action,
        "parameters": redacted(dict(made.call.parameters)),
        "region": made.region,
        "at": made.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "seconds": round(made.seconds, 3),
        "pages": [_page(page, bodies=bodies) for page in made.pages],
        "failure": failure,
    }


def _page(page: Mapping[str, Any], *, bodies: bool) -> dict[str, Any]:
    body = redacted({key: value for key, value in page.items() if key != "ResponseMetadata"})
    found = {**_told(page.get("ResponseMetadata", {})), "sha256": body_hash(body)}
    return {**found, "body": body} if bodies else found


def _told(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWS can find the request by, and how often it was made again."""
    headers = metadata.get("HTTPHeaders", {})
    return {
        "request_id": str(metadata.get("RequestId", "")),
        "date": str(headers.get("date", "")),
        "status": metadata.get("HTTPStatusCode", 0),
        "retries": metadata.get("RetryAttempts", 0),
    }


def body_hash(body: Any) -> str:
    """Return the SHA-256 of a redacted body in its canonical form."""
    return hashlib.sha256(canonical(body).encode("ascii")).hexdigest()


def canonical(value: Any) -> str:
    """Return JSON with sorted keys, no spaces, ASCII only: the same text for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
