#!/usr/bin/env python3
"""Writes week.csv: a made-up week of three consumers of ../workloads.csv, every ten minutes, as one would export it.

The cores do not come from tonnage: they are events times what an event costs here, and what processes take by themselves.
"""
import csv
import math
import random
from datetime import datetime, timedelta, timezone

STEP = timedelta(minutes=10)
BEGIN = datetime(2026, 11, 2, tzinfo=timezone.utc)

# name: mean rate, swing over the day, evening peak, noise; core-seconds an event, cores by themselves, noise
CONSUMERS = {
    "order-events": (92.6, 0.75, 0.35, 0.05, 2.5e-3, 0.1, 0.04),
    "clickstream": (13_900.0, 0.8, 0.5, 0.04, 305e-6, 0.35, 0.03),
    # A job in the same pods rebuilds an index at night, whatever comes.
    "ledger-postings": (46.0, 0.6, 0.1, 0.06, 7.6e-3, 0.45, 0.05),
}


def shape(hour, swing, evening):
    """The rate over the mean at an hour of the day, UTC: a day's wave with a peak in the evening."""
    wave = 1 + swing * math.cos((hour - 14) / 24 * 2 * math.pi)
    peak = evening * math.exp(-((hour - 19) / 1.5) ** 2)
    return (wave + peak) / (1 + evening * 1.5 * math.sqrt(math.pi) / 24)


def main():
    draw = random.Random(20261102)
    with open("week.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["timestamp", "workload", "rate", "cores"])
        for name, (mean, swing, evening, noise, event, alone, cpu_noise) in CONSUMERS.items():
            for step in range(7 * 24 * 6):
                time = BEGIN + step * STEP
                hour = time.hour + time.minute / 60
                weekend = 0.8 if time.weekday() >= 5 else 1.08
                rate = mean * weekend * shape(hour, swing, evening) * draw.lognormvariate(0, noise)
                # A sale on Thursday evening.
                if name == "order-events" and time.weekday() == 3 and 18 <= hour < 18.5:
                    rate *= 2.6
                night = 3.0 if name == "ledger-postings" and 1 <= hour < 5 else 1.0
                cores = (rate * event + alone * night) * draw.lognormvariate(0, cpu_noise)
                out.writerow([time.strftime("%Y-%m-%dT%H:%MZ"), name, f"{rate:.4g}", f"{cores:.3g}"])


main()
