//! The known name that a mistyped one was probably meant to be.

/// Similarity from which on a guess is worth making where the known names are listed anyway.
const LIKELY: f64 = 0.6;
/// Similarity of what differs by a slip of the finger.
const SLIP: f64 = 0.9;

/// The known name most like `name`, by Jaro-Winkler similarity; `None` only where nothing is known.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    closest(name, known).map(|(_, candidate)| candidate)
}

/// Whether a name is one of the known ones but for a slip.
pub fn is_slip<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> bool {
    closest(name, known).is_some_and(|(similarity, _)| similarity >= SLIP)
}

fn closest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<(f64, &'k str)> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .max_by(|one, other| one.0.total_cmp(&other.0))
}

/// `unknown WHAT "name"; did you mean "nearest"? Known: ...`: the list where it is short enough to print,
/// the guess where it is likely or all there is to say.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    const PRINTED: usize = 30;
    let is_listed = known.len() <= PRINTED;
    let guess = closest(name, known.iter().copied())
        .filter(|(similarity, _)| !is_listed || *similarity >= LIKELY)
        .map(|(_, candidate)| format!("; did you mean {candidate:?}?"));
    let all = match &guess {
        _ if !is_listed => String::new(),
        Some(_) => format!(" Known: {}.", known.join(", ")),
        None => format!("; known: {}", known.join(", ")),
    };
    format!("unknown {what} {name:?}{}{all}", guess.unwrap_or_default())
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

    #[test]
    fn a_wild_guess_is_not_made() {
        assert_eq!(unknown("runtime", "java", &["go", "rust"]), "unknown runtime \"java\"; known: go, rust");
        assert_eq!(
            unknown("runtime", "rst", &["go", "rust"]),
            "unknown runtime \"rst\"; did you mean \"rust\"? Known: go, rust."
        );
    }

    #[test]
    fn letter_case_is_a_slip() {
        assert!(is_slip("Events_Per_Day", ["name", "events_per_day"]));
        assert!(!is_slip("orders", ["name", "events_per_day"]));
    }
}
