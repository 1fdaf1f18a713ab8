"""The least n and W, the wait of a fetch with them, and the cheapest machine type.

Plain on purpose: counts are scanned one by one. The skips leave out only what certainly fails; --brute does without them.
"""
import argparse
import math

from capacity import CONSTRAINTS, Case


def choices_of_W(case):
    """Members of an instance, in the groups that one search tries: of binaries, each number is a plan of its own."""
    V = case.V
    if case.members == "binaries":
        return [[W] for W in range(1, V + 1) if V % W == 0]
    today = int(case.wl["processes_a_vcpu"] * V) if case.members == "processes" else 0
    a_vcpu = 64 if case.members == "readers" else 4
    return [range(1, max(a_vcpu * V, today) + 1)]


def policy_for(wl, opt):
    """A row's own purchase; and who runs one instance today need not have two."""
    opt = argparse.Namespace(**{**vars(opt), "purchase": wl["purchase"] or opt.purchase})
    if wl["cur_inst"] == 1 and opt.min_instances <= 2:
        return argparse.Namespace(**{**vars(opt), "min_instances": 1, "zone_loss": False})
    return opt


def fitting(case, Ws):
    """The numbers of members that an instance has memory for before any event comes."""
    return [W for W in Ws if case.memory.idle(W) <= case.memory.usable()]


def least(case, Ws, opt):
    """(n, W) or a reason. Every count above one that works does too, which --brute does not rely on."""
    Ws = fitting(case, Ws)
    if not Ws:
        return "process larger than the machine"
    if all(case.cores_of_member(W) <= 0 for W in Ws):
        return "idle >= 1"
    works = lambda n: least_W(case, n, Ws, opt)
    if opt.brute:
        return next(((n, works(n)) for n in range(opt.min_instances, opt.max_n + 1) if works(n)), "no count")
    if any_hopeless(case, Ws):
        return "no number of instances"
    low = max(opt.min_instances, int(0.99 * case.L * case.s / (opt.rho * case.V))) - 1     # fails, or is not allowed
    high, step = low + 1, 1
    while not works(high):
        low, high, step = high, high + step, step * 2
        if high > 2 * opt.max_n:
            return f"no count up to {opt.max_n}"
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high, works(high)


def any_hopeless(case, Ws):
    """Whether the busiest partition alone, or one event, breaks a constraint whatever n is."""
    if case.goal is not None and min(case.slot_p99(0.0, W) for W in Ws) > case.goal * (1 + 1e-9):
        return True
    if case.P is None and case.h == 0:
        return False
    share, cores = case.k / case.P if case.P else case.h, max(case.cores_of_member(W) for W in Ws)
    y, m = case.L * share * (1 - 1e-9), case.opt.rho * case.m
    return y * case.s > case.opt.rho * cores or y * (case.s + case.w) > m


def least_W(case, n, Ws, opt):
    """The least W that meets every constraint with some wait of a fetch; 0 if none does."""
    if not opt.brute and (case.alive(n) == 0 or not case.network_holds(n)):
        return 0
    without = [name for name in CONSTRAINTS if name != "max_cpu"]
    for W in Ws:
        if all(case.meets(name, n, W, 0.0) for name in without) and any(case.meets("max_cpu", n, W, B) for B in case.waits()):
            return W
        if not opt.brute and not case.meets("memory", n, W, 0.0):
            return 0                    # memory does not fall with W, but for binaries, which are tried one W at a time
    return 0


def fetch_wait(case, n, W):
    """B: the least that may be used with which the machines are not too busy."""
    return next(B for B in case.waits() if case.meets("max_cpu", n, W, B))


def first_unmet(case, n, Ws):
    left = [(W, B) for W in fitting(case, Ws) for B in case.waits()]
    for name in CONSTRAINTS:
        left = [(W, B) for W, B in left if case.meets(name, n, W, B)]
        if not left:
            return name
    raise AssertionError("everything is met")


def price(mach, purchase):
    return mach["r3"] if purchase == "reserved-3yr" else mach["od"]


def usable(machines, today, opt):
    family = lambda name: name.split(".")[0]
    is_todays = lambda m: bool(today) and family(m["type"]) == family(today)
    allowed = lambda m: m["basis"] != "provisional" or opt.include_provisional or is_todays(m)
    return [m for m in machines if m["speed"] is not None and allowed(m)
            and price(m, opt.purchase) is not None and m["V"] >= opt.min_vcpus]


def sized(wl, p, machines, dem, w, opt):
    """(case, Ws): each machine type with the numbers of members that one search tries."""
    opt = policy_for(wl, opt)
    for mach in usable(machines, wl["machine"], opt):
        case = Case(wl, p, mach, dem, w, opt)
        for Ws in choices_of_W(case):
            yield case, Ws


def plans(wl, p, machines, dem, w, opt):
    """([plan], {reason: machine types})"""
    found, why = [], {}
    for case, Ws in sized(wl, p, machines, dem, w, opt):
        hit = least(case, Ws, case.opt)
        if isinstance(hit, str):
            why.setdefault(hit, []).append(case.mach["type"])
        else:
            usd = hit[0] * price(case.mach, case.opt.purchase) * 730
            found.append(dict(usd=usd, n=hit[0], mem=case.mach["mem"], case=case, W=hit[1], Ws=Ws))
    return found, why


def choose(found, opt):
    """The plan of fewest instances within the tolerance of the cheapest, of machines that are not too large where there is one,
    and the bill by which it is compared."""
    factor = 1 + opt.cost_tolerance
    cheapest = lambda plans: min((it["usd"] for it in plans), default=math.inf)
    several = lambda it: it["case"].members == "binaries" and it["W"] > 1
    split, whole = [it for it in found if several(it)], [it for it in found if not several(it)]
    is_split = cheapest(split) * factor < cheapest(whole)       # a binary is one process unless more are worth it
    plans = split if is_split else whole
    near = [it for it in plans if it["usd"] < cheapest(plans) * factor + 1e-6]
    mach = lambda it: it["case"].mach
    order = lambda it: (mach(it)["V"] > opt.max_vcpus, it["n"], it["usd"], it["mem"], -mach(it)["speed"], mach(it)["type"], mach(it)["provider"], mach(it)["region"])
    shown = min(near, key=order)
    if not is_split:        # several on fewer machines for less, or on smaller ones where these are too large
        better = [it for it in split if it["usd"] < shown["usd"] - 1e-6 and order(it) < order(shown)]
        shown = min(better, key=order, default=shown)
    return shown, cheapest(plans) * (factor if is_split else 1)
