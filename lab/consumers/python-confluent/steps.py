"""What can be done with an event, and the checksum of what was done."""

from typing import Any, Protocol

from compute import compute
from confluent_kafka import KafkaError, KafkaException, Message, Producer
from msgspec import ValidationError
from msgspec.json import Decoder
from order import Order
from settings import Settings

QUEUE_FULL_WAIT_S = 0.1


class Step(Protocol):
    def checksum(self) -> dict[str, Any]: ...


class Decode:
    def __init__(self) -> None:
        self._paid = 0
        self._customers = 0

    def run(self, message: Message, order: Order) -> None:
        if order.type == "order.paid":
            self._paid += 1
        self._customers += order.customer.id

    def checksum(self) -> dict[str, Any]:
        return {"paid": self._paid, "customers": self._customers}


class Validate:
    """Validation is a way of decoding: a valid event is decoded once, whatever else is done with it."""

    def __init__(self) -> None:
        from schema import Order as ValidOrder

        self._decode_valid = Decoder(ValidOrder).decode
        self._decode_any = Decoder(Order).decode
        self._valid = 0
        self._invalid = 0

    def run(self, message: Message) -> None:
        try:
            self._decode_valid(message.value())
            self._valid += 1
        except ValidationError:
            self._invalid += 1

    def decode(self, value: bytes) -> Order:
        try:
            order = self._decode_valid(value)
            self._valid += 1
        except ValidationError:
            order = self._decode_any(value)
            self._invalid += 1
        return order

    def checksum(self) -> dict[str, Any]:
        return {"valid": self._valid, "invalid": self._invalid}


class Aggregate:
    def __init__(self) -> None:
        # Imported here: a consumer that does not use NumPy is not to pay for it in memory.
        from aggregate import summarize
        from windows import Windows

        self._windows = Windows(summarize)

    def run(self, message: Message, order: Order) -> None:
        self._windows.add(message.partition(), order.customer.country, order.amount)

    def checksum(self) -> dict[str, Any]:
        return self._windows.finish()


class Compute:
    def __init__(self, settings: Settings) -> None:
        self._rounds = settings.compute_rounds
        self._state: dict[str, int] = {}
        self._score = 0

    def run(self, message: Message, order: Order) -> None:
        self._score += compute(order, self._rounds, self._state)

    def checksum(self) -> dict[str, Any]:
        return {"score": self._score, "updates": sum(self._state.values())}


class Calls:
    def __init__(self, settings: Settings) -> None:
        import urllib3

        self._pool = urllib3.connection_from_url(settings.stub_url, maxsize=settings.in_flight, retries=False)
        self._path = urllib3.util.parse_url(settings.stub_url).path or ""
        self._calls_per_event = range(settings.io_calls)
        self._calls = 0

    def run(self, order: Order) -> None:
        path = f"{self._path}/price?sku={order.items[0].sku}"
        for _ in self._calls_per_event:
            response = self._pool.request("GET", path)
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")

    def finish(self, message: Message) -> None:
        self._calls += len(self._calls_per_event)

    def checksum(self) -> dict[str, Any]:
        return {"calls": self._calls}


class Produce:
    def __init__(self, settings: Settings) -> None:
        self._producer = Producer({"bootstrap.servers": settings.bootstrap_servers})
        self._topic = settings.output_topic
        self._copies = range(settings.produces)
        self._acknowledged = 0

    def finish(self, message: Message) -> None:
        for _ in self._copies:
            self._send(message.key(), message.value())
        self._producer.poll(0)

    def flush(self) -> None:
        self._producer.flush()

    def checksum(self) -> dict[str, Any]:
        return {"produced": self._acknowledged}

    def _send(self, key: bytes | None, value: bytes) -> None:
        while True:
            try:
                self._producer.produce(self._topic, value, key, on_delivery=self._delivered)
                return
            except BufferError:
                self._producer.poll(QUEUE_FULL_WAIT_S)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error:
            raise KafkaException(error)
        self._acknowledged += 1
