//! What the samples of a sweep say beside the fitted figures, as Markdown.

use crate::runtimes::Runtime;
use tonnage_measure::sample::Sample;
use tonnage_measure::statistics::{mean, median};

/// Prints a table of samples, start and memory, and one of events per fetch.
pub fn print(runtimes: &[Runtime], samples: &[Sample]) {
    println!(
        "| runtime | samples accepted | rejected | start, s | memory idle, MiB | at 4,000 events/s, MiB | \
         draining a backlog, MiB |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for runtime in runtimes {
        let own: Vec<&Sample> = samples.iter().filter(|sample| sample.runtime == runtime.name).collect();
        let accepted = own.iter().filter(|sample| sample.accepted).count();
        let memory = |name: &str| {
            let of = own.iter().filter(|sample| sample.condition == name);
            mean(of.filter_map(|sample| sample.peak_memory_mib)).unwrap_or(f64::NAN)
        };
        let drains = own.iter().filter(|sample| is_drain(sample)).filter_map(|sample| sample.peak_memory_mib);
        let (least, most) = drains
            .fold((f64::INFINITY, 0.0_f64), |(least, most), memory| (least.min(memory), most.max(memory)));
        println!(
            "| {} | {accepted} | {} | {:.2} | {:.0} | {:.0} | {least:.0} to {most:.0} |",
            runtime.name,
            own.len() - accepted,
            median(&own.iter().filter_map(|sample| sample.startup_seconds).collect::<Vec<_>>()),
            memory("consume+idle"),
            memory("consume+4000/s"),
        );
    }
    println!("\n| runtime | events/s | events per fetch or poll | empty ones per s |");
    println!("| --- | ---: | ---: | ---: |");
    for runtime in runtimes {
        for name in ["consume+200/s", "consume+4000/s"] {
            let of: Vec<&Sample> = samples
                .iter()
                .filter(|sample| sample.runtime == runtime.name && sample.condition == name)
                .collect();
            let ratio = |sample: &&Sample| Some(sample.events as f64 / sample.fetches? as f64);
            let cell =
                |value: Option<f64>| value.map_or("not told".to_string(), |value| format!("{value:.1}"));
            println!(
                "| {} | {:.0} | {} | {} |",
                runtime.name,
                mean(of.iter().map(|sample| sample.events_per_second)).unwrap_or(f64::NAN),
                cell(mean(of.iter().filter_map(ratio))),
                cell(mean(
                    of.iter().filter_map(|sample| Some(sample.empty_fetches? as f64 / sample.seconds))
                )),
            );
        }
    }
}

/// A backlog without calls: what is held is the prefetch queue and one event for each worker.
fn is_drain(sample: &Sample) -> bool {
    sample.backlog && sample.io_calls == 0 && sample.cores == 1.0
}
