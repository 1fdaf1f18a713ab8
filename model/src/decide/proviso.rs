//! What it turns on whether what runs today keeps up at peak.

use crate::blank::Blank;
use crate::decide::deployed::vcpus_today;
use crate::decide::threshold::{LIKELY, before, divide, up_to_three_digits};
use crate::problem::Problem;
use crate::runtime::Concurrency;
use crate::uncertain::inputs::whole;
use crate::workload::Workload;

/// How well the figures of today are known, as a share: people read a peak factor to a tenth, which is 5 % of 2.
pub const KNOWN_TO: f64 = 0.05;

/// The least peak factor that a blank cell may stand for, and the most.
pub(super) const PEAK_FACTORS: [f64; 2] = [1.5, 5.0];

/// Whether more is asked of what runs than it has, by more than that is known to.
pub(crate) fn falls_behind(busy: f64) -> bool {
    busy > 1.0 + KNOWN_TO
}

/// A blank cell on which it turns whether what runs keeps up at peak: it does with what suits it, and falls behind with what else
/// the cell may stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proviso {
    /// The cell: `concurrency`, `current_processes` or `in_flight`, where more events have to be in flight than the processes or
    /// pods that run, or `peak_factor`.
    pub cell: Blank,
    /// The peak factor, blank, at which it falls behind whatever suits it of the other cells; `None` where that is not likely.
    pub below_peak: Option<f64>,
    /// How busy it is at the peak factor given or assumed: with one event at a time where it turns on how many there are.
    pub busy: f64,
    /// The least `in_flight`, blank too, with which it keeps up at the peak factor assumed.
    pub unless_in_flight: Option<u32>,
}

impl Proviso {
    /// Where it begins to fall behind, in the unit of the column; `None` where that is no number.
    pub fn threshold(&self) -> Option<f64> {
        self.below_peak.filter(|_| self.cell == Blank::PeakFactor)
    }
}

/// The peak factor that it falls behind at, by how busy it is at each, where that is likely.
pub(super) fn least_peak(assumed: f64, busy: impl Fn(f64) -> f64) -> Option<f64> {
    let [_, most] = PEAK_FACTORS;
    let likely = assumed + LIKELY * (most - assumed);
    // At its mean rate it keeps up, or its inputs contradict each other.
    let falls = |factor: f64| falls_behind(busy(factor));
    falls(likely).then(|| divide(1.0, likely, up_to_three_digits, before, falls))
}

/// A workload where each of the consumers that run, of blank ones one a pod or a vCPU, takes one event at a time, or `in_flight`, as
/// is usual, and the blank cell by which they may take more; nothing where no cell of these is blank.
pub(super) fn one_at_a_time(problem: &Problem<'_>, lenient: &Workload) -> Option<(Blank, Workload)> {
    let Workload { concurrency, current_processes, .. } = *problem.workload;
    let cell = match (concurrency, current_processes) {
        (None, _) if problem.current.concurrency == Concurrency::Consumer => Blank::Concurrency,
        (Some(_), None) => Blank::CurrentProcesses,
        _ => return None,
    };
    let pods = problem.pods_today().map(|pods| pods as f64);
    let usual = || pods.or_else(|| vcpus_today(problem.workload, problem.current_machine)).map(whole);
    let current_processes = current_processes.or_else(usual);
    let concurrency = concurrency.or(Some(Concurrency::Consumer));
    Some((cell, Workload { concurrency, current_processes, ..lenient.clone() }))
}
