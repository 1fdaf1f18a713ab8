//! Ranges as people write them: `40M..60M`, the 5th and the 95th percentile of what may be.

use super::number::Number;
use super::two_readings::Marks;
use tonnage_model::uncertain::distribution::Distribution;

/// What stands between the ends.
const BETWEEN: &str = "..";

/// The texts of both ends, where a cell is a range.
pub fn ends(text: &str) -> Option<(&str, &str)> {
    text.split_once(BETWEEN)
}

/// Why a cell is no range, as told after "but".
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotARange {
    /// One end has a unit and the other none.
    #[error("both ends of a range must have their unit; {meant:?} may be meant")]
    OneUnit {
        /// The range with both.
        meant: String,
    },
    /// An end is no number of the kind.
    #[error("each end of a range must be {allowed}")]
    End {
        /// What it may be.
        allowed: String,
    },
    /// The ends are not in order.
    #[error("a range is LOW..HIGH, the 5th and the 95th percentile, so the first must be below the second")]
    Order,
}

/// Reads a range of a kind of number.
pub fn read((low, high): (&str, &str), number: &Number, marks: Marks) -> Result<Distribution, NotARange> {
    let value = |text: &str| number.read(text, marks);
    let meant = with_unit_of(low, high).filter(|meant| value(meant).is_some_and(|it| value(low) != Some(it)));
    if let Some(meant) = meant {
        let meant = format!("{meant}{BETWEEN}{}", high.trim());
        return Err(NotARange::OneUnit { meant });
    }
    let (Some(low), Some(high)) = (value(low), value(high)) else {
        return Err(NotARange::End { allowed: number.allowed().to_string() });
    };
    if low >= high {
        return Err(NotARange::Order);
    }
    Ok(number.distribution(low, high))
}

/// The low end with the unit of the high one, where only that has one.
fn with_unit_of(low: &str, high: &str) -> Option<String> {
    let is_unit = |c: char| c.is_alphabetic() || "%/ ".contains(c);
    let number = |text: &str| text.trim().trim_end_matches(is_unit).len();
    let (low, high) = (low.trim(), high.trim());
    let unit = &high[number(high)..];
    (number(low) == low.len() && !low.is_empty() && !unit.is_empty()).then(|| format!("{low}{unit}"))
}
