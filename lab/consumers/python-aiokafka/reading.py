"""The ways to read events and to start handling them."""

import asyncio
from collections.abc import Callable
from math import inf

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from commits import Commits
from pipeline import Handle
from tally import Tally

YIELD_EVERY = 100
POLL_MS = 250


class Limit:
    """After how many events reading ends."""

    def __init__(self, events: float = inf) -> None:
        self.events = events

    def stop(self) -> None:
        self.events = 0


def starting(handle: Handle, in_flight: int, tasks: asyncio.TaskGroup) -> Handle:
    """What the reader awaits for an event: its handling, or with more in flight a free place for it."""
    if in_flight == 1:
        return handle
    places = asyncio.Semaphore(in_flight)

    async def handle_in_place(message: ConsumerRecord) -> None:
        try:
            await handle(message)
        finally:
            places.release()

    async def start(message: ConsumerRecord) -> None:
        await places.acquire()
        tasks.create_task(handle_in_place(message))

    return start


async def read(consumer: AIOKafkaConsumer, start: Handle, limit: Limit) -> None:
    started = 0
    async for message in consumer:
        await start(message)
        started += 1
        if started >= limit.events:
            break
        # The iterator does not give way while it has events, but heartbeats and fetches need the loop.
        if started % YIELD_EVERY == 0:
            await asyncio.sleep(0)


async def read_batches(
    consumer: AIOKafkaConsumer,
    starting_in: Callable[[asyncio.TaskGroup], Handle],
    limit: Limit,
    commits: Commits,
    tally: Tally,
) -> None:
    started = 0
    while started < limit.events:
        batches = await consumer.getmany(timeout_ms=POLL_MS)
        tally.count_fetch(len(batches))
        async with asyncio.TaskGroup() as tasks:
            start = starting_in(tasks)
            for message in (message for batch in batches.values() for message in batch):
                await start(message)
                started += 1
                if started >= limit.events:
                    break
                if started % YIELD_EVERY == 0:
                    await asyncio.sleep(0)
        if batches:
            await commits.commit()
