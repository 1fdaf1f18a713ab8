//! Where a value stands along an axis, and which numbers stand on that.

use crate::report::chart::Axis;
use crate::report::column::Unit;
use tonnage_model::round_step::round_step;
use tonnage_model::units::MIB;

/// From values to places.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
    /// Places of the two ends.
    ends: (f64, f64),
    /// Values that get a number.
    pub ticks: Vec<f64>,
}

/// The least and the greatest of some values that are finite; those of a bare axis where there are none.
pub fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let wider = |ends: Option<(f64, f64)>, it: f64| {
        Some(ends.map_or((it, it), |(low, high)| (low.min(it), high.max(it))))
    };
    values.filter(|it| it.is_finite()).fold(None, wider).unwrap_or((0.0, 1.0))
}

/// Seconds between two numbers of an axis of time.
const TIMES: [f64; 15] =
    [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21_600.0, 86_400.0];

impl Scale {
    /// From `low` to `high`, which are moved outwards to a number where steps are equal, with about `most` numbers.
    pub fn new(axis: &Axis, (low, high): (f64, f64), most: usize, ends: (f64, f64)) -> Self {
        if axis.is_log && low > 0.0 {
            return Self { low, high, is_log: true, ends, ticks: log_ticks(low, high, most) };
        }
        let high = if high > low { high } else { low + 1.0 };
        let step = axis.step.unwrap_or_else(|| step(axis.unit, (high - low) / most as f64));
        let [first, last] = [(low / step + 1e-9).floor(), (high / step - 1e-9).ceil()];
        let ticks = (first as i64..=last as i64).map(|number| number as f64 * step).collect();
        Self { low: first * step, high: last * step, is_log: false, ends, ticks }
    }

    /// The same, but ending where its values do.
    pub fn tight(self, (low, high): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let slack = (high - low) * 1e-9;
        let is_within = |tick: &f64| *tick >= low - slack && *tick <= high + slack;
        Self { low, high, ticks: self.ticks.into_iter().filter(is_within).collect(), ..self }
    }

    /// Where a value stands; those beyond an end stand there.
    pub fn at(&self, value: f64) -> f64 {
        let Self { low, high, is_log, ends: (from, to), .. } = *self;
        let share = match is_log {
            true => (value / low).ln() / (high / low).ln(),
            false => (value - low) / (high - low),
        };
        from + share.clamp(0.0, 1.0) * (to - from)
    }
}

/// The least of 1, 2, 5, 10, 20 and so on that is no less than `least`, in the steps that people count a unit in.
fn step(unit: Unit, least: f64) -> f64 {
    match unit {
        Unit::Span | Unit::Seconds if least > 0.5 => TIMES
            .into_iter()
            .find(|time| *time >= least)
            .unwrap_or_else(|| 86_400.0 * round_step(least / 86_400.0)),
        Unit::Memory if least >= 512.0 * MIB => 1024.0 * MIB * round_step(least / (1024.0 * MIB)),
        Unit::Memory => MIB * round_step(least / MIB),
        Unit::Count => round_step(least).max(1.0),
        _ => round_step(least),
    }
}

fn log_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let of = |digits: &[f64]| -> Vec<f64> {
        let all = decades.clone().flat_map(|power| digits.iter().map(move |it| it * 10f64.powi(power)));
        all.filter(|it| *it >= low * (1.0 - 1e-9) && *it <= high * (1.0 + 1e-9)).collect()
    };
    let choices: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    choices.into_iter().map(of).find(|ticks| ticks.len() <= most).unwrap_or_else(|| of(&[1.0]))
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::report::chart::Axis;
    use crate::report::column::Unit;
    use tonnage_model::units::MIB;

    fn ticks(axis: &Axis, ends: (f64, f64)) -> Vec<String> {
        Scale::new(axis, ends, 5, (0.0, 100.0)).ticks.iter().map(|it| axis.figure(*it)).collect()
    }

    #[test]
    fn numbers_are_those_that_people_count_in() {
        let usd = Axis::new("USD a month", Unit::Usd);
        assert_eq!(ticks(&usd, (0.0, 8700.0)), ["$0", "$2,000", "$4,000", "$6,000", "$8,000", "$10,000"]);
        let span = Axis::new("after the failure", Unit::Span);
        assert_eq!(ticks(&span, (0.0, 160.0)), ["0 s", "60 s", "2 min", "3 min"]);
        let memory = Axis::new("memory", Unit::Memory);
        assert_eq!(ticks(&memory, (0.0, 3000.0 * MIB)), ["0 MiB", "1 GiB", "2 GiB", "3 GiB"]);
        let days = Axis::new("events a day", Unit::PerDay).log_if_wide(800e3, 80e6);
        assert_eq!(ticks(&days, (800e3, 80e6)), ["1M", "3M", "10M", "30M"]);
    }

    #[test]
    fn values_stand_where_they_are() {
        let scale = Scale::new(&Axis::new("", Unit::Usd), (0.0, 8700.0), 5, (100.0, 600.0));
        // 2,500 of 10,000, a quarter of 500 from 100.
        assert_eq!(scale.at(2500.0), 225.0);
        assert_eq!(scale.at(20_000.0), 600.0);
        let log = Scale::new(&Axis::new("", Unit::PerDay).log_if_wide(1e6, 1e8), (1e6, 1e8), 5, (0.0, 200.0));
        assert_eq!(log.at(1e7), 100.0);
    }
}
