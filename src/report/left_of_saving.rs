//! What growth leaves of what a plan saves today.

use super::figures::{NOTHING_USD, usd};
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::growth::{Forecast, Trajectory};

/// By when the bill is as high as today's and stays so, or what is left of the saving in the last month; nothing where nothing grows or nothing is
/// saved. Months count as long as all have a plan.
pub fn left_of_saving<'f, 'e, 'a: 'f, 'b: 'e>(
    planned: impl Iterator<Item = (&'f Forecast<'a>, &'e PlannedWorkload<'b>)>,
) -> Option<String> {
    let [mut grows, mut is_checked] = [false, true];
    let billed = planned.filter_map(|(forecast, entry)| {
        grows |= forecast.problem.workload.outlook.growth_per_month > 0.0;
        let it = &entry.recommendation;
        is_checked &= it.check() != Some(Standing::Unchecked);
        let runtime = it.runtime.unwrap_or(entry.problem.current);
        let course = forecast.courses.iter().find(|it| it.runtime.name == runtime.name)?;
        Some((it.today_usd_per_month?, course, forecast.problem.workload.name.as_str()))
    });
    let billed: Vec<(f64, &Trajectory<'_>, &str)> = billed.collect();
    let bill = |course: &Trajectory<'_>, month: usize| {
        let until = course.stages.iter().take(month + 1).rev();
        until.filter_map(|it| Some(it.as_ref().ok()?.usd_per_month)).next()
    };
    let left = |month: usize| -> f64 {
        billed.iter().map(|(today, course, _)| today - bill(course, month).unwrap_or(*today)).sum()
    };
    // Of many, the one whose growth takes most of it.
    let taken = |month: usize| {
        let grown = billed
            .iter()
            .filter_map(|(_, course, name)| Some((bill(course, month)? - bill(course, 0)?, name)));
        let most = grown.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|_| billed.len() > 1);
        most.map_or_else(String::new, |(more, name)| format!(": {name} alone then costs {} more", usd(more)))
    };
    let all = billed.first().filter(|_| grows)?.1.stages.len().checked_sub(1)?;
    let planned = billed.iter().map(|(_, course, _)| course.stages.iter().rposition(Result::is_ok));
    let last = planned.min()?.filter(|last| *last > 0)?;
    let end = if last < all { ", the last in which all have a plan" } else { "" };
    let open = if is_checked { "" } else { " (to be checked)" };
    let saves = Some(left(0))
        .filter(|saves| *saves >= NOTHING_USD)
        .map(|saves| format!("{} a month{open}", usd(saves)))?;
    let is_gone = |month: &usize| left(*month) < NOTHING_USD;
    let first = (1..=last).find(is_gone);
    // Bills jump where machines do: what is gone in one month may be there again in the next.
    let for_good = (1..=last).rev().take_while(is_gone).last();
    Some(match (first, for_good) {
        (first, Some(month)) => {
            let first = first.filter(|first| *first < month);
            let first = first.map_or_else(String::new, |it| format!("in month {it}, and for good "));
            format!("Today's saving of {saves} is gone {first}by month {month}{}", taken(month))
        }
        (first, None) => {
            let none = first.map_or_else(String::new, |month| format!(", and none in month {month}"));
            format!("Of today's saving of {saves}, {} is left in month {last}{end}{none}", usd(left(last)))
        }
    })
}
