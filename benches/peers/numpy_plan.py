#!/usr/bin/env python3
"""numpy_plan.py FLEET.csv -o PLAN.csv: the formulas of docs/model/ in NumPy, all rows at once.

Plans rows without a p99 goal, as fleet.py --no-goals writes them, in three runtimes on all machine types of one region,
under the default policy. Columns that fleet.py does not write keep their defaults: one event in flight, no skew, no
catch-up, nothing produced, the handler kind `decode`.

--check CSV holds instance type, count and bill against what `tonnage plan --format csv` printed for the same fleet.
"""
import csv
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # its threads wait for work on a core
import numpy as np  # noqa: E402

from planned import HEADER, MACHINES, PROVIDER, REGION, RUNTIMES, arguments, check, figures  # noqa: E402

ROWS, FIRST = 512, 8                    # rows at a time, and types of the lowest prices that they are first planned on
ELEMENTS = 6144                         # rows times types of one array, so that it stays in the cache
RHO, RHO_D, ZONES, LEAST = 0.70, 0.90, 3, 2
MEMORY, NETWORK = 0.85, 0.70            # shares that may be used


class Machines:
    """Machine types that may be chosen, in the order in which equal bills and counts are decided."""

    def __init__(self):
        with open(MACHINES, newline="") as file:
            listed = list(csv.DictReader(line for line in file if not line.startswith("#")))
        self.speeds = {one["instance_type"]: float(one["vcpu_speed"]) for one in listed if one["vcpu_speed"]}
        admitted = [one for one in listed if one["region"] == REGION and one["vcpu_speed"]
                    and one["speed_basis"] != "provisional" and one["on_demand_usd_per_hour"]]
        admitted.sort(key=lambda one: (float(one["memory_gib"]), one["instance_type"]))
        column = lambda name: np.array([float(one[name] or "inf") for one in admitted])
        self.types = [one["instance_type"] for one in admitted]
        self.vcpus, self.speed = column("vcpus"), column("vcpu_speed")
        self.memory = MEMORY * column("memory_gib") * 2**30
        self.network = NETWORK * column("network_gbps") * 1e9
        self.price = column("on_demand_usd_per_hour")

    def only(self, columns):
        """Some of the types, in the same order."""
        some = object.__new__(Machines)
        for name in ("vcpus", "speed", "memory", "network", "price"):
            setattr(some, name, getattr(self, name)[columns])
        return some


class Profile:
    """The figures of a runtime."""

    def __init__(self, name):
        vars(self).update(figures(name))


class Fleet:
    def __init__(self, path, speeds, profiles):
        with open(path, newline="") as file:
            rows = csv.reader(file)
            columns = dict(zip(next(rows), zip(*rows)))
        if any(columns["p99_ms"]):
            sys.exit(f"{path}: rows with a p99 goal are not planned here")
        number = lambda name: np.array(columns[name], dtype=float)
        self.names, self.events = columns["name"], number("events_per_day")
        self.bytes, self.peak = number("event_size"), self.events / 86400 * number("peak_factor")
        self.partitions = np.array([cell or "inf" for cell in columns["partitions"]], dtype=float)
        today = columns["current_runtime"]

        def of_today(figure):
            values = {name: figure(one) for name, one in profiles.items()}
            return np.array([values[name] for name in today])

        handler = number("handler_ms") / 1e3
        self.wait = handler * number("io_ratio")
        self.calls = np.where(self.wait > 0, 1.0, 0.0)
        speed_now = np.array([speeds[it] for it in columns["current_machine"]])
        call = of_today(lambda it: it.profile_speed * it.call)
        call += of_today(lambda it: it.profile_speed * it.call_per_byte) * self.bytes
        own = np.maximum(0, (handler - self.wait) * speed_now - self.calls * call)
        self.plain = own / of_today(lambda it: it.factor)       # own CPU at a compute factor of 1

    def demand(self, profile):
        """Core-seconds of an event at speed 1.0, without the fetch."""
        calls = self.calls * (profile.call + profile.call_per_byte * self.bytes)
        base = profile.per_event + profile.per_byte * self.bytes + calls
        return profile.profile_speed * base + self.plain * profile.factor


def members_for(share, partitions, is_open):
    """The least members of which none gets more than `share` of the events; infinite where a partition is too hot."""
    held = np.floor(np.minimum(share, 1) * partitions)
    members = np.ceil(partitions / held)
    if is_open.any():
        members[is_open] = np.ceil(1 / share[is_open])
    return members


def alive(count):
    return count - np.ceil(count / ZONES)


def all_up(count_alive):
    """The least count of which so many are left when a zone is lost."""
    return np.ceil(count_alive * (ZONES / (ZONES - 1)))


def cheapest(bill, count):
    """The column of each row's least bill; of equal bills, of the least count; then the first."""
    bill = np.rint(bill * 1e6)
    least = bill.min(axis=1, keepdims=True)
    return np.where(bill == least, count, np.inf).argmin(axis=1)


def plan_threads(profile, machines, s, load):
    """Counts by row and machine type: closed forms throughout, since one member stands for an instance."""
    peak, size, wait, partitions = load
    v = machines.vcpus
    usl = v / (1 + profile.sigma * (v - 1) + profile.kappa * v * (v - 1))
    member = (usl - profile.idle_cores * profile.profile_speed / machines.speed) / s
    free = machines.memory - profile.process_bytes - v * profile.thread_bytes
    held = profile.held + profile.held_per_byte * size
    most_held = free / held
    most_rate = np.where(partitions <= most_held, np.inf, most_held / (10 * s + wait))
    most_rate = np.minimum(np.minimum(most_rate, machines.network / (8 * size)), RHO_D * member)
    is_open = np.isinf(partitions)[:, 0]
    count = members_for(RHO * member / peak, partitions, is_open)
    degraded = members_for(most_rate / peak, partitions, is_open)
    count = np.maximum(np.maximum(count, all_up(degraded)), LEAST)
    too_slow = ~is_open[:, None] & (peak / partitions * (s + wait) > RHO)
    count[too_slow | (free < 0) | (member <= 0)] = np.inf
    column = cheapest(count * machines.price * 730, count)
    return column, count[np.arange(len(s)), column], machines.vcpus[column]


class Processes:
    """Pairs of a row and a machine type, each of which may take any number of processes."""

    def __init__(self, profile, machines, s, load):
        self.profile, self.s = profile, s
        self.peak, self.size, self.wait, self.partitions = load
        self.vcpus, self.usable, self.network = machines.vcpus, machines.memory, machines.network
        self.idle = profile.idle_cores * profile.profile_speed / machines.speed
        self.price = machines.price

    def bound(self):
        """A count that no answer is below, and what any count has to have of members with all up and a zone lost."""
        is_open = np.isinf(self.partitions)[:, 0]
        per_member = np.minimum((1 - self.idle) / self.s, 1 / (self.s + self.wait)) / self.peak
        self.members = members_for(RHO * per_member, self.partitions, is_open)
        self.members_d = members_for(RHO_D * per_member, self.partitions, is_open)
        self.work = self.peak * self.s / (1 - self.idle)         # processes that it takes if all are always busy
        most = np.floor(self.usable / self.profile.process_bytes)
        left = np.maximum(self.work / (RHO_D * self.vcpus), self.peak * (8 * self.size) / self.network)
        left = np.maximum(np.ceil(left), np.ceil(self.members_d / most))
        up = np.maximum(np.ceil(self.work / (RHO * self.vcpus)), np.ceil(self.members / most))
        self.least = np.maximum(np.maximum(up, all_up(left)), LEAST)
        self.least[np.broadcast_to((self.idle >= 1) | (most < 1), self.least.shape)] = np.inf

    def pick(self, rows, columns):
        """The pairs of these rows and columns, as flat arrays."""
        picked = object.__new__(Processes)
        picked.profile = self.profile
        for name in ("s", "members", "members_d", "work", "least"):
            setattr(picked, name, getattr(self, name)[rows, columns])
        for name in ("peak", "size", "wait", "partitions"):
            setattr(picked, name, getattr(self, name)[rows, 0])
        for name in ("vcpus", "usable", "network", "idle", "price"):
            setattr(picked, name, getattr(self, name)[columns])
        return picked

    def processes(self, count, at=slice(None)):
        """The least processes that serve on so many instances, 0 where none do."""
        left, work, vcpus, idle = alive(count), self.work[at], self.vcpus[at], self.idle[at]
        cores = np.maximum(work / (RHO * count), work / (RHO_D * left))
        need = np.maximum(self.members[at] / count, self.members_d[at] / left)
        need = np.maximum(np.ceil(np.maximum(need, cores)), 1)
        held = self.peak[at] / left * (10 * self.s[at] + self.wait[at])
        held = np.minimum(held, np.minimum(self.partitions[at], need))
        event = self.profile.held + self.profile.held_per_byte * self.size[at]
        fits = need * self.profile.process_bytes + held * event <= self.usable[at]
        # Where more processes than vCPUs idle, these take some of the cores.
        fits &= np.minimum(need, vcpus) - need * idle >= cores * (1 - idle)
        return np.where(fits, need, 0)

    def solve(self):
        """The least counts from the bound up, by doubling steps and bisection, and their processes."""
        count = self.least.copy()
        need = self.processes(count)
        todo = np.flatnonzero((need == 0) & np.isfinite(count))
        if len(todo):
            below, step = count[todo], 1.0
            above = below + step
            while (failing := self.processes(above, todo) == 0).any():
                step *= 2
                below = np.where(failing, above, below)
                above = np.where(failing, above + step, above)
            while (wide := above - below > 1).any():
                middle = np.floor((below + above) / 2)
                serves = self.processes(middle, todo) > 0
                above = np.where(wide & serves, middle, above)
                below = np.where(wide & ~serves, middle, below)
            count[todo] = above
            need[todo] = self.processes(above, todo)
        return count, need


def plan_processes(profile, machines, s, load):
    """Counts by branch and bound: only types whose bound is not dearer than a plan in hand are solved."""
    pairs = Processes(profile, machines, s, load)
    pairs.bound()
    bill = np.rint(pairs.least * (machines.price * 730e6))
    rows = np.arange(len(s))
    first = bill.argmin(axis=1)
    found, _ = pairs.pick(rows, first).solve()
    in_hand = np.rint(found * machines.price[first] * 730e6)
    row, column = np.nonzero((bill <= in_hand[:, None] + 1) & np.isfinite(bill))
    count, need = pairs.pick(row, column).solve()
    bills = np.rint(count * machines.price[column] * 730 * 1e6)
    order = np.lexsort((column, count, bills, row))
    has_plan, at = np.unique(row[order], return_index=True)
    winner = order[at]
    columns, counts, workers = np.zeros(len(s), int), np.full(len(s), np.inf), np.zeros(len(s))
    columns[has_plan], counts[has_plan], workers[has_plan] = column[winner], count[winner], need[winner]
    return columns, counts, workers


class Solver:
    """Plans rows of a fleet in one runtime. Rows of like size go together, as they rule out the same types."""

    def __init__(self, fleet, profile, machines):
        self.fleet, self.profile, self.machines = fleet, profile, machines
        self.demand = fleet.demand(profile)
        rows = len(self.demand)
        self.column, self.count, self.workers = np.zeros(rows, int), np.full(rows, np.inf), np.zeros(rows)

    def solve(self, rows, columns):
        """Plans these rows on these machine types."""
        machines, fleet = self.machines.only(columns), self.fleet
        solve = plan_threads if self.profile.threads else plan_processes
        at_once = max(1, ELEMENTS // len(columns))
        for some in np.split(rows, range(at_once, len(rows), at_once)):
            load = (one[some, None] for one in (fleet.peak, fleet.bytes, fleet.wait, fleet.partitions))
            s = self.demand[some, None] / machines.speed
            column, self.count[some], self.workers[some] = solve(self.profile, machines, s, tuple(load))
            self.column[some] = columns[column]

    def plan(self):
        """Machine type, count and workers of each row; the count is infinite where there is no plan."""
        price = self.machines.price
        low_priced = np.sort(price.argsort()[:FIRST])
        order = (self.demand * self.fleet.peak).argsort()
        without = []
        for rows in np.split(order, range(ROWS, len(order), ROWS)):
            self.solve(rows, low_priced)
            bill = self.count[rows] * price[self.column[rows]]
            without.append(rows[np.isinf(bill)])
            rows, bill = rows[np.isfinite(bill)], bill[np.isfinite(bill)]
            # A type whose least count is dearer than every plan in hand need not be looked at.
            if len(rows):
                columns = np.flatnonzero(LEAST * price <= bill.max() + 1e-9)
                if not np.isin(columns, low_priced).all():
                    self.solve(rows, columns)
        without = np.concatenate(without)
        if len(without):
            self.solve(without, np.arange(len(price)))
        return self.column, self.count, self.workers


def write(path, fleet, machines, plans):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        events = (fleet.events * (730 / 24 / 1e6)).tolist()
        columns = []
        for name, (column, count, workers) in plans.items():
            bill = (count * machines.price[column] * 730).tolist()
            columns.append((name, column.tolist(), count.tolist(), workers.tolist(), bill))
        for row, workload in enumerate(fleet.names):
            for name, column, count, workers, bill in columns:
                if count[row] == np.inf:
                    out.writerow((workload, name, "false", "", "", "", "", "", "", ""))
                else:
                    type_ = machines.types[column[row]]
                    out.writerow((workload, name, "true", PROVIDER, REGION, type_, int(count[row]), int(workers[row]),
                                  bill[row], bill[row] / events[row]))


def main():
    options = arguments(__doc__)
    np.seterr(divide="ignore", invalid="ignore", over="ignore")
    machines, profiles = Machines(), {name: Profile(name) for name in RUNTIMES}
    fleet = Fleet(options.fleet, machines.speeds, profiles)
    cpu, wall = time.process_time(), time.perf_counter()
    plans = {name: Solver(fleet, profile, machines).plan() for name, profile in profiles.items()}
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    write(options.output, fleet, machines, plans)
    if options.check:
        sys.exit(0 if check(options.output, options.check) else 1)
    print(json.dumps({"cpu": cpu, "wall": wall}))


if __name__ == "__main__":
    main()
