"""An organisation on loopback: as many accounts as wanted, all like the one that moto's server holds.

    python organization.py PORT UPSTREAM ACCOUNTS [DELAY]

What the one account answers is asked once, through HTTP, and then answered for every account and region from memory,
with their numbers and names put in. AssumeRole, GetCallerIdentity and ListAccounts are answered here. The first
accounts are the bad ones: three refuse the role, two throttle every call, one answers what no client understands; the
last but one is suspended. `/organization-calls` tells how often each account and region was asked for what.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from live_platform.proxy import Proxy, Request, refusal, response
from live_platform.server import LOOPBACK, await_answer, free_port

HUB = "123456789012"  # moto's own account
BASE = "us-east-1"  # where its platform is
CALLS = "/organization-calls"
ROLE = "audit"
DENIED, THROTTLED, CRASHING, SUSPENDED = 3, 2, 1, 1
KEY = re.compile(r"Credential=ASIA0ORG(\d{12})/")
SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")
JSON = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555"}
XML = {"Content-Type": "text/xml"}


def number(index: int) -> str:
    """Return the number of an account."""
    return f"{700000000000 + index:012d}"


def outcomes(accounts: int) -> dict[str, str]:
    """Return what the audit of each account has to come to."""
    bad = ["denied"] * DENIED + ["throttled"] * THROTTLED + ["crashed"] * CRASHING
    good = ["audited"] * (accounts - len(bad) - SUSPENDED - 1)
    words = [*bad, *good, "suspended", "audited"]
    return {number(index): word for index, word in enumerate(words)}


@dataclass
class Organization(Proxy):
    """The accounts, and what they answer."""

    accounts: dict[str, str] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    known: dict[object, asyncio.Task[tuple[bytes, bytes]]] = field(default_factory=dict)

    async def answer(self, request: Request) -> bytes:
        """Return the answer to one call."""
        if request.path == CALLS:
            return response(200, {"Content-Type": "application/json"}, json.dumps(self.counted).encode())
        signed = request.headers.get("authorization", "")
        found, scope = KEY.search(signed), SCOPE.search(signed)
        account, region = found[1] if found else HUB, scope[1] if scope else BASE
        self.counted[f"{account} {region} {request.operation}"] += 1
        await asyncio.sleep(self.delay)
        if request.operation == "ListAccounts":
            return self._listed(json.loads(request.body or b"{}"))
        if request.operation == "AssumeRole":
            return self._assumed(request)
        if self.accounts.get(account) == "throttled":
            return refusal(request, "Throttling")
        if request.operation == "GetCallerIdentity":
            return response(200, XML, IDENTITY.format(account=account, role=ROLE).encode())
        if self.accounts.get(account) == "crashed" and request.operation == "DescribeServices":
            return response(200, JSON, b'{"services": ["not what the API says"]}')
        return await self._recorded(request, account, region)

    async def _recorded(self, request: Request, account: str, region: str) -> bytes:
        """Return what the one account answers, as another account and region would."""
        body = _put(request.body, (account, HUB), (region, BASE))
        path = _put(request.path.encode(), (account, HUB), (region, BASE)).decode()
        key = (request.method, path, request.headers.get("x-amz-target", ""), body)
        if key not in self.known:
            signed = SCOPE.sub(f"Credential=testing/20260101/{BASE}/", request.headers.get("authorization", ""))
            headers = {**request.headers, "authorization": signed, "content-length": str(len(body))}
            headers.pop("x-amz-security-token", None)
            self.known[key] = asyncio.create_task(self._asked(replace(request, path=path, body=body, headers=headers)))
        head, told = await self.known[key]
        told = _put(told, (HUB, account), (BASE, region))
        return head + f"Content-Length: {len(told)}\r\n\r\n".encode() + told

    async def _asked(self, request: Request) -> tuple[bytes, bytes]:
        head, _, body = (await self.ask(request)).partition(b"\r\n\r\n")
        return re.sub(rb"(?i)content-length: \d+\r?\n?", b"", head).rstrip(b"\r\n") + b"\r\n", body

    def _listed(self, asked: dict[str, Any]) -> bytes:
        start, size = int(asked.get("NextToken") or 0), min(20, asked.get("MaxResults") or 20)
        page = list(self.accounts.items())[start : start + size]
        found: dict[str, Any] = {
            "Accounts": [
                {"Id": one, "Name": f"team-{one[-3:]}", "Status": "SUSPENDED" if word == "suspended" else "ACTIVE"}
                for one, word in page
            ]
        }
        if start + size < len(self.accounts):
            found["NextToken"] = str(start + size)
        return response(200, JSON, json.dumps(found).encode())

    def _assumed(self, request: Request) -> bytes:
        role = parse_qs(request.body.decode())["RoleArn"][0]
        account = role.split(":")[4]
        if self.accounts.get(account) == "denied" or not role.endswith(f":role/{ROLE}"):
            return refusal(request, "AccessDenied")
        return response(200, XML, KEYS.format(account=account, role=ROLE).encode())


IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::{account}:assumed-role/{role}/asbuilt-audit</Arn><UserId>AROA:asbuilt-audit</UserId>
<Account>{account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>c0ffee</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""
KEYS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA0ORG{account}</AccessKeyId><SecretAccessKey>secret-of-{account}</SecretAccessKey>
<SessionToken>token-of-{account}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><AssumedRoleId>AROA:asbuilt-audit</AssumedRoleId>
<Arn>arn:aws:sts::{account}:assumed-role/{role}/asbuilt-audit</Arn></AssumedRoleUser></AssumeRoleResult>
<ResponseMetadata><RequestId>c0ffee</RequestId></ResponseMetadata></AssumeRoleResponse>"""


def _put(data: bytes, *pairs: tuple[str, str]) -> bytes:
    for old, new in pairs:
        if old != new:
            data = data.replace(old.encode(), new.encode())
    return data


def asked(url: str) -> dict[str, int]:
    """Return how often each account and region was asked for each operation: `ACCOUNT REGION OPERATION` -> number."""
    with urlopen(f"{url}{CALLS}", timeout=30) as answer:  # noqa: S310 - a server of ours
        found: dict[str, int] = json.load(answer)
        return found


@contextlib.contextmanager
def running(upstream: str, accounts: int, delay: float = 0.0) -> Iterator[str]:
    """Run an organisation in a process of its own and give its URL; it is stopped however the block ends."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    with subprocess.Popen([sys.executable, str(Path(__file__)), str(port), upstream, str(accounts), str(delay)]) as one:
        try:
            await_answer(url, one, CALLS)
            yield url
        finally:
            one.terminate()


async def _serve(port: int, organization: Organization) -> None:
    server = await asyncio.start_server(organization.serve, LOOPBACK, port, limit=2**24)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    port, upstream, accounts, *delay = sys.argv[1:]
    organization = Organization(upstream, float(delay[0]) if delay else 0.0, {}, replay=True)
    organization.accounts = outcomes(int(accounts))
    asyncio.run(_serve(int(port), organization))


if __name__ == "__main__":
    main()
