#!/usr/bin/env python3
"""Writes a made-up week of three consumer groups as Grafana's "Series joined by time" has it: rate.csv, events a second every
15 minutes by group, and cpu.csv, cores every hour by pod, as panels of Kubernetes show them. later.csv and later-cpu.csv have a
week a month later, every hour: a third more orders."""
import math
import random
from datetime import datetime, timedelta, timezone

# name: mean rate, swing over the day, noise
GROUPS = {"orders": (210, 0.7, 0.06), "ledger": (150, 0.5, 0.05), "shop/mailer": (9, 0.8, 0.15)}
# CPU of an event, ms, and the pods that share it; each takes 0.02 cores whatever comes.
PODS = {
    "orders": (8.2, ["orders-7d9c5b8f6d-4xk2p", "orders-7d9c5b8f6d-9vbtz", "orders-7d9c5b8f6d-r6wnm"]),
    "ledger": (7.4, ["ledger-0", "ledger-1"]),
    "shop/mailer": (42, ["mailer-5f6c7d8b94-2hjqs", "mailer-5f6c7d8b94-l8fdk"]),
}
BEGIN = datetime(2026, 11, 16, tzinfo=timezone.utc)


def cell(rate):
    return f"{rate / 1000:.3g} K" if rate >= 1000 else f"{rate:.3g}"


def line(cells):
    return ",".join('"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in cells) + "\r\n"


def write_cpu(name, begin, of_hours, draw):
    with open(name, "w", newline="") as file:
        pods = [pod for _, pods in PODS.values() for pod in pods]
        file.write(line(["Time", *(f'{{namespace="shop", pod="{pod}"}}' for pod in pods)]))
        for hour, samples in enumerate(of_hours):
            cores = []
            for at, (milliseconds, pods) in enumerate(PODS.values()):
                rate = sum(rates[at] for rates in samples) / len(samples)
                cores += [(rate * milliseconds / 1000 / len(pods) + 0.02) * draw.lognormvariate(0, 0.04) for _ in pods]
            time = begin + hour * timedelta(hours=1)
            file.write(line([str(int(time.timestamp() * 1000)), *(f"{value:.3g}" for value in cores)]))


def main():
    draw = random.Random(20261116)
    of_hours = []
    with open("rate.csv", "w", newline="") as file:
        file.write(",".join(f'"{name}"' for name in ["Time", *GROUPS]) + "\r\n")
        for step in range(7 * 96):
            time = BEGIN + step * timedelta(minutes=15)
            wave = math.cos((time.hour + time.minute / 60 - 15) / 24 * 2 * math.pi)
            weekend = 0.75 if time.weekday() >= 5 else 1.1
            rates = [mean * weekend * (1 + swing * wave) * draw.lognormvariate(0, noise)
                     for mean, swing, noise in GROUPS.values()]
            file.write(",".join([str(int(time.timestamp() * 1000)), *map(cell, rates)]) + "\r\n")
            of_hours += [[]] if step % 4 == 0 else []
            of_hours[-1].append(rates)
    write_cpu("cpu.csv", BEGIN, of_hours, random.Random(20261117))
    with open("later.csv", "w", newline="") as file:
        file.write(line(["Time", *GROUPS]))
        for hour, samples in enumerate(of_hours):
            time = BEGIN + timedelta(days=28, hours=hour)
            rates = [sum(rates[at] for rates in samples) / len(samples) for at in range(len(GROUPS))]
            rates[0] *= 4 / 3
            file.write(line([str(int(time.timestamp() * 1000)), *map(cell, rates)]))
            of_hours[hour] = [rates]
    write_cpu("later-cpu.csv", BEGIN + timedelta(days=28), of_hours, random.Random(20261118))


main()
