//! What the variants change: a commit after each batch or event, a network namespace, TLS, compression.

use crate::runtimes::Runtime;
use crate::sweep;
use tonnage_measure::sample::Sample;
use tonnage_measure::statistics::mean;

/// Prints the CPU of an event under each variant that was measured beside that of the same work without it.
///
/// Rejected samples count too: of the few there are, most would be missing, and each is scaled by its own kernel.
pub fn print(runtimes: &[Runtime], samples: &[Sample]) {
    println!("| runtime | variant | bytes | plain, µs an event | variant, µs an event | change | samples |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for runtime in runtimes {
        let of = |name: &str, bytes: usize| -> Vec<f64> {
            let own = samples.iter().filter(|sample| {
                sample.runtime == runtime.name && sample.condition == name && sample.event_bytes == bytes
            });
            own.filter_map(|sample| sample.us_per_event).collect()
        };
        for condition in sweep::variants(runtime) {
            let (name, bytes) = (condition.name(), condition.event_bytes);
            let (plain, variant) = (of("consume", bytes), of(&name, bytes));
            let what = name.strip_prefix("consume+").unwrap_or(&name);
            if let (Some(before), Some(after)) = (mean(plain.iter().copied()), mean(variant.iter().copied()))
            {
                println!(
                    "| {} | {what} | {bytes} | {before:.2} | {after:.2} | {:+.0} % | {} and {} |",
                    runtime.name,
                    100.0 * (after / before - 1.0),
                    plain.len(),
                    variant.len(),
                );
            }
        }
    }
}
