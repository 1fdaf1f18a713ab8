//! What is simulated of a plan, and what the runs come to.

use crate::arrivals::Arrivals;
use crate::course::Course;
use crate::estimate::Estimate;
use crate::ids::Ids;
use crate::outcome::{Horizon, Outcome};
use crate::random::Random;
use crate::run::run;
use crate::system::System;
use tonnage_model::plan::Plan;
use tonnage_model::round_step::round_step;
use tonnage_model::scenario::failure::{FailureScenario, GroupSettings, Impact};

/// Independent runs where nothing asks for fewer.
pub const RUNS: u64 = 10;
/// Fewest runs that still tell a spread.
const LEAST_RUNS: u64 = 3;
/// Events of the busiest members in a run at least, so that there are some beyond p99.
const LEAST_EVENTS: f64 = 4000.0;
/// The part of a steady run that does not count, since the group starts empty.
const WARM_UP: f64 = 0.2;
/// Looks at the lag, about.
const LOOKS: f64 = 240.0;
/// How long a lag that does not drain is followed, s.
const FOLLOWED_SECONDS: f64 = 600.0;

/// A failure to simulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// What fails.
    pub scenario: FailureScenario,
    /// When, s from the beginning.
    pub at_seconds: f64,
    /// When to stop, s from the failure; `None` for three times what its fluid form takes to drain.
    pub until_seconds: Option<f64>,
    /// The consumer group's settings.
    pub group: GroupSettings,
    /// From the start of a member to its first event, s.
    pub startup_seconds: f64,
    /// Zones that instances are spread over.
    pub zones: usize,
}

impl Failure {
    /// Its course in the run of a number, with ids of members drawn for it.
    fn course(&self, system: &System, seed: u64, number: u64) -> Course {
        let ids = Ids::drawn(system, Random::new(seed, u64::MAX - number));
        Course::of(self.scenario, system, &self.group, self.startup_seconds, self.zones, ids)
    }
}

/// Runs to make; a run is a pure function of its number, so they may be made in any order.
#[derive(Debug, Clone)]
pub struct Study {
    /// The group.
    pub system: System,
    /// How events arrive.
    pub arrivals: Arrivals,
    /// What fails, what the model's fluid form makes of it, and when partitions are read again, s from the failure.
    pub failure: Option<(Failure, Impact, f64)>,
    /// How many runs.
    pub runs: u64,
    horizon: Horizon,
    seed: u64,
}

impl Study {
    /// A plan while events arrive as they do; `events` of all runs together, where enough of the busiest members' are among
    /// them. Rates that change are run through once, from beginning to end.
    pub fn of(plan: &Plan<'_>, system: System, arrivals: Arrivals, events: f64, seed: u64) -> Self {
        let rate = arrivals.mean_rate();
        if arrivals.seconds().is_finite() {
            let to_seconds = arrivals.seconds();
            let horizon =
                Horizon { from_seconds: 0.0, to_seconds, look_seconds: round_step(to_seconds / LOOKS) };
            let runs = runs_of(events, rate * to_seconds);
            return Self { system, arrivals, failure: None, runs, horizon, seed };
        }
        let each = (events / RUNS as f64).max(LEAST_EVENTS / system.busiest_members_share());
        // A run is long against what one event takes.
        let counted = (each / rate).max(100.0 * plan.sizing.call_seconds());
        let from_seconds = counted * WARM_UP / (1.0 - WARM_UP);
        let horizon =
            Horizon { from_seconds, to_seconds: from_seconds + counted, look_seconds: f64::INFINITY };
        Self { system, arrivals, failure: None, runs: RUNS, horizon, seed }
    }

    /// The same with a failure.
    pub fn failing(
        plan: &Plan<'_>,
        system: System,
        arrivals: Arrivals,
        events: f64,
        seed: u64,
        failure: Failure,
    ) -> Self {
        let Failure { scenario, at_seconds, until_seconds, group, .. } = failure;
        let impact = scenario.aftermath(plan, &group, arrivals.rate_at(at_seconds));
        // Ids decide who reads, and not when.
        let resumes = failure.course(&system, seed, 0).resumes;
        let drains = Some(3.0 * impact.drain_seconds).filter(|drain| drain.is_finite());
        let stands = Some(resumes).filter(|resumes| resumes.is_finite()).unwrap_or(0.0);
        let after = stands + drains.unwrap_or(FOLLOWED_SECONDS).max(0.25 * stands);
        let to_seconds = at_seconds + until_seconds.unwrap_or(after);
        let horizon = Horizon {
            from_seconds: WARM_UP * at_seconds,
            to_seconds,
            look_seconds: round_step(to_seconds / LOOKS),
        };
        let runs = runs_of(events, arrivals.mean_rate() * to_seconds);
        Self { system, arrivals, failure: Some((failure, impact, resumes)), runs, horizon, seed }
    }

    /// Events of all runs together, about.
    pub fn events(&self) -> f64 {
        self.arrivals.mean_rate() * self.horizon.to_seconds * self.runs as f64
    }

    /// Makes the run of a number from 0.
    pub fn run(&self, number: u64) -> Outcome {
        let changes = self.failure.map_or_else(Vec::new, |(failure, ..)| {
            failure.course(&self.system, self.seed, number).later(failure.at_seconds)
        });
        run(&self.system, &self.arrivals, &changes, &self.horizon, (self.seed, number))
    }

    /// What the runs come to, all of them in order.
    pub fn findings(&self, plan: &Plan<'_>, outcomes: &[Outcome]) -> Findings {
        let estimate = |of: &dyn Fn(&Outcome) -> f64| Estimate::of_each(outcomes, of);
        let sizing = &plan.sizing;
        let instances = plan.count.instances as f64;
        let beside = plan.count.members_per_instance as f64 * sizing.idle_cores + sizing.policy.system_cores;
        let cpu =
            |it: &Outcome| (it.core_seconds / it.seconds / instances + beside) / f64::from(sizing.vcpus);
        let looks = outcomes.iter().map(|it| it.lags.len()).min().unwrap_or(0);
        let aftermath = self.failure.map(|(failure, _, resumes)| aftermath(&failure, resumes, outcomes));
        // Nothing changes long after all runs have caught up.
        let shown = self.failure.and_then(|(failure, _, resumes)| {
            let drained = aftermath?.drain_seconds?;
            let ends =
                failure.at_seconds + resumes + 1.3 * (drained.mean + drained.half_width) + 0.1 * resumes;
            failure.until_seconds.is_none().then(|| (ends / self.horizon.look_seconds).ceil() as usize)
        });
        let looks = shown.map_or(looks, |shown| looks.min(shown + 1));
        let first = (self.horizon.from_seconds / self.horizon.look_seconds).ceil() as usize;
        let look = |number: usize| Look {
            seconds: number as f64 * self.horizon.look_seconds
                - self.failure.map_or(0.0, |(failure, ..)| failure.at_seconds),
            lag: estimate(&|it| it.lags[number]),
            oldest_seconds: estimate(&|it| it.ages[number]),
        };
        Findings {
            p50: estimate(&|it| it.times.quantile(0.50)),
            p99: estimate(&|it| it.times.quantile(0.99)),
            p99_busiest: estimate(&|it| it.busiest.quantile(0.99)),
            lag: estimate(&|it| it.mean_lag),
            cpu: estimate(&cpu),
            events_per_fetch: estimate(&|it| it.times.total() as f64 / (it.fetches as f64).max(1.0)),
            events: outcomes.iter().map(|it| it.times.total()).sum(),
            looks: (first..looks).map(look).collect(),
            aftermath,
        }
    }
}

/// Runs so that all together have about so many events.
fn runs_of(events: f64, of_one: f64) -> u64 {
    ((events / of_one) as u64).clamp(LEAST_RUNS, RUNS)
}

fn aftermath(failure: &Failure, resumes: f64, outcomes: &[Outcome]) -> Aftermath {
    let caught_up: Vec<f64> =
        outcomes.iter().filter_map(|it| Some(it.caught_up? - failure.at_seconds - resumes)).collect();
    let all = caught_up.len() == outcomes.len();
    Aftermath {
        most_lag: Estimate::of_each(outcomes, |it| it.most_lag),
        oldest_seconds: Estimate::of_each(outcomes, |it| it.ages.iter().copied().fold(0.0, f64::max)),
        redone: Estimate::of_each(outcomes, |it| it.redone),
        drain_seconds: all.then(|| Estimate::of(&caught_up)),
    }
}

/// What runs came to: means over them with 95 % confidence intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Time from arrival to handled that half of all events stay within, s.
    pub p50: Estimate,
    /// The same of 99 %, s.
    pub p99: Estimate,
    /// The same of the events of the busiest members, as the plan means it, s.
    pub p99_busiest: Estimate,
    /// Events that have arrived and are not handled, on average.
    pub lag: Estimate,
    /// Share of the vCPUs that is busy, as the plan means it.
    pub cpu: Estimate,
    /// Events of a fetch.
    pub events_per_fetch: Estimate,
    /// Events counted in all runs.
    pub events: u64,
    /// The lag over time, where rates change or something fails.
    pub looks: Vec<Look>,
    /// What a failure did.
    pub aftermath: Option<Aftermath>,
}

/// The lag at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// From the failure, s; from the beginning where there is none.
    pub seconds: f64,
    /// Events that have arrived and are not handled.
    pub lag: Estimate,
    /// Age of the oldest that waits, s.
    pub oldest_seconds: Estimate,
}

/// What a failure did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aftermath {
    /// Most events that had arrived and were not handled.
    pub most_lag: Estimate,
    /// Age of the oldest event at any look, s.
    pub oldest_seconds: Estimate,
    /// Events handled again.
    pub redone: Estimate,
    /// From the end of the last standstill until the last partition had caught up, s; `None` where it had not in some run.
    pub drain_seconds: Option<Estimate>,
}
