//! What series of some files say of workloads.

use super::figures::{Flaws, Hourly, Points, quantile};
use super::named::{Named, PARTITION, Whole};
use super::quantities::{Kind, Quantity, TOPIC, quantity};
use super::series::{Labels, Series};
use crate::input::columns::position;
use crate::input::imports::called::Called;
use crate::input::imports::found::{Found, Origin, rounded};
use crate::input::imports::named;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::units::MIB;
use tonnage_model::workload::SECONDS_PER_DAY;

/// Days from which on a series has every day of a week.
const WEEK: f64 = 7.0;
/// Of the samples of memory, in their order, the one that is taken.
const HELD: f64 = 0.95;
/// Share of throttled periods from which on it is told.
const THROTTLED: f64 = 0.05;
/// How many times the lag of the first day that of the last must be to be told.
const GROWN: f64 = 2.0;

/// Workloads from which on what all of them have is one note.
const MANY: usize = 3;
/// How often something is wrong with samples.
type Count = fn(&Flaws, &Hourly) -> usize;
/// What may be wrong with samples, and how often it is.
const FLAWS: [(&str, Count); 6] = [
    ("samples without a number, passed over", |flaws, _| flaws.missing),
    ("samples below 0, passed over", |flaws, _| flaws.negative),
    ("samples at a time that has one, passed over", |flaws, _| flaws.twice),
    ("counter resets, bridged", |flaws, _| flaws.resets),
    ("other groups that read the topic, left out as each reads all of it", |flaws, _| flaws.groups),
    ("hours missing", |_, hourly| hourly.empty),
];

/// The series of some files by what they are of.
#[derive(Debug, Default)]
pub struct Measured {
    series: Named,
    found: Found,
    notes: Vec<String>,
    /// What was passed over: by file and the place in [`FLAWS`], of which workloads how often.
    passed_over: BTreeMap<(&'static str, usize), Vec<(String, usize)>>,
}

impl Measured {
    /// Series whose workloads one of some labels names; without any the label `workload`, a legend or the only label there is.
    pub fn named_by(labels: Vec<String>) -> Self {
        Self { series: Named::by(labels), ..Self::default() }
    }

    /// Takes the series of a file.
    pub fn add(&mut self, kind: Kind, file: &str, all: Vec<Series>) {
        self.series.add(kind, file, all);
    }

    /// The figures of all workloads, with notes on what was passed over and what they hide.
    pub fn finish(mut self, called: &Called) -> (Found, Vec<String>) {
        let series = std::mem::take(&mut self.series);
        let (all, errors) = series.whole();
        let sidecars: BTreeSet<&str> = all.values().flat_map(|it| &it.sidecars).map(String::as_str).collect();
        if !sidecars.is_empty() {
            let names = sidecars.into_iter().collect::<Vec<_>>().join(", ");
            self.notes.push(format!("sidecars, not counted: {names}"));
        }
        errors.into_iter().for_each(|mistake| self.found.refuse(mistake));
        for ((kind, name), whole) in &all {
            let of = quantity(*kind).map(Quantity::named_by).unwrap_or_default();
            let full = named::whole(&(whole.namespace.clone(), name.clone()));
            let names = [name.as_str(), &full];
            match called.workloads(&of, if whole.namespace.is_empty() { &names[..1] } else { &names }) {
                Ok(workloads) => {
                    if *kind == Kind::Rate && workloads.len() > 1 {
                        let rows = workloads.join(", ");
                        self.notes.push(format!(
                            "{rows}: each has the whole rate of {name}, as each reads all of it"
                        ));
                    }
                    workloads.into_iter().for_each(|it| self.workload(*kind, it, whole));
                }
                Err(message) => self.found.refuse(whole.origin.wrong(message)),
            }
        }
        let mut notes = self.flaws();
        notes.append(&mut self.notes);
        (self.found, notes)
    }

    fn workload(&mut self, kind: Kind, name: &str, whole: &Whole) {
        let Whole { origin, each, points, flaws, .. } = whole;
        let Some(hourly) = Hourly::of(points) else {
            self.notes.push(format!("{name} has less than two samples in {}, left out", origin.file));
            return;
        };
        self.note_flaws(kind, name, *flaws, &hourly);
        let topics: BTreeSet<&str> =
            each.iter().filter_map(|it| it.0.get(TOPIC)).map(String::as_str).collect();
        if kind == Kind::Rate && topics.len() > 1 {
            let all = topics.into_iter().collect::<Vec<_>>().join(", ");
            self.notes.push(format!(
                "{name}: events_per_day is that of several topics ({all}); give partitions of all, and check what exports scale by, \
                 as the column topic is one"
            ));
        }
        match kind {
            Kind::Rate => self.rate(name, origin, &hourly),
            // A fraction of a byte, or of an event a day, would be taken for a unit that was lost.
            Kind::Size => self.number(name, "event_size", hourly.mean().round(), origin),
            Kind::Cpu => self.number(name, "observed_cores", hourly.mean(), origin),
            Kind::Memory => {
                let held = quantile(points.values().copied(), HELD);
                self.number(name, "memory_mib", held / MIB, origin);
            }
            Kind::Replicas => self.replicas(name, points, origin),
            Kind::Lag => self.lag(name, points),
            Kind::Throttled if hourly.mean() > THROTTLED => self.notes.push(format!(
                "{name}: throttled in {} % of its CPU periods, so it would use more than observed_cores",
                rounded(hourly.mean() * 100.0)
            )),
            Kind::Partitions | Kind::Throttled => {}
        }
        if kind == Kind::Partitions || (kind == Kind::Rate && !self.has_skew(name)) {
            self.skew(name, each, origin);
        }
    }

    fn number(&mut self, name: &str, column: &str, value: f64, origin: &Origin) {
        self.found.add_number(name, column, value, origin.clone());
    }

    fn rate(&mut self, name: &str, origin: &Origin, hourly: &Hourly) {
        if hourly.length < 24.0 {
            let hours = rounded(hourly.length);
            self.notes
                .push(format!("{name}: {hours} h of rates, left out; a mean needs a day, better a week"));
            return;
        }
        let mean = hourly.mean();
        if mean * SECONDS_PER_DAY < 1.0 {
            self.notes.push(format!("{name}: no events, left out"));
            return;
        }
        self.number(name, "events_per_day", (mean * SECONDS_PER_DAY).round(), origin);
        match hourly.day().filter(|_| hourly.has_hours()) {
            Some(day) => {
                self.number(name, "peak_factor", (hourly.busiest() / mean).max(1.0), origin);
                self.found.add(name, "hourly", day.map(rounded).join(" "), origin.clone());
            }
            None => self.notes.push(format!(
                "{name}: no peak_factor and no hourly, which need all hours of a day in steps of an hour at most"
            )),
        }
        if hourly.length / 24.0 < WEEK - 0.1 {
            let days = rounded(hourly.length / 24.0);
            self.notes
                .push(format!("{name}: {days} days of rates; without a whole week the mean may be another"));
        }
    }

    /// The median, and how far it varied.
    fn replicas(&mut self, name: &str, whole: &Points, origin: &Origin) {
        let of = |share| quantile(whole.values().copied(), share).round();
        let (least, median, most) = (of(0.0), of(0.5), of(1.0));
        if median < 1.0 {
            self.notes.push(format!("{name}: no pods most of the time, so no current_instances"));
            return;
        }
        self.number(name, "current_instances", median, origin);
        if least < most {
            self.notes.push(format!("{name}: {least} to {most} pods; current_instances is the median"));
        }
    }

    /// Whether the lag of the last day is more than that of the first.
    fn lag(&mut self, name: &str, whole: &Points) {
        let day = (SECONDS_PER_DAY * 1e3) as i64;
        let (Some(first), Some(last)) = (whole.keys().next(), whole.keys().next_back()) else { return };
        let mean = |points: &mut dyn Iterator<Item = (&i64, &f64)>| {
            let (sum, count) = points.fold((0.0, 0.0), |(sum, count), (_, value)| (sum + value, count + 1.0));
            sum / f64::max(count, 1.0)
        };
        let begin = mean(&mut whole.range(..first + day));
        let end = mean(&mut whole.range(last - day..));
        if last - first > 2 * day && end > GROWN * begin.max(1.0) {
            self.notes.push(format!(
                "{name}: its lag grew from {} to {} events, so more comes than events_per_day, which is what it consumes",
                rounded(begin),
                rounded(end)
            ));
        }
    }

    fn has_skew(&self, name: &str) -> bool {
        let values = self.found.workloads().get(name);
        position("skew").zip(values).is_some_and(|(skew, values)| values.contains_key(&skew))
    }

    /// The mean of the busiest partition over that of all.
    fn skew(&mut self, name: &str, each: &[(Labels, Points)], origin: &Origin) {
        let mut partitions: BTreeMap<Vec<&str>, f64> = BTreeMap::new();
        for (labels, points) in each {
            let Some(partition) = labels.get(PARTITION) else { return };
            let key = vec![partition.as_str(), labels.get("topic").map(String::as_str).unwrap_or_default()];
            *partitions.entry(key).or_default() += Hourly::of(points).map_or(0.0, |hourly| hourly.mean());
        }
        let mean = partitions.values().sum::<f64>() / partitions.len() as f64;
        let most = partitions.values().copied().fold(0.0, f64::max);
        if partitions.len() > 1 && mean > 0.0 {
            self.number(name, "skew", most / mean, origin);
        }
    }

    /// What was passed over in the series of a workload.
    fn note_flaws(&mut self, kind: Kind, name: &str, flaws: Flaws, hourly: &Hourly) {
        let file = quantity(kind).map(|it| it.name).unwrap_or_default();
        let counts = FLAWS.iter().map(|(_, count)| count(&flaws, hourly));
        for (what, count) in counts.enumerate().filter(|(_, count)| *count > 0) {
            self.passed_over.entry((file, what)).or_default().push((name.to_owned(), count));
        }
    }

    /// Notes on what was passed over: one of each workload, and one of what many have.
    fn flaws(&self) -> Vec<String> {
        let mut of_one: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        let mut of_many = Vec::new();
        for ((file, what), all) in &self.passed_over {
            let (what, _) = FLAWS[*what];
            let most = all.iter().max_by_key(|(_, count)| *count).filter(|_| all.len() >= MANY);
            match most {
                Some((name, count)) => of_many
                    .push(format!("{file}: {what}, in {} workloads: {count} at most ({name})", all.len())),
                None => all.iter().for_each(|(name, count)| {
                    of_one.entry((name, file)).or_default().push(format!("{what}: {count}"));
                }),
            }
        }
        let of_one =
            of_one.into_iter().map(|((name, file), said)| format!("{name}, {file}: {}", said.join("; ")));
        of_one.chain(of_many).collect()
    }
}
