//! The lag over time as bars.

use crate::report::figures::whole;
use tonnage_simulate::study::Look;

/// Bars at most.
const ROWS: usize = 24;
/// Characters of the longest.
const WIDTH: f64 = 44.0;

/// The lag over time as bars, one a line, with what happened when, s from the failure.
pub(super) fn of(looks: &[Look], marks: &[(f64, &str)]) -> String {
    let stride = looks.len().div_ceil(ROWS).max(1);
    // Every so many, the one at the failure among them.
    let first = looks.iter().position(|look| look.seconds >= 0.0).unwrap_or(0) % stride;
    let rows: Vec<&Look> = looks.iter().skip(first).step_by(stride).collect();
    let most = rows.iter().map(|look| look.lag.mean).fold(1.0, f64::max);
    let times: Vec<String> = rows.iter().map(|look| clock(look.seconds)).collect();
    let lags: Vec<String> = rows.iter().map(|look| whole(look.lag.mean)).collect();
    let widest = |all: &[String]| all.iter().map(|text| text.len()).max().unwrap_or(0);
    let (of_times, of_lags) = (widest(&times), widest(&lags));
    let line = |number: usize| {
        let look = rows[number];
        let halves = (look.lag.mean / most * WIDTH * 2.0).round() as usize;
        let bar = "█".repeat(halves / 2) + if halves % 2 == 1 { "▌" } else { "" };
        let from = if number == 0 { f64::NEG_INFINITY } else { rows[number - 1].seconds };
        let said: Vec<&str> =
            marks.iter().filter(|(at, _)| from < *at && *at <= look.seconds).map(|(_, what)| *what).collect();
        let (time, lag, said) = (&times[number], &lags[number], said.join(", "));
        let gap = if bar.is_empty() || said.is_empty() { "" } else { " " };
        format!("{time:>of_times$}  {lag:>of_lags$}  {bar}{gap}{said}").trim_end().to_owned() + "\n"
    };
    (0..rows.len()).map(line).collect()
}

/// `-10 s`, `90 s`; hours and minutes of a day.
fn clock(seconds: f64) -> String {
    if seconds.abs() < 7200.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0}:{:02.0}", (seconds / 3600.0).floor(), (seconds % 3600.0 / 60.0).floor())
    }
}
