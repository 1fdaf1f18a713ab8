"""Windows of a thousand events of a partition."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

WINDOW = 1000


class Summary(NamedTuple):
    """Of the groups of a window: how many there are, then the sums of their figures."""

    groups: int
    count: int
    sum: float
    mean: float
    p95: float


class Windows:
    def __init__(self, summarize: Callable[[list[tuple[str, float]]], Summary]) -> None:
        self._summarize = summarize
        self._open: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
        self._windows = 0
        self._total = Summary(0, 0, 0.0, 0.0, 0.0)

    def add(self, partition: int, country: str, amount: float) -> None:
        window = self._open[partition]
        window.append((country, amount))
        if len(window) == WINDOW:
            self._close(window)

    def finish(self) -> dict[str, Any]:
        for window in self._open.values():
            if window:
                self._close(window)
        return {"windows": self._windows} | self._total._asdict()

    def _close(self, window: list[tuple[str, float]]) -> None:
        summary = self._summarize(window)
        self._windows += 1
        self._total = Summary(*(a + b for a, b in zip(self._total, summary)))
        window.clear()
