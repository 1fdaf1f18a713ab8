//! One workload on machines and on tasks, fixed and scaled step by step, and as a function: what each costs a month.

use crate::capacity::constraint::BoundBy;
use crate::capacity::sizing::Sizing;
use crate::cost::serverless::{Serverless, SpeedRange};
use crate::decide::planned::PlannedWorkload;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::scenario::autoscale::{Autoscaler, Schedule, instance_hours_at_least};
use crate::scenario::functions::{FunctionBill, FunctionLoad, NoFunction};
use crate::scenario::series::Hours;
use crate::words::words;
use crate::workload::Workload;

/// How a workload is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// As many machines all day as the busiest hour needs.
    Fixed,
    /// Machines that an autoscaler adds and removes.
    Autoscaled,
    /// As many tasks all day as the busiest hour needs.
    FixedTasks,
    /// Tasks that an autoscaler adds and removes.
    AutoscaledTasks,
    /// A function that is called with batches of events.
    Functions,
}

words!(Supply {
    Fixed = "fixed",
    Autoscaled = "autoscaled",
    FixedTasks = "fixed_tasks",
    AutoscaledTasks = "autoscaled_tasks",
    Functions = "functions",
});

/// What beside the workload sets the costs.
#[derive(Debug, Clone, Copy)]
pub struct HourTerms<'a> {
    /// How fast machines and tasks follow the rate.
    pub autoscaler: Autoscaler,
    /// Prices of tasks and functions.
    pub serverless: &'a Serverless,
    /// Events that a call takes at most.
    pub batch: u32,
}

/// A workload whose hours are known. Its peak factor covers the busiest of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The workload.
    pub workload: Workload,
    /// Its hours.
    pub hours: Hours,
    /// How far the rate within an hour rises above that hour's.
    pub burst: f64,
}

impl Day {
    /// What the peak factor has above the busiest hour are bursts within each hour. One below it, or a blank one, is that hour's.
    pub fn new(mut workload: Workload, hours: Hours) -> Self {
        hours.give_peak(&mut workload);
        let burst = hours.burst(workload.peak_factor);
        let peak_factor = hours.peak_factor(workload.peak_factor);
        Self { workload: Workload { peak_factor, ..workload }, hours, burst }
    }

    /// The rate that each hour's instances have to carry, bursts included, events/s.
    fn busiest_rates(&self) -> Vec<f64> {
        let peak = self.workload.peak_rate();
        let rates = self.hours.rates(self.workload.mean_rate());
        rates.into_iter().map(|rate| (rate * self.burst).min(peak)).collect()
    }
}

/// Machines or tasks of one type, hour by hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Instances {
    /// The type.
    pub instance_type: String,
    /// How many in each hour.
    pub schedule: Schedule,
    /// What sets the count of the busiest hour.
    pub bound_by: BoundBy,
    /// Hours in which the policy's minimum runs.
    pub hours_at_minimum: f64,
    /// What the autoscaler's and the process's delays cost; nothing where the count is fixed.
    pub delays: Option<Delays>,
}

/// Instance-hours a month that are run ahead of the rate or after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// For all delays together.
    pub all: f64,
    /// For the time that a process takes to start.
    pub startup: f64,
}

/// What runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Runs {
    /// Machines or tasks.
    Instances(Instances),
    /// A function.
    Function(FunctionBill),
}

/// A supply to run a workload with its bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What runs.
    pub runs: Runs,
    /// The bill, USD a month.
    pub usd_per_month: f64,
    /// The bill at the ends of a vCPU's speed where that is assumed; `None` in it where nothing serves at that end.
    pub usd_at_ends: Option<Ends>,
}

/// Bills at the ends of a range of speeds, USD a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// With fast vCPUs.
    pub fast: Option<f64>,
    /// With slow ones.
    pub slow: Option<f64>,
}

/// Why a supply does not carry the load.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoSupply {
    /// Nothing carries the busiest hour.
    #[error(transparent)]
    Plan(#[from] NoPlan),
    /// No function does.
    #[error(transparent)]
    Function(#[from] NoFunction),
    /// It is sold in another cloud, which no verdict moves a workload to.
    #[error("it is {sold_in}'s, and the workload runs in {runs_in}")]
    Elsewhere {
        /// The cloud that sells it.
        sold_in: String,
        /// The workload's.
        runs_in: String,
    },
}

/// One runtime in every supply.
#[derive(Debug, Clone)]
pub struct InRuntime<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// Each supply with its bill, or why it does not carry the load.
    pub supplies: Vec<(Supply, Result<Offer, NoSupply>)>,
}

/// One workload in every runtime and supply.
#[derive(Debug, Clone)]
pub struct WorkloadHours<'a> {
    /// The workload and its hours.
    pub day: &'a Day,
    /// It as planned.
    pub planned: &'a PlannedWorkload<'a>,
    /// In the order of the runtimes.
    pub runtimes: Vec<InRuntime<'a>>,
}

/// A supply that was chosen.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'e> {
    /// In which runtime.
    pub runtime: &'e Runtime,
    /// How.
    pub supply: Supply,
    /// What runs and what it costs.
    pub offer: &'e Offer,
}

impl<'a> WorkloadHours<'a> {
    /// The cheapest supply in any runtime that `among` accepts; of equal ones the first.
    pub fn cheapest(&self, among: impl Fn(&Runtime) -> bool) -> Option<Choice<'_>> {
        let all = self.runtimes.iter().filter(|it| among(it.runtime)).flat_map(|it| {
            let offers =
                it.supplies.iter().filter_map(|(supply, offer)| Some((*supply, offer.as_ref().ok()?)));
            offers.map(|(supply, offer)| Choice { runtime: it.runtime, supply, offer })
        });
        all.min_by(|one, other| one.offer.usd_per_month.total_cmp(&other.offer.usd_per_month))
    }

    /// Whether no supply in any of the runtimes carries it.
    pub fn has_infeasible(&self) -> bool {
        self.cheapest(|_| true).is_none()
    }
}

/// Prices each planned workload with its hours in every runtime that it was planned in and in every supply.
///
/// Machines that an autoscaler adds are paid by the hour whatever the policy's purchase, and so are tasks.
pub fn study<'a>(
    fleet: &'a [PlannedWorkload<'a>],
    days: &'a [Day],
    terms: HourTerms<'_>,
) -> Vec<WorkloadHours<'a>> {
    let tasks = terms.serverless.machines();
    let of_workload = |(entry, day): (&'a PlannedWorkload<'a>, &'a Day)| {
        let PlannedWorkload { problem, plans, planner, .. } = entry;
        let policy = planner.policy;
        let by_the_hour = policy.by_the_hour();
        // A discount on machines is none on tasks.
        let at_list = Policy { discount_by_bill: false, ..by_the_hour };
        let sold_in = &terms.serverless.provider;
        let elsewhere = planner
            .home
            .provider
            .filter(|runs_in| runs_in != sold_in)
            .map(|runs_in| NoSupply::Elsewhere { sold_in: sold_in.clone(), runs_in: runs_in.to_owned() });
        let here = |offer: &dyn Fn() -> Result<Offer, NoSupply>| elsewhere.clone().map_or_else(offer, Err);
        let in_runtime = |(runtime, plan): &(&'a Runtime, Result<Plan<'a>, NoPlan>)| {
            let case = Case::new(day, problem, runtime, terms.autoscaler);
            let on_tasks = |price: &dyn Fn(&[&Machine]) -> Result<Offer, NoSupply>| {
                here(&|| at_speeds(tasks.map(|sizes| price(&sizes.iter().collect::<Vec<_>>()))))
            };
            let on_functions =
                || at_speeds(terms.serverless.vcpu_speed.map(|&v| case.function(v, policy, terms)));
            let supplies = vec![
                (
                    Supply::Fixed,
                    plan.as_ref().map(|plan| case.fixed(plan)).map_err(|none| none.clone().into()),
                ),
                (Supply::Autoscaled, case.scaled(&planner.machines, by_the_hour)),
                (
                    Supply::FixedTasks,
                    on_tasks(&|sizes| {
                        Ok(case.fixed(&problem.cheapest(runtime, sizes, at_list, RangeEnd::Best)?))
                    }),
                ),
                (Supply::AutoscaledTasks, on_tasks(&|sizes| case.scaled(sizes, at_list))),
                (Supply::Functions, here(&on_functions)),
            ];
            InRuntime { runtime, supplies }
        };
        WorkloadHours { day, planned: entry, runtimes: plans.iter().map(in_runtime).collect() }
    };
    fleet.iter().zip(days).map(of_workload).collect()
}

/// What an autoscaler of machines makes of a planned workload's own hours, in the runtime and with the change that are decided;
/// `None` where its hours are not known, and where no machines follow them.
pub fn autoscaled(entry: &PlannedWorkload<'_>, autoscaler: Autoscaler) -> Option<Offer> {
    let PlannedWorkload { problem, planner, recommendation, .. } = entry;
    let changed = recommendation.step().map(|change| change.made(problem));
    let problem = &changed.as_ref().map_or_else(|| problem.clone(), |it| it.problem(problem));
    let day = Day::new(problem.workload.clone(), Hours::of_day(problem.workload.outlook.hourly.as_ref()?)?);
    let case = Case::new(&day, problem, recommendation.runtime?, autoscaler);
    case.scaled(&planner.machines, planner.policy.by_the_hour()).ok()
}

/// The offer at the assumed speed, with the bills at the ends.
fn at_speeds(offers: SpeedRange<Result<Offer, NoSupply>>) -> Result<Offer, NoSupply> {
    let bill = |offer: Result<Offer, NoSupply>| offer.ok().map(|offer| offer.usd_per_month);
    let ends = Ends { fast: bill(offers.fast), slow: bill(offers.slow) };
    offers.value.map(|offer| Offer { usd_at_ends: Some(ends), ..offer })
}

/// One workload in one runtime.
struct Case<'c> {
    day: &'c Day,
    problem: &'c Problem<'c>,
    runtime: &'c Runtime,
    autoscaler: Autoscaler,
    /// Rates that each hour's instances have to carry if they follow at once.
    rates: Vec<f64>,
    startup_seconds: f64,
}

impl<'c> Case<'c> {
    fn new(day: &'c Day, problem: &'c Problem<'c>, runtime: &'c Runtime, autoscaler: Autoscaler) -> Self {
        let startup_seconds = runtime.seconds_to_first_event();
        Self { day, problem, runtime, autoscaler, rates: day.busiest_rates(), startup_seconds }
    }

    /// The machines of a plan all day.
    fn fixed(&self, plan: &Plan<'_>) -> Offer {
        let schedule = Schedule::fixed(plan.count.instances, self.rates.len());
        let instances = Instances {
            instance_type: plan.machine.instance_type.clone(),
            hours_at_minimum: self.hours_at_minimum(&schedule, &plan.sizing.policy),
            schedule,
            bound_by: plan.bound_by(),
            delays: None,
        };
        Offer { runs: Runs::Instances(instances), usd_per_month: plan.usd_per_month, usd_at_ends: None }
    }

    /// Hours of the series in which the policy's minimum runs.
    fn hours_at_minimum(&self, schedule: &Schedule, policy: &Policy) -> f64 {
        schedule.share_at_most(u64::from(policy.min_instances)) * self.day.hours.total_hours()
    }

    /// Rates that an autoscaler's instances have to carry, step by step.
    fn carried(&self, autoscaler: Autoscaler, startup_seconds: f64) -> Vec<f64> {
        autoscaler.rates_to_carry(&self.rates, self.day.hours.step_seconds(), startup_seconds)
    }

    /// The type on which the instance-hours of a scaled fleet cost least. Types are passed over where even the cores
    /// alone ask for more; of equal bills that of the fixed fleet's type stays.
    fn scaled(&self, machines: &[&Machine], policy: Policy) -> Result<Offer, NoSupply> {
        let plan = self.problem.cheapest(self.runtime, machines, policy, RangeEnd::Best)?;
        let carried = self.carried(self.autoscaler, self.startup_seconds);
        let mut best: Option<Scaled<'_>> = None;
        for machine in std::iter::once(plan.machine).chain(machines.iter().copied()) {
            let offer = self.problem.offer(self.runtime, machine, plan.demand, policy);
            let Some((sizing, usd_per_hour)) = offer else { continue };
            let beats = |best: &Option<Scaled<'_>>, hours: f64| {
                best.as_ref().is_none_or(|best| hours * usd_per_hour < best.usd_per_month * (1.0 - 1e-9))
            };
            // What each instance runs stays the same in all steps.
            for binaries in sizing.numbers_of_binaries() {
                let sizing = sizing.clone().in_binaries(self.runtime, binaries);
                if !beats(&best, instance_hours_at_least(&sizing, &carried)) {
                    continue;
                }
                let Ok(schedule) = Schedule::for_rates(&sizing, &carried) else { continue };
                let hours = schedule.instance_hours_per_month();
                if beats(&best, hours) {
                    best = Some(Scaled { machine, sizing, schedule, usd_per_month: hours * usd_per_hour });
                }
            }
        }
        let nothing = || NoPlan::NoMachines { place: String::new(), purchase: policy.purchase };
        Ok(self.scaled_offer(best.ok_or_else(nothing)?))
    }

    fn scaled_offer(&self, scaled: Scaled<'_>) -> Offer {
        let Scaled { machine, sizing, schedule, usd_per_month } = scaled;
        let hours_with = |autoscaler: Autoscaler, startup_seconds: f64| {
            let carried = self.carried(autoscaler, startup_seconds);
            Schedule::for_rates(&sizing, &carried).ok().map(|it| it.instance_hours_per_month())
        };
        let all = schedule.instance_hours_per_month();
        let beyond = |other: Option<f64>| other.map_or(0.0, |other| all - other);
        let delays = Delays {
            all: beyond(hours_with(Autoscaler::INSTANT, 0.0)),
            startup: beyond(hours_with(self.autoscaler, 0.0)),
        };
        let busiest = self.rates.iter().copied().fold(0.0, f64::max);
        let at_busiest = sizing.at_rate(busiest);
        let bound_by =
            at_busiest.count().map_or(BoundBy::Minimum, |count| at_busiest.bound_by(count.instances));
        let instances = Instances {
            instance_type: machine.instance_type.clone(),
            hours_at_minimum: self.hours_at_minimum(&schedule, &sizing.policy),
            schedule,
            bound_by,
            delays: Some(delays),
        };
        Offer { runs: Runs::Instances(instances), usd_per_month, usd_at_ends: None }
    }

    /// A function on vCPUs of a speed.
    fn function(&self, vcpu_speed: f64, policy: Policy, terms: HourTerms<'_>) -> Result<Offer, NoSupply> {
        let Self { day: Day { hours, burst, .. }, problem, runtime, .. } = self;
        let workload = problem.workload;
        let demand = problem.demand_in(runtime, RangeEnd::Best).map_err(NoPlan::from)?;
        let load = FunctionLoad {
            rates: hours.rates(workload.mean_rate()),
            step_seconds: hours.step_seconds(),
            burst: *burst,
            core_seconds: demand.handling(),
            wait_seconds: problem.today.wait_seconds * f64::from(workload.batch_size),
            in_flight: workload.in_flight.unwrap_or(1).saturating_mul(workload.batch_size),
            event_bytes: workload.event_bytes,
            topic: workload.topic.with_hot_key(),
            startup_seconds: self.startup_seconds,
            process_bytes: runtime.process_bytes(1)
                + runtime.memory.working.value
                + problem.state_bytes_in(runtime),
            in_flight_event_bytes: runtime.memory.in_flight_event_bytes(workload.event_bytes),
            batch: terms.batch,
            memory_headroom: policy.memory_headroom,
            max_utilization: policy.max_utilization,
            goal_seconds: workload.p99_seconds,
        };
        let bill = terms.serverless.functions.cheapest(&load, vcpu_speed)?;
        Ok(Offer { usd_per_month: bill.usd_per_month(), runs: Runs::Function(bill), usd_at_ends: None })
    }
}

/// A machine type with its schedule.
struct Scaled<'m> {
    machine: &'m Machine,
    sizing: Sizing,
    schedule: Schedule,
    usd_per_month: f64,
}
