//! The known name that a mistyped one was probably meant to be.

/// The known name most like `name`, by Jaro-Winkler similarity; `None` only where nothing is known.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

/// `unknown WHAT "name"; did you mean "nearest"? Known: ...`, for lists short enough to print.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    const PRINTED: usize = 30;
    let guess = nearest(name, known.iter().copied());
    let meant = guess.map(|guess| format!("; did you mean {guess:?}?")).unwrap_or_default();
    let all = if known.len() <= PRINTED { format!(" Known: {}.", known.join(", ")) } else { String::new() };
    format!("unknown {what} {name:?}{meant}{all}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name() {
        let known = ["events_per_day", "event_size", "io_ratio"];
        assert_eq!(nearest("event_per_day", known), Some("events_per_day"));
        assert_eq!(nearest("ioratio", known), Some("io_ratio"));
        assert_eq!(nearest("x", []), None);
    }
}
