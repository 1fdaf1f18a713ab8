//! What the model says of a condition, from a profile alone.

use crate::condition::{Arrivals, Condition};
use anyhow::Result;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::capacity::sizing::{Count, Sizing};
use tonnage_model::demand::event::{Carried, CpuBasis, Demand, Today, WaitBasis};
use tonnage_model::latency::range::P99Range;
use tonnage_model::latency::spread::scv_of_p99;
use tonnage_model::machine::{Machine, Prices};
use tonnage_model::memory::parts::ReadAhead;
use tonnage_model::plan::Plan;
use tonnage_model::policy::Policy;
use tonnage_model::runtime::{Figure, Linear, Prefetch, Runtime as Profile};
use tonnage_model::units::MIB;
use tonnage_model::workload::{SECONDS_PER_DAY, Workload};

/// One consumer on one machine of one vCPU.
pub struct Prediction {
    sizing: Sizing,
    demand: Demand,
    fetch_wait_seconds: f64,
}

const ONE: Count = Count { instances: 1, members_per_instance: 1 };

impl Prediction {
    /// `round_seconds` is what a round of business logic takes in this runtime at speed 1.0, as
    /// somebody who plans would know their handler's time; `wait_seconds` what a call waits; `speed` that of
    /// the core.
    pub fn new(
        profile: &Profile,
        condition: &Condition,
        round_seconds: f64,
        wait_seconds: f64,
        speed: f64,
    ) -> Result<Self> {
        let mut profile = profile.clone();
        let nothing = Linear { per_event: Figure::left_out(0.0), per_byte: Figure::left_out(0.0) };
        profile.cpu.handler.insert("consume".to_string(), nothing);
        profile.memory.prefetch = profile.memory.prefetch.map(|it| limits_of(condition, it));
        let workload = workload(condition, &profile);
        let core_seconds = round_seconds * f64::from(condition.compute_rounds);
        let today = Today {
            wait_seconds: wait_seconds * f64::from(condition.io_calls),
            wait_basis: WaitBasis::Given,
            io_calls: f64::from(condition.io_calls),
            call_share: 1.0,
            members: 1.0,
            fetch_wait_seconds: 0.0,
            handler_core_seconds: core_seconds,
            cpu_basis: CpuBasis::HandlerTime,
            carried: Carried { members: 1.0, fetch_wait_seconds: 0.0, core_seconds },
        };
        let demand = today.demand_in(&workload, &profile, 1.0)?;
        let sizing = Sizing::new(
            &workload,
            &profile,
            &one_core(speed),
            speed,
            demand.on(speed),
            today.wait_seconds,
            Policy {
                min_instances: 1,
                survive_zone_loss: false,
                // The lab's consumers fetch as their clients do by default, and may take all of their core.
                fetch_waits: false,
                max_cpu: 1.0,
                ..Policy::default()
            },
        );
        Ok(Self { sizing, demand, fetch_wait_seconds: f64::from(condition.fetch_wait_ms) / 1000.0 })
    }

    /// The plan of a group of so many members, each on one such core.
    pub fn plan<'a>(&self, profile: &'a Profile, machine: &'a Machine, members: u64) -> Plan<'a> {
        Plan {
            runtime: profile,
            machine,
            demand: self.demand,
            sizing: self.sizing.clone(),
            count: Count { instances: members, members_per_instance: 1 },
            fetch_wait_seconds: self.fetch_wait_seconds,
            usd_per_hour: 0.0,
            usd_per_month: 0.0,
            cheapest_usd_per_month: 0.0,
            usd_per_million_events: 0.0,
        }
    }

    /// The same where the wait's p99 is so many times its mean, as measured beside it (`io_wait_p99_ms`).
    pub fn with_wait_p99(mut self, times_mean: f64) -> Self {
        self.sizing.wait_scv = scv_of_p99(times_mean);
        self
    }

    /// Events/s at which the core is all busy: `(1 - idle) / s`.
    pub fn cpu_bound_rate(&self) -> f64 {
        self.sizing.member_rate()
    }

    /// Events/s at which the places for events in progress are all taken, while their calls wait for the core.
    pub fn slot_bound_rate(&self) -> f64 {
        f64::from(self.sizing.in_flight) / self.sizing.in_flight_load(1.0, 1, 1)
    }

    /// The range that is printed of it, s.
    pub fn p99_range(&self) -> P99Range {
        self.sizing.percentile_range(ONE, self.fetch_wait_seconds)
    }

    /// Events/s of a consumer with a backlog.
    pub fn throughput(&self) -> f64 {
        self.cpu_bound_rate().min(self.slot_bound_rate())
    }

    /// Share of the core that is busy at the rate that events come with, fetches included.
    pub fn busy(&self) -> f64 {
        self.sizing.cpu_at_peak(ONE, self.fetch_wait_seconds)
    }

    /// 99th percentile of the time from arrival to handled at the rate that events come with, s.
    pub fn p99_seconds(&self) -> f64 {
        self.sizing.percentile(ONE, self.fetch_wait_seconds)
    }

    /// Consumers that carry the rate at this utilization, each with such a core.
    pub fn instances(&self, max_utilization: f64) -> Option<u64> {
        let policy = Policy { max_utilization, ..self.sizing.policy };
        Sizing { policy, ..self.sizing.clone() }.count().ok().map(|count| count.instances)
    }

    /// Memory of a process that does nothing, MiB.
    pub fn idle_mib(&self) -> f64 {
        self.sizing.process_bytes / MIB
    }

    /// Memory without a backlog, as planned for the rate that events come with, MiB.
    pub fn steady_mib(&self) -> f64 {
        self.sizing.memory(1, 1).steady() / MIB
    }

    /// Memory with this many events in progress, MiB, and as much of a backlog of so many bytes read ahead as the client
    /// may.
    pub fn memory_mib(&self, in_flight: f64, backlog_bytes: f64) -> f64 {
        let arriving = self.sizing.peak_rate * self.sizing.event_bytes;
        let with_backlog = |it| ReadAhead { outage_seconds: backlog_bytes / arriving, ..it };
        let draining = Sizing { read_ahead: self.sizing.read_ahead.map(with_backlog), ..self.sizing.clone() };
        let ahead = draining.read_ahead_bytes(1, 1);
        (self.sizing.fixed_process_bytes() + ahead + in_flight * self.sizing.in_flight_event_bytes) / MIB
    }
}

/// A client's limits as a condition has them, with the lab's one broker.
fn limits_of(condition: &Condition, prefetch: Prefetch) -> Prefetch {
    let divisor = f64::from(condition.prefetch_divisor);
    let divided = |limit: Option<Figure>| limit.map(|it| Figure { value: it.value / divisor, ..it });
    Prefetch {
        client_bytes: divided(prefetch.client_bytes),
        client_messages: divided(prefetch.client_messages),
        broker_bytes: divided(prefetch.broker_bytes),
        brokers: Figure::left_out(1.0),
        partition_bytes: divided(prefetch.partition_bytes),
        partition_messages: divided(prefetch.partition_messages),
        ..prefetch
    }
}

fn workload(condition: &Condition, profile: &Profile) -> Workload {
    let rate = match condition.arrivals {
        Arrivals::Paced(rate) => rate,
        Arrivals::Backlog | Arrivals::Idle => 1.0,
    };
    Workload {
        name: condition.name(),
        events_per_day: rate * SECONDS_PER_DAY,
        event_bytes: condition.event_bytes as f64,
        handler: condition.handler.to_string(),
        produces: f64::from(condition.produces),
        current_runtime: profile.name.clone(),
        peak_factor: 1.0,
        topic: Topic { partitions: Some(condition.partitions as u32), skew: 1.0, ..Topic::default() },
        in_flight: Some(condition.in_flight),
        ..Workload::default()
    }
}

/// A machine of one core of this speed, with memory and network without end.
pub fn one_core(speed: f64) -> Machine {
    Machine {
        provider: "lab".to_string(),
        region: String::new(),
        instance_type: "core".to_string(),
        vcpus: 1,
        physical_cores: Some(1),
        memory_bytes: 1e15,
        vcpu_speed: Some(speed),
        speed_basis: "measured by the calibration kernel".to_string(),
        prices: Prices::on_demand(1.0),
        ..Machine::default()
    }
}
