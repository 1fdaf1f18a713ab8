"""An event loop that reads events with aiokafka and handles them."""

import asyncio
import signal
from contextlib import AsyncExitStack
from functools import partial

from aiohttp import ClientSession, TCPConnector
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from commits import Commits
from latencies import Latencies
from pipeline import Pipeline
from progress import Progress
from reading import Limit, read, read_batches, starting
from reports import Reports
from settings import FETCH_BYTES, Settings, from_environment
from tally import Tally

# What the client reads ahead by default.
READ_AHEAD = {"fetch_max_bytes": 50 << 20, "max_partition_fetch_bytes": 1 << 20}
LIBRARIES = ("aiokafka", "aiohttp", "pydantic", "pandas", "numpy")


async def main(settings: Settings) -> None:
    tally = Tally()
    latencies = Latencies() if settings.latency_file else None
    reports = Reports(tally, settings.service_times)
    async with AsyncExitStack() as resources:
        session = producer = None
        if settings.io_calls:
            connector = TCPConnector(limit=settings.in_flight)
            session = await resources.enter_async_context(ClientSession(connector=connector))
        if settings.produces:
            producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
            await resources.enter_async_context(producer)
        pipeline = Pipeline(settings, tally, latencies, session, producer)
        await consume(settings, pipeline, tally, reports)
    if latencies:
        latencies.write(settings.latency_file)
    reports.done(pipeline.checksum())


async def consume(settings: Settings, pipeline: Pipeline, tally: Tally, reports: Reports) -> None:
    in_flight = settings.in_flight
    # Once reading takes the next event, the position is that of handled events, unless handling gives way.
    gives_way = in_flight > 1 or settings.io_calls or settings.produces
    auto_commit = not gives_way and settings.commit == "interval"
    wait = settings.fetch_wait_ms
    fetching = {"fetch_min_bytes": FETCH_BYTES, "fetch_max_wait_ms": wait} if wait else {}
    fetching |= {name: limit // settings.prefetch_divisor for name, limit in READ_AHEAD.items()}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        group_id=settings.group,
        auto_offset_reset="earliest",
        enable_auto_commit=auto_commit,
        **fetching,
    )
    progress = Progress()
    commits = Commits(consumer, pipeline, progress)
    consumer.subscribe([settings.topic], listener=None if auto_commit else commits)
    handle = pipeline.handle if auto_commit else progress.following(pipeline.handle)
    if settings.commit == "each":
        handle = commits.following(handle)
    regularly = not auto_commit and settings.commit == "interval"
    limit = Limit(settings.events)

    reports.start(*LIBRARIES)
    async with consumer, asyncio.TaskGroup() as background:
        if regularly:
            committing = background.create_task(commits.commit_regularly())
        async with asyncio.TaskGroup() as tasks:
            if settings.commit == "batch":
                starting_in = partial(starting, handle, in_flight)
                reading = tasks.create_task(read_batches(consumer, starting_in, limit, commits, tally))
            else:
                reading = tasks.create_task(read(consumer, starting(handle, in_flight, tasks), limit))

            def stop() -> None:
                limit.stop()
                # A reader that waits for events has to be woken up, unless it handles one itself.
                if settings.commit != "batch" and (in_flight > 1 or not progress):
                    reading.cancel()

            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        if not auto_commit:
            await commits.commit()
        if regularly:
            committing.cancel()


if __name__ == "__main__":
    asyncio.run(main(from_environment()))
