#!/usr/bin/env python3
"""Writes rate.csv: a made-up week of three consumer groups every 15 minutes, as Grafana's "Series joined by time" has it."""
import math
import random
from datetime import datetime, timedelta, timezone

# name: mean rate, swing over the day, noise
GROUPS = {"orders": (420, 0.7, 0.06), "ledger": (150, 0.5, 0.05), "shop/mailer": (9, 0.8, 0.15)}
BEGIN = datetime(2026, 11, 16, tzinfo=timezone.utc)


def cell(rate):
    return f"{rate / 1000:.3g} K" if rate >= 1000 else f"{rate:.3g}"


def main():
    draw = random.Random(20261116)
    with open("rate.csv", "w", newline="") as file:
        file.write(",".join(f'"{name}"' for name in ["Time", *GROUPS]) + "\r\n")
        for step in range(7 * 96):
            time = BEGIN + step * timedelta(minutes=15)
            wave = math.cos((time.hour + time.minute / 60 - 15) / 24 * 2 * math.pi)
            weekend = 0.75 if time.weekday() >= 5 else 1.1
            rates = [mean * weekend * (1 + swing * wave) * draw.lognormvariate(0, noise)
                     for mean, swing, noise in GROUPS.values()]
            file.write(",".join([str(int(time.timestamp() * 1000)), *map(cell, rates)]) + "\r\n")


main()
