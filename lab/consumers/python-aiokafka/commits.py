"""Commits of handled events only."""

import asyncio
import logging

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from pipeline import Handle, Pipeline
from progress import Progress

INTERVAL_S = 5


class Commits(ConsumerRebalanceListener):
    def __init__(self, consumer: AIOKafkaConsumer, pipeline: Pipeline, progress: Progress) -> None:
        self._consumer = consumer
        self._pipeline = pipeline
        self._progress = progress

    async def commit(self) -> None:
        handled = self._progress.handled()
        # An event is handled only once the copies of it are acknowledged.
        await self._pipeline.flush()
        assignment = {partition.partition: partition for partition in self._consumer.assignment()}
        offsets = {assignment[number]: offset for number, offset in handled.items() if number in assignment}
        if not offsets:
            return
        try:
            await self._consumer.commit(offsets)
        except KafkaError as error:
            # After a rebalance someone else may have the partition: the event is then handled again.
            logging.warning("commit failed: %s", error)

    def following(self, handle: Handle) -> Handle:
        async def committed(message: ConsumerRecord) -> None:
            await handle(message)
            await self.commit()

        return committed

    async def commit_regularly(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            await self.commit()

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        await self.commit()
        self._progress.forget()

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        pass
