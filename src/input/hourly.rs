//! Series of hourly rates, CSV: one row an hour, whole days.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::quantity;
use super::sheet::{Columns, Row, Sheet};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use tonnage_model::scenario::series::Hours;

/// Columns: one of the first two says which hour a row is, one of the others how busy it was.
const COLUMNS: [&str; 4] = ["hour", "timestamp", "rate", "events"];
const HOUR: usize = 0;
const TIMESTAMP: usize = 1;
const RATE: usize = 2;
const EVENTS: usize = 3;
/// Hours of a day.
const DAY: usize = 24;
/// Most days of a series.
const MOST_DAYS: usize = 31;
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
    let mut before: Option<f64> = None;
    sheet.each_row(&mut errors, |row, errors| {
        if let Some(hour) = hour_of(row, time_column, errors) {
            if let Some(last) = before.filter(|&last| !follows(last, hour, time_column)) {
                errors.push(row.wrong(time_column, gap(last, hour, time_column)));
            }
            before = Some(hour);
        }
        let rate = |text: &str| quantity::count(text).filter(|rate| (0.0..=1e15).contains(rate));
        rates.extend(row.required(rate_column, "a number from 0, such as 1200 or 1.2k", rate, errors));
    });
    if errors.is_empty() && (rates.len() % DAY != 0 || rates.len() > MOST_DAYS * DAY) {
        errors.push(sheet.of_file(format!(
            "there are {} hours, but there must be whole days: 24, 48 or so on up to {}",
            rates.len(),
            MOST_DAYS * DAY
        )));
    }
    InputError::unless_empty(errors)?;
    let all_zero = || sheet.of_file("all rates are 0, but one must be above".to_owned());
    Hours::new(&rates).ok_or_else(|| InputError::Invalid(vec![all_zero()]))
}

/// Hours since some beginning.
fn hour_of(row: Row<'_>, column: usize, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    if column == TIMESTAMP {
        return row.required(column, TIME, hours_since_epoch, errors);
    }
    let hour =
        |text: &str| quantity::number(text).filter(|hour| (0.0..1e9).contains(hour) && hour.fract() == 0.0);
    row.required(column, "a whole number from 0", hour, errors)
}

/// Whether one row's hour comes next after another's: an hour later, or a day's first after its last.
fn follows(last: f64, hour: f64, column: usize) -> bool {
    let midnight = column == HOUR && hour == 0.0 && last == (DAY - 1) as f64;
    midnight || (hour - last - 1.0).abs() < 1e-6
}

fn gap(last: f64, hour: f64, column: usize) -> String {
    let name = COLUMNS[column];
    if column == HOUR {
        format!("{name} is {hour} after {last}, but each row must be the hour after the row before")
    } else {
        let later = hour - last;
        format!("{name} is {later:.2} h after the row before, but each row must be 1 h after it")
    }
}

/// Hours since 1970 of a time, in UTC unless it has an offset; `None` where it is none.
fn hours_since_epoch(text: &str) -> Option<f64> {
    // jiff takes a date alone for its midnight and an hour without minutes; both are rather mistakes here.
    let is_to_the_minute = text.contains(':');
    let in_utc = |time: civil::DateTime| Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let timestamp = text.parse().ok().or_else(|| in_utc(text.parse().ok()?))?;
    is_to_the_minute.then_some(Timestamp::as_millisecond(timestamp) as f64 / 3.6e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, hours) in [
            ("1970-01-02T01:30", 25.5),
            ("1970-01-01 02:00:00Z", 2.0),
            ("1970-01-01T03:00:00.000Z", 3.0),
            ("1970-01-01T02:00+02:00", 0.0),
            // 30 years with 7 leap days, then January and the leap February of 2000.
            ("2000-03-01T00:00", 24.0 * (30.0 * 365.0 + 7.0 + 31.0 + 29.0)),
        ] {
            assert_eq!(hours_since_epoch(text), Some(hours), "{text}");
        }
        for bad in [
            "",
            "1970-01-01",
            "1970-13-01T00:00",
            "2026-02-31T00:00",
            "1970-01-01T24:00",
            "1970-01-01T1",
            "1970-01-01T01",
            "now T00:00",
        ] {
            assert_eq!(hours_since_epoch(bad), None, "{bad}");
        }
    }
}
