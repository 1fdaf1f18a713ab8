//! The table that AWS Cost Explorer downloads: a row a month or a day, a column for each value of what it is grouped by
//! (docs.aws.amazon.com/cost-management/latest/userguide/ce-table.html).

use super::costs::{Bill, Payer};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::imports::begin::wrong;
use crate::input::quantity::number;
use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};
use std::io::Read;

/// What stands behind the name of each column of amounts.
pub const UNIT: &str = "($)";

/// Reads a table that is grouped by the tag of workloads. A row is of the time until the next one, the last as long as the
/// one before it, and one alone of a month.
pub fn read(bill: &mut Bill, file: &str, input: impl Read) -> Result<(), InputError> {
    let mut rows = csv::ReaderBuilder::new().from_reader(input);
    let unreadable = |error: csv::Error| wrong(file, error.to_string());
    let header = rows.headers().map_err(unreadable)?.clone();
    let by = header.get(0).unwrap_or_default().to_owned();
    if ["service", "region", "instance type", "usage type", "linked account"]
        .contains(&by.to_lowercase().as_str())
    {
        let message = format!(
            "costs are grouped by {by:?}; group them by the tag that names workloads, and download again"
        );
        return Err(wrong(file, message));
    }
    let mut errors = Vec::new();
    let mut costs: Vec<(Date, Vec<(Payer, f64)>)> = Vec::new();
    for row in rows.records() {
        let row = row.map_err(unreadable)?;
        let line = row.position().map(|it| it.line() as usize);
        let mut refuse = |message| errors.push(Diagnostic::of_line(file, line, message));
        let first = row.get(0).unwrap_or_default();
        if first.ends_with(" total") {
            continue;
        }
        let Ok(date) = first.parse() else {
            refuse(format!("{by} is {first:?}, but must be a date such as 2026-10-01"));
            continue;
        };
        let mut amounts = Vec::new();
        for (name, text) in header.iter().zip(&row).skip(1) {
            let Some(payer) = payer(name, &by) else { continue };
            match number(text) {
                Some(usd) => amounts.push((payer, usd)),
                None if text.is_empty() => {}
                None => refuse(format!("{name} is {text:?}, but must be an amount of dollars")),
            }
        }
        costs.push((date, amounts));
    }
    InputError::unless_empty(errors)?;
    bill.is_of_all_services = true;
    costs.sort_by_key(|(date, _)| *date);
    let dates: Vec<Date> = costs.iter().map(|(date, _)| *date).collect();
    let is_daily = dates.iter().any(|date| date.day() != 1);
    let step = if is_daily { Span::new().days(1) } else { Span::new().months(1) };
    for (date, amounts) in costs {
        let ends = [Some(date), date.checked_add(step).ok()].map(|day| {
            day.and_then(|day| Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()))
                .unwrap_or_default()
        });
        amounts.into_iter().for_each(|(payer, usd)| bill.add(file, payer, usd, Some(ends)));
    }
    Ok(())
}

/// Who a column is of; nobody for the sum of all.
fn payer(column: &str, by: &str) -> Option<Payer> {
    let name = column.strip_suffix(UNIT)?.trim();
    let name = name.strip_prefix(by).and_then(|value| value.strip_prefix('$')).unwrap_or(name);
    match name {
        "Total costs" => None,
        name if name.is_empty() || name.starts_with("No tag key") => Some(Payer::Nobody("without the tag")),
        name => Some(Payer::Workload((String::new(), name.to_owned()))),
    }
}
