//! The answer on one screen: what runs today, what is planned, what that saves, and what to do first.

use super::action::{CODE, action};
use super::decision::{Decision, rows};
use super::decision_columns::columns;
use super::next_steps;
use super::paid;
use super::rests;
use super::totals::Totals;
use crate::input::shell::argument;
use crate::report::assumed;
use crate::report::column::Column;
use crate::report::document::Document;
use crate::report::figures::{NOTHING_USD, plural, usd};
use crate::report::records::Records;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::ranked::greatest_first;

/// Workloads that a terminal shows.
const MOST_ROWS: usize = 40;

/// The answer.
pub fn document(fleet: &Fleet<'_>, heading: &str, flags: &str) -> Document {
    let decisions = sorted(fleet);
    let mut document = Document::default();
    document.heading(heading);
    let totals = Totals::of(&decisions);
    document.paragraph(answer(&decisions, &totals, fleet.terms));
    let shown = decisions.iter().take(MOST_ROWS);
    document.table(Records::of("decisions", &columns_of_tables(), shown).table());
    document.paragraph(legend(&decisions, MOST_ROWS));
    assumed_of_all(&decisions).into_iter().for_each(|said| document.paragraph(said));
    next_steps::tell(&mut document, fleet, &decisions, &totals, flags);
    document.paragraph(commands(&decisions, flags));
    document
}

/// The decisions, those with most at stake first.
pub fn sorted<'f, 'a>(fleet: &'f Fleet<'a>) -> Vec<Decision<'f, 'a>> {
    let mut decisions = rows(fleet);
    // What lacks capacity or a verdict stands where its bill is: that much is at stake. Without a bill it stands above what is kept.
    let worth = |decision: &Decision<'_, '_>| {
        let it = &decision.entry.recommendation;
        match it.has_verdict() && !decision.entry.is_for_capacity() {
            true => it.saves.map_or(f64::NEG_INFINITY, f64::abs),
            false => it.today_usd_per_month.unwrap_or(f64::MIN_POSITIVE),
        }
    };
    greatest_first(&mut decisions, worth);
    decisions
}

/// The columns that tables have: options and evidence take long to work out.
pub fn columns_of_tables<'e, 'a>() -> Vec<Column<Decision<'e, 'a>>> {
    columns().into_iter().filter(|column| column.heading.show.is_in_tables()).collect()
}

/// What is taken of peaks and prices that is not as it is given.
pub fn assumed_of_all(decisions: &[Decision<'_, '_>]) -> Vec<String> {
    let taken = assumed::taken(decisions.iter().map(|it| it.entry.problem.workload));
    taken.map(|said| said + ".").chain(paid::of_all(decisions)).collect()
}

/// What is paid today, what of it is decided and open, the planned bill, and what that saves, as far as these are known.
pub fn bills(totals: &Totals) -> String {
    let [paid, today, planned, open] = [totals.paid(), totals.today, totals.planned, totals.open].map(usd);
    let paid = format!("{paid} a month{}", terms(totals));
    match (totals.workloads > 0, totals.is_part()) {
        (false, false) => String::new(),
        (false, true) => format!("Today {paid}, all of it open."),
        (true, false) => format!("Today {paid}, planned {planned}: {}.", saved(totals)),
        (true, true) => format!(
            "Today {paid}: {today} decided, {open} open. What is decided is planned at {planned}: {}.",
            saved(totals)
        ),
    }
}

/// What reading from followers saves of traffic, which is in none of these bills, and what all comes to with it.
fn with_traffic(totals: &Totals, terms: Terms) -> String {
    let traffic = totals.traffic_in_a_step(terms);
    let all = totals.saves() + traffic;
    let in_all = match totals.saves() {
        _ if all < 0.0 => format!("; in all the bill rises by {}", usd(-all)),
        saves if saves >= NOTHING_USD => format!(" on top, {} in all", usd(all)),
        _ => String::new(),
    };
    let told = || format!("Reading within zones saves up to {} of traffic{in_all}.", usd(traffic));
    if traffic >= NOTHING_USD { told() } else { String::new() }
}

/// Whether what is paid today is billed, or computed by the list.
fn terms(totals: &Totals) -> &'static str {
    match totals.billed {
        billed if billed < NOTHING_USD => "",
        billed if totals.paid() - billed < NOTHING_USD => " (billed)",
        _ => " (partly billed)",
    }
}

/// `saves $657 checked against measured CPU, $876 still to be checked`.
fn saved(totals: &Totals) -> String {
    let also = if totals.checked >= NOTHING_USD { "" } else { "saves " };
    let parts = [
        (totals.checked, "saves ", "checked against measured CPU"),
        (totals.to_be_checked, also, "still to be checked"),
        (totals.costs_more, "costs ", "more for workloads that need more than runs today"),
    ];
    let parts = parts.into_iter().filter(|(amount, ..)| *amount >= NOTHING_USD);
    let said: Vec<String> =
        parts.map(|(amount, verb, what)| format!("{verb}{} {what}", usd(amount))).collect();
    if said.is_empty() { "saves nothing".to_owned() } else { said.join(", ") }
}

/// The bills, and what stands beside them.
fn answer(decisions: &[Decision<'_, '_>], totals: &Totals, terms: Terms) -> String {
    let said = [bills(totals), with_traffic(totals, terms), beside(decisions, totals)];
    said.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
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
            count(|it| matches!(it, Verdict::DependsOn(on) if on.holds.is_none())),
            "whose verdict depends on a blank cell",
        ),
        (count(|it| matches!(it, Verdict::DependsOn(on) if on.holds.is_some())), "with a range to narrow"),
    ];
    let rest = decisions.len() - totals.workloads - open.iter().map(|(count, _)| count).sum::<usize>();
    let open = open.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let open: Vec<String> = open.collect();
    let without_bill = decisions.iter().filter(|decision| decision.bills().is_none());
    let priced: Vec<f64> =
        without_bill.clone().filter_map(|it| it.entry.recommendation.usd_per_month).collect();
    let of_no_machine = without_bill.filter(|it| {
        let is_blank = it.entry.problem.workload.current_machine.is_none();
        is_blank && it.entry.recommendation.rests_on.machine
    });
    let of_no_machine = of_no_machine.count() as u64;
    let said = [
        (!open.is_empty()).then(|| format!("Open workloads: {}.", open.join(", "))),
        (rest > 0).then(|| {
            let of = if priced.len() == rest { String::new() } else { format!("{} of these ", priced.len()) };
            let planned = || format!(", {of}planned at {} a month", usd(priced.iter().sum()));
            let planned = if priced.is_empty() { String::new() } else { planned() };
            format!("Without a bill of today: {}{planned}.", plural(rest as u64, "workload"))
        }),
        assumed::runtime(decisions.iter().map(|it| it.entry.problem.workload)),
        assumed::regions(&decisions.iter().map(|it| it.entry).collect::<Vec<_>>()),
        (of_no_machine > 0).then(|| {
            format!(
                "current_machine is blank for {}: observed_cores count as of the speed of the profile's.",
                plural(of_no_machine, "workload")
            )
        }),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What the sign behind a saving means, and how many of the decisions are not among so many shown.
pub fn legend(decisions: &[Decision<'_, '_>], most: usize) -> String {
    let mut said = Vec::new();
    let unchecked = rests::of(decisions);
    if !unchecked.is_empty() {
        said.push(format!("? to be checked: {}.", rests::told(&unchecked)));
    }
    if decisions.iter().any(|it| action(it).contains(CODE)) {
        said.push("(code): the handler changes; --details has the risk.".to_owned());
    }
    let worth =
        |it: &Decision<'_, '_>| it.entry.recommendation.worth_up_to.as_ref().is_some_and(|it| it.needs_spike);
    if decisions.iter().any(worth) {
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

/// What "measure first" means, where it is said.
pub fn unmeasured(decisions: &[Decision<'_, '_>]) -> &'static str {
    const SAID: &str = "measure first: nothing was measured, and the plan costs less than a third of today's bill, or nothing runs \
                        today. Measure CPU in use before you take machines away.";
    if decisions.iter().any(|it| action(it).starts_with("measure")) { SAID } else { "" }
}

/// How to ask for more.
pub fn commands(decisions: &[Decision<'_, '_>], flags: &str) -> String {
    let Some(first) = decisions.first() else { return String::new() };
    let name = argument(first.name());
    format!("Why: `tonnage explain {name} FILE{flags}`. Every option: `tonnage plan FILE --details{flags}`.")
}
