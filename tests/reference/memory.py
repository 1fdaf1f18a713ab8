"""Memory of an instance in parts: steady, without a backlog, and at its peak, with the client's queues full."""
import math

import demand
from inputs import MIB

BROKERS = 3
OUTAGE = 3600.0                         # s of backlog where catch_up says nothing


def of_process(parts, threads, vcpus):
    return parts["base"] + (vcpus * parts["thread"] if threads else 0.0)


def of_event(parts, b):
    """An event in flight, and what the collector leaves of those before it."""
    return parts["gc"] * (parts["e0"] + parts["e1"] * b)


def on_state(parts):
    """What a collector makes of a byte of state: with a limit on its heap it runs more often instead of doubling it."""
    return min(parts["gc"], 1.25)


def state_of(wl, cur, machines, w, demand_now, g=0.5):
    """Bytes of state of a process today: what it holds beyond the steady parts of today's profile, and no less than is given."""
    given = (wl["state"] or 0.0) * MIB
    if wl["memory"] is None:
        return given
    found = [m["V"] for m in machines if m["type"] == wl["machine"]]
    parts, x = cur["memory"], demand.rate_of_member_today(wl, cur)
    in_flight = x * w
    if demand_now is not None:
        in_flight += x * (demand_now / (demand.speed_today(wl, cur, machines, g) * demand.worth_today(wl, cur, machines)) + demand.commit_wait(cur, wl))
    known = of_process(parts, cur["threads"], found[0] if found else 1) + parts["working"] + in_flight * of_event(parts, wl["b"])
    # A pod's is that of its processes; pods are instances of no machine type, or of one that they share. Plain loops are several of one process.
    loops = cur["threads"] and (wl["conc"] or cur["conc"]) == "consumer"
    is_pod = (not wl["machine"] or wl["own"] is None) and not loops and wl["cur_inst"] and wl["cur_proc"]
    of_pod = max(1.0, wl["cur_proc"] / wl["cur_inst"]) if is_pod else 1.0
    return max(given, (wl["memory"] * MIB / of_pod - known) / on_state(parts))


class Memory:
    def __init__(self, case):
        self.case, self.parts = case, case.p["memory"]

    def fixed(self, W):
        """What an instance holds before it holds any event or state."""
        c, processes = self.case, self.case.processes(W)
        return processes * of_process(self.parts, c.p["threads"], c.V / processes)

    def client(self):
        """Bytes of payload that one client keeps, however many partitions it reads; one event at least."""
        queue, b, limit = self.parts["queue"], self.case.b, self.case.wl["prefetch_limit"]
        in_bytes = queue["client"] if limit is None else limit
        return min(max(b, in_bytes) if in_bytes is not None else math.inf,
                   max(b, queue["broker"] * BROKERS) if queue["broker"] is not None else math.inf,
                   max(1, queue["client_messages"]) * b if queue["client_messages"] is not None else math.inf)

    def partition(self):
        queue, b = self.parts["queue"], self.case.b
        return min(max(b, queue["partition"]) if queue["partition"] is not None else math.inf,
                   max(1, queue["partition_messages"]) * b if queue["partition_messages"] is not None else math.inf)

    def queued(self, n, W):
        """Q, bytes of payload in the queues of the fullest instance, with a zone lost."""
        c, queue = self.case, self.parts["queue"]
        if queue is None:
            return 0.0
        a = max(1, c.alive(n))
        held = W if c.P is None else min(c.P, math.ceil(c.P / a))
        outage = c.wl["catch"][0] if c.wl["catch"] else OUTAGE
        return min(min(W, held) * self.client(), held * self.partition(), c.L * c.ishare(a) * outage * c.b)

    def idle(self, W):
        """Processes at work with their state, before any event."""
        return self.fixed(W) + self.case.processes(W) * (self.parts["working"] + self.case.state * on_state(self.parts))

    def steady(self, n, W):
        return self.idle(W) + self.case.in_flight(n, W) * of_event(self.parts, self.case.b)

    def peak(self, n, W):
        queue = self.parts["queue"]
        each = queue["expansion"] + queue["message"] / self.case.b if queue else 0.0
        return self.steady(n, W) + self.parts["gc"] * each * self.queued(n, W)

    def usable(self):
        return (1 - self.case.opt.memory_headroom) * self.case.mach["mem"] - self.case.opt.system_memory_mib * MIB
