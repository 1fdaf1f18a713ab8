#!/usr/bin/env python3
"""fetches.py: p99 with fetches, by the formulas of docs/model/ and by a simulation of one consumer.

The consumer has one fetch under way at any time; each brings what had arrived when the broker answered, at least
one event, takes its constant CPU first and then that of the events, exponential, one after another. p99 is from the
answer's reaching the consumer to the event's being handled.
"""
import itertools
import math
import random
import statistics

import model

EVENTS = 60_000


def simulate(rate, trip, fetch, service):
    """p99 of an event, s, and the mean number of events in a fetch."""
    R = random.Random(1)
    next_event, sent, free, fetches, times = R.expovariate(rate), 0.0, 0.0, 0, []
    while len(times) < EVENTS:
        answered = max(sent, next_event)        # the broker waits until there is an event
        batch = 0
        while next_event <= answered:
            batch += 1
            next_event += R.expovariate(rate)
        sent = answered + trip                  # the next is sent when this one is here
        free = max(free, sent) + fetch
        for _ in range(batch):
            free += R.expovariate(1 / service)
            times.append(free - sent)
        fetches += 1
    return sorted(times)[int(0.99 * len(times))], len(times) / fetches


def main():
    grid = itertools.product((1e-3, 5e-3, 2e-2), (1e-4, 3e-4, 1e-3), (2e-5, 1e-4, 5e-4, 2e-3), (10, 100, 500, 2000, 8000))
    rows = []
    for trip, fetch, service, rate in grid:
        share = fetch / (rate * trip + math.exp(-rate * trip))
        if rate * (service + share) > 0.8:
            continue
        p99, batch = simulate(rate, trip, fetch, service)
        whole = model.p99_queue(rate, 1, service, service, 1.0, fetch) / p99 - 1
        shared = model.p99_queue(rate, 1, service + share, service + share, 1.0) / p99 - 1
        rows.append((rate * trip, whole, shared, fetch / share / batch - 1))
    for low, high in ((0, 0.6), (0.6, 3), (3, 1e9), (0, 1e9)):
        chosen = [row for row in rows if low <= row[0] < high]
        print(f"x T from {low:g} to {high:g}, {len(chosen)} settings")
        for name, column in (("F whole, constant", 1), ("h + share as service time", 2), ("events in a fetch", 3)):
            errors = [row[column] for row in chosen]
            sizes = sorted(map(abs, errors))
            print(f"  {name}: error {statistics.median(sizes):.1%} in the median, {sizes[int(0.9 * len(sizes))]:.0%} at the "
                  f"90th percentile, from {min(errors):+.0%} to {max(errors):+.0%}")


main()
