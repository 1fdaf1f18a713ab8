"""What can be done with an event, and the checksum of what was done."""

import asyncio
from typing import Any, Protocol

from aiohttp import ClientSession
from aiokafka import AIOKafkaProducer, ConsumerRecord
from compute import compute
from settings import Settings

Event = dict[str, Any]


class Step(Protocol):
    def checksum(self) -> dict[str, Any]: ...


class Decode:
    def __init__(self) -> None:
        self._paid = 0
        self._customers = 0

    def run(self, message: ConsumerRecord, event: Event) -> None:
        if event["type"] == "order.paid":
            self._paid += 1
        self._customers += event["customer"]["id"]

    def checksum(self) -> dict[str, Any]:
        return {"paid": self._paid, "customers": self._customers}


class Validate:
    def __init__(self) -> None:
        # Imported here, like pandas below: what a consumer does not use is not to cost it memory.
        from pydantic import ValidationError
        from schema import Order

        self._error = ValidationError
        self._of_json = Order.model_validate_json
        self._of_event = Order.model_validate
        self._valid = 0
        self._invalid = 0

    def run_on_value(self, message: ConsumerRecord) -> None:
        try:
            self._of_json(message.value)
            self._valid += 1
        except self._error:
            self._invalid += 1

    def run(self, message: ConsumerRecord, event: Event) -> None:
        try:
            self._of_event(event)
            self._valid += 1
        except self._error:
            self._invalid += 1

    def checksum(self) -> dict[str, Any]:
        return {"valid": self._valid, "invalid": self._invalid}


class Aggregate:
    def __init__(self) -> None:
        from aggregate import summarize
        from windows import Windows

        self._windows = Windows(summarize)

    def run(self, message: ConsumerRecord, event: Event) -> None:
        self._windows.add(message.partition, event["customer"]["country"], event["amount"])

    def checksum(self) -> dict[str, Any]:
        return self._windows.finish()


class Compute:
    def __init__(self, settings: Settings) -> None:
        self._rounds = settings.compute_rounds
        self._state: dict[str, int] = {}
        self._score = 0

    def run(self, message: ConsumerRecord, event: Event) -> None:
        self._score += compute(event, self._rounds, self._state)

    def checksum(self) -> dict[str, Any]:
        return {"score": self._score, "updates": sum(self._state.values())}


class Calls:
    def __init__(self, settings: Settings, session: ClientSession) -> None:
        self._session = session
        self._url = settings.stub_url + "/price"
        self._calls_per_event = range(settings.io_calls)
        self._calls = 0

    async def run(self, message: ConsumerRecord, event: Event) -> None:
        sku = event["items"][0]["sku"]
        for _ in self._calls_per_event:
            async with self._session.get(self._url, params={"sku": sku}) as response:
                if response.status != 200:
                    raise RuntimeError(f"{response.url} answered {response.status}")
                await response.read()
            self._calls += 1

    def checksum(self) -> dict[str, Any]:
        return {"calls": self._calls}


class Produce:
    def __init__(self, settings: Settings, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._topic = settings.output_topic
        self._copies = range(settings.produces)
        self._acknowledged = 0
        self._error: BaseException | None = None

    async def run(self, message: ConsumerRecord, event: Event | None) -> None:
        for _ in self._copies:
            sent = await self._producer.send(self._topic, value=message.value, key=message.key)
            sent.add_done_callback(self._delivered)

    async def flush(self) -> None:
        await self._producer.flush()
        if self._error:
            raise self._error

    def checksum(self) -> dict[str, Any]:
        return {"produced": self._acknowledged}

    def _delivered(self, sent: asyncio.Future) -> None:
        if error := sent.exception():
            self._error = error
        else:
            self._acknowledged += 1
