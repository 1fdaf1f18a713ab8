//! One runtime for a workload, and what moving to it would give.

use super::criteria::{self, Criterion};
use super::evidence::{self, Grounds};
use super::ladder::{Ladder, Step, StepKind};
use crate::model::plan::{NoPlan, Plan, Problem, RangeEnd};
use crate::model::runtime::Runtime;
use serde::Serialize;

/// What a saving has to be worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Terms {
    /// Price of an engineer's day, USD.
    pub day_rate_usd: f64,
    /// Least saving that is worth a change of code, library or language, USD a month.
    pub min_saving_usd_per_month: f64,
    /// Least saving that is worth a change of machine types or counts, USD a month.
    pub min_resize_saving_usd_per_month: f64,
}

impl Terms {
    /// What an engineer's day is taken to cost unless said otherwise, USD.
    pub const DAY_RATE_USD: f64 = 800.0;

    /// A change of code has to save at least an engineer's day a month, a change of machines a tenth of that.
    pub fn at_day_rate(day_rate_usd: f64) -> Self {
        Self::with_min_saving(day_rate_usd, day_rate_usd)
    }

    /// The same with a given least saving for a change of code.
    pub fn with_min_saving(day_rate_usd: f64, min_saving_usd_per_month: f64) -> Self {
        Self {
            day_rate_usd,
            min_saving_usd_per_month,
            min_resize_saving_usd_per_month: min_saving_usd_per_month / 10.0,
        }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::at_day_rate(Self::DAY_RATE_USD)
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing saves enough.
    Stay,
    /// Stay with the runtime; the deployment is larger than it has to be.
    RightSize,
    /// Stay with the language; this smaller step takes enough of what a rewrite would save.
    Step {
        /// Kind of step.
        step: StepKind,
        /// The setting to change to.
        to: String,
        /// Bill after it, USD a month.
        usd_per_month: f64,
    },
    /// Whether another language saves enough depends on how much faster it runs the handler's own code, which
    /// is known to a range only.
    Spike {
        /// The runtime to port a spike to.
        to: String,
        /// Saving if it runs that code as slowly as it may, USD a month.
        saves_at_least: f64,
        /// Saving if it runs it as fast as it may, USD a month.
        saves_at_most: f64,
    },
    /// Move to another runtime.
    Move,
    /// No runtime has a plan.
    None,
}

/// The answer for one workload.
#[derive(Debug, Clone)]
pub struct Recommendation<'a> {
    /// The runtime recommended; `None` where no runtime has a plan.
    pub runtime: Option<&'a Runtime>,
    /// What to do.
    pub verdict: Verdict,
    /// Today's bill, USD a month, where machine and count are given.
    pub today_usd_per_month: Option<f64>,
    /// The cheapest plan in today's runtime, or why there is none.
    pub in_current: Result<Plan<'a>, NoPlan>,
    /// The cheapest plan in any other runtime.
    pub elsewhere: Option<Plan<'a>>,
    /// The plan recommended; for a smaller step, the plan before it.
    pub chosen: Option<Plan<'a>>,
    /// From today's bill to the cheapest plan in today's runtime, USD a month.
    pub right_sizing_saves: Option<f64>,
    /// From there to the cheapest plan in another runtime, USD a month; negative where it costs more.
    pub moving_saves: Option<f64>,
    /// Bill after the recommendation is followed, USD a month: today's where nothing changes and it is known.
    pub usd_per_month: Option<f64>,
    /// What that saves, USD a month, against today's bill where that is known and the cheapest plan in today's
    /// runtime where it is not.
    pub saves: Option<f64>,
    /// Reasons for and against moving to the cheapest other runtime.
    pub criteria: Vec<Criterion>,
    /// Steps, least effort first.
    pub ladder: Vec<Step>,
    /// What all this stands on.
    pub grounds: Option<Grounds>,
}

/// The cheapest plan of each runtime, or why it has none.
pub type Plans<'a> = Vec<(&'a Runtime, Result<Plan<'a>, NoPlan>)>;

/// Recommends one of the ladder's runtimes for its workload. `plans` are those of the ladder's runtimes.
pub fn recommend<'a>(ladder: &Ladder<'_, 'a>, plans: &Plans<'a>, terms: Terms) -> Recommendation<'a> {
    let problem = ladder.problem;
    let of_current = plans.iter().find(|(runtime, _)| runtime.name == problem.current.name);
    let in_current = match of_current {
        Some((_, plan)) => plan.clone(),
        None => problem.cheapest(problem.current, ladder.machines, ladder.policy, RangeEnd::Best),
    };
    let elsewhere = cheapest_of_others(problem, plans.iter().filter_map(|(_, plan)| plan.clone().ok()));
    let today = problem.usd_per_month_today(&ladder.policy);
    let current_usd = in_current.as_ref().ok().map(|plan| plan.usd_per_month);
    let moving_saves =
        current_usd.zip(elsewhere.as_ref()).map(|(current, other)| current - other.usd_per_month);
    let right_sizing_saves = today.zip(current_usd).map(|(today, current)| today - current);

    let verdict = verdict(ladder, terms, current_usd, elsewhere.as_ref(), right_sizing_saves);
    let chosen = match &verdict {
        Verdict::None => None,
        Verdict::Move => elsewhere.clone(),
        _ => in_current.as_ref().ok().cloned(),
    };
    let runtime = match &verdict {
        Verdict::None => None,
        Verdict::Move => elsewhere.as_ref().map(|plan| plan.runtime),
        Verdict::Step { step: StepKind::Library, to, .. } => {
            ladder.runtimes.iter().copied().find(|runtime| runtime.name == *to)
        }
        _ => Some(problem.current),
    };
    let after = match &verdict {
        Verdict::Stay => today.or(current_usd),
        Verdict::Step { usd_per_month, .. } => Some(*usd_per_month),
        _ => chosen.as_ref().map(|plan| plan.usd_per_month),
    };
    let saves = today.or(current_usd).zip(after).map(|(before, after)| before - after);
    let criteria = elsewhere.as_ref().map_or_else(Vec::new, |other| {
        criteria::judge(problem, in_current.as_ref().ok(), other, moving_saves, terms.day_rate_usd)
    });
    let other_language = elsewhere.as_ref().filter(|plan| plan.runtime.language != problem.current.language);
    let steps = ladder.steps(in_current.as_ref(), other_language);
    let weighed = in_current.as_ref().ok().or(elsewhere.as_ref());
    let grounds = weighed.map(|plan| evidence::grounds(problem, plan, elsewhere.as_ref()));
    Recommendation {
        runtime,
        verdict,
        today_usd_per_month: today,
        in_current,
        elsewhere,
        chosen,
        right_sizing_saves,
        moving_saves,
        usd_per_month: after,
        saves,
        criteria,
        ladder: steps,
        grounds,
    }
}

fn verdict(
    ladder: &Ladder<'_, '_>,
    terms: Terms,
    current_usd: Option<f64>,
    elsewhere: Option<&Plan<'_>>,
    right_sizing_saves: Option<f64>,
) -> Verdict {
    let threshold = terms.min_saving_usd_per_month;
    let staying = || match right_sizing_saves {
        Some(saves) if saves >= terms.min_resize_saving_usd_per_month => Verdict::RightSize,
        _ => Verdict::Stay,
    };
    if elsewhere.is_none() && current_usd.is_some() {
        return staying();
    }
    let other_usd = elsewhere.map_or(f64::INFINITY, |plan| plan.usd_per_month);
    if let (Some(current_usd), Some(other)) = (current_usd, elsewhere) {
        let saves_at = |end| {
            let plan = cheapest_at(ladder, end);
            plan.map_or(f64::NEG_INFINITY, |plan| current_usd - plan.usd_per_month)
        };
        let own_code =
            ladder.problem.today.handler_core_seconds * (1.0 - ladder.problem.workload.native_share);
        let (slow, fast) = if own_code > 0.0 {
            (saves_at(RangeEnd::High), saves_at(RangeEnd::Low))
        } else {
            (current_usd - other.usd_per_month, current_usd - other.usd_per_month)
        };
        if fast < threshold {
            return staying();
        }
        if let Some((step, to, usd_per_month)) = ladder.enough_without_rewrite(other.usd_per_month, threshold)
            && current_usd - usd_per_month >= threshold
        {
            return Verdict::Step { step, to, usd_per_month };
        }
        if slow < threshold {
            let to = other.runtime.name.clone();
            return Verdict::Spike { to, saves_at_least: slow, saves_at_most: fast };
        }
        return Verdict::Move;
    }
    match ladder.enough_without_rewrite(other_usd, threshold) {
        Some((step, to, usd_per_month)) => Verdict::Step { step, to, usd_per_month },
        None if elsewhere.is_some() => Verdict::Move,
        None => Verdict::None,
    }
}

/// The cheapest plan in a runtime that is not today's, at an end of the compute factor's range.
fn cheapest_at<'a>(ladder: &Ladder<'_, 'a>, end: RangeEnd) -> Option<Plan<'a>> {
    let plan_in = |runtime| ladder.problem.cheapest(runtime, ladder.machines, ladder.policy, end).ok();
    cheapest_of_others(ladder.problem, ladder.runtimes.iter().filter_map(|&runtime| plan_in(runtime)))
}

fn cheapest_of_others<'a>(problem: &Problem<'_>, plans: impl Iterator<Item = Plan<'a>>) -> Option<Plan<'a>> {
    plans
        .filter(|plan| plan.runtime.name != problem.current.name)
        .min_by(|one, other| one.usd_per_month.total_cmp(&other.usd_per_month))
}
