"""Why a call failed, in words that say what to do: refused, throttled, unreachable, or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asbuilt.model import UnknownKind
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.sources.aws.operations import Operation

# AWS General Reference and the services' "Common Errors"; read 2026-11. A refusal may have any code (EC2:
# UnauthorizedOperation) or none that botocore finds, so that the HTTP status counts too.
DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
CREDENTIALS: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
NOT_ENABLED: Final = frozenset({"OptInRequired", "SubscriptionRequiredException"})
THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)

REFUSED, NOT_ACCEPTED, THROTTLING, DISABLED = "denied", "credentials", "throttled", "not-enabled"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed. `action` is what to do about it; `cause` one of the words above, "" for anything else."""

    kind: UnknownKind
    reason: str
    action: str = ""
    cause: str = ""


def failure_of(error: Exception, operation: Operation, region: str) -> Failure:
    """Classify an error that botocore raised."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _answered(error, operation, region)
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError):
        return Failure(UnknownKind.UNREAD, f"{operation} timed out in {region}", "run the audit again")
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):  # also: proxy, TLS, closed
        reason = f"the endpoint of {operation.service} in {region} could not be reached"
        return Failure(UnknownKind.UNREAD, reason, "check the network and whether the service exists in the region")
    if isinstance(error, exceptions.NoCredentialsError | exceptions.CredentialRetrievalError):
        action = "sign in, or name a --profile"
        return Failure(UnknownKind.DENIED, "there are no credentials for the call", action, NOT_ACCEPTED)
    text = " ".join(str(error).split())
    return Failure(UnknownKind.UNREAD, f"{operation} gave an answer that cannot be read: {_short(text)}", "")


def crash_of(error: Exception, operation: Operation) -> Failure:
    """Classify an error that nobody foresaw."""
    told = f"{type(error).__name__}: {_short(str(error))}"
    return Failure(UnknownKind.ERROR, f"{operation} crashed: {told}", "report it, with the version of asbuilt")


def _answered(error: Exception, operation: Operation, region: str) -> Failure:
    response = getattr(error, "response", {})
    told = response.get("Error", {})
    code = str(told.get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLED or status == 429:
        reason = f"{operation} was throttled to the end ({code or status})"
        return Failure(UnknownKind.UNREAD, reason, "run it again", THROTTLING)
    if code in NOT_ENABLED:
        reason = f"{region} is not enabled for the account ({code})"
        return Failure(UnknownKind.UNREAD, reason, f"enable {region}", DISABLED)
    if code in CREDENTIALS:
        reason = f"the credentials are not accepted for {operation} in {region} ({code})"
        action = f"sign in again; check that {region} is enabled for the account"
        return Failure(UnknownKind.DENIED, reason, action, NOT_ACCEPTED)
    if code in DENIED or status in (401, 403):
        reason = f"{operation} was refused ({code or status})"
        return Failure(UnknownKind.DENIED, reason, f"allow {operation.action}", REFUSED)
    return Failure(UnknownKind.UNREAD, f"{operation} failed ({code or status}): {_short(str(told.get('Message', '')))}")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 200 else text[:200] + "…"
