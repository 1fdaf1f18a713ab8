#!/usr/bin/env python3
"""fetches.py: p99 with fetches, by the formulas of docs/model/ and by a simulation of one consumer.

The consumer has one fetch under way at any time. The broker answers as soon as it has an event or, where the client waits, B
after it was asked; the next fetch is sent when the answer is here. Each answer takes the fetch's constant CPU first and then
that of its events, exponential, one after another. p99 is from an event's reaching the broker to its being handled.
"""
import itertools
import math
import random
import statistics

import demand
import latency

EVENTS = 60_000


def simulate(rate, trip, wait, fetch, service):
    """p99 of an event, s, and the mean number of events in a fetch."""
    R = random.Random(1)
    next_event, sent, free, fetches, times = R.expovariate(rate), 0.0, 0.0, 0, []
    while len(times) < EVENTS:
        answered = sent + wait if wait else max(sent, next_event)
        arrived = []
        while next_event <= answered:
            arrived.append(next_event)
            next_event += R.expovariate(rate)
        sent = answered + trip
        free = max(free, sent) + fetch
        for at in arrived:
            free += R.expovariate(1 / service)
            times.append(free - at)
        fetches += 1
    return sorted(times)[int(0.99 * len(times))], len(times) / fetches


def formula(rate, trip, wait, fetch, service):
    left = min(1.0, 1 - rate * service)
    cycle = max(trip + wait, fetch / left)
    gap = cycle if rate * cycle >= 1 else 0.0
    if wait:
        rho = rate * service
        gap = latency.fetched(cycle, rho, 1)
    return fetch + trip + gap + latency.p99_queue(rate, 1, service, service, 1.0, 1.0)


def main():
    grid = itertools.product((10, 100, 500, 2000, 8000), (1e-3, 5e-3, 2e-2), (0.0, 5e-3, 2e-2), (1e-4, 3e-4, 1e-3),
                             (2e-5, 1e-4, 5e-4, 2e-3))
    rows = []
    for rate, trip, wait, fetch, service in grid:
        events = demand.events_per_fetch(rate, trip, wait)
        if wait and rate * wait <= math.exp(-rate * trip) or rate * service + rate / events * fetch > 0.9:
            continue
        p99, batch = simulate(rate, trip, wait, fetch, service)
        rows.append((rate * (trip + wait), wait, formula(rate, trip, wait, fetch, service) / p99 - 1, events / batch - 1))
    named = (("no wait, x T < 0.6", lambda xT, wait: not wait and xT < 0.6),
             ("no wait, x T from 0.6 to 3", lambda xT, wait: not wait and 0.6 <= xT < 3),
             ("no wait, x T > 3", lambda xT, wait: not wait and xT >= 3), ("a wait of 5 or 20 ms", lambda xT, wait: wait),
             ("all", lambda xT, wait: True))
    for name, holds in named:
        chosen = [row for row in rows if holds(row[0], row[1])]
        print(f"{name}: {len(chosen)} settings")
        for what, column in (("p99", 2), ("events in a fetch", 3)):
            errors = [row[column] for row in chosen]
            sizes = sorted(map(abs, errors))
            print(f"  {what}: error {statistics.median(sizes):.1%} in the median, {sizes[int(0.9 * len(sizes))]:.0%} at the "
                  f"90th percentile, from {min(errors):+.0%} to {max(errors):+.0%}")


if __name__ == "__main__":
    main()
