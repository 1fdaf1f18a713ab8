//! What to do first in a fleet: most valuable first, and what does not fit in one line.

use super::by_hours;
use super::decision::{Decision, sign};
use super::handlers;
use super::next_step::next_step;
use super::notes;
use super::rests;
use super::totals::Totals;
use super::without_plan;
use crate::input::shell::argument;
use crate::report::document::Document;
use crate::report::figures::{NOTHING_USD, listed, plural, usd};
use crate::report::traffic;
use tonnage_model::decide::baseline::{Contradiction, Standing};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;

/// Steps in all, where no kind has too few.
const MOST_TOLD: usize = 5;
/// Steps of each kind that has dollars, where there are so many: a question that most of the bill hangs on stands beside savings.
const LEAST_OF_A_KIND: usize = 2;
/// Steps of what falls behind, where there are so many.
const LEAST_BEHIND: usize = 3;
/// Workloads that one step names.
const MOST_NAMED: usize = 2;
/// Workloads that the line of all others names.
const MOST_OTHERS: usize = 6;

/// What the dollars of a step are, in the order that they are told: today's bill of what lacks capacity or is thrown out, saved and checked, saved
/// and still to be checked, or today's bill of what has a question or is too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Behind,
    Checked,
    ToBeChecked,
    AtStake,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Behind, Self::Checked, Self::ToBeChecked, Self::AtStake];

    fn saves(self) -> bool {
        matches!(self, Self::Checked | Self::ToBeChecked)
    }

    /// Steps of it that are told at least, where there are so many.
    fn least_told(self) -> usize {
        if self == Self::Behind { LEAST_BEHIND } else { LEAST_OF_A_KIND }
    }
}

/// What to do, and what it is worth.
struct Step<'d, 'e, 'a> {
    kind: Kind,
    usd: f64,
    /// The workload that it is of, whose step takes long to word.
    of: Option<&'d Decision<'e, 'a>>,
    /// The step, where it is of several.
    said: String,
    /// What that is about; empty where others need not be told of it.
    about: String,
}

impl<'d, 'e, 'a> Step<'d, 'e, 'a> {
    fn said(said: String, about: impl Into<String>, kind: Kind, usd: f64) -> Self {
        Self { kind, usd, of: None, said, about: about.into() }
    }

    /// That of a decision: of what is saved, else of the bill at stake.
    fn of(decision: &'d Decision<'e, 'a>) -> Self {
        let it = &decision.entry.recommendation;
        let saves = decision.saves().filter(|_| it.changes_machines());
        let at_stake = it.today_usd_per_month.unwrap_or(0.0);
        let (kind, usd) = match (decision.check(), saves) {
            _ if decision.entry.is_for_capacity() => (Kind::Behind, at_stake),
            (Some(Standing::Consistent), Some(saves)) => (Kind::Checked, saves),
            (Some(_), Some(saves)) => (Kind::ToBeChecked, saves),
            _ => (Kind::AtStake, at_stake),
        };
        Self { of: Some(decision), ..Self::said(String::new(), "", kind, usd) }
    }

    /// In words; nothing where there is nothing to do.
    fn text(&self) -> Option<String> {
        self.of.map_or_else(|| Some(self.said.clone()), next_step)
    }

    /// Whether it is named where it is not told.
    fn is_needed(&self) -> bool {
        self.of.map_or(!self.about.is_empty(), |decision| {
            let has_verdict = decision.entry.recommendation.has_verdict();
            self.kind != Kind::AtStake || !has_verdict || decision.kept().without_zone().is_some()
        })
    }

    /// `clickstream $1,017`.
    fn in_short(&self) -> String {
        let about = self.of.map_or(self.about.as_str(), |decision| decision.name());
        let test = self.of.and_then(|it| handlers::open_p99(it.entry)).map_or("", |_| " (test p99)");
        let sign = if self.kind == Kind::ToBeChecked { sign(Standing::Unchecked) } else { "" };
        let usd = if self.usd > 0.0 { format!(" {}", usd(self.usd)) } else { String::new() };
        format!("{about}{usd}{sign}{test}")
    }
}

/// Adds what to do first; nothing where there is nothing to do.
pub fn tell(
    document: &mut Document,
    fleet: &Fleet<'_>,
    decisions: &[Decision<'_, '_>],
    totals: &Totals,
    flags: &str,
) {
    let steps = next_steps(fleet, decisions, totals, flags);
    if !steps.is_empty() {
        document.heading("Next");
        document.steps(steps);
    }
}

fn next_steps(
    fleet: &Fleet<'_>,
    decisions: &[Decision<'_, '_>],
    totals: &Totals,
    flags: &str,
) -> Vec<String> {
    let is_of_one = |it: &&Decision<'_, '_>| !is_timed_wrongly(it) && !it.entry.recommendation.lacks_prices();
    let of_one = decisions.iter().filter(is_of_one).map(Step::of);
    let mut steps: Vec<Step<'_, '_, '_>> = of_one.chain(of_many(fleet, decisions, totals, flags)).collect();
    steps.sort_by(|one, other| one.kind.cmp(&other.kind).then(other.usd.total_cmp(&one.usd)));
    let groups = Kind::ALL.map(|kind| {
        let of_kind = steps.iter().enumerate().filter(|(_, step)| step.kind == kind);
        let told = of_kind.filter_map(|(at, step)| Some((at, step.text()?))).take(MOST_TOLD);
        (kind, told.collect::<Vec<(usize, String)>>())
    });
    // A question stands above what saves less than hangs on it.
    let savings = groups.iter().filter(|(kind, _)| kind.saves());
    let spare = savings.filter_map(|(_, told)| Some(steps[told.get(LEAST_OF_A_KIND)?.0].usd));
    let spare = spare.fold(0.0, f64::max);
    let has_more = |(at, _): &&(usize, String)| steps[*at].kind != Kind::AtStake || steps[*at].usd > spare;
    let least = groups
        .each_ref()
        .map(|(kind, told)| told.iter().take(kind.least_told()).take_while(has_more).count());
    let mut room = MOST_TOLD.saturating_sub(least.iter().sum());
    let mut told = Vec::new();
    for ((_, group), least) in groups.into_iter().zip(least) {
        let more = room.min(group.len() - least);
        room -= more;
        told.extend(group.into_iter().take(least + more));
    }
    let is_told = |at: &usize| told.iter().any(|(told, _)| told == at);
    let others: Vec<&Step<'_, '_, '_>> =
        steps.iter().enumerate().filter(|(at, _)| !is_told(at)).map(|(_, step)| step).collect();
    told.into_iter().map(|(_, said)| said).chain(in_short(&others)).collect()
}

/// Steps that are not told, in a line each: what they save, and those with a question.
fn in_short(others: &[&Step<'_, '_, '_>]) -> Vec<String> {
    let needed = others.iter().copied().filter(|it| it.is_needed());
    let (saving, open): (Vec<_>, Vec<_>) = needed.partition(|it| it.kind.saves());
    let said = [("Other savings a month", saving), ("Others to look at, with their bills", open)];
    let said = said.into_iter().filter(|(_, steps)| !steps.is_empty()).map(|(what, steps)| {
        let named = steps.iter().enumerate();
        // Others are only counted.
        let named = named.map(|(at, it)| if at < MOST_OTHERS { it.in_short() } else { String::new() });
        format!("{what}: {}.", listed(named, MOST_OTHERS))
    });
    said.collect()
}

/// Steps that are of several workloads, or of how one is called.
fn of_many<'d, 'e, 'a>(
    fleet: &Fleet<'_>,
    decisions: &'d [Decision<'e, 'a>],
    totals: &Totals,
    flags: &str,
) -> Vec<Step<'d, 'e, 'a>> {
    let least = fleet.terms.min_resize_saving_usd_per_month;
    let mut steps = Vec::new();
    if totals.to_be_checked >= NOTHING_USD {
        let given = rests::to_give(&rests::of(decisions), totals.to_be_checked);
        steps.push(Step::said(given, "", Kind::ToBeChecked, totals.to_be_checked));
    }
    let cheaper = decisions.iter().filter_map(|it| {
        let recommendation = &it.entry.recommendation;
        let usd = recommendation.questions.cheaper.as_ref()?.usd_per_month?;
        Some((it.name(), recommendation.usd_per_month? - usd))
    });
    let (cheaper, less): (Vec<&str>, Vec<f64>) = cheaper.unzip();
    let less = less.iter().sum();
    if fleet.terms.is_worth_a_change(less) {
        let of = listed(cheaper, MOST_NAMED);
        let step = format!(
            "Give current_fetch_wait_ms of {of}: plans have room for fetches that wait long and leave most CPU in use to own \
             code; if they wait less, up to {} a month more is saved.",
            usd(less)
        );
        steps.push(Step::said(step, format!("current_fetch_wait_ms of {of}"), Kind::ToBeChecked, less));
    }
    let saves = totals.traffic_in_a_step(fleet.terms);
    if saves >= NOTHING_USD {
        steps.push(Step::said(
            traffic::follower_reads(saves),
            "traffic between zones",
            Kind::ToBeChecked,
            saves,
        ));
    }
    if let Some((saves, step)) = by_hours::follow(decisions, least) {
        steps.push(Step::said(step, "following the hours (tonnage hours)", Kind::ToBeChecked, saves));
    }
    for note in [handlers::long_call, handlers::slow_batch, notes::never_drains] {
        let said = decisions.iter().filter_map(|it| Some((it, note(it.entry)?)));
        steps.extend(said.take(MOST_NAMED).map(|(it, said)| {
            let today = it.entry.recommendation.today_usd_per_month;
            Step::said(format!("{}: {said}.", it.name()), "", Kind::Behind, today.unwrap_or(0.0))
        }));
    }
    let timed: Vec<&Decision<'_, '_>> = decisions.iter().filter(|it| is_timed_wrongly(it)).collect();
    if !timed.is_empty() {
        let first = if timed.len() > MOST_NAMED { " Largest bills first:" } else { "" };
        let named = timed.iter().take(MOST_NAMED);
        let named: String = named.map(|it| format!(" --workload {}", argument(it.name()))).collect();
        let open = Totals::of(timed.iter().copied()).open;
        let bill = if open > 0.0 { format!(" of {} a month", usd(open)) } else { String::new() };
        let step = format!(
            "CPU in use and handler_ms contradict each other in {}{bill}. If machines and CPU are right, let the CPU stand \
             instead of handler_ms.{first} `tonnage calibrate FILE{named}{flags} --replace -o NEW.csv`",
            plural(timed.len() as u64, "workload"),
        );
        let of = listed(timed.iter().map(|it| it.name()), MOST_NAMED);
        steps.push(Step::said(step, format!("CPU in use against handler_ms of {of}"), Kind::AtStake, open));
    }
    let unpriced = || decisions.iter().filter(|it| it.entry.recommendation.lacks_prices());
    steps.extend(without_plan::unpriced(unpriced().map(|it| it.entry)).into_iter().map(|said| {
        let of = listed(unpriced().map(|it| it.name()), MOST_NAMED);
        Step::said(said, format!("prices of {of}"), Kind::AtStake, Totals::of(unpriced()).open)
    }));
    let (held, planned) = fleet.held_at_minimum();
    if planned > 1 && held * 2 > planned {
        let count = plural(u64::from(fleet.policy.min_instances), "instance");
        let step = format!(
            "{held} of {planned} plans are at the minimum of {count}, which no language makes cheaper. Sharing machines may: \
             `tonnage plan --pool shared`."
        );
        steps.push(Step::said(step, "", Kind::AtStake, 0.0));
    }
    steps
}

/// Whether a timed handler and the CPU of today's machines contradict each other, so that the latter can tell.
fn is_timed_wrongly(decision: &Decision<'_, '_>) -> bool {
    let PlannedWorkload { problem, recommendation: it, .. } = decision.entry;
    let workload = problem.workload;
    let is_apart = matches!(it.baseline.contradiction, Some((Contradiction::Apart { .. }, _)));
    is_apart && workload.handler_seconds.is_some() && workload.utilization.is_some()
}
