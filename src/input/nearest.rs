//! The known name that a mistaken one was probably meant to be.

/// Similarity from which on a guess is worth making.
const LIKELY: f64 = 0.8;
/// Similarity of what differs by a slip of the finger.
const SLIP: f64 = 0.9;
/// Letters from which on a word that two names share says something.
const WORD: usize = 3;
/// What people write beside the rest of a sheet: spelt much like `commit`, and never meant so.
const REMARKS: [&str; 2] = ["comment", "comments"];
/// Names that are few enough to be printed.
const PRINTED: usize = 30;

/// The known name most like `name`, by Jaro-Winkler similarity; `None` only where nothing is known.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    closest(name, known).map(|(_, candidate)| candidate)
}

/// Whether a name is one of the known ones but for a slip.
pub fn is_slip<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> bool {
    slip_of(name, known).is_some()
}

/// The known name that a name is but for a slip.
pub fn slip_of<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    closest(name, known).filter(|(similarity, _)| *similarity >= SLIP).map(|(_, candidate)| candidate)
}

/// The known name that a name is but for one letter; none where only a number is another, as of what is newer.
pub fn typo<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let without_digits = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    let (wanted, stem) = (plain(name), without_digits(&plain(name)));
    let is_right = |it: &str| it == wanted || stem != wanted && without_digits(it) == stem;
    let is_right = known.clone().any(|it| is_right(&plain(it)));
    known.into_iter().find(|it| !is_right && strsim::osa_distance(&wanted, &plain(it)) == 1)
}

fn closest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<(f64, &'k str)> {
    let wanted = plain(name);
    known
        .into_iter()
        .filter(|_| !REMARKS.contains(&wanted.as_str()))
        .map(|candidate| (strsim::jaro_winkler(&wanted, &plain(candidate)), candidate))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// The known name worth suggesting: one that a slip made of it, else the one that shares the longest word, else one that
/// is spelt much alike.
pub fn guess<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> Option<&'k str> {
    if let Some(meant) = slip_of(name, known.clone()) {
        return Some(meant);
    }
    let wanted = plain(name);
    let shared = |candidate: &str| shared_word(&wanted, &plain(candidate));
    let longest = known.clone().into_iter().map(shared).max().unwrap_or(0);
    let sharing = known.into_iter().filter(|candidate| shared(candidate) == longest);
    closest(name, sharing)
        .filter(|(similarity, _)| longest >= WORD || *similarity >= LIKELY)
        .map(|(_, candidate)| candidate)
}

/// Letters of the longest word of one name that is part of the other.
fn shared_word(one: &str, other: &str) -> usize {
    let longest_in = |name: &str, whole: &str| {
        words(name)
            .filter(|word| word.len() >= WORD && is_most_of(word, whole))
            .map(str::len)
            .max()
            .unwrap_or(0)
    };
    longest_in(one, other).max(longest_in(other, one))
}

/// The words of a name, and the whole.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).chain([name])
}

/// Whether a word is half of one of another name's at least: "web" says nothing of "webhooks".
fn is_most_of(word: &str, name: &str) -> bool {
    words(name).any(|of| of.contains(word) && 2 * word.len() >= of.len())
}

/// A name without what people vary: letter case, and what stands between words.
pub fn plain(name: &str) -> String {
    let between = |c: char| if c == '-' || c == ' ' { '_' } else { c };
    name.chars().flat_map(char::to_lowercase).map(between).collect()
}

/// `unknown WHAT "name"; did you mean "nearest"? Known: ...`: the list where it is short enough to print, else the
/// nearest name, however far.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let names = known.iter().copied();
    if known.len() > PRINTED {
        let guess = nearest(name, names).unwrap_or_default();
        return format!("unknown {what} {name:?}; did you mean {guess:?}?");
    }
    match guess(name, names) {
        Some(guess) => {
            format!("unknown {what} {name:?}; did you mean {guess:?}? Known: {}.", known.join(", "))
        }
        None => format!("unknown {what} {name:?}; known: {}", known.join(", ")),
    }
}
