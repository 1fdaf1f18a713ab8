"""p99 of one queue: Erlang's C, the wait of those who wait, and the event's own time in two moments."""
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


def p99_queue(lam, c, service, own, scv, added=0.0, q=0.01):
    """added: a constant that every event sees."""
    key = (lam, c, service, own, scv, q)
    if key not in memo:
        memo[key] = _p99_queue(*key)
    return added + memo[key]


def _p99_queue(lam, c, service, own, scv, q):
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
