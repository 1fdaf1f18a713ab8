//! Texts that a spreadsheet would compute where it opens CSV: they are written behind an apostrophe, and read without it.

use std::borrow::Cow;

/// What begins a formula, and the blanks that a spreadsheet drops before one.
const BEGINS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as it stands in CSV. What is computed to a number at most, such as `-` or `-5%`, stays as it is.
pub fn written(text: &str) -> Cow<'_, str> {
    let is_harmless =
        |text: &str| !text.starts_with('=') && !text.contains(|c: char| !"+-.,%$ 0123456789".contains(c));
    match is_formula(text) && !is_harmless(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// A text as it was before it was written.
pub fn read(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(text)
}

/// Whether a text would be computed, but for apostrophes that it has itself.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINS)
}
