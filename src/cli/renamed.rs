//! Commands of earlier versions, and the command line that answers the same question today.

/// The old name, the new one, and the new command line.
const RENAMED: &[(&str, &str, &str)] = &[
    ("pipeline", "plan", "tonnage plan FILE.toml"),
    ("compare", "plan", "tonnage plan FILE --workload NAME --details"),
    ("total", "plan", "tonnage plan FILE --by runtime"),
    ("risk", "plan", "tonnage plan FILE --by runtime"),
    ("bad-days", "failures", "tonnage failures FILE"),
    ("growth", "sweep", "tonnage sweep --over months FILE"),
    ("breakeven", "sweep", "tonnage sweep --over QUANTITY FILE"),
    ("runtimes", "catalog runtimes", "tonnage catalog runtimes"),
    ("machines", "catalog machines", "tonnage catalog machines"),
];

/// What to say to a command that has another name today.
pub fn message(command: &str) -> Option<String> {
    let (old, new, line) = RENAMED.iter().find(|(old, ..)| *old == command)?;
    Some(format!("{old:?} is now {new:?}: {line}"))
}
