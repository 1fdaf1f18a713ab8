"""One workload in one runtime on one machine type: what n instances of W members carry, and which constraints hold."""
import math

import closed
import demand
from latency import INF, fetched, p99_queue, spread
from memory import Memory

WAITS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)     # of a fetch, s
CONSTRAINTS = ("cpu", "in_flight", "memory", "network", "latency", "max_cpu", "zone", "catch_up")


def slow_share(M, P, k):
    """slow(M), of the slowest of M holders of P partitions, as long as all that are no faster carry 1 % of events."""
    M = min(M, P)
    few, most = P // M, -(-P // M)
    even = (P - k) / (P * (P - 1)) if P > 1 else 0.0
    if P % M and (M - P % M) * few * even >= 0.01:
        return few * even
    share = k / P + (most - 1) * even
    return most * even if 1 - share >= 0.01 else share


class Case:
    def __init__(self, wl, p, mach, dem, w, opt):
        self.wl, self.p, self.mach, self.opt = wl, p, mach, opt
        self.V, self.v = mach["V"], mach["speed"]
        self.q, self.s, self.io_wait, self.commit_wait = wl["q"], dem / self.v, w, demand.commit_wait(p, wl)
        self.w = w + self.commit_wait
        self.F, self.T, self.fetches = p["F"] * p["v"] / self.v, p["T"], p["F"] > 0
        self.L0 = wl["E"] / 86400
        self.L = self.L0 * wl["peak"]
        self.Ld = self.L * (1 + wl["catch"][0] / wl["catch"][1]) if wl["catch"] else self.L
        self.P, self.m, self.b, self.goal = wl["P"], wl["m"], wl["b"], wl["p99"]
        self.h = demand.hot_key(wl)
        self.k = wl["skew"] if self.P is None else demand.hot(wl, self.P)
        self.conc = wl["conc"] or p["conc"]
        self.members = "processes" if not p["threads"] else "binaries" if self.conc == "partition" else "readers"
        self.idle = p["idle"] * p["v"] / self.v
        self.kept = opt.system_cores
        self.state = wl["state_bytes"]
        self.memory = Memory(self)

    # ------------------------------------------------------------ cores
    def threads(self, W):
        """N of a process; readers contend like a thread on each vCPU."""
        return {"processes": 1, "binaries": max(1, self.V // W), "readers": self.V}[self.members]

    def worth(self, W):
        """e, what one of the threads of a process is worth, and no more than today's may be where it contends least."""
        N = self.threads(W)
        return min(demand.worth_of_busy(self.p, N), demand.worth_of_busy(self.p.get("low", self.p), N) * self.wl["worth_over_low"])

    def on_core(self, W):
        """s', what an event's CPU takes of a core whose threads contend."""
        return self.s / self.worth(W)

    def cores_of_member(self, W):
        free = self.V - self.kept
        if self.members == "binaries":
            return self.worth(W) * free / W - self.idle
        return self.worth(W) * (min(1, free) - self.idle)

    def cores_of_instance(self, W):
        free = self.V - self.kept
        if self.members == "binaries":
            return W * self.cores_of_member(W)
        return self.worth(W) * (min(W, free) - W * self.idle)

    def processes(self, W):
        """On an instance: readers share one."""
        return 1 if self.members == "readers" else W

    # ------------------------------------------------------------ shares
    def alive(self, n):
        return n - math.ceil(n / self.opt.zones) if self.opt.zone_loss else n

    def share_of(self, held):
        if self.P == 1:
            return 1.0
        return (self.k + (held - 1) * (self.P - self.k) / (self.P - 1)) / self.P

    def share(self, M):
        return self.h + (1 - self.h) / M if self.P is None else self.share_of(math.ceil(self.P / min(M, self.P)))

    def ishare(self, n):
        if self.P is None:
            return self.h + (1 - self.h) / n
        return self.share_of(min(self.P, math.ceil(self.P / n)))

    def holder(self, M):
        if self.conc == "consumer":
            return self.share(M)
        return self.h if self.P is None else self.k / self.P

    def reading(self, n, W):
        """Members that hold a partition."""
        return n * W if self.P is None else min(n * W, self.P)

    # ------------------------------------------------------------ constraints
    def carries_cpu(self, x, u, n, W):
        return (x * self.share(n * W) * self.s <= u * self.cores_of_member(W)
                and x * self.ishare(n) * self.s <= u * self.cores_of_instance(W))

    def carries_slots(self, x, u, n, W):
        """Whether the busiest holder's places suffice, its member's others and its instance's with theirs taken."""
        holder, share = self.holder(n * W), self.share(n * W)
        if holder == 0:
            return True
        each, y = self.circling(self.m * share / holder, W), x * share / u
        if x * holder * (each[2] + self.w) > u * self.m or y > closed.throughput(*each):
            return False
        if self.members == "binaries" or W <= self.V - self.kept:
            return True
        members = self.ishare(n) / share
        cores = (self.V - self.kept) * (1 - self.idle)          # those that wait for cores do not idle
        return members * y <= closed.shared(members, cores, *each)

    def circling(self, places, W):
        """What goes round in a member: places, cores, CPU and wait of a call."""
        e = self.worth(W)
        return places, self.cores_of_member(W) / e, self.on_core(W), self.w

    def carries(self, x, u, n, W):
        return n > 0 and self.carries_cpu(x, u, n, W) and self.carries_slots(x, u, n, W)

    def busiest_instance(self, n):
        """R, events/s of the busiest instance."""
        al = self.alive(n)
        return max(self.L * self.ishare(al) if al else 0.0, self.Ld * self.ishare(n))

    def in_flight(self, n, W):
        """A, events in flight on an instance."""
        A = self.busiest_instance(n) * self.q * (10 * self.on_core(W) + self.w)
        if self.P is not None:
            A = min(A, self.m * self.q * self.P)
        if self.conc == "consumer":
            A = min(A, self.m * self.q * W)
        return A

    def network_holds(self, n):
        bits = self.busiest_instance(n) * self.b * (1 + self.wl["produces"]) * 8
        return self.mach["net"] is None or bits <= (1 - self.opt.network_headroom) * self.mach["net"]

    def meets(self, name, n, W, B):
        o = self.opt
        return {"cpu": lambda: self.carries_cpu(self.L, o.rho, n, W),
                "in_flight": lambda: self.carries_slots(self.L, o.rho, n, W),
                "memory": lambda: self.memory.peak(n, W) <= self.memory.usable(),
                "network": lambda: self.network_holds(n),
                "latency": lambda: self.goal is None or self.p99(n, W, 0.0) <= self.goal,
                "zone": lambda: self.carries(self.L, o.rho_d, self.alive(n), W),
                "catch_up": lambda: self.carries(self.Ld, o.rho_d, n, W),
                "max_cpu": lambda: self.may_wait(n, W, B) and self.busy(self.L, n, W, B) <= o.max_cpu}[name]()

    def holds(self, n, W, B):
        return all(self.meets(name, n, W, B) for name in CONSTRAINTS)

    # ------------------------------------------------------------ fetches
    def waits(self):
        may = self.fetches and self.wl.get("may_wait", True)
        return [B for B in WAITS if B == 0 or may and (self.goal is None or B <= self.goal / 4)]

    def saves(self, rate, n, W, B):
        """Whether a wait of B makes fewer fetches at that rate."""
        x = rate / self.reading(n, W)
        return B == 0 or x * B > math.exp(-x * self.T)

    def may_wait(self, n, W, B):
        return B == 0 or (self.saves(self.L, n, W, B) and (self.goal is None or self.p99(n, W, B) <= self.goal))

    def fetch(self, x, cores, B):
        """An event's share of a fetch by a member of so many cores that reads x events/s."""
        left = min(1.0, max(0.0, cores - x * self.s))
        return min(self.F / demand.events_per_fetch(x, self.T, B), left / x)

    def mean_fetch(self, rate, n, W, B):
        reading = self.reading(n, W)
        cores = min(self.cores_of_member(W), self.cores_of_instance(W) * n / reading)
        return self.fetch(rate / reading, cores, B)

    def busy(self, rate, n, W, B, e=None, beyond=1.0):
        """The mean machine's share with all vCPUs busy, the system's part with it; e where fewer contend, with s so many times."""
        work = rate * (self.s * beyond + self.mean_fetch(rate, n, W, B)) / ((e or self.worth(W)) * n)
        return (work + W * self.idle + self.kept) / self.V

    def graph(self, rate, n, W, B):
        """What a CPU graph shows: the utilization that leaves as much work as there is."""
        low, high, N = 0.0, 10.0, self.threads(W)
        beyond = demand.worth_of_busy(self.p, N) / self.worth(W)
        for _ in range(80):
            u = (low + high) / 2
            e = demand.worth_of_busy(self.p, min(1.0, u) * N)
            work = self.busy(rate, n, W, B, e, beyond) * self.V - self.kept
            cores = max(u * self.V - self.kept, u * self.V / 2)
            low, high = (u, high) if cores * demand.faster(self.mach, u, 0.5) < work else (low, u)
        return low

    # ------------------------------------------------------------ latency
    def fetch_delay(self, n, W, B):
        """D, what the fetch adds to an event's time: a whole one, its trip and the gap until the next."""
        if not self.fetches:
            return 0.0
        x = self.L * self.share(n * W)
        left = min(1.0, self.cores_of_member(W) - x * self.s)
        cycle = max(self.T + B, self.F / left if left > 0 else INF)
        if B > 0:                   # batches: the rest of a cycle, then those before it in the batch
            places = x * (self.on_core(W) + self.w) / self.m if self.conc == "consumer" else 0.0
            rho = min(0.95, max(x * self.s / self.cores_of_member(W), places))
            held = 1e6 if self.P is None else math.ceil(self.P / (n * W))
            if self.p["discipline"] == "gated":
                taken = self.m * self.q * (1 if self.conc == "consumer" else held)
                cycle /= 1 - rho * max(0.0, 1 - taken / (x * cycle))
            return self.F + self.T + fetched(cycle, rho, held)
        return self.F + self.T + (cycle if x * cycle >= 1 else 0.0)

    def own_scv(self, s):
        """Of CPU and wait together; the wait's from its p99, exponential where that is not given."""
        p99, scv = self.wl["wait_p99"], self.p["scv"]
        if self.w <= 0:
            return scv
        of_wait = 1.0 if p99 is None else spread(p99 * self.wl["a"] / (self.q * self.w))
        return (scv * s * s + of_wait * self.w * self.w) / (s + self.w) ** 2

    def p99_cores(self, n, W):
        q, s, w = self.q, self.on_core(W), self.w
        rate, servers = self.L * self.share(n * W), 1
        if self.members == "binaries":
            servers = self.V // W
        elif W > self.V:
            rate, servers = self.L * self.ishare(n), self.V
        return p99_queue(rate / q, servers, q * s, q * (s + w), self.p["scv"], self.own_scv(s))

    def p99_slots(self, n, W, B):
        if self.conc == "partition" and self.P is None:
            P = self.partitions_required(n, W, B)
            return INF if P is None else self.slot_p99(demand.hot(self.wl, P) * self.L / P, W)
        return self.slot_p99(self.L * self.holder(n * W), W)

    def slot_p99(self, rate, W):
        s = self.on_core(W)
        call, scv = self.q * (s + self.w), self.own_scv(s)
        return p99_queue(rate / self.q, self.m, call, call, scv, scv)

    def p99(self, n, W, B):
        return self.fetch_delay(n, W, B) + max(self.p99_cores(n, W), self.p99_slots(n, W, B))

    def gathering(self, n, W, B):
        """How long a batch gathers at peak, at a slow holder."""
        if self.q == 1:
            return 0.0
        if self.conc == "consumer":
            slow = self.slow_open(n * W) if self.P is None else slow_share(n * W, self.P, self.k)
        else:
            P = self.P if self.P is not None else self.partitions_required(n, W, B)
            if P is None:
                return None
            slow = slow_share(P, P, min(P, demand.hot(self.wl, P)))
        return self.q / (self.L * slow)

    def slow_open(self, M):
        """slow(M) where P is open."""
        share = self.share(M)
        return (1 - share) / (M - 1) if 1 - share >= 0.01 else share

    # ------------------------------------------------------------ partitions
    def partitions_required(self, n, W, B):
        least = self.least_P(W, self.fetch_delay(n, W, B))
        return None if least is None else math.ceil(least / (n * W)) * n * W

    def least_P(self, W, delay):
        """Least P that the busiest partition allows; None when there is none."""
        L, Ld, o = self.L, self.Ld, self.opt
        most = closed.throughput(*self.circling(self.m, W))

        def ok(P):
            k = demand.hot(self.wl, P)
            y, yd = k * L / P, k * Ld / P
            return (y <= o.rho * most and yd <= o.rho_d * most
                    and (self.goal is None or self.slot_p99(y, W) + delay <= self.goal))
        hi = 1
        while hi < 2**60 and not ok(hi):
            hi *= 2
        if not ok(hi):
            return None
        lo = hi // 2                # ok fails at lo (or lo = 0); ok is monotone in P
        while hi - lo > 1:
            mid = (lo + hi) // 2
            if ok(mid):
                hi = mid
            else:
                lo = mid
        return hi
