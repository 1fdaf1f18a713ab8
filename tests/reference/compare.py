#!/usr/bin/env python3
"""compare.py TONNAGE SEEDS COUNT [FIRST]: holds every plan and baseline of the program against the second implementation.

Each seed makes COUNT random workloads, a handful of random profiles, languages and machine types, and is planned under
one of several policies. Prints how many plans agree; fails when one does not, or where a field is in one of both and not
named in WORDS or OTHERS. Plans of more instances than the second
implementation looks for are left out.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
POLICIES = [[], ["--no-zone-loss"], ["--zones", "2"], ["--min-instances", "1"], ["--include-provisional"],
            ["--max-cpu", "0.7"], ["--max-cpu", "0.95", "--system-cores", "0.3"],
            ["--system-cores", "0", "--system-memory-mib", "0"], ["--cost-tolerance", "0"], ["--cost-tolerance", "30%", "--max-vcpus", "8"]]
TOLERANCE = 1e-6
MOST_INSTANCES = 3000           # model.py's --max-n
WORDS = {"reason", "notes", "machines", "workers", "client_setting", "memory_parts",
         "startup_seconds", "days_per_feature"}      # told, not planned
OTHERS = {"baseline", "p99_ms_low", "p99_ms_high", "usd_per_month_p10", "usd_per_month_p50", "usd_per_month_p90", "cheapest", "tied", "holds", "weakest_constraint",
          "weakest_share", "engineering_usd_per_month", "total_usd_per_month", "saves_usd_per_month",
          "rewrite_usd", "payback_months"}          # of ranges, decisions and the range of p99


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def differences(theirs, ours):
    """The fields of two plans, or baselines, that differ; of plans that do not exist, only that has to agree."""
    if "feasible" in theirs and not (theirs["feasible"] and ours["feasible"]):
        return ["feasible"] if theirs["feasible"] != ours["feasible"] else []
    # traffic is priced by provider since batches are read
    skipped = WORDS if "gathering_seconds" in ours else WORDS | {"traffic_usd_per_month"}
    return [field for field in theirs if field not in skipped and field in ours and not same(theirs[field], ours[field])]


def same(theirs, ours):
    if theirs == float("inf"):           # JSON has no such number
        return ours is None
    if isinstance(theirs, float) or isinstance(ours, float):
        return isinstance(ours, (int, float)) and theirs is not None and abs(theirs - ours) <= TOLERANCE * max(abs(theirs), 1e-12)
    return theirs == ours


def planned(tonnage, seed, count):
    """What the second implementation says, and what the program does."""
    with tempfile.TemporaryDirectory() as folder:
        return planned_in(folder, tonnage, seed, count)


def planned_in(folder, tonnage, seed, count):
    run(sys.executable, HERE / "cases.py", str(seed), count, folder)
    inputs = ["workloads.csv", "--profiles", "profiles", "--machines", "machines.csv"]
    policy = POLICIES[seed % len(POLICIES)]
    theirs = json.loads(run(sys.executable, HERE / "model.py", *inputs, *policy, cwd=folder))
    runtimes = ",".join(sorted({plan["runtime"] for plan in theirs["plans"]}))
    plan = [tonnage, "plan", *inputs, *policy, "--any-provider", "--runtimes", runtimes, "--format", "json"]
    return theirs, json.loads(run(*plan, cwd=folder))


def main():
    tonnage, seeds, count = str(pathlib.Path(sys.argv[1]).resolve()), int(sys.argv[2]), sys.argv[3]
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    agreed, wrong, left_out = 0, collections.Counter(), 0
    bound_by, baselines, unknown = collections.Counter(), collections.Counter(), set()
    numbers = range(first, first + seeds)
    # Each seed is processes of its own, so threads do.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda seed: planned(tonnage, seed, count), numbers))
    for seed, (theirs, ours) in zip(numbers, answers):
        plans = {(it["workload"], it["runtime"]): it for it in ours["plans"]}
        decisions = {it["workload"]: it for it in ours["decisions"]}
        pairs = [(one, plans[one["workload"], one["runtime"]]) for one in theirs["plans"]]
        for one, other in pairs + [(one, decisions[one["workload"]]) for one in theirs["decisions"]]:
            is_plan = "runtime" in one
            if is_plan:
                unknown |= set(other) ^ set(one)
            if is_plan and (other["instances"] or 0) > MOST_INSTANCES:
                left_out += 1
                continue
            fields = differences(one, other)
            if fields:
                wrong[" ".join(fields)] += 1
                print(f"seed {seed}, {one['workload']} {one.get('runtime', '')}:")
                for field in fields:
                    print(f"  {field}: {one[field]} here, {other.get(field, 'not there')} in tonnage")
            elif is_plan:
                agreed += 1
                bound_by[one["bound_by"] if one["feasible"] else "infeasible"] += 1
            elif "baseline" in other:
                baselines[one["baseline"]] += 1
    for fields, times in wrong.most_common():
        print(f"{times} times: {fields}")
    one_sided = sorted(unknown - OTHERS - WORDS)
    if one_sided:
        print("only one of them has:", *one_sided)
    if left_out:
        print(f"{left_out} plans of more than {MOST_INSTANCES} instances left out")
    print(f"{agreed} plans agree, {wrong.total()} do not; bound by:", dict(bound_by.most_common()))
    print("baselines that agree:", dict(baselines.most_common()))
    sys.exit(1 if wrong or one_sided else 0)


main()
