//! p99 in words: a range, never one figure.

use super::figures::{UNBOUNDED, digits, seconds, significant};
use tonnage_model::latency::range::{MEASURED_OVER_QUEUES, P99Range, RECEIVING_SECONDS};
use tonnage_model::plan::Plan;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Set;

/// `4.6 to 77 ms`.
pub fn range(it: P99Range) -> String {
    let P99Range { low, high } = it;
    if !low.is_finite() || !high.is_finite() {
        return UNBOUNDED.to_owned();
    }
    // Both in the unit of the larger.
    let high = seconds(digits(high, 2));
    let unit = high.rsplit(' ').next().unwrap_or("s");
    let units = match unit {
        "ms" => 1e3,
        "µs" => 1e6,
        _ => 1.0,
    };
    let low = significant(digits(low, 2) * units);
    if high.starts_with(&format!("{low} ")) { high } else { format!("{low} to {high}") }
}

/// The same for the cell of a narrow table: `4.6-77 ms`.
pub fn cell(it: P99Range) -> String {
    range(it).replace(" to ", "-")
}

/// `4.6 to 77 ms for a goal of 50 ms: test it`; of a goal below its low end, which no run that was measured met, that all is above.
pub fn against_goal(it: P99Range, goal_seconds: f64) -> String {
    beside_today(it, None, goal_seconds)
}

/// The same beside today's: `4.6 to 77 ms (today 4.1 to 69 ms) for a goal of 50 ms: test it`.
pub fn beside_today(it: P99Range, today: Option<P99Range>, goal_seconds: f64) -> String {
    let today = today.map_or_else(String::new, |today| format!(" (today {})", range(today)));
    let test = if it.leaves_open(goal_seconds) { ": test it" } else { "" };
    let so = if goal_seconds < it.low { ", all above the goal of" } else { " for a goal of" };
    format!("{}{today}{so} {}{test}", range(it), seconds(goal_seconds))
}

/// The setting that ends the wait of today's fetches, where that is too long for the goal and a plan keeps the client without a wait, and the wait.
pub fn ends_wait(problem: &Problem<'_>, plan: &Plan<'_>) -> Option<(String, String)> {
    let wait = problem.fetch_wait_beyond_goal()?;
    let goes_on = plan.fetch_wait_seconds == 0.0 && plan.runtime.name == problem.current.name;
    let (name, value) = problem.current.setting_names.at(Set::FetchMinBytes, 1.0).filter(|_| goes_on)?;
    Some((format!("{name} {value}"), seconds(wait)))
}

/// What the queues alone give, of which measurements make a range.
pub fn by_queueing(queues: f64) -> String {
    if queues.is_finite() { seconds(digits(queues, 2)) } else { UNBOUNDED.to_owned() }
}

/// Where the range comes from.
pub fn note() -> String {
    let [low, high] = MEASURED_OVER_QUEUES;
    format!(
        "p99 is a range: from {low} times what queueing gives to {high} times as long at the cores and {ms} ms more, as three measured \
         runs of four had (docs/validation.md of tonnage's source). It describes these runs and promises nothing; test a goal that is below its high end.",
        ms = 1e3 * RECEIVING_SECONDS
    )
}
