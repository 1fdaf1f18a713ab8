//! What a series says of days: its mean, its busiest hour and the hours of a day.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;
/// Hours of a day.
const HOURS: usize = 24;
/// Times of samples, s since 1970.
const TIMES: std::ops::Range<f64> = 0.0..1e11;
/// Of the hours, in order of how busy they are, the place that stands for the busiest: one odd hour of a week is none.
pub const BUSIEST: f64 = 0.99;
/// Samples from which on one that only rises is taken for a counter.
const MANY: usize = 100;

/// Times in ms since 1970, each once, in order, and what was measured then.
pub type Points = BTreeMap<i64, f64>;

/// What was wrong with samples; they were passed over, and resets bridged.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Flaws {
    /// Without a number, or a time from 1970 on.
    pub missing: usize,
    /// At a time that has one already.
    pub twice: usize,
    /// Below 0.
    pub negative: usize,
    /// Counters that began anew.
    pub resets: usize,
    /// Groups that read the same topic as the one that reads most of it: each reads all, so no sum says anything.
    pub groups: usize,
}

impl std::ops::AddAssign for Flaws {
    fn add_assign(&mut self, other: Self) {
        self.missing += other.missing;
        self.twice += other.twice;
        self.negative += other.negative;
        self.resets += other.resets;
        self.groups += other.groups;
    }
}

/// Samples, times in s, in order and without flaws. Of two at a time the first counts.
pub fn points(samples: &[(f64, f64)], flaws: &mut Flaws) -> Points {
    let mut points = Points::new();
    for (seconds, value) in samples {
        let time = (seconds * 1e3).round() as i64;
        match points.entry(time) {
            _ if !value.is_finite() || !TIMES.contains(seconds) => flaws.missing += 1,
            _ if *value < 0.0 => flaws.negative += 1,
            Entry::Occupied(_) => flaws.twice += 1,
            Entry::Vacant(free) => {
                free.insert(*value);
            }
        }
    }
    points
}

/// What a counter grew by a second, at the end of each step. Where it falls, it has begun anew from 0.
pub fn rates(counter: &Points, flaws: &mut Flaws) -> Points {
    let steps = counter.iter().zip(counter.iter().skip(1));
    steps
        .map(|((before, first), (time, second))| {
            let is_reset = second < first;
            flaws.resets += usize::from(is_reset);
            let growth = if is_reset { *second } else { second - first };
            (*time, growth / ((time - before) as f64 / 1e3))
        })
        .collect()
}

/// Whether points only rise, over so many that they must be those of a counter.
pub fn only_rises(points: &Points) -> bool {
    let values: Vec<f64> = points.values().copied().collect();
    let rises = values.windows(2).filter(|pair| pair[1] > pair[0]).count();
    values.len() >= MANY && values.is_sorted() && rises * 4 > values.len()
}

/// A series by hours.
#[derive(Debug)]
pub struct Hourly {
    /// Most frequent time between two samples, ms.
    pub step: i64,
    /// From the first sample to the end of the last step, h.
    pub length: f64,
    /// Hours in that time of which less than half is there.
    pub empty: usize,
    /// Means of the others, by hours since 1970.
    means: BTreeMap<i64, f64>,
}

impl Hourly {
    /// Of some points, at least two.
    pub fn of(points: &Points) -> Option<Self> {
        let mut gaps: BTreeMap<i64, usize> = BTreeMap::new();
        for (time, next) in points.keys().zip(points.keys().skip(1)) {
            *gaps.entry(next - time).or_default() += 1;
        }
        let (step, _) = gaps.into_iter().max_by_key(|(gap, count)| (*count, -gap))?;
        let (first, last) = (points.keys().next()?, points.keys().next_back()?);
        let mut sums: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
        for (time, value) in points {
            let (sum, count) = sums.entry(time.div_euclid(HOUR)).or_default();
            *sum += value;
            *count += 1;
        }
        let enough = (HOUR / step.max(1)) as usize / 2;
        sums.retain(|_, (_, count)| *count >= enough);
        let means: BTreeMap<i64, f64> =
            sums.into_iter().map(|(at, (sum, count))| (at, sum / count as f64)).collect();
        let length = (last - first + step) as f64 / HOUR as f64;
        let empty = match step <= HOUR {
            true => (length.floor() as usize).saturating_sub(means.len()),
            false => 0,
        };
        Some(Self { step, length, empty, means })
    }

    /// Means of the hours of which half is there, by hours since 1970.
    pub fn hours(&self) -> &BTreeMap<i64, f64> {
        &self.means
    }

    /// Whether there is at least a day in steps of an hour at most.
    pub fn has_hours(&self) -> bool {
        self.step <= HOUR && self.length >= HOURS as f64 && self.day().is_some()
    }

    /// The mean of each hour of a day in UTC, where there is one of all.
    pub fn day(&self) -> Option<[f64; HOURS]> {
        let mut day = [(0.0, 0.0); HOURS];
        for (hour, mean) in &self.means {
            let (sum, count) = &mut day[hour.rem_euclid(HOURS as i64) as usize];
            *sum += mean;
            *count += 1.0;
        }
        day.iter().all(|(_, count)| *count > 0.0).then(|| day.map(|(sum, count)| sum / count))
    }

    /// The mean of a day's hours, so that gaps and half days do not shift it; of the samples where hours are missing.
    pub fn mean(&self) -> f64 {
        match self.day() {
            Some(day) => day.iter().sum::<f64>() / HOURS as f64,
            None => self.means.values().sum::<f64>() / self.means.len().max(1) as f64,
        }
    }

    /// The hour that is busier than 99 % of all, between two hours by linear interpolation.
    pub fn busiest(&self) -> f64 {
        quantile(self.means.values().copied(), BUSIEST)
    }
}

/// A quantile by linear interpolation between the two nearest values; 0 of nothing.
pub fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
