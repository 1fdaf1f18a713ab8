//! The fleet for people: every plan, the totals, the recommendations.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, memory, percent, plural, seconds, usd, whole};
use super::recommendation;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::Runtime;

/// The whole report.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    document.heading("Plans");
    document.table(plans(fleet));
    document.list(infeasible(fleet));
    if fleet.entries.len() > 1 {
        document.heading("Totals, USD a month");
        document.table(totals(fleet));
        document.paragraph(
            "As recommended, changes that save less than they have to be worth are not made, so it can cost more \
             than a runtime's total.",
        );
    }
    document.heading("Recommendations");
    for entry in &fleet.entries {
        recommend(&mut document, entry, fleet);
    }
    document.heading("Notes");
    document.list(notes(fleet));
    document
}

fn plans(fleet: &Fleet<'_>) -> Table {
    let with_place = regions(fleet) > 1;
    let mut columns = vec![
        Column::grouping("workload"),
        Column::words("runtime", 0),
        Column::words("machines", 0),
        Column::numbers("workers", 5),
        Column::numbers("CPU", 3),
        Column::numbers("p99", 4),
        Column::numbers("overhead", 6),
        Column::numbers("$/month", 0),
        Column::words("bound by", 2),
    ];
    if with_place {
        columns.insert(3, Column::words("where", 7));
    }
    let mut table = Table::new(columns);
    for entry in &fleet.entries {
        let cheapest = entry
            .plans
            .iter()
            .filter_map(|(_, plan)| plan.as_ref().ok())
            .map(|plan| plan.usd_per_month)
            .fold(f64::INFINITY, f64::min);
        for (runtime, plan) in &entry.plans {
            table.row(plan_row(entry, runtime, plan, cheapest, with_place));
        }
    }
    table
}

fn plan_row(
    entry: &PlannedWorkload<'_>,
    runtime: &Runtime,
    plan: &Result<Plan<'_>, NoPlan>,
    cheapest: f64,
    with_place: bool,
) -> Vec<Cell> {
    let name = Cell::new(&entry.problem.workload.name);
    let runtime = Cell::new(&runtime.name);
    let mut cells = match plan {
        Ok(plan) => {
            let tone = if plan.usd_per_month <= cheapest { Tone::Good } else { Tone::Plain };
            vec![
                name,
                runtime,
                recommendation::deployment(plan).into(),
                recommendation::workers(plan).into(),
                percent(plan.size.utilization_at_peak).into(),
                seconds(plan.size.p99_seconds).into(),
                recommendation::overhead(plan).into(),
                Cell::new(usd(plan.usd_per_month)).toned(tone),
                plan.size.bound_by.to_string().into(),
            ]
        }
        Err(_) => {
            let none = || Cell::new(NONE);
            let no = Cell::new("infeasible").toned(Tone::Bad);
            vec![name, runtime, no, none(), none(), none(), none(), none(), none()]
        }
    };
    if with_place {
        let place = plan.as_ref().map_or(NONE.to_owned(), |plan| recommendation::place(plan.machine));
        cells.insert(3, place.into());
    }
    cells
}

/// Why some have no plan; a reason that holds for several runtimes is said once.
fn infeasible(fleet: &Fleet<'_>) -> Vec<String> {
    let mut points = Vec::new();
    for entry in &fleet.entries {
        let mut runtimes_of_reason: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (runtime, plan) in &entry.plans {
            if let Err(reason) = plan {
                runtimes_of_reason.entry(reason.to_string()).or_default().push(&runtime.name);
            }
        }
        for (reason, runtimes) in runtimes_of_reason {
            points.push(format!("{} in {}: {reason}", entry.problem.workload.name, runtimes.join(", ")));
        }
    }
    points
}

fn totals(fleet: &Fleet<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("if all ran in", 0),
        Column::numbers("workloads", 0),
        Column::numbers("instances", 0),
        Column::numbers("memory overhead", 1),
        Column::numbers("$/month", 0),
    ]);
    let all = fleet.entries.len();
    for (index, runtime) in fleet.runtimes.iter().enumerate() {
        let total = fleet.total(index);
        let planned = format!("{} of {all}", total.planned);
        let tone = if total.planned < all { Tone::Bad } else { Tone::Plain };
        table.row(vec![
            Cell::new(&runtime.name),
            Cell::new(planned).toned(tone),
            whole(total.instances as f64).into(),
            memory(total.runtime_overhead_bytes).into(),
            usd(total.usd_per_month).into(),
        ]);
    }
    let sum = |values: Vec<Option<f64>>| {
        let known: Vec<f64> = values.into_iter().flatten().collect();
        (known.len(), known.iter().sum::<f64>())
    };
    let today = sum(fleet.entries.iter().map(|entry| entry.recommendation.today_usd_per_month).collect());
    let as_recommended = sum(fleet.entries.iter().map(|entry| entry.recommendation.usd_per_month).collect());
    for (title, (count, dollars)) in [("as recommended", as_recommended), ("today", today)] {
        if count > 0 {
            let none = || Cell::new(NONE);
            let known = format!("{count} of {all}");
            table.row(vec![title.into(), known.into(), none(), none(), usd(dollars).into()]);
        }
    }
    table
}

fn recommend(document: &mut Document, entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) {
    let it = &entry.recommendation;
    document.paragraph_on(&entry.problem.workload.name, recommendation::sentence(entry, fleet.terms));
    let mut points = Vec::new();
    if it.verdict != Verdict::Stay {
        points.extend(
            entry
                .options()
                .iter()
                .filter(|step| recommendation::is_gain(step))
                .map(|step| recommendation::step(step, entry)),
        );
    }
    points.extend(recommendation::criteria(entry, false));
    points.extend(recommendation::evidence(entry));
    points.extend(recommendation::note_points(entry));
    document.list(points);
}

fn notes(fleet: &Fleet<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let (held, planned) = fleet.held_at_minimum();
    if planned > 1 && held * 2 > planned {
        notes.push(format!(
            "{held} of {planned} workloads are held at the minimum of {}: for these it is dedicated machines \
             that cost, not the language. --pool shared shows what sharing machines saves.",
            plural(u64::from(fleet.policy.min_instances), "instance"),
        ));
    }
    notes.extend(places(fleet));
    notes.extend(moves(fleet));
    notes.extend(not_measured(fleet));
    notes.push(
        "p99 is what queueing and the spread of service times (service_scv) make of it; fetch bursts, garbage \
         collection and slow downstreams come on top."
            .into(),
    );
    notes
}

/// Runtimes with figures that nobody measured.
pub fn not_measured(fleet: &Fleet<'_>) -> Option<String> {
    let guessed: Vec<String> = fleet
        .runtimes
        .iter()
        .filter_map(|runtime| {
            let (measured, published, assumed) = runtime.count_by_evidence();
            let guessed = published + assumed;
            (guessed > 0).then(|| format!("{} ({guessed} of {} figures)", runtime.name, guessed + measured))
        })
        .collect();
    (!guessed.is_empty()).then(|| {
        format!(
            "Not measured, but published by others or assumed: {}. `tonnage catalog runtimes NAME` shows each.",
            guessed.join(", "),
        )
    })
}

/// Regions of all clouds that there were to choose from.
pub(super) fn regions(fleet: &Fleet<'_>) -> usize {
    let all: BTreeSet<_> =
        fleet.machines.iter().map(|machine| (&machine.provider, &machine.region)).collect();
    all.len()
}

/// Where the machine types of the plans are, when there was more than one place to choose from.
fn places(fleet: &Fleet<'_>) -> Option<String> {
    let regions = regions(fleet);
    let mut types: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for plan in fleet.entries.iter().flat_map(|entry| &entry.plans).filter_map(|(_, plan)| plan.as_ref().ok())
    {
        types.entry(recommendation::place(plan.machine)).or_default().insert(&plan.machine.instance_type);
    }
    let where_each = types
        .iter()
        .map(|(place, types)| format!("{place}: {}", types.iter().copied().collect::<Vec<_>>().join(", ")))
        .collect::<Vec<_>>()
        .join("; ");
    (regions > 1 && !types.is_empty()).then(|| {
        format!(
            "Prices of {regions} regions were compared (--provider and --region keep to one). Chosen in \
             {where_each}."
        )
    })
}

/// Workloads whose plan is in another cloud or region than what runs today.
fn moves(fleet: &Fleet<'_>) -> Option<String> {
    let moved: Vec<(&str, &Machine)> = fleet
        .entries
        .iter()
        .filter_map(|entry| {
            let today = entry.problem.current_machine?;
            let moves = !recommendation::destination(entry)?.is_beside(today);
            moves.then_some((entry.problem.workload.name.as_str(), today))
        })
        .collect();
    let (_, first) = moved.first()?;
    let names = moved.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    Some(format!(
        "These recommendations leave today's cloud or region, and the price of that is not in them: {names}. \
         --provider {} --region {} would keep them there.",
        first.provider, first.region
    ))
}
