"""What has been done so far."""

from typing import Any


class Tally:
    __slots__ = ("handled", "bytes", "fetches", "empty", "service_s", "service_s2")

    def __init__(self) -> None:
        self.handled = 0
        self.bytes = 0
        self.fetches = 0
        self.empty = 0
        self.service_s = 0.0
        self.service_s2 = 0.0

    def count_fetch(self, events: int) -> None:
        if events:
            self.fetches += 1
        else:
            self.empty += 1

    def add_service_time(self, seconds: float) -> None:
        self.service_s += seconds
        self.service_s2 += seconds * seconds

    def fields(self, service_times: bool) -> dict[str, Any]:
        fields: dict[str, Any] = {"handled": self.handled, "bytes": self.bytes}
        # Both stay 0 where the way of reading does not show the fetches.
        if self.fetches or self.empty:
            fields |= {"fetches": self.fetches, "empty": self.empty}
        if service_times:
            fields |= {"service_s": self.service_s, "service_s2": self.service_s2}
        return fields
