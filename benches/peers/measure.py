#!/usr/bin/env python3
"""measure.py run RECORDS PEER ROWS [options] -- COMMAND...: runs a command some times and appends the least it took.
measure.py table RECORDS: prints all records as one Markdown table.

CPU is user and system time, peak memory the largest resident set, both of that process alone, from wait4. Linux only.
"""
import argparse
import ctypes
import json
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def once(command, stdout):
    """CPU seconds, seconds by the clock and peak MiB of a command.

    A process's peak memory begins with that of the process that it is forked from, here an interpreter. So a shell
    starts the command and ends, the command falls to this process, and no more than a shell is counted in.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with open(stdout, "w") as out:
        start = time.perf_counter()
        subprocess.run(["sh", "-c", '"$@" &', "sh", *command], stdout=out, check=True)
        _, status, usage = os.wait4(-1, 0)
        wall = time.perf_counter() - start
    if status:
        sys.exit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024}


def reported(stdout):
    """What a peer says that its computation alone took: JSON in its only line."""
    with open(stdout) as file:
        line = file.readline()
    return json.loads(line) if line.startswith("{") else None


def run(options):
    whole, alone = [], []
    for _ in range(options.times):
        whole.append(once(options.command, options.stdout))
        alone.append(reported(options.stdout))
    measured = [] if options.only_alone else [(options.peer, whole)]
    if None not in alone:
        measured.append((options.alone or options.peer, alone))
    with open(options.records, "a") as file:
        for peer, runs in measured:
            least = {key: min(one[key] for one in runs) for key in runs[0]}
            record = {"peer": peer, "rows": options.rows, "against": options.against or options.peer, **least}
            file.write(json.dumps(record) + "\n")


def table(options):
    with open(options.records) as file:
        records = [json.loads(line) for line in file]
    tonnage = {one["peer"]: one for one in records}
    print("| peer | rows | CPU s | wall s | rows/s of CPU | CPU ratio | wall ratio | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for one in records:
        base = tonnage[one["against"]]
        ratios = [f"{one[key] / one['rows'] / (base[key] / base['rows']):.3g}" for key in ("cpu", "wall")]
        peak = f"{one['peak']:.1f}" if "peak" in one else ""
        speed = float(f"{one['rows'] / one['cpu']:.3g}")
        times = [f"{one[key]:.3f}" for key in ("cpu", "wall")]
        cells = [one["peer"], f"{one['rows']:,}", *times, f"{speed:,.10g}", *ratios, peak]
        print("|", " | ".join(cells), "|")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run")
    one.set_defaults(do=run)
    one.add_argument("records")
    one.add_argument("peer")
    one.add_argument("rows", type=int)
    one.add_argument("--against", metavar="PEER", help="whose CPU and time a row the ratios are to [its own]")
    one.add_argument("--alone", metavar="PEER", help="name of the record of what the command itself reports")
    one.add_argument("--only-alone", action="store_true", help="no record of the whole process")
    one.add_argument("--stdout", default=os.devnull)
    one.add_argument("--times", type=int, default=3)
    one.add_argument("command", nargs="+")
    two = commands.add_parser("table")
    two.set_defaults(do=table)
    two.add_argument("records")
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
