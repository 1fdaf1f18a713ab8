//! What consumers held beside what the model says they would, as Markdown: the worst first.

use crate::condition::{Arrivals, Condition};
use crate::memory::{Part, Row, predicted_full, under_limit};
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use anyhow::{Context, Result, bail};
use tonnage_measure::statistics::{mean, median};
use tonnage_model::runtime::Runtime as Profile;

/// A consumer that handles less than this share of what is offered has a backlog after all.
const KEEPS_UP: f64 = 0.9;

/// A prediction with what was measured.
struct Compared<'a> {
    row: &'a Row,
    predicted: f64,
}

impl Compared<'_> {
    fn ratio(&self) -> f64 {
        self.predicted / self.row.highest_mib
    }

    /// How far off it is, whichever way.
    fn error(&self) -> f64 {
        (self.ratio() - 1.0).abs()
    }

    fn kept_up(&self) -> bool {
        self.row.offered_per_second.is_none_or(|rate| self.row.events_per_second >= KEEPS_UP * rate)
    }

    fn note(&self) -> &'static str {
        match (self.kept_up(), self.row.rising) {
            (false, _) => "fell behind",
            (true, true) => "still rose",
            (true, false) => "",
        }
    }
}

/// The condition that a row was run under.
fn condition(row: &Row) -> Result<Condition> {
    let handler = ["consume", "parse"].into_iter().find(|name| *name == row.handler);
    Ok(Condition {
        partitions: row.partitions,
        in_flight: row.in_flight,
        io_calls: row.io_calls,
        prefetch_divisor: row.prefetch_divisor,
        memory_limit_mib: row.memory_limit_mib,
        arrivals: match row.offered_per_second {
            Some(rate) => Arrivals::Paced(rate),
            None if row.backlog_bytes > 0.0 => Arrivals::Backlog,
            None => Arrivals::Idle,
        },
        ..Condition::new(handler.with_context(|| format!("no handler {:?}", row.handler))?, row.event_bytes)
    })
}

fn predicted(row: &Row, runtime: &Runtime, profile: &Profile) -> Result<f64> {
    let condition = condition(row)?;
    Ok(match condition.arrivals {
        Arrivals::Idle => Prediction::new(profile, &condition, 0.0, 0.0, 1.0)?.idle_mib(),
        Arrivals::Paced(_) => Prediction::new(profile, &condition, 0.0, 0.0, 1.0)?.steady_mib(),
        Arrivals::Backlog => {
            let limited = under_limit(profile);
            let profile = if row.memory_limit_mib.is_some() { &limited } else { profile };
            predicted_full(profile, runtime, &condition, row.backlog_bytes)?
        }
    })
}

/// Prints a summary and all rows of each part.
pub fn print(rows: &[Row], runtimes: &[(Runtime, Profile)]) -> Result<()> {
    let mut all = Vec::new();
    for row in rows {
        let Some((runtime, profile)) = runtimes.iter().find(|(it, _)| it.name == row.runtime) else {
            bail!("no profile of {}", row.runtime);
        };
        all.push(Compared { row, predicted: predicted(row, runtime, profile)? });
    }
    held(rows, runtimes);
    all.sort_by(|a, b| b.error().total_cmp(&a.error()));
    for (part, title) in
        [(Part::Again, "Held out again"), (Part::HeldOut, "Held out"), (Part::Seen, "Seen by the fit")]
    {
        let own: Vec<&Compared<'_>> = all.iter().filter(|it| it.row.part == part).collect();
        if !own.is_empty() {
            summary(title, &own, runtimes);
            table(&own);
        }
    }
    Ok(())
}

/// What was measured of each client in the rows that a fit may see, a column a condition.
fn held(rows: &[Row], runtimes: &[(Runtime, Profile)]) {
    let is_full = |row: &Row, bytes, partitions, divisor| {
        row.backlog_bytes > 0.0
            && row.memory_limit_mib.is_none()
            && (row.event_bytes, row.partitions, row.prefetch_divisor) == (bytes, partitions, divisor)
    };
    type Is<'a> = &'a dyn Fn(&Row) -> bool;
    let paced = |row: &Row, rate| row.offered_per_second == Some(rate);
    let columns: [(&str, Is<'_>); 10] = [
        ("idle", &|row| row.handler == "consume"),
        ("200 events/s", &|row| paced(row, 200.0)),
        ("4,000 events/s", &|row| paced(row, 4000.0)),
        ("full, 1 partition", &|row| is_full(row, 2048, 1, 1)),
        ("12 partitions", &|row| is_full(row, 2048, 12, 1)),
        ("48 partitions", &|row| is_full(row, 2048, 48, 1)),
        ("12, 256 B", &|row| is_full(row, 256, 12, 1)),
        ("12, 16 KB", &|row| is_full(row, 16_384, 12, 1)),
        ("12, a quarter of the limits", &|row| is_full(row, 2048, 12, 4)),
        ("12, GOMEMLIMIT", &|row| row.memory_limit_mib.is_some()),
    ];
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    println!("### What they hold, MiB\n\n| client | {} |", names.join(" | "));
    println!("| --- |{}", " ---: |".repeat(columns.len()));
    for (runtime, _) in runtimes {
        let seen = rows.iter().filter(|row| row.part == Part::Seen && row.runtime == runtime.name);
        let seen: Vec<&Row> = seen.collect();
        let cells = columns.iter().map(|(_, is)| {
            let own = seen.iter().filter(|row| is(row)).map(|row| row.highest_mib);
            mean(own).map_or_else(String::new, |mib| format!("{mib:.0}"))
        });
        println!("| `{}` | {} |", runtime.name, cells.collect::<Vec<_>>().join(" | "));
    }
    println!();
}

fn summary(title: &str, all: &[&Compared<'_>], runtimes: &[(Runtime, Profile)]) {
    println!("### {title}\n");
    println!("| client | rows | median error | worst | base | steady | with full queues |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let line = |name: &str, own: &[&Compared<'_>]| {
        let off = |which: &dyn Fn(&Row) -> bool| {
            let errors: Vec<f64> =
                own.iter().filter(|it| which(it.row)).map(|it| 100.0 * it.error()).collect();
            if errors.is_empty() { "none".to_string() } else { format!("{:.0} %", median(&errors)) }
        };
        let worst = own.iter().map(|it| 100.0 * it.error()).fold(0.0, f64::max);
        let (drains, paced) = (|it: &Row| it.backlog_bytes > 0.0, |it: &Row| it.offered_per_second.is_some());
        println!(
            "| {name} | {} | {} | {worst:.0} % | {} | {} | {} |",
            own.len(),
            off(&|_| true),
            off(&|it| !drains(it) && !paced(it)),
            off(&paced),
            off(&drains),
        );
    };
    let counted: Vec<&Compared<'_>> = all.iter().copied().filter(|it| it.kept_up()).collect();
    for (runtime, _) in runtimes {
        let own: Vec<&Compared<'_>> =
            counted.iter().copied().filter(|it| it.row.runtime == runtime.name).collect();
        if !own.is_empty() {
            line(&format!("`{}`", runtime.name), &own);
        }
    }
    line("all", &counted);
    println!();
}

fn table(all: &[&Compared<'_>]) {
    println!("| client | work | bytes | measured, MiB | predicted, MiB | predicted / measured | |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | --- |");
    for it in all {
        println!(
            "| `{}` | {} | {} | {:.0} | {:.0} | {:.2} | {} |",
            it.row.runtime,
            it.row.condition,
            it.row.event_bytes,
            it.row.highest_mib,
            it.predicted,
            it.ratio(),
            it.note(),
        );
    }
    println!();
}
