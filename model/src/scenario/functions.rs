//! Functions billed by memory and time, called by a poller with batches of events: AWS Lambda and its like.
//!
//! The poller keeps as many consumers as the load needs, one call in progress for each. A call takes the events that
//! come to its consumer in the batching window, or during the call before it where that lasts longer. It handles them
//! on one vCPU at most, and is billed for its time by the memory of the function, in whose proportion it has CPU.

use crate::capacity::assignment::Topic;
use crate::capacity::search::least;
use crate::cost::bill::HOURS_PER_MONTH;
use crate::scenario::series::SECONDS_PER_HOUR;
use crate::units::{GIB, MIB};
use serde::{Deserialize, Serialize};

/// What functions cost and what they may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionTerms {
    /// What the provider calls them.
    pub name: String,
    /// Price of a GiB of the function's memory, USD/s.
    pub usd_per_gib_second: f64,
    /// Price of a million calls, USD.
    pub usd_per_million_calls: f64,
    /// Time is billed in whole multiples of this, s.
    pub billing_step_seconds: f64,
    /// Least memory, MiB.
    pub least_mib: u32,
    /// Most memory, MiB.
    pub most_mib: u32,
    /// Memory that comes with one vCPU, MiB; less has a part of one.
    pub mib_per_vcpu: f64,
    /// Longest call, s.
    pub longest_seconds: f64,
    /// Largest payload of a call, bytes.
    pub payload_bytes: f64,
    /// Bytes of payload for each byte of an event.
    pub payload_per_byte: f64,
    /// How long the poller gathers events for a call, from the first one, s.
    pub window_seconds: f64,
    /// How long an environment is kept before a new one has to start, s.
    pub environment_seconds: f64,
}

/// A workload in one runtime as a function sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionLoad {
    /// Mean rate of each step, events/s.
    pub rates: Vec<f64>,
    /// How long a step is, s.
    pub step_seconds: f64,
    /// How far the rate within a step rises above that.
    pub burst: f64,
    /// CPU of one event, core-s at speed 1.0.
    pub core_seconds: f64,
    /// w, I/O wait of an event, s.
    pub wait_seconds: f64,
    /// m, events of a batch in progress at a time: their waits overlap.
    pub in_flight: u32,
    /// b, bytes.
    pub event_bytes: f64,
    /// P and k.
    pub topic: Topic,
    /// Process start to first event, s.
    pub startup_seconds: f64,
    /// Memory of the process, bytes: base, what work adds, and state. A function is handed its events, so nothing is read ahead.
    pub process_bytes: f64,
    /// Memory of one event of a batch, bytes.
    pub in_flight_event_bytes: f64,
    /// Events that a call takes at most, as set.
    pub batch: u32,
    /// Share of memory kept free.
    pub memory_headroom: f64,
    /// Share of the time that the busiest partition's calls take at most.
    pub max_utilization: f64,
    /// Latency goal, s.
    pub goal_seconds: Option<f64>,
}

/// Why no function serves.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoFunction {
    /// One event is larger than a payload.
    #[error("an event makes a payload of {needed_bytes:.0} B and a call takes {payload_bytes:.0} B")]
    EventTooLarge {
        /// What it needs.
        needed_bytes: f64,
        /// What there is.
        payload_bytes: f64,
    },
    /// The process and a full batch do not fit.
    #[error("the process and a full batch need {needed_mib:.0} MiB and a function has {most_mib} at most")]
    TooMuchMemory {
        /// What they need, headroom included.
        needed_mib: f64,
        /// What there is.
        most_mib: u32,
    },
    /// One event takes longer than a call may.
    #[error("an event takes {seconds:.1} s and a call {longest_seconds:.0} s at most")]
    EventTooLong {
        /// What it takes.
        seconds: f64,
        /// What a call may take.
        longest_seconds: f64,
    },
    /// The busiest partition has more than its one call at a time can handle.
    #[error("one call at a time for each of {given} partitions is too few at peak; {required} would do")]
    TooFewPartitions {
        /// Partitions that there are.
        given: u32,
        /// Partitions that would do with most memory.
        required: f64,
    },
    /// The batch is not handled within the latency goal.
    #[error("a batch is gathered and handled in {seconds:.2} s, above the goal of {goal_seconds:.2} s")]
    TooSlow {
        /// What it takes with most memory.
        seconds: f64,
        /// The goal.
        goal_seconds: f64,
    },
}

/// A month's bill of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionBill {
    /// Memory of the function, MiB.
    pub memory_mib: u32,
    /// Calls a month.
    pub calls_per_month: f64,
    /// Events of a call on average.
    pub events_per_call: f64,
    /// Calls in progress at peak.
    pub concurrency_at_peak: f64,
    /// The least P that keeps up.
    pub partitions_required: f64,
    /// Environments that start in a month.
    pub cold_starts_per_month: f64,
    /// For CPU time, USD a month.
    pub usd_cpu: f64,
    /// For time spent waiting, USD a month.
    pub usd_waiting: f64,
    /// For calls, USD a month.
    pub usd_calls: f64,
    /// For cold starts, USD a month.
    pub usd_cold_starts: f64,
    /// All of that in each step, USD.
    pub usd_of_steps: Vec<f64>,
}

impl FunctionBill {
    /// All of it, USD a month.
    pub fn usd_per_month(&self) -> f64 {
        self.usd_cpu + self.usd_waiting + self.usd_calls + self.usd_cold_starts
    }
}

impl FunctionTerms {
    /// The bill with the memory setting that makes it least, on vCPUs of a speed.
    pub fn cheapest(&self, load: &FunctionLoad, vcpu_speed: f64) -> Result<FunctionBill, NoFunction> {
        let needed_bytes = load.event_bytes * self.payload_per_byte;
        if needed_bytes > self.payload_bytes {
            return Err(NoFunction::EventTooLarge { needed_bytes, payload_bytes: self.payload_bytes });
        }
        let batch = f64::from(load.batch).min((self.payload_bytes / needed_bytes).floor());
        let bytes = (load.process_bytes + batch * load.in_flight_event_bytes) / (1.0 - load.memory_headroom);
        let needed_mib = (bytes / MIB).ceil();
        if needed_mib > f64::from(self.most_mib) {
            return Err(NoFunction::TooMuchMemory { needed_mib, most_mib: self.most_mib });
        }
        let least_mib = self.least_mib.max(needed_mib as u32);
        // Beyond one vCPU a batch's events, one after another, gain nothing.
        let most_mib = least_mib.max((self.mib_per_vcpu.ceil() as u32).min(self.most_mib));
        let at = |memory_mib| Setting { terms: self, load, vcpu_speed, batch, memory_mib };
        let strongest = at(most_mib);
        let Some(full) = strongest.full_batch() else {
            let seconds = strongest.call_seconds(1.0);
            return Err(NoFunction::EventTooLong { seconds, longest_seconds: self.longest_seconds });
        };
        let required = strongest.partitions_required(full);
        if let Some(given) = load.topic.partitions.filter(|&given| f64::from(given) < required) {
            return Err(NoFunction::TooFewPartitions { given, required });
        }
        let bills = (least_mib..=most_mib).filter_map(|mib| at(mib).bill());
        let cheapest = bills.min_by(|one, other| one.usd_per_month().total_cmp(&other.usd_per_month()));
        cheapest.ok_or_else(|| NoFunction::TooSlow {
            seconds: strongest.busiest_seconds(full),
            goal_seconds: load.goal_seconds.unwrap_or(0.0),
        })
    }
}

/// A function with a memory setting.
struct Setting<'t> {
    terms: &'t FunctionTerms,
    load: &'t FunctionLoad,
    vcpu_speed: f64,
    /// Events that a call takes at most by setting and payload.
    batch: f64,
    memory_mib: u32,
}

impl Setting<'_> {
    /// CPU time of one event: `core_seconds / (v min(1, MiB/MiB of a vCPU))`, s.
    fn cpu_seconds(&self) -> f64 {
        let share = (f64::from(self.memory_mib) / self.terms.mib_per_vcpu).min(1.0);
        self.load.core_seconds / (self.vcpu_speed * share)
    }

    /// Wait of a call with `events` of which m are in progress at a time: `w max(1, events/m)`, s.
    fn waiting_seconds(&self, events: f64) -> f64 {
        self.load.wait_seconds * (events / f64::from(self.load.in_flight)).max(1.0)
    }

    /// A call with `events`, s.
    fn call_seconds(&self, events: f64) -> f64 {
        events * self.cpu_seconds() + self.waiting_seconds(events)
    }

    /// Events that a call takes at most: the batch, or as many as the longest call has time for; `None` where it has
    /// none for one.
    fn full_batch(&self) -> Option<f64> {
        let takes_too_long = |events: u64| self.call_seconds(events as f64) > self.terms.longest_seconds;
        match least(1, self.batch as u64, takes_too_long) {
            None => Some(self.batch),
            Some(events) => (events > 1).then_some((events - 1) as f64),
        }
    }

    /// Calls in progress, or consumers, that carry a rate with full batches.
    fn concurrency(&self, rate: f64, full: f64) -> f64 {
        rate * self.call_seconds(full) / full
    }

    /// Events of a call at a rate: the first and what comes to its consumer in the window behind it, or what comes
    /// while the call before it runs.
    ///
    /// The least k with `k = min(B, max(1 + y window, y d(k)))`, where y is the rate of one consumer. There are consumers
    /// enough for `y d(B) <= B`, so the second is met at `k <= min(m, B)`, where `d(k) = k s + w`:
    ///
    /// ```text
    /// k = y w / (1 - y s)
    /// ```
    fn events_per_call(&self, rate: f64, full: f64) -> f64 {
        let own_rate = self.consumer_rate(rate, full);
        let in_window = 1.0 + own_rate * self.terms.window_seconds;
        let during_call = own_rate * self.load.wait_seconds / (1.0 - own_rate * self.cpu_seconds());
        in_window.max(during_call).min(full)
    }

    /// y, what comes to one of the consumers at a rate, events/s.
    fn consumer_rate(&self, rate: f64, full: f64) -> f64 {
        rate / whole_up(self.concurrency(rate, full)).max(1.0)
    }

    /// L, events/s.
    fn peak_rate(&self) -> f64 {
        self.load.burst * self.load.rates.iter().copied().fold(0.0, f64::max)
    }

    /// From a batch's first event to its last one handled, at peak, s: the window, or the time in which the others come
    /// where that is longer, and the call.
    fn busiest_seconds(&self, full: f64) -> f64 {
        let events = self.events_per_call(self.peak_rate(), full);
        let others_come = (events - 1.0) / self.consumer_rate(self.peak_rate(), full);
        self.terms.window_seconds.max(others_come) + self.call_seconds(events)
    }

    /// The least P whose busiest partition keeps up with one call at a time at peak.
    fn partitions_required(&self, full: f64) -> f64 {
        let share = self.load.max_utilization / self.concurrency(self.peak_rate(), full);
        self.load.topic.partitions_for(share).map_or(f64::INFINITY, |least| whole_up(least).max(1.0))
    }

    /// Time as it is billed, s.
    fn billed(&self, seconds: f64) -> f64 {
        whole_up(seconds / self.terms.billing_step_seconds) * self.terms.billing_step_seconds
    }

    /// A month's bill, or nothing where an event takes too long, the partitions do not keep up or the goal is missed.
    fn bill(&self) -> Option<FunctionBill> {
        let full = self.full_batch()?;
        let partitions_required = self.partitions_required(full);
        if self.load.topic.partitions.is_some_and(|given| f64::from(given) < partitions_required) {
            return None;
        }
        if self.load.goal_seconds.is_some_and(|goal| self.busiest_seconds(full) > goal) {
            return None;
        }
        let gib = f64::from(self.memory_mib) * MIB / GIB;
        let usd_per_second = gib * self.terms.usd_per_gib_second;
        let (mut calls, mut events, mut cpu, mut waiting) = (0.0, 0.0, 0.0, 0.0);
        let mut environments = Vec::with_capacity(self.load.rates.len());
        let mut usd_of_steps = Vec::with_capacity(self.load.rates.len());
        let [usd_per_call, usd_per_start] =
            [self.terms.usd_per_million_calls / 1e6, self.billed(self.load.startup_seconds) * usd_per_second];
        for &rate in &self.load.rates {
            let per_call = self.events_per_call(rate, full);
            let calls_now = rate / per_call * self.load.step_seconds;
            let wait = self.waiting_seconds(per_call);
            let seconds = self.call_seconds(per_call);
            let billed = self.billed(seconds);
            let share_waiting = if seconds > 0.0 { wait / seconds } else { 0.0 };
            calls += calls_now;
            events += rate * self.load.step_seconds;
            waiting += calls_now * billed * share_waiting;
            cpu += calls_now * billed * (1.0 - share_waiting);
            usd_of_steps.push(calls_now * (billed * usd_per_second + usd_per_call));
            environments.push(whole_up(self.load.burst * self.concurrency(rate, full)));
        }
        let hours = self.load.rates.len() as f64 * self.load.step_seconds / SECONDS_PER_HOUR;
        let per_month = HOURS_PER_MONTH / hours;
        let starts = self.cold_starts(&environments);
        usd_of_steps.iter_mut().zip(&starts).for_each(|(usd, starts)| *usd += starts * usd_per_start);
        let cold_starts = per_month * starts.iter().sum::<f64>();
        Some(FunctionBill {
            memory_mib: self.memory_mib,
            calls_per_month: per_month * calls,
            events_per_call: events / calls,
            concurrency_at_peak: environments.iter().copied().fold(0.0, f64::max),
            partitions_required,
            cold_starts_per_month: cold_starts,
            usd_cpu: per_month * cpu * usd_per_second,
            usd_waiting: per_month * waiting * usd_per_second,
            usd_calls: per_month * calls * usd_per_call,
            usd_cold_starts: cold_starts * usd_per_start,
            usd_of_steps,
        })
    }

    /// Starts in each step: where more environments are needed than in the step before, and where one has reached its age.
    fn cold_starts(&self, environments: &[f64]) -> Vec<f64> {
        let before = environments.iter().cycle().skip(environments.len().saturating_sub(1));
        let age_in_steps = self.terms.environment_seconds / self.load.step_seconds;
        let start = |(now, before): (&f64, &f64)| (now - before).max(0.0) + now / age_in_steps;
        environments.iter().zip(before).map(start).collect()
    }
}

/// The next whole number up, where a little above a whole one is rounding.
fn whole_up(value: f64) -> f64 {
    (value * (1.0 - 1e-12)).ceil()
}
