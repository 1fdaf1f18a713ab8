//! A column that is not known: which one is meant, or how else that is set which people keep in it.

use super::columns::{NAMES, meant, number};
use super::nearest::{guess, plain};
use super::shell::argument;

/// Words in the name of a column of discounts, and how these are set.
const DISCOUNT: [&str; 3] = ["discount", "savings", "edp"];
const DISCOUNTS: &str =
    "a discount is in current_usd_per_month beside current_list_usd_per_month, or --discount of all rows";

/// Words in a heading that tell a wait from a share of waiting.
const TIMES: [&str; 7] = ["ms", "msec", "s", "sec", "seconds", "time", "duration"];

/// What to say of a column, or a key, of a file that is not known.
pub fn unknown(what: &str, name: &str) -> String {
    let skip = format!("o skip it: --ignore-columns {}", argument(name));
    match hint(name) {
        Some(hint) => format!("unknown {what} {name:?}; {hint} T{skip}"),
        None => format!("unknown {what} {name:?}; t{skip} (tonnage init lists all columns)"),
    }
}

/// The same of a name that stands in no file.
pub fn misnamed(what: &str, name: &str) -> String {
    let hint = hint(name).unwrap_or_else(|| "tonnage init lists all columns".to_owned());
    format!("unknown {what} {name:?}; {hint}")
}

/// How that is set, or which column is meant.
fn hint(name: &str) -> Option<String> {
    let meant = meant(name);
    if meant.is_none() && plain(name).split('_').any(|word| DISCOUNT.contains(&word)) {
        return Some(format!("{DISCOUNTS}."));
    }
    let guess = meant.or_else(|| guess(name, NAMES))?;
    let has_time = plain(name).split(|c: char| !c.is_alphanumeric()).any(|it| TIMES.contains(&it));
    if guess == "io_wait_ms" && !has_time {
        return Some(
            "did you mean \"io_ratio\" (a share, such as 85%) or \"io_wait_ms\" (a time)?".to_owned(),
        );
    }
    let unit = name.trim_end_matches(')').rsplit(['(', ' ', '_', '/']).next().unwrap_or_default();
    let cell = number(guess).and_then(|(number, _)| number.with_unit(unit));
    let unit = cell.map_or_else(String::new, |it| format!(" Write its unit into the cells, as in {it}."));
    Some(format!("did you mean {guess:?}?{unit}"))
}
