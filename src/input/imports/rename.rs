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

    /// The one that makes a name another, where they have a part in common that says what is meant.
    pub fn between(name: &str, other: &str) -> Option<Self> {
        let parts = |text: &str, at: usize, length: usize| {
            Some([text.get(..at)?.to_owned(), text.get(at + length..)?.to_owned()])
        };
        let (length, at) = name
            .char_indices()
            .flat_map(|(at, _)| (at + 1..=name.len()).map(move |end| (end - at, at)))
            .filter(|(length, at)| name.get(*at..at + length).is_some_and(|part| other.contains(part)))
            .max_by_key(|(length, _)| *length)?;
        let place = other.find(name.get(at..at + length)?)?;
        let (from, to) = (parts(name, at, length)?, parts(other, place, length)?);
        // Part of a word is no pattern: "order" may be a slip of "orders".
        let is_word = |[begin, end]: &[String; 2]| {
            !begin.ends_with(char::is_alphanumeric) && !end.starts_with(char::is_alphanumeric)
        };
        Some(Self { from, to, is_whole: false }).filter(|it| is_word(&it.from) && is_word(&it.to))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_keeps_its_part() {
        let rename = |text: &str, name: &str| Rename::of(text).unwrap().apply(name);
        assert_eq!(rename("*-consumer=cg.*", "geo-pings-consumer").as_deref(), Some("cg.geo-pings"));
        assert_eq!(rename("cg.*=*", "cg.geo-pings").as_deref(), Some("geo-pings"));
        assert_eq!((rename("cg.*=*", "geo"), rename("cg.*=*", "cg.")), (None, None));
        assert_eq!(rename("geo-app=Geo pings", "geo-app").as_deref(), Some("Geo pings"));
        assert_eq!(rename("geo-app=Geo pings", "geo-app-2"), None);
        for bad in ["a=", "a*", "*=a", "**=*", "*=**"] {
            assert_eq!(Rename::of(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_between_two_names() {
        let between = |one, other| Rename::between(one, other).map(|it| it.to_string());
        assert_eq!(between("geo-pings-consumer", "cg.geo-pings").as_deref(), Some("*-consumer=cg.*"));
        assert_eq!(between("cg.geo-pings", "geo-pings").as_deref(), Some("cg.*=*"));
        assert_eq!((between("abc", "xyz"), between("order", "orders")), (None, None));
    }
}
