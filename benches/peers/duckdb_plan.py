#!/usr/bin/env python3
"""duckdb_plan.py FLEET.csv -o PLAN.csv: runs duckdb_plan.sql, which says what it computes.

--check CSV holds type, count and bill against what `tonnage plan --format csv` printed for the same fleet. Else the
seconds that the part of the SQL between reading and writing took are printed.
"""
import json
import pathlib
import sys
import time

import duckdb

from planned import MACHINES, RUNTIMES, arguments, check, figures

SQL = pathlib.Path(__file__).resolve().with_suffix(".sql")


def main():
    options = arguments(__doc__)
    database = duckdb.connect()
    for name, value in (("fleet", options.fleet), ("machines", str(MACHINES)), ("output", options.output)):
        database.execute(f"SET VARIABLE {name} = ?", [value])
    profiles = [figures(runtime) | {"place": place} for place, runtime in enumerate(RUNTIMES)]
    types = {str: "VARCHAR", bool: "BOOLEAN", int: "INTEGER", float: "DOUBLE"}
    columns = ", ".join(f"{name} {types[type(value)]}" for name, value in profiles[0].items())
    database.execute(f"CREATE TEMP TABLE profile ({columns})")
    marks = ", ".join("?" * len(profiles[0]))
    database.executemany(f"INSERT INTO profile VALUES ({marks})", [list(one.values()) for one in profiles])
    _, read, plan, write = SQL.read_text().split("-- part: ")
    database.execute(read.removeprefix("read"))
    cpu, wall = time.process_time(), time.perf_counter()
    database.execute(plan.removeprefix("plan"))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    database.execute(write.removeprefix("write"))
    if options.check:
        sys.exit(0 if check(options.output, options.check) else 1)
    print(json.dumps({"cpu": cpu, "wall": wall}))


if __name__ == "__main__":
    main()
