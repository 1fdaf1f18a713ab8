//! Series of hourly rates, CSV: one row an hour, whole days.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::quantity;
use super::sheet::{Row, Sheet};
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
    let mut errors = Vec::new();
    let sheet = Sheet::read(source, &COLUMNS, &[], &mut errors);
    let whole = |message: String| Diagnostic { file: source.file.to_owned(), place: None, message };
    if errors.is_empty() {
        for (one, other) in [(HOUR, TIMESTAMP), (RATE, EVENTS)] {
            let (first, second) = (COLUMNS[one], COLUMNS[other]);
            match (sheet.has(one), sheet.has(other)) {
                (true, true) => {
                    errors.push(whole(format!("there is both {first} and {second}; give only one")))
                }
                (false, false) => errors.push(whole(format!("there must be a column {first} or {second}"))),
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
    for row in sheet.rows() {
        let mut report = |column, message| {
            let place = Some(row.place(Some(column)));
            errors.push(Diagnostic { file: source.file.to_owned(), place, message });
        };
        match hour_of(row, time_column) {
            Ok(hour) => {
                if let Some(last) = before.filter(|&last| !follows(last, hour, time_column)) {
                    report(time_column, gap(last, hour, time_column));
                }
                before = Some(hour);
            }
            Err(message) => report(time_column, message),
        }
        match cell(row, rate_column, "a number from 0, such as 1200 or 1.2k", |text| {
            quantity::count(text).filter(|&rate| (0.0..=1e15).contains(&rate))
        }) {
            Ok(rate) => rates.push(rate),
            Err(message) => report(rate_column, message),
        }
    }
    if errors.is_empty() && (rates.is_empty() || rates.len() % DAY != 0 || rates.len() > MOST_DAYS * DAY) {
        errors.push(whole(format!(
            "there are {} hours, but there must be whole days: 24, 48 or so on up to {}",
            rates.len(),
            MOST_DAYS * DAY
        )));
    }
    match Hours::new(&rates) {
        Some(hours) if errors.is_empty() => Ok(hours),
        None if errors.is_empty() => {
            Err(InputError::Invalid(vec![whole("all rates are 0, but one must be above".to_owned())]))
        }
        _ => Err(InputError::Invalid(errors)),
    }
}

/// A cell that has to be there and that `parse` reads.
fn cell<T>(
    row: Row<'_>,
    column: usize,
    allowed: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, String> {
    let name = COLUMNS[column];
    let text = row.get(column).ok_or_else(|| format!("{name} is missing; it must be {allowed}"))?;
    parse(text).ok_or_else(|| format!("{name} is {text:?}, but must be {allowed}"))
}

/// Hours since some beginning.
fn hour_of(row: Row<'_>, column: usize) -> Result<f64, String> {
    match column {
        HOUR => cell(row, column, "a whole number from 0", |text| {
            quantity::number(text).filter(|hour| *hour >= 0.0 && *hour < 1e9 && hour.fract() == 0.0)
        }),
        _ => cell(row, column, TIME, hours_since_epoch),
    }
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

/// Hours since 1970 of a time in UTC or with an offset; `None` where it is none.
fn hours_since_epoch(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut parts = date.split('-');
    let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?].map(digits);
    let (year, month, day) = (year?, month?, day?);
    let in_range = parts.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
    let (clock, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, ""),
    };
    let offset_hours = match offset {
        "" | "Z" => 0.0,
        _ => {
            let sign = if offset.starts_with('-') { -1.0 } else { 1.0 };
            sign * clock_hours(offset.get(1..)?)?
        }
    };
    let days = days_since_epoch(year, month, day) as f64;
    in_range.then_some(days * DAY as f64 + clock_hours(clock)? - offset_hours)
}

/// `13:00` or `13:00:00` as hours.
fn clock_hours(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(digits);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let in_range = parts.next().is_none() && hours < 24 && minutes < 60 && seconds < 60;
    in_range.then_some(hours as f64 + minutes as f64 / 60.0 + seconds as f64 / 3600.0)
}

fn digits(text: &str) -> Option<i64> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms", days_from_civil).
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(days_since_epoch(1970, 1, 1), 0);
        // 30 years with 7 leap days, then January and the leap February of 2000.
        assert_eq!(days_since_epoch(2000, 3, 1), 30 * 365 + 7 + 31 + 29);
    }

    #[test]
    fn times() {
        assert_eq!(hours_since_epoch("1970-01-02T01:30"), Some(25.5));
        assert_eq!(hours_since_epoch("1970-01-01 02:00:00Z"), Some(2.0));
        assert_eq!(hours_since_epoch("1970-01-01T02:00+02:00"), Some(0.0));
        for bad in ["", "1970-01-01", "1970-13-01T00:00", "1970-01-01T24:00", "1970-01-01T1", "now T00:00"] {
            assert_eq!(hours_since_epoch(bad), None, "{bad}");
        }
    }
}
