"""Random profiles, languages and machine types within the model's limits."""
import csv
import math
import os

KINDS = ["decode", "validate", "aggregate"]
RUNTIMES = {"python-confluent": "python", "pypy-aio": "python", "go-franz": "go", "go-kafka-go": "go", "rust-rdkafka": "rust",
            "java-vt": "java", "node-kafkajs": "node"}


def lu(R, lo, hi):
    return math.exp(R.uniform(math.log(lo), math.log(hi)))


def sig(x, d=4):
    return float(f"%.{d}g" % x)


def figure(R, x, kind=""):
    x = sig(x)
    if R.random() < .4:
        return "{ value = %r, low = %r, high = %r%s }" % (x, sig(x * .9), sig(x * 1.1), kind)
    return repr(x)


def empty(d):
    os.makedirs(d, exist_ok=True)
    for old in os.listdir(d):
        if old.endswith(".toml"):
            os.remove(os.path.join(d, old))


def languages(R, d):
    d = os.path.join(d, "languages")
    empty(d)
    ranged = lambda x: "\n".join([f"value = {sig(x)!r}", f"low = {sig(x * .5)!r}", f"high = {sig(x * 2)!r}", 'kind = "assumed"',
                                  'source = "random"'])
    for name in ["python", *sorted(set(RUNTIMES.values()) - {"python"})]:
        own = 1.0 if name == "python" else lu(R, .02, 1.2)
        t = [f'name = "{name}"', f'title = "{name.title()}"', "", "[own_code]", ranged(own)]
        if name == "rust" and R.random() < .7:
            t += ["", "[own_code_over.go]", ranged(lu(R, .25, 1.2))]
        t += ["", "[days_per_feature]", ranged(R.uniform(.5, 3))]
        with open(os.path.join(d, name + ".toml"), "w") as f:
            f.write("\n".join(t) + "\n")


def profiles(R, d, columns):
    empty(d)
    names = ["python-aiokafka"] + R.sample(sorted(RUNTIMES), R.randint(3, 5))
    lacks = R.choice(names)                     # this one lacks a kind
    for i, name in enumerate(names):
        threads = [False, True, R.random() < .5, R.random() < .6, True, False][i]
        with open(os.path.join(d, name + ".toml"), "w") as f:
            f.write("\n".join(profile(R, i, name, threads, name == lacks, columns)) + "\n")


def profile(R, i, name, threads, lacks, columns):
    conc = "partition" if i == 1 else R.choice(["partition", "consumer"])
    fast = lu(R, .08, 1) if threads else lu(R, .5, 2)
    kinds = [*KINDS, *(["enrich"] if R.random() < .5 else [])]
    if lacks:
        kinds.remove(R.choice(["validate", "aggregate"]))
    fig = lambda x: figure(R, x)
    pair = lambda us, ns: "{ us_per_event = %s, ns_per_byte = %s }" % (fig(us), fig(ns))
    t = [f'name = "{name}"', f'title = "{name}"', f'language = "{RUNTIMES.get(name, "python")}"',
         f'deployment = "{"threads" if threads else "processes"}"', f'concurrency = "{conc}"', 'capabilities = []', '',
         '[provenance]', 'kind = "assumed"', 'source = "random"', f'vcpu_speed = {R.choice([1.0, 1.0, sig(R.uniform(.4, 1.3))])!r}',
         'date = "2026-11-23"', 'samples = 1', 'versions = {}', '', '[cpu]',
         f'idle_cores = {R.choice([0.0, sig(R.uniform(0, .01)), sig(R.uniform(0, .05)), 0.05])!r}']
    if R.random() < .6:
        trip = R.choice([0.0, lu(R, .05, 50), lu(R, .5, 10)])
        t.append(f'fetch = {{ us = {fig(lu(R, 20, 5000) * fast)}, round_trip_ms = {fig(trip)} }}')
    t += [f'consume = {pair(10 * fast * R.uniform(.5, 2), .3 * fast * R.uniform(.3, 3))}',
          f'produce = {pair(14 * fast * R.uniform(.5, 2), .9 * fast * R.uniform(.3, 3))}',
          f'io_call = {{ us = {fig(lu(R, 5, 160) * fast)}{R.choice(["", f", ns_per_byte = {fig(lu(R, .1, 20) * fast)}"])} }}',
          '', '[cpu.handler]']
    t += [f'{k} = {pair(R.uniform(2, 8) * fast, lu(R, .1, 7) * fast)}' for k in kinds]
    t += memory(R, threads, fig)
    if R.random() < .7:
        t += ['', '[fetching]', f'discipline = "{R.choice(["fair", "gated", "yielding"])}"', 'kind = "measured"']
    if "commit" in columns:
        t += ['', '[commit]', f'us = {fig(lu(R, 5, 500) * fast)}', f'ms = {fig(lu(R, .3, 5))}']
    if threads or R.random() < .3:
        usl = threads and R.random() < .7
        sigma = R.choice([0.0, sig(R.uniform(.005, .06)), sig(R.uniform(.02, .3))]) if usl else 0.0
        kappa = sig(R.uniform(1e-5, 1e-3)) if usl and R.random() < .6 else 0.0
        low = R.choice([0.0, 0.5, 1.0])
        of = lambda x: f'{{ value = {x!r}, low = {sig(x * low)!r}, high = {sig(x * 3)!r} }}'
        t += ['', '[scaling]', f'sigma = {of(sigma)}', f'kappa = {of(kappa)}']
    return t + ['', '[latency]', f'service_scv = {R.choice([0, 0.0, .3, 1.0, 1, 2.5])!r}', '', '[startup]', 'seconds = 1.9']


def memory(R, threads, fig):
    t = ['', '[memory]', f'base_mib = {fig(lu(R, 5, 60) if threads else R.uniform(20, 120))}']
    if R.random() < .6:
        t.append(f'working_mib = {fig(lu(R, .3, 60))}')
    if R.random() < .4:
        t.append(f'thread_mib = {fig(R.uniform(0, 9))}')
    t += [f'bytes_per_in_flight_event = {sig(lu(R, 200, 20000))!r}', f'in_flight_expansion = {sig(R.uniform(1, 8))!r}']
    if R.random() < .5:
        t.append(f'gc_factor = {R.choice([1.0, 2.0, 1.5])!r}')
    if R.random() < .75:
        t += ['', '[memory.prefetch]']
        limits = dict(client_mib=lu(R, 8, 300), client_messages=lu(R, 500, 200000), broker_mib=lu(R, 4, 200),
                      partition_mib=lu(R, .5, 64), partition_messages=lu(R, 50, 100000))
        for key in R.sample(sorted(limits), R.randint(1, 3)):
            t.append(f'{key} = {fig(limits[key])}')
        t += [f'bytes_per_message = {fig(lu(R, 50, 5000))}', f'expansion = {fig(R.uniform(1, 3))}']
    return t


MACHINE = ("provider,region,instance_type,family,vcpus,physical_cores,memory_gib,network_gbps,arch,cpu,on_demand_usd_per_hour,"
           "reserved_3yr_usd_per_hour,vcpu_speed,speed_basis,price_date").split(",")


def machines(R, path):
    rows = []
    mems = R.choice([[1, 2, 4, 8], [.5, 1, 2], [2, 4]])
    nets = R.choice([.02, .08, .3])
    for i in range(R.randint(6, 10)):
        fam = f"{R.choice('cmrt')}{i}x"
        V = R.choice([1, 2, 2, 4, 4, 8, 8, 12, 16, 32, 64]) if i else R.choice([2, 4])
        mem = min(64, max(1, V * R.choice(mems)))
        mem = int(mem) if mem == int(mem) else mem
        speed = sig(R.uniform(.4, 1.3), 3)
        basis = "provisional" if i == 3 else R.choice(["netflix-shapes", "netflix-shapes", "same-cpu:c0x"])
        sp, basis = ("", "") if i == 5 else ("%g" % speed, basis)
        price = round(V * lu(R, .6, 1.6) * (.03 + .015 * speed) + mem * .003, 6)
        net = "" if R.random() < .3 else "%g" % sig(lu(R, nets, 2) * (V ** .7), 3)
        rows.append([R.choice(["aws", "gcp", "azure"]), "r1", f"{fam}.{V}", fam, V, R.choice([V, max(1, V // 2), ""]), mem, net, "x86_64", "cpu", price,
                     "" if R.random() < .4 else round(price * .4, 6), sp, basis, "2026-07-20"])
    R.shuffle(rows)
    with open(path, "w", newline="") as f:
        wr = csv.writer(f)
        wr.writerow(MACHINE)
        wr.writerows(rows)
