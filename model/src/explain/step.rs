//! One number with the formula that it comes from.

use crate::capacity::constraint::{BoundBy, Constraint};

/// States each quantity once: its variant, its name in formulas, what people call it and its unit.
macro_rules! quantities {
    ($($variant:ident $name:literal $title:literal $unit:ident,)+) => {
        /// What a step gives.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Quantity {
            $(#[doc = $title] $variant,)+
        }

        impl Quantity {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in formulas, what people call it, and its unit.
            fn facts(self) -> (&'static str, &'static str, Unit) {
                match self { $(Self::$variant => ($name, $title, Unit::$unit),)+ }
            }
        }
    };
}

quantities! {
    MeanRate "mean_rate" "mean rate L0" Rate,
    PeakRate "peak_rate" "peak rate L" Rate,
    DesignRate "design_rate" "design rate Ld" Rate,
    SpeedNow "speed_now" "speed of today's vCPUs" Number,
    WorthNow "worth_now" "a vCPU in use is worth" Number,
    ObservedCpu "observed_cpu" "observed CPU an event" Seconds,
    ProfileCpu "profile_cpu" "CPU by profile, today" Seconds,
    Wait "wait" "I/O wait w" Seconds,
    OwnCpu "own_cpu" "handler's own CPU H" Seconds,
    MemberRate "member_rate" "a consumer reads" Rate,
    EventsPerFetch "events_per_fetch" "events a fetch" Number,
    Fetch "fetch" "fetch" Seconds,
    Receive "receive" "receive" Seconds,
    HandlerKind "handler_kind" "handler kind" Seconds,
    Calls "calls" "downstream calls" Seconds,
    Write "write" "write" Seconds,
    Commit "commit" "commit" Seconds,
    CommitWait "commit_wait" "wait for commits" Seconds,
    OwnCodeFactor "own_code_factor" "own code over today's" Number,
    OwnCode "own_code" "own code" Seconds,
    Cpu "cpu_per_event" "CPU an event, speed 1" Seconds,
    Service "service_time" "service time s" Seconds,
    Threads "threads" "threads are worth" Number,
    ProcessCapacity "process_capacity" "one process takes" Rate,
    ReaderCapacity "reader_capacity" "one reader takes" Rate,
    InstanceCapacity "instance_capacity" "one instance takes" Rate,
    PartitionCapacity "partition_capacity" "one partition takes" Rate,
    Share "share" "share of the busiest" Number,
    ShareLeft "share_left" "share, a zone lost" Number,
    InstanceShare "instance_share" "busiest instance's share" Number,
    InstanceShareLeft "instance_share_left" "the same, a zone lost" Number,
    InFlightCapacity "in_flight_capacity" "in-flight limit takes" Rate,
    InFlightCapacityLeft "in_flight_capacity_left" "in-flight, a zone lost" Rate,
    BusiestInstance "busiest_instance" "busiest instance R" Rate,
    EventsInFlight "events_in_flight" "events in flight A" Number,
    ReadAhead "read_ahead" "read ahead" Memory,
    FetchDelay "fetch_delay" "fetching delays by" Seconds,
    CoreP99 "p99_at_cores" "p99, queue for cores" Seconds,
    InFlightP99 "p99_in_flight" "p99, in-flight limit" Seconds,
    P99 "p99" "p99 at peak" Seconds,
    Gathering "gathering" "a batch gathers" Seconds,
    P99Gathered "p99_with_batch" "p99 with its batch" Seconds,
    InFlightLoad "in_flight_load" "its in-flight events" Number,
    Utilization "utilization" "utilization" Share,
    Memory "memory" "memory" Memory,
    Network "network" "network" BitRate,
    Processes "processes" "processes an instance" Count,
    Readers "readers" "readers an instance" Count,
    Instances "instances" "instances n" Count,
    Partitions "partitions_required" "partitions needed" Count,
    CpuAtPeak "cpu_at_peak" "CPU at peak" Share,
    Bill "usd_per_month" "bill a month" Usd,
    BillToday "today_usd_per_month" "today's bill a month" Usd,
}

impl Quantity {
    /// Its name in formulas.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        self.facts().1
    }

    /// Its unit.
    pub fn unit(self) -> Unit {
        self.facts().2
    }
}

/// The unit of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// None.
    Number,
    /// Whole things.
    Count,
    /// A share of a whole.
    Share,
    /// Events/s.
    Rate,
    /// Seconds, or core-seconds.
    Seconds,
    /// Seconds for each byte.
    SecondsPerByte,
    /// Bytes of an event.
    EventBytes,
    /// Bytes of memory.
    Memory,
    /// Bits/s.
    BitRate,
    /// USD an hour.
    UsdPerHour,
    /// USD.
    Usd,
}

/// A number that a formula uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operand {
    /// Its name in the formula; where it is an earlier step's, it is that step's value.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// The unit of that.
    pub unit: Unit,
}

/// What a constraint allows, and what it asks for without the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The constraint.
    pub constraint: Constraint,
    /// The most that the value may be.
    pub allowed: f64,
    /// Instances that it asks for alone; `None` where no number meets it.
    pub instances: Option<u64>,
    /// The least members on each of these.
    pub members_per_instance: Option<u64>,
}

/// One number with the formula that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is.
    pub quantity: Quantity,
    /// Its value, in the quantity's unit.
    pub value: f64,
    /// The formula over the operands' names, with `+ - * /`, parentheses, `min`, `max`, `exp` and `ceil`, and
    /// `p99(servers, arrivals, service, own time, scv)` of a queue, `closed(places, cores, cpu, waits)` and
    /// `shared(members, cores of all, places, cores, cpu, waits)` of each of some [closed ones](crate::capacity::closed); empty where the
    /// value was searched for.
    pub formula: String,
    /// The numbers in it.
    pub operands: Vec<Operand>,
    /// Of a constraint, what it allows.
    pub limit: Option<Limit>,
    /// Of a count that was searched for, what one fewer breaks.
    pub least_for: Option<BoundBy>,
}

impl Step {
    /// The share of its limit that it uses.
    pub fn used(&self) -> Option<f64> {
        self.limit.map(|limit| if self.value == 0.0 { 0.0 } else { self.value / limit.allowed })
    }
}

/// Steps on the way to a plan, and the figures that they start from.
#[derive(Default)]
pub(super) struct Steps {
    figures: Vec<Operand>,
    pub all: Vec<Step>,
}

impl Steps {
    /// States a figure of the workload, a profile, a machine type or the policy. The last of a name counts.
    pub fn figure(&mut self, name: &'static str, value: f64, unit: Unit) {
        self.figures.push(Operand { name, value, unit });
    }

    /// Adds a step. What its formula names is a figure or an earlier step.
    pub fn add(&mut self, quantity: Quantity, value: f64, formula: impl Into<String>) -> &mut Step {
        let mut formula: String = formula.into();
        if self.has(Quantity::CommitWait) {
            formula = formula.replace("+ wait)", "+ wait + commit_wait)");
        }
        let mut operands: Vec<Operand> = Vec::new();
        for name in formula.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if operands.iter().all(|known| known.name != name) {
                operands.extend(self.operand(name));
            }
        }
        let index = self.all.len();
        self.all.push(Step { quantity, value, formula, operands, limit: None, least_for: None });
        &mut self.all[index]
    }

    fn operand(&self, name: &str) -> Option<Operand> {
        let step = self.all.iter().find(|step| step.quantity.name() == name);
        let of_step = step.map(|Step { quantity, value, .. }| Operand {
            name: quantity.name(),
            value: *value,
            unit: quantity.unit(),
        });
        of_step.or_else(|| self.figures.iter().rev().find(|figure| figure.name == name).copied())
    }

    /// Whether there is a step of a quantity.
    pub fn has(&self, quantity: Quantity) -> bool {
        self.all.iter().any(|step| step.quantity == quantity)
    }
}
