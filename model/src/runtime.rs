//! Runtime profiles: what one event costs in a language, its Kafka client and its libraries.

use crate::capacity::scalability::Scalability;
use crate::demand::fetch::FetchCost;
pub use crate::figure::{Evidence, Figure, Linear};
use crate::language::Language;
pub use crate::memory::parts::{Memory, Prefetch};
pub use crate::setting_names::{Set, SettingNames};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Not;

/// How a runtime uses the vCPUs of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// One interpreter per member of the consumer group, each on one core at most.
    Processes,
    /// One binary with a thread on every vCPU, one member of the consumer group.
    Threads,
}

words!(Deployment { Processes = "processes", Threads = "threads" });

/// Who works on `in_flight` events at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concurrency {
    /// Every partition has its own events in flight.
    Partition,
    /// Every consumer has, whatever partitions it holds: the plain poll-and-await loop.
    Consumer,
}

impl Deployment {
    /// Who works on `in_flight` events at a time where a profile does not say.
    pub const fn usual_concurrency(self) -> Concurrency {
        match self {
            Self::Processes => Concurrency::Consumer,
            Self::Threads => Concurrency::Partition,
        }
    }
}

words!(Concurrency { Partition = "partition", Consumer = "consumer" });

/// Who gets the partitions of a member that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assignment {
    /// All others, as evenly as can be (round robin, sticky).
    #[default]
    Even,
    /// Whoever has them once all partitions are cut into blocks anew, one for each member in the order of ids.
    Range,
}

words!(Assignment { Even = "even", Range = "range" });

/// What a member of the consumer group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A process on one core at most, of W on an instance.
    Process,
    /// A binary with a thread on each of its V/W vCPUs. An instance has W of them, one unless more save enough.
    Binary,
    /// A plain loop of a binary, on one core at most: W in the one process of an instance.
    Reader,
}

impl Member {
    /// What reads for a runtime: a binary whose in-flight limit is each consumer's may have several of these.
    pub fn of(runtime: &Runtime, concurrency: Concurrency) -> Self {
        match (runtime.deployment, concurrency) {
            (Deployment::Processes, _) => Self::Process,
            (Deployment::Threads, Concurrency::Partition) => Self::Binary,
            (Deployment::Threads, Concurrency::Consumer) => Self::Reader,
        }
    }

    /// How many of them run on each of `instances` today, of so many processes in all; `None` where nobody says.
    pub(crate) fn on_each_today(self, processes: Option<u32>, instances: u64) -> Option<u64> {
        let each = |all| u64::from(all).div_ceil(instances).max(1);
        match self {
            Self::Binary => Some(processes.map_or(1, each)),
            Self::Process | Self::Reader => processes.map(each),
        }
    }
}

/// When a client sends its next fetch, and who gets the core while it works on one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discipline {
    /// It reads ahead up to its limits, and a thread of its own shares the core with the handler.
    Fair,
    /// It sends the next once all that it has fetched is taken; both share the core.
    Gated,
    /// It reads ahead up to its limits, and works on a fetch only where the handler leaves the core.
    Yielding,
}

words!(Discipline { Fair = "fair", Gated = "gated", Yielding = "yielding" });

/// A client's discipline and what that stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fetching {
    /// It.
    pub discipline: Discipline,
    /// Measured, published or assumed.
    pub evidence: Evidence,
    /// By what, or why it is assumed.
    pub source: String,
}

/// What stands in for one that a profile does not give: the one under which fetches take least of a busy core.
impl Default for Fetching {
    fn default() -> Self {
        let source = "left out of the profile".to_owned();
        Self { discipline: Discipline::Gated, evidence: Evidence::Assumed, source }
    }
}

/// Who says so, where, when and on what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// What the profile's figures are where they do not say otherwise.
    pub kind: Evidence,
    /// The lab run or publication.
    pub source: String,
    /// The machine measured on.
    pub machine: String,
    /// v_p: that machine's one-vCPU speed, on the scale of [`crate::machine::Machine::vcpu_speed`].
    pub vcpu_speed: f64,
    /// Day of the measurement or publication.
    pub date: String,
    /// Samples behind the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
    /// Versions of runtime and libraries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
}

/// Processor work, in core-seconds on the machine of the provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cpu {
    /// Cores that an idle process burns on polling and heartbeats.
    pub idle_cores: Figure,
    /// One fetch, however many events it brings; `None` where it is part of `consume`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch: Option<FetchFigures>,
    /// Reading one event and handing it over, and its fetch where `fetch` is not given.
    pub consume: Linear,
    /// What each measured kind of handler adds.
    pub handler: BTreeMap<String, Linear>,
    /// Writing one event; `None` where not measured.
    pub produce: Option<Linear>,
    /// One awaited downstream call, and for each byte of the event that is kept meanwhile; `None` where not measured.
    pub io_call: Option<Linear>,
}

/// One runtime: a language with its Kafka client and libraries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runtime {
    /// The id that workloads and flags use.
    pub name: String,
    /// For people.
    pub title: String,
    /// Programming language, with all that does not depend on libraries.
    pub language: Language,
    /// How it uses a machine.
    pub deployment: Deployment,
    /// Who holds events in flight in its usual consumer.
    pub concurrency: Concurrency,
    /// What its client's assignor does.
    pub assignment: Assignment,
    /// What it can do that a workload may require, such as `pandas`.
    pub capabilities: Vec<String>,
    /// Whether it is compared only where somebody names it, and for workloads that run in it today.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub on_request: bool,
    /// Where the figures come from.
    pub provenance: Provenance,
    /// Processor work.
    pub cpu: Cpu,
    /// How its client fetches.
    pub fetching: Fetching,
    /// What it calls its settings.
    pub setting_names: SettingNames,
    /// Memory.
    pub memory: Memory,
    /// Universal Scalability Law over worker threads.
    #[serde(flatten)]
    pub scaling: ScalingFigures,
    /// Squared coefficient of variation of the service time.
    pub service_scv: Figure,
    /// Process start to first event handled, s; `None` where not known.
    pub startup_seconds: Option<Figure>,
    /// One commit that is waited for; `None` where not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitFigures>,
}

/// One fetch with the evidence for it, on the machine of the provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FetchFigures {
    /// F, core-s.
    pub core_seconds: Figure,
    /// T, time from one fetch to the next that can be sent, s.
    pub round_trip_seconds: Figure,
}

/// One commit of offsets that is waited for, on the machine of the provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommitFigures {
    /// CPU, core-s.
    pub core_seconds: Figure,
    /// Time until the broker has it, s.
    pub wait_seconds: Figure,
}

/// The scalability law's coefficients with their evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalingFigures {
    /// Contention.
    pub sigma: Figure,
    /// Coherency.
    pub kappa: Figure,
}

impl ScalingFigures {
    /// The law with both figures at their values, or at an end of their ranges.
    fn law(&self, end: fn(&Figure) -> f64) -> Scalability {
        Scalability { sigma: end(&self.sigma), kappa: end(&self.kappa) }
    }
}

/// The figures of a runtime by name: references of the kind that the runtime itself is given by.
macro_rules! list_figures {
    ($runtime:expr) => {{
        let Runtime { cpu, memory, scaling, service_scv, startup_seconds, commit, .. } = $runtime;
        let Cpu { idle_cores, fetch, consume, handler, produce, io_call } = cpu;
        let mut all = Vec::new();
        if let Some(FetchFigures { core_seconds, round_trip_seconds }) = fetch {
            all.extend([
                ("fetch".to_owned(), core_seconds),
                ("fetch, round trip".to_owned(), round_trip_seconds),
            ]);
        }
        let mut costs = vec![("consume".to_owned(), consume)];
        for (kind, cost) in handler {
            costs.push((kind.clone(), cost));
        }
        if let Some(cost) = produce {
            costs.push(("produce".to_owned(), cost));
        }
        for (name, Linear { per_event, per_byte }) in costs {
            all.extend([(format!("{name}, an event"), per_event), (format!("{name}, a byte"), per_byte)]);
        }
        if let Some(Linear { per_event, per_byte }) = io_call {
            all.extend([("io_call".to_owned(), per_event), ("io_call, a byte".to_owned(), per_byte)]);
        }
        let Memory { base, working, thread, per_in_flight_event, gc_factor, prefetch } = memory;
        let Linear { per_event, per_byte } = per_in_flight_event;
        let ScalingFigures { sigma, kappa } = scaling;
        let others = [
            ("idle_cores", idle_cores),
            ("memory, base", base),
            ("memory, at work", working),
            ("memory, a thread", thread),
            ("memory, an event in flight", per_event),
            ("memory, a byte in flight", per_byte),
            ("gc_factor", gc_factor),
            ("sigma", sigma),
            ("kappa", kappa),
            ("service_scv", service_scv),
        ];
        all.extend(others.map(|(name, figure)| (name.to_owned(), figure)));
        if let Some(Prefetch {
            client_bytes,
            client_messages,
            broker_bytes,
            brokers,
            partition_bytes,
            partition_messages,
            bytes_per_message,
            expansion,
        }) = prefetch
        {
            let limits = [
                ("read ahead, a client", client_bytes),
                ("read ahead, messages of a client", client_messages),
                ("read ahead, a broker", broker_bytes),
                ("read ahead, a partition", partition_bytes),
                ("read ahead, messages of a partition", partition_messages),
            ];
            for (name, limit) in limits {
                if let Some(figure) = limit {
                    all.push((name.to_owned(), figure));
                }
            }
            all.push(("read ahead, brokers".to_owned(), brokers));
            all.push(("memory, a message read ahead".to_owned(), bytes_per_message));
            all.push(("memory, a byte read ahead".to_owned(), expansion));
        }
        if let Some(figure) = startup_seconds {
            all.push(("startup".to_owned(), figure));
        }
        if let Some(CommitFigures { core_seconds, wait_seconds }) = commit {
            all.extend([("commit".to_owned(), core_seconds), ("commit, wait".to_owned(), wait_seconds)]);
        }
        all
    }};
}

impl Runtime {
    /// Cores that a process which has nothing to do keeps busy on vCPUs of a speed: `idle_cores * profile_speed / speed`.
    pub fn idle_cores_at(&self, speed: f64) -> f64 {
        self.cpu.idle_cores.value * self.provenance.vcpu_speed / speed
    }

    /// Base and threads of one process on `vcpus` vCPUs, bytes; a process that is an interpreter has no threads.
    pub fn process_bytes(&self, vcpus: u32) -> f64 {
        let Memory { base, thread, .. } = &self.memory;
        match self.deployment {
            Deployment::Processes => base.value,
            Deployment::Threads => base.value + f64::from(vcpus) * thread.value,
        }
    }

    /// e: how much of what the busy threads of a process do is work, `usl(N) / N` of N that contend, one at least; all of an
    /// interpreter's.
    pub fn worth(&self, threads: f64) -> f64 {
        self.worth_at(|figure| figure.value, threads)
    }

    /// The same at an end of the ranges of sigma and kappa.
    pub(crate) fn worth_at(&self, end: fn(&Figure) -> f64, threads: f64) -> f64 {
        match self.deployment {
            Deployment::Processes => 1.0,
            Deployment::Threads => self.scaling.law(end).worth(threads.max(1.0)),
        }
    }

    /// From the start of a process to its first event, s; 0 where the profile does not say.
    pub fn seconds_to_first_event(&self) -> f64 {
        self.startup_seconds.as_ref().map_or(0.0, |figure| figure.value)
    }

    /// Every figure with its name, in the order in which profiles list them.
    pub fn figures(&self) -> Vec<(String, &Figure)> {
        list_figures!(self)
    }

    /// The same, to be changed.
    pub fn figures_mut(&mut self) -> Vec<(String, &mut Figure)> {
        list_figures!(self)
    }

    /// How many figures are measured, published and assumed; those that a profile leaves out do not count.
    pub fn count_by_evidence(&self) -> (usize, usize, usize) {
        let figures = self.figures();
        let stated = || figures.iter().map(|(_, figure)| figure).filter(|figure| !figure.is_left_out());
        let count = |evidence| stated().filter(|figure| figure.evidence == evidence).count();
        (count(Evidence::Measured), count(Evidence::Published), count(Evidence::Assumed))
    }

    /// The fetch at the best estimates, core-s at speed 1.0; it is free where the profile does not give it.
    pub fn fetch_cost(&self) -> FetchCost {
        self.cpu.fetch.as_ref().map_or_else(FetchCost::default, |fetch| {
            let round_trip_seconds = fetch.round_trip_seconds.value;
            FetchCost { core_seconds: fetch.core_seconds.value, round_trip_seconds }
                .scaled(self.provenance.vcpu_speed)
        })
    }
}
