//! YAML with comments, as people write manifests; no kept library writes comments on lines of their own.
//!
//! What is written is JSON. A key that begins with # is none: its text is a comment in its place. What is null is left out; a key
//! that begins with ~ is written as null, which a patch takes for what is to go.

use serde_json::Value;

/// Characters in a line of a comment.
const WIDTH: usize = 100;

/// Words that some reader of YAML takes for something other than text.
const TAKEN: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Several documents in one file, with remarks above the first.
pub fn documents(remarks: &[String], all: &[Value]) -> String {
    let joined = |lines: Vec<String>| lines.into_iter().map(|line| line + "\n").collect::<String>();
    let documents: Vec<String> = all.iter().map(|document| joined(lines(document))).collect();
    remarks.iter().map(|remark| joined(comment(remark))).collect::<String>() + &documents.join("---\n")
}

fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            entries.iter().filter(|(_, value)| !value.is_null()).flat_map(entry).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            let item = |item| lines(item).into_iter().enumerate();
            let dashed = |(number, line)| format!("{} {line}", if number == 0 { "-" } else { " " });
            items.iter().flat_map(item).map(dashed).collect()
        }
        Value::String(text) => vec![scalar(text)],
        other => vec![other.to_string()],
    }
}

fn entry((key, value): (&String, &Value)) -> Vec<String> {
    if key.starts_with('#') {
        return comment(value.as_str().unwrap_or_default());
    }
    if let Some(gone) = key.strip_prefix('~') {
        return vec![format!("{}: null", scalar(gone))];
    }
    let (key, nested) = (scalar(key), lines(value));
    let is_nested = value.as_object().is_some_and(|it| !it.is_empty())
        || value.as_array().is_some_and(|it| !it.is_empty());
    match nested.as_slice() {
        [only] if !is_nested => vec![format!("{key}: {only}")],
        _ => {
            std::iter::once(format!("{key}:")).chain(nested.iter().map(|line| format!("  {line}"))).collect()
        }
    }
}

fn comment(text: &str) -> Vec<String> {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let text = text.replace(is_break, " ");
    textwrap::wrap(&text, WIDTH).iter().map(|line| format!("# {line}")).collect()
}

/// Text as it is where every reader takes it for that, else in quotes.
fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
        && !TAKEN.contains(&text.to_ascii_lowercase().as_str());
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_amount = matches!(unit, "m" | "Mi") && unit.len() < text.len();
    if is_word || is_amount {
        return text.to_owned();
    }
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c if c.is_alphanumeric() => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
