"""Several processes at once, and processes that are killed: nothing stored is lost, no run is there by halves."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

from sqlalchemy import func, select

from asbuilt.store import open_store, queries
from asbuilt.store.database import Store
from asbuilt.store.schema import findings, runs
from asbuilt.store.writing import save
from asbuilt_reports.json_results import from_json
from store import made

TESTS = Path(__file__).parents[1]
# Writes runs one after the other, saying the id of each once it is stored. `shared` is the same for every writer.
WRITER = """
import sys
sys.path.insert(0, {tests!r})
from asbuilt.store import open_store
from asbuilt.store.writing import save
from store import made
url, worker, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(many):
    own = made.results(worker * 1000 + number, [made.finding("MON-3", f"s{{n}}") for n in range(40)])
    for results in (own, made.results(number, [made.finding("NET-9", "shared")], environment="shared")):
        run, new = save(open_store(url, create=True), results, made.document(results))
        print(run, flush=True)
"""
# Stops in the middle of a write, after the run and part of its findings, and waits to be killed.
VICTIM = """
import sys, time
sys.path.insert(0, {tests!r})
from sqlalchemy import event
from asbuilt.store import open_store
from asbuilt.store.writing import save
from store import made
store = open_store(sys.argv[1], create=True)
@event.listens_for(store.engine, "after_cursor_execute")
def pause(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO findings"):
        print("writing", flush=True)
        time.sleep(600)
results = made.results(500, [made.finding("MON-3", f"s{{n}}") for n in range(3000)])
save(store, results, made.document(results))
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code.format(tests=str(TESTS)), *arguments], stdout=subprocess.PIPE, text=True
    )


def assert_whole(store: Store) -> set[str]:
    """Every run's columns are those of its document; return the ids."""
    with store.reading() as connection:
        stored = connection.execute(select(runs.c.id, runs.c.document)).all()
        counted = dict(connection.execute(select(findings.c.run, func.count()).group_by(findings.c.run)).all())
    for run, packed in stored:
        assert counted.pop(run, 0) == len(from_json(zlib.decompress(packed)).findings)
    assert counted == {}, "findings without a run"
    return {run for run, _ in stored}


def test_writers_at_once_lose_nothing(url: str) -> None:
    """They also create the schema at once, and store the same runs as each other."""
    writers = [start(WRITER, url, str(worker), "4") for worker in range(4)]
    said = [set(writer.communicate(timeout=120)[0].split()) for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4
    store = open_store(url)
    assert assert_whole(store) == set.union(*said)
    assert len(queries.load(store)) == 4 * 4 + 4


def test_killed_in_the_middle_of_a_write(url: str) -> None:
    before = made.results(0, [made.finding("MON-3", "api")])
    kept, _ = save(open_store(url, create=True), before, made.document(before))
    victim = start(VICTIM, url)
    assert victim.stdout
    assert victim.stdout.readline() == "writing\n"
    victim.send_signal(signal.SIGKILL)
    victim.wait(30)
    victim.stdout.close()
    store = open_store(url)
    assert assert_whole(store) == {kept}
    after = made.results(500, [made.finding("MON-3", f"s{n}") for n in range(3000)])
    run, new = save(store, after, made.document(after))
    assert new, "what was being written when it was killed can be written again"
    assert assert_whole(store) == {kept, run}


def test_killed_at_any_moment_what_was_said_to_be_stored_is(url: str) -> None:
    open_store(url, create=True)
    said: set[str] = set()
    for worker in range(3):
        writer = start(WRITER, url, str(worker), "1000")
        assert writer.stdout
        said.add(writer.stdout.readline().strip())
        time.sleep(0.02 * (worker + 1))
        writer.kill()
        said.update(line for line in writer.communicate(timeout=30)[0].split() if len(line) == 64)
    assert said <= assert_whole(open_store(url))
