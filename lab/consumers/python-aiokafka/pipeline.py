"""The handling of an event: put together once, so that no event asks what there is to do."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession
from aiokafka import AIOKafkaProducer, ConsumerRecord
from latencies import Latencies
from settings import Settings
from steps import Aggregate, Calls, Compute, Decode, Produce, Step, Validate
from tally import Tally

Handle = Callable[[ConsumerRecord], Awaitable[None]]


class Pipeline:
    def __init__(
        self,
        settings: Settings,
        tally: Tally,
        latencies: Latencies | None,
        session: ClientSession | None,
        producer: AIOKafkaProducer | None,
    ) -> None:
        self._tally = tally
        work = _work_step(settings)
        compute = Compute(settings) if settings.compute_rounds else None
        calls = Calls(settings, session) if session else None
        self._produce = Produce(settings, producer) if producer else None
        self._steps: list[Step] = [step for step in (work, compute, calls, self._produce) if step]

        parses = compute or calls or isinstance(work, (Decode, Aggregate))
        if parses:
            process = _parsing([step.run for step in (work, compute) if step])
        else:
            process = work.run_on_value if work else _nothing
        self.handle = _counting(process, [step.run for step in (calls, self._produce) if step], tally)
        if settings.service_times:
            self.handle = _timing(self.handle, tally)
        if latencies:
            self.handle = _noting(self.handle, latencies)

    async def flush(self) -> None:
        if self._produce:
            await self._produce.flush()

    def checksum(self) -> dict[str, Any]:
        checksum = {"bytes": self._tally.bytes}
        for step in self._steps:
            checksum |= step.checksum()
        return checksum


def _work_step(settings: Settings) -> Decode | Validate | Aggregate | None:
    steps = {"decode": Decode, "parse": Decode, "validate": Validate, "aggregate": Aggregate}
    return steps[settings.handler]() if settings.handler in steps else None


def _nothing(message: ConsumerRecord) -> None:
    pass


def _parsing(runs: list[Callable[[ConsumerRecord, Any], None]]) -> Callable[[ConsumerRecord], Any]:
    def process(message: ConsumerRecord) -> Any:
        event = json.loads(message.value)
        for run in runs:
            run(message, event)
        return event

    return process


def _counting(
    process: Callable[[ConsumerRecord], Any],
    awaited: list[Callable[[ConsumerRecord, Any], Awaitable[None]]],
    tally: Tally,
) -> Handle:
    async def handle(message: ConsumerRecord) -> None:
        event = process(message)
        for run in awaited:
            await run(message, event)
        tally.handled += 1
        tally.bytes += len(message.value)

    return handle


def _timing(handle: Handle, tally: Tally) -> Handle:
    async def timed(message: ConsumerRecord) -> None:
        started = time.perf_counter()
        await handle(message)
        tally.add_service_time(time.perf_counter() - started)

    return timed


def _noting(handle: Handle, latencies: Latencies) -> Handle:
    async def noted(message: ConsumerRecord) -> None:
        await handle(message)
        latencies.note(message.headers)

    return noted
