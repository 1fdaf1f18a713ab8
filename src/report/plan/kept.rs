//! What is kept although plans ask for more: what it is too little for, and what would mend that at which price.

use super::goal::{goal_costs, least_goal};
use super::plans::{machines, on_same_machines, workers};
use super::questions::lag;
use crate::report::figures::{SAME_BILL, more, percent, seconds, significant, usd};
use crate::report::p99;
use std::sync::OnceLock;
use tonnage_model::blank::Blank;
use tonnage_model::capacity::constraint::Constraint;
use tonnage_model::capacity::infeasible::{GIVES_UP_ORDER, Infeasible, REMAPS_KEYS, UnmetConstraint};
use tonnage_model::decide::alternative::Alternative;
use tonnage_model::decide::baseline::Busiest;
use tonnage_model::decide::change::Change;
use tonnage_model::decide::doubts::Doubts;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::latency::queue::MEASURED_OVER_QUEUES;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::{Concurrency, Member};
use tonnage_model::scenario::kept::KeptToday;
use tonnage_model::workload::Workload;

/// What is in doubt of what is kept of a workload, and what would mend that.
pub struct Kept<'e, 'a> {
    entry: &'e PlannedWorkload<'a>,
    /// What is in doubt.
    pub found: Doubts,
    remedies: OnceLock<Vec<Alternative>>,
    setting: OnceLock<Option<String>>,
}

impl<'e, 'a> Kept<'e, 'a> {
    /// That of a workload.
    pub fn of(entry: &'e PlannedWorkload<'a>) -> Self {
        Self { entry, found: Doubts::of(entry), remedies: OnceLock::new(), setting: OnceLock::new() }
    }

    /// Changes that give today's runtime a plan, which has none, each with its price: a search, made where it is told.
    pub fn remedies(&self) -> &[Alternative] {
        let in_current = self.entry.recommendation.in_current.as_ref();
        self.remedies.get_or_init(|| self.entry.option_search().remedies(in_current))
    }

    /// What is in doubt of what is kept: whether it keeps up at peak, without a zone, and within its p99.
    pub fn doubts(&self) -> Vec<String> {
        let it = &self.entry.recommendation;
        let limit = lag(self.entry).filter(|_| it.is_strained());
        let best = self.found.busy_at_best.filter(|_| limit.is_none()).map(|busy| {
            format!(
                "today's machines would be {} busy at peak by the best estimates, fetching included; they keep up if all that is uncertain is as \
                 they need it",
                percent(busy)
            )
        });
        let late = if it.verdict == Verdict::Stay { self.late() } else { None };
        let busy = [limit, best, self.without_zone()].into_iter().flatten();
        let setting = self.setting_with_room().map(str::to_owned);
        busy.chain(setting).chain(late).chain(self.late_from()).collect()
    }

    /// How busy what goes on is at peak without a zone, where that is too much.
    pub fn without_zone(&self) -> Option<String> {
        let Doubts { busy_without_zone, tight_without_zone, .. } = self.found;
        let by = tight_without_zone.map_or("", |_| " by the best estimates");
        busy_without_zone.or(tight_without_zone).map(|busy| {
            format!(
                "with a zone lost, what is left of today's machines would be {} busy at peak{by}, fetching aside",
                percent(busy)
            )
        })
    }

    /// What gives today's machines room for a peak or a zone that they are too busy for, without others: a search, made where it is told.
    fn setting_with_room(&self) -> Option<&str> {
        self.setting.get_or_init(|| self.found_setting()).as_deref()
    }

    fn found_setting(&self) -> Option<String> {
        let Doubts { busy_without_zone, tight_without_zone, busy_at_best, .. } = self.found;
        let is_busy = busy_without_zone.or(tight_without_zone).or(busy_at_best).is_some();
        let it = &self.entry.recommendation;
        let is_open = it.is_strained() && it.in_current.is_ok();
        let plan = (is_busy || is_open).then(|| self.entry.option_search().on_same_machines())??;
        let Workload { current_processes, current_fetch_wait_seconds, .. } = *self.entry.problem.workload;
        let waits = current_fetch_wait_seconds.unwrap_or(0.0) < plan.fetch_wait_seconds;
        let is_split = plan.sizing.member == Member::Process
            && current_processes.is_some_and(|runs| u64::from(runs) != plan.members());
        (waits || is_split).then(|| format!("{}, and today's machines have room", on_same_machines(&plan)))
    }

    /// The same, or why plans ask for more than is kept, and what would have room; nothing where it is kept in peace.
    pub fn strain(&self) -> Option<String> {
        let it = &self.entry.recommendation;
        let mut told = self.doubts();
        if !it.is_strained() && told.is_empty() {
            return None;
        }
        told.extend(match (&it.in_current, it.right_sizing_saves) {
            (Err(_), _) if self.may_have_plan() => None,
            (Err(none), _) => {
                let would_do = match priced(self.remedies()) {
                    Some(it) => format!("; {it}{}", self.of_goal()),
                    None => least_goal(none).map_or_else(String::new, |it| format!("; {it}")),
                };
                Some(format!("plans ask for more: {}{would_do}", in_short(self.entry, none)))
            }
            _ if self.setting_with_room().is_some() => None,
            (Ok(plan), Some(saves)) if saves < SAME_BILL && self.is_no_price(plan) => None,
            // Less than what a change is worth is no saving.
            (Ok(plan), Some(saves)) if saves >= SAME_BILL => {
                Some(format!("{} have room and cost no more", machines(plan)))
            }
            (Ok(plan), Some(saves)) => {
                Some(format!("{} have room, {} a month{}", machines(plan), more(-saves), self.of_goal()))
            }
            _ => None,
        });
        Some(told.join("; "))
    }

    /// That machines that are recommended break the limit that none keep, and no more than today's.
    pub fn no_worse(&self) -> Option<String> {
        let it = &self.entry.recommendation;
        let to = it.chosen.as_ref().filter(|_| it.is_no_worse())?;
        let before = KeptToday::before(self.entry)?;
        let [busy, before] = [to, &before].map(|plan| percent(plan.busiest_consumer()));
        Some(format!(
            "with {} on each its busiest consumer is {busy} busy at peak, and {before} today; plans ask for more: {}",
            workers(to),
            self.no_plan()
        ))
    }

    /// What the goal for p99 costs of what plans ask for.
    fn of_goal(&self) -> String {
        goal_costs(self.entry).map_or_else(String::new, |said| format!("; {said}"))
    }

    /// Whether a plan is for one event at a time where more are in flight than processes take so, or nobody says how many run.
    pub fn is_no_price(&self, plan: &Plan<'_>) -> bool {
        let PlannedWorkload { recommendation, problem, .. } = self.entry;
        let are_several = || problem.workload.current_processes.is_none() || problem.works_on_several();
        recommendation.baseline.keeps_up_if.is_some_and(|it| it.cell != Blank::PeakFactor)
            && are_several()
            && plan.is_bound_by_in_flight()
    }

    /// Whether p99 is missed, on today's machines or on any.
    pub fn misses_p99(&self) -> bool {
        self.found.late.misses()
    }

    /// Whether a blank cell decides that there is no plan.
    pub fn may_have_plan(&self) -> bool {
        self.found.late.from_wait_p99.is_some() && !self.found.late.anywhere
    }

    /// The limit that what goes on as it runs today is beyond already: it falls behind at peak, or misses its p99.
    pub fn already_beyond(&self) -> Option<String> {
        KeptToday::of(self.entry)?;
        lag(self.entry).filter(|_| self.entry.recommendation.baseline.footing.lags).or_else(|| self.late())
    }

    /// Why today's runtime has no plan, and what would do at which price.
    pub fn no_plan(&self) -> String {
        let Err(none) = &self.entry.recommendation.in_current else { return String::new() };
        let would_do = priced(self.remedies());
        would_do.map_or_else(|| none.to_string(), |would_do| format!("{}; {would_do}", why(self.entry, none)))
    }

    /// That p99 is missed on today's machines.
    fn late(&self) -> Option<String> {
        let (range, goal) = self.found.late.decided?;
        let without = || {
            let plan = Plan { fetch_wait_seconds: 0.0, ..KeptToday::before(self.entry)? };
            let (setting, wait) = p99::ends_wait(&self.entry.problem, &plan)?;
            Some(format!("; fetches wait {wait}: with {setting} it is {}", p99::range(plan.p99_range())))
        };
        let without = without().unwrap_or_default();
        Some(format!("p99 on today's machines is {}{without}", p99::against_goal(range, goal)))
    }

    /// The p99 of a wait at which the goal is missed, where nobody gives it.
    fn late_from(&self) -> Option<String> {
        let goal = self.entry.problem.workload.p99_seconds?;
        let from = self.found.late.from_wait_p99?;
        let (goal, from) = (seconds(goal), significant(from));
        let late = match self.found.late.decided {
            Some(_) => format!("no plan meets the goal of {goal}"),
            None => format!("p99 misses the goal of {goal}"),
        };
        Some(format!("{late} from an io_wait_p99_ms of {from} on, which is blank: give it"))
    }
}

/// What would do at which price; nothing where nothing would.
pub fn priced(remedies: &[Alternative]) -> Option<String> {
    let would_do = |it: &Alternative| {
        let (change, on, bill) = (it.change?, it.on.as_ref()?, it.usd_per_month?);
        let but = match change {
            Change::PerPartition | Change::Batches(_) => "(which changes code)",
            Change::Processes(_) => "on the machines that run",
            Change::Partitions(_) => REMAPS_KEYS,
            Change::InFlight(_) => GIVES_UP_ORDER,
        };
        Some(format!("with {change} {but} {on} would do, {} a month", usd(bill)))
    };
    let all: Vec<String> = remedies.iter().filter_map(would_do).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The same without what a p99 is made of.
fn in_short(entry: &PlannedWorkload<'_>, none: &NoPlan) -> String {
    match none.stuck().filter(|stuck| stuck.rule == Constraint::Latency) {
        Some(UnmetConstraint { needs, limit, assumes_wait_spread, .. }) => {
            let blank = if *assumes_wait_spread { " (io_wait_p99_ms is blank)" } else { "" };
            let [low, needs, limit] = [MEASURED_OVER_QUEUES[0] * needs, *needs, *limit].map(seconds);
            format!(
                "p99 is {low} or more ({needs} by queueing) on any machines{blank}, for a goal of {limit}"
            )
        }
        None => why(entry, none),
    }
}

/// The rule that no machine meets: its figures are of today's machines where these are kept, else of the type that comes closest.
pub fn why(entry: &PlannedWorkload<'_>, none: &NoPlan) -> String {
    let NoPlan::NoneServes { machine, reason: Infeasible::Unmet(closest) } = none else {
        return none.to_string();
    };
    let by_partition = Some(Busiest::InFlight(Concurrency::Partition));
    // How busy it is stands beside it, as it runs today.
    let is_told = entry.recommendation.baseline.busiest_at_peak == by_partition && lag(entry).is_some();
    match KeptToday::unmet(entry) {
        Some((_, it)) if is_told && it.rule == Constraint::InFlight => {
            let limit = percent(it.limit / f64::from(it.in_flight));
            format!("the limit of a partition is {limit} busy at peak")
        }
        Some((machine, unmet)) => format!("on {} {unmet:#}", machine.instance_type),
        None => format!("even on {} {closest:#}", machine.instance_type),
    }
}
