"""A proxy on loopback that makes an endpoint as far away as a region, counts its calls, and refuses some of them.

    python proxy.py PORT UPSTREAM DELAY [REFUSED …]

Every call waits DELAY seconds, as its way to a region and back would take. `REFUSED` are operations (`ListServices`)
that are answered with AccessDenied; `ListServices=Throttling` gives another code. Where services share a name,
the X-Amz-Target tells them apart (`AmazonEC2ContainerServiceV20141113.ListServices`). With `--replay`, what was
answered once is answered from memory: a region does not get slower because moto has one interpreter for all calls.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from live_platform.server import LOOPBACK, await_answer, free_port

HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "keep-alive"})
CALLS = "/proxy-calls"  # answers with the names of the calls so far, and forgets them
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


@dataclass(frozen=True)
class Request:
    """One call as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operation, where the protocol names one; else method and path."""
        target = self.headers.get("x-amz-target", "")
        found = ACTION.search(self.body)
        return target.rpartition(".")[2] or (found[1].decode() if found else f"{self.method} {self.path}")

    @property
    def key(self) -> tuple[str, str, str, bytes]:
        """What an answer depends on."""
        scope = self.headers.get("authorization", "").partition("Credential=")[2].partition("/")[2].partition(",")[0]
        return (f"{self.method} {self.path} {scope}", self.headers.get("x-amz-target", ""), "", self.body)


@dataclass
class Proxy:
    """Where calls go, how long they take, and what is refused: operation -> error code."""

    upstream: str
    delay: float
    refused: dict[str, str]
    replay: bool
    calls: list[str] = field(default_factory=list)
    answers: dict[object, bytes] = field(default_factory=dict)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the calls of one connection until it ends."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (request := await read(reader)) is not None:
                writer.write(await self.answer(request))
                await writer.drain()
        writer.close()

    async def answer(self, request: Request) -> bytes:
        """Return the answer to one call, after its way."""
        if request.path == CALLS:
            calls, self.calls = self.calls, []
            return response(200, {"Content-Type": "application/json"}, json.dumps(calls).encode())
        if request.path.startswith("/moto-api"):
            return await self.ask(request)
        self.calls.append(request.operation)
        await asyncio.sleep(self.delay)
        for name in (request.operation, request.headers.get("x-amz-target", "")):
            if name in self.refused:
                return refusal(request, self.refused[name])
        if not self.replay:
            return await self.ask(request)
        if request.key not in self.answers:
            self.answers[request.key] = await self.ask(request)
        return self.answers[request.key]

    async def ask(self, request: Request) -> bytes:
        """Return what the endpoint answers."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, self._ask, request)

    def _ask(self, request: Request) -> bytes:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=120)
        headers = {key: value for key, value in request.headers.items() if key not in HOP_BY_HOP}
        try:
            connection.request(request.method, request.path, request.body, headers)
            found = connection.getresponse()
            return response(found.status, dict(found.getheaders()), found.read())
        finally:
            connection.close()


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Read one call; None at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    lines = head.decode("latin-1").split("\r\n")
    if len(lines) < 2:
        return None
    method, path, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {key.strip().lower(): value.strip() for key, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


def response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    """Return an answer as it goes over the wire."""
    kept = {key: value for key, value in headers.items() if key.lower() not in {*HOP_BY_HOP, "content-length"}}
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'OK')}"]
    lines += [f"{key}: {value}" for key, value in kept.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def refusal(request: Request, code: str) -> bytes:
    """Return an error in the call's own protocol."""
    status = 400 if "hrottl" in code else 403
    message = f"User is not authorized to perform {request.operation}" if status == 403 else "Rate exceeded"
    if "x-amz-target" in request.headers or "json" in request.headers.get("content-type", ""):
        body = json.dumps({"__type": code, "message": message})
        return response(status, {"Content-Type": "application/x-amz-json-1.1"}, body.encode())
    inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if request.headers.get("host", "").startswith("ec2") or b"Version=2016-11-15" in request.body:
        body = f"<Response><Errors>{inner}</Errors><RequestID>refused</RequestID></Response>"
    else:
        body = f"<ErrorResponse>{inner}<RequestId>refused</RequestId></ErrorResponse>"
    return response(status, {"Content-Type": "text/xml"}, body.encode())


def asked(url: str) -> list[str]:
    """Return the operations that a proxy was asked for since this was last called."""
    with urlopen(f"{url}{CALLS}", timeout=10) as answer:  # noqa: S310 - a proxy of ours
        found: list[str] = json.load(answer)
        return found


@contextlib.contextmanager
def running(upstream: str, delay: float, refused: Sequence[str] = (), *, replay: bool = False) -> Iterator[str]:
    """Run a proxy in a process of its own and give its URL; it is stopped however the block ends."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    command = [sys.executable, str(Path(__file__)), str(port), upstream, str(delay), *refused]
    with subprocess.Popen([*command, *(["--replay"] if replay else [])]) as process:
        try:
            await_answer(url, process, CALLS)
            yield url
        finally:
            process.terminate()


async def run(port: int, proxy: Proxy) -> None:
    """Serve until the process is stopped."""
    server = await asyncio.start_server(proxy.serve, LOOPBACK, port, limit=2**24)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("upstream")
    parser.add_argument("delay", type=float)
    parser.add_argument("refused", nargs="*")
    parser.add_argument("--replay", action="store_true")
    given = parser.parse_args()
    codes = {name: code or "AccessDenied" for name, _, code in (text.partition("=") for text in given.refused)}
    asyncio.run(run(given.port, Proxy(given.upstream, given.delay, codes, given.replay)))


if __name__ == "__main__":
    main()
