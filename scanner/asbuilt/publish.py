"""Send results to AWS Security Hub: batches, retries, and an account of what was not imported.

Limits: 100 findings a call and 240 KB a finding (docs.aws.amazon.com/securityhub, BatchImportFindings, read 2026-11);
a whole batch is kept below 240 KB too. A call that fails is retried by botocore, with growing pauses; findings that the
service could not take for reasons of its own are sent once more.
"""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST: Final = 100
LARGEST: Final = 240 * 1000  # bytes, of a finding and of a batch
ATTEMPTS: Final = 8
_PASSING: Final = frozenset({"InternalFailure", "InternalException", "LimitExceededException", "Throttling"})
# Errors of a whole call that the next call would meet as well.
_FATAL: Final = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessException",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)


class PublishError(Exception):
    """Nothing can be sent; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A finding that was not imported: its Id, what it is about, and why."""

    id: str
    title: str
    reason: str


@dataclass(slots=True)
class Published:
    """How many findings were imported, and those that were not."""

    imported: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def batches(findings: Iterable[dict[str, Any]], published: Published) -> Iterator[list[dict[str, Any]]]:
    """Yield findings in batches within the limits; what is too large for any is rejected."""
    batch: list[dict[str, Any]] = []
    size = 0
    for finding in findings:
        own = len(json.dumps(finding).encode())
        if own > LARGEST:
            published.rejected.append(_rejected(finding, f"it is larger than {LARGEST} bytes"))
            continue
        if batch and (len(batch) == MOST or size + own > LARGEST):
            yield batch
            batch, size = [], 0
        batch.append(finding)
        size += own
    if batch:
        yield batch


def publish(
    findings: Iterable[dict[str, Any]], client: Any, progress: Callable[[str], None] = lambda _: None
) -> Published:
    """Import findings with a Security Hub client. Never raises for what the service says: it is in the result."""
    published = Published()
    fatal = ""
    for batch in batches(findings, published):
        if fatal:
            published.rejected += [_rejected(finding, f"not sent: {fatal}") for finding in batch]
            continue
        fatal = _send(batch, client, published)
        progress(f"{published.imported} findings imported")
    return published


def _send(batch: list[dict[str, Any]], client: Any, published: Published, again: bool = True) -> str:
    """Send one batch; return why no other needs to be tried, or nothing."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client.batch_import_findings(Findings=batch)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        published.rejected += [_rejected(finding, str(error)) for finding in batch]
        return str(error) if code in _FATAL else ""
    except BotoCoreError as error:
        published.rejected += [_rejected(finding, str(error)) for finding in batch]
        return str(error)
    failed = {row["Id"]: row for row in answer.get("FailedFindings", ())}
    retried = [f for f in batch if f["Id"] in failed and again and failed[f["Id"]].get("ErrorCode") in _PASSING]
    for finding in batch:
        row = failed.get(finding["Id"])
        if row is not None and finding not in retried:
            reason = f"{row.get('ErrorCode') or 'no code'}: {row.get('ErrorMessage') or 'no message'}"
            published.rejected.append(_rejected(finding, reason))
    published.imported += len(batch) - len(failed)
    return _send(retried, client, published, again=False) if retried else ""


def _rejected(finding: dict[str, Any], reason: str) -> Rejected:
    return Rejected(finding["Id"], finding["Title"], reason)


def open_session(profile: str | None, region: str | None) -> Any:
    """Return a boto3 session with a region. Raises PublishError where boto3 or a region is missing."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise PublishError("boto3 is missing: pip install boto3") from None
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise PublishError(str(error)) from None
    if not session.region_name:
        raise PublishError("no region is configured: name one with --region")
    return session


def security_hub(session: Any, endpoint_url: str | None) -> Any:
    """Return a Security Hub client that retries."""
    from botocore.config import Config

    config = Config(retries={"mode": "standard", "max_attempts": ATTEMPTS}, connect_timeout=10, read_timeout=60)
    return session.client("securityhub", endpoint_url=endpoint_url, config=config)


def account_of(session: Any) -> str:
    """Return the account of the credentials. Raises PublishError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise PublishError(f"the account is not known ({error}): name it with --account") from None
