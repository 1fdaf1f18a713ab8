//! p99 of plans beside what simulations of them come to, over random settings: `cargo bench --bench latency`.
//!
//! Rows are of settings that no formula was fitted to. A setting is a workload, a runtime and a fetch discipline.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tonnage::input::catalogs::{embedded, lists};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::planner::Planners;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::runtime::Discipline;
use tonnage_model::workload::Workload;
use tonnage_simulate::Outcome;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::random::Random;
use tonnage_simulate::study::Study;
use tonnage_simulate::system::System;

const SETTINGS: usize = 400;
const WORST: usize = 20;
const EVENTS: f64 = 400e3;
const DISCIPLINES: [Discipline; 3] = [Discipline::Fair, Discipline::Gated, Discipline::Yielding];

/// One setting, planned and simulated.
struct Row {
    runtime: String,
    discipline: Discipline,
    /// Share of the busiest member's cores that handling takes, and events in one of its fetches.
    busy: f64,
    events_per_fetch: f64,
    own_ms: f64,
    wait_ms: f64,
    fetch_wait_ms: f64,
    in_flight: u32,
    planned_ms: f64,
    simulated_ms: f64,
    half_width: f64,
}

impl Row {
    fn error(&self) -> f64 {
        self.planned_ms / self.simulated_ms - 1.0
    }
}

fn between(random: &mut Random, low: f64, high: f64) -> f64 {
    low * (high / low).powf(random.uniform())
}

fn one_of<T: Copy>(random: &mut Random, all: &[T]) -> T {
    all[((random.uniform() * all.len() as f64) as usize).min(all.len() - 1)]
}

/// A setting by its number; nothing where it has no plan.
fn row(catalogs: &[Catalog], number: u64) -> Option<Row> {
    let random = &mut Random::new(20_261_126, number);
    let index = one_of(random, &(0..catalogs[0].runtimes.len()).collect::<Vec<_>>());
    let discipline = one_of(random, &DISCIPLINES);
    let catalog = catalogs.iter().find(|it| it.runtimes[index].fetching.discipline == discipline)?;
    let runtime = &catalog.runtimes[index];
    let waits = random.uniform() < 0.5;
    let workload = Workload {
        name: number.to_string(),
        events_per_day: between(random, 1e6, 1e9),
        event_bytes: between(random, 200.0, 8e3),
        peak_factor: between(random, 1.0, 4.0),
        io_ratio: if waits { between(random, 0.1, 0.95) } else { 0.0 },
        handler_seconds: Some(if waits {
            between(random, 1e-3, 50e-3)
        } else {
            between(random, 20e-6, 5e-3)
        }),
        topic: Topic { partitions: Some(one_of(random, &[6, 12, 24, 48, 96])), ..Topic::default() },
        in_flight: Some(one_of(random, &[1, 4, 16])),
        current_runtime: runtime.name.clone(),
        ..Workload::default()
    };
    let policy = Policy { max_utilization: 0.3 + 0.6 * random.uniform(), ..Policy::default() };
    let planners = Planners::new(catalog, &[runtime], policy, Terms::default(), None);
    let planned = planners.plan(&workload).ok()?;
    let plan = planned.plans.first()?.1.as_ref().ok()?;
    let study = Study::of(
        plan,
        System::of_plan(plan, discipline),
        Arrivals::steady(plan.sizing.peak_rate),
        EVENTS,
        number,
    );
    if study.events() > 20.0 * EVENTS {
        return None;
    }
    let outcomes: Vec<Outcome> = (0..study.runs).map(|number| study.run(number)).collect();
    let found = study.findings(plan, &outcomes);
    let sizing = &plan.sizing;
    let busiest = sizing.busiest_member_rate(plan.count);
    Some(Row {
        runtime: runtime.name.clone(),
        discipline,
        busy: busiest / sizing.member_rate(),
        events_per_fetch: found.events_per_fetch.mean,
        own_ms: sizing.service.handling_seconds * 1e3,
        wait_ms: sizing.wait_seconds * 1e3,
        fetch_wait_ms: plan.fetch_wait_seconds * 1e3,
        in_flight: sizing.in_flight,
        planned_ms: plan.p99_seconds() * 1e3,
        simulated_ms: found.p99_busiest.mean * 1e3,
        half_width: found.p99_busiest.half_width / found.p99_busiest.mean,
    })
}

/// Median, 90th percentile and worst of |planned / simulated - 1|, and how many are too low.
fn summary(title: &str, rows: &[&Row]) {
    let mut errors: Vec<f64> = rows.iter().map(|row| row.error().abs()).collect();
    errors.sort_by(f64::total_cmp);
    let at =
        |share: f64| errors.get(((errors.len() - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0);
    let low = rows.iter().filter(|row| row.error() < 0.0).count();
    let (median, most, worst) = (100.0 * at(0.5), 100.0 * at(0.9), 100.0 * at(1.0));
    println!("| {title} | {} | {median:.1} % | {most:.0} % | {worst:.0} % | {low} |", rows.len());
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let measured = Catalog { machines: lists::machines(), ..embedded::measured()? };
    let catalogs = DISCIPLINES.map(|discipline| {
        let mut catalog = measured.clone();
        catalog.runtimes.iter_mut().for_each(|it| it.fetching.discipline = discipline);
        catalog
    });
    // Some have no plan, so more than enough are made; the first that have one count.
    let numbers = 0..2 * SETTINGS as u64;
    let rows: Vec<Row> = numbers.into_par_iter().filter_map(|number| row(&catalogs, number)).collect();
    let rows = &rows[..rows.len().min(SETTINGS)];
    println!("| settings | rows | median | 90th percentile | worst | planned too low |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let of = |keep: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| keep(row)).collect::<Vec<_>>();
    summary("all", &of(&|_| true));
    for discipline in DISCIPLINES {
        summary(&discipline.to_string(), &of(&|row| row.discipline == discipline));
        summary(
            &format!("{discipline}, fetches that wait"),
            &of(&|row| row.discipline == discipline && row.fetch_wait_ms > 0.0),
        );
    }
    summary("own time of 10 ms or more", &of(&|row| row.own_ms + row.wait_ms >= 10.0));
    println!(
        "\n| runtime | fetches | busy | events a fetch | CPU, ms | wait, ms | B, ms | m | planned, ms | simulated, ms | off |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut worst: Vec<&Row> = rows.iter().collect();
    worst.sort_by(|one, other| other.error().abs().total_cmp(&one.error().abs()));
    let shown = if std::env::var_os("ALL").is_some() { worst.len() } else { WORST };
    for row in worst.into_iter().take(shown) {
        println!(
            "| {} | {} | {:.0} % | {:.1} | {:.3} | {:.2} | {:.0} | {} | {:.2} | {:.2} ± {:.0} % | {:+.0} % |",
            row.runtime,
            row.discipline,
            100.0 * row.busy,
            row.events_per_fetch,
            row.own_ms,
            row.wait_ms,
            row.fetch_wait_ms,
            row.in_flight,
            row.planned_ms,
            row.simulated_ms,
            100.0 * row.half_width,
            100.0 * row.error()
        );
    }
    Ok(())
}
