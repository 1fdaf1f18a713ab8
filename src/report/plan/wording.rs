//! A decision in words.

use super::action::is_floor;
use super::asks_more::asks_more;
use super::contradiction::contradiction;
use super::decision::{Decision, resized, sign};
use super::goal::goal_costs;
use super::handlers::{batched_p99, open_p99, with_concurrency};
use super::kept::why;
use super::options::{hazard, located};
use super::outgrown::outgrown;
use super::paid;
use super::passed_over::{if_siblings_give_most, passed_over};
use super::questions::{self, lag};
use super::risk;
use super::unlucky::{behind_if_unlucky, unlucky};
use super::without_plan::cannot;
use super::worth::{is_kept, pays_back, rather_than, worth_up_to};
use crate::report::figures::{NOTHING_USD, amount, days, more, percent, plural, significant, usd, usd_apart};
use crate::report::p99::ends_wait;
use tonnage_model::cost::bill::reaches;
use tonnage_model::decide::alternative::{AlternativeKind, Machines};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::total_cost::RuntimeChange;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::{NoPlan, Plan};

/// The decision with the figures that decide it, what a rewrite is worth where more is known of it than machines, and,
/// where it was sampled, how sure these are.
pub fn sentence(decision: &Decision<'_, '_>) -> String {
    let (entry, terms) = (decision.entry, decision.entry.planner.terms);
    let risk = entry.risk.as_ref().map(|it| risk::sentence(decision, it, terms));
    let it = &entry.recommendation;
    if it.baseline.is_contradictory() {
        return verdict(decision, terms);
    }
    let doubts = match it.verdict {
        Verdict::Stay => decision.kept().doubts(),
        _ => {
            let unlucky = behind_if_unlucky(entry).map(unlucky);
            lag(entry).into_iter().chain(decision.kept().without_zone()).chain(unlucky).collect()
        }
    };
    let doubts = (!doubts.is_empty()).then(|| format!("Note: {}.", doubts.join("; ")));
    let verdict = with_concurrency(entry, verdict(decision, terms));
    let deep = it.usd_per_month.filter(|planned| it.is_to_be_measured(*planned));
    let open = open_p99(entry)
        .map(|(open, rate)| format!("p99 at {rate} is {open} before the change"))
        .or_else(|| batched_p99(entry))
        .map(|said| said + ".");
    let outgrown = outgrown(entry).map(|said| match it.changes_machines() {
        true => format!("That {said}."),
        false => format!("What runs {said}."),
    });
    let parts = [
        deep.map(|_| "Measure observed_cores first.".to_owned()),
        Some(verdict),
        goal_costs(entry).map(|said| said + "."),
        outgrown,
        passed_over(entry),
        doubts,
        open,
        worth_up_to(entry),
        rewrite(entry, terms),
        risk,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The verdict with the figures that decide it.
fn verdict(decision: &Decision<'_, '_>, terms: Terms) -> String {
    let (entry, no_plan) = (decision.entry, || decision.kept().no_plan());
    let it = &entry.recommendation;
    let current = &entry.problem.current.name;
    let keep = if it.baseline.footing.runs { "Keep" } else { "Run it in" };
    match &it.verdict {
        Verdict::None => {
            let is_stuck = matches!(it.in_current, Err(NoPlan::NoneServes { .. }));
            let is_alone = is_stuck && entry.plans.len() > 1 && it.elsewhere.is_none();
            let others = if is_alone { ", and no other runtime can" } else { "" };
            format!("No plan: {}{others}.", cannot(decision))
        }
        Verdict::Stay => match &it.in_current {
            Ok(_) if is_floor(entry) => format!("{}{}", bill(entry), not_worth(entry, terms)),
            Ok(_) => format!("{keep} {current}. {}{}", bill(entry), not_worth(entry, terms)),
            Err(_) if decision.kept().may_have_plan() => format!("Keep {current}: it runs today."),
            Err(_) => format!("Keep {current}: it runs today, but plans ask for more: {}.", no_plan()),
        },
        Verdict::RightSize if entry.is_for_capacity() => {
            let room = match (decision.saving(), it.saves.filter(|_| it.today_usd_per_month.is_some())) {
                (Some(saves), _) => format!(" That has room at peak and {saves} a month."),
                (None, Some(saves)) if saves < 0.0 => format!(" That is {} than today.", more(-saves)),
                (None, Some(_)) => " That has room at peak for the same bill.".to_owned(),
                (None, None) => " That has room at peak.".to_owned(),
            };
            let what = resized(entry);
            format!("Keep {current} and {what}. {}{room}{}", bill(entry), not_worth(entry, terms))
        }
        Verdict::RightSize => format!(
            "Keep {current} and right-size it. {} That saves {}, none of it from the language.{}{}",
            bill(entry),
            worth(it.right_sizing_saves.unwrap_or_default(), decision),
            decision.kept().no_worse().map_or_else(String::new, |said| format!(" {}", paid::sentence(said))),
            not_worth(entry, terms)
        ),
        Verdict::Alternative { step, to, on, usd_per_month, .. } => {
            let change = match step {
                AlternativeKind::Library => format!("move to {to}, in the same language"),
                _ => format!("change to {to}"),
            };
            let stays = Machines::today(&entry.problem).as_ref() == Some(on);
            let before = match &it.in_current {
                // What machines that stay carry with the change, nobody needs to pay more for.
                Ok(plan) if stays && reaches(plan.usd_per_month, *usd_per_month) => String::new(),
                Ok(_) => format!(" {}", bill(entry)),
                Err(none) if none.stuck().is_some() => {
                    format!(" {current} cannot carry it as described: {}.", why(entry, none))
                }
                Err(_) => format!(" {}.", cannot(decision)),
            };
            let saves = match it.saves {
                Some(_) if stays => ", as today".to_owned(),
                Some(saves) if saves < 0.0 => format!(", {} than today's machines", more(-saves)),
                Some(saves) => format!(", which saves {}{}", worth(saves, decision), share_of_rewrite(entry)),
                None => String::new(),
            };
            format!(
                "{keep} {current} and {change}.{before} With the change it needs {} a month on {}{saves} ({}).{}{}",
                usd(*usd_per_month),
                located(on, entry),
                hazard(*step, entry),
                questions::unless(entry).map_or_else(String::new, |unless| format!(" {unless}")),
                after_alternative(entry, *step, *usd_per_month, terms),
            )
        }
        Verdict::DependsOn(question) => {
            let asked = format!("No verdict: {}. {}", questions::question(question, entry), bill(entry));
            asked.trim_end().to_owned()
        }
        Verdict::Contradictory => format!("No verdict: {}.", contradiction(entry).unwrap_or_default()),
        Verdict::Move => {
            let Some(other) = &it.chosen else { return String::new() };
            let name = &other.runtime.name;
            let to = on_machines(other, entry);
            match (&it.in_current, it.saves) {
                (Ok(current_plan), Some(saves)) => {
                    let moving = current_plan.usd_per_month - other.usd_per_month;
                    let right_sizing = it.right_sizing_saves.filter(|saves| *saves >= 0.0);
                    let split = right_sizing.map_or_else(String::new, |right_sizing| {
                        format!(
                            ": {} by right-sizing {current}, {} by the runtime",
                            usd(right_sizing),
                            usd(moving)
                        )
                    });
                    format!(
                        "Move to {name}, {to}. {} That saves {}{split}.{}",
                        bill(entry),
                        worth(saves, decision),
                        rather_than(entry).unwrap_or_default()
                    )
                }
                _ => format!("Move to {name}, {to}, because {}.", cannot(decision)),
            }
        }
    }
}

/// `$310? a month (worth 0.4 engineer-days a month)`, with the sign of what is to be checked.
fn worth(saving: f64, decision: &Decision<'_, '_>) -> String {
    let days = days(saving / decision.entry.planner.terms.day_rate_usd);
    format!("{}{} a month (worth {days} a month)", usd(saving), decision.check().map_or("", sign))
}

/// What another runtime would still save after a smaller change.
fn after_alternative(
    entry: &PlannedWorkload<'_>,
    step: AlternativeKind,
    usd_per_month: f64,
    terms: Terms,
) -> String {
    let it = &entry.recommendation;
    // After another library, only another language is left to compare with.
    let left = if step == AlternativeKind::Library { &it.other_language } else { &it.elsewhere };
    let Some(other) = left else { return String::new() };
    let more = usd_per_month - other.usd_per_month;
    let (name, before) = (&other.runtime.name, usd(usd_per_month));
    // What a rewrite is worth at most is told with its range.
    if it.worth_up_to.as_ref().is_some_and(|worth| worth.to == *name) {
        return String::new();
    }
    if !terms.is_worth_a_change(more) {
        format!(" After that {}", too_little(name, (more, Some(usd_per_month)), min_saving(terms), terms))
    } else if it.rewrite.as_ref().is_some_and(|rewrite| !rewrite.is_worth_it) {
        format!(" After that {name} would save {} of {before} a month.", usd(more))
    } else {
        format!(
            " After that {name} would save {} of {before} a month; at the slow end of its range for the handler's own code, less than \
             min_saving ({}).",
            usd(more),
            usd(terms.min_saving_usd_per_month)
        )
    }
}

/// ` and takes 67 % of what moving to go-franz would save`.
fn share_of_rewrite(entry: &PlannedWorkload<'_>) -> String {
    let it = &entry.recommendation;
    let Some((share, rewrite)) = it.step_share().zip(it.rewrite.as_ref()) else { return String::new() };
    format!(", {} of what moving to {} would save", percent(share), rewrite.to)
}

/// What features and the rewrite itself make of moving to another language; nothing where neither is given.
fn rewrite(entry: &PlannedWorkload<'_>, terms: Terms) -> Option<String> {
    let outlook = &entry.problem.workload.outlook;
    let change = entry.recommendation.rewrite.as_ref()?;
    let saves = change.saves_usd_per_month;
    // What is too little for any change has no need of another reason.
    let is_too_little = is_kept(entry)
        && saves > 0.0
        && !reaches(change.judged_usd_per_month.max(saves), terms.min_saving_usd_per_month);
    let features = (outlook.features_per_month > 0.0).then(|| {
        let is_reason = is_too_little && terms.is_worth_a_change(change.compute_saves_usd_per_month);
        let least = || format!(", less than min_saving ({})", usd(terms.min_saving_usd_per_month));
        features(change, entry, &is_reason.then(least).unwrap_or_default())
    });
    let days = outlook.rewrite_days.filter(|_| !is_too_little);
    let rewrite = change.rewrite_usd.zip(days).map(|(once, rewrite_days)| {
        let pays = pays_back(change, entry, terms);
        format!(
            "Rewriting it in {} takes {} ({}); {pays}.",
            change.to,
            amount(rewrite_days, "day"),
            usd(once)
        )
    });
    let only = in_features_only(entry, terms);
    let said: Vec<String> = features.into_iter().chain(rewrite).chain(only).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn features(change: &RuntimeChange, entry: &PlannedWorkload<'_>, least: &str) -> String {
    let RuntimeChange { to, compute_saves_usd_per_month: compute, saves_usd_per_month: saves, .. } = change;
    let before = entry.recommendation.before_rewrite.unwrap_or_default();
    let left = || format!("{} of {} a month", usd(*saves), usd(before));
    let built = match entry.problem.workload.outlook.features_per_month {
        1.0 => "One feature a month costs".to_owned(),
        features => format!("{} features a month cost", significant(features)),
    };
    match change.engineering_costs_usd_per_month {
        None => format!("What features cost to build in {to} is not known and not counted."),
        Some(more) if more > 0.0 && *saves > 0.0 => {
            format!("{built} {} more to build in {to}, which leaves {}{least}.", usd(more), left())
        }
        Some(more) if more > 0.0 => {
            let machines = if *compute >= NOTHING_USD { usd(*compute) } else { "nothing".into() };
            format!("{built} {} more to build in {to}, whose machines save {machines}.", usd(more))
        }
        Some(more) if more < 0.0 => {
            format!("{built} {} less to build in {to}, which makes {}.", usd(-more), left())
        }
        Some(_) => format!("{built} the same in {to}."),
    }
}

/// Why a rewrite that would be worth it in all is not recommended: machines save too little of it.
fn in_features_only(entry: &PlannedWorkload<'_>, terms: Terms) -> Option<String> {
    let it = &entry.recommendation;
    let change = it.rewrite.as_ref().filter(|change| change.is_worth_it)?;
    let saves = change.compute_saves_usd_per_month;
    let machines = if saves >= NOTHING_USD { usd(saves) } else { "nothing".into() };
    (is_kept(entry) && !reaches(saves, terms.min_saving_usd_per_month)).then(|| {
        format!(
            "Most of that saving is in features: machines save {machines} a month, less than min_saving ({}), and a rewrite is \
             recommended for what machines save alone.",
            usd(terms.min_saving_usd_per_month)
        )
    })
}

/// `$225 a month on 3 x c7a.large with fetch_max_wait_ms 5, fetch_min_bytes 32768`.
fn on_machines(plan: &Plan<'_>, entry: &PlannedWorkload<'_>) -> String {
    let setting = plan.client_setting().or_else(|| Some(ends_wait(&entry.problem, plan)?.0));
    let setting = setting.map_or_else(String::new, |setting| format!(" with {setting}"));
    format!("{} a month on {}{setting}", usd(plan.usd_per_month), located(&Machines::of(plan), entry))
}

/// Today's bill and that of the cheapest plan in today's runtime.
fn bill(entry: &PlannedWorkload<'_>) -> String {
    let it = &entry.recommendation;
    let Ok(plan) = it.in_current.as_ref().or_else(|_| it.plan()) else { return String::new() };
    let best = on_machines(plan, entry);
    match it.today_usd_per_month {
        Some(today) if entry.problem.workload.current_usd_per_month.is_some() => {
            format!("Today's bill is {} a month; it needs {best}.", usd(today))
        }
        Some(today) => format!(
            "Today's machines cost {} a month ({}); it needs {best}.",
            usd(today),
            entry.planner.policy.purchase
        ),
        None if entry.problem.workload.says_nothing_of_cpu() => {
            format!(
                "Whatever the handler takes, {} needs {best} at least; give handler_ms, or observed_cores.",
                entry.problem.current.name
            )
        }
        None => entry.pods_kept().map_or_else(
            || format!("It needs {best}; today's bill is not given."),
            |pods| format!("It runs in {}; `--unit pods` tells their share of nodes.", plural(pods, "pod")),
        ),
    }
}

/// Why nothing more than right-sizing is recommended.
fn not_worth(entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let right_sizing = match (&it.verdict, it.right_sizing_saves) {
        (Verdict::Stay, Some(saves)) if saves < -NOTHING_USD => {
            let why = asks_more(entry);
            format!(" That is {} than today, {why}.", more(-saves))
        }
        (Verdict::Stay, Some(saves)) if reaches(saves, terms.min_resize_saving_usd_per_month) => {
            match entry.right_sizing_saves_at_most_gain() {
                Some(least) => {
                    let why = if_siblings_give_most(least);
                    format!(" Right-sizing would save {} a month, {why}.", usd(saves))
                }
                None => format!(
                    " Another machine type would save {} a month, less than the {} to which speeds of machine families are \
                     known (cost_tolerance).",
                    usd(saves),
                    percent(entry.planner.policy.cost_tolerance)
                ),
            }
        }
        (Verdict::Stay, Some(saves)) => {
            format!(
                " {}",
                too_little(
                    "Right-sizing",
                    (saves, None),
                    ("min_resize_saving", terms.min_resize_saving_usd_per_month),
                    terms
                )
            )
        }
        _ => String::new(),
    };
    // What a rewrite is worth at most is told with its range.
    let is_told = |to: &str| it.worth_up_to.as_ref().is_some_and(|worth| worth.to == to);
    let would_save = |(other, saves): (&Plan<'_>, f64)| match &other.runtime.name {
        to if is_told(to) => String::new(),
        to => format!(" {}", too_little(to, (saves, it.paid), min_saving(terms), terms)),
    };
    let moving = it.elsewhere.as_ref().zip(it.moving_saves);
    // Where the cheapest is another library, that is no answer to whether a rewrite is worth it.
    let rewriting = moving.and_then(|(cheapest, saves)| {
        let other = it.other_language.as_ref().filter(|other| other.runtime.name != cheapest.runtime.name)?;
        Some((other, saves + cheapest.usd_per_month - other.usd_per_month))
    });
    let moving: String = moving.into_iter().chain(rewriting).map(would_save).collect();
    format!("{right_sizing}{moving}")
}

/// The setting that a change of code has to save, with its amount.
fn min_saving(terms: Terms) -> (&'static str, f64) {
    ("min_saving", terms.min_saving_usd_per_month)
}

/// `WHAT would save $12 of $93 a month, less than min_saving ($800).` It can be above where features or the rewrite cost more than it saves.
fn too_little(
    what: &str,
    (saves, of): (f64, Option<f64>),
    (setting, threshold): (&str, f64),
    terms: Terms,
) -> String {
    if saves < NOTHING_USD {
        return format!("{what} would save nothing.");
    }
    let of = of.map_or_else(String::new, |bill| format!(" of {}", usd(bill)));
    let [said, least] = usd_apart(saves, threshold);
    let (said, beside) = match reaches(saves, threshold) {
        true => (usd(saves), format!(" (worth {} a month)", days(saves / terms.day_rate_usd))),
        false => (said, format!(", less than {setting} ({least})")),
    };
    format!("{what} would save {said}{of} a month{beside}.")
}
