//! Names of workloads that are called otherwise elsewhere: `*-consumer=cg.*`.

use super::found::{Found, Origin};

/// What stands for the part of a name that stays.
const STAR: char = '*';

/// How names become others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    from: [String; 2],
    to: [String; 2],
    /// Whether these are names as they are, of which nothing stays.
    is_whole: bool,
}

impl Rename {
    /// Reads `FROM=TO`, each with one `*` for what stays, or none.
    pub fn of(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('=')?;
        let is_whole = !text.contains(STAR) && !from.is_empty() && !to.is_empty();
        let parts = |pattern: &str| {
            let parts = if is_whole { Some((pattern, "")) } else { pattern.split_once(STAR) };
            let (begin, end) = parts.filter(|(_, end)| !end.contains(STAR))?;
            Some([begin.to_owned(), end.to_owned()])
        };
        Some(Self { from: parts(from)?, to: parts(to)?, is_whole })
    }

    /// The other name, where this one is meant.
    pub fn apply(&self, name: &str) -> Option<String> {
        let kept = name.strip_prefix(&self.from[0])?.strip_suffix(&self.from[1])?;
        Some(format!("{}{kept}{}", self.to[0], self.to[1])).filter(|_| kept.is_empty() == self.is_whole)
    }
}

impl std::fmt::Display for Rename {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let star = if self.is_whole { "" } else { "*" };
        write!(f, "{}={}", self.from.join(star), self.to.join(star))
    }
}

/// What was found under other names: of several the first that is meant. One that is none of any workload, and two
/// workloads that become one with different values, are mistakes.
pub fn renamed(found: Found, by: &[Rename]) -> Found {
    if by.is_empty() {
        return found;
    }
    let other = |name: &str| by.iter().find_map(|it| it.apply(name)).unwrap_or_else(|| name.to_owned());
    for rename in by {
        if !found.workloads().keys().any(|name| rename.apply(name).is_some()) {
            let names: Vec<&str> = found.workloads().keys().map(String::as_str).collect();
            let message = format!("{rename} is of no workload that was found: {}", names.join(", "));
            let mut found = found;
            found.refuse(Origin::new("--rename", None).wrong(message));
            return found;
        }
    }
    found.map_names(other)
}
