"""What the peers in Python share: the figures of runtime profiles, and a check of plans against tonnage's."""
import argparse
import atexit
import csv
import pathlib
import tempfile
import tomllib

RUNTIMES = ("python-aiokafka", "go-franz", "rust-rdkafka")
PROVIDER, REGION = "aws", "us-east-1"
PROFILES = pathlib.Path(__file__).resolve().parents[2] / "profiles"
HEADER = ("workload", "runtime", "feasible", "provider", "region", "instance_type", "instances",
          "workers_per_instance", "usd_per_month", "usd_per_million_events")


def machines():
    """A file of the types of the region that plans take by themselves, each with its price on demand."""
    def rows(name):
        with open(PROFILES / "machines" / f"{name}.csv", newline="") as file:
            return list(csv.DictReader(line for line in file if not line.startswith("#")))

    priced = {one["instance_type"]: one for one in rows("prices") if (one["provider"], one["region"]) == (PROVIDER, REGION)}
    listed = [one | priced[one["instance_type"]] for one in rows("types")
              if one["provider"] == PROVIDER and one["instance_type"] in priced]
    usual = [one for one in listed if one["arch"] == "x86_64" and one["current"] == "yes" and not one["burst_baseline"]
             and int(one["vcpus"]) > 1]
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", delete=False) as file:
        writer = csv.DictWriter(file, usual[0])
        writer.writeheader()
        writer.writerows(usual)
    path = pathlib.Path(file.name)
    atexit.register(path.unlink)
    return path


MACHINES = machines()


def arguments(description):
    """What both are told: the fleet, the file to write, and plans of tonnage to check it against."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fleet")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--check", metavar="CSV")
    return parser.parse_args()


def language(name):
    with open(PROFILES / "languages" / f"{name}.toml", "rb") as file:
        return tomllib.load(file)


def figures(runtime):
    """The figures that plans of the handler kind `decode` without a goal need, in seconds and bytes."""
    with open(PROFILES / "runtimes" / f"{runtime}.toml", "rb") as file:
        read = tomllib.load(file)

    def value(figure):
        return float(figure["value"]) if isinstance(figure, dict) else float(figure)

    cpu, memory, scaling = read["cpu"], read["memory"], read.get("scaling", {})
    consume, decode, call = cpu["consume"], cpu["handler"]["decode"], cpu["io_call"]
    threads = read["deployment"] == "threads"
    if read["concurrency"] != ("partition" if threads else "consumer"):
        raise ValueError(f"{runtime}: its concurrency is not what the peers compute")
    return {
        "runtime": runtime,
        "threads": threads,
        "profile_speed": value(read["provenance"]["vcpu_speed"]),
        "per_event": 1e-6 * (value(consume["us_per_event"]) + value(decode["us_per_event"])),
        "per_byte": 1e-9 * (value(consume["ns_per_byte"]) + value(decode["ns_per_byte"])),
        "call": 1e-6 * value(call["us"]),
        "call_per_byte": 1e-9 * value(call.get("ns_per_byte", 0)),
        "factor": value(language(read["language"])["own_code"]),
        "idle_cores": value(cpu["idle_cores"]),
        "process_bytes": 2**20 * (value(memory["base_mib"]) + value(memory.get("working_mib", 0))),
        "thread_bytes": 2**20 * value(memory.get("thread_mib", 0)),
        "held": value(memory.get("gc_factor", 1)) * value(memory["bytes_per_in_flight_event"]),
        "held_per_byte": value(memory.get("gc_factor", 1)) * value(memory["in_flight_expansion"]),
        "sigma": value(scaling.get("sigma", 0)),
        "kappa": value(scaling.get("kappa", 0)),
    }


def check(ours, tonnage):
    """Prints how many plans agree in type, count, workers and bill; returns whether all do."""
    keys = HEADER[2:8]
    with open(ours, newline="") as one, open(tonnage, newline="") as other:
        mine = list(csv.DictReader(one))
        theirs = {(plan["workload"], plan["runtime"]): plan for plan in csv.DictReader(other)}

    def bill(plan):
        return float(plan["usd_per_month"] or 0)

    differ = []
    for plan in mine:
        other = theirs[plan["workload"], plan["runtime"]]
        if any(plan[key] != other[key] for key in keys) or abs(bill(plan) - bill(other)) > 1e-6:
            differ.append((plan, other))
    print(f"{len(mine) - len(differ)} of {len(theirs)} plans agree with tonnage in type, count, workers and bill")
    for plan, other in differ[:10]:
        here, there = ([one[key] for key in keys[3:]] for one in (plan, other))
        print(f"  {plan['workload']} in {plan['runtime']}: {here} here, {there} in tonnage")
    return not differ and len(mine) == len(theirs)
