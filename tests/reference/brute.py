#!/usr/bin/env python3
"""brute.py SEEDS COUNT: holds the search against every count, every number of members and every wait in turn.

The search of the second implementation bisects counts and stops where memory runs out; the brute force does not.
Plans of more than 20 instances are left out.
"""
import argparse
import pathlib
import sys
import tempfile

import cases
import inputs
import latency
import model
import search

MOST = 20


def main():
    seeds, count = int(sys.argv[1]), sys.argv[2]
    held = 0
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            sys.argv = ["cases.py", str(seed), count, folder]
            cases.main()
            held += compared(seed, pathlib.Path(folder))
    print(f"{held} counts and numbers of members are the least by brute force too")


def compared(seed, folder):
    options = [str(folder / "workloads.csv"), "--profiles", str(folder / "profiles"), "--machines", str(folder / "machines.csv")]
    fast = model.parser().parse_args(options)
    slow = model.parser().parse_args([*options, "--brute", "--max-n", str(MOST)])
    profiles, languages = inputs.load_profiles(fast.profiles), inputs.load_languages(fast.profiles)
    machines, held = inputs.load_machines(fast.machines), 0
    for wl in inputs.load_workloads(fast.workloads):
        for p in profiles.values():
            latency.memo.clear()
            known = model.read(wl, p, profiles, languages, machines)
            if known is None:
                continue
            wl, dem, w = known
            both = (search.sized(wl, p, machines, dem, w, opt) for opt in (fast, slow))
            for (case, Ws), (plain, _) in zip(*both):
                one, other = search.least(case, Ws, case.opt), search.least(plain, Ws, plain.opt)
                if isinstance(one, str) or one[0] > MOST:
                    one = None
                if one != (None if isinstance(other, str) else other):
                    where = f"seed {seed}, {wl['name']} in {p['name']} on {case.mach['type']}"
                    sys.exit(f"{where}: {one} here, {other} by brute force")
                held += one is not None
    return held


main()
