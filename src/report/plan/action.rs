//! What to do, in a few words.

use super::decision::{Decision, enlarged, resized};
use super::goal::least_goal;
use super::notes;
use super::options::elsewhere;
use super::paid;
use super::questions::{columns, verb};
use super::unlucky::behind_if_unlucky;
use crate::report::figures::{NOTHING_USD, significant, usd};
use tonnage_model::blank::Blank;
use tonnage_model::decide::alternative::AlternativeKind;
use tonnage_model::decide::baseline::{Contradiction, Proviso};
use tonnage_model::decide::depends_on::DependsOn;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::recommendation::Recommendation;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::NoPlan;

/// That a change is one of the handler's code, so that it has to be tried.
pub const CODE: &str = "(code)";

/// What to do, in a few words, with the kind of change where that is not of machines alone.
pub fn action(decision: &Decision<'_, '_>) -> String {
    of_machines(decision, ["; lags at peak", "; at the limit"])
}

/// The same, with what to say where what runs today falls behind at peak, and where it is at its limit.
fn of_machines(decision: &Decision<'_, '_>, [lags, limit]: [&str; 2]) -> String {
    let (entry, it) = (decision.entry, &decision.entry.recommendation);
    let is_to_be_measured = |planned| is_floor(decision.entry) || it.is_to_be_measured(planned);
    let is_unmeasured = it.usd_per_month.is_some_and(is_to_be_measured);
    let found = decision.kept().found;
    let zone = match (found.busy_without_zone, found.tight_without_zone) {
        (Some(_), _) => "; lags if a zone is lost",
        (None, Some(_)) => "; no room for a lost zone",
        (None, None) => "",
    };
    let p99 = match decision.kept() {
        it if it.misses_p99() && it.may_have_plan() => "; misses p99; plan depends on io_wait_p99_ms",
        it if it.misses_p99() => "; misses p99",
        it if it.found.late.from_wait_p99.is_some() => "; p99 depends on io_wait_p99_ms",
        _ if notes::untimed_goal(entry).is_some() => "; p99 depends on handler_ms",
        _ => "",
    };
    let place = decision.destination().and_then(|on| elsewhere(on, decision.entry));
    let asked = || {
        let first = decision.kept().remedies().first()?;
        Some(format!("; plan asks {}", first.change?))
    };
    let calls = notes::never_drains(entry).map_or("", |_| match entry.problem.workload.io_calls {
        None => "; give io_calls",
        Some(_) => "; backlog never drains",
    });
    let what = match &it.verdict {
        Verdict::Contradictory => {
            return match it.baseline.contradiction {
                Some((Contradiction::Backtest { .. }, _)) => "withheld: backtest".to_owned(),
                contradiction => {
                    contradiction.map_or_else(String::new, |(_, suspects)| format!("check {suspects}"))
                }
            };
        }
        Verdict::DependsOn(on) => format!("{} {}{zone}", verb(on), columns(on)),
        Verdict::Stay | Verdict::RightSize | Verdict::None if is_unmeasured => {
            return format!("measure first{zone}{p99}{calls}");
        }
        Verdict::Stay => {
            let is_at_limit = it.baseline.footing.is_at_limit;
            let proviso = match it.baseline.keeps_up_if.filter(|_| !is_at_limit) {
                Some(proviso) => format!(" if {}", keeps_up_if(decision.entry, proviso)),
                None if is_at_limit || decision.kept().found.busy_at_best.is_some() => {
                    ", at the limit".to_owned()
                }
                None => String::new(),
            };
            // More than runs today, so that something is off, or today has too little headroom.
            let asks = match &it.in_current {
                // Pods share nodes, and machines of their own are no bill of them.
                Ok(_)
                    if it.today_usd_per_month.is_none() && decision.entry.problem.pods_today().is_some() =>
                {
                    "; bill unknown".to_owned()
                }
                Ok(plan) if decision.kept().is_no_price(plan) => String::new(),
                Ok(plan) if it.right_sizing_saves.is_some_and(|saves| saves <= -NOTHING_USD) => {
                    format!("; plan asks {}", usd(plan.usd_per_month))
                }
                Ok(_) => String::new(),
                Err(_) if decision.kept().may_have_plan() => String::new(),
                Err(_) => asked().unwrap_or_else(|| format!("; {}", no_plan(it))),
            };
            let what = if it.baseline.footing.runs { "keep" } else { "run" };
            format!("{what}{proviso}{asks}{zone}")
        }
        Verdict::RightSize => {
            let unlucky = behind_if_unlucky(decision.entry).map_or("", |_| "; may lag by bad assignment");
            let moved = place.as_ref().map(|place| format!("move to {place}"));
            let asks = it.in_current.as_ref().err().and_then(|_| asked()).unwrap_or_default();
            moved.unwrap_or_else(|| resized(decision.entry)) + &asks + &provided(it) + unlucky
        }
        Verdict::Alternative { step, to, .. } => {
            let what = match step {
                AlternativeKind::Library => format!("move to {to}"),
                AlternativeKind::PartitionConcurrency => format!("one event per partition {CODE}"),
                AlternativeKind::Batches => format!("{to} {CODE}"),
                AlternativeKind::InFlight if decision.entry.problem.workload.in_flight.is_none() => {
                    format!("{to} (setting, no order)")
                }
                AlternativeKind::Processes | AlternativeKind::InFlight | AlternativeKind::ClientSettings => {
                    format!("{to} (setting)")
                }
                AlternativeKind::Partitions => format!("{to} (topic)"),
                _ => to.clone(),
            };
            let what = what + &provided(it);
            if it.saves.is_some_and(|saves| saves <= -NOTHING_USD) {
                format!("{what}, {}", enlarged(decision.entry))
            } else {
                what
            }
        }
        Verdict::Move => match it.runtime {
            Some(runtime) => format!("move to {}", runtime.name),
            None => "move".to_owned(),
        },
        Verdict::None => {
            return match &it.in_current {
                Err(NoPlan::NoPrices { purchase, .. }) => format!("give {purchase} prices"),
                Err(NoPlan::OtherArch { arch, .. }) => format!("no plan: {arch}"),
                _ => no_plan(it).to_owned(),
            };
        }
    };
    let what = match place.filter(|_| it.verdict != Verdict::RightSize) {
        Some(place) => format!("{what}, in {place}"),
        None => what,
    };
    if is_unmeasured {
        return format!("measure, then {what}{p99}{calls}");
    }
    // Whether it lags is what such a question asks.
    let is_of_it =
        |on: &DependsOn| [Blank::InFlight, Blank::Concurrency].iter().any(|it| it.word() == on.column);
    let is_asked = matches!(&it.verdict, Verdict::DependsOn(on) if is_of_it(on));
    let lags = match it.falls_behind() {
        true if is_asked => "",
        true => lags,
        false if it.lacks_capacity() => limit,
        false => "",
    };
    let spike = match &it.worth_up_to {
        Some(worth) if worth.needs_spike => "; spike",
        Some(_) => "; give rewrite_days",
        None => "",
    };
    let reclaims = paid::more_taken_back(decision.entry).map_or("", |_| "; more reclaims");
    format!("{what}{lags}{p99}{calls}{spike}{reclaims}")
}

/// That there is none in today's runtime, and whether the goal for p99 is why.
fn no_plan(it: &Recommendation<'_>) -> &'static str {
    let is_goal = it.in_current.as_ref().is_err_and(|none| least_goal(none).is_some());
    if is_goal { "no plan: p99_ms is too low" } else { "no plan" }
}

/// The values of blank cells with which what runs keeps up at peak: `parallel and peak_factor < 2.69`.
fn keeps_up_if(entry: &PlannedWorkload<'_>, it: Proviso) -> String {
    let each = || entry.problem.pods_today().map_or("vCPU", |_| "pod");
    let taken = match it.cell {
        Blank::PeakFactor => None,
        Blank::CurrentProcesses => Some(format!("several a {}", each())),
        _ => Some("parallel".to_owned()),
    };
    let below = it.below_peak.map(|factor| {
        let unless =
            it.unless_in_flight.map_or_else(String::new, |least| format!(" or in_flight >= {least}"));
        format!("{} < {}{unless}", Blank::PeakFactor.word(), significant(factor))
    });
    taken.into_iter().chain(below).collect::<Vec<_>>().join(" and ")
}

/// The values of a blank cell that what is recommended is for, where others have something else done.
fn provided(it: &Recommendation<'_>) -> String {
    let turns_on = it.turns_on().and_then(|on| Some((on, on.threshold?)));
    turns_on.map_or_else(String::new, |(on, threshold)| {
        let side = if on.below.verdict.agrees(&it.verdict) { "<" } else { ">=" };
        format!(" if {} {side} {}", on.column, significant(threshold))
    })
}

/// Whether nobody knows where it runs and what it takes, so that a plan is a floor.
pub fn is_floor(entry: &PlannedWorkload<'_>) -> bool {
    !entry.recommendation.baseline.footing.runs && entry.problem.workload.says_nothing_of_cpu()
}

/// What `plan` decides, in a few words: `keep (3 x c6i.xlarge, $372 a month)`.
pub fn decided(entry: &PlannedWorkload<'_>) -> String {
    decided_beside(entry, |_| None)
}

/// The same at all that is paid, as a sweep has it: `keep (3 x c6i.xlarge, $372 a month; $398 in all)`.
pub fn decided_in_all(entry: &PlannedWorkload<'_>) -> String {
    let runtime = entry.recommendation.runtime.unwrap_or(entry.problem.current);
    decided_beside(entry, |bill| {
        let cost = entry.account().total(runtime, Decision::of(entry).provider()?, bill);
        cost.usd_per_month()
    })
}

/// The same with what is paid `in_all` at a bill, USD a month, where that is known and told.
fn decided_beside(entry: &PlannedWorkload<'_>, in_all: impl Fn(f64) -> Option<f64>) -> String {
    let (decision, it) = (Decision::of(entry), &entry.recommendation);
    let of_today = it.today_usd_per_month.map_or_else(String::new, |today| format!(" of {}", usd(today)));
    let saves = decision.saving().map_or_else(String::new, |saves| format!(", {saves}{of_today}"));
    let action = action(&decision);
    match (&it.machines, it.usd_per_month) {
        // It is not the machines named here that lag.
        (Some(on), Some(bill)) => {
            let what = of_machines(&decision, [""; 2]);
            let lags = match what == action {
                true => "",
                false if it.falls_behind() => "; today's lag at peak",
                false => "; today's are at the limit",
            };
            let all = in_all(bill).map_or_else(String::new, |all| format!("; {} in all", usd(all)));
            format!("{what} ({on}, {} a month{saves}{all}){lags}", usd(bill))
        }
        _ => action,
    }
}
