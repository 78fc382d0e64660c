"""`asbuilt publish security-hub` against moto's server on loopback, and against answers it never gives."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from click.testing import CliRunner, Result
from moto.server import ThreadedMotoServer

from asbuilt import publish
from asbuilt.cli import main
from asbuilt_reports.asff import findings
from asbuilt_reports.json_results import to_json
from reports import sample

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def aws(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No configuration of the machine, no credentials but these, and every service at the server."""
    for name, text in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_STS": server,
    }.items():
        monkeypatch.setenv(name, text)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    hub = boto3.client("securityhub", region_name="eu-central-1", endpoint_url=server)
    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()
    hub.enable_security_hub()
    return hub


def send(*arguments: str, results: Any = None) -> Result:
    Path("results.json").write_text(to_json(results or sample.results()))
    return CliRunner().invoke(main, ["publish", "security-hub", "results.json", "-q", *arguments])


def stored(hub: Any) -> dict[str, dict[str, Any]]:
    pages = hub.get_paginator("get_findings").paginate()
    return {finding["Id"]: finding for page in pages for finding in page["Findings"]}


def test_everything_arrives(aws: Any, server: str) -> None:
    result = send("--region", "eu-central-1", "--endpoint-url", server)
    expected = {f["Id"]: f for f in findings(sample.results(), ACCOUNT, "eu-central-1")}
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{len(expected)} findings imported, 0 not\n"
    found = stored(aws)
    assert found.keys() == expected.keys()
    for id_, finding in expected.items():
        assert found[id_]["Compliance"]["Status"] == finding["Compliance"]["Status"]
        assert found[id_]["AwsAccountId"] == ACCOUNT


def test_sending_again_adds_nothing(aws: Any, server: str) -> None:
    for _ in range(2):
        assert send("--region", "eu-central-1", "--endpoint-url", server).exit_code == 0
    assert len(stored(aws)) == len(list(findings(sample.results(), ACCOUNT, "eu-central-1")))


def test_a_pass_closes_what_a_failure_opened(aws: Any, server: str) -> None:
    failing = sample.log_group("api")
    before = replace(sample.clean(), findings=(failing,), passes={})
    after = replace(before, findings=(), passes={failing.rule: (failing.resource.address,)})
    later = replace(after, run=replace(after.run, started_at="2026-12-01T10:00:00+00:00"))
    for results, status in ((before, "FAILED"), (later, "PASSED")):
        assert send("--region", "eu-central-1", "--endpoint-url", server, results=results).exit_code == 0
        assert [f["Compliance"]["Status"] for f in stored(aws).values()] == [status]


def test_more_than_one_batch(aws: Any, server: str) -> None:
    result = send("--region", "eu-central-1", "--endpoint-url", server, results=sample.many(250))
    expected = len(list(findings(sample.many(250), ACCOUNT, "eu-central-1")))
    assert expected > 250
    assert (result.exit_code, result.stdout) == (0, f"{expected} findings imported, 0 not\n")
    assert len(stored(aws)) == expected


def test_a_dry_run_sends_nothing(aws: Any, server: str) -> None:
    result = send("--region", "eu-central-1", "--endpoint-url", server, "--dry-run")
    assert result.exit_code == 0
    assert " calls to Security Hub in eu-central-1: " in result.stdout
    assert "FAILED" in result.stdout
    assert "WARNING" in result.stdout
    assert stored(aws) == {}


def test_usage(server: str) -> None:
    assert "no region is configured" in send("--endpoint-url", server).stderr
    assert send("--endpoint-url", server).exit_code == 2
    assert "an account has twelve digits" in send("--region", "eu-central-1", "--account", "1").stderr
    assert send("--region", "eu-central-1", "--profile", "nobody").exit_code == 2
    assert send("--region", "eu-central-1", "--endpoint-url", "not a url").exit_code == 2


class Hub:
    """Answers as told, and remembers the calls."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def batch_import_findings(self, Findings: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.calls.append([finding["Id"] for finding in Findings])
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return {"FailedFindings": [{"Id": f["Id"], **answer[f["Id"]]} for f in Findings if f["Id"] in answer]}


def row(number: int, size: int = 0) -> dict[str, Any]:
    return {"Id": f"f{number}", "Title": f"t{number}", "Description": "x" * size}


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "BatchImportFindings")


def test_batches_of_a_hundred() -> None:
    hub = Hub()
    done = publish.publish(map(row, range(250)), hub)
    assert [len(call) for call in hub.calls] == [100, 100, 50]
    assert (done.imported, done.rejected) == (250, [])


def test_batches_of_240_kb_and_findings_too_large_for_any() -> None:
    hub = Hub()
    done = publish.publish([row(1, 150_000), row(2, 80_000), row(3, 150_000), row(4, 240_000)], hub)
    assert hub.calls == [["f1", "f2"], ["f3"]]
    assert [(r.id, r.reason) for r in done.rejected] == [("f4", "it is larger than 240000 bytes")]
    assert done.imported == 3


def test_failed_findings_are_named_with_their_reason() -> None:
    hub = Hub({"f2": {"ErrorCode": "InvalidInput", "ErrorMessage": "Severity is wrong"}})
    done = publish.publish(map(row, range(5)), hub)
    assert done.imported == 4
    assert [(r.id, r.reason) for r in done.rejected] == [("f2", "InvalidInput: Severity is wrong")]


def test_what_failed_for_a_moment_is_sent_once_more() -> None:
    passing = {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
    hub = Hub({"f1": passing, "f2": passing}, {"f2": passing})
    done = publish.publish(map(row, range(4)), hub)
    assert hub.calls == [["f0", "f1", "f2", "f3"], ["f1", "f2"]]
    assert done.imported == 3
    assert [(r.id, r.reason) for r in done.rejected] == [("f2", "InternalFailure: try again")]


def test_one_bad_call_does_not_end_the_others() -> None:
    done = publish.publish(map(row, range(150)), Hub(error("InvalidInputException")))
    assert (done.imported, len(done.rejected)) == (50, 100)


@pytest.mark.parametrize("problem", [error("AccessDeniedException"), EndpointConnectionError(endpoint_url="http://x")])
def test_a_refusal_ends_it(problem: Exception) -> None:
    hub = Hub(problem)
    done = publish.publish(map(row, range(150)), hub)
    assert len(hub.calls) == 1
    assert (done.imported, len(done.rejected)) == (0, 150)
    assert done.rejected[-1].reason.startswith("not sent: ")


def test_a_refusal_exits_3(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "security_hub", lambda *_: Hub(error("AccessDeniedException")))
    result = send("--region", "eu-central-1", "--endpoint-url", server)
    assert result.exit_code == 3
    assert result.stdout.startswith("0 findings imported, ")
    assert "AccessDeniedException" in result.stderr


def test_throttling_is_retried_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two refusals, then the real thing: botocore sends the same findings again."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    seen: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(len(body["Findings"]))
            throttled = len(seen) < 3
            kind = {"__type": "LimitExceededException"} if throttled else {}
            text = json.dumps({**kind, "FailedCount": 0, "SuccessCount": 1, "FailedFindings": []}).encode()
            self.send_response(429 if throttled else 200)
            if throttled:
                self.send_header("x-amzn-errortype", "TooManyRequestsException")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    try:
        results = replace(sample.clean(), findings=(sample.log_group("api"),), passes={})
        result = send(
            "--region", "eu-central-1", "--endpoint-url", f"http://127.0.0.1:{httpd.server_port}", results=results
        )
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
    assert (result.exit_code, result.stdout) == (0, "1 findings imported, 0 not\n")
    assert seen == [1, 1, 1]


def test_boto3_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)
    result = send("--region", "eu-central-1")
    assert result.exit_code == 2
    assert "pip install boto3" in result.stderr
