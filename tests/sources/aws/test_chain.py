"""How long the chains of calls are, in rounds: a call goes out as soon as the answers that it needs are there."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.sources.aws import collect, scheduler
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.scheduler import Scheduler
from asbuilt.sources.aws.session import Access, Identity, Session
from asbuilt.sources.aws.words import words_of
from asbuilt.spec import load_spec
from sources.aws.overlay import ACCOUNT, Overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/broxiva-prod"
BASE = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/broxiva-prod"
TASK = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/broxiva-prod/1"


class Rounds:
    """An executor, and the queue of what is done: the calls that are out are answered once no answer is left."""

    def __init__(self) -> None:
        self.calls: list[list[Call]] = []
        self._out: list[tuple[Future[Any], Callable[[Call], Any], Call]] = []
        self._done: deque[Any] = deque()

    def submit(self, perform: Callable[[Call], Any], call: Call) -> Future[Any]:
        """Take a call."""
        self._out.append((Future(), perform, call))
        return self._out[-1][0]

    def put(self, item: Any) -> None:
        """Take an answer."""
        self._done.append(item)

    def get(self, *, block: bool) -> Any:
        """Give an answer; where there is none, answer all calls."""
        if not self._done and not block:
            raise Empty
        if not self._done:
            out, self._out = self._out, []
            self.calls.append([call for _, _, call in out])
            for future, perform, call in out:
                future.set_result(perform(call))
        return self._done.popleft()

    def of(self, name: str) -> list[int]:
        """Return how many calls of an operation each round has."""
        return [Counter(str(call.operation) for call in calls)[name] for calls in self.calls]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Rounds:
    found = Rounds()
    monkeypatch.setattr(collect, "ThreadPoolExecutor", lambda *_, **__: nullcontext(found))
    monkeypatch.setattr(scheduler, "SimpleQueue", lambda: found)
    return found


def read(*names: str) -> Overlay:
    """Read an account that runs services, each with a task definition of its own."""
    bodies = {
        name: {
            "serviceArn": f"{BASE}/{name}",
            "serviceName": name,
            "status": "ACTIVE",
            "taskDefinition": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/{name}:1",
        }
        for name in names
    }
    document = load_spec("broxiva")
    words = words_of(document.resolve("prod"), document.names_of("prod"))
    others = [name for name in names if name not in words.services]
    by_name = {"services": [body for name, body in bodies.items() if name not in others]}
    by_arn = {"services": [bodies[name] for name in others]}
    listed = {"services": [f"{BASE}/{name}" for name in others]}
    overlay = Overlay(
        {
            "ecs.ListClusters": {"clusterArns": [CLUSTER]},
            "ecs.DescribeClusters": {"clusters": [{"clusterArn": CLUSTER, "clusterName": "broxiva-prod"}]},
            "ecs.ListServices": {"serviceArns": [f"{BASE}/{name}" for name in names]},
            "ecs.ListTasks": {"taskArns": [TASK]},
            "ecs.DescribeTasks": {"tasks": [{"taskArn": TASK, "clusterArn": CLUSTER}]},
            "ecs.DescribeServices": [{"params": listed, "response": by_arn}, {"response": by_name}],
        }
    )
    session = Session(Access(attempts=1, threads=1000), overlay.install)
    collect.read_region(session, Identity(ACCOUNT, "", "aws"), "us-east-1", words)
    return overlay


def test_task_definitions_of_services_of_the_architecture_come_in_the_third_round(rounds: Rounds) -> None:
    read("api", "web")
    assert len(rounds.calls) == 3
    assert rounds.of("ecs.DescribeTaskDefinition") == [0, 0, 2]
    assert rounds.of("ecs.DescribeTasks") == [0, 0, 1]


def test_another_service_takes_a_round_more_for_itself_alone(rounds: Rounds) -> None:
    overlay = read("api", "extra", "web")
    assert len(rounds.calls) == 4
    assert rounds.of("ecs.ListServices") == [0, 1, 0, 0]
    assert rounds.of("ecs.DescribeServices") == [0, 2, 1, 0]  # by name, ten at a time; then the other one
    assert rounds.of("ecs.DescribeTaskDefinition") == [0, 0, 2, 1]
    assert rounds.of("ecs.DescribeTasks") == [0, 0, 0, 1]
    assert overlay.calls["ecs.DescribeTaskDefinition"] == 3


def test_the_floor_of_the_benchmark_is_the_longest_chain(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "scripts"))
    from bench_live import CHAIN

    read("api", "extra", "web")
    assert 1 + len(rounds.calls) == CHAIN  # who the credentials are is asked first, by itself


LONG, SHORT = Operation("long", "List", ""), Operation("short", "List", "")
AFTER = Operation("long", "Describe", "", after=(LONG,))


def run(executor: Any, limit: int, *tasks: Iterator[Any]) -> list[str]:
    """Run generators; return what was prepared, in turn."""
    prepared: list[str] = []
    order = {"long.List": 1, "long.Describe": 1}
    runner = Scheduler(
        executor,
        limit,
        lambda call: prepared.append(str(call.operation)),
        lambda call: call,
        lambda call: order.get(str(call.operation), 0),
        lambda name, error: pytest.fail(f"{name}: {error}"),
    )
    runner.run({str(number): task for number, task in enumerate(tasks)})  # type: ignore[misc]
    return prepared


def asking(*steps: list[Call]) -> Iterator[Any]:
    for step in steps:
        answers = yield step
        assert answers == step


def test_clients_are_made_in_the_order_in_which_calls_are_wanted(rounds: Rounds) -> None:
    prepared = run(rounds, 10, asking([Call(SHORT)]), asking([Call(LONG)], [Call(AFTER)]))
    assert prepared == ["long.List", "short.List", "long.Describe"]
    assert [len(calls) for calls in rounds.calls] == [2, 1]


def test_no_more_calls_are_out_than_are_allowed(rounds: Rounds) -> None:
    run(rounds, 2, asking([Call(SHORT)] * 5))
    assert [len(calls) for calls in rounds.calls] == [2, 2, 1]


class AtOnce:
    """An executor whose calls are answered before anything else happens."""

    def submit(self, perform: Callable[[Call], Any], call: Call) -> Future[Any]:
        """Make a call."""
        future: Future[Any] = Future()
        future.set_result(perform(call))
        return future


def test_an_answer_that_is_there_is_heeded_before_the_next_client_is_made() -> None:
    prepared = run(AtOnce(), 10, asking([Call(SHORT)] * 2), asking([Call(LONG)], [Call(AFTER)]))
    assert prepared == ["long.List", "long.Describe", "short.List", "short.List"]
