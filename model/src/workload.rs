//! What is asked of the consumers: one topic's events and what is done with each.

use crate::blank::Blanks;
use crate::capacity::assignment::Topic;
use crate::machine::{Machine, Purchase};
use crate::names::{NameOf, OtherNames};
pub use crate::outlook::{HourlyRates, Outlook};
use crate::runtime::{Concurrency, Deployment, Member, Runtime};
use crate::scenario::pool::resources::Resources;
use crate::uncertain::distribution::Distribution;
use crate::words::words;

/// The runtime that workloads are taken to run in unless they say otherwise.
pub const REFERENCE_RUNTIME: &str = "python-aiokafka";

/// The kind of handler of a workload that does not name one: two fields of an event looked at.
pub const USUAL_HANDLER: &str = "decode";

/// Seconds in a day.
pub const SECONDS_PER_DAY: f64 = 86_400.0;

/// After an outage at peak the backlog is to be drained in a set time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CatchUp {
    /// Time without consumers, s.
    pub outage_seconds: f64,
    /// Time allowed to drain what has piled up, s, > 0.
    pub drain_seconds: f64,
}

/// When a consumer commits what it has handled, and waits for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Commit {
    /// Every few seconds, beside the work.
    #[default]
    Interval,
    /// After each batch of `batch_size` events.
    Batch,
    /// After each event.
    Event,
}

words!(Commit { Interval = "interval", Batch = "batch", Event = "event" });

/// One workload: a stream of events and the handler that takes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Unique name.
    pub name: String,
    /// What it is called in Kafka and in its cluster, where that is something else.
    pub names: OtherNames,
    /// E, mean events per day.
    pub events_per_day: f64,
    /// b, mean payload, bytes.
    pub event_bytes: f64,
    /// r, how much of the handler's wall time is waiting for I/O in the current runtime, 0 <= r < 1.
    pub io_ratio: f64,
    /// Kind of handler, one of those that profiles measure.
    pub handler: String,
    /// The wall time of the handler, once for an event, in the current runtime, without fetching and decoding, s.
    pub handler_seconds: Option<f64>,
    /// The mean CPU cores that all consumers use today. They and the handler's time check each other; the larger counts.
    pub observed_cores: Option<f64>,
    /// The mean share of today's vCPUs that is busy, the system's part included; it stands for the cores observed.
    pub utilization: Option<f64>,
    /// Cores that the system of each of today's machines takes of it.
    pub system_cores: f64,
    /// Whether somebody has said so.
    pub is_system_given: bool,
    /// How far cores that the model predicts of this row were off those measured, hour by hour: the median.
    pub backtest_error: Option<f64>,
    /// I/O wait of handling an event once, in all, s; stands instead of what `io_ratio` implies.
    pub io_wait_seconds: Option<f64>,
    /// What 99 of 100 events wait for I/O at most, s; without it the wait is exponential.
    pub io_wait_p99_seconds: Option<f64>,
    /// Downstream calls of handling an event once; `None` means one if there is any wait.
    pub io_calls: Option<f64>,
    /// Events written per event read.
    pub produces: f64,
    /// g, share of the handler's own CPU in native code that costs the same in any runtime.
    pub native_share: f64,
    /// How many times less CPU own code took in other languages, by their names, where somebody has tried.
    pub spikes: Vec<(String, f64)>,
    /// Name of the runtime that the figures above were taken in.
    pub current_runtime: String,
    /// The spread of service times in that runtime; `None` means as its profile has it.
    pub service_scv: Option<f64>,
    /// Cloud that it runs in.
    pub provider: Option<String>,
    /// Region that it runs in.
    pub region: Option<String>,
    /// Machine type that it runs on today.
    pub current_machine: Option<String>,
    /// Machine type of the nodes that today's pods share.
    pub current_node_type: Option<String>,
    /// Instances that run today: machines, or pods where no machine type is given.
    pub current_instances: Option<u32>,
    /// What today's machines cost by the bill, USD a month; stands instead of their list price.
    pub current_usd_per_month: Option<f64>,
    /// What the machines of that bill cost on demand by the list, USD a month.
    pub current_list_usd_per_month: Option<f64>,
    /// How its machines are paid for; `None` means as the settings say.
    pub purchase: Option<Purchase>,
    /// Consumers that run today, in all: processes, or the plain loops of binaries; see [`Workload::members_today`].
    pub current_processes: Option<u32>,
    /// The longest that a fetch of today's client waits for more events, s; `None` where that is not known.
    pub current_fetch_wait_seconds: Option<f64>,
    /// Busiest rate over mean rate, >= 1.
    pub peak_factor: f64,
    /// P and k: the topic's partitions and skew.
    pub topic: Topic,
    /// Who holds events in flight; `None` means as the runtime's profile has it.
    pub concurrency: Option<Concurrency>,
    /// m, events in flight per partition or per consumer; `None` means one, and that nobody has asked for order.
    pub in_flight: Option<u32>,
    /// What a process keeps of its own, whatever the language: model, cache, tables; bytes.
    pub state_bytes: Option<f64>,
    /// What a process, or a pod, holds today, bytes; gives the state where that is not given.
    pub memory_bytes_today: Option<f64>,
    /// What other containers of a pod request beside the one that consumes, such as a proxy.
    pub sidecars: Resources,
    /// Most bytes that a client keeps fetched and unhandled; `None` means as its profile says.
    pub prefetch_bytes: Option<f64>,
    /// q, events that a call of the handler takes. Handler time, wait and downstream calls are those of one call.
    pub batch_size: u32,
    /// When offsets are committed.
    pub commit: Commit,
    /// Latency goal at peak, s.
    pub p99_seconds: Option<f64>,
    /// Outage and time to recover from it.
    pub catch_up: Option<CatchUp>,
    /// What decides what a deployment is worth, and retries.
    pub outlook: Outlook,
    /// Which of these numbers are known to a range only; each has its median above.
    pub ranges: Vec<Uncertain>,
    /// Which of its cells were left empty.
    pub blanks: Blanks,
    /// Columns whose cells are taken for empty, as each holds a word for nothing, such as `tbd`.
    pub read_as_blank: Vec<(&'static str, String)>,
}

/// What stands where a workload says nothing; what it must say is empty or 0.
impl Default for Workload {
    fn default() -> Self {
        Self {
            name: String::new(),
            names: OtherNames::default(),
            events_per_day: 0.0,
            event_bytes: 0.0,
            io_ratio: 0.0,
            handler: USUAL_HANDLER.to_owned(),
            handler_seconds: None,
            observed_cores: None,
            utilization: None,
            system_cores: 0.0,
            is_system_given: false,
            backtest_error: None,
            io_wait_seconds: None,
            io_wait_p99_seconds: None,
            io_calls: None,
            produces: 0.0,
            native_share: 0.0,
            spikes: Vec::new(),
            current_runtime: REFERENCE_RUNTIME.to_owned(),
            service_scv: None,
            provider: None,
            region: None,
            current_machine: None,
            current_node_type: None,
            current_instances: None,
            current_usd_per_month: None,
            current_list_usd_per_month: None,
            purchase: None,
            current_processes: None,
            current_fetch_wait_seconds: None,
            peak_factor: 3.0,
            topic: Topic { partitions: None, skew: 1.0, ..Topic::default() },
            concurrency: None,
            in_flight: None,
            state_bytes: None,
            memory_bytes_today: None,
            sidecars: Resources::default(),
            prefetch_bytes: None,
            batch_size: 1,
            commit: Commit::default(),
            p99_seconds: None,
            catch_up: None,
            outlook: Outlook::default(),
            ranges: Vec::new(),
            blanks: Blanks::default(),
            read_as_blank: Vec::new(),
        }
    }
}

/// A number of a workload that is not known exactly; the workload itself has its median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertain {
    /// Which number.
    pub input: Input,
    /// What may come of it.
    pub distribution: Distribution,
}

/// A number of a workload, in the unit of the field that it sets. Two of the same name are the same.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    column: &'static str,
    get: fn(&Workload) -> Option<f64>,
    set: fn(&mut Workload, f64),
}

impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column
    }
}

impl Input {
    /// The number that a column gives, with the field that it is.
    pub const fn new(
        column: &'static str,
        get: fn(&Workload) -> Option<f64>,
        set: fn(&mut Workload, f64),
    ) -> Self {
        Self { column, get, set }
    }

    /// The column that gives it.
    pub fn column(self) -> &'static str {
        self.column
    }

    /// What a workload has; `None` where it says nothing.
    pub fn get(self, workload: &Workload) -> Option<f64> {
        (self.get)(workload)
    }

    /// Puts a number into a workload as it is.
    pub fn set(self, workload: &mut Workload, value: f64) {
        (self.set)(workload, value);
    }

    /// Puts a number into a workload, and keeps that possible: a skew of at most P, a wait of at most the handler's time.
    pub fn draw(self, workload: &mut Workload, value: f64) {
        self.set(workload, value);
        if let Some(partitions) = workload.topic.partitions {
            workload.topic.skew = workload.topic.skew.min(f64::from(partitions));
        }
        if let (Some(wait), Some(seconds)) = (&mut workload.io_wait_seconds, workload.handler_seconds) {
            *wait = wait.min(seconds);
        }
    }
}

/// How long an outage is whose backlog fills the queues of clients, where the workload does not say, s.
const USUAL_OUTAGE_SECONDS: f64 = 3600.0;

impl Workload {
    /// The name of its topic, its consumer group or its Deployment: its own where nobody has given another.
    pub fn called(&self, of: NameOf) -> &str {
        self.names.get(of).unwrap_or(&self.name)
    }

    /// The machine type that it runs on today, whether it has whole machines or its pods share them.
    pub fn machine_type_today(&self) -> Option<&str> {
        self.current_machine.as_deref().or(self.current_node_type.as_deref())
    }

    /// Whether it says in which region it runs, by itself or with its machine type.
    pub fn names_region(&self) -> bool {
        self.region.is_some() || self.machine_type_today().is_some_and(|machine| machine.contains('/'))
    }

    /// Machines that it has to itself today: pods that share nodes have none.
    pub fn machines_today(&self) -> Option<u32> {
        self.current_instances.filter(|_| self.current_node_type.is_none())
    }

    /// How long consumers may be away before a backlog is read, s: the outage of the catch-up goal, else an hour.
    pub fn outage_seconds(&self) -> f64 {
        self.catch_up.map_or(USUAL_OUTAGE_SECONDS, |goal| goal.outage_seconds)
    }

    /// L0, mean arrival rate, events/s.
    pub fn mean_rate(&self) -> f64 {
        self.events_per_day / SECONDS_PER_DAY
    }

    /// Who holds events in flight in a runtime: as the workload says, else as is usual there.
    pub fn concurrency_in(&self, runtime: &Runtime) -> Concurrency {
        self.concurrency.unwrap_or(runtime.concurrency)
    }

    /// Who may hold events in flight today: as the workload says, else either of them; of these the one that carries more counts.
    pub(crate) fn concurrency_today(&self) -> impl Iterator<Item = Concurrency> + use<> {
        let given = self.concurrency;
        let may_be = move |it: &Concurrency| given.is_none_or(|given| given == *it);
        [Concurrency::Partition, Concurrency::Consumer].into_iter().filter(may_be)
    }

    /// Whether nothing says what its handler takes, so that it costs what the profile says and no more.
    pub fn says_nothing_of_cpu(&self) -> bool {
        self.handler_seconds.is_none() && self.observed_cores.is_none() && self.utilization.is_none()
    }

    /// N: how many threads of a process of today's are busy at a time where a share of the vCPUs is, one at least.
    pub(crate) fn busy_threads(&self, current: &Runtime, machine: &Machine, share: f64) -> f64 {
        let is_binary = self.member_in(current) == Member::Binary;
        let processes = self.current_processes.filter(|_| is_binary).zip(self.current_instances);
        let on_each = processes.map_or(1.0, |(all, instances)| f64::from(all) / f64::from(instances));
        (share.min(1.0) * f64::from(machine.vcpus) / on_each.max(1.0)).max(1.0)
    }

    /// Members of today's consumer group: `current_processes`, else one an instance and a core in use; of binaries one an instance.
    pub fn members_today(&self, member: Member, cores_in_use: Option<f64>) -> f64 {
        let instances = f64::from(self.current_instances.unwrap_or(1));
        match (member, self.current_processes) {
            (_, Some(members)) => f64::from(members),
            (Member::Process, None) => instances.max(cores_in_use.unwrap_or(0.0).ceil()),
            (Member::Binary | Member::Reader, None) => instances,
        }
    }

    /// How many of `machines` run something of today's runtime: fewer processes than machines leave some empty.
    pub fn machines_in_use(&self, machines: u64, deployment: Deployment) -> u64 {
        match (deployment, self.current_processes) {
            (Deployment::Processes, Some(processes)) => machines.min(processes.into()),
            _ => machines,
        }
    }

    /// `current_processes`, and how many run on all of today's machines were it of one.
    pub fn processes_if_of_one_machine(&self) -> Option<(u32, u32)> {
        let instances = self.current_instances.filter(|instances| *instances > 1)?;
        Some((self.current_processes?, self.current_processes?.checked_mul(instances)?))
    }

    /// What reads for it in a runtime.
    pub fn member_in(&self, runtime: &Runtime) -> Member {
        Member::of(runtime, self.concurrency_in(runtime))
    }

    /// What a process holds today, bytes: its share of a pod's, which instances of no machine type are.
    pub fn memory_bytes_of_process(&self, current: &Runtime) -> Option<f64> {
        let is_pod = self.current_machine.is_none() && self.member_in(current) != Member::Reader;
        let pods = self.current_instances.filter(|_| is_pod);
        let of_pod =
            self.current_processes.zip(pods).map_or(1.0, |(all, pods)| f64::from(all) / f64::from(pods));
        self.memory_bytes_today.map(|held| held / of_pod.max(1.0))
    }

    /// What each of some members reads on average, events/s: `L0/min(members, P)`; without a partition one fetches nothing.
    pub fn member_rate_today(&self, members: f64) -> f64 {
        let fetching = self.topic.partitions.map_or(members, |partitions| members.min(f64::from(partitions)));
        self.mean_rate() / fetching
    }

    /// L, arrival rate in the busiest hour, events/s: `L0 * peak_factor`.
    pub fn peak_rate(&self) -> f64 {
        self.mean_rate() * self.peak_factor
    }

    /// Ld, the rate that a backlog is drained at, events/s: `L (1 + outage/drain)`; L without a catch-up goal.
    pub fn design_rate(&self) -> f64 {
        let extra = self.catch_up.map_or(0.0, |goal| goal.outage_seconds / goal.drain_seconds);
        self.peak_rate() * (1.0 + extra)
    }
}
