"""TLS: what is trusted is read once, and whoever is not trusted is refused as ever."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.session import Access, Session
from asbuilt.sources.aws.trust import share, trust

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LISTED = Operation("ecs", "ListClusters", "clusterArns")
SERVICES = (LISTED, Operation("kms", "DescribeKey", "KeyMetadata"), Operation("logs", "DescribeLogGroups", "logGroups"))


class Empty(BaseHTTPRequestHandler):
    """Answers every call with an empty object, and hangs up."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for loopback that nobody but itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def url(certificate: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files of certificates that are read from now on."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    trust.cache_clear()
    found: list[str] = []
    load = ssl.SSLContext.load_verify_locations

    def noted(self: ssl.SSLContext, cafile: Any = None, *rest: Any) -> None:
        found.append(str(cafile))
        load(self, cafile, *rest)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noted)
    return found


def test_what_is_trusted_is_read_once_for_all_connections(
    url: str, certificate: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    for _ in range(2):
        session = Session(Access(endpoint_url=url, attempts=1))
        for operation in (*SERVICES, LISTED):
            call = Call(operation, {"KeyId": "x"} if operation.service == "kms" else {})
            assert session.perform(call, "us-east-1").failure is None
        session.close()
    assert read == [str(certificate)]


def test_who_is_not_trusted_is_refused_whatever_was_trusted_before(
    url: str, certificate: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    trusting = Session(Access(endpoint_url=url, attempts=1))
    assert trusting.perform(Call(LISTED), "us-east-1").failure is None
    monkeypatch.delenv("AWS_CA_BUNDLE")
    strict = Session(Access(endpoint_url=url, attempts=1))
    failure = strict.perform(Call(LISTED), "us-east-1").failure
    assert failure is not None
    assert "could not be reached" in failure.reason
    assert len(read) == len(set(read)) == 2


def test_a_certificate_for_another_name_is_refused(
    url: str, certificate: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    session = Session(Access(endpoint_url=url.replace("127.0.0.1", "localhost"), attempts=1))
    assert session.perform(Call(LISTED), "us-east-1").failure is not None
    assert read == [str(certificate)]


def test_a_client_that_keeps_its_connections_elsewhere_is_left_alone() -> None:
    share(object(), trust(None))
