"""How long after it was due each event was handled."""

import time
from array import array
from collections.abc import Iterable


class Latencies:
    def __init__(self) -> None:
        self._noted = array("q")

    def note(self, headers: Iterable[tuple[str, bytes]] | None) -> None:
        now_us = time.time_ns() // 1000
        for key, value in headers or ():
            if key == "due":
                due_us = int.from_bytes(value, "big")
                # One call for both numbers, so that two threads cannot mix theirs.
                self._noted.extend((due_us, now_us - due_us))

    def write(self, path: str) -> None:
        noted = self._noted
        with open(path, "w") as file:
            file.writelines(f"{due},{latency}\n" for due, latency in zip(noted[::2], noted[1::2]))
