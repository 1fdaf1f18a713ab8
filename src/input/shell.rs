//! Names in commands that people copy.

/// A name as a shell reads it; what cannot be printed is escaped.
///
/// ```
/// use tonnage::input::shell::argument;
///
/// assert_eq!(argument("orders-eu"), "orders-eu");
/// assert_eq!(argument("it's odd"), r"'it'\''s odd'");
/// ```
pub fn argument(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:,".contains(c);
    let quoted = |c: char| match c {
        '\'' => r"'\''".to_owned(),
        c if c.is_control() => c.escape_debug().to_string(),
        c => c.to_string(),
    };
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.chars().map(quoted).collect::<String>())
    }
}
