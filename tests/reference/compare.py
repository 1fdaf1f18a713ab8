#!/usr/bin/env python3
"""compare.py TONNAGE SEEDS COUNT: holds every plan of the program against the second implementation.

Each seed makes COUNT random workloads, a handful of random profiles and machine types, and is planned under one
of several policies. Prints how many plans agree; fails when one does not. Plans of more instances than the second
implementation looks for are left out.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
POLICIES = [[], ["--no-zone-loss"], ["--zones", "2"], ["--min-instances", "1"], ["--include-provisional"]]
TOLERANCE = 1e-6
MOST_INSTANCES = 3000           # model.py's --max-n


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def differences(theirs, ours):
    """The fields of two plans that differ; of plans that do not exist, only that has to agree."""
    if not (theirs["feasible"] and ours["feasible"]):
        return ["feasible"] if theirs["feasible"] != ours["feasible"] else []
    fields = [field for field in theirs if field not in ("reason", "notes")]
    return [field for field in fields if not same(theirs[field], ours[field])]


def same(theirs, ours):
    if isinstance(theirs, float) or isinstance(ours, float):
        return ours is not None and abs(theirs - ours) <= TOLERANCE * max(abs(theirs), 1e-12)
    return theirs == ours


def main():
    tonnage, seeds, count = str(pathlib.Path(sys.argv[1]).resolve()), int(sys.argv[2]), sys.argv[3]
    agreed, wrong, left_out, bound_by = 0, 0, 0, collections.Counter()
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            run(sys.executable, HERE / "cases.py", str(seed), count, folder)
            inputs = ["workloads.csv", "--profiles", "profiles", "--machines", "machines.csv"]
            policy = POLICIES[seed % len(POLICIES)]
            model = run(sys.executable, HERE / "model.py", *inputs, *policy, cwd=folder)
            theirs = json.loads(model)["plans"]
            runtimes = ",".join(sorted({plan["runtime"] for plan in theirs}))
            plan = [tonnage, "plan", *inputs, *policy, "--any-provider", "--runtimes", runtimes, "--format", "json"]
            ours = {(it["workload"], it["runtime"]): it for it in json.loads(run(*plan, cwd=folder))["plans"]}
        for one in theirs:
            other = ours[one["workload"], one["runtime"]]
            if (other["instances"] or 0) > MOST_INSTANCES:
                left_out += 1
                continue
            wrong_fields = differences(one, other)
            if wrong_fields:
                wrong += 1
                print(f"seed {seed}, {one['workload']} in {one['runtime']}:")
                for field in wrong_fields:
                    print(f"  {field}: {one[field]} here, {other[field]} in tonnage")
            else:
                agreed += 1
                bound_by[one["bound_by"] if one["feasible"] else "infeasible"] += 1
    if left_out:
        print(f"{left_out} plans of more than {MOST_INSTANCES} instances left out")
    print(f"{agreed} plans agree, {wrong} do not; bound by:", dict(bound_by.most_common()))
    sys.exit(1 if wrong else 0)


main()
