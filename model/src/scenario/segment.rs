//! Adjacent stages of a pipeline in one consumer: its members read the events of the first stage and do the work of
//! all of them, with nothing written or read in between.
//!
//! Stage l of a segment takes `a_l = f_1 ... f_(l-1)` events for each event that the consumer reads. Everything here is
//! for one event read unless it says otherwise.

use crate::bill_bounds::Work;
use crate::capacity::sizing::Sizing;
use crate::cheapest::{BestEstimates, Search};
use crate::cost::traffic::Traffic;
use crate::demand::event::{Demand, Lacking, Unmeasured};
use crate::demand::fetch::FetchCost;
use crate::machine::Machine;
use crate::offers::Offers;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Linear, Runtime};
use crate::scenario::stage::Stage;

/// The kind of handler that looks at a few fields of an event.
const DECODE: &str = "decode";
/// The kind that makes types of all of it.
const PARSE: &str = "parse";

/// A stage with what it takes today.
#[derive(Debug, Clone)]
pub struct Link<'a> {
    /// The stage.
    pub stage: &'a Stage,
    /// Its workload and what runs it today.
    pub problem: Problem<'a>,
    /// Mean size of the events that it passes on, bytes.
    pub output_bytes: f64,
}

/// Adjacent stages in one consumer.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'s, 'a> {
    /// The stage whose events are read.
    pub first: &'s Link<'a>,
    /// Those behind it in the same consumer.
    pub later: &'s [Link<'a>],
}

impl<'s, 'a> Segment<'s, 'a> {
    /// All stages.
    pub fn links(self) -> impl DoubleEndedIterator<Item = &'s Link<'a>> {
        std::iter::once(self.first).chain(self.later)
    }

    /// The stage that passes events on to the next consumer or to the outside.
    fn last(self) -> &'s Link<'a> {
        self.later.last().unwrap_or(self.first)
    }

    /// a_l of each stage, and behind them events passed on: the products of the fan-outs before.
    fn events_taken(self) -> impl Iterator<Item = f64> {
        self.links().scan(1.0, |next, link| {
            let taken = *next;
            *next *= link.stage.fan_out;
            Some(taken)
        })
    }

    /// CPU of each stage for one event that this stage takes.
    ///
    /// Only the first is handed events by the client, only the last writes any. A later stage's kind of handler was
    /// measured with the reading of its event, which is done here already as far as a stage before it went: it
    /// costs `max(0, k_l(b_l) - read(b_l))`, the reading being `decode` behind stages that decode only, else
    /// `parse`.
    pub fn demands_in(self, runtime: &Runtime) -> Result<Vec<Demand>, Unmeasured> {
        let speed = runtime.provenance.vcpu_speed;
        let mut demands = Vec::new();
        let mut read_before: Vec<&Linear> = Vec::new();
        for link in self.links() {
            let workload = link.problem.workload;
            let mut demand = Demand { produce: 0.0, ..link.problem.demand_in(runtime, RangeEnd::Best)? };
            if !demands.is_empty() {
                let read = read_before.iter().map(|cost| cost.at(workload.event_bytes)).fold(0.0, f64::max);
                demand.fetch = FetchCost::default();
                demand.consume = 0.0;
                // What was read is committed once.
                demand.commit = 0.0;
                demand.commit_wait_seconds = 0.0;
                demand.handler_kind = (demand.handler_kind - speed * read).max(0.0);
            }
            read_before.extend(reading(runtime, &workload.handler));
            demands.push(demand);
        }
        let last = self.last();
        if let Some(demand) = demands.last_mut() {
            demand.produce = last.stage.fan_out * writing(runtime, last)?;
        }
        Ok(demands)
    }

    /// CPU of one event read: the first stage's, and a_l times each later one's.
    fn total(self, demands: &[Demand]) -> Demand {
        let none = Demand {
            fetch: FetchCost::default(),
            consume: 0.0,
            handler_kind: 0.0,
            io_calls: 0.0,
            produce: 0.0,
            commit: 0.0,
            commit_wait_seconds: 0.0,
            own_code: 0.0,
        };
        let fetch = demands.first().map_or(none.fetch, |first| first.fetch);
        self.events_taken().zip(demands).fold(Demand { fetch, ..none }, |sum, (taken, demand)| Demand {
            fetch,
            consume: sum.consume + taken * demand.consume,
            handler_kind: sum.handler_kind + taken * demand.handler_kind,
            io_calls: sum.io_calls + taken * demand.io_calls,
            produce: sum.produce + taken * demand.produce,
            commit: sum.commit + taken * demand.commit,
            commit_wait_seconds: sum.commit_wait_seconds + taken * demand.commit_wait_seconds,
            own_code: sum.own_code + taken * demand.own_code,
        })
    }

    /// w, I/O wait, s: `w_1 + a_2 w_2 + ...`.
    pub fn wait_seconds(self) -> f64 {
        self.events_taken()
            .zip(self.links())
            .map(|(taken, link)| taken * link.problem.today.wait_seconds)
            .sum()
    }

    /// Bytes read, `b_1`, and written, `a_n f_n b_out`.
    fn bytes_moved(self) -> (f64, f64) {
        let passed_on: f64 = self.links().map(|link| link.stage.fan_out).product();
        (self.first.problem.workload.event_bytes, passed_on * self.last().output_bytes)
    }

    /// Bytes that cross zones in a month on their way into it and out of it: the same in every runtime.
    pub fn traffic(self, policy: &Policy) -> Traffic {
        let (read, written) = self.bytes_moved();
        Traffic::of_consumer(self.first.problem.workload.events_per_day, read, written, policy)
    }

    /// Squared coefficient of variation of the CPU of an event, or of its wait, from that at one stage and from how
    /// unevenly events go on: of those that are read, some stop at the first stage and some go through all.
    ///
    /// `seconds` is each stage's time for an event that it takes. With N_l events passed on for one taken, as steady
    /// as whole numbers of mean f_l can be, from the last stage back:
    ///
    /// ```text
    /// M_l = t_l + f_l M_(l+1)        V_l = f_l V_(l+1) + var(N_l) M_(l+1)^2        var(N) = frac(f) (1 - frac(f))
    /// scv = (1 + scv_l) (1 + V_1 / M_1^2) - 1
    /// ```
    ///
    /// An event's own factor is the same at each stage: one that is slow at one is slow at all. So cutting a stage in
    /// two that pass on every event changes nothing.
    fn scv(self, seconds: &[f64], of_stage: f64) -> f64 {
        let back = self.links().zip(seconds).collect::<Vec<_>>().into_iter().rev();
        let (mean, variance) = back.fold((0.0, 0.0), |(mean, variance): (f64, f64), (link, seconds)| {
            let passed_on = link.stage.fan_out;
            let unevenness = passed_on.fract() * (1.0 - passed_on.fract());
            (seconds + passed_on * mean, passed_on * variance + unevenness * mean * mean)
        });
        let spread = if mean > 0.0 { variance / (mean * mean) } else { 0.0 };
        of_stage + spread * (1.0 + of_stage)
    }

    /// What sizing on one machine type starts from.
    ///
    /// Rates, partitions and skew are those of the topic that the first stage reads. The fewest events in flight
    /// and the strictest latency goal that any of its stages asks for hold for all. An event in flight takes the
    /// memory of the largest that it becomes, and a process keeps what each stage keeps.
    fn sizing_on(
        self,
        runtime: &Runtime,
        machine: &Machine,
        speed: f64,
        demands: &[Demand],
        policy: Policy,
    ) -> Sizing {
        let sizing = self.first.problem.sizing(runtime, machine, speed, self.total(demands), policy);
        let workloads = || self.links().map(|link| link.problem.workload);
        let largest = workloads().map(|workload| workload.event_bytes).fold(0.0, f64::max);
        let times = self.links().zip(demands);
        let seconds: Vec<f64> = times
            .map(|(link, demand)| {
                demand.handling() / speed + link.problem.today.wait_seconds + demand.commit_wait_seconds
            })
            .collect();
        let (read, written) = self.bytes_moved();
        Sizing {
            wait_seconds: self.wait_seconds() + self.total(demands).commit_wait_seconds,
            scv: self.scv(&seconds, sizing.scv),
            wait_scv: self.scv(&seconds, sizing.wait_scv),
            in_flight: workloads().filter_map(|workload| workload.in_flight).min().unwrap_or(1),
            batch: workloads().map(|workload| workload.batch_size).max().unwrap_or(1),
            goal_seconds: workloads().filter_map(|workload| workload.p99_seconds).reduce(f64::min),
            in_flight_event_bytes: runtime.memory.in_flight_event_bytes(largest),
            state_bytes: self.links().map(|link| link.problem.state_bytes_in(runtime)).sum(),
            bits_per_event: (read + written) * 8.0,
            ..sizing
        }
    }

    /// The cheapest plan for it in one runtime.
    pub fn cheapest(
        self,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        policy: Policy,
    ) -> Result<Plan<'a>, NoPlan> {
        let demands = self.demands_in(runtime)?;
        let offers = &Offers::new(runtime, machines.iter().copied(), policy.purchase);
        let workload = self.first.problem.workload;
        let policy = policy.for_today(workload.current_instances);
        let busiest = policy.rate_to_provide(workload.peak_rate(), workload.design_rate());
        let demand = self.total(&demands);
        let search = Search {
            member: workload.member_in(runtime),
            offers,
            demand,
            events_per_day: workload.events_per_day,
            work: Work {
                cores: busiest * demand.handling(),
                instances: policy.min_instances,
                ..Work::default()
            },
            policy,
            share: 1.0,
            sizing_on: |machine: &Machine, speed| self.sizing_on(runtime, machine, speed, &demands, policy),
            counting: &BestEstimates,
        };
        search.cheapest_itself()
    }
}

/// What a kind of handler spends on reading its event, core-s on the profile's machine: `decode` reads no more than
/// that, all others read the whole of it. `None` where the profile does not say.
pub fn reading<'r>(runtime: &'r Runtime, kind: &str) -> Option<&'r Linear> {
    let decode = runtime.cpu.handler.get(DECODE);
    if kind == DECODE { decode } else { runtime.cpu.handler.get(PARSE).or(decode) }
}

/// CPU of writing one of the events that a stage passes on, core-s at speed 1.0.
fn writing(runtime: &Runtime, link: &Link<'_>) -> Result<f64, Unmeasured> {
    match &runtime.cpu.produce {
        Some(cost) => Ok(runtime.provenance.vcpu_speed * cost.at(link.output_bytes)),
        None if link.stage.fan_out == 0.0 => Ok(0.0),
        None => Err(Unmeasured { runtime: runtime.name.clone(), lacking: Lacking::Produce }),
    }
}
