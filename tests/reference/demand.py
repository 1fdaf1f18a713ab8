"""What one event takes: today, in another runtime, on a machine type; and what fetches add to it."""
import math

from inputs import RowError


def hot_key(wl):
    """h, the largest key's share of all events: given, or what a skew of half of the partitions or more is taken for."""
    P, skew = wl["P"], wl["skew"]
    if P is not None and P > 1 and skew >= max(P / 2, 1.5):
        return max(wl["h"], (skew - 1) / (P - 1))
    return wl["h"]


def hot(wl, P):
    """k(P), the busiest partition's rate over the mean one's."""
    h = hot_key(wl)
    return max(wl["skew"], h * P + 1 - h)


def call_cost(p, wl):
    """CPU of one downstream call, on the profile's machine."""
    return p["cio"][0] + p["cio"][1] * wl["b"]


def commits(wl):
    """Commits an event."""
    return {"interval": 0.0, "batch": 1 / wl["q"], "event": 1.0}[wl["commit"]]


def commit_wait(p, wl):
    """What an event waits for its commits."""
    return commits(wl) * p["commit"][1] if p["commit"] else 0.0


def base(p, wl, calls):
    """Core-seconds of an event at speed 1, without own code and the fetch."""
    b, a = wl["b"], wl["a"]
    k0, k1 = p["kinds"][wl["kind"]]
    c0, c1 = p["consume"]
    p0, p1 = p["produce"]
    committed = commits(wl) * p["commit"][0] if p["commit"] else 0.0
    return p["v"] * (c0 + c1 * b + a * (k0 + k1 * b) + a * calls * call_cost(p, wl) + wl["produces"] * (p0 + p1 * b)
                     + committed)


def events_per_fetch(x, T, B):
    """Of a member that reads x events/s: the broker answers as soon as it has one, or after B."""
    return x * (T + B) if B else x * T + math.exp(-x * T)


def processes_today(wl, cur):
    """Members of today's group, for what they cost."""
    instances = wl["cur_inst"] or 1
    if wl["cur_proc"] is not None:
        return wl["cur_proc"]
    if cur["threads"]:
        return instances
    return max(instances, math.ceil(wl["observed"] or 0))


def rate_of_member_today(wl, cur):
    """Events/s of an average member that holds a partition."""
    members = wl.get("members") or processes_today(wl, cur)
    return wl["E"] / 86400 / (members if wl["P"] is None else min(members, wl["P"]))


def share_in_use(wl, machine, times=1.0):
    """u, the share of today's vCPUs that is busy, at so many times the load; None where it is not known."""
    if wl["observed"] is None or wl["own"] is None:
        return None
    systems = wl["own"] * wl["system"] if wl["systems"] is None else wl["systems"]
    return (wl["observed"] * times + systems) / (wl["own"] * machine["V"])


def faster(machine, busy, g):
    """How many times v a vCPU does while such a share of them is busy."""
    shares_cores = machine["cores"] is not None and machine["cores"] < machine["V"]
    return 1 + g * (1 - min(1.0, busy)) if shares_cores else 1.0


def speed_today(wl, cur, machines, g=0.5):
    """v_now, where an idle sibling gives g."""
    if not wl["machine"]:
        return cur["v"]
    found = [m for m in machines if m["type"] == wl["machine"]]
    if not found or found[0]["speed"] is None:
        raise RowError(f"{wl['name']}: current_machine unknown or of unknown speed")
    return found[0]["speed"] * faster(found[0], share_in_use(wl, found[0]) or 0.0, g)


def worth_of_busy(p, busy):
    """How much of so many busy vCPUs of a process is work."""
    N = max(1.0, busy)
    return 1 / (1 + p["sigma"] * (N - 1) + p["kappa"] * N * (N - 1)) if p["threads"] else 1.0


def worth_today(wl, cur, machines):
    """e_now; threads contend within each process."""
    found = [m for m in machines if m["type"] == wl["machine"]]
    u = share_in_use(wl, found[0]) if found else None
    several = (wl["conc"] or cur["conc"]) == "partition" and wl["cur_proc"] and wl["cur_inst"]
    W = max(1.0, wl["cur_proc"] / wl["cur_inst"]) if several else 1.0
    return 1.0 if u is None else worth_of_busy(cur, min(1.0, u) * found[0]["V"] / W)


def observe(wl, machines):
    """The workload with the cores that a utilization stands for, and those of the machines' systems."""
    if wl["utilization"] is None:
        return wl
    found = [m for m in machines if m["type"] == wl["machine"]]
    if wl["observed"] is not None or wl["cur_inst"] is None or not found:
        raise RowError(f"{wl['name']}: utilization")
    busy = wl["utilization"] * wl["cur_inst"] * found[0]["V"]
    systems = wl["cur_inst"] * wl["system"]
    is_set = type(wl["system"]) is not float            # by somebody, and no default
    observed = max(busy - systems, 0.0 if is_set else busy / 2)
    may_be = (observed, observed) if is_set else (max(0.0, busy - 2.5 * systems), busy)
    return dict(wl, utilization=None, observed=observed, systems=busy - observed, may_be=may_be, systems_alone=observed <= 0)


def with_fetch(wl, cur, vnow, calls, B):
    """Today's profile's whole cost of an event, at speed 1, with its share of the fetch."""
    x, cost = rate_of_member_today(wl, cur), base(cur, wl, calls)
    left = 1.0                          # of a core of today's machine, for the fetches of a member
    if not cur["threads"]:
        left = min(1.0, max(0.0, 1 - cur["idle"] * cur["v"] / vnow - x * cost / vnow))
    return cost + min(cur["v"] * cur["F"] / events_per_fetch(x, cur["T"], B), left * vnow / x)


def carried(wl, cur, vnow, e, calls):
    """The most that cores in use leave to own code, whatever blank cells of today's fetches and processes stand for."""
    wl = dict(wl)
    members = processes_today(wl, cur)
    if wl["cur_proc"] is None:
        members = min(members, max(wl["cur_inst"] or 1, wl["observed"]))
        wl["members"] = members
    o = e * max(0.0, wl["observed"] - members * cur["idle"] * cur["v"] / vnow) / (wl["E"] / 86400)
    waits = [0.0, 0.1] if wl["cur_fetch_wait"] is None else [wl["cur_fetch_wait"]]
    return max(0.0, o * vnow - min(with_fetch(wl, cur, vnow, calls, B) for B in waits))


def today(wl, profiles, machines, g=0.5, timed=False, plans=False):
    """(w, H, calls) of an event: its wait and the handler's own CPU, all attempts, and the calls of one attempt.

    Where the handler is timed and cores are measured, the larger of both makes H; with timed, the time alone. With plans, H as
    plans carry it."""
    wl = observe(wl, machines)
    if wl["cur"] not in profiles:
        raise RowError(f"{wl['name']}: unknown current_runtime {wl['cur']}")
    cur, q, a, r = profiles[wl["cur"]], wl["q"], wl["a"], wl["r"]
    vnow = speed_today(wl, cur, machines, g)
    e, L0 = worth_today(wl, cur, machines), wl["E"] / 86400
    members = processes_today(wl, cur)

    base_at = lambda calls, B: with_fetch(wl, cur, vnow, calls, B)

    def base_now(calls):
        if wl["cur_fetch_wait"] is not None:
            return base_at(calls, wl["cur_fetch_wait"])
        short, long = base_at(calls, 0.0), base_at(calls, 0.1)
        return long if wl["observed"] is not None and o * vnow < short and long < short else short

    inferred = wl["io_wait"] is None and wl["handler"] is None
    if ((r > 0 and inferred) or wl["observed"] is not None) and wl["kind"] not in cur["kinds"]:
        raise RowError(f"{wl['name']}: {wl['cur']} has not measured {wl['kind']}")
    o = 0.0
    if wl["observed"] is not None:
        o = e * max(0.0, wl["observed"] - members * cur["idle"] * cur["v"] / vnow) / L0
    if wl["io_wait"] is not None:
        w = a * wl["io_wait"] / q
    elif wl["handler"] is not None:
        w = a * r * wl["handler"] / q
    elif r > 0:
        w = r / (1 - r) * max(base_now(0) / vnow, o) / e
    else:
        w = 0.0
    if wl["handler"] is not None and w > a * wl["handler"] / q * (1 + 1e-12):
        raise RowError(f"{wl['name']}: wait above handler_ms")
    calls = wl["io_calls"]
    if calls is None:
        known = wl["io_wait"] if wl["io_wait"] is not None else r * (wl["handler"] or 0.0)
        calls = 1.0 if known >= 1e-4 else 0.0
    calls /= q
    if wl["handler"] is not None:
        busy = max(0.0, a * wl["handler"] / q - w) * vnow * e
        taken = a * calls * call_cost(cur, wl) * cur["v"]
        waits = wl["cur_fetch_wait"] or 0.0
        if taken > busy:
            calls *= busy / taken       # calls take at most what the handler does beside waiting
        H = max(0.0, busy - taken)
        if wl["observed"] is not None and not timed and not ("may_be" in wl and wl["may_be"][0] == 0 < wl["observed"]):
            H = max(H, o * vnow - base_at(calls, waits))
    elif wl["observed"] is not None:
        H = carried(wl, cur, vnow, e, calls) if plans else max(0.0, o * vnow - base_now(calls))
    else:
        H = 0.0
    return w, H, calls


def own_code(wl, p, cur, languages):
    """CPU of own code over that in today's runtime: a property of the two languages."""
    if p["language"] == cur["language"]:
        return 1.0
    if p["language"] in wl["spike"]:
        return 1 / wl["spike"][p["language"]]
    to, of = languages[p["language"]], languages[cur["language"]]
    if cur["language"] in to["over"]:
        return to["over"][cur["language"]]
    if p["language"] in of["over"]:
        return 1 / of["over"][p["language"]]
    return to["own"] / of["own"]


def demand(wl, p, cur, H, calls, languages):
    return base(p, wl, calls) + H * (wl["g"] + (1 - wl["g"]) * own_code(wl, p, cur, languages))
