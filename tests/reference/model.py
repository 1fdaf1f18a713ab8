#!/usr/bin/env python3
"""The model of docs/model/ a second time, written by somebody else without a look at the Rust code.

Slow and plain on purpose: it scans counts one by one where the Rust code bisects.
usage: model.py WORKLOADS.csv --profiles DIR --machines FILE [options], prints {"plans": [...]}.
"""
import argparse, csv, glob, json, math, os, sys, tomllib

INF = float("inf")
COLUMNS = ("name events_per_day event_size io_ratio handler handler_ms observed_cores io_wait_ms io_calls produces "
           "native_share current_runtime current_machine current_instances current_processes peak_factor partitions "
           "concurrency in_flight skew p99_ms catch_up").split()


class RowError(Exception):
    pass


# ---------------------------------------------------------------- cells
def num(t):
    return float(t)


def count_cell(t):                     # 50M, 1.2B, 800k, 5e7
    mult = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}.get(t[-1])
    return float(t[:-1]) * mult if mult else float(t)


def size_cell(t):
    for suf, mult in (("KiB", 1024), ("MiB", 1024**2), ("GiB", 1024**3), ("KB", 1e3), ("kB", 1e3), ("MB", 1e6),
                      ("GB", 1e9), ("B", 1)):
        if t.endswith(suf):
            return float(t[:-len(suf)]) * mult
    return float(t)


def ratio_cell(t):
    return float(t[:-1]) / 100 if t.endswith("%") else float(t)


def dur(t):
    return float(t[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[t[-1]]


def whole(t):
    x = float(t)
    if x != int(x) or x < 1:
        raise RowError(f"not a whole number from 1: {t}")
    return int(x)


def load_workloads(path):
    out, seen = [], set()
    with open(path, newline="") as f:
        rd = csv.DictReader(f)
        for c in rd.fieldnames:
            if c not in COLUMNS:
                raise RowError(f"unknown column {c}")
        for row in rd:
            g = lambda c: (row.get(c) or "").strip()
            opt = lambda c, conv, d=None: conv(g(c)) if g(c) != "" else d
            w = dict(
                name=g("name"), E=count_cell(g("events_per_day")), b=size_cell(g("event_size")),
                r=ratio_cell(g("io_ratio")), kind=g("handler") or "decode",
                handler=opt("handler_ms", lambda t: num(t) / 1e3), observed=opt("observed_cores", num),
                io_wait=opt("io_wait_ms", lambda t: num(t) / 1e3), io_calls=opt("io_calls", num),
                produces=opt("produces", num, 0.0), g=opt("native_share", ratio_cell, 0.0),
                cur=g("current_runtime") or "python-aiokafka", machine=g("current_machine") or None,
                cur_inst=opt("current_instances", whole), cur_proc=opt("current_processes", whole, 1),
                peak=opt("peak_factor", num, 3.0), P=opt("partitions", whole), conc=g("concurrency") or None,
                m=opt("in_flight", whole, 1), k=opt("skew", num, 1.0),
                p99=opt("p99_ms", lambda t: num(t) / 1e3),
                catch=opt("catch_up", lambda t: tuple(dur(x) for x in t.split("/"))))
            n = w["name"]
            def need(ok, msg):
                if not ok:
                    raise RowError(f"{n}: {msg}")
            need(n and n not in seen, "name missing or not unique"); seen.add(n)
            need(1 <= w["E"] <= 1e15, "events_per_day"); need(1 <= w["b"] <= 2**30, "event_size")
            need(0 <= w["r"] < 1, "io_ratio"); need(0 <= w["g"] <= 1, "native_share")
            need(w["peak"] >= 1, "peak_factor"); need(w["k"] >= 1, "skew")
            need(w["P"] is None or w["k"] <= w["P"], "skew above partitions")
            need(w["handler"] is None or w["observed"] is None, "handler_ms and observed_cores exclude each other")
            for c in ("handler", "io_wait", "p99"):
                need(w[c] is None or 0 <= w[c] <= 1e6, c)
            need(w["observed"] is None or w["observed"] >= 0, "observed_cores")
            need(w["io_calls"] is None or w["io_calls"] >= 0, "io_calls"); need(w["produces"] >= 0, "produces")
            need(w["conc"] in (None, "partition", "consumer"), "concurrency")
            need(w["catch"] is None or (w["catch"][0] >= 0 and w["catch"][1] > 0), "catch_up")
            out.append(w)
    return out


def load_profiles(d):
    out = {}
    for path in sorted(glob.glob(os.path.join(d, "*.toml"))):
        with open(path, "rb") as f:
            t = tomllib.load(f)
        val = lambda x: float(x["value"]) if isinstance(x, dict) else float(x)
        pair = lambda x: (val(x.get("us_per_event", 0)) * 1e-6, val(x.get("ns_per_byte", 0)) * 1e-9)
        cpu, mem, sc = t["cpu"], t["memory"], t.get("scaling", {})
        assert t["deployment"] in ("processes", "threads") and t["concurrency"] in ("partition", "consumer")
        out[t["name"]] = dict(
            name=t["name"], threads=t["deployment"] == "threads", conc=t["concurrency"],
            v=val(t["provenance"]["vcpu_speed"]), F=val(cpu.get("fetch", {}).get("us", 0)) * 1e-6,
            T=val(cpu.get("fetch", {}).get("round_trip_ms", 0)) * 1e-3, idle=val(cpu["idle_cores"]), consume=pair(cpu["consume"]),
            produce=pair(cpu["produce"]), cio=(val(cpu["io_call"]["us"]) * 1e-6, val(cpu["io_call"].get("ns_per_byte", 0)) * 1e-9), f=val(cpu["compute_factor"]),
            kinds={k: pair(x) for k, x in cpu["handler"].items()},
            per_process=val(mem["mib_per_process"]) * 2**20, per_thread=val(mem.get("mib_per_thread", 0)) * 2**20,
            e0=val(mem["bytes_per_in_flight_event"]), e1=val(mem["in_flight_expansion"]),
            sigma=val(sc.get("sigma", 0)), kappa=val(sc.get("kappa", 0)), scv=val(t["latency"]["service_scv"]))
    return out


def load_machines(path):
    out = []
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            fl = lambda c: float(row[c]) if (row.get(c) or "").strip() else None
            out.append(dict(provider=row["provider"], region=row["region"], type=row["instance_type"],
                            V=int(row["vcpus"]), mem=float(row["memory_gib"]) * 2**30,
                            net=None if fl("network_gbps") is None else fl("network_gbps") * 1e9,
                            od=fl("on_demand_usd_per_hour"), r3=fl("reserved_3yr_usd_per_hour"),
                            speed=fl("vcpu_speed"), basis=row["speed_basis"].strip()))
    return out


# ---------------------------------------------------------------- section 3
def base(p, wl, calls):
    b = wl["b"]
    k0, k1 = p["kinds"][wl["kind"]]
    c0, c1 = p["consume"]
    p0, p1 = p["produce"]
    return p["v"] * (c0 + c1 * b + k0 + k1 * b + calls * (p["cio"][0] + p["cio"][1] * b) + wl["produces"] * (p0 + p1 * b))


def today(wl, profiles, machines):
    """(w, H, io_calls, notes): all that section 3 derives from the current runtime."""

    def base_now(calls):
        members = (wl.get("cur_inst") or 1) if cur["threads"] else wl["cur_proc"]
        x_now = wl["E"] / 86400 / members
        cost = base(cur, wl, calls)
        left = 1.0                      # vCPUs of today's machine that its fetches may take
        if not cur["threads"]:
            left = min(1.0, max(0.0, 1 - cur["idle"] * cur["v"] / vnow - x_now * cost / vnow))
        return cost + min(cur["v"] * cur["F"] / (x_now * cur["T"] + math.exp(-x_now * cur["T"])), left * vnow / x_now)
    notes = []
    if wl["cur"] not in profiles:
        raise RowError(f"{wl['name']}: unknown current_runtime {wl['cur']}")
    cur = profiles[wl["cur"]]
    vnow = cur["v"]
    if wl["machine"]:
        found = [m for m in machines if m["type"] == wl["machine"]]
        if not found or found[0]["speed"] is None:
            raise RowError(f"{wl['name']}: current_machine unknown or of unknown speed")
        vnow = found[0]["speed"]
    L0 = wl["E"] / 86400
    inferred = wl["io_wait"] is None and wl["handler"] is None
    if ((wl["r"] > 0 and inferred) or wl["observed"] is not None) and wl["kind"] not in cur["kinds"]:
        raise RowError(f"{wl['name']}: {wl['cur']} has not measured {wl['kind']}")
    o = 0.0
    if wl["observed"] is not None:
        o = max(0.0, wl["observed"] - wl["cur_proc"] * cur["idle"] * cur["v"] / vnow) / L0
    r = wl["r"]
    if wl["io_wait"] is not None:
        w = wl["io_wait"]
    elif wl["handler"] is not None:
        w = r * wl["handler"]
    elif r > 0:
        w = r / (1 - r) * max(base_now(0) / vnow, o)
        notes.append(f"wait of {w} s inferred from io_ratio")
    else:
        w = 0.0
    if wl["handler"] is not None and w > wl["handler"]:
        raise RowError(f"{wl['name']}: wait above handler_ms")
    calls = wl["io_calls"] if wl["io_calls"] is not None else (1.0 if w > 0 else 0.0)
    if wl["handler"] is not None:
        H = (wl["handler"] - w) * vnow - calls * (cur["cio"][0] + cur["cio"][1] * wl["b"]) * cur["v"]
    elif wl["observed"] is not None:
        H = o * vnow - base_now(calls)
        if H < 0:
            notes.append(f"profile's floor {base_now(calls)} above observed {o * vnow} core-s")
    else:
        H = 0.0
    return w, max(0.0, H), calls, notes


def demand(wl, p, cur, H, calls):
    return base(p, wl, calls) + H * (wl["g"] + (1 - wl["g"]) * p["f"] / cur["f"])


# ---------------------------------------------------------------- section 5
def erlang_c(c, a):
    """c servers, a erlangs offered."""
    if a <= 0:
        return 0.0
    if a >= c:
        return 1.0
    B = 1.0
    for i in range(1, c + 1):
        B = a * B / (i + a * B)
    return B / (1 - (a / c) * (1 - B))


def exp_sum_tail(t, y, x):
    """P(Y + X > t), exponentials with means y > 0 and x >= 0."""
    if t <= 0:
        return 1.0
    if x == 0:
        return math.exp(-t / y)
    d = 1 / x - 1 / y
    if d == 0:
        return math.exp(-t / x) * (1 + t / x)
    if d > 0:
        return math.exp(-t / x) + math.exp(-t / y) / x * (-math.expm1(-d * t) / d)
    return math.exp(-t / x) + math.exp(-t / x) / x * (-math.expm1(d * t) / -d)


def own_parts(mean, scv):
    """[(probability, shift, mean of the exponential)]"""
    if scv <= 1:
        c = math.sqrt(scv)
        return [(1.0, mean * (1 - c), mean * c)]
    p1 = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
    p2 = 1 - p1
    return [(p1, 0.0, mean / (2 * p1)), (p2, 0.0, mean / (2 * p2))]


_memo = {}


def p99_queue(lam, c, service, own, scv, fetch=0.0, q=0.01):
    """fetch: a whole one, which every event sees."""
    key = (lam, c, service, own, scv, fetch, q)
    if key not in _memo:
        _memo[key] = _p99_queue(*key)
    return _memo[key]


def _p99_queue(lam, c, service, own, scv, fetch, q):
    load = lam * service
    if load >= c:
        return INF
    C = erlang_c(c, load)
    tau = (1 + scv) / 2 * service / (c - load)      # mean of the wait of those who wait
    parts = own_parts(own, scv)

    def tail(t):
        s = 0.0
        for pr, shift, x in parts:
            u = t - shift
            t0 = 1.0 if u < 0 else (math.exp(-u / x) if x > 0 else 0.0)
            t1 = 1.0 if u < 0 else exp_sum_tail(u, tau, x)
            s += pr * ((1 - C) * t0 + C * t1)
        return s
    target = q                          # the tail left above the percentile
    lo, hi = 0.0, own + tau
    while tail(hi) > target:
        hi *= 2
    while True:
        mid = (lo + hi) / 2
        if mid <= lo or mid >= hi:
            return fetch + hi
        if tail(mid) > target:
            lo = mid
        else:
            hi = mid


# ---------------------------------------------------------------- section 4
class Case:
    """One workload, one profile, one machine."""

    def __init__(self, wl, p, mach, dem, w, opt):
        self.wl, self.p, self.mach, self.opt = wl, p, mach, opt
        self.V, self.v = mach["V"], mach["speed"]
        self.s, self.w = dem / self.v, w
        self.F, self.T = p["F"] * p["v"] / self.v, p["T"]
        self.L = wl["E"] / 86400 * wl["peak"]
        self.Ld = self.L * (1 + wl["catch"][0] / wl["catch"][1]) if wl["catch"] else self.L
        self.P, self.k, self.m, self.b, self.goal = wl["P"], wl["k"], wl["m"], wl["b"], wl["p99"]
        self.conc = wl["conc"] or p["conc"]
        self.threads = p["threads"]
        self.idle = p["idle"] * p["v"] / self.v
        self.uslV = self.usl(self.V)
        self.member_cores = self.uslV - self.idle if self.threads else 1 - self.idle
        if self.threads:
            self.Wmax = 1 if self.fixed(1) <= 0.85 * mach["mem"] else 0
        else:
            self.Wmax = 0
            while self.Wmax < opt.max_w and self.fixed(self.Wmax + 1) <= 0.85 * mach["mem"]:
                self.Wmax += 1
        self.member = self.member_cores / self.s
        self._least_P = False

    def usl(self, N):
        return N / (1 + self.p["sigma"] * (N - 1) + self.p["kappa"] * N * (N - 1))

    def fetch(self, x, W):
        """An event's share of a fetch, read by one of W members of an instance that each get x events/s."""
        cores = self.member_cores if self.threads else min(W, self.V) / W - self.idle
        left = min(1.0, max(0.0, cores - x * self.s))
        return min(self.F / (x * self.T + math.exp(-x * self.T)), left / x)

    def alive(self, n):
        return n - math.ceil(n / self.opt.zones) if self.opt.zone_loss else n

    def share(self, M):
        P, k = self.P, self.k
        if P is None:
            return 1 / M
        if P == 1:
            return 1.0
        a = math.ceil(P / min(M, P))
        return (k + (a - 1) * (P - k) / (P - 1)) / P

    def slot(self, M):
        if self.conc == "consumer":
            return self.share(M)
        return 0.0 if self.P is None else self.k / self.P

    def instance(self, W):
        return self.member if self.threads else (min(W, self.V) - W * self.idle) / self.s

    def carries_cpu(self, x, u, n, W):
        y = x * self.share(n * W)
        return y <= u * self.member and x / n <= u * self.instance(W)

    def carries_slots(self, x, u, n, W):
        y = x * self.slot(n * W)
        return y * (self.s + self.w) <= u * self.m

    def carries(self, x, u, n, W):
        return n > 0 and self.carries_cpu(x, u, n, W) and self.carries_slots(x, u, n, W)

    def R(self, n):
        al = self.alive(n)
        if al == 0:
            return self.Ld / n
        if self.threads:
            return max(self.L * self.share(al), self.Ld * self.share(n))
        return max(self.L / al, self.Ld / n)

    def A(self, n, W):
        A = self.R(n) * (10 * self.s + self.w)
        if self.P is not None:
            A = min(A, self.m * self.P)
        if self.conc == "consumer":
            A = min(A, self.m * W)
        return A

    def fixed(self, W):
        if self.threads:
            return self.p["per_process"] + self.V * self.p["per_thread"]
        return W * self.p["per_process"]

    def memory(self, n, W):
        return self.fixed(W) + self.A(n, W) * (self.p["e0"] + self.p["e1"] * self.b)

    def ok_memory(self, n, W):
        return self.memory(n, W) <= 0.85 * self.mach["mem"]

    def ok_network(self, n):
        return self.mach["net"] is None or self.R(n) * self.b * (1 + self.wl["produces"]) * 8 <= 0.70 * self.mach["net"]

    def least_P(self):
        """Least P without the floor n W; None when there is none."""
        if self._least_P is False:
            L, Ld, k, m, o = self.L, self.Ld, self.k, self.m, self.opt

            def ok(P):
                y, yd = k * L / P, k * Ld / P
                return (y * (self.s + self.w) <= o.rho * m and yd * (self.s + self.w) <= o.rho_d * m
                        and y <= o.rho * self.member and yd <= o.rho_d * self.member
                        and (self.goal is None or self.slot_p99(y) <= self.goal))
            hi = 1
            while hi < 2**60 and not ok(hi):
                hi *= 2
            if not ok(hi):
                self._least_P = None
            else:
                lo = hi // 2                # ok fails at lo (or lo = 0); ok is monotone in P
                while hi - lo > 1:
                    mid = (lo + hi) // 2
                    if ok(mid):
                        hi = mid
                    else:
                        lo = mid
                self._least_P = hi
        return self._least_P

    def partitions_required(self, n, W):
        P = self.least_P()
        return None if P is None else max(P, n * W)

    def p99_cores(self, n, W):
        scv, w, s = self.p["scv"], self.w, self.s
        if self.threads:
            y, longer = self.L * self.share(n), self.V / self.uslV
            s2 = s * longer
            return p99_queue(y, self.V, s2, s2 + w, scv, self.F * longer)
        if W <= self.V:
            y = self.L * self.share(n * W)
            return p99_queue(y, 1, s, s + w, scv, self.F)
        return p99_queue(self.L / n, self.V, s, s + w, scv, self.F)

    def slot_p99(self, y):
        sw = self.s + self.w
        return p99_queue(y, self.m, sw, sw, self.p["scv"], self.F)

    def p99_slots(self, n, W):
        if self.conc == "partition" and self.P is None:
            P = self.partitions_required(n, W)
            return INF if P is None else self.slot_p99(self.k * self.L / P)
        return self.slot_p99(self.L * self.slot(n * W))

    def p99(self, n, W):
        return max(self.p99_cores(n, W), self.p99_slots(n, W))

    def ok_latency(self, n, W):
        return self.goal is None or self.p99(n, W) <= self.goal

    def holds(self, n, W):
        """Rules 1 to 4."""
        o = self.opt
        return (self.carries(self.L, o.rho, n, W) and self.carries(self.L, o.rho_d, self.alive(n), W)
                and self.carries(self.Ld, o.rho_d, n, W) and self.ok_memory(n, W) and self.ok_network(n)
                and self.ok_latency(n, W))

    def hopeless(self):
        if self.Wmax == 0:
            return "process larger than the machine"
        if self.member_cores <= 0:
            return "idle >= 1"
        if self.goal is not None and self.slot_p99(0.0) > self.goal:
            return "s + w alone above the goal"
        if self.P is None and self.least_P() is None:
            return "no number of partitions meets the goal"
        if self.P is not None:              # share(M) >= k/P and slot(M) >= k/P for every M
            y = self.L * self.k / self.P
            if y * (1 - 1e-9) > self.opt.rho * self.member:
                return "one partition hotter than a core"
            if y * (self.s + self.w) * (1 - 1e-9) > self.opt.rho * self.m:
                return "too few partitions or in_flight"
        return None

    def find(self):
        """(n, W) or a reason. The skips only leave out n and W at which holds() is certainly false; --brute does without."""
        o, brute = self.opt, self.opt.brute
        if self.Wmax == 0 or self.member_cores <= 0:
            return self.hopeless()
        if not brute:
            why = self.hopeless()
            if why:
                return why
        L, V, s, sw = self.L, self.V, self.s, self.s + self.w
        n = o.min_instances
        if not brute:
            n = max(n, int(0.99 * L * s / (o.rho * V)))
            if self.P is None and self.conc == "consumer":
                n = max(n, int(0.99 * L * sw / (o.rho * self.m) / self.Wmax))
        while n <= o.max_n:
            if brute:
                for W in range(1, self.Wmax + 1):
                    if self.holds(n, W):
                        return n, W
            else:
                hit = self.scan_W(n)
                if hit:
                    return n, hit
            n += 1
        return "no count up to %d: %s" % (o.max_n, self.first_unmet(o.max_n))

    def scan_W(self, n):
        o, al, V = self.opt, self.alive(n), self.V
        L, Ld = self.L, self.Ld
        if al == 0 or not self.ok_network(n):
            return 0
        if self.goal is not None and self.p99_slots(n, self.Wmax) > self.goal * (1 + 1e-9):
            return 0                        # the slot queue's rate does not rise with W
        W = 1
        if self.P is None and not self.threads:
            most = self.member
            need = [L / n / (o.rho * most), L / al / (o.rho_d * most), Ld / n / (o.rho_d * most)]
            if self.conc == "consumer":
                sw = (self.s + self.w) / self.m
                need += [L * sw / n / o.rho, L * sw / al / o.rho_d, Ld * sw / n / o.rho_d]
            W = max(1, int(0.99 * max(need)))
        while W <= self.Wmax:
            if self.holds(n, W):
                return W
            if not self.ok_memory(n, W):
                return 0                    # the left side of rule 2 does not fall with W
            if W > V:
                i = self.instance(W)    # falls with W from here on
                if L / n > o.rho * i or L / al > o.rho_d * i or Ld / n > o.rho_d * i:
                    return 0
                if self.goal is not None and self.p99_cores(n, W) > self.goal:
                    return 0                # M/G/V at L/n, the same for any such W
                if self.P is not None and al * W >= self.P:
                    return 0                # shares are at their least
            W += 1
        return 0

    def bound_by(self, n):
        if n <= self.opt.min_instances:
            return "minimum"
        return self.first_unmet(n - 1)

    def first_unmet(self, n):
        o = self.opt
        tests = [("cpu", lambda W: self.carries_cpu(self.L, o.rho, n, W)),
                 ("in_flight", lambda W: self.carries_slots(self.L, o.rho, n, W)),
                 ("memory", lambda W: self.ok_memory(n, W)),
                 ("network", lambda W: self.ok_network(n)),
                 ("latency", lambda W: self.ok_latency(n, W)),
                 ("zone", lambda W: self.carries(self.L, o.rho_d, self.alive(n), W)),
                 ("catch_up", lambda W: self.carries(self.Ld, o.rho_d, n, W))]
        Ws = list(range(1, self.Wmax + 1))
        for name, ok in tests:
            Ws = [W for W in Ws if ok(W)]
            if not Ws:
                return name
        raise AssertionError("everything is met")


def price(mach, purchase):
    return mach["r3"] if purchase == "reserved-3yr" else mach["od"]


def usable(machines, opt):
    return [m for m in machines if m["speed"] is not None and (m["basis"] != "provisional" or opt.include_provisional)
            and price(m, opt.purchase) is not None]


KEYS = ("provider region instance_type instances workers_per_instance cpu_seconds_per_event fetch_seconds_per_event io_wait_seconds_per_event "
        "peak_events_per_second utilization_at_peak p99_seconds memory_bytes_per_instance runtime_overhead_bytes "
        "partitions_required usd_per_month usd_per_million_events bound_by").split()


def plan_on(wl, p, mach, dem, w, opt):
    """The plan on one machine type: a dict, or the reason there is none."""
    c = Case(wl, p, mach, dem, w, opt)
    hit = c.find()
    if isinstance(hit, str):
        return hit
    n, W = hit
    cost = n * price(mach, opt.purchase) * 730
    x = c.L / (n * W)
    s = c.s + c.fetch(x, W)
    busy = c.L * s * c.V / (c.uslV * n) + c.idle if c.threads else c.L * s / n + W * c.idle
    return dict(provider=mach["provider"], region=mach["region"], instance_type=mach["type"], instances=n,
                workers_per_instance=c.V if c.threads else W, cpu_seconds_per_event=s,
                fetch_seconds_per_event=c.fetch(x, W),
                io_wait_seconds_per_event=c.w, peak_events_per_second=c.L, utilization_at_peak=busy / c.V,
                p99_seconds=c.p99(n, W), memory_bytes_per_instance=c.memory(n, W),
                runtime_overhead_bytes=n * c.fixed(W), partitions_required=c.partitions_required(n, W),
                usd_per_month=cost, usd_per_million_events=cost / (wl["E"] * 730 / 24 / 1e6),
                bound_by=c, _key=(cost, n, mach["mem"], mach["type"]))


def plan(wl, p, profiles, machines, opt):
    out = dict(workload=wl["name"], runtime=p["name"], feasible=False, reason=None, **dict.fromkeys(KEYS), notes=[])
    w, H, calls, out["notes"] = today(wl, profiles, machines)
    if wl["kind"] not in p["kinds"]:
        out["reason"] = f"handler kind {wl['kind']} not measured"
        return out
    dem = demand(wl, p, profiles[wl["cur"]], H, calls)
    best, why = None, {}
    for mach in usable(machines, opt):
        x = plan_on(wl, p, mach, dem, w, opt)
        if isinstance(x, str):
            why.setdefault(x, []).append(mach["type"])
        elif best is None or x["_key"] < best["_key"]:
            best = x
    if best is None:
        out["reason"] = "; ".join(f"{k} ({len(v)} types)" for k, v in sorted(why.items())) or "no usable machine"
        return out
    del best["_key"]
    best["bound_by"] = best["bound_by"].bound_by(best["instances"])
    out.update(best, feasible=True)
    return out


def parser():
    ap = argparse.ArgumentParser()
    ap.add_argument("workloads")
    ap.add_argument("--profiles", required=True)
    ap.add_argument("--machines", required=True)
    ap.add_argument("--rho", type=float, default=0.7)
    ap.add_argument("--rho-d", type=float, default=0.9)
    ap.add_argument("--zones", type=int, default=3)
    ap.add_argument("--no-zone-loss", dest="zone_loss", action="store_false")
    ap.add_argument("--min-instances", type=int, default=2)
    ap.add_argument("--purchase", choices=("on-demand", "reserved-3yr"), default="on-demand")
    ap.add_argument("--include-provisional", action="store_true")
    ap.add_argument("--max-n", type=int, default=3000)
    ap.add_argument("--max-w", type=int, default=5000)
    ap.add_argument("--brute", action="store_true", help="no skips: every n and W in turn")
    ap.add_argument("--all-machines", action="store_true", help="one plan per workload x profile x usable machine")
    return ap


def main(argv=None):
    opt = parser().parse_args(argv)
    if opt.zones == 1 and opt.zone_loss:
        sys.exit("error: one zone cannot be lost")
    profiles, machines = load_profiles(opt.profiles), load_machines(opt.machines)
    try:
        plans = []
        for wl in load_workloads(opt.workloads):
            for p in profiles.values():
                _memo.clear()
                for ms in ([[m] for m in usable(machines, opt)] if opt.all_machines else [machines]):
                    if opt.all_machines:    # today() needs the whole list
                        keep = [dict(m) if m is ms[0] else dict(m, od=None, r3=None) for m in machines]
                        x = plan(wl, p, profiles, keep, opt)
                        x["machine"] = ms[0]["type"]
                        plans.append(x)
                    else:
                        plans.append(plan(wl, p, profiles, machines, opt))
    except RowError as e:
        sys.exit(f"error: {e}")
    json.dump({"plans": plans}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
