//! How sure the answers are: bills over all samples, and what moves them.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{
    NONE, days, event_size, per_day, percent, plural, rate, ratio, seconds, significant, usd,
};
use super::recommendation;
use crate::input::columns;
use crate::input::number::Unit;
use serde::Serialize;
use tonnage_model::decide::families::{FamilyTie, ties};
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::terms::Terms;
use tonnage_model::plan::Plan;
use tonnage_model::uncertain::catalog::{SPEED_UNCERTAINTY, family_name};
use tonnage_model::uncertain::inputs::{Input, whole};
use tonnage_model::uncertain::monte_carlo::{Moving, Percentiles, Risk, RuntimeRisk};
use tonnage_model::uncertain::sensitivity::{Swing, Tornado, tornado};

/// Rows of the table of what matters.
const MOST_ROWS: usize = 10;
/// Shares of samples that differ by no more are taken for the same.
const AS_OFTEN: f64 = 0.02;
/// Share of samples below which a broken rule is not worth a word.
const RARE: f64 = 0.01;
/// Machine families that are named as ties.
const MOST_FAMILIES: usize = 5;

/// How sure one runtime's plan for one workload is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Samples.
    pub samples: usize,
    /// 10th percentile of the bill, USD a month; empty where a tenth of the samples have no plan.
    pub usd_per_month_p10: Option<f64>,
    /// Median of the bill.
    pub usd_per_month_p50: Option<f64>,
    /// 90th percentile of the bill.
    pub usd_per_month_p90: Option<f64>,
    /// Share of the samples in which there is a plan.
    pub feasible: f64,
    /// Probability that it is the runtime to choose for its bill.
    pub cheapest: f64,
    /// Share of the samples in which its bill is the lowest, and some other runtime's just as low.
    pub tied: f64,
    /// Machine type of the plan.
    pub instance_type: Option<String>,
    /// Its instances.
    pub instances: Option<u64>,
    /// Its bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// Probability that this plan keeps all rules.
    pub holds: Option<f64>,
    /// The rule that it breaks in most samples.
    pub weakest_rule: Option<String>,
    /// Share of the samples in which it breaks that rule first.
    pub weakest_share: Option<f64>,
}

/// What moving to another runtime saves, and which machine families are as good as the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkloadRecord {
    /// Workload.
    pub workload: String,
    /// The answer in words.
    pub sentence: String,
    /// Moving from today's runtime.
    pub moving: Option<Moving>,
    /// Families that cannot be told from that of the recommended plan.
    pub family_ties: Vec<FamilyTie>,
}

/// One uncertain number of one workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitivityRecord {
    /// Workload.
    pub workload: String,
    /// The runtime whose bill is looked at.
    pub runtime: String,
    /// The runtime that moving goes to.
    pub moving_to: Option<String>,
    /// A column of the workload, a figure of a profile, or the speed of a machine family.
    pub input: String,
    /// Its 10th percentile: of a column, in the unit of SI or as a share; of a profile's figure, in SI units; of a speed,
    /// as a factor on the one that is listed.
    pub p10: f64,
    /// Its median.
    pub p50: f64,
    /// Its 90th percentile.
    pub p90: f64,
    /// The bill with it at its P10, USD a month; empty where there is no plan.
    pub usd_per_month_at_p10: Option<f64>,
    /// The same at its P90.
    pub usd_per_month_at_p90: Option<f64>,
    /// What moving saves with it at its P10, USD a month.
    pub moving_saves_at_p10: Option<f64>,
    /// The same at its P90.
    pub moving_saves_at_p90: Option<f64>,
}

/// All that `--format json` prints of a fleet's risk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetRisk {
    /// One for each workload and runtime.
    pub risks: Vec<RiskRecord>,
    /// One for each workload.
    pub workloads: Vec<WorkloadRecord>,
    /// One for each uncertain number that matters to a workload, those that move its bill most first.
    pub sensitivity: Vec<SensitivityRecord>,
}

/// Everything, flat.
pub fn record(fleet: &Fleet<'_>) -> FleetRisk {
    FleetRisk { risks: risks(fleet), workloads: workloads(fleet), sensitivity: sensitivity(fleet) }
}

/// One record for each workload and runtime.
pub fn risks(fleet: &Fleet<'_>) -> Vec<RiskRecord> {
    let of_entry = |entry: &PlannedWorkload<'_>| {
        let risk = entry.risk.as_ref();
        let samples = risk.map_or(0, |risk| risk.samples);
        let runtimes = risk.map_or(&[][..], |risk| &risk.runtimes);
        let records = entry.plans.iter().zip(runtimes).map(|((_, plan), it)| {
            let plan = plan.as_ref().ok();
            let Percentiles { p10, p50, p90 } = it.usd_per_month;
            RiskRecord {
                workload: entry.problem.workload.name.clone(),
                runtime: it.runtime.clone(),
                samples,
                usd_per_month_p10: p10,
                usd_per_month_p50: p50,
                usd_per_month_p90: p90,
                feasible: it.feasible,
                cheapest: it.cheapest,
                tied: it.tied,
                instance_type: plan.map(|plan| plan.machine.instance_type.clone()),
                instances: plan.map(|plan| plan.size.instances),
                usd_per_month: plan.map(|plan| plan.usd_per_month),
                holds: it.holds,
                weakest_rule: it.weakest.map(|(rule, _)| rule.to_string()),
                weakest_share: it.weakest.map(|(_, share)| share),
            }
        });
        records.collect::<Vec<_>>()
    };
    fleet.entries.iter().flat_map(of_entry).collect()
}

fn workloads(fleet: &Fleet<'_>) -> Vec<WorkloadRecord> {
    let record = |entry: &PlannedWorkload<'_>| WorkloadRecord {
        workload: entry.problem.workload.name.clone(),
        sentence: entry.risk.as_ref().map(|risk| sentence(entry, risk, fleet.terms)).unwrap_or_default(),
        moving: entry.risk.as_ref().and_then(|risk| risk.moving.clone()),
        family_ties: ties(entry, fleet),
    };
    fleet.entries.iter().map(record).collect()
}

/// One record for each number that matters.
pub fn sensitivity(fleet: &Fleet<'_>) -> Vec<SensitivityRecord> {
    let world = fleet.world();
    let of_entry = |entry: &PlannedWorkload<'_>| {
        let tornado = tornado(entry, fleet, &world);
        let workload = &entry.problem.workload.name;
        let records = tornado.into_iter().flat_map(|it| {
            let Tornado { runtime, moving_to, swings, .. } = it;
            swings.into_iter().map(move |swing| SensitivityRecord {
                workload: workload.clone(),
                runtime: runtime.clone(),
                moving_to: moving_to.clone(),
                input: swing.input,
                p10: swing.p10,
                p50: swing.p50,
                p90: swing.p90,
                usd_per_month_at_p10: swing.usd_per_month_at_p10,
                usd_per_month_at_p90: swing.usd_per_month_at_p90,
                moving_saves_at_p10: swing.moving_saves_at_p10,
                moving_saves_at_p90: swing.moving_saves_at_p90,
            })
        });
        records.collect::<Vec<_>>()
    };
    fleet.entries.iter().flat_map(of_entry).collect()
}

/// The whole report.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    let world = fleet.world();
    for entry in &fleet.entries {
        document.heading(heading(entry));
        if let Some(risk) = &entry.risk {
            document.table(bills(entry, risk));
            document.paragraph(sentence(entry, risk, fleet.terms));
            document.list(weaknesses(risk).into_iter().chain(family_ties(entry, fleet)).collect());
        }
        what_matters(&mut document, tornado(entry, fleet, &world));
    }
    document.paragraph(
        "Every sample is planned anew, so P10 to P90 is what the cheapest plan costs if things are so. \"holds\" is the \
         share of samples in which the plan beside it keeps all rules.",
    );
    document
}

/// What matters alone.
pub fn sensitivity_document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    let world = fleet.world();
    for entry in &fleet.entries {
        document.heading(heading(entry));
        what_matters(&mut document, tornado(entry, fleet, &world));
    }
    document
}

fn heading(entry: &PlannedWorkload<'_>) -> String {
    let workload = entry.problem.workload;
    let ranges: Vec<&str> = workload.ranges.iter().map(|range| range.input.column()).collect();
    let known = if ranges.is_empty() {
        "no ranges given".to_owned()
    } else {
        format!("ranges for {}", ranges.join(", "))
    };
    format!("{}: {known}", workload.name)
}

fn bills(entry: &PlannedWorkload<'_>, risk: &Risk) -> Table {
    let mut table = Table::new(vec![
        Column::words("runtime", 0),
        Column::numbers("P10", 0),
        Column::numbers("P50", 0),
        Column::numbers("P90 $/month", 0),
        Column::numbers("cheapest", 0),
        Column::numbers("tied", 1),
        Column::words("plan", 0),
        Column::numbers("holds", 0),
    ]);
    let most = risk.runtimes.iter().map(|it| it.cheapest).fold(0.0, f64::max);
    for ((_, plan), it) in entry.plans.iter().zip(&risk.runtimes) {
        let tone = if it.cheapest > 0.0 && it.cheapest >= most { Tone::Good } else { Tone::Plain };
        let Percentiles { p10, p50, p90 } = it.usd_per_month;
        table.row(vec![
            Cell::new(&it.runtime),
            bill(p10).into(),
            bill(p50).into(),
            bill(p90).into(),
            Cell::new(percent(it.cheapest)).toned(tone),
            percent(it.tied).into(),
            plan.as_ref().map_or_else(|_| NONE.to_owned(), recommendation::deployment).into(),
            it.holds.map_or_else(|| NONE.to_owned(), percent).into(),
        ]);
    }
    table
}

fn bill(usd_per_month: Option<f64>) -> String {
    usd_per_month.map_or_else(|| "no plan".to_owned(), usd)
}

/// How sure it is which runtime is the cheapest, what moving saves, and whether the recommended plan holds.
pub fn sentence(entry: &PlannedWorkload<'_>, risk: &Risk, terms: Terms) -> String {
    let most = risk.runtimes.iter().map(|it| it.cheapest).fold(0.0, f64::max);
    let leaders: Vec<&RuntimeRisk> =
        risk.runtimes.iter().filter(|it| it.cheapest > 0.0 && it.cheapest >= most - AS_OFTEN).collect();
    let samples = plural(risk.samples as u64, "sample");
    let cheapest = match leaders.as_slice() {
        [] => return format!("In none of {samples} is there a plan."),
        [alone] => {
            let tied = match alone.tied {
                none if none < RARE => String::new(),
                some => format!(", in {} at the same bill as another", percent(some)),
            };
            format!("{} is cheapest in {} of {samples}{tied}", alone.runtime, percent(alone.cheapest))
        }
        [others @ .., last] => {
            let least = leaders.iter().map(|it| it.cheapest).fold(most, f64::min);
            let tied = leaders.iter().map(|it| it.tied).fold(f64::INFINITY, f64::min);
            let others: Vec<&str> = others.iter().map(|it| it.runtime.as_str()).collect();
            format!(
                "{} and {} are cheapest in {} of {samples} each, in {} at the same bill as another",
                others.join(", "),
                last.runtime,
                percent(least),
                percent(tied)
            )
        }
    };
    let moving =
        risk.moving.as_ref().map_or_else(String::new, |moving| format!("; {}", saves(moving, entry, terms)));
    let chosen = entry.recommendation.chosen.as_ref();
    let holds = chosen.and_then(|plan| Some((plan, runtime(risk, plan)?.holds?)));
    let holds = holds.map_or_else(String::new, |(plan, share)| {
        format!(
            " The cheapest plan in {}, {}, holds in {}.",
            plan.runtime.name,
            recommendation::deployment(plan),
            percent(share)
        )
    });
    format!("{cheapest}{moving}.{holds}")
}

/// `moving to go-franz saves $310 a month (P10 $120, P90 $640), which is 0.4 engineer-days`.
fn saves(moving: &Moving, entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let to = &moving.to;
    let Percentiles { p10: Some(p10), p50: Some(p50), p90: Some(p90) } = moving.saves else {
        return format!(
            "what moving to {to} saves is open, as one of the two has no plan in too many samples"
        );
    };
    if p10.abs().max(p50.abs()).max(p90.abs()) < 0.5 {
        return format!("moving to {to} saves nothing");
    }
    let builds_features = entry.problem.workload.outlook.features_per_month > 0.0;
    let net = if builds_features { " with features counted" } else { "" };
    let worth = match p50 >= 0.5 {
        true => format!(", which is {}", days(p50 / terms.day_rate_usd)),
        false => String::new(),
    };
    format!("moving to {to} saves {} a month{net} (P10 {}, P90 {}){worth}", usd(p50), usd(p10), usd(p90))
}

fn runtime<'r>(risk: &'r Risk, plan: &Plan<'_>) -> Option<&'r RuntimeRisk> {
    risk.runtimes.iter().find(|it| it.runtime == plan.runtime.name)
}

/// The rules that plans break most.
fn weaknesses(risk: &Risk) -> Option<String> {
    let said: Vec<String> = risk
        .runtimes
        .iter()
        .filter_map(|it| {
            let (rule, share) = it.weakest.filter(|(_, share)| *share >= RARE)?;
            Some(format!("{} {rule} (in {})", it.runtime, percent(share)))
        })
        .collect();
    (!said.is_empty()).then(|| format!("The rule that plans break most often: {}.", said.join(", ")))
}

/// Machine families that cannot be told from that of the recommended plan.
fn family_ties(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> Option<String> {
    let ties = ties(entry, fleet);
    let chosen = entry.recommendation.chosen.as_ref()?;
    let named = ties.iter().take(MOST_FAMILIES);
    let named: Vec<String> =
        named.map(|tie| format!("{} ({})", tie.family, usd(tie.usd_per_month))).collect();
    let more = match ties.len().saturating_sub(MOST_FAMILIES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!ties.is_empty()).then(|| {
        format!(
            "A tie with {}, as machine speeds are known to {} at best: {}{more}.",
            family_name([chosen.machine]),
            percent(SPEED_UNCERTAINTY),
            named.join(", ")
        )
    })
}

fn what_matters(document: &mut Document, tornado: Option<Tornado>) {
    let Some(tornado) = tornado else { return };
    let Tornado { runtime, moving_to, swings, .. } = &tornado;
    let mut columns = vec![
        Column::words("what matters", 0),
        Column::numbers("from P10 to P90", 0),
        Column::numbers("$/month", 0),
    ];
    if moving_to.is_some() {
        columns.push(Column::numbers("moving saves", 1));
    }
    let mut table = Table::new(columns);
    for swing in swings.iter().take(MOST_ROWS) {
        let mut cells: Vec<Cell> = vec![
            Cell::new(&swing.input),
            between(ends(swing)).into(),
            between([swing.usd_per_month_at_p10, swing.usd_per_month_at_p90].map(bill)).into(),
        ];
        if moving_to.is_some() {
            cells.push(between([swing.moving_saves_at_p10, swing.moving_saves_at_p90].map(bill)).into());
        }
        table.row(cells);
    }
    if !swings.is_empty() {
        let saving =
            moving_to.as_ref().map_or_else(String::new, |to| format!(", and what moving to {to} saves"));
        document.paragraph(format!("What moves the bill of {runtime}{saving}:"));
    }
    document.table(table);
    let left_out = tornado.swings.len().saturating_sub(MOST_ROWS);
    let smaller = if left_out > 0 { format!("{left_out} more move it less. ") } else { String::new() };
    document.paragraph(format!(
        "{smaller}{}, with all others at their medians.",
        match tornado.without_effect {
            1 => "1 uncertain number moves nothing by itself".to_owned(),
            count => format!("{count} uncertain numbers move nothing by themselves"),
        }
    ));
}

/// `$112 to $197`, or one of them where both read the same.
fn between([low, high]: [String; 2]) -> String {
    if low == high { low } else { format!("{low} to {high}") }
}

/// P10 and P90 of a number, for people.
fn ends(swing: &Swing) -> [String; 2] {
    [swing.p10, swing.p90].map(|value| match swing.column {
        Some(input) => show(input, value),
        None if swing.p50 > 0.0 => ratio(value / swing.p50),
        None => significant(value),
    })
}

/// A number of a workload in the unit that it is usually given in.
fn show(input: Input, value: f64) -> String {
    match columns::unit(input.column()) {
        Unit::PerDay => per_day(value),
        Unit::Size => event_size(value),
        Unit::Share | Unit::Percent => percent(value),
        Unit::Time => seconds(value),
        Unit::PerSecond => rate(value),
        Unit::Whole => whole(value).to_string(),
        Unit::Plain => significant(value),
    }
}
