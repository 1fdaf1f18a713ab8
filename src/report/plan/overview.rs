//! The answer on one screen: what runs today, what is planned, what that saves, and what to do first.

use super::decision::{Decision, rows};
use super::decision_columns::columns;
use super::handlers;
use super::next_step::next_step;
use super::paid;
use crate::input::shell::argument;
use crate::report::assumed;
use crate::report::document::{Document, Table};
use crate::report::figures::{NOTHING_USD, plural, usd};
use crate::report::p99;
use crate::report::records::Records;
use crate::report::traffic;
use std::collections::BTreeSet;
use tonnage_model::decide::baseline::{Contradiction, Standing};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::recommendation::Recommendation;
use tonnage_model::decide::verdict::Verdict;

/// Workloads that a terminal shows.
const MOST_ROWS: usize = 40;
/// Workloads of a kind that the next steps name.
const MOST_STEPS: usize = 3;
/// Next steps in all.
const MOST_TOLD: usize = 6;

/// What all workloads come to whose bills are known today and after the decision.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Workloads counted.
    pub workloads: usize,
    /// Today's bills, USD a month.
    pub today: f64,
    /// Bills after the decisions, USD a month.
    pub planned: f64,
    /// Savings checked against measured CPU, USD a month.
    pub checked: f64,
    /// Savings to be checked, USD a month.
    pub to_be_checked: f64,
    /// What decisions cost more than today, USD a month.
    pub costs_more: f64,
}

impl Totals {
    /// Adds up decisions, one after the other.
    pub fn of<'d, 'e: 'd, 'a: 'e>(decisions: impl IntoIterator<Item = &'d Decision<'e, 'a>>) -> Self {
        let mut totals = Self::default();
        for decision in decisions {
            totals.add(decision);
        }
        totals
    }

    /// Adds one decision; nothing where a bill is not known.
    pub fn add(&mut self, decision: &Decision<'_, '_>) {
        let Some((today, planned)) = decision.bills() else { return };
        self.workloads += 1;
        self.today += today;
        self.planned += planned;
        match decision.check() {
            Some(Standing::Consistent) => self.checked += today - planned,
            Some(Standing::Unchecked) => self.to_be_checked += today - planned,
            Some(Standing::Contradictory) | None => self.costs_more += (planned - today).max(0.0),
        }
    }
}

/// The answer.
pub fn document(fleet: &Fleet<'_>, heading: &str) -> Document {
    let decisions = sorted(fleet);
    let mut document = Document::default();
    document.heading(heading);
    let totals = Totals::of(&decisions);
    document.paragraph(answer(&decisions, &totals));
    document.table(table(&decisions, MOST_ROWS));
    document.paragraph(legend(&decisions, MOST_ROWS));
    paid::of_all(&decisions).into_iter().for_each(|said| document.paragraph(said));
    let rest = tell_next(&mut document, fleet, &decisions, &totals);
    document.paragraph(commands(&decisions, rest));
    document
}

/// The decisions, those with most at stake first.
pub fn sorted<'f, 'a>(fleet: &'f Fleet<'a>) -> Vec<Decision<'f, 'a>> {
    let mut decisions = rows(fleet);
    // Those without a verdict stand where their bills are: that much is at stake.
    let worth = |decision: &Decision<'_, '_>| {
        let it = &decision.entry.recommendation;
        match it.has_verdict() {
            true => it.saves.map_or(f64::NEG_INFINITY, f64::abs),
            false => it.today_usd_per_month.unwrap_or(f64::INFINITY),
        }
    };
    decisions.sort_by(|one, other| worth(other).total_cmp(&worth(one)));
    decisions
}

/// A row a decision, at most so many.
pub fn table(decisions: &[Decision<'_, '_>], most: usize) -> Table {
    // Options and evidence take long to work out, and no table has them.
    let columns: Vec<_> = columns().into_iter().filter(|column| column.heading.show.is_in_tables()).collect();
    Records::of("decisions", &columns, decisions.iter().take(most)).table()
}

/// Adds what to do first; nothing where there is nothing to do. Says how many more changes there are.
pub fn tell_next(
    document: &mut Document,
    fleet: &Fleet<'_>,
    decisions: &[Decision<'_, '_>],
    totals: &Totals,
) -> Option<String> {
    let (steps, rest) = next_steps(fleet, decisions, totals);
    if !steps.is_empty() {
        document.heading("Next");
        document.steps(steps);
    }
    rest
}

/// Today's bill, the planned one and the difference, of the same workloads, and what is to be known beside them.
fn answer(decisions: &[Decision<'_, '_>], totals: &Totals) -> String {
    format!("{}{}", known(totals), beside(decisions, totals)).trim_start().to_owned()
}

/// Both bills and what is saved, as far as these are known.
fn known(totals: &Totals) -> String {
    if totals.workloads == 0 {
        return String::new();
    }
    let parts = [
        (totals.checked, "saves", "checked against measured CPU"),
        (totals.to_be_checked, "saves", "still to be checked"),
        (totals.costs_more, "costs", "more for workloads that need more than runs today"),
    ];
    let mut last = "";
    let mut said = Vec::new();
    for (amount, verb, what) in parts.into_iter().filter(|(amount, ..)| *amount >= NOTHING_USD) {
        let verb =
            if std::mem::replace(&mut last, verb) == verb { String::new() } else { format!("{verb} ") };
        said.push(format!("{verb}{} {what}", usd(amount)));
    }
    let said = if said.is_empty() { "saves nothing".to_owned() } else { said.join(", ") };
    format!("Today {} a month, planned {}: {said}.", usd(totals.today), usd(totals.planned))
}

/// What is not in these bills, and the runtime assumed.
pub fn beside(decisions: &[Decision<'_, '_>], totals: &Totals) -> String {
    let planned: f64 = decisions
        .iter()
        .filter(|decision| decision.bills().is_none())
        .filter_map(|decision| decision.entry.recommendation.usd_per_month)
        .sum();
    let count = |counts: fn(&Verdict) -> bool| {
        decisions.iter().filter(|decision| counts(&decision.entry.recommendation.verdict)).count()
    };
    let without_plan = count(|it| *it == Verdict::None);
    let contradictory = count(|it| *it == Verdict::Contradictory);
    let open = count(|it| matches!(it, Verdict::DependsOn(_)));
    let rest = decisions.len() - totals.workloads - without_plan - contradictory - open;
    let unknown = match (rest, totals.workloads) {
        (0, _) => String::new(),
        (_, 0) => format!("Planned {} a month; today's bill is not given.", usd(planned)),
        (rest, _) => format!(
            " {} without a bill of today planned at {} a month.",
            plural(rest as u64, "workload"),
            usd(planned)
        ),
    };
    if without_plan == decisions.len() {
        return "No workload has a plan.".to_owned();
    }
    let left_out = [
        (without_plan, "without a plan"),
        (contradictory, "whose inputs contradict each other"),
        (open, "whose verdict depends on a figure that nobody has given"),
    ];
    let left_out = left_out.into_iter().filter(|(count, _)| *count > 0);
    let left_out: Vec<String> = left_out.map(|(count, what)| format!("{count} {what}")).collect();
    let bills = decisions.iter().filter(|decision| !decision.entry.recommendation.has_verdict());
    let bills: f64 = bills.filter_map(|it| it.entry.recommendation.today_usd_per_month).sum();
    let cost = if bills > 0.0 { format!(", {} a month today", usd(bills)) } else { String::new() };
    let none = match left_out.is_empty() {
        true => String::new(),
        false => format!(" Not counted: {}{cost}.", left_out.join(", ")),
    };
    let assumed = assumed::runtime(decisions.iter().map(|it| it.entry.problem.workload));
    let assumed = assumed.map_or_else(String::new, |said| format!(" {said}"));
    let of_no_machine = decisions.iter().filter(|it| {
        let is_blank = it.entry.problem.workload.current_machine.is_none();
        is_blank && it.bills().is_none() && it.entry.recommendation.needs_machine
    });
    let speed = match of_no_machine.count() as u64 {
        0 => String::new(),
        count => format!(
            " current_machine is blank for {}: observed_cores count as of the speed of the profile's.",
            plural(count, "workload")
        ),
    };
    format!("{unknown}{none}{assumed}{speed}")
}

/// What the sign behind a saving means, and how many of the decisions are not among so many shown.
pub fn legend(decisions: &[Decision<'_, '_>], most: usize) -> String {
    let mut said = Vec::new();
    if decisions.iter().any(|decision| decision.check() == Some(Standing::Unchecked)) {
        let any = |needs: fn(&Recommendation<'_>) -> bool, what: &'static str| {
            let is_any = decisions.iter().any(|decision| needs(&decision.entry.recommendation));
            if is_any { what } else { "" }
        };
        let speed = any(|it| it.needs_machine, ", the speed of cores (current_machine) not known");
        let bill = any(|it| it.needs_list_price, ", or a bill's list price not known");
        let step = any(|it| it.turns_on().is_some(), ", or the step depends on a blank cell");
        said.push(format!("? to be checked: CPU or memory_mib not measured{speed}{bill}{step}."));
    }
    if decisions.iter().any(|decision| decision.entry.recommendation.worth_up_to.is_some()) {
        said.push("spike: a rewrite may pay; port the hot path first.".to_owned());
    }
    let more = decisions.len().saturating_sub(most);
    if more > 0 {
        said.push(format!(
            "{} that save less are not shown; --format csv has all.",
            plural(more as u64, "workload")
        ));
    }
    said.join(" ")
}

/// What to do first, most valuable first.
fn next_steps(
    fleet: &Fleet<'_>,
    decisions: &[Decision<'_, '_>],
    totals: &Totals,
) -> (Vec<String>, Option<String>) {
    let least = fleet.terms.min_resize_saving_usd_per_month;
    let is_behind = |decision: &&Decision<'_, '_>| decision.entry.recommendation.falls_behind();
    let changes = |decision: &&Decision<'_, '_>| decision.entry.recommendation.changes_machines();
    let at_stake = |decision: &Decision<'_, '_>| decision.entry.recommendation.today_usd_per_month;
    let by_stake = |decision: &Decision<'_, '_>| at_stake(decision).unwrap_or(f64::INFINITY);
    let mut not_changed: Vec<_> = decisions.iter().filter(|it| !is_behind(it) && !changes(it)).collect();
    not_changed.sort_by(|one, other| by_stake(other).total_cmp(&by_stake(one)));
    let is_open = |decision: &&Decision<'_, '_>| {
        !decision.entry.recommendation.has_verdict() || decision.kept().strain().is_some()
    };
    let open = not_changed.into_iter().filter(is_open).take(MOST_STEPS);
    let is_worth_it = |decision: &&Decision<'_, '_>| {
        decision.saves().is_some_and(|saves| saves.abs() >= least.max(NOTHING_USD))
    };
    let worth_it = decisions.iter().filter(|it| !is_behind(it) && changes(it)).filter(is_worth_it);
    // Of what falls behind or has no verdict all of today's bill is at stake.
    let worth = |decision: &Decision<'_, '_>| {
        let saves = decision.saves().map(f64::abs).filter(|_| changes(&decision));
        let at_stake = at_stake(decision).filter(|_| is_behind(&decision) || !changes(&decision));
        saves.into_iter().chain(at_stake).reduce(f64::max).unwrap_or(f64::INFINITY)
    };
    let of_one = decisions.iter().filter(is_behind).chain(open).chain(worth_it.clone().take(MOST_TOLD));
    let of_one =
        of_one.filter_map(|decision| Some((worth(decision), next_step(decision)?, Some(decision.name()))));
    let mut steps: Vec<(f64, String, Option<&str>)> = of_one.collect();
    for note in [handlers::long_call, handlers::slow_batch] {
        let said = decisions.iter().filter_map(|it| Some(format!("{}: {}.", it.name(), note(it.entry)?)));
        steps.extend(said.take(MOST_STEPS).map(|step| (f64::MAX, step, None)));
    }
    if let Some((saves, step)) = traffic::follower_reads(decisions).filter(|(saves, _)| *saves >= least) {
        steps.push((saves, step, None));
    }
    if totals.to_be_checked >= NOTHING_USD {
        steps.push((totals.to_be_checked, to_give(decisions, totals), None));
    }
    let timed: Vec<&str> = decisions.iter().filter(|it| is_timed_wrongly(it)).map(Decision::name).collect();
    if !timed.is_empty() {
        let first = if timed.len() > MOST_STEPS { ", these first" } else { "" };
        let named: String =
            timed.iter().take(MOST_STEPS).map(|it| format!(" --workload {}", argument(it))).collect();
        let step = format!(
            "Where machines and their CPU are right, let that say what an event takes, instead of handler_ms and io_ratio, for \
             {}{first}: tonnage calibrate FILE{named} --replace -o NEW.csv",
            plural(timed.len() as u64, "workload")
        );
        steps.push((f64::MAX, step, None));
    }
    let told: BTreeSet<&str> = worth_it.clone().take(MOST_TOLD).map(|it| it.name()).collect();
    let at_risk = decisions.iter().filter(|it| !told.contains(it.name()));
    let at_risk: Vec<(f64, String)> = at_risk
        .filter_map(|it| {
            let (range, goal) = handlers::open_p99(it.entry)?;
            Some((it.saves().unwrap_or(0.0), format!("{} {}", it.name(), p99::beside_goal(range, goal))))
        })
        .collect();
    if !at_risk.is_empty() {
        let named =
            at_risk.iter().take(MOST_STEPS).map(|(_, said)| said.as_str()).collect::<Vec<_>>().join("; ");
        let more = match at_risk.len().saturating_sub(MOST_STEPS) {
            0 => String::new(),
            more => format!("; {more} more"),
        };
        let step = format!("Test p99 at peak before these change: {named}{more}.");
        steps.push((at_risk.iter().map(|(saves, _)| saves).sum(), step, None));
    }
    let (held, planned) = fleet.held_at_minimum();
    if planned > 1 && held * 2 > planned {
        let count = plural(u64::from(fleet.policy.min_instances), "instance");
        let step = format!(
            "{held} of {planned} plans are at the minimum of {count}, which no language makes cheaper. Sharing machines may: \
             tonnage plan --pool shared."
        );
        steps.push((0.0, step, None));
    }
    steps.sort_by(|one, other| other.0.total_cmp(&one.0));
    steps.truncate(MOST_TOLD);
    let told: BTreeSet<&str> = steps.iter().filter_map(|(.., name)| *name).collect();
    let more = worth_it.filter(|it| !told.contains(it.name()));
    let more: Vec<f64> = more.filter_map(|it| it.saves().filter(|saves| *saves > 0.0)).collect();
    let rest = (!more.is_empty())
        .then(|| format!("{}, {} a month", plural(more.len() as u64, "more change"), usd(more.iter().sum())));
    (steps.into_iter().map(|(_, step, _)| step).collect(), rest)
}

/// The cells on which savings depend.
fn to_give(decisions: &[Decision<'_, '_>], totals: &Totals) -> String {
    let unchecked = decisions.iter().filter(|it| it.check() == Some(Standing::Unchecked));
    let unchecked: Vec<&Recommendation<'_>> = unchecked.map(|it| &it.entry.recommendation).collect();
    let lack_cpu = unchecked.iter().any(|it| it.baseline.standing == Standing::Unchecked);
    let lacks = |needs: fn(&Recommendation<'_>) -> bool, cell| {
        (unchecked.iter().filter(|it| needs(it)).count() as u64, cell)
    };
    let turning: Vec<&str> = unchecked.iter().filter_map(|it| Some(it.turns_on()?.column)).collect();
    let columns: BTreeSet<&str> = turning.iter().copied().collect();
    let cells: Vec<String> = [
        lacks(|it| it.baseline.standing == Standing::Unchecked, "CPU in use (observed_cores or utilization)"),
        lacks(|it| it.needs_memory, "memory (memory_mib)"),
        lacks(|it| it.needs_machine, "machine type (current_machine)"),
        lacks(|it| it.needs_purchase.is_some(), "--purchase or --discount"),
        lacks(|it| it.needs_list_price, "current_list_usd_per_month or --discount"),
    ]
    .into_iter()
    .chain(columns.into_iter().map(|it| (turning.iter().filter(|of| **of == it).count() as u64, it)))
    .filter(|(workloads, _)| *workloads > 0)
    .map(|(workloads, cells)| format!("{cells} of {}", plural(workloads, "workload")))
    .collect();
    let usd = usd(totals.to_be_checked);
    let give = format!("Give {}: {usd} a month depends on it.", cells.join(", and "));
    if lack_cpu { format!("{give} A CPU graph is enough: tonnage calibrate --help") } else { give }
}

/// Whether a timed handler and the CPU of today's machines contradict each other, so that the latter can tell.
fn is_timed_wrongly(decision: &Decision<'_, '_>) -> bool {
    let PlannedWorkload { problem, recommendation: it, .. } = decision.entry;
    let workload = problem.workload;
    let is_apart = matches!(it.baseline.contradiction, Some((Contradiction::Apart { .. }, _)));
    is_apart && workload.handler_seconds.is_some() && workload.utilization.is_some()
}

/// How to ask for more, `rest` among it.
pub fn commands(decisions: &[Decision<'_, '_>], rest: Option<String>) -> String {
    let Some(first) = decisions.first() else { return String::new() };
    let name = argument(first.name());
    match rest {
        Some(rest) => format!("{rest}: add --details. Why: `tonnage explain {name} FILE`."),
        None => format!("Why: `tonnage explain {name} FILE`. Every option: `tonnage plan FILE --details`."),
    }
}
