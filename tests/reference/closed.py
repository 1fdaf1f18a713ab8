"""What calls carry that go round between cores and a wait, from the probabilities of how many are at work."""
import functools
import math


def mean(weights, value):
    """The mean of value(j), where j has that logarithm of a weight."""
    top = max(weights)
    shares = [math.exp(it - top) for it in weights]
    return sum(share * value(j) for j, share in enumerate(shares)) / sum(shares)


@functools.lru_cache(maxsize=None)
def busy_cores(places, cores, s, w):
    """Cores at work, on average."""
    if w == 0:
        return min(places, cores)
    if s == 0 or cores <= 0:
        return 0.0
    weights, j, top = [0.0], 0, 0.0
    while j < places and weights[-1] > top - 60:           # logarithms rise, then fall
        j += 1
        weights.append(weights[-1] + math.log((places - j + 1) * s / (w * min(j, cores))))
        top = max(top, weights[-1])
    return min(mean(weights, lambda j: min(j, cores)), places * s / (s + w))


def throughput(places, cores, s, w):
    return min(busy_cores(places, cores, s, w) / s if s else math.inf, places / (s + w)) if s + w else math.inf


@functools.lru_cache(maxsize=None)
def shared(members, cores, places, own, s, w):
    """Calls/s of members with `own` cores each, where all together have `cores`."""
    alone = members * throughput(places, own, s, w)
    if s == 0 or cores <= 0:
        return alone if s == 0 else 0.0
    weights = [0.0]
    for d in range(1, math.ceil(members) + 1):
        speed = min(own, cores / d)
        idle = max(1 - busy_cores(places, speed, s, w) / speed, 1e-300)
        if idle >= 1:
            return alone
        weights.append(weights[-1] + math.log((members - d + 1) / d * (1 - idle) / idle))
    return min(mean(weights, lambda d: min(d * own, cores)) / s, alone)
