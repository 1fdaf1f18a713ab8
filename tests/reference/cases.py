#!/usr/bin/env python3
"""cases.py SEED COUNT OUTDIR: random workloads, profiles and machine types within the model's limits."""
import csv, math, os, random, sys
import model
from decimal import Decimal

KINDS = ["decode", "validate", "aggregate"]


def lu(R, lo, hi):
    return math.exp(R.uniform(math.log(lo), math.log(hi)))


def sig(x, d=4):
    return float(f"%.{d}g" % x)


def profiles(R, d):
    os.makedirs(d, exist_ok=True)
    for old in os.listdir(d):
        if old.endswith(".toml"):
            os.remove(os.path.join(d, old))
    names = ["python-aiokafka"] + R.sample(["python-confluent", "pypy-aio", "go-franz", "rust-rdkafka", "java-vt", "node-kafkajs"],
                                           R.randint(3, 5))
    lacks = R.choice(names)                     # this one lacks a kind
    for i, name in enumerate(names):
        threads = [False, True, R.random() < .5, R.random() < .6, True, False][i]
        conc = R.choice(["partition", "consumer"])
        if i == 1:
            conc = "partition"
        fast = lu(R, .08, 1) if threads else lu(R, .5, 2)
        usl = R.random() < .6
        sigma, kappa = (sig(R.uniform(.005, .06)), sig(R.uniform(1e-5, 1e-3))) if threads and usl else (0.0, 0.0)
        if threads and R.random() < .15:
            sigma = 0.0
        kinds = list(KINDS)
        extra = []
        if R.random() < .5:
            extra.append("enrich")
        if name == lacks:
            kinds.remove(R.choice(["validate", "aggregate"]))
        def fig(x, rng=R):
            x = sig(x)
            if rng.random() < .4:
                return "{ value = %r, low = %r, high = %r }" % (x, sig(x * .9), sig(x * 1.1))
            return repr(x)
        def pair(us, ns):
            return "{ us_per_event = %s, ns_per_byte = %s }" % (fig(us), fig(ns))
        t = [f'name = "{name}"', f'title = "{name}"', 'language = "x"', f'deployment = "{"threads" if threads else "processes"}"',
             f'concurrency = "{conc}"', 'capabilities = []', '', '[provenance]', 'kind = "assumed"', 'source = "random"',
             f'vcpu_speed = {R.choice([1.0, 1.0, sig(R.uniform(.4, 1.3))])!r}', 'date = "2026-11-23"', 'samples = 1', 'versions = {}', '',
             '[cpu]', f'idle_cores = {R.choice([0.0, sig(R.uniform(0, .01)), sig(R.uniform(0, .05)), 0.05])!r}',
             *([f'fetch = {{ us = {fig(lu(R, 10, 3000) * fast)}, round_trip_ms = {fig(R.choice([0.0, lu(R, .05, 50), lu(R, .5, 10)]))} }}']
               if R.random() < .5 else []),
             f'consume = {pair(10 * fast * R.uniform(.5, 2), .3 * fast * R.uniform(.3, 3))}',
             f'produce = {pair(14 * fast * R.uniform(.5, 2), .9 * fast * R.uniform(.3, 3))}',
             f'io_call = {{ us = {fig(lu(R, 5, 160) * fast)}{R.choice(["", f", ns_per_byte = {fig(lu(R, .1, 20) * fast)}"])} }}',
             f'compute_factor = {"1.0" if i == 0 else fig(lu(R, .02, 1.2))}', '', '[cpu.handler]']
        t += [f'{k} = {pair(R.uniform(2, 8) * fast, lu(R, .1, 7) * fast)}' for k in kinds + extra]
        t += ['', '[memory]', f'mib_per_process = {sig(R.uniform(30, 120) if not threads else lu(R, 5, 600))!r}']
        if threads or R.random() < .5:
            t.append(f'mib_per_thread = {sig(R.uniform(0, 9)) if threads else 0.0!r}')
        t += [f'bytes_per_in_flight_event = {sig(lu(R, 200, 20000))!r}', f'in_flight_expansion = {sig(R.uniform(1, 8))!r}', '']
        if threads or R.random() < .3:
            t += ['[scaling]', f'sigma = {sigma!r}', f'kappa = {kappa!r}', '']
        t += ['[latency]', f'service_scv = {R.choice([0, 0.0, .3, 1.0, 1, 2.5])!r}', '', '[startup]', 'seconds = 1.9', '',
              '[engineering]', 'days_per_feature = 1.0']
        with open(os.path.join(d, name + ".toml"), "w") as f:
            f.write("\n".join(t) + "\n")


def machines(R, path):
    cols = ("provider,region,instance_type,family,vcpus,physical_cores,memory_gib,network_gbps,arch,cpu,on_demand_usd_per_hour,"
            "reserved_3yr_usd_per_hour,vcpu_speed,speed_basis,price_date").split(",")
    n = R.randint(6, 10)
    rows = []
    mems = R.choice([[.5, 1, 2, 4, 8], [.25, .5, 1], [1, 2, 4]])
    nets = R.choice([.02, .08, .3])
    for i in range(n):
        fam = f"{R.choice('cmrt')}{i}x"
        V = R.choice([1, 2, 2, 4, 4, 8, 8, 16, 32]) if i else R.choice([1, 2, 4])
        mem = min(64, max(1, V * R.choice(mems)))
        mem = int(mem) if mem == int(mem) else mem
        speed = sig(R.uniform(.4, 1.3), 3)
        basis = R.choice(["netflix-shapes", "netflix-shapes", "same-cpu:c0x"])
        if i == 3:
            basis = "provisional"
        sp = "%g" % speed
        if i == 5:
            sp, basis = "", ""
        price = V * lu(R, .6, 1.6) * (.03 + .015 * speed) + mem * .003
        price = round(price, 6)
        rows.append([R.choice(["aws", "gcp", "azure"]), "r1", f"{fam}.{V}", fam, V, max(1, V // 2), mem,
                     "" if R.random() < .3 else "%g" % sig(lu(R, nets, 2) * (V ** .7), 3), "x86_64", "cpu", price,
                     "" if R.random() < .4 else round(price * .4, 6), sp, basis, "2026-07-20"])
    R.shuffle(rows)
    with open(path, "w", newline="") as f:
        wr = csv.writer(f)
        wr.writerow(cols)
        wr.writerows(rows)


def workload(R, i, profs, machs):
    W = dict.fromkeys(model.COLUMNS, "")
    W["name"] = f"w{i}"
    maybe = lambda p: R.random() < p
    b = R.choice([lu(R, 50, 5000), lu(R, 50, 5000), lu(R, 50, 5000), lu(R, 1e3, 2e5), lu(R, 1e5, 4e6)])
    form = R.choice(["%d", "%.3gKB", "%.3gKiB", "%.3gMB"])
    if b > 9e5 and form != "%d" or (form == "%.3gMB" and b > 2e4):
        size = "%.3gMB" % (b / 1e6)
    elif form == "%d" or form == "%.3gMB":
        size = "%d" % max(1, b)
    else:
        size = form % (b / (1024 if "i" in form else 1000))
    W["event_size"] = size
    b = model.size_cell(size)
    peak = 3.0
    if maybe(.5):
        peak = sig(R.choice([1, R.uniform(1, 2), R.uniform(1, 8)]), 3)
        W["peak_factor"] = "%g" % peak
    r = R.choice([0, 0, R.uniform(0, .6), R.uniform(.3, .99)])
    r = round(r, 3)
    W["io_ratio"] = "%g%%" % round(r * 100, 3) if maybe(.3) else "%g" % r
    r = model.ratio_cell(W["io_ratio"])
    # what runs today
    cur = profs["python-aiokafka"]
    if maybe(.35):
        cur = R.choice(list(profs.values()))
        W["current_runtime"] = cur["name"]
    mode = R.choice(["none", "handler", "handler", "observed"])
    every = sorted({k for p in profs.values() for k in p["kinds"]})
    io_wait = None
    if maybe(.35):
        io_wait = R.choice([0.0, sig(lu(R, .01, 5), 3), sig(lu(R, .5, 300), 3)])
    if mode == "handler":
        h = R.choice([0.0] + [sig(lu(R, .005, 5), 3)] * 5 + [sig(lu(R, 1, 300), 3)] * 3)
        if io_wait is not None:
            io_wait = min(io_wait, h)
        W["handler_ms"] = "%g" % h
    if mode != "handler" and b > 5e3 and maybe(.6):
        io_wait = sig(lu(R, 100, 8000), 3)      # many large events in flight: memory
    if io_wait is not None:
        W["io_wait_ms"] = "%g" % io_wait
    need = mode == "observed" or (r > 0 and io_wait is None and mode != "handler")
    kinds = sorted(cur["kinds"]) if need else every
    kind = R.choice(kinds)
    if maybe(.6):
        kind = "decode"
    if kind != "decode" or maybe(.5):
        W["handler"] = kind
    if maybe(.3):
        W["io_calls"] = R.choice(["0", "1", "2", "0.5", "%g" % sig(R.uniform(0, 6), 2)])
    if maybe(.35):
        W["produces"] = R.choice(["0", "1", "2", "%g" % sig(R.uniform(0, 3), 2)])
    if maybe(.4):
        W["native_share"] = R.choice(["0", "1", "%g" % round(R.random(), 2), "%g%%" % round(100 * R.random(), 1)])
    vnow = cur["v"]
    if maybe(.35):
        mm = R.choice([m for m in machs if m["speed"] is not None])
        W["current_machine"] = mm["type"]
        vnow = mm["speed"]
    if maybe(.3):
        W["current_instances"] = str(R.randint(1, 60))
    procs = 1
    if maybe(.4):
        procs = R.randint(1, 64)
        W["current_processes"] = str(procs)
    # the rate: by the cores it would take in a typical runtime, 5e10 a day at most
    cores = R.choice([lu(R, 1e-4, 1), lu(R, .5, 20), lu(R, 1, 50), lu(R, 5, 150), lu(R, 5, 150)])
    o = sig(lu(R, 2e-5, 2e-3))
    wl = dict(E=1e6, b=b, r=r, kind=kind, handler=None, observed=None, io_wait=None if io_wait is None else io_wait / 1e3,
              io_calls=model.num(W["io_calls"]) if W["io_calls"] else None, produces=float(W["produces"] or 0), g=0.0, machine=None,
              cur=cur["name"], cur_proc=1, name="x")
    if mode == "handler":
        wl["handler"] = float(W["handler_ms"]) / 1e3
    if mode == "observed":
        wl["observed"] = o * 1e6 / 86400 + cur["idle"]
    w, H, calls, _ = model.today(wl, profs, machs)
    if W["native_share"]:
        wl["g"] = model.ratio_cell(W["native_share"])
    # with a fetch for each event, the most that it can take: counts stay within what the other model scans
    dems = sorted(model.demand(wl, p, cur, H, calls) + p["v"] * p["F"] for p in profs.values() if kind in p["kinds"])
    typ = R.choice(dems)
    if maybe(.35):
        W["concurrency"] = R.choice(["partition", "consumer"])
    m = 1
    if maybe(.55 if w < 2 * typ else .8):
        m = R.choice([1, 2, 4, 8, 16, 32, 64, R.randint(1, 64)]) if w < .1 else R.choice([16, 64, R.randint(1, 64)])
        W["in_flight"] = str(m)
    E = cores / (dems[-1] * .5 + typ * .5) / peak * 86400
    if W["concurrency"] != "partition" or maybe(.7):    # else thousands of consumers, one wait at a time
        E = min(E, lu(R, 1, 500) * m / (w + typ) / peak * 86400)
    E = min(5e10, max(1, E))
    form = R.choice(["k", "M", "B", "e", "d"])
    if form in "kMB":
        cell = "%.4g%s" % (E / {"k": 1e3, "M": 1e6, "B": 1e9}[form], form)
        if "e" in cell:
            form = "e"
    if form == "e":
        cell = "%.3e" % E
    elif form == "d":
        cell = "%d" % E
    if model.count_cell(cell) < 1:
        cell = "1"
    W["events_per_day"] = cell
    E = model.count_cell(cell)
    if mode == "observed":
        obs = o * E / 86400 + procs * cur["idle"] * cur["v"] / vnow
        if maybe(.15):
            obs *= R.uniform(.1, .9)            # below the profile's floor, or idle alone
        W["observed_cores"] = "%.5g" % obs
    L = E / 86400 * peak
    k = 1.0
    if maybe(.4):
        k = R.choice([1.0, sig(R.uniform(1, 2), 3), sig(R.uniform(1, 6), 3)])
    if maybe(.55):
        need = max(k * L * (typ + w) / .7 / m, k * L * typ / .7, 1)
        P = int(max(1, need * lu(R, .7, 20)))
        if maybe(.1):
            P = R.randint(1, 12)
        k = min(k, P)
        W["partitions"] = str(P)
    if k != 1 or maybe(.1):
        W["skew"] = "%g" % k
    if maybe(.35):
        W["p99_ms"] = "%g" % sig((w + typ) * 1e3 * R.choice([lu(R, 4, 12), lu(R, 5, 60), lu(R, 2, 1000)]), 3)
        if float(W["p99_ms"]) == 0:
            W["p99_ms"] = "0.01"
    if maybe(.3):
        W["catch_up"] = R.choice(["30m/2h", "10m/1h", "1h/1h", "15m/3h", "2h/1h", "45m/6h", "30m/30m"])
    for c, x in W.items():                      # exponents only where the model shows one
        if c not in ("name", "events_per_day", "handler", "current_runtime", "current_machine", "concurrency", "catch_up") and "e" in x:
            suf = x.lstrip("0123456789.e+-")
            W[c] = format(Decimal(x[:len(x) - len(suf)]), "f") + suf
    return W


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    R = random.Random(seed)
    os.makedirs(out, exist_ok=True)
    profiles(R, os.path.join(out, "profiles"))
    machines(R, os.path.join(out, "machines.csv"))
    profs, machs = model.load_profiles(os.path.join(out, "profiles")), model.load_machines(os.path.join(out, "machines.csv"))
    path = os.path.join(out, "workloads.csv")
    with open(path, "w", newline="") as f:
        wr = csv.DictWriter(f, model.COLUMNS)
        wr.writeheader()
        for i in range(count):
            wr.writerow(workload(R, i, profs, machs))
    for wl in model.load_workloads(path):         # every row must be valid
        model.today(wl, profs, machs)


if __name__ == "__main__":
    main()
