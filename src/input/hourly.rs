//! Series of rates, CSV: one row a step of one minute to one hour, whole days.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::quantity;
use super::sheet::{Columns, Row, Sheet};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use std::collections::BTreeMap;
use tonnage_model::scenario::series::Hours;

/// Columns: one of the first two says when a row begins, one of the others how busy it was.
const COLUMNS: [&str; 4] = ["hour", "timestamp", "rate", "events"];
const HOUR: usize = 0;
const TIMESTAMP: usize = 1;
const RATE: usize = 2;
const EVENTS: usize = 3;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Steps that a series may have, s.
const STEPS: std::ops::RangeInclusive<f64> = 60.0..=3600.0;
/// Most days of a series.
const MOST_DAYS: f64 = 31.0;
/// What a timestamp may look like.
const TIME: &str = "a time such as 2026-07-20T13:00, 2026-07-20 13:00:00Z or 2026-07-20T13:00+02:00";

/// Reads a series. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<Hours, InputError> {
    let (mut sheet, mut errors) = Sheet::of(source, Columns::new("hour", &COLUMNS, &[]));
    if errors.is_empty() {
        for (one, other) in [(HOUR, TIMESTAMP), (RATE, EVENTS)] {
            let (first, second) = (COLUMNS[one], COLUMNS[other]);
            match (sheet.has(one), sheet.has(other)) {
                (true, true) => {
                    errors.push(sheet.of_file(format!("there is both {first} and {second}; give only one")))
                }
                (false, false) => {
                    errors.push(sheet.of_file(format!("there must be a column {first} or {second}")));
                }
                _ => {}
            }
        }
    }
    if !errors.is_empty() {
        return Err(InputError::Invalid(errors));
    }
    let time_column = if sheet.has(HOUR) { HOUR } else { TIMESTAMP };
    let rate_column = if sheet.has(RATE) { RATE } else { EVENTS };
    let mut rates = Vec::new();
    let mut gaps = Vec::new();
    let mut before: Option<f64> = None;
    sheet.each_row(&mut errors, |row, errors| {
        if let Some(start) = start_of(row, time_column, errors) {
            gaps.extend(before.map(|last| (gap(last, start, time_column), row.wrong(time_column, ""))));
            before = Some(start);
        }
        let rate = |text: &str| quantity::count(text).filter(|rate| (0.0..=1e15).contains(rate));
        rates.extend(row.required(rate_column, "a number from 0, such as 1200 or 1.2k", rate, errors));
    });
    let step = step_of(&gaps);
    let is_allowed = STEPS.contains(&step);
    let uneven = gaps.into_iter().filter(|(gap, _)| !is_allowed || (gap - step).abs() > 1e-3);
    errors.extend(uneven.map(|(gap, place)| {
        let later = if gap > 0.0 { format!("{} after", span(gap)) } else { "not after".to_owned() };
        let asked = if is_allowed { span(step) } else { "1 min to 1 h".to_owned() };
        let name = COLUMNS[time_column];
        let message = format!("{name} is {later} the row before, but each row must be {asked} after it");
        Diagnostic { message, ..place }
    }));
    let days = rates.len() as f64 * step / DAY;
    if errors.is_empty() && ((days - days.round()).abs() > 1e-6 || !(0.5..=MOST_DAYS + 0.5).contains(&days)) {
        errors.push(sheet.of_file(format!(
            "there are {} rows of {}, but there must be whole days, {MOST_DAYS} at most",
            rates.len(),
            span(step)
        )));
    }
    InputError::unless_empty(errors)?;
    let all_zero = || sheet.of_file("all rates are 0, but one must be above".to_owned());
    Hours::with_step(&rates, step).ok_or_else(|| all_zero().into())
}

/// The step that most rows keep, s; an hour where there is only one row.
fn step_of(gaps: &[(f64, Diagnostic)]) -> f64 {
    let mut times: BTreeMap<i64, usize> = BTreeMap::new();
    for (gap, _) in gaps {
        *times.entry((gap * 1e3).round() as i64).or_default() += 1;
    }
    let most = times.into_iter().max_by_key(|&(gap, count)| (count, std::cmp::Reverse(gap)));
    most.map_or(3600.0, |(gap, _)| gap as f64 / 1e3)
}

/// When a row begins, s since some beginning.
fn start_of(row: Row<'_>, column: usize, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    let hours = if column == TIMESTAMP {
        row.required(column, TIME, hours_since_epoch, errors)
    } else {
        let hour = |text: &str| quantity::number(text).filter(|hour| (0.0..1e9).contains(hour));
        row.required(column, "a number of hours from 0", hour, errors)
    };
    hours.map(|hours| hours * 3600.0)
}

/// From one row's begin to the next one's, s: a day's first comes after its last where hours are counted.
fn gap(last: f64, start: f64, column: usize) -> f64 {
    let midnight = column == HOUR && start == 0.0 && last < DAY;
    if midnight { DAY - last } else { start - last }
}

/// Hours since 1970 of a time, in UTC unless it has an offset; `None` where it is none.
pub fn hours_since_epoch(text: &str) -> Option<f64> {
    // jiff takes a date alone for its midnight and an hour without minutes; both are rather mistakes here.
    let is_to_the_minute = text.contains(':');
    let in_utc = |time: civil::DateTime| Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let timestamp = text.parse().ok().or_else(|| in_utc(text.parse().ok()?))?;
    is_to_the_minute.then_some(Timestamp::as_millisecond(timestamp) as f64 / 3.6e6)
}

/// A step between two rows: `15 min`.
fn span(seconds: f64) -> String {
    match seconds {
        long if long >= 7200.0 => format!("{} h", long / 3600.0),
        long if long >= 120.0 => format!("{} min", long / 60.0),
        short => format!("{short} s"),
    }
}
