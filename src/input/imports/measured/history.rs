//! What was measured over time: rates, and cores beside them.

use super::figures::{HOUR, Hourly};
use super::named::{Named, Whole};
use super::quantities::{Kind, Quantity, quantity};
use super::{files, table};
use crate::input::diagnostic::{Diagnostic, InputError, Source, contents};
use crate::input::imports::begin::wrong;
use crate::input::nearest::unknown;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tonnage_model::calibration::backtest::MeasuredHour;
use tonnage_model::scenario::replay::series::RateSeries;
use tonnage_model::workload::Workload;

/// Hours that a backtest needs.
const DAY: usize = 24;

/// What was measured of workloads by their names.
#[derive(Debug)]
pub struct History {
    files: String,
    /// What is to be known of them.
    pub notes: Vec<String>,
    of: BTreeMap<(Kind, String), Whole>,
}

impl History {
    /// Reads tables of our own and files that `import prometheus` reads. `labels` name workloads where there are several.
    pub fn read(paths: &[PathBuf], labels: Vec<String>) -> Result<Self, InputError> {
        let (mut named, mut notes) = (Named::by(labels), Vec::new());
        for path in paths {
            let (file, bytes) = contents(path)?;
            let source = Source::new(&file, &bytes)?;
            let parts = match table::is_table(source.text) {
                true => table::read(source)?,
                false => {
                    notes.extend(files::without_zone(&file, &bytes));
                    vec![(kind(path)?, files::read(&file, &bytes, kind(path)?)?)]
                }
            };
            parts.into_iter().for_each(|(kind, series)| named.add(kind, &file, series));
        }
        let (of, errors) = named.whole();
        InputError::unless_empty(errors)?;
        let files = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        Ok(Self { files, notes, of })
    }

    /// The files, for messages.
    pub fn files(&self) -> &str {
        &self.files
    }

    /// Names under which something was measured.
    fn names(&self) -> BTreeSet<&str> {
        self.of.keys().map(|(_, name)| name.as_str()).collect()
    }

    /// That nothing was measured of any of some workloads.
    pub fn has_none_of(&self, workloads: &[&str]) -> InputError {
        let names: Vec<&str> = self.names().into_iter().collect();
        let first = workloads.first().copied().unwrap_or_default();
        let message = format!(
            "{}; say what the history calls it in the columns topic, group and deployment, or its label of names with \
             --label",
            unknown("workload", first, &names).trim_end_matches('.')
        );
        wrong(&self.files, message)
    }

    /// What was measured of a workload, under any of its names.
    pub fn of(&self, kind: Kind, workload: &Workload) -> Option<&Whole> {
        let of = quantity(kind).map(Quantity::named_by).unwrap_or_default();
        let mut names = of.into_iter().map(|of| workload.called(of)).chain([workload.name.as_str()]);
        let is_of_pods = quantity(kind).is_some_and(Quantity::is_of_pods);
        let called = |name: &str| self.of.get(&(kind, name.to_owned()));
        names.find_map(|name| {
            called(name).or_else(|| {
                let (namespace, plain) = name.split_once('/')?;
                called(plain)
                    .filter(|it| is_of_pods && (it.namespace.is_empty() || it.namespace == namespace))
            })
        })
    }

    /// Whether anything was measured of it.
    pub fn has(&self, workload: &Workload) -> bool {
        [Kind::Rate, Kind::Cpu].into_iter().any(|kind| self.of(kind, workload).is_some())
    }

    /// Mean rate and cores of each hour that has both; nothing where one of the two was not measured.
    pub fn hours(&self, workload: &Workload) -> Result<Option<Vec<MeasuredHour>>, Diagnostic> {
        let both = self.of(Kind::Rate, workload).zip(self.of(Kind::Cpu, workload));
        let Some((rate, cores)) = both else { return Ok(None) };
        let workload = workload.name.as_str();
        let (rates, used) = (by_hours(workload, "rate", rate)?, by_hours(workload, "cores", cores)?);
        let hours: Vec<MeasuredHour> = rates
            .hours()
            .iter()
            .filter_map(|(&hour, &rate)| Some(MeasuredHour { hour, rate, cores: *used.hours().get(&hour)? }))
            .collect();
        match hours.len() {
            0..DAY => Err(rate.origin.wrong(format!(
                "{workload:?} has rate and cores in {} hours; a backtest needs {DAY}, better a week: ask with an \
                 earlier start",
                hours.len()
            ))),
            _ => Ok(Some(hours)),
        }
    }
}

/// Steps that a replay takes, ms.
const STEPS: std::ops::RangeInclusive<i64> = 60_000..=HOUR;

/// A series of rates in even steps, and samples that were missing in it.
#[derive(Debug)]
pub struct EvenRates {
    /// The rates.
    pub series: RateSeries,
    /// Samples that stand on the straight line between their neighbors.
    pub bridged: usize,
    /// Where longer gaps were, which stretch between them these are.
    pub cut: Option<String>,
}

/// Rates in even steps without a gap.
struct Stretch {
    first: i64,
    rates: Vec<f64>,
    bridged: usize,
}

impl History {
    /// The rates of a workload in even steps from one minute to one hour, a day at least; nothing where none were measured.
    /// Samples may be missing for an hour; of a series with longer gaps it is the longest stretch between them.
    pub fn series(&self, workload: &Workload) -> Result<Option<EvenRates>, Diagnostic> {
        let Some(whole) = self.of(Kind::Rate, workload) else { return Ok(None) };
        let workload = workload.name.as_str();
        let step = by_hours(workload, "rate", whole)?.step;
        let begin = whole.points.keys().next().copied().unwrap_or_default();
        if !STEPS.contains(&step) {
            return Err(whole.wrong(begin, format!(
                "the rate of {workload:?} has steps of {}; a replay needs 1 min to 1 h: ask with step=300",
                span(step)
            )));
        }
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut before: Option<(i64, f64)> = None;
        for (&time, &rate) in &whole.points {
            let near = before.replace((time, rate)).filter(|(then, _)| time - then <= HOUR.max(step));
            let Some(((then, old), stretch)) = near.zip(stretches.last_mut()) else {
                stretches.push(Stretch { first: time, rates: vec![rate], bridged: 0 });
                continue;
            };
            let gap = time - then;
            if gap % step != 0 {
                return Err(whole.wrong(time, format!(
                    "the rate of {workload:?} at {} is {} after the sample before, but steps are {}; export it in even \
                     steps, such as step={}",
                    shown(time),
                    span(gap),
                    span(step),
                    step / 1000
                )));
            }
            let steps = gap / step;
            stretch.rates.extend((1..=steps).map(|at| old + (rate - old) * at as f64 / steps as f64));
            stretch.bridged += steps as usize - 1;
        }
        let gaps = stretches.len().saturating_sub(1);
        let longest = stretches.into_iter().max_by_key(|it| it.rates.len());
        let Some(Stretch { first, rates, bridged }) = longest else { return Ok(None) };
        let length = rates.len() as i64 * step;
        if length < DAY as i64 * HOUR {
            let gaps = if gaps > 0 { " without a gap of more than 1 h" } else { "" };
            return Err(whole.wrong(first, format!(
                "the rate of {workload:?} covers {}{gaps}; a replay needs a day, better a week: ask with an earlier start",
                span(length)
            )));
        }
        if rates.iter().all(|rate| *rate <= 0.0) {
            return Err(
                whole.wrong(first, format!("no events of {workload:?} were measured: all rates are 0"))
            );
        }
        let cut = (gaps > 0).then(|| {
            format!(
                "its rate is missing for more than 1 h at {}; replayed are {} without a gap from {} on",
                if gaps == 1 { "one time".to_owned() } else { format!("{gaps} times") },
                span(length),
                shown(first)
            )
        });
        Ok(Some(EvenRates { series: RateSeries::new(rates, step as f64 / 1e3), bridged, cut }))
    }
}

/// A time, UTC.
fn shown(time: i64) -> String {
    let time = Timestamp::from_millisecond(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time between samples, ms.
fn span(milliseconds: i64) -> String {
    match milliseconds {
        long if long % HOUR == 0 => format!("{} h", long / HOUR),
        long if long > DAY as i64 * HOUR => format!("{:.1} h", long as f64 / HOUR as f64),
        long if long % 60_000 == 0 => format!("{} min", long / 60_000),
        short => format!("{} s", short as f64 / 1e3),
    }
}

/// What a file without names of its own holds: rates or cores.
fn kind(path: &Path) -> Result<Kind, InputError> {
    let message = "a history is of rates and cores: a CSV with the columns timestamp, workload, rate and cores, or files \
                   of import prometheus that are called after what they hold, such as rate.json and cpu.csv";
    match files::kind(path) {
        Ok(kind @ (Kind::Rate | Kind::Cpu)) => Ok(kind),
        _ => Err(wrong(&path.display().to_string(), message.to_owned())),
    }
}

fn by_hours(workload: &str, what: &str, whole: &Whole) -> Result<Hourly, Diagnostic> {
    let Some(hourly) = Hourly::of(&whole.points) else {
        return Err(whole.origin.wrong(format!("{workload:?} has less than two samples of {what}")));
    };
    if hourly.step > HOUR {
        let second = whole.points.keys().nth(1).copied().unwrap_or_default();
        let hours = hourly.step as f64 / HOUR as f64;
        let message = format!(
            "{workload:?} has a sample of {what} each {hours} h; ask in steps of an hour at most (step=3600)"
        );
        return Err(whole.wrong(second, message));
    }
    Ok(hourly)
}
