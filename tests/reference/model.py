#!/usr/bin/env python3
"""The model of docs/model/ a second time, written by somebody else without a look at the Rust code.

usage: model.py WORKLOADS.csv --profiles DIR --machines FILE [options], prints {"plans": [...]}.
"""
import argparse
import json
import math
import sys
from fractions import Fraction

import baseline
import demand
import inputs
import latency
import memory
import search
from inputs import MIB, RowError, load_languages, load_machines, load_profiles, load_workloads

KEYS = ("provider region instance_type instances workers_per_instance processes_per_instance readers_per_instance "
        "standby_members core_seconds_per_event cpu_seconds_per_event fetch_seconds_per_event io_wait_seconds_per_event "
        "commit_seconds_per_event peak_events_per_second cores_at_peak cpu_at_peak cpu_at_mean fetch_wait_ms p99_seconds "
        "gathering_seconds memory_steady_mib memory_peak_mib heap_limit_mib runtime_overhead_bytes partitions_required "
        "usd_per_month cheapest_usd_per_month usd_per_million_events traffic_usd_per_month bound_by").split()


BETWEEN_ZONES = dict(aws=0.02, gcp=0.01, azure=0.0)     # USD a GB


def traffic(wl, provider, zones):
    """USD a month for what crosses zones, read and written."""
    gb = wl["E"] * 730 / 24 * wl["b"] * (1 + wl["produces"]) * (zones - 1) / zones / 1e9
    return gb * BETWEEN_ZONES[provider]


def untimed(wl):
    """Whether nothing says what an event takes but a utilization that may be the systems' alone."""
    return wl["handler"] is None and "may_be" in wl and wl["may_be"][0] == 0.0 < wl["observed"]


def details(wl, one, cheapest, opt):
    """The fields of a plan."""
    c, n, W = one["case"], one["n"], one["W"]
    B = search.fetch_wait(c, n, W)
    share = c.mean_fetch(c.L, n, W, B)
    mach, gathering, peak, processes = c.mach, c.gathering(n, W, B), c.memory.peak(n, W), c.processes(W)
    limited = c.memory.parts["gc"] > 1 and c.state > 0
    p99 = None if untimed(wl) else c.p99(n, W, B) + (gathering or 0.0)
    return dict(provider=mach["provider"], region=mach["region"], instance_type=mach["type"], instances=n,
                workers_per_instance=W if c.members == "processes" else c.V, processes_per_instance=processes,
                readers_per_instance=W if c.members == "readers" else None,
                standby_members=0 if c.P is None else max(0, n * W - c.P), cpu_seconds_per_event=c.s + share,
                core_seconds_per_event=(c.s + share) * c.v, cores_at_peak=c.L * (c.s + share),
                fetch_seconds_per_event=share, io_wait_seconds_per_event=c.io_wait,
                commit_seconds_per_event=c.commit_wait, peak_events_per_second=c.L,
                cpu_at_peak=c.busy(c.L, n, W, B), cpu_at_mean=c.graph(c.L0, n, W, B), fetch_wait_ms=B * 1e3,
                p99_seconds=p99, gathering_seconds=gathering,
                memory_steady_mib=c.memory.steady(n, W) / MIB,
                memory_peak_mib=peak / MIB, heap_limit_mib=peak / processes / MIB if limited else None,
                runtime_overhead_bytes=n * c.memory.fixed(W),
                partitions_required=c.partitions_required(n, W, B), usd_per_month=one["usd"],
                cheapest_usd_per_month=cheapest,
                traffic_usd_per_month=traffic(wl, mach["provider"], opt.zones),
                usd_per_million_events=one["usd"] / (wl["E"] * 730 / 24 / 1e6),
                bound_by="minimum" if n <= c.opt.min_instances else search.first_unmet(c, n - 1, one["Ws"]))


def lacks(wl, p):
    """The figure that a workload needs and a profile does not have."""
    if wl["kind"] not in p["kinds"]:
        return wl["kind"]
    return "commit" if demand.commits(wl) and p["commit"] is None else None


def read(wl, p, profiles, languages, machines):
    """The workload with what its plan in p needs beside its cells, the CPU of an event and the wait of a call."""
    wl = demand.observe(wl, machines)
    w, H, calls = demand.today(wl, profiles, machines)
    if lacks(wl, p):
        return None
    cur = profiles[wl["cur"]]
    H_plans = demand.today(wl, profiles, machines, plans=True)[1]
    in_p = lambda one, H: demand.demand(wl, one, cur, H, calls, languages)
    if wl["state"] is not None and p["language"] != cur["language"]:
        state = wl["state"] * MIB           # what else a process of today holds stays there
    else:
        state = memory.state_of(wl, cur, machines, w, None if lacks(wl, cur) else in_p(cur, H))
    worth_over_low = demand.worth_today(wl, cur, machines) / demand.worth_today(wl, cur["low"], machines)
    planned = dict(wl, state_bytes=state, processes_a_vcpu=processes_a_vcpu(wl, machines),
                   worth_over_low=worth_over_low)
    if untimed(wl) and wl["p99"] is not None:
        planned.update(p99=None, may_wait=False)        # a goal counts for nothing, and no fetch waits
    return planned, in_p(p, H_plans), w


def processes_a_vcpu(wl, machines):
    """Today's, where all of it is known."""
    found = [m["V"] for m in machines if m["type"] == wl["machine"]]
    if wl["cur_proc"] is None or wl["own"] is None or not found:
        return 0.0
    return Fraction(wl["cur_proc"], wl["own"] * found[0])


def plan(wl, p, profiles, languages, machines, opt):
    out = dict(workload=wl["name"], runtime=p["name"], feasible=False, reason=None, **dict.fromkeys(KEYS))
    known = read(wl, p, profiles, languages, machines)
    if known is None:
        out["reason"] = f"{lacks(wl, p)} not measured"
        return out
    wl, dem, w = known
    found, why = search.plans(wl, p, machines, dem, w, opt)
    if not found:
        out["reason"] = "; ".join(f"{k} ({len(v)} types)" for k, v in sorted(why.items())) or "no usable machine"
        return out
    today = [m["V"] for m in machines if m["type"] == wl["machine"]]
    some = argparse.Namespace(**{**vars(opt), "max_vcpus": max([opt.max_vcpus, *today]) if opt.cost_tolerance else math.inf})
    out.update(details(wl, *search.choose(found, some), opt), feasible=True)
    return out


class Set(float):
    """A setting that was given."""


def parser():
    ap = argparse.ArgumentParser()
    ap.add_argument("workloads")
    ap.add_argument("--profiles", required=True)
    ap.add_argument("--machines", required=True)
    ap.add_argument("--rho", type=float, default=0.7)
    ap.add_argument("--rho-d", type=float, default=0.9)
    ap.add_argument("--max-cpu", type=float, default=0.85)
    ap.add_argument("--zones", type=int, default=3)
    ap.add_argument("--no-zone-loss", dest="zone_loss", action="store_false")
    ap.add_argument("--min-instances", type=int, default=2)
    ap.add_argument("--min-vcpus", type=int, default=2)
    ap.add_argument("--cost-tolerance", type=inputs.ratio_cell, default=0.1)
    ap.add_argument("--max-vcpus", type=int, default=32)
    ap.add_argument("--system-cores", type=Set, default=0.1)
    ap.add_argument("--system-memory-mib", type=float, default=300.0)
    ap.add_argument("--memory-headroom", type=float, default=0.15)
    ap.add_argument("--network-headroom", type=float, default=0.30)
    ap.add_argument("--purchase", choices=("on-demand", "reserved-3yr"), default="on-demand")
    ap.add_argument("--include-provisional", action="store_true")
    ap.add_argument("--max-n", type=int, default=3000)
    ap.add_argument("--brute", action="store_true", help="no skips: every n and W in turn")
    return ap


def main(argv=None):
    opt = parser().parse_args(argv)
    if opt.zones == 1 and opt.zone_loss:
        sys.exit("error: one zone cannot be lost")
    profiles, machines, languages = load_profiles(opt.profiles), load_machines(opt.machines), load_languages(opt.profiles)
    try:
        plans, decisions = [], []
        for wl in load_workloads(opt.workloads):
            wl["system"] = opt.system_cores
            for p in profiles.values():
                latency.memo.clear()
                plans.append(plan(wl, p, profiles, languages, machines, opt))
            decisions.append(dict(workload=wl["name"], **baseline.baseline(wl, profiles, machines)))
    except RowError as e:
        sys.exit(f"error: {e}")
    json.dump({"plans": plans, "decisions": decisions}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
