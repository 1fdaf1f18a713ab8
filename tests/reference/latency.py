"""p99 of one queue: Erlang's C, the wait of those who wait, and the event's own time in two moments."""
import functools
import math

INF = float("inf")


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


memo = {}


def fetched(cycle, rho, held):
    """p99 of the rest of a cycle and of the batch before an event, whose partitions are handled one after the other."""
    if cycle == INF:
        return INF
    step, beyond = rho * cycle / held, .01 * cycle * (held - rho)
    k = held
    if step > 0:
        k = min(held, max(1, math.ceil((math.sqrt(1 + 8 * beyond / step) - 1) / 2)))
    return cycle * (1 + rho) - step - beyond / k - step * (k - 1) / 2


@functools.cache
def spread(times_mean):
    """scv of own_parts whose p99 is so many times its mean."""
    def p99(scv):
        parts, lo, hi = own_parts(1.0, scv), 0.0, 100.0
        for _ in range(60):
            mid = (lo + hi) / 2
            tail = sum(pr * (1.0 if mid < shift else math.exp((shift - mid) / x) if x else 0.0) for pr, shift, x in parts)
            lo, hi = (mid, hi) if tail > 0.01 else (lo, mid)
        return hi
    lo, hi = 0.0, (1 + (1 - math.e / 50) ** 2) / (1 - (1 - math.e / 50) ** 2)
    for _ in range(55):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if p99(mid) < times_mean else (lo, mid)
    return hi if times_mean > 1 else 0.0


def p99_queue(lam, c, service, own, scv, own_scv, q=0.01):
    key = (lam, c, service, own, scv, own_scv, q)
    if key not in memo:
        memo[key] = _p99_queue(*key)
    return memo[key]


def _p99_queue(lam, c, service, own, scv, own_scv, q):
    load = lam * service
    if load >= c:
        return INF
    C = erlang_c(c, load)
    tau = (1 + scv) / 2 * service / (c - load)      # mean of the wait of those who wait
    parts = own_parts(own, own_scv)

    def tail(t):
        s = 0.0
        for pr, shift, x in parts:
            u = t - shift
            t0 = 1.0 if u < 0 else (math.exp(-u / x) if x > 0 else 0.0)
            t1 = 1.0 if u < 0 else exp_sum_tail(u, tau, x)
            s += pr * ((1 - C) * t0 + C * t1)
        return s
    lo, hi = 0.0, own + tau
    while tail(hi) > q:
        hi *= 2
    while True:
        mid = (lo + hi) / 2
        if mid <= lo or mid >= hi:
            return hi
        if tail(mid) > q:
            lo = mid
        else:
            hi = mid
