//! Labels as Prometheus writes them: `name{label="value", ...}`.

use super::series::{LEGEND, Labels};

/// The labels of a heading, the name of its metric as `__name__`; a text without braces is the legend itself.
pub fn labels(text: &str) -> Option<Labels> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('{') else {
        return Some([(LEGEND.to_owned(), text.to_owned())].into());
    };
    let mut rest = rest.strip_suffix('}')?.trim();
    let mut labels = Labels::new();
    if !name.trim().is_empty() {
        labels.insert("__name__".to_owned(), name.trim().to_owned());
    }
    while !rest.is_empty() {
        let (label, quoted) = rest.split_once('=')?;
        let (value, after) = value(quoted.trim_start().strip_prefix('"')?)?;
        labels.insert(label.trim().to_owned(), value);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(labels)
}

/// The text up to the closing quote, and what is behind that.
fn value(text: &str) -> Option<(String, &str)> {
    let (mut value, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}
