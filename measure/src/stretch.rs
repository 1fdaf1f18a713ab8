//! A stretch of steady running: from warm-up to what was used between two marks.

use crate::consumer::{Heard, Line, Report};
use std::time::Instant;

/// What was counted at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// When it was read here.
    pub at: Instant,
    /// CPU time of the process tree by then, s.
    pub cpu_seconds: f64,
    /// What the consumer said by then.
    pub report: Report,
}

impl Mark {
    /// The mark in a line, where it is a report.
    pub fn of(heard: &Heard) -> Option<Self> {
        match heard.line {
            Line::Report(report) => Some(Self { at: heard.at, cpu_seconds: heard.cpu_seconds, report }),
            _ => None,
        }
    }
}

/// What happened between two marks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// How long it was, s.
    pub seconds: f64,
    /// Events handled.
    pub events: u64,
    /// CPU time of the process tree, s.
    pub cpu_seconds: f64,
    /// Fetches that brought events.
    pub fetches: Option<u64>,
    /// Fetches that brought none.
    pub empty_fetches: Option<u64>,
    /// Squared coefficient of variation of the handler's time.
    pub service_scv: Option<f64>,
}

impl Stretch {
    /// From one mark to a later one.
    pub fn between(from: &Mark, to: &Mark) -> Self {
        let (first, last) = (&from.report, &to.report);
        let difference = |one: Option<u64>, other: Option<u64>| Some(other?.saturating_sub(one?));
        let events = last.handled.saturating_sub(first.handled);
        Self {
            seconds: last.t_us.saturating_sub(first.t_us) as f64 / 1e6,
            events,
            cpu_seconds: to.cpu_seconds - from.cpu_seconds,
            fetches: difference(first.fetches, last.fetches),
            empty_fetches: difference(first.empty, last.empty),
            service_scv: service_scv(first, last, events),
        }
    }

    /// CPU time of an event, s.
    pub fn cpu_per_event(&self) -> f64 {
        self.cpu_seconds / self.events as f64
    }

    /// Events handled a second.
    pub fn events_per_second(&self) -> f64 {
        self.events as f64 / self.seconds
    }

    /// Cores busy in the mean.
    pub fn cores(&self) -> f64 {
        self.cpu_seconds / self.seconds
    }
}

/// Variance over squared mean, from sums and sums of squares.
fn service_scv(first: &Report, last: &Report, events: u64) -> Option<f64> {
    let count = events as f64;
    let mean = (last.service_s? - first.service_s?) / count;
    let square = (last.service_s2? - first.service_s2?) / count;
    (count > 1.0 && mean > 0.0).then(|| (square / (mean * mean) - 1.0).max(0.0))
}

/// Says when a consumer has warmed up: three windows in a row agree on the CPU of an event.
#[derive(Debug)]
pub struct WarmUp {
    window_seconds: f64,
    agreement: f64,
    since: Option<Mark>,
    costs: Vec<f64>,
}

impl Default for WarmUp {
    /// For a consumer that tells to the event how far it is: windows of 0.45 s that agree within 2 %.
    fn default() -> Self {
        Self::new(0.45, 0.02)
    }
}

impl WarmUp {
    /// Windows are at least `window_seconds` long, and may differ by `agreement` as a share of the least.
    pub fn new(window_seconds: f64, agreement: f64) -> Self {
        Self { window_seconds, agreement, since: None, costs: Vec::new() }
    }

    /// Takes the next mark; whether three windows agree now.
    pub fn agrees(&mut self, mark: Mark) -> bool {
        let since = *self.since.get_or_insert(mark);
        let stretch = Stretch::between(&since, &mark);
        if stretch.seconds < self.window_seconds || stretch.events == 0 {
            return false;
        }
        self.since = Some(mark);
        self.costs.push(stretch.cpu_per_event());
        let [.., one, two, three] = self.costs[..] else { return false };
        let least = one.min(two).min(three);
        one.max(two).max(three) <= least * (1.0 + self.agreement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(t_us: u64, handled: u64, cpu_seconds: f64) -> Mark {
        let report =
            Report { t_us, handled, bytes: 0, fetches: None, empty: None, service_s: None, service_s2: None };
        Mark { at: Instant::now(), cpu_seconds, report }
    }

    #[test]
    fn a_stretch_divides_what_was_used_by_what_was_done() {
        let stretch = Stretch::between(&mark(1_000_000, 500, 1.0), &mark(3_000_000, 20_500, 2.5));
        assert_eq!((stretch.seconds, stretch.events), (2.0, 20_000));
        assert_eq!(stretch.events_per_second(), 10_000.0);
        assert!((stretch.cpu_per_event() - 75e-6).abs() < 1e-15);
        assert_eq!(stretch.cores(), 0.75);
    }

    #[test]
    fn the_variation_of_service_times_comes_from_their_sums() {
        // Times of 1, 2 and 3 s: mean 2, variance 2/3, scv 1/6.
        let sums = |service_s, service_s2, handled| Report {
            service_s: Some(service_s),
            service_s2: Some(service_s2),
            ..mark(0, handled, 0.0).report
        };
        let scv = service_scv(&sums(1.0, 1.0, 1), &sums(7.0, 15.0, 4), 3).unwrap();
        assert!((scv - 1.0 / 6.0).abs() < 1e-12);
    }

    fn agreed(mut warm_up: WarmUp) -> Vec<bool> {
        let costs = [40e-6, 22e-6, 20.3e-6, 20.1e-6, 20e-6];
        let mut cpu = 0.0;
        assert!(!warm_up.agrees(mark(0, 0, 0.0)));
        costs
            .iter()
            .enumerate()
            .map(|(index, cost)| {
                cpu += cost * 1000.0;
                warm_up.agrees(mark((index as u64 + 1) * 500_000, (index as u64 + 1) * 1000, cpu))
            })
            .collect()
    }

    #[test]
    fn warm_is_when_three_windows_agree() {
        assert_eq!(agreed(WarmUp::default()), [false, false, false, false, true]);
        assert_eq!(agreed(WarmUp::new(0.45, 0.1)), [false, false, false, true, true]);
        assert_eq!(agreed(WarmUp::new(0.9, 0.1)), [false; 5]);
    }
}
