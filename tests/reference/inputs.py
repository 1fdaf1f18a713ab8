"""Rows of workloads.csv, profiles, languages and machine types, read as docs/reference and docs/model say."""
import csv
import glob
import os
import tomllib

MIB = 2**20
COLUMNS = ("name events_per_day event_size io_ratio handler handler_ms observed_cores utilization io_wait_ms io_wait_p99_ms "
           "io_calls produces native_share attempts_per_event current_runtime current_machine current_node_type current_instances current_processes "
           "current_fetch_wait_ms peak_factor partitions concurrency in_flight skew hot_key_share batch_size commit p99_ms "
           "catch_up purchase spike_factor state_mib memory_mib prefetch_limit downstream_max_per_second").split()


class RowError(Exception):
    pass


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


def ms(t):
    return float(t) / 1e3


def dur(t):
    return float(t[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[t[-1]]


def whole(t):
    x = float(t)
    if x != int(x) or x < 1:
        raise RowError(f"not a whole number from 1: {t}")
    return int(x)


def spikes(t):
    return {k: float(v) for k, v in (one.split(":") for one in t.split())}


def load_workloads(path):
    out, seen = [], set()
    with open(path, newline="") as f:
        rd = csv.DictReader(f)
        for c in rd.fieldnames:
            if c not in COLUMNS:
                raise RowError(f"unknown column {c}")
        for row in rd:
            w = workload(lambda c: (row.get(c) or "").strip())
            if not w["name"] or w["name"] in seen:
                raise RowError("name missing or not unique")
            seen.add(w["name"])
            out.append(w)
    return out


def workload(g):
    """A row by its cells; None where a blank is not a number of its own."""
    opt = lambda c, conv, d=None: conv(g(c)) if g(c) != "" else d
    w = dict(
        name=g("name"), E=count_cell(g("events_per_day")), b=size_cell(g("event_size")), r=ratio_cell(g("io_ratio")),
        kind=g("handler") or "decode", handler=opt("handler_ms", ms), observed=opt("observed_cores", float),
        utilization=opt("utilization", ratio_cell), system=0.0, systems=None, io_wait=opt("io_wait_ms", ms), wait_p99=opt("io_wait_p99_ms", ms),
        io_calls=opt("io_calls", float),
        produces=opt("produces", float, 0.0), g=opt("native_share", ratio_cell, 0.0),
        a=opt("attempts_per_event", float, 1.0), cur=g("current_runtime") or "python-aiokafka",
        machine=g("current_machine") or g("current_node_type") or None, cur_inst=opt("current_instances", whole),
        own=None if g("current_node_type") else opt("current_instances", whole),        # machines, and not pods that share some
        cur_proc=opt("current_processes", whole), cur_fetch_wait=opt("current_fetch_wait_ms", ms),
        peak=opt("peak_factor", float, 3.0), P=opt("partitions", whole), conc=g("concurrency") or None,
        m=opt("in_flight", whole, 1), skew=opt("skew", float, 1.0), h=opt("hot_key_share", ratio_cell, 0.0),
        q=opt("batch_size", whole, 1), commit=g("commit") or "interval", p99=opt("p99_ms", ms),
        catch=opt("catch_up", lambda t: tuple(dur(x) for x in t.split("/"))),
        in_flight_given=g("in_flight") != "", purchase=g("purchase") or None,
        spike=opt("spike_factor", spikes, {}), state=opt("state_mib", float), memory=opt("memory_mib", float),
        prefetch_limit=opt("prefetch_limit", size_cell), calls_borne=opt("downstream_max_per_second", float))
    for ok, msg in (
            (1 <= w["E"] <= 1e15, "events_per_day"), (1 <= w["b"] <= 2**30, "event_size"), (0 <= w["r"] < 1, "io_ratio"),
            (0 <= w["g"] <= 1, "native_share"), (w["peak"] >= 1, "peak_factor"), (w["skew"] >= 1, "skew"),
            (0 <= w["h"] <= 1, "hot_key_share"), (w["P"] is None or w["skew"] <= w["P"], "skew above partitions"),
            (w["commit"] in ("interval", "batch", "event"), "commit"), (w["a"] >= 1, "attempts_per_event"),
            (w["conc"] in (None, "partition", "consumer"), "concurrency"),
            (w["catch"] is None or (w["catch"][0] >= 0 and w["catch"][1] > 0), "catch_up")):
        if not ok:
            raise RowError(f"{w['name']}: {msg}")
    return w


def value(x, end="value"):
    """A figure, or an end of its interval."""
    return float(x.get(end, x["value"])) if isinstance(x, dict) else float(x)


def load_languages(d):
    """own: CPU of own code over CPython's; over: the same over another language, which is a figure of its own."""
    out = {}
    for path in sorted(glob.glob(os.path.join(d, "languages", "*.toml"))):
        with open(path, "rb") as f:
            t = tomllib.load(f)
        out[t["name"]] = dict(own=value(t["own_code"]), over={k: value(x) for k, x in t.get("own_code_over", {}).items()})
    return out


def load_profiles(d):
    out = {}
    for path in sorted(glob.glob(os.path.join(d, "*.toml"))):
        with open(path, "rb") as f:
            t = tomllib.load(f)
        low = dict(cpu="low", idle="low", process="low", scaling="low")
        out[t["name"]] = dict(profile(t), low=profile(t, **low), high=profile(t, cpu="high"))
    return out


def profile(t, cpu="value", idle="value", process="value", scaling="value"):
    """A profile with its figures at their values or, by kind, at an end of their intervals."""
    pair = lambda x: (value(x.get("us_per_event", 0), cpu) * 1e-6, value(x.get("ns_per_byte", 0), cpu) * 1e-9)
    costs, sc, commit = t["cpu"], t.get("scaling", {}), t.get("commit", {})
    call, fetch = costs["io_call"], costs.get("fetch", {})
    assert t["deployment"] in ("processes", "threads") and t["concurrency"] in ("partition", "consumer")
    return dict(
        name=t["name"], language=t["language"], threads=t["deployment"] == "threads", conc=t["concurrency"],
        v=value(t["provenance"]["vcpu_speed"]), F=value(fetch.get("us", 0), cpu) * 1e-6,
        T=value(fetch.get("round_trip_ms", 0)) * 1e-3, idle=value(costs["idle_cores"], idle),
        consume=pair(costs["consume"]), produce=pair(costs["produce"]),
        cio=(value(call["us"], cpu) * 1e-6, value(call.get("ns_per_byte", 0), cpu) * 1e-9),
        commit=None if not commit else (value(commit.get("us", 0), cpu) * 1e-6, value(commit.get("ms", 0), cpu) * 1e-3),
        kinds={k: pair(x) for k, x in costs["handler"].items()}, memory=memory_parts(t["memory"], process),
        sigma=value(sc.get("sigma", 0), scaling), kappa=value(sc.get("kappa", 0), scaling),
        scv=value(t["latency"]["service_scv"]), discipline=t.get("fetching", {}).get("discipline", "gated"))


def memory_parts(mem, process):
    queue = mem.get("prefetch")
    mib = lambda t, c, d=None, end="value": value(t[c], end) * MIB if c in t else d
    plain = lambda t, c, d=None: value(t[c]) if c in t else d
    parts = dict(base=mib(mem, "base_mib", end=process), thread=mib(mem, "thread_mib", 0.0, process),
                 working=mib(mem, "working_mib", 0.0, process),
                 e0=plain(mem, "bytes_per_in_flight_event", 0.0), e1=plain(mem, "in_flight_expansion", 0.0),
                 gc=plain(mem, "gc_factor", 1.0), queue=None)
    if queue is not None:
        parts["queue"] = dict(
            client=mib(queue, "client_mib"), client_messages=plain(queue, "client_messages"), broker=mib(queue, "broker_mib"),
            partition=mib(queue, "partition_mib"), partition_messages=plain(queue, "partition_messages"),
            message=plain(queue, "bytes_per_message", 0.0), expansion=plain(queue, "expansion", 1.0))
    return parts


def load_machines(path):
    out = []
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            fl = lambda c: float(row[c]) if (row.get(c) or "").strip() else None
            out.append(dict(provider=row["provider"], region=row["region"], type=row["instance_type"], arch=row.get("arch"),
                            V=int(row["vcpus"]), cores=fl("physical_cores"), mem=float(row["memory_gib"]) * 2**30,
                            net=None if fl("network_gbps") is None else fl("network_gbps") * 1e9,
                            od=fl("on_demand_usd_per_hour"), r3=fl("reserved_3yr_usd_per_hour"),
                            speed=fl("vcpu_speed"), basis=row["speed_basis"].strip()))
    return out
