"""Credentials, clients and the calls themselves: the only place that talks to AWS.

Credentials come as boto3 finds them (environment, profile, SSO, web identity, instance); with `role_arn` they are used
to assume a role. They live in botocore's objects only.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.sources.aws.evidence import Made
from asbuilt.sources.aws.failures import crash_of, failure_of
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.target import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.sources.aws.evidence import Watch
    from asbuilt.sources.aws.failures import Failure

THREADS: Final = 24  # calls at a time: the widest stage of a platform of 15 services has about 20
SESSION_NAME: Final = "asbuilt-audit"
IDENTITY: Final = Operation("sts", "GetCallerIdentity", "")
ENTRY: Final = Operation("sts", "AssumeRole", "")


class AccessError(Exception):
    """An account that cannot be entered, or that is not the one expected: exit 2. The message says what to do.

    `failure` is what the call that was made came to, where one was made.
    """

    def __init__(self, message: str, failure: Failure | None = None, operation: Operation | None = None) -> None:
        super().__init__(message)
        self.failure = failure
        self.operation = operation


@dataclass(frozen=True, slots=True)
class Access:
    """How to enter an account. Holds no credentials, so that it can be sent to another machine.

    `session_policy` narrows the role that is assumed; "" allows the calls that collectors make, and no others.
    `endpoint_url` and `attempts` are for tests.
    """

    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    session_policy: str = ""
    endpoint_url: str = ""
    attempts: int = 10
    threads: int = THREADS


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the credentials are."""

    account: str
    arn: str
    partition: str


class Session:
    """The clients of one account. Safe to use from several threads.

    `prepare` is given the boto3 session before its first call, `watch` is told of every call once it is answered.
    """

    def __init__(
        self, access: Access, prepare: Callable[[Any], None] = lambda _: None, watch: Watch = lambda _: None
    ) -> None:
        from botocore.exceptions import BotoCoreError

        from asbuilt.sources.aws.clients import begin

        self.access = access
        self._watch = watch
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        try:
            self._session = begin(profile_name=access.profile or None)
            if access.role_arn:
                self._session = begin(region_name=self._session.region_name, **self._assumed())
        except BotoCoreError as error:
            raise AccessError(_entry(error, access)) from None
        prepare(self._session)

    def _assumed(self) -> dict[str, str]:
        """Assume the role; return its keys as boto3 takes them."""
        access = self.access
        region = self._session.region_name or "us-east-1"
        sts = self._make("sts", region)
        from asbuilt.sources.aws.policy import session_policy

        wanted = {"RoleArn": access.role_arn, "RoleSessionName": SESSION_NAME, "DurationSeconds": 3600}
        wanted["Policy"] = access.session_policy or session_policy()
        if access.external_id:
            wanted["ExternalId"] = access.external_id
        try:
            keys = self._enter(sts.assume_role, Call(ENTRY, wanted), region)["Credentials"]
        finally:
            sts.close()
        names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
        return {name: keys[key] for name, key in (names | {"aws_session_token": "SessionToken"}).items()}

    @property
    def region(self) -> str:
        """The region that the environment or the profile names, "" where there is none."""
        return self._session.region_name or ""

    def identity(self, region: str, meanwhile: Iterable[str] = ()) -> Identity:
        """Return who the credentials are. Raises AccessError where AWS does not say.

        While the answer is awaited, clients of the services in `meanwhile` are made.
        """
        ask = self.client("sts", region).get_caller_identity
        answered = threading.Event()
        with ThreadPoolExecutor(1, thread_name_prefix="clients") as pool:
            pool.submit(self._make_ready, meanwhile, region, answered)
            try:
                told = self._enter(ask, Call(IDENTITY), region)
            finally:
                answered.set()
        arn = str(told.get("Arn", ""))
        return Identity(str(told.get("Account", "")), arn, arn.split(":")[1] if arn.count(":") > 1 else "aws")

    def _enter(self, method: Callable[..., dict[str, Any]], call: Call, region: str) -> dict[str, Any]:
        """Make a call without whose answer nothing goes on. Raises AccessError."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        clock = _Clock()
        try:
            page = method(**call.parameters)
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            failure = failure_of(error, call.operation, region)
            self._watch(clock.made(call, region, [], failure, error))
            raise AccessError(_entry(error, self.access), failure, call.operation) from None
        self._watch(clock.made(call, region, [page]))
        return page

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a region, made on first use."""
        key = (service, region)
        found = self._clients.get(key)  # without the lock: a call must not wait for the making of another client
        if found is not None:
            return found
        with self._lock:  # a boto3 session makes clients for one thread at a time
            if key not in self._clients:
                self._clients[key] = self._make(service, region)
            return self._clients[key]

    def close(self) -> None:
        """Close the connections: an audit of many accounts must not wait for a garbage collector to do it."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def _make(self, service: str, region: str) -> Any:
        from asbuilt.sources.aws.clients import make

        access = self.access
        return make(
            self._session,
            service,
            region,
            endpoint=access.endpoint_url,
            attempts=access.attempts,
            threads=access.threads,
        )

    def prepare(self, service: str, region: str) -> None:
        """Make a client ahead of its calls. Where that fails, so do they, and tell why."""
        with suppress(Exception):
            self.client(service, region)

    def _make_ready(self, services: Iterable[str], region: str, end: threading.Event) -> None:
        for service in services:
            if end.is_set():
                return
            self.prepare(service, region)

    def perform(self, call: Call, region: str) -> Reply:
        """Make a call and read all its pages; what came before a failure is kept."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        pages: list[dict[str, Any]] = []
        failure, failed, clock = None, None, _Clock()
        try:
            for page in _pages(self.client(call.operation.service, region), call):
                pages.append(page)  # noqa: PERF402 - what came before a failure is kept
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            failure, failed = failure_of(error, call.operation, region), error
        except Exception as error:  # noqa: BLE001 - whatever an answer does to botocore, the other calls go on
            failure, failed = crash_of(error, call.operation), error
        self._watch(clock.made(call, region, pages, failure, failed))
        return Reply(call, pages, failure)


class _Clock:
    """When a call was made, and how long its answer took."""

    __slots__ = ("at", "ticks")

    def __init__(self) -> None:
        self.at = datetime.now(UTC)
        self.ticks = time.monotonic()

    def made(
        self,
        call: Call,
        region: str,
        pages: list[dict[str, Any]],
        failure: Failure | None = None,
        error: Exception | None = None,
    ) -> Made:
        """Return what is to be said of the call, now that it is answered."""
        answer = getattr(error, "response", None) or {}  # an error of the connection has the attribute, and None in it
        told = answer.get("ResponseMetadata", {})
        return Made(call, region, self.at, time.monotonic() - self.ticks, pages, failure, told)


def _pages(client: Any, call: Call) -> Iterator[dict[str, Any]]:
    """Yield the pages of an answer, each as botocore parsed it."""
    from botocore import xform_name

    operation, method = call.operation, xform_name(call.operation.name)
    if not client.can_paginate(method):
        yield from _unpaged(client, method, call)
        return
    size = {"PageSize": operation.page} if operation.page else {}
    for number, page in enumerate(client.get_paginator(method).paginate(**call.parameters, PaginationConfig=size), 1):
        yield page
        if operation.most and (number >= operation.most):
            return


def _unpaged(client: Any, method: str, call: Call) -> Iterator[dict[str, Any]]:
    """Yield the answer of an operation of which botocore does not know how it pages; `NextToken` is followed."""
    parameters = dict(call.parameters)
    seen: set[str] = set()
    while True:
        page = getattr(client, method)(**parameters)
        yield page
        token = page.get("NextToken")
        if not token or token in seen:
            return
        seen.add(token)
        parameters["NextToken"] = token


def _entry(error: Exception, access: Access) -> str:
    text = " ".join(str(error).split())
    who = (
        f"the role {access.role_arn}" if access.role_arn else f"the profile {access.profile}" if access.profile else ""
    )
    return f"no access{f' through {who}' if who else ''}: {text}"
