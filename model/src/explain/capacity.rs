//! What a machine carries, and how close each constraint comes to its limit there.

use super::step::{Limit, Quantity, Steps, Unit};
use crate::capacity::assignment::{Topic, held};
use crate::capacity::closed::{Closed, Shared};
use crate::capacity::constraint::Constraint;
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::memory::footprint::ReadAheadLimit;
use crate::plan::Plan;
use crate::runtime::{Concurrency, Runtime};

/// k, a hot key counted: of as many partitions as there are.
fn skew(topic: Topic) -> f64 {
    topic.partitions.map_or(topic.skew, |partitions| topic.busiest_over_mean(f64::from(partitions)))
}

/// What one member takes, where that is not what an instance does, and how many there are on each.
pub(super) fn of_member(sizing: &Sizing) -> (Quantity, Quantity) {
    match sizing.member {
        Member::Process => (Quantity::ProcessCapacity, Quantity::Processes),
        Member::Binary if sizing.binaries > 1 => (Quantity::ProcessCapacity, Quantity::Processes),
        Member::Binary => (Quantity::InstanceCapacity, Quantity::Processes),
        Member::Reader => (Quantity::ReaderCapacity, Quantity::Readers),
    }
}

/// vCPUs that the threads of one process share.
fn sharing_vcpus(sizing: &Sizing) -> &'static str {
    if sizing.binaries > 1 { "process_vcpus" } else { "vcpus" }
}

/// Whether a plan's policy or workload asks for a constraint.
fn applies(constraint: Constraint, sizing: &Sizing) -> bool {
    match constraint {
        Constraint::Latency => sizing.goal_seconds.is_some(),
        Constraint::Network => sizing.network_bits_per_second.is_some(),
        Constraint::Zone => sizing.policy.survive_zone_loss,
        Constraint::CatchUp => sizing.design_rate > sizing.peak_rate,
        Constraint::Cpu | Constraint::InFlight | Constraint::Memory | Constraint::MaxCpu => true,
    }
}

/// The steps that say which share of events the busiest member takes with a zone lost, and the busiest instance with all up and
/// with a zone lost; an instance of one member is that member.
struct Shares {
    left: Quantity,
    instance_up: Quantity,
    instance_left: Quantity,
}

impl Shares {
    fn new(n: u64, left: u64, members: u64) -> Self {
        let (instance_up, instance_lost) = match members > 1 {
            true => (Quantity::InstanceShare, Quantity::InstanceShareLeft),
            false => (Quantity::Share, Quantity::ShareLeft),
        };
        let after = |up, lost| if left == n { up } else { lost };
        let left = after(Quantity::Share, Quantity::ShareLeft);
        Self { left, instance_up, instance_left: after(instance_up, instance_lost) }
    }
}

impl Steps {
    /// States the figures of a machine at a count.
    pub fn on_machine(&mut self, runtime: &Runtime, sizing: &Sizing, speed: f64, count: Count) {
        let (n, members) = (count.instances, count.members_per_instance);
        self.figure("vcpu_speed", speed, Unit::Number);
        self.figure("idle_cores", sizing.idle_cores, Unit::Number);
        self.figure("vcpus", f64::from(sizing.vcpus), Unit::Count);
        self.figure("system_cores", sizing.policy.system_cores, Unit::Number);
        self.figure(of_member(sizing).1.name(), members as f64, Unit::Count);
        self.figure("process_vcpus", f64::from(sizing.process_vcpus()), Unit::Count);
        self.figure("instances", n as f64, Unit::Count);
        self.figure("instances_left", sizing.policy.alive(n) as f64, Unit::Count);
        self.figure("partitions", sizing.topic.partitions.map_or(0.0, f64::from), Unit::Count);
        self.figure("skew", skew(sizing.topic), Unit::Number);
        self.figure("hot_key_share", sizing.topic.hot_key_share, Unit::Share);
        self.figure("in_flight", f64::from(sizing.in_flight), Unit::Number);
        self.figure("sigma", runtime.scaling.sigma.value, Unit::Number);
        self.figure("kappa", runtime.scaling.kappa.value, Unit::Number);
        let worth_today = sizing.worth_at_least_contention(runtime, sizing.process_vcpus());
        self.figure("worth_today", worth_today, Unit::Number);
        self.figure("each_process", sizing.process_bytes, Unit::Memory);
        self.figure("each_at_work", sizing.working_bytes, Unit::Memory);
        self.figure("state", sizing.state_bytes, Unit::Memory);
        self.figure("each_event", sizing.in_flight_event_bytes, Unit::EventBytes);
        if let Some(limits) = sizing.read_ahead {
            self.figure("client_limit", limits.client_bytes, Unit::Memory);
            self.figure("partition_limit", limits.partition_bytes, Unit::Memory);
            self.figure("times_payload", limits.held_per_byte, Unit::Number);
            self.figure("outage", limits.outage_seconds, Unit::Seconds);
        }
    }

    /// What a member and an instance of so many can take.
    pub fn capacity(&mut self, sizing: &Sizing, members: u64) {
        let (of_member, of_members) = of_member(sizing);
        let cpu = if self.has(Quantity::Fetch) { "(cpu_per_event - fetch)" } else { "cpu_per_event" };
        self.add(Quantity::Service, sizing.service.handling_seconds, format!("{cpu} / vcpu_speed"));
        if sizing.member != Member::Process {
            let vcpus = sharing_vcpus(sizing);
            let usl = format!("{vcpus} / (1 + sigma * ({vcpus} - 1) + kappa * {vcpus} * ({vcpus} - 1))");
            let threads = match sizing.worth_today < 1.0 {
                true => format!("min({usl}, {vcpus} * worth_today)"),
                false => usl,
            };
            self.add(Quantity::Threads, sizing.worth * f64::from(sizing.process_vcpus()), threads);
        }
        let worth = match sizing.member {
            Member::Reader => " * threads / vcpus",
            Member::Process if sizing.worth < 1.0 => " * worth_today",
            _ => "",
        };
        let on_cores = |members: &str, idle: &str| {
            format!("(min({members}, vcpus - system_cores) - {idle}){worth} / service_time")
        };
        let all = of_members.name();
        let (one, takes) = match sizing.member {
            Member::Binary => (
                "(threads * (vcpus - system_cores) / vcpus - idle_cores) / service_time".to_owned(),
                "processes * process_capacity".to_owned(),
            ),
            Member::Process | Member::Reader => {
                (on_cores("1", "idle_cores"), on_cores(all, &format!("{all} * idle_cores")))
            }
        };
        let takes = if of_member == Quantity::InstanceCapacity {
            one
        } else {
            self.add(of_member, sizing.member_rate(), one);
            takes
        };
        self.add(Quantity::InstanceCapacity, sizing.instance_rate(members, members as f64), takes);
    }

    /// Each constraint at the count planned, after what it is made of.
    pub fn constraints(&mut self, sizing: &Sizing, count: Count) {
        let (n, members) = (count.instances, count.members_per_instance);
        let left = sizing.policy.alive(n);
        let shares = Shares::new(n, left, members);
        for (share, name, holders) in [
            (Quantity::Share, "members", n.saturating_mul(members)),
            (shares.left, "members", left.saturating_mul(members)),
            (shares.instance_up, "instances", n),
            (shares.instance_left, "instances_left", left),
        ] {
            if !self.has(share) {
                self.share(share, sizing, name, holders);
            }
        }
        self.holder_rate(Quantity::InFlightCapacity, sizing, n, members);
        if sizing.holder_rate(left, members) != sizing.holder_rate(n, members) {
            self.holder_rate(Quantity::InFlightCapacityLeft, sizing, left, members);
        }
        self.on_one_instance(sizing, n, members, &shares);
        let wait = sizing.fetch_wait(count);
        let delay = sizing.fetch_delay(count, wait);
        self.p99(Quantity::CoreP99, &sizing.core_queue(n, members));
        self.p99(Quantity::InFlightP99, &sizing.in_flight_queue(n, members, delay));
        let p99 = if self.has(Quantity::Fetch) {
            self.fetch_delay(sizing, count, wait);
            "fetch_delay + max(p99_at_cores, p99_in_flight)"
        } else {
            "max(p99_at_cores, p99_in_flight)"
        };
        if sizing.goal_seconds.is_none() {
            self.add(Quantity::P99, sizing.percentile(count, wait), p99);
        }
        for constraint in Constraint::ALL.into_iter().filter(|&it| applies(it, sizing)) {
            let (quantity, formula) = match constraint {
                Constraint::Memory => (Quantity::Memory, self.memory(sizing, n, members)),
                Constraint::Network => {
                    (Quantity::Network, "busiest_instance * event_size * (1 + produces) * 8".to_owned())
                }
                Constraint::Latency => (Quantity::P99, p99.to_owned()),
                Constraint::MaxCpu => (Quantity::CpuAtPeak, cpu_at_peak(sizing)),
                _ => (Quantity::Utilization, utilization(constraint, sizing, n, members, &shares)),
            };
            let (value, allowed) = sizing.value_and_limit(constraint, count, wait);
            let instances = sizing.least_instances(1, &[constraint]);
            let members_per_instance = instances.and_then(|n| sizing.least_members(n, &[constraint]));
            self.add(quantity, value, formula).limit =
                Some(Limit { constraint, allowed, instances, members_per_instance });
        }
    }

    /// How long a batch gathers, and p99 with it; nothing where events are handled alone.
    pub fn batch(&mut self, plan: &Plan<'_>) {
        if plan.sizing.batch > 1 {
            let seconds = plan.gathering_seconds();
            self.figure("slow_holder_rate", plan.sizing.batch_events() / seconds, Unit::Rate);
            self.add(Quantity::Gathering, seconds, "batch_size / slow_holder_rate");
            self.add(Quantity::P99Gathered, plan.p99_seconds(), "p99 + gathering");
        }
    }

    /// The share of events of the busiest of `holders`. Those beyond the partitions are idle.
    fn share(&mut self, quantity: Quantity, sizing: &Sizing, name: &'static str, holders: u64) {
        let held = held(sizing.topic.partitions.unwrap_or(1), holders);
        self.figure(name, holders as f64, Unit::Count);
        self.figure("held", held as f64, Unit::Count);
        let formula = match sizing.topic.partitions {
            None if sizing.topic.hot_key_share > 0.0 => {
                format!("hot_key_share + (1 - hot_key_share) / {name}")
            }
            None => format!("1 / {name}"),
            Some(1) => "1".to_owned(),
            Some(_) if skew(sizing.topic) == 1.0 => "held / partitions".to_owned(),
            Some(_) if held == 1 => "skew / partitions".to_owned(),
            Some(_) => "(skew + (held - 1) * (partitions - skew) / (partitions - 1)) / partitions".to_owned(),
        };
        self.add(quantity, sizing.topic.busiest_member_share(holders), formula);
    }

    /// What the places for events in flight of the busiest holder take on so many instances.
    fn holder_rate(&mut self, quantity: Quantity, sizing: &Sizing, instances: u64, members: u64) {
        let busiest = sizing.at_work(instances, members, members as f64).busiest();
        let most = sizing.holder_rate(instances, members);
        let (Some(Shared { members, cores, each }), Some(most)) = (busiest, most) else { return };
        self.closed(each);
        self.figure("alike", members, Unit::Number);
        self.figure("all_cores", cores, Unit::Number);
        let of_each = match members {
            1.0 => "closed(places, cores, cpu, waits)",
            _ => "shared(alike, all_cores, places, cores, cpu, waits)",
        };
        let of_places = if each.places == f64::from(sizing.in_flight) { "" } else { " * in_flight / places" };
        self.add(quantity, most, format!("{of_each}{of_places}"));
    }

    /// What a partition alone takes of a member.
    pub(super) fn partition_rate(&mut self, sizing: &Sizing) {
        self.closed(sizing.closed(f64::from(sizing.in_flight)));
        self.add(Quantity::PartitionCapacity, sizing.partition_rate(), "closed(places, cores, cpu, waits)");
    }

    fn closed(&mut self, each: Closed) {
        self.figure("places", each.places, Unit::Number);
        self.figure("cores", each.cores, Unit::Number);
        self.figure("cpu", each.core_seconds, Unit::Seconds);
        self.figure("waits", each.wait_seconds, Unit::Seconds);
    }

    /// The most that one instance takes, and the events in flight on it.
    fn on_one_instance(&mut self, sizing: &Sizing, n: u64, members: u64, shares: &Shares) {
        let busiest = sizing.most_on_one_instance(n);
        let at_peak = format!("peak_rate * {}", shares.instance_left.name());
        let formula = match self.has(Quantity::DesignRate) {
            true => format!("max({at_peak}, design_rate * {})", shares.instance_up.name()),
            false => at_peak,
        };
        self.add(Quantity::BusiestInstance, busiest, formula);
        let batch = if sizing.batch == 1 { "" } else { " * batch_size" };
        let contended = contended(sizing);
        let held = format!("busiest_instance * (10 * service_time{contended} + wait){batch}");
        let members_here = of_member(sizing).1.name();
        let formula = match (sizing.topic.partitions, sizing.concurrency) {
            (None, Concurrency::Partition) => held,
            (None, Concurrency::Consumer) => format!("min({held}, in_flight * {members_here}{batch})"),
            (Some(_), Concurrency::Partition) => format!("min({held}, in_flight * partitions{batch})"),
            (Some(_), Concurrency::Consumer) => {
                format!("min({held}, in_flight * partitions{batch}, in_flight * {members_here}{batch})")
            }
        };
        self.add(Quantity::EventsInFlight, sizing.events_in_flight(n, members), formula);
    }

    /// What is read ahead, by the limit that binds, and the formula of all memory.
    fn memory(&mut self, sizing: &Sizing, n: u64, members: u64) -> String {
        let is_one = match sizing.member {
            Member::Process => false,
            Member::Binary => sizing.binaries == 1,
            Member::Reader => true,
        };
        let more = [("each_at_work", sizing.working_bytes), ("state", sizing.state_bytes)];
        let more: String =
            more.iter().filter(|it| it.1 > 0.0).map(|(name, _)| format!(" + {name}")).collect();
        let processes = match (is_one, more.is_empty()) {
            (true, _) => format!("each_process{more}"),
            (false, true) => "processes * each_process".to_owned(),
            (false, false) => format!("processes * (each_process{more})"),
        };
        let steady = format!("{processes} + events_in_flight * each_event");
        let Some(limits) = sizing.read_ahead else { return steady };
        let (payload, by) = sizing.read_ahead_payload(limits, n, members);
        self.figure("clients", payload.clients as f64, Unit::Count);
        self.figure("held_left", payload.held as f64, Unit::Count);
        self.figure("share_of_instance", payload.share, Unit::Number);
        let formula = match by {
            ReadAheadLimit::Client => "clients * client_limit * times_payload",
            ReadAheadLimit::Partition => "held_left * partition_limit * times_payload",
            ReadAheadLimit::Backlog => "peak_rate * share_of_instance * outage * event_size * times_payload",
        };
        self.add(Quantity::ReadAhead, sizing.read_ahead_bytes(n, members), formula);
        format!("{steady} + read_ahead")
    }

    fn p99(&mut self, quantity: Quantity, queue: &Queue) {
        self.figure("servers", f64::from(queue.servers), Unit::Count);
        self.figure("arrivals", queue.arrival_rate, Unit::Rate);
        self.figure("service", queue.service_seconds, Unit::Seconds);
        self.figure("own", queue.own_seconds, Unit::Seconds);
        self.figure("scv", queue.scv, Unit::Number);
        let formula = if queue.own_scv == queue.scv {
            "p99(servers, arrivals, service, own, scv)"
        } else {
            self.figure("own_scv", queue.own_scv, Unit::Number);
            "p99(servers, arrivals, service, own, scv, own_scv)"
        };
        self.add(quantity, queue.percentile_beyond(BEYOND_P99), formula);
    }

    /// What fetching adds to the latency of the busiest member's events.
    fn fetch_delay(&mut self, sizing: &Sizing, count: Count, wait: f64) {
        let (rate, delay) = (sizing.busiest_member_rate(count), sizing.fetch_delay(count, wait));
        self.figure("cores_left", sizing.service.left(rate, sizing.member_cores()), Unit::Number);
        let whole = "each_fetch * speed / vcpu_speed";
        let cycle = format!("max(round_trip + fetch_wait, {whole} / cores_left)");
        let formula = if wait > 0.0 {
            let held = sizing.held_partitions(count);
            self.figure("handling_share", sizing.handling_share(rate), Unit::Share);
            self.figure("held", held, Unit::Count);
            let gated = sizing.gated_share(rate * sizing.fetch_cycle(rate, wait), held);
            let longer = if gated > 0.0 { " / (1 - handling_share * gated)" } else { "" };
            if gated > 0.0 {
                self.figure("gated", gated, Unit::Share);
            }
            format!("{whole} + round_trip + fetched({cycle}{longer}, handling_share, held)")
        } else if delay > sizing.least_fetch_delay() {
            format!("{whole} + round_trip + {cycle}")
        } else {
            format!("{whole} + round_trip")
        };
        self.add(Quantity::FetchDelay, delay, formula);
    }
}

/// How many times as long CPU takes where threads contend, behind what it takes alone.
fn contended(sizing: &Sizing) -> String {
    match sizing.member {
        _ if sizing.worth >= 1.0 => String::new(),
        Member::Process => " / worth_today".to_owned(),
        Member::Binary | Member::Reader => format!(" * {} / threads", sharing_vcpus(sizing)),
    }
}

/// The formula of the CPU of a machine at peak.
fn cpu_at_peak(sizing: &Sizing) -> String {
    let contended = contended(sizing);
    let members = of_member(sizing).1.name();
    format!(
        "(peak_rate * cpu_per_event / vcpu_speed / instances{contended} + {members} * idle_cores + system_cores) / vcpus"
    )
}

/// The formula of the utilization that a constraint on load is about.
fn utilization(constraint: Constraint, sizing: &Sizing, n: u64, members: u64, shares: &Shares) -> String {
    let rate = if constraint == Constraint::CatchUp { "design_rate" } else { "peak_rate" };
    let (share, instance_share) = match constraint {
        Constraint::Zone => (shares.left.name(), shares.instance_left.name()),
        _ => (Quantity::Share.name(), shares.instance_up.name()),
    };
    let capacity = of_member(sizing).0.name();
    let left = sizing.policy.alive(n);
    let is_less = sizing.holder_rate(left, members) != sizing.holder_rate(n, members);
    let is_lost = constraint == Constraint::Zone && is_less;
    let in_flight = if is_lost { Quantity::InFlightCapacityLeft } else { Quantity::InFlightCapacity }.name();
    let on = sizing.tightest_load(constraint, n, members).map(|load| load.on);
    match (on, sizing.concurrency, sizing.topic.partitions) {
        (Some(LoadOn::Member), ..) => format!("{rate} * {share} / {capacity}"),
        (Some(LoadOn::InFlight), Concurrency::Consumer, _) => {
            format!("{rate} * {share} / {in_flight}")
        }
        (Some(LoadOn::InFlight), Concurrency::Partition, Some(_)) => {
            format!("{rate} * skew / partitions / {in_flight}")
        }
        (Some(LoadOn::InFlight), Concurrency::Partition, None) if sizing.topic.hot_key_share > 0.0 => {
            format!("{rate} * hot_key_share / {in_flight}")
        }
        // As many partitions are made as suffice.
        (Some(LoadOn::InFlight), Concurrency::Partition, None) => String::new(),
        (Some(LoadOn::Instance) | None, ..) => format!("{rate} * {instance_share} / instance_capacity"),
    }
}
