//! One workload, runtimes side by side.

use super::document::{Cell, Column, Document, Table};
use super::figures::{
    NONE, amount, event_size, memory, per_day, percent, rate, ratio, seconds, significant, usd, whole,
};
use super::recommendation;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::total_cost::Account;
use tonnage_model::plan::Plan;
use tonnage_model::runtime::Runtime;

type Quantity<'q> = (&'static str, Box<dyn Fn(&Plan<'_>) -> String + 'q>);
/// The row of an event's share of its fetch, which only profiles that give the fetch have.
const FETCH: &str = "of it the fetch";

/// Rows of what only some workloads say.
const ENGINEERING: &str = "engineering, $/month";
const PAYBACK: &str = "rewrite pays back in";

type Fact = (&'static str, fn(&Runtime) -> String);
type Ratio = (&'static str, fn(&Plan<'_>) -> f64);

/// The comparison of each of the fleet's workloads.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    for entry in &fleet.entries {
        let workload = &entry.problem.workload;
        document.heading(format!(
            "{}: {}, {} each, {} at peak",
            workload.name,
            per_day(workload.events_per_day),
            event_size(workload.event_bytes),
            rate(workload.peak_rate())
        ));
        document.table(table(entry, &fleet.account(entry)));
        document.paragraph(basis(entry).map_or_else(String::new, |basis| {
            format!(
                "Ratios are to {}. Hiring, and what moving to another language costs{}, are not modelled.",
                basis.runtime.name,
                if workload.outlook.rewrite_days.is_some() { " beyond its rewrite" } else { "" }
            )
        }));
        for (runtime, plan) in &entry.plans {
            if let Err(reason) = plan {
                document.paragraph(format!("{}: {reason}.", runtime.name));
            }
        }
        document.paragraph(recommendation::sentence(entry, fleet.terms));
        document.list(entry.options().iter().map(|step| recommendation::step(step, entry)).collect());
        document.list(
            recommendation::criteria(entry, true)
                .into_iter()
                .chain(recommendation::evidence(entry))
                .collect(),
        );
        document.list(recommendation::note_points(entry));
    }
    document
}

fn table(entry: &PlannedWorkload<'_>, account: &Account<'_>) -> Table {
    let mut columns = vec![Column::words("", 0)];
    columns.extend(
        entry.plans.iter().zip(ranks(entry)).map(|((runtime, _), rank)| Column::numbers(&runtime.name, rank)),
    );
    let mut table = Table::new(columns);
    let fetches = entry.plans.iter().any(|(runtime, _)| runtime.cpu.fetch.is_some());
    let outlook = &entry.problem.workload.outlook;
    let is_known = |title: &str| match title {
        FETCH => fetches,
        ENGINEERING => outlook.features_per_month > 0.0,
        PAYBACK => outlook.rewrite_days.is_some(),
        _ => true,
    };
    for (title, show) in quantities(entry, account).into_iter().filter(|(title, _)| is_known(title)) {
        let cells = entry.plans.iter().map(|(_, plan)| match plan {
            Ok(plan) => Cell::new(show(plan)),
            Err(_) => Cell::new(NONE),
        });
        table.row(std::iter::once(Cell::new(title)).chain(cells).collect());
    }
    for (title, show) in of_runtimes() {
        let cells = entry.plans.iter().map(|(runtime, _)| Cell::new(show(runtime)));
        table.row(std::iter::once(Cell::new(title)).chain(cells).collect());
    }
    let basis = basis(entry);
    for (title, of) in ratios() {
        let cells = entry.plans.iter().map(|(_, plan)| match (plan, basis) {
            (Ok(plan), Some(basis)) if of(basis) > 0.0 => Cell::new(ratio(of(plan) / of(basis))),
            _ => Cell::new(NONE),
        });
        table.row(std::iter::once(Cell::new(format!("ratio of {title}"))).chain(cells).collect());
    }
    table
}

/// How dear the column of each runtime is: today's stays, and of the others the cheapest in each language before
/// those that it beats; of equal bills, the first is taken for the cheaper.
fn ranks(entry: &PlannedWorkload<'_>) -> Vec<u8> {
    let bill = |index: usize| entry.plans[index].1.as_ref().map_or(f64::INFINITY, |plan| plan.usd_per_month);
    let language = |index: usize| &entry.plans[index].0.language;
    let is_before =
        |one: usize, other: usize| bill(one).total_cmp(&bill(other)).then(one.cmp(&other)).is_lt();
    let beaten_by = |index: usize| {
        let rivals = (0..entry.plans.len()).filter(|&rival| language(rival) == language(index));
        rivals.filter(|&rival| is_before(rival, index)).count()
    };
    let mut others: Vec<usize> = (0..entry.plans.len())
        .filter(|&index| entry.plans[index].0.name != entry.problem.current.name)
        .collect();
    others.sort_by(|&one, &other| {
        beaten_by(one).cmp(&beaten_by(other)).then(bill(one).total_cmp(&bill(other)))
    });
    let mut ranks = vec![0; entry.plans.len()];
    for (rank, index) in others.into_iter().enumerate() {
        ranks[index] = u8::try_from(rank + 1).unwrap_or(u8::MAX);
    }
    ranks
}

/// The plan that ratios are taken to: that of today's runtime, else the first.
fn basis<'e, 'a>(entry: &'e PlannedWorkload<'a>) -> Option<&'e Plan<'a>> {
    let current = entry.plans.iter().find(|(runtime, _)| runtime.name == entry.problem.current.name);
    current.or(entry.plans.first()).and_then(|(_, plan)| plan.as_ref().ok())
}

fn quantities<'q>(entry: &'q PlannedWorkload<'_>, account: &'q Account<'_>) -> Vec<Quantity<'q>> {
    let total = |plan: &Plan<'_>| account.total(plan.runtime, plan.usd_per_month);
    let known = |amount: Option<f64>| amount.map_or(NONE.to_owned(), usd);
    let payback = move |plan: &Plan<'_>| match entry.recommendation.change(account, plan) {
        Some(change) if account.is_rewrite(plan.runtime) => {
            change.payback_months.map_or("never".to_owned(), |months| amount(months, "month"))
        }
        _ => NONE.to_owned(),
    };
    vec![
        ("compute, $/month", Box::new(|plan| usd(plan.usd_per_month))),
        ("compute, $/million events", Box::new(|plan| usd(plan.usd_per_million_events))),
        ("traffic, $/month", Box::new(move |plan| usd(total(plan).traffic))),
        (ENGINEERING, Box::new(move |plan| known(total(plan).engineering))),
        ("total, $/month", Box::new(move |plan| known(total(plan).usd_per_month()))),
        (PAYBACK, Box::new(payback)),
        ("machines", Box::new(recommendation::deployment)),
        ("where", Box::new(|plan| recommendation::place(plan.machine))),
        ("workers an instance", Box::new(recommendation::workers)),
        ("bound by", Box::new(|plan| plan.size.bound_by.to_string())),
        ("CPU an event, speed 1.0", Box::new(|plan| seconds(plan.core_seconds_per_event()))),
        ("CPU an event, this machine", Box::new(|plan| seconds(plan.service_seconds()))),
        (
            FETCH,
            Box::new(|plan| {
                plan.runtime.cpu.fetch.as_ref().map_or(NONE.into(), |_| seconds(plan.fetch_seconds()))
            }),
        ),
        ("I/O wait an event", Box::new(|plan| seconds(plan.sizing.wait_seconds))),
        ("cores busy at peak", Box::new(|plan| significant(plan.sizing.peak_rate * plan.service_seconds()))),
        ("CPU utilization at peak", Box::new(|plan| percent(plan.size.utilization_at_peak))),
        ("p99 at peak", Box::new(|plan| seconds(plan.size.p99_seconds))),
        ("memory an instance", Box::new(|plan| memory(plan.size.memory_bytes_per_instance))),
        ("runtime overhead, all", Box::new(recommendation::overhead)),
        (
            "partitions required",
            Box::new(|plan| plan.size.partitions_required.map_or(NONE.into(), |p| whole(p as f64))),
        ),
    ]
}

fn of_runtimes() -> [Fact; 3] {
    [
        ("startup", |runtime| {
            runtime.startup_seconds.as_ref().map_or(NONE.into(), |figure| seconds(figure.value))
        }),
        ("engineering days a feature", |runtime| {
            runtime.days_per_feature.as_ref().map_or(NONE.into(), |figure| significant(figure.value))
        }),
        ("data and ML libraries", |runtime| {
            if runtime.capabilities.is_empty() { NONE.into() } else { runtime.capabilities.join(", ") }
        }),
    ]
}

fn ratios() -> [Ratio; 4] {
    [
        ("$/month", |plan| plan.usd_per_month),
        ("CPU an event", |plan| plan.core_seconds_per_event()),
        ("overhead", |plan| plan.size.runtime_overhead_bytes),
        ("p99", |plan| plan.size.p99_seconds),
    ]
}
