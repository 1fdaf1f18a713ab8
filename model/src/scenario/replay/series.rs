//! Rates of steps of one length, and how many events have come at a time.

/// Rates of steps that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct RateSeries {
    rates: Vec<f64>,
    step_seconds: f64,
    /// Events that came before each step, and in all.
    arrived: Vec<f64>,
}

impl RateSeries {
    /// Of rates, events/s, at least one and none negative, in steps of a length, s, above 0.
    pub fn new(rates: Vec<f64>, step_seconds: f64) -> Self {
        let mut sum = 0.0;
        let mut arrived = vec![0.0];
        for rate in &rates {
            sum += rate * step_seconds;
            arrived.push(sum);
        }
        Self { rates, step_seconds, arrived }
    }

    /// The rate of each step, events/s.
    pub fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// How long a step is, s.
    pub fn step_seconds(&self) -> f64 {
        self.step_seconds
    }

    /// How long all steps are, s.
    pub fn seconds(&self) -> f64 {
        self.rates.len() as f64 * self.step_seconds
    }

    /// Events that come in all.
    pub fn events(&self) -> f64 {
        self.arrived.last().copied().unwrap_or(0.0)
    }

    /// The step at a time, s from the beginning.
    pub fn step_at(&self, seconds: f64) -> usize {
        // A little more, so that rounding never puts the begin of a step into the one before.
        ((seconds / self.step_seconds * (1.0 + 1e-12)) as usize).min(self.rates.len().saturating_sub(1))
    }

    /// Events that have come until a time, s from the beginning.
    pub fn arrived_until(&self, seconds: f64) -> f64 {
        let step = self.step_at(seconds.max(0.0));
        self.arrived[step] + self.rates[step] * (seconds.max(0.0) - step as f64 * self.step_seconds)
    }

    /// When the event came that has so many before it, s from the beginning. `step` is one at or before it, and becomes its
    /// own.
    pub(super) fn time_of(&self, events_before: f64, step: &mut usize) -> f64 {
        while *step + 1 < self.rates.len() && self.arrived[*step + 1] <= events_before {
            *step += 1;
        }
        let within = events_before - self.arrived[*step];
        let rate = self.rates[*step];
        let since = if rate > 0.0 { (within / rate).clamp(0.0, self.step_seconds) } else { 0.0 };
        *step as f64 * self.step_seconds + since
    }

    /// The same series, over and over, from the step `before_seconds` before that from which on most events come in
    /// `span_seconds`; and the time of the latter, s from the new beginning.
    pub fn around_busiest(&self, span_seconds: f64, before_seconds: f64) -> (Self, f64) {
        let steps = self.rates.len();
        let of = |seconds: f64| ((seconds / self.step_seconds).ceil() as usize).clamp(1, steps);
        let (span, before) = (of(span_seconds), of(before_seconds).min(steps - 1));
        let coming = |from: usize| {
            let to = from + span;
            let wrapped = to.saturating_sub(steps);
            self.arrived[to.min(steps)] - self.arrived[from] + self.arrived[wrapped]
        };
        // Of equal ones the first.
        let busiest =
            (0..steps).rev().max_by(|&one, &other| coming(one).total_cmp(&coming(other))).unwrap_or(0);
        let mut rates = self.rates.clone();
        rates.rotate_left((busiest + steps - before) % steps);
        (Self::new(rates, self.step_seconds), before as f64 * self.step_seconds)
    }
}
