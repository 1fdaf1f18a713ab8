"""What runs today, held against its machines: how busy they are, and whether the inputs can be at the same time."""
import argparse
import math

import demand
import memory
from capacity import Case


def machine(wl, machines):
    found = [m for m in machines if m["type"] == wl["machine"]]
    return found[0] if found and found[0]["speed"] is not None else None


def busy(wl, rate, profiles, machines):
    """The tightest of CPU, in-flight limit and memory at a rate, as a share of what today's machines have; None if unknown."""
    mach, n = machine(wl, machines), wl["own"]
    if mach is None or n is None:
        return anywhere(wl, rate, profiles, machines)
    cur = profiles[wl["cur"]]["low"]
    kind = wl["kind"] if wl["kind"] in cur["kinds"] else None
    if kind is None:
        return None
    fast = dict(profiles, **{wl["cur"]: cur})
    one = dict(wl, io_calls=0.0 if wl["io_calls"] is None else wl["io_calls"])
    u = demand.share_in_use(wl, mach, rate / (wl["E"] / 86400))
    g = 0.0 if u is None else 0.3           # its low end; siblings are busier at a higher rate
    mach = dict(mach, speed=mach["speed"] * demand.faster(mach, u or 0.0, g))
    w, H, calls = demand.today(one, fast, machines, g)
    dem = demand.base(cur, one, calls) + H
    state = memory.state_of(one, cur, machines, w, dem, g)
    opt = argparse.Namespace(zones=1, zone_loss=False, system_cores=0.0, memory_headroom=0.0, system_memory_mib=0.0)
    at = dict(one, E=rate * 86400, peak=1.0, catch=None, state_bytes=state, worth_over_low=1.0)
    if not cur["threads"] and wl["cur_proc"] is not None:
        n = min(n, wl["cur_proc"])          # others are empty
    kinds = [wl["conc"]] if wl["conc"] else ["partition", "consumer"]
    cases = [Case(dict(at, conc=conc), cur, mach, dem, w, opt) for conc in kinds]
    any_number = range(1, (8 * mach["V"] if wl["P"] is None else min(8 * mach["V"], math.ceil(wl["P"] / n))) + 1)
    return min(load(case, rate, n, W) for case in cases for W in members_today(case, n, any_number))


def anywhere(wl, rate, profiles, machines):
    """What needs no machine: the in-flight limit of the busiest partition, or process that holds it, and the one core of a process."""
    cur = profiles[wl["cur"]]["low"]
    if wl["kind"] not in cur["kinds"]:
        return None
    one = dict(wl, io_calls=0.0 if wl["io_calls"] is None else wl["io_calls"])
    w, H, calls = demand.today(one, dict(profiles, **{wl["cur"]: cur}), machines)
    vnow = demand.speed_today(one, cur, machines)
    s = (demand.base(cur, one, calls) + H) / vnow
    loads, processes = [], wl["cur_proc"]
    by_process = wl["conc"] == "consumer" and processes is not None
    if by_process or wl["P"] is not None and any(wl[c] is not None for c in ("cur_inst", "cur_proc", "observed")):
        share = of_process(wl, processes) if by_process else demand.hot(wl, wl["P"]) / wl["P"]
        loads.append(rate * share * (s + w + demand.commit_wait(cur, one)) / wl["m"])
    if not cur["threads"] and processes is not None:
        loads.append(rate * of_process(wl, processes) * s / (1 - cur["idle"] * cur["v"] / vnow))
    return max(loads, default=None)


def of_process(wl, M):
    """The share of all events of the busiest of M processes."""
    P, h = wl["P"], demand.hot_key(wl)
    if P is None or P == 1:
        return 1.0 if P == 1 else h + (1 - h) / M
    k = demand.hot(wl, P)
    return (k + (math.ceil(P / min(M, P)) - 1) * (P - k) / (P - 1)) / P


def members_today(case, n, any_number):
    """W that may run today."""
    if case.members == "binaries":
        return [math.ceil((case.wl["cur_proc"] or 1) / n)]
    if case.wl["cur_proc"] is not None:
        return [math.ceil(case.wl["cur_proc"] / n)]
    return any_number


def load(case, rate, n, W):
    over = lambda work, cores: work / cores if cores > 0 else math.inf
    loads = [over(rate * case.share(n * W) * case.s, case.cores_of_member(W)),
             over(rate * case.ishare(n) * case.s, case.cores_of_instance(W)),
             case.memory.steady(n, W) / case.mach["mem"]]
    consumers = case.wl["conc"] == "consumer" and case.wl["cur_proc"]
    if case.wl["in_flight_given"] or case.wl["P"] is not None or consumers:
        loads.append(rate * case.holder(n * W) * (case.on_core(W) + case.w) / case.m)
    return max(loads)


def expected(wl, profiles, machines):
    """Cores that the profile expects, at the low and at the high end of what is not known."""
    mach, n = machine(wl, machines), wl["cur_inst"] or 1
    ends = []
    for end, g in ("low", 0.75), ("high", 0.3):
        cur = profiles[wl["cur"]][end]
        vnow, e = demand.speed_today(wl, cur, machines, g), demand.worth_today(wl, cur, machines)
        one = dict(wl, observed=None if wl["handler"] is None else wl["observed"])
        if end == "low" and wl["io_calls"] is None:
            one["io_calls"] = 0.0
        all_processes = [wl["cur_proc"]]
        if cur["threads"] and (wl["conc"] or cur["conc"]) == "consumer":
            all_processes = [wl["cur_proc"], None]          # idle loops of one process may take what one does
        if wl["cur_proc"] is None and not cur["threads"]:
            all_processes = [n, n * mach["V"] if mach and wl["own"] else max(n, math.ceil(wl["observed"]))]
        sums = []
        for processes in all_processes:
            for B in [wl["cur_fetch_wait"]] if wl["cur_fetch_wait"] is not None else [0.0, 0.1]:
                this = dict(one, cur_proc=processes, cur_fetch_wait=B)
                _, H, calls = demand.today(this, dict(profiles, **{wl["cur"]: cur}), machines, g, timed=True)
                members = demand.processes_today(this, cur)
                dem = demand.with_fetch(this, cur, vnow, calls, B) + (H if wl["handler"] is not None else 0.0)
                sums.append(wl["E"] / 86400 * dem / vnow / e + members * cur["idle"] * cur["v"] / vnow)
        ends.append(min(sums) if end == "low" else max(sums))
    return ends


def fetches(wl, profiles, machines):
    """The share of today's vCPUs that fetches take whose wait is given: they yield to handling."""
    mach = machine(wl, machines)
    if wl["cur_fetch_wait"] is None or not mach or not wl["own"]:
        return 0.0
    cur = profiles[wl["cur"]]
    vnow, e = demand.speed_today(wl, cur, machines), demand.worth_today(wl, cur, machines)
    calls = demand.today(wl, profiles, machines)[2]
    fetch = demand.with_fetch(wl, cur, vnow, calls, wl["cur_fetch_wait"]) - demand.base(cur, wl, calls)
    return wl["E"] / 86400 * fetch / vnow / e / (wl["own"] * mach["V"])


def baseline(wl, profiles, machines):
    """contradictory, unchecked or consistent, with busy_today and busy_today_at_peak."""
    wl = demand.observe(wl, machines)
    L0 = wl["E"] / 86400
    mean, peak = (busy(wl, rate, profiles, machines) for rate in (L0, L0 * wl["peak"]))
    mach, observed = machine(wl, machines), wl["observed"]
    u = lambda times: (mach and demand.share_in_use(wl, mach, times)) or 0.0        # no less than was measured
    yields = fetches(wl, profiles, machines) * wl["peak"]
    out = dict(busy_today=mean and max(mean, u(1)),
               busy_today_at_peak=peak and max(peak, u(1), u(wl["peak"]) - yields))
    wrong = wl.get("systems_alone") or mean is not None and mean > 1.05
    if wrong and "may_be" in wl and wl["may_be"][0] < wl["may_be"][1]:      # systems may take more, up to half of it all
        used = wl["observed"] + wl["systems"]
        least = max(wl["may_be"][0], used / 2)
        may_be = max(0.0, used - 2.5 * 2.5 * wl["cur_inst"] * wl["system"]), used
        wrong = busy(dict(wl, observed=least, systems=used - least, may_be=may_be), L0, profiles, machines) > 1.05
    unchecked = observed is None
    if observed is not None and not wrong:
        low, high = expected(wl, profiles, machines)
        least, most = wl.get("may_be", (observed, observed))
        wrong = (mach is not None and wl["own"] is not None and observed > wl["own"] * mach["V"]
                 or low > 2 * most
                 or wl["handler"] is not None and least > 2 * high)
    runs = any(wl[c] is not None for c in ("cur_inst", "cur_proc", "observed"))
    if wl["calls_borne"] is not None and wl["io_calls"] is not None and runs:
        wrong = wrong or L0 * wl["io_calls"] / wl["q"] * wl["a"] > 1.05 * wl["calls_borne"]
    out["baseline"] = "contradictory" if wrong else "unchecked" if unchecked else "consistent"
    return out
