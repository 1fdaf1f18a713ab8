"""The reports on standard output."""

import json
import platform
import sys
import time
from importlib.metadata import version
from threading import Event, Thread
from typing import Any

from tally import Tally

INTERVAL_S = 0.25
FIRST_CHECK_S = 0.005


class Reports:
    """Reports from a thread of its own: an event loop or a batch would let it wait for the events' work."""

    def __init__(self, tally: Tally, service_times: bool) -> None:
        self._tally = tally
        self._service_times = service_times
        self._stopped = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def start(self, *libraries: str) -> None:
        versions = {"python": platform.python_version()}
        versions |= {library: version(library) for library in libraries}
        _write({"event": "start", "versions": versions})
        self._thread.start()

    def done(self, checksum: dict[str, Any]) -> None:
        self._stopped.set()
        self._thread.join()
        _write(self._report("done") | {"checksum": checksum})

    def _run(self) -> None:
        next_report = time.monotonic() + INTERVAL_S
        first = False
        while True:
            if not first and self._tally.handled:
                first = True
                _write({"event": "first"})
            if time.monotonic() >= next_report:
                next_report += INTERVAL_S
                _write(self._report("report"))
            wait = max(0.0, next_report - time.monotonic())
            # Looking for the first event here spares each event the question whether it is the first.
            if self._stopped.wait(wait if first else min(wait, FIRST_CHECK_S)):
                break
        if not first and self._tally.handled:
            _write({"event": "first"})

    def _report(self, event: str) -> dict[str, Any]:
        now_us = time.time_ns() // 1000
        return {"event": event, "t_us": now_us} | self._tally.fields(self._service_times)


def _write(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report, separators=(",", ":")) + "\n")
    sys.stdout.flush()
