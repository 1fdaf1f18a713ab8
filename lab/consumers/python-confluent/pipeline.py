"""The handling of an event: put together once, so that no event asks what there is to do."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

from confluent_kafka import Message
from latencies import Latencies
from msgspec.json import Decoder
from order import Order
from settings import Settings
from steps import Aggregate, Calls, Compute, Decode, Produce, Step, Validate
from tally import Tally

Handle = Callable[[Message], None]
Process = Callable[[Message], Any]


class Pipeline:
    def __init__(self, settings: Settings, tally: Tally, latencies: Latencies | None) -> None:
        self._tally = tally
        work = _work_step(settings)
        compute = Compute(settings) if settings.compute_rounds else None
        calls = Calls(settings) if settings.io_calls else None
        self._produce = Produce(settings) if settings.produces else None
        self._steps: list[Step] = [step for step in (work, compute, calls, self._produce) if step]
        self._lock = Lock() if settings.in_flight > 1 else nullcontext()

        process = _processing(work, compute, calls)
        runs = [calls.run] if calls else []
        finishes = [step.finish for step in (calls, self._produce) if step]
        if settings.in_flight > 1:
            self.handle = _sharing(process, runs, finishes, tally, self._lock)
        else:
            self.handle = _counting(process, runs, finishes, tally)
        if settings.service_times:
            self.handle = _timing(self.handle, tally, self._lock)
        if latencies:
            self.handle = _noting(self.handle, latencies)

    def flush(self) -> None:
        if self._produce:
            with self._lock:
                self._produce.flush()

    def checksum(self) -> dict[str, Any]:
        checksum = {"bytes": self._tally.bytes}
        for step in self._steps:
            checksum |= step.checksum()
        return checksum


def _work_step(settings: Settings) -> Decode | Validate | Aggregate | None:
    steps = {"decode": Decode, "parse": Decode, "validate": Validate, "aggregate": Aggregate}
    return steps[settings.handler]() if settings.handler in steps else None


def _processing(
    work: Decode | Validate | Aggregate | None, compute: Compute | None, calls: Calls | None
) -> Process:
    if isinstance(work, Validate):
        if compute or calls:
            return _decoding(work.decode, [compute.run] if compute else [])
        return work.run
    if work or compute or calls:
        return _decoding(Decoder(Order).decode, [step.run for step in (work, compute) if step])
    return _nothing


def _nothing(message: Message) -> None:
    pass


def _decoding(decode: Callable[[bytes], Order], runs: list[Callable[[Message, Order], None]]) -> Process:
    def process(message: Message) -> Order:
        order = decode(message.value())
        for run in runs:
            run(message, order)
        return order

    return process


def _counting(
    process: Process, runs: list[Callable[[Any], None]], finishes: list[Handle], tally: Tally
) -> Handle:
    def handle(message: Message) -> None:
        order = process(message)
        for run in runs:
            run(order)
        for finish in finishes:
            finish(message)
        tally.handled += 1
        tally.bytes += len(message)

    return handle


def _sharing(
    process: Process,
    runs: list[Callable[[Any], None]],
    finishes: list[Handle],
    tally: Tally,
    lock: AbstractContextManager,
) -> Handle:
    """As above, for several threads: only one of them can compute anyway, so that a lock costs little."""

    def handle(message: Message) -> None:
        with lock:
            order = process(message)
        for run in runs:
            run(order)
        with lock:
            for finish in finishes:
                finish(message)
            tally.handled += 1
            tally.bytes += len(message)

    return handle


def _timing(handle: Handle, tally: Tally, lock: AbstractContextManager) -> Handle:
    def timed(message: Message) -> None:
        started = time.perf_counter()
        handle(message)
        seconds = time.perf_counter() - started
        with lock:
            tally.add_service_time(seconds)

    return timed


def _noting(handle: Handle, latencies: Latencies) -> Handle:
    def noted(message: Message) -> None:
        handle(message)
        latencies.note(message.headers())

    return noted
