"""Run collectors side by side: each goes on as soon as the calls that it waits for have come back.

A collector is a generator. It yields what it needs and is sent the answers: a list of `Call`s (a list of replies), a
list of generators to run side by side (a list of their results), or `After(name)`, the result of another collector.
Calls run on the threads of the pool, those first on whose answers the longest chain of calls waits; collectors
themselves all run in the thread that called `run`, so that they need no locks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from asbuilt.sources.aws.operations import Call

Steps = Generator[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class After:
    """Wait for another collector and be sent its result; None where it crashed or there is none of the name."""

    name: str


class _Task:
    """A running generator: `answers` are those it waits for, `open` how many of them are still out."""

    __slots__ = ("answers", "generator", "name", "open", "parent", "place")

    def __init__(self, generator: Steps, name: str, parent: _Task | None = None, place: int = 0) -> None:
        self.generator = generator
        self.name = name
        self.parent = parent
        self.place = place
        self.answers: list[Any] = []
        self.open = 0


class Scheduler:
    """Drives generators to their ends, with at most `limit` calls at a time, of the highest `rank` first.

    `prepare` is told of a call before the pool has it, in the thread that called `run`; what is answered meanwhile is
    heeded before the next call is prepared. `crashed` is told of a collector that raised; its result is then None.
    """

    def __init__(
        self,
        executor: Executor,
        limit: int,
        prepare: Callable[[Call], None],
        perform: Callable[[Call], Any],
        rank: Callable[[Call], int],
        crashed: Callable[[str, Exception], None],
    ) -> None:
        self._executor = executor
        self._limit = limit
        self._rank = rank
        self._queue: list[tuple[int, int, _Task, int, Call]] = []
        self._submitted = 0
        self._prepare = prepare
        self._perform = perform
        self._crashed = crashed
        self._done: SimpleQueue[tuple[_Task, int, Future[Any]]] = SimpleQueue()
        self._ready: deque[tuple[_Task, Any]] = deque()
        self._results: dict[str, Any] = {}
        self._waiting: dict[str, list[_Task]] = {}
        self._names: frozenset[str] = frozenset()
        self._out = 0

    def run(self, collectors: Mapping[str, Steps]) -> dict[str, Any]:
        """Run collectors to their ends and return their results by name, in the order given."""
        self._names = frozenset(collectors)
        for name, generator in collectors.items():
            self._ready.append((_Task(generator, name), None))
        while self._ready or self._out or self._queue:
            while self._ready:
                self._advance(*self._ready.popleft())
            startable = bool(self._queue) and self._out < self._limit
            if startable:
                self._start()
            if self._out:
                self._collect(wait=not startable)
        return {name: self._results.get(name) for name in collectors}

    def _advance(self, task: _Task, value: Any) -> None:
        try:
            wanted = task.generator.send(value)
        except StopIteration as stop:
            self._finish(task, stop.value)
        except Exception as error:  # noqa: BLE001 - what one answer does to a collector must not end the others
            self._crashed(task.name, error)
            self._finish(task, None)
        else:
            self._want(task, wanted)

    def _want(self, task: _Task, wanted: After | Sequence[Call | Steps]) -> None:
        if isinstance(wanted, After):
            if wanted.name in self._results or wanted.name not in self._names:
                self._ready.append((task, self._results.get(wanted.name)))
            else:
                self._waiting.setdefault(wanted.name, []).append(task)
            return
        task.answers, task.open = [None] * len(wanted), len(wanted)
        if not wanted:
            self._ready.append((task, []))
        for place, one in enumerate(wanted):
            if isinstance(one, Generator):
                self._ready.append((_Task(one, task.name, task, place), None))
            else:
                self._submit(task, place, one)

    def _submit(self, task: _Task, place: int, call: Call) -> None:
        self._submitted += 1
        heappush(self._queue, (-self._rank(call), self._submitted, task, place, call))

    def _start(self) -> None:
        """Give the pool the call that is wanted first."""
        _, _, task, place, call = heappop(self._queue)
        self._prepare(call)
        self._out += 1
        future = self._executor.submit(self._perform, call)
        future.add_done_callback(partial(self._put, task, place))

    def _collect(self, *, wait: bool) -> None:
        """Take one answer, if there is one."""
        try:
            task, place, future = self._done.get(block=wait)
        except Empty:
            return
        self._out -= 1
        self._answer(task, place, future.result())

    def _put(self, task: _Task, place: int, done: Future[Any]) -> None:
        self._done.put((task, place, done))

    def _answer(self, task: _Task, place: int, value: Any) -> None:
        task.answers[place] = value
        task.open -= 1
        if not task.open:
            answers, task.answers = task.answers, []
            self._ready.append((task, answers))

    def _finish(self, task: _Task, result: Any) -> None:
        if task.parent is not None:
            self._answer(task.parent, task.place, result)
            return
        self._results[task.name] = result
        for waiting in self._waiting.pop(task.name, ()):
            self._ready.append((waiting, result))
