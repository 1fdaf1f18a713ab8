#!/usr/bin/env python3
"""cases.py SEED COUNT OUTDIR: random workloads, profiles, languages and machine types within the model's limits."""
import csv
import math
import os
import pathlib
import random
import re
import sys
from decimal import Decimal

import demand
import inputs
import made
from made import lu, sig

WORDS = ("name events_per_day handler current_runtime current_machine current_node_type concurrency catch_up commit purchase spike_factor "
         "prefetch_limit").split()


class Row:
    """One row: cells as text, and the numbers that later cells depend on."""

    def __init__(self, R, i, profs, machs, langs):
        self.R, self.profs, self.machs, self.langs = R, profs, machs, langs
        self.W = dict.fromkeys(inputs.COLUMNS, "")
        self.W["name"] = f"w{i}"

    def maybe(self, p):
        return self.R.random() < p

    def cells(self):
        self.size()
        self.handler()
        self.today()
        self.words()
        self.rate()
        self.topic()
        self.goals()
        self.memory()
        for c, x in self.W.items():             # exponents only where the model shows one
            if c not in WORDS and "e" in x:
                suf = x.lstrip("0123456789.e+-")
                self.W[c] = format(Decimal(x[:len(x) - len(suf)]), "f") + suf
        return self.W

    def size(self):
        R, W = self.R, self.W
        b = R.choice([lu(R, 50, 5000), lu(R, 50, 5000), lu(R, 50, 5000), lu(R, 1e3, 2e5), lu(R, 1e5, 4e6)])
        form = R.choice(["%d", "%.3gKB", "%.3gKiB", "%.3gMB"])
        if b > 9e5 and form != "%d" or (form == "%.3gMB" and b > 2e4):
            W["event_size"] = "%.3gMB" % (b / 1e6)
        elif form in ("%d", "%.3gMB"):
            W["event_size"] = "%d" % max(1, b)
        else:
            W["event_size"] = form % (b / (1024 if "i" in form else 1000))
        self.peak = 3.0
        if self.maybe(.5):
            self.peak = sig(R.choice([1, R.uniform(1, 2), R.uniform(1, 8)]), 3)
            W["peak_factor"] = "%g" % self.peak
        r = round(R.choice([0, 0, R.uniform(0, .6), R.uniform(.3, .99)]), 3)
        W["io_ratio"] = "%g%%" % round(r * 100, 3) if self.maybe(.3) else "%g" % r

    def handler(self):
        """What a call of the handler takes, and what is known of it."""
        R, W = self.R, self.W
        self.cur = self.profs["python-aiokafka"]
        if self.maybe(.45):
            self.cur = R.choice(list(self.profs.values()))
            W["current_runtime"] = self.cur["name"]
        self.mode = R.choice(["none", "handler", "handler", "observed", "both"])
        b, io_wait = inputs.size_cell(W["event_size"]), None
        if self.maybe(.35):
            io_wait = R.choice([0.0, sig(lu(R, .01, 5), 3), sig(lu(R, .5, 300), 3)])
        if self.mode in ("handler", "both"):
            h = R.choice([0.0] + [sig(lu(R, .005, 5), 3)] * 5 + [sig(lu(R, 1, 300), 3)] * 3)
            io_wait = None if io_wait is None else min(io_wait, h)
            W["handler_ms"] = "%g" % h
        elif b > 5e3 and self.maybe(.6):
            io_wait = sig(lu(R, 100, 8000), 3)  # many large events in flight: memory
        if io_wait is not None:
            W["io_wait_ms"] = "%g" % io_wait
            if R.random() < .4:
                W["io_wait_p99_ms"] = "%g" % (io_wait * R.choice([1, R.uniform(1, 4), lu(R, 4, 40)]) * 1.00001)
        r = inputs.ratio_cell(W["io_ratio"])
        need = self.mode in ("observed", "both") or (r > 0 and io_wait is None and not W["handler_ms"])
        every = sorted({k for p in self.profs.values() for k in p["kinds"]})
        kind = R.choice(sorted(self.cur["kinds"]) if need else every)
        if self.maybe(.6):
            kind = "decode"
        if kind != "decode" or self.maybe(.5):
            W["handler"] = kind
        self.kind = kind
        if self.maybe(.3):
            W["io_calls"] = R.choice(["0", "1", "2", "0.5", "%g" % sig(R.uniform(0, 6), 2)])
        if self.maybe(.35):
            W["produces"] = R.choice(["0", "1", "2", "%g" % sig(R.uniform(0, 3), 2)])
        if self.maybe(.4):
            W["native_share"] = R.choice(["0", "1", "%g" % round(R.random(), 2), "%g%%" % round(100 * R.random(), 1)])
        if self.maybe(.15):
            W["attempts_per_event"] = "%g" % sig(R.uniform(1, 3), 3)
        if self.maybe(.25):
            W["batch_size"] = R.choice(["1", "2", "10", "50", str(R.randint(1, 300))])
        if self.maybe(.3):
            W["commit"] = R.choice(["interval", "batch", "event"])
        if self.maybe(.2):
            chosen = R.sample(sorted(self.langs), R.randint(1, 2))
            W["spike_factor"] = " ".join(f"{one}:{sig(lu(R, .5, 25), 3):g}" for one in chosen if one != self.cur["language"])

    def today(self):
        R, W = self.R, self.W
        if self.maybe(.35):
            column = R.choice(["current_machine", "current_machine", "current_node_type"])
            W[column] = R.choice([m for m in self.machs if m["speed"] is not None])["type"]
        if self.maybe(.4):
            W["current_instances"] = str(R.randint(1, 60))
        if self.maybe(.4):
            W["current_processes"] = str(R.randint(1, 64))
        if self.maybe(.2):
            W["current_fetch_wait_ms"] = R.choice(["0", "%g" % sig(lu(R, .5, 500), 3)])

    def words(self):
        R, W = self.R, self.W
        if self.maybe(.5):
            W["concurrency"] = R.choice(["partition", "consumer", "consumer"])      # the second: readers, of threads
        self.m = 1
        typical = self.event()
        if self.maybe(.55 if self.w < 2 * typical else .8):
            self.m = R.choice([1, 2, 4, 8, 16, 32, 64, R.randint(1, 64)]) if self.w < .1 else R.choice([16, 64, R.randint(1, 64)])
            W["in_flight"] = str(self.m)

    def event(self):
        """A typical runtime's CPU of an event; sets w and the dearest runtime's."""
        wl = inputs.workload(lambda c: {**self.W, "events_per_day": "1e6", "name": "x"}[c])
        self.o = sig(lu(self.R, 2e-5, 2e-3))
        if self.mode == "observed":
            wl["observed"] = self.o * 1e6 / 86400 + self.cur["idle"]
        w, H, calls = demand.today(wl, self.profs, self.machs)
        self.w = w / wl["q"]
        # with a fetch for each event, the most that it can take: counts stay within what the other model scans
        every = sorted(demand.demand(wl, p, self.cur, H, calls, self.langs) + p["v"] * p["F"] for p in self.profs.values()
                       if self.kind in p["kinds"])
        self.typical, self.dearest = self.R.choice(every), every[-1]
        return self.typical

    def rate(self):
        R, W, m, w = self.R, self.W, self.m, self.w
        cores = R.choice([lu(R, 1e-4, 1), lu(R, .5, 20), lu(R, 5, 150), lu(R, 20, 300), lu(R, 20, 300)])
        E = cores / (self.dearest * .5 + self.typical * .5) / self.peak * 86400
        if W["concurrency"] != "partition" or self.maybe(.7):    # else thousands of consumers, one wait at a time
            E = min(E, lu(R, 3, 1500) * m / (w + self.typical) / self.peak * 86400)
        E = min(5e10, max(1, E))
        form = R.choice(["k", "M", "B", "e", "d"])
        if form in "kMB":
            cell = "%.4g%s" % (E / {"k": 1e3, "M": 1e6, "B": 1e9}[form], form)
            form = "e" if "e" in cell else form
        if form == "e":
            cell = "%.3e" % E
        elif form == "d":
            cell = "%d" % E
        W["events_per_day"] = cell if inputs.count_cell(cell) >= 1 else "1"
        self.E = inputs.count_cell(W["events_per_day"])
        if self.mode in ("observed", "both"):
            self.observed()

    def observed(self):
        """Cores in use, near what the row says otherwise: one that contradicts it gets no verdict, but a plan."""
        W, R, cur = self.W, self.R, self.cur
        wl = inputs.workload(lambda c: W[c])
        vnow = demand.speed_today(wl, cur, self.machs)
        obs = self.o * self.E / 86400 + demand.processes_today(wl, cur) * cur["idle"] * cur["v"] / vnow
        if self.maybe(.15):
            obs *= R.uniform(.1, .9)            # below the profile's floor, or idle alone
        vcpus = sum(m["V"] for m in self.machs if m["type"] == wl["machine"])
        cores = (wl["own"] or 0) * vcpus
        if obs < cores and self.maybe(.5):
            W["utilization"] = "%.5g" % (obs / cores)
        else:
            W["observed_cores"] = "%.5g" % obs

    def topic(self):
        R, W, m = self.R, self.W, self.m
        L = self.E / 86400 * self.peak
        k = R.choice([1.0, sig(R.uniform(1, 2), 3), sig(R.uniform(1, 6), 3)]) if self.maybe(.4) else 1.0
        P = None
        if self.maybe(.6):
            need = max(k * L * (self.typical + self.w) / .7 / m, k * L * self.typical / .7, 1)
            P = int(max(1, need * lu(R, .7, 20)))
            if self.maybe(.1):
                P = R.randint(1, 12)
            k = min(k, P)
            W["partitions"] = str(P)
        if k != 1 or self.maybe(.1):
            W["skew"] = "%g" % k
        if self.maybe(.15):
            room = .7 / max(L * self.typical, L * (self.typical + self.w) / m, 1e-9)   # more is hopeless
            W["hot_key_share"] = "%g" % sig(R.choice([0, min(1, room * lu(R, .05, 1.2)), R.uniform(0, .2)]), 3)

    def goals(self):
        R, W, own = self.R, self.W, self.w + self.typical
        if self.maybe(.35):
            goal = sig((own * int(W["batch_size"] or 1)) * 1e3 * R.choice([lu(R, 4, 12), lu(R, 5, 60), lu(R, 2, 1000)]), 3)
            W["p99_ms"] = "%g" % (sig(goal + lu(R, 1, 100), 3) if self.maybe(.5) else goal or 0.01)
        # By a number of its own, so that all else of a seed stays as it was.
        W["purchase"] = random.Random(W["name"] + W["events_per_day"]).choice(["", "", "", "on-demand", "reserved-3yr"])
        other = random.Random(W["events_per_day"] + W["name"])
        if W["io_calls"] not in ("", "0") and other.random() < .4:
            calls = self.E / 86400 * float(W["io_calls"]) / int(W["batch_size"] or 1) * float(W["attempts_per_event"] or 1)
            W["downstream_max_per_second"] = "%g" % sig(max(calls * lu(other, .5, 5), 1e-3), 3)
        if self.maybe(.3):
            W["catch_up"] = R.choice(["30m/2h", "10m/1h", "1h/1h", "15m/3h", "2h/1h", "45m/6h", "30m/30m"])

    def memory(self):
        R, W = self.R, self.W
        if self.maybe(.3):
            W["state_mib"] = R.choice(["0", "%g" % sig(lu(R, 1, 4000), 3)])
        if self.maybe(.3):
            # State is part of it, beside what a process holds that does nothing.
            of_pod = max(1.0, int(W["current_processes"] or 1) / int(W["current_instances"] or 1))
            least = (float(W["state_mib"]) + self.cur["memory"]["base"] / inputs.MIB) * of_pod if W["state_mib"] else 0.0
            W["memory_mib"] = "%g" % max(sig(lu(R, 60, 3000), 3), math.ceil(least))
        if self.maybe(.3):
            W["prefetch_limit"] = R.choice(["1MiB", "64MiB", "%dKB" % R.randint(100, 100000)])


def known_columns():
    """Those that the program reads; the page is written by it."""
    page = pathlib.Path(__file__).resolve().parents[2] / "docs/reference/columns.md"
    return re.findall(r"^\| `(\w+)` \|", page.read_text(), re.MULTILINE)


def stated(row):
    """A row with every cell of today given that a program without current_fetch_wait_ms reads otherwise where it is blank."""
    row["observed_cores"] = row["memory_mib"] = row["current_machine"] = row["current_node_type"] = ""
    row["io_calls"] = row["io_calls"] if row["io_calls"] and not row["handler_ms"] else "0"
    row["current_processes"] = row["current_processes"] or "7"
    if not row["handler_ms"] and not row["io_wait_ms"]:
        row["io_ratio"] = "0"
    return row


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    R = random.Random(seed)
    folder = os.path.join(out, "profiles")
    made.profiles(R, folder, known_columns())
    made.languages(R, folder)
    made.machines(R, os.path.join(out, "machines.csv"))
    profs, langs = inputs.load_profiles(folder), inputs.load_languages(folder)
    machs = inputs.load_machines(os.path.join(out, "machines.csv"))
    path = os.path.join(out, "workloads.csv")
    with open(path, "w", newline="") as f:
        columns = [column for column in inputs.COLUMNS if column in known_columns()]
        finished = (lambda row: row) if "current_fetch_wait_ms" in columns else stated
        wr = csv.DictWriter(f, columns, extrasaction="ignore")
        wr.writeheader()
        for i in range(count):
            wr.writerow(finished(Row(R, i, profs, machs, langs).cells()))
    for wl in inputs.load_workloads(path):         # every row must be valid
        demand.today(wl, profs, machs)


if __name__ == "__main__":
    main()
