"""Commits of handled events only."""

import sys
import time

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from pipeline import Pipeline
from workers import InTurn, Pool

INTERVAL_S = 5


class Commits:
    def __init__(self, consumer: Consumer, workers: InTurn | Pool, pipeline: Pipeline) -> None:
        self._consumer = consumer
        self._workers = workers
        self._pipeline = pipeline
        self._due = time.monotonic() + INTERVAL_S

    def after_batch(self, batch: list[Message]) -> None:
        if batch:
            self._workers.wait()
            self.commit()

    def after_event(self, batch: list[Message]) -> None:
        for message in batch:
            self._workers.wait()
            self._pipeline.flush()
            self._consumer.commit(message, asynchronous=False)

    def when_due(self, batch: list[Message]) -> None:
        now = time.monotonic()
        if now >= self._due:
            self._due = now + INTERVAL_S
            self.commit(asynchronous=True)

    def on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        self.commit()

    def commit(self, asynchronous: bool = False) -> None:
        offsets = self._handled()
        # An event is handled only once the copies of it are acknowledged.
        self._pipeline.flush()
        if not offsets:
            return
        try:
            self._consumer.commit(offsets=offsets, asynchronous=asynchronous)
        except KafkaException as error:
            # After a rebalance someone else may have the partition: the event is then handled again.
            print(f"commit failed: {error}", file=sys.stderr)

    def _handled(self) -> list[TopicPartition]:
        """For each partition the offset before which every event is handled."""
        positions = {at.partition: at for at in self._consumer.position(self._consumer.assignment())}
        for partition, offset in self._workers.unhandled():
            if partition in positions:
                at = positions[partition]
                at.offset = min(at.offset, offset)
        return [at for at in positions.values() if at.offset >= 0]
