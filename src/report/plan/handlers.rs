//! What to know of how a plan's handlers are called: how long a call takes, how long its batch gathers, and how many events
//! are handled side by side in each language.

use crate::report::figures::{plural, seconds, span, usd};
use crate::report::p99;
use tonnage_model::decide::change::Change;
use tonnage_model::decide::long_call::LongCall;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::Plan;
use tonnage_model::scenario::kept::KeptToday;

/// That one call, or those of one poll, take so long that the group throws its consumer out, and what to do about it.
pub fn long_call(entry: &PlannedWorkload<'_>) -> Option<String> {
    let call = LongCall::of(entry)?;
    let what = match call.batch {
        1 => "one event".to_owned(),
        batch => format!("a batch of {batch}"),
    };
    let takes = format!("{what} takes {}", span(call.seconds));
    if call.keeps_consumer {
        return Some(format!(
            "{takes}: franz-go and kafka-go keep the consumer in its group, but every rebalance waits for it as long; hand \
             events to a worker and pause their partition meanwhile"
        ));
    }
    let (name, default) = (call.limit.name, span(call.limit.seconds));
    let records = call.poll_records.map(|(name, most)| format!("{name} to {most}"));
    if let Some(records) = records.as_ref().filter(|_| !call.is_of_one) {
        return Some(format!(
            "{takes}, and a poll after a backlog returns up to 500 events: they outlast {name} ({default} by default), and the \
             group throws the consumer out. Set {records} at most ({} / {})",
            seconds(call.limit.longest_call()),
            seconds(call.seconds)
        ));
    }
    let consequence = match call.seconds > call.limit.seconds {
        true => format!(
            "longer than {name} ({default} by default): the group throws the consumer out and the event comes again"
        ),
        false => format!(
            "near {name} ({default} by default): a slower one gets the consumer thrown out of the group, and the event comes \
             again"
        ),
    };
    let minutes = call.limit_minutes;
    let batches = call.largest_batch.map(|most| format!(", take {} at most a call", plural(most, "event")));
    let remedy = match call.limit.is_of_heartbeats {
        true => "call heartbeat() in the handler",
        false => "hand events to a worker and pause their partition meanwhile",
    };
    Some(format!(
        "{takes}, {consequence}. Set {name} to {minutes} min ({:.0}){}{}, or {remedy}",
        minutes * 60_000.0,
        records.map(|it| format!(" and {it}")).unwrap_or_default(),
        batches.unwrap_or_default()
    ))
}

/// That gathering a batch takes p99 above the goal, and with which batch it does not.
pub fn slow_batch(entry: &PlannedWorkload<'_>) -> Option<String> {
    let plan = entry.recommendation.plan().ok()?;
    let goal = plan.sizing.goal_seconds.filter(|_| plan.misses_goal_by_batches())?;
    let remedy = match plan.largest_batch() {
        Some(batch) => format!("the largest batch that meets it on these machines is {batch}"),
        None => "no smaller batch meets it on these machines".to_owned(),
    };
    let [peak, mean] = [plan.gathering_seconds(), plan.gathering_seconds_at_mean()].map(seconds);
    let at_mean = if mean == peak { String::new() } else { format!(" and {mean} at the mean rate") };
    Some(format!(
        "a batch of {} takes {peak} to gather at peak{at_mean}, so p99 is {}; {remedy}",
        plan.sizing.batch,
        p99::against_goal(plan.slowest_range().0, goal)
    ))
}

/// p99 with batches that are recommended, which gather first: no plan that is shown has it.
pub fn batched_p99(entry: &PlannedWorkload<'_>) -> Option<String> {
    let is_of_batches = |step: &Change| matches!(step, Change::Batches(_));
    let plan = entry.recommendation.step().filter(is_of_batches).and_then(|_| KeptToday::changed(entry))?;
    let (range, is_at_mean) = plan.slowest_range();
    let said =
        plan.sizing.goal_seconds.map_or_else(|| p99::range(range), |goal| p99::against_goal(range, goal));
    Some(format!("p99 at {} is then {said}, as batches gather first", rate(is_at_mean)))
}

fn rate(is_mean: bool) -> &'static str {
    if is_mean { "the mean rate" } else { "peak" }
}

/// p99 of a plan beside today's, where machines change and its range leaves open whether they keep the goal, and the rate that it is at: of
/// batches the slower one, as [`slow_batch`] has it.
pub fn open_p99(entry: &PlannedWorkload<'_>) -> Option<(String, &'static str)> {
    let it = &entry.recommendation;
    let is_of_plan = matches!(it.verdict, Verdict::RightSize | Verdict::Move);
    let plan = it.chosen.as_ref().filter(|_| is_of_plan)?;
    let (range, is_at_mean) = plan.slowest_range();
    let goal = plan.sizing.goal_seconds.filter(|goal| range.leaves_open(*goal))?;
    let today = KeptToday::before(entry).filter(|plan| plan.p99_seconds().is_finite());
    let today = today.map(|plan| plan.slowest_range().0);
    Some((p99::beside_today(range, today, goal), rate(is_at_mean)))
}

/// A text about a decision with [`unlike_concurrency`] behind the first runtime of another language that it names.
pub fn with_concurrency(entry: &PlannedWorkload<'_>, text: String) -> String {
    let language = &entry.problem.current.language;
    let others = entry.plans.iter().filter_map(|(runtime, plan)| Some((runtime, plan.as_ref().ok()?)));
    let named = others
        .filter(|(runtime, _)| runtime.language != *language)
        .filter_map(|(runtime, plan)| Some((end_of(&runtime.name, &text)?, plan)))
        .min_by_key(|(end, _)| *end);
    match named.and_then(|(end, plan)| Some((end, unlike_concurrency(entry, plan)?))) {
        Some((end, note)) => format!("{} ({note}){}", &text[..end], &text[end..]),
        None => text,
    }
}

/// Where a name ends in a text for the first time, as a word: `go-franz` is not in `go-franz-ours`.
fn end_of(name: &str, text: &str) -> Option<usize> {
    let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut ends = text.match_indices(name).map(|(at, _)| at + name.len());
    ends.find(|end| !text[*end..].starts_with(goes_on))
}

/// That a plan in another language handles its partitions side by side where today's processes handle one event each, and
/// what today's runtime takes with the same; nothing where both do the same, or where that makes no difference.
fn unlike_concurrency(entry: &PlannedWorkload<'_>, other: &Plan<'_>) -> Option<String> {
    let alike = entry.option_search().alike(other, entry.recommendation.in_current.as_ref())?;
    let name = &entry.problem.current.name;
    let takes = match alike.on.zip(alike.usd_per_month) {
        Some((on, bill)) => format!("with that, {name} takes {} a month on {on}", usd(bill)),
        None => format!("with that too, {name} has no plan"),
    };
    Some(format!("it handles every partition in parallel, {name} one event a process; {takes}"))
}
