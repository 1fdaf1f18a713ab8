//! The answer on one screen: what runs today, what is planned, what that saves, and what to do first.

use super::decision::{Decision, rows};
use super::decision_columns::columns;
use super::next_steps;
use super::paid;
use crate::input::shell::argument;
use crate::report::assumed;
use crate::report::document::{Document, Table};
use crate::report::figures::{NOTHING_USD, plural, usd};
use crate::report::records::Records;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::recommendation::Recommendation;
use tonnage_model::decide::verdict::Verdict;

/// Workloads that a terminal shows.
const MOST_ROWS: usize = 40;

/// What a fleet costs today, how much of that is decided, and what it is planned at: both of the same workloads, whose bills are
/// known today and after the decision.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Workloads decided.
    pub workloads: usize,
    /// Today's bills of these, USD a month.
    pub today: f64,
    /// Bills after the decisions, USD a month.
    pub planned: f64,
    /// Savings checked against measured CPU, USD a month.
    pub checked: f64,
    /// Savings to be checked, USD a month.
    pub to_be_checked: f64,
    /// What decisions cost more than today, USD a month.
    pub costs_more: f64,
    /// Today's bills of the others, USD a month.
    pub open: f64,
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

    /// Whether some of what is paid is open.
    pub fn is_part(&self) -> bool {
        self.open >= NOTHING_USD
    }

    /// Adds one decision.
    pub fn add(&mut self, decision: &Decision<'_, '_>) {
        let Some((today, planned)) = decision.bills() else {
            self.open += decision.entry.recommendation.today_usd_per_month.unwrap_or(0.0);
            return;
        };
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
    next_steps::tell(&mut document, fleet, &decisions, &totals);
    document.paragraph(commands(&decisions));
    document
}

/// The decisions, those with most at stake first.
pub fn sorted<'f, 'a>(fleet: &'f Fleet<'a>) -> Vec<Decision<'f, 'a>> {
    let mut decisions = rows(fleet);
    // Those without a verdict stand where their bills are: that much is at stake. Without a bill they stand above what is kept.
    let worth = |decision: &Decision<'_, '_>| {
        let it = &decision.entry.recommendation;
        match it.has_verdict() {
            true => it.saves.map_or(f64::NEG_INFINITY, f64::abs),
            false => it.today_usd_per_month.unwrap_or(f64::MIN_POSITIVE),
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

/// What is paid today, what of it is decided and open, the planned bill, and what is to be known beside them.
fn answer(decisions: &[Decision<'_, '_>], totals: &Totals) -> String {
    [bills(totals), beside(decisions, totals)].join(" ").trim().to_owned()
}

/// The bills and what is saved, as far as these are known.
fn bills(totals: &Totals) -> String {
    let [paid, today, planned, open] =
        [totals.today + totals.open, totals.today, totals.planned, totals.open].map(usd);
    match (totals.workloads > 0, totals.is_part()) {
        (false, false) => String::new(),
        (false, true) => format!("Today {paid} a month, all of it open."),
        (true, false) => format!("Today {paid} a month, planned {planned}: {}.", saved(totals)),
        (true, true) => format!(
            "Today {paid} a month: {today} decided, {open} open. What is decided is planned at {planned}: {}.",
            saved(totals)
        ),
    }
}

/// `saves $657 checked against measured CPU, $876 still to be checked`.
fn saved(totals: &Totals) -> String {
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
    if said.is_empty() { "saves nothing".to_owned() } else { said.join(", ") }
}

/// Why some of it is open, what has no bill of today, and the runtime assumed.
pub fn beside(decisions: &[Decision<'_, '_>], totals: &Totals) -> String {
    let count = |counts: fn(&Verdict) -> bool| {
        decisions.iter().filter(|decision| counts(&decision.entry.recommendation.verdict)).count()
    };
    let open = [
        (count(|it| *it == Verdict::None), "without a plan"),
        (count(|it| *it == Verdict::Contradictory), "whose inputs contradict each other"),
        (
            count(|it| matches!(it, Verdict::DependsOn(_))),
            "whose verdict depends on a figure that nobody has given",
        ),
    ];
    let [(without_plan, _), ..] = open;
    if without_plan == decisions.len() {
        return "No workload has a plan.".to_owned();
    }
    let rest = decisions.len() - totals.workloads - open.iter().map(|(count, _)| count).sum::<usize>();
    let open: Vec<String> = open
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .enumerate()
        .map(|(at, (count, what))| match at {
            0 => format!("{} {what}", plural(count as u64, "workload")),
            _ => format!("{count} {what}"),
        })
        .collect();
    let without_bill = decisions.iter().filter(|decision| decision.bills().is_none());
    let planned: f64 = without_bill.filter_map(|it| it.entry.recommendation.usd_per_month).sum();
    let planned = match (rest, totals.workloads) {
        (0, _) => None,
        (_, 0) => Some(format!("Planned {} a month; today's bill is not given.", usd(planned))),
        (rest, _) => Some(format!(
            "Without a bill of today: {}, planned at {} a month.",
            plural(rest as u64, "workload"),
            usd(planned)
        )),
    };
    let of_no_machine = decisions.iter().filter(|it| {
        let is_blank = it.entry.problem.workload.current_machine.is_none();
        is_blank && it.bills().is_none() && it.entry.recommendation.needs_machine
    });
    let speed = match of_no_machine.count() as u64 {
        0 => None,
        count => Some(format!(
            "current_machine is blank for {}: observed_cores count as of the speed of the profile's.",
            plural(count, "workload")
        )),
    };
    let open = (!open.is_empty()).then(|| format!("Open: {}.", open.join(", ")));
    let assumed = assumed::runtime(decisions.iter().map(|it| it.entry.problem.workload));
    [open, planned, assumed, speed].into_iter().flatten().collect::<Vec<_>>().join(" ")
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

/// How to ask for more.
pub fn commands(decisions: &[Decision<'_, '_>]) -> String {
    let Some(first) = decisions.first() else { return String::new() };
    let name = argument(first.name());
    format!("Why: `tonnage explain {name} FILE`. Every option: `tonnage plan FILE --details`.")
}
