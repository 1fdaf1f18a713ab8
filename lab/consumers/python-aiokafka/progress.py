"""Which events are handled, where the consumer's position does not tell it."""

from aiokafka import ConsumerRecord
from pipeline import Handle


class Progress:
    def __init__(self) -> None:
        self._positions: dict[int, int] = {}
        self._in_progress: set[tuple[int, int]] = set()

    def __bool__(self) -> bool:
        return bool(self._in_progress)

    def following(self, handle: Handle) -> Handle:
        async def followed(message: ConsumerRecord) -> None:
            partition, offset = message.partition, message.offset
            self._positions[partition] = offset + 1
            self._in_progress.add((partition, offset))
            await handle(message)
            self._in_progress.discard((partition, offset))

        return followed

    def handled(self) -> dict[int, int]:
        """For each partition the offset before which every event is handled."""
        offsets = self._positions.copy()
        for partition, offset in self._in_progress:
            if partition in offsets:
                offsets[partition] = min(offsets[partition], offset)
        return offsets

    def forget(self) -> None:
        self._positions.clear()
        self._in_progress.clear()
