"""What the environment asks for."""

import os
from dataclasses import dataclass
from math import inf


# What a fetch waits for where it is told to wait: more than comes in that time.
FETCH_BYTES = 1_000_000


@dataclass(frozen=True)
class Settings:
    bootstrap_servers: str
    topic: str
    group: str
    handler: str
    compute_rounds: int
    io_calls: int
    stub_url: str
    produces: int
    output_topic: str
    in_flight: int
    commit: str
    loop: str
    events: float
    latency_file: str | None
    service_times: bool
    fetch_wait_ms: int
    # What the client's limits of what it reads ahead are divided by.
    prefetch_divisor: int
    # The certificate to trust, where the broker is read over TLS.
    tls_ca: str | None


def from_environment() -> Settings:
    environment = os.environ
    handler = _choice("LAB_HANDLER", ("consume", "decode", "parse", "validate", "aggregate"))
    io_calls = int(environment.get("LAB_IO_CALLS", 0))
    produces = int(environment.get("LAB_PRODUCES", 0))
    return Settings(
        bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        topic=environment["KAFKA_TOPIC"],
        group=environment["KAFKA_GROUP"],
        handler=handler,
        compute_rounds=int(environment.get("LAB_COMPUTE_ROUNDS", 0)),
        io_calls=io_calls,
        stub_url=environment["LAB_STUB_URL"] if io_calls else "",
        produces=produces,
        output_topic=environment["LAB_OUTPUT_TOPIC"] if produces else "",
        in_flight=int(environment.get("LAB_IN_FLIGHT", 1)),
        commit=_choice("LAB_COMMIT", ("interval", "batch", "each")),
        loop=_choice("LAB_LOOP", ("tuned", "plain")),
        events=float(environment.get("LAB_EVENTS", inf)),
        latency_file=environment.get("LAB_LATENCY_FILE") or None,
        service_times=environment.get("LAB_SERVICE_TIMES") == "1",
        fetch_wait_ms=int(environment.get("LAB_FETCH_WAIT_MS", 0)),
        prefetch_divisor=int(environment.get("LAB_PREFETCH_DIVISOR", 1)),
        tls_ca=environment.get("LAB_TLS_CA") or None,
    )


def _choice(name: str, choices: tuple[str, ...]) -> str:
    value = os.environ.get(name, choices[0])
    if value not in choices:
        raise SystemExit(f"{name} is {value!r}, not one of {', '.join(choices)}")
    return value
