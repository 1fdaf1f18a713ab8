#!/usr/bin/env python3
"""netflix.py FLEET.csv SIMULATIONS [--rows N]: the seconds a plan that Netflix's service-capacity-modeling takes.

Takes the first N rows of a fleet for services of the model `org.netflix.stateless-java`, which is the closest to a
consumer that Netflix publishes: cores by the square root staffing rule, at 40 % utilisation, memory by network traffic.
Peak events are reads of the size and CPU time of the row. SIMULATIONS of 0 plan the middle of each interval, as
`plan_certain` does.
"""
import argparse
import csv
import itertools
import json
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # its threads wait for work on a core
from service_capacity_modeling.capacity_planner import planner  # noqa: E402
from service_capacity_modeling.interface import CapacityDesires, Interval, QueryPattern  # noqa: E402

MODEL, REGION = "org.netflix.stateless-java", "us-east-1"


def interval(middle):
    return Interval(low=middle / 2, mid=middle, high=middle * 2, confidence=0.9)


def desires(row):
    rate = float(row["events_per_day"]) / 86_400 * float(row["peak_factor"])
    cpu_ms = float(row["handler_ms"]) * (1 - float(row["io_ratio"]))
    return CapacityDesires(service_tier=1, query_pattern=QueryPattern(
        estimated_read_per_second=interval(rate),
        estimated_write_per_second=interval(rate / 100),
        estimated_mean_read_size_bytes=interval(float(row["event_size"])),
        estimated_mean_read_latency_ms=interval(max(cpu_ms, 0.01)),
    ))


def plan(row, simulations):
    """Seconds of CPU and by the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    if simulations == 0:
        planner.plan_certain(model_name=MODEL, region=REGION, desires=desires(row))
    else:
        planner.plan(model_name=MODEL, region=REGION, desires=desires(row), simulations=simulations)
    return time.process_time() - cpu, time.perf_counter() - wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fleet")
    parser.add_argument("simulations", type=int)
    parser.add_argument("--rows", type=int, default=1)
    options = parser.parse_args()
    with open(options.fleet, newline="") as file:
        rows = list(itertools.islice(csv.DictReader(file), options.rows))
    plan(rows[0], 0)                    # hardware and prices are read at the first plan
    cpu, wall = zip(*(plan(row, options.simulations) for row in rows))
    print(json.dumps({"cpu": sum(cpu), "wall": sum(wall)}))


if __name__ == "__main__":
    main()
