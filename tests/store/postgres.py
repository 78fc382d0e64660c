"""A PostgreSQL server of our own: a cluster in a temporary folder, on a Unix socket there, gone after the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

HOW = "The PostgreSQL tests need its server. Install Debian's package: sudo apt-get install postgresql"


class MissingError(Exception):
    """There is no server to run."""


class Cluster:
    """Started on entering, stopped and removed on leaving."""

    def __init__(self) -> None:
        found = [Path(path).resolve().parent for path in (shutil.which("initdb"),) if path]
        found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        self.bin = next(
            (folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None
        )
        if self.bin is None:
            raise MissingError(HOW)
        self._count = 0

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="asbuilt-pg-"))
        # The server refuses to run as root.
        self._as: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres") or names["nobody"]
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = self.folder / "data"
        made = subprocess.run(
            [self.bin / "initdb", "-D", data, "-U", "asbuilt", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        if made.returncode:
            raise AssertionError(f"initdb failed: {made.stderr}")
        settings = ["listen_addresses=", "fsync=off", "max_connections=40", f"unix_socket_directories={self.folder}"]
        self.log = (self.folder / "log").open("wb")
        self.server = subprocess.Popen(
            [self.bin / "postgres", "-D", data, *(part for s in settings for part in ("-c", s))],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            **self._as,
        )
        self._wait()
        return self

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError:
                if self.server.poll() is not None or time.monotonic() > end:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return

    def database(self) -> str:
        """Create an empty database; return its URL."""
        self._count += 1
        name = f"test_{self._count}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://asbuilt@/{name}?host={self.folder}"

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} dbname={name} user=asbuilt"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.server.send_signal(signal.SIGQUIT)  # at once: nothing here is to be kept
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
