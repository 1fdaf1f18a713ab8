#!/usr/bin/env python3
"""fleet.py N SEED [--no-goals]: a random fleet of N workloads as CSV on standard output.

Volumes are log-normal, from 100k to 5B events a day. Busy topics have cheaper handlers and more partitions. A third
of the rows have a p99 goal; --no-goals leaves that column empty and changes nothing else.
"""
import argparse
import csv
import random
import sys

COLUMNS = ("name", "events_per_day", "event_size", "io_ratio", "handler_ms", "peak_factor", "partitions", "p99_ms",
           "current_runtime", "current_machine", "current_instances")
RUNTIMES = {"python-aiokafka": 0.6, "go-franz": 0.25, "rust-rdkafka": 0.15}
MACHINES = {"c6i.large": 2, "m6i.xlarge": 4, "c7a.large": 2, "c7a.2xlarge": 8, "m7a.xlarge": 4, "m7i.2xlarge": 8}
PARTITIONS = [6 * 2**power for power in range(12)]
GOALS_MS = (20, 50, 100, 250, 500, 1000, 2500, 5000)


def log_normal(draw, median, sigma, low, high):
    return min(high, max(low, median * draw.lognormvariate(0, sigma)))


def workload(draw, number):
    events = round(log_normal(draw, 50e6, 1.8, 100e3, 5e9))
    size = round(log_normal(draw, 1200, 0.9, 100, 60_000))
    io_ratio = 0 if draw.random() < 0.15 else round(0.98 * draw.betavariate(4, 2), 2)
    runtime = draw.choices(list(RUNTIMES), RUNTIMES.values())[0]
    median_ms = 2.5 if runtime.startswith("python") else 0.6
    handler_ms = log_normal(draw, median_ms * (events / 50e6) ** -0.35, 0.9, 0.02, 200)
    peak_factor = round(draw.uniform(1.5, 5), 1)

    # Enough partitions for one event at a time, and some to spare. A few topics have too few, and some leave it open.
    held = events / 86_400 * peak_factor * (handler_ms + 0.2) / 1e3
    wanted = held / 0.6 * draw.uniform(1, 4)
    partitions = next((p for p in PARTITIONS if p >= wanted), PARTITIONS[-1])
    fate = draw.random()
    if fate < 0.03:
        partitions = max(1, partitions // 8)
    elif fate < 0.13:
        partitions = ""

    goal = ""
    if draw.random() < 1 / 3:
        goal = draw.choice([ms for ms in GOALS_MS if ms >= 6 * (handler_ms + 1)][:3] or [5000])

    machine = draw.choice(list(MACHINES))
    instances = held * (1 - io_ratio) / 0.35 / MACHINES[machine] * draw.lognormvariate(0, 0.5)
    return (f"topic-{number:07}", events, size, io_ratio, f"{handler_ms:.4g}", peak_factor, partitions, goal, runtime,
            machine, max(2, round(instances)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--no-goals", action="store_true")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(COLUMNS)
    for number in range(1, options.rows + 1):
        row = list(workload(draw, number))
        if options.no_goals:
            row[COLUMNS.index("p99_ms")] = ""
        out.writerow(row)


if __name__ == "__main__":
    main()
