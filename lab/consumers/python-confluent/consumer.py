"""A loop that reads batches of events with confluent-kafka and handles them."""

import signal

from commits import Commits
from confluent_kafka import Consumer, KafkaException, Message
from latencies import Latencies
from pipeline import Pipeline
from reports import Reports
from settings import FETCH_BYTES, Settings, from_environment
from tally import Tally
from workers import InTurn, Pool, Stopping

# What the client reads ahead by default.
READ_AHEAD = {"queued.max.messages.kbytes": 65_536, "queued.min.messages": 100_000}
LIBRARIES = ("confluent-kafka", "msgspec", "numpy", "urllib3")
BATCH = 500
POLL_S = 0.25


def main(settings: Settings) -> None:
    stopping = Stopping()
    signal.signal(signal.SIGTERM, lambda *_: setattr(stopping, "requested", True))
    tally = Tally()
    latencies = Latencies() if settings.latency_file else None
    reports = Reports(tally, settings.service_times)
    pipeline = Pipeline(settings, tally, latencies)
    consume(settings, pipeline, tally, reports, stopping)
    if latencies:
        latencies.write(settings.latency_file)
    reports.done(pipeline.checksum())


def consume(
    settings: Settings, pipeline: Pipeline, tally: Tally, reports: Reports, stopping: Stopping
) -> None:
    wait = settings.fetch_wait_ms
    fetching = {"fetch.min.bytes": FETCH_BYTES, "fetch.wait.max.ms": wait} if wait else {}
    fetching |= {name: limit // settings.prefetch_divisor for name, limit in READ_AHEAD.items()}
    tls = {"security.protocol": "ssl", "ssl.ca.location": settings.tls_ca} if settings.tls_ca else {}
    consumer = Consumer(
        {
            "bootstrap.servers": settings.bootstrap_servers,
            "group.id": settings.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            **fetching,
            **tls,
        }
    )
    in_flight = settings.in_flight
    handle = pipeline.handle
    workers = Pool(handle, stopping, in_flight) if in_flight > 1 else InTurn(handle, stopping)
    commits = Commits(consumer, workers, pipeline)
    commit = {"interval": commits.when_due, "batch": commits.after_batch, "each": commits.after_event}[settings.commit]
    most = 1 if settings.loop == "plain" or settings.commit == "each" else BATCH
    consumer.subscribe([settings.topic], on_revoke=commits.on_revoke)

    reports.start(*LIBRARIES)
    taken = 0
    while not stopping.requested and taken < settings.events:
        batch = take(consumer, int(min(most, settings.events - taken)))
        tally.count_fetch(len(batch))
        taken += len(batch)
        workers.work(batch)
        commit(batch)
    workers.wait()
    commits.commit()
    consumer.close()


def take(consumer: Consumer, most: int) -> list[Message]:
    # consume() alone would wait until its time is over for a batch to be full.
    first = consumer.poll(POLL_S)
    if first is None:
        return []
    batch = [first, *consumer.consume(most - 1, timeout=0)] if most > 1 else [first]
    for message in batch:
        if message.error():
            raise KafkaException(message.error())
    return batch


if __name__ == "__main__":
    main(from_environment())
