//! Amounts of dollars as price files have them.

use crate::input::diagnostic::Diagnostic;
use crate::input::quantity;
use crate::input::sheet::Row;
use tonnage_model::cost::bill::HOURS_PER_MONTH;

/// Hours of a year, over which the price of a term is spread.
pub const YEAR: f64 = 12.0 * HOURS_PER_MONTH;
/// Hours of three years.
pub const THREE_YEARS: f64 = 3.0 * YEAR;

/// What an amount must be, for messages.
pub const USD: &str = "an amount of dollars from 0 to below 1e9";

/// Whether a number is one.
pub fn is_amount(usd: &f64) -> bool {
    (0.0..1e9).contains(usd)
}

/// An amount of dollars.
pub fn amount(text: &str) -> Option<f64> {
    quantity::number(text).filter(is_amount)
}

/// A price; 0 is none.
pub fn priced(usd: f64) -> Option<f64> {
    Some(usd).filter(|usd| *usd > 0.0)
}

/// The price in a cell; nothing where it is 0 or empty.
pub fn price(row: Row<'_>, column: usize, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    row.parsed(column, USD, amount, errors).and_then(priced)
}
