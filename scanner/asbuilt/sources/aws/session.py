"""Credentials, clients and the calls themselves: the only place that talks to AWS.

Credentials come as boto3 finds them (environment, profile, SSO, web identity, instance); with `role_arn` they are used
to assume a role. They live in botocore's objects only.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.sources.aws.failures import crash_of, failure_of
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.target import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THREADS: Final = 8
SESSION_NAME: Final = "asbuilt-audit"
IDENTITY: Final = Operation("sts", "GetCallerIdentity", "")


class AccessError(Exception):
    """An account that cannot be entered, or that is not the one expected: exit 2. The message says what to do."""


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
    """The clients of one account. Safe to use from several threads."""

    def __init__(self, access: Access, prepare: Callable[[Any], None] = lambda _: None) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        self.access = access
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        try:
            self._session = boto3.Session(profile_name=access.profile or None)
            self._share_loader()
            if access.role_arn:
                self._assume(boto3)
        except (BotoCoreError, ClientError) as error:
            raise AccessError(_entry(error, access)) from None
        prepare(self._session)

    def _share_loader(self) -> None:
        """Read botocore's service descriptions once a process: they are most of the cost of a client."""
        core: Any = self._session._session
        core.register_component("data_loader", _loader(core))

    def _assume(self, boto3: Any) -> None:
        access = self.access
        sts = self._make(self._session, "sts", self._session.region_name or "us-east-1")
        from asbuilt.sources.aws.policy import session_policy

        wanted = {"RoleArn": access.role_arn, "RoleSessionName": SESSION_NAME, "DurationSeconds": 3600}
        wanted["Policy"] = access.session_policy or session_policy()
        if access.external_id:
            wanted["ExternalId"] = access.external_id
        keys = sts.assume_role(**wanted)["Credentials"]
        self._session = boto3.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=self._session.region_name
        )
        self._share_loader()

    @property
    def region(self) -> str:
        """The region that the environment or the profile names, "" where there is none."""
        return self._session.region_name or ""

    def identity(self, region: str) -> Identity:
        """Return who the credentials are. Raises AccessError where AWS does not say."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            told = self.client("sts", region).get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise AccessError(_entry(error, self.access)) from None
        arn = str(told.get("Arn", ""))
        return Identity(str(told.get("Account", "")), arn, arn.split(":")[1] if arn.count(":") > 1 else "aws")

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a region, made on first use."""
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._make(self._session, service, region)
            return self._clients[key]

    def _make(self, session: Any, service: str, region: str) -> Any:
        from botocore.config import Config

        config = Config(
            retries={"mode": "adaptive", "total_max_attempts": self.access.attempts},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=max(10, self.access.threads),
            user_agent_extra="asbuilt",
        )
        return session.client(service, region_name=region, endpoint_url=self.access.endpoint_url or None, config=config)

    def perform(self, call: Call, region: str) -> Reply:
        """Make a call and read all its pages; what came before a failure is kept."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        pages: list[dict[str, Any]] = []
        try:
            for page in _pages(self.client(call.operation.service, region), call):
                pages.append(page)  # noqa: PERF402 - what came before a failure is kept
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            return Reply(call, pages, failure_of(error, call.operation, region))
        except Exception as error:  # noqa: BLE001 - whatever an answer does to botocore, the other calls go on
            return Reply(call, pages, crash_of(error, call.operation))
        return Reply(call, pages)


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


_LOADERS: dict[str, Any] = {}


def _loader(core: Any) -> Any:
    return _LOADERS.setdefault("one", core.get_component("data_loader"))


def _entry(error: Exception, access: Access) -> str:
    text = " ".join(str(error).split())
    who = (
        f"the role {access.role_arn}" if access.role_arn else f"the profile {access.profile}" if access.profile else ""
    )
    return f"no access{f' through {who}' if who else ''}: {text}"
