//! What is wrong with an input, and where.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file: line and character, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Character in the line.
    pub column: usize,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// File, `<stdin>`, or what else was read.
    pub file: String,
    /// Where in it, if it is at one place.
    pub place: Option<Place>,
    /// The value, what is allowed and the nearest known name.
    pub message: String,
}

impl Diagnostic {
    /// A mistake of a line of a file, or of the file as a whole.
    pub fn of_line(file: &str, line: Option<usize>, message: String) -> Self {
        let place = line.map(|line| Place { line, column: 1 });
        Self { file: file.to_owned(), place, message }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => {
                write!(f, "{}:{line}:{column}: {}", self.file, self.message)
            }
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// Why input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// All mistakes of what was read, in the order of the files and of their lines.
    #[error("{}", lines(.0))]
    Invalid(Vec<Diagnostic>),
    /// A file or folder that cannot be read at all.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
}

impl From<Diagnostic> for InputError {
    fn from(mistake: Diagnostic) -> Self {
        Self::Invalid(vec![mistake])
    }
}

/// Mistakes in the order of their places.
pub fn in_order(errors: &mut [Diagnostic]) {
    errors.sort_by_key(|error| error.place);
}

impl InputError {
    /// Nothing wrong, or all mistakes in the order of their places.
    pub fn unless_empty(mut errors: Vec<Diagnostic>) -> Result<(), Self> {
        in_order(&mut errors);
        if errors.is_empty() { Ok(()) } else { Err(Self::Invalid(errors)) }
    }

    /// Turns a failed read into an error that names the path.
    pub fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |reason| Self::Unreadable { path: path.to_owned(), reason }
    }
}

/// What a file is called and what it holds. That it cannot be read is an error that names it.
pub fn contents(path: &Path) -> Result<(String, Vec<u8>), InputError> {
    let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
    Ok((path.display().to_string(), bytes))
}

/// The same of a file of text, as something reads it.
pub fn read_file<T>(
    path: &Path,
    read: impl FnOnce(Source<'_>) -> Result<T, InputError>,
) -> Result<T, InputError> {
    let (name, bytes) = contents(path)?;
    read(Source::new(&name, &bytes)?)
}

/// What a parser of JSON says, without the place that it has behind.
pub fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.split(" at line ").next().unwrap_or_default().to_owned()
}

fn lines(all: &[Diagnostic]) -> String {
    by_cause(all).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Mistakes of one cause that are told one by one.
const EACH: usize = 3;

/// Lines of mistakes.
const MOST: usize = 100;

/// Mistakes for people: of a cause with many, the first and how many there are.
pub fn by_cause(all: &[Diagnostic]) -> Vec<Diagnostic> {
    let key = |it: &Diagnostic| (it.file.clone(), cause(&it.message));
    let mut counts: BTreeMap<(String, String), (usize, Option<Place>)> = BTreeMap::new();
    for mistake in all {
        let (count, last) = counts.entry(key(mistake)).or_default();
        *count += 1;
        *last = mistake.place.max(*last);
    }
    let told = |mistake: &Diagnostic| {
        let cause = key(mistake);
        match counts.get(&cause).copied() {
            Some((count, last)) if count > EACH => {
                counts.insert(cause, (0, None));
                let last = last.map(|last| format!(", the last in line {}", last.line)).unwrap_or_default();
                let message = format!("{} ({} more like it{last})", mistake.message, count - 1);
                Some(Diagnostic { message, ..mistake.clone() })
            }
            Some((0, _)) => None,
            _ => Some(mistake.clone()),
        }
    };
    let mut told: Vec<Diagnostic> = all.iter().filter_map(told).collect();
    if told.len() > MOST {
        let more = told.split_off(MOST);
        let message = format!("and {} more mistakes", more.len());
        told.extend(more.first().map(|it| Diagnostic { place: None, message, ..it.clone() }));
    }
    told
}

/// What is wrong without where: of a value that is refused what is no digit, so that all numbers with one wrong unit are the
/// same; of other messages what is not quoted. Words that are refused, and names that are unknown, are each their own.
fn cause(message: &str) -> String {
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.';
    let refused = message.split_once(" is \"").and_then(|(_, rest)| rest.split_once("\", "));
    let (value, rest) = match refused {
        Some((value, rest)) if value.contains(is_of_number) => (value, rest),
        None if !message.starts_with("unknown") => ("", message),
        _ => return message.to_owned(),
    };
    let unquoted: String = rest.split('"').step_by(2).collect();
    value.chars().chain(['"']).chain(unquoted.chars()).filter(|c| !is_of_number(*c)).collect()
}

/// A text with the name that its mistakes are reported under.
#[derive(Debug, Clone, Copy)]
pub struct Source<'t> {
    /// File name, or `<stdin>`.
    pub file: &'t str,
    /// Contents, without a byte order mark.
    pub text: &'t str,
}

impl<'t> Source<'t> {
    /// Takes the bytes of a file as text: without a byte order mark, UTF-8 only.
    pub fn new(file: &'t str, bytes: &'t [u8]) -> Result<Self, InputError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                let text = std::str::from_utf8(good).unwrap_or_default();
                let byte = bad.first().copied().unwrap_or_default();
                let message = format!("byte 0x{byte:02x} is not UTF-8; save the file as UTF-8");
                Err(Lines::new(Source { file, text }).at(good.len(), message).into())
            }
        }
    }
}

/// Where the lines of a text begin, so that finding a place does not go through the text again.
pub struct Lines<'t> {
    source: Source<'t>,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Goes through the text once.
    pub fn new(source: Source<'t>) -> Self {
        let behind_breaks = source.text.match_indices('\n').map(|(at, _)| at + 1);
        Self { source, starts: std::iter::once(0).chain(behind_breaks).collect() }
    }

    /// Line and character of a byte offset.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.source.text.get(start..offset.min(self.source.text.len())).unwrap_or_default();
        Place { line, column: before.chars().count() + 1 }
    }

    /// A mistake at a byte offset.
    pub fn at(&self, offset: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            file: self.source.file.to_owned(),
            place: Some(self.place(offset)),
            message: message.into(),
        }
    }
}
