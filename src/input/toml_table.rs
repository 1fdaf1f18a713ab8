//! TOML tables read key by key, so that all mistakes of a file come at once, each at its place.

use super::diagnostic::{Diagnostic, InputError, Lines, Place, Source, in_order};
use super::nearest::unknown;
use super::two_readings::never_open;
use std::cell::RefCell;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A document and the mistakes found in it so far.
pub struct Document<'t> {
    source: Source<'t>,
    lines: Lines<'t>,
    root: Spanned<DeTable<'t>>,
    errors: RefCell<Vec<Diagnostic>>,
}

impl<'t> Document<'t> {
    /// Parses TOML. Mistakes of syntax come alone, as what is read past them may be anything.
    pub fn parse(source: Source<'t>) -> Result<Self, InputError> {
        let (root, syntax) = DeTable::parse_recoverable(source.text);
        let lines = Lines::new(source);
        if syntax.is_empty() {
            return Ok(Self { source, lines, root, errors: RefCell::new(Vec::new()) });
        }
        let mut errors: Vec<Diagnostic> = syntax
            .iter()
            .map(|error| {
                let span = error.span().unwrap_or_default();
                let text = source.text.get(span.clone()).unwrap_or_default();
                lines.at(span.start, not_toml(text, error.message()))
            })
            .collect();
        in_order(&mut errors);
        Err(InputError::Invalid(errors))
    }

    /// File that it is.
    pub fn file(&self) -> &str {
        self.source.file
    }

    /// The top-level table.
    pub fn root(&self) -> Table<'_> {
        Table { document: self, entries: self.root.get_ref(), path: String::new(), at: 0 }
    }

    /// Mistakes so far, in the order of the file.
    pub fn into_errors(self) -> Vec<Diagnostic> {
        let mut errors = self.errors.into_inner();
        in_order(&mut errors);
        errors
    }

    fn report(&self, offset: usize, message: impl Into<String>) {
        self.errors.borrow_mut().push(self.lines.at(offset, message));
    }
}

/// A mistake of syntax: the text that it is about, which may be none, and what the parser says of it.
fn not_toml(text: &str, message: &str) -> String {
    match text {
        "" if message.starts_with("string values must be quoted") => {
            "this is not TOML: the value is missing".to_owned()
        }
        "" => format!("this is not TOML: {message}"),
        _ => format!("this is not TOML: {text:?}: {message}"),
    }
}

/// One table of a [`Document`].
pub struct Table<'d> {
    document: &'d Document<'d>,
    entries: &'d DeTable<'d>,
    path: String,
    at: usize,
}

/// One value of a [`Table`].
pub struct Value<'d> {
    document: &'d Document<'d>,
    value: &'d Spanned<DeValue<'d>>,
    path: String,
}

impl<'d> Table<'d> {
    /// The value of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<Value<'d>> {
        let value = self.entries.get(key)?;
        Some(Value { document: self.document, value, path: self.path_of(key) })
    }

    /// The value of a key; a mistake where it is not there.
    pub fn require(&self, key: &str) -> Option<Value<'d>> {
        let value = self.get(key);
        if value.is_none() {
            self.report(format!("{} is missing", self.path_of(key)));
        }
        value
    }

    /// Where the table is.
    pub fn place(&self) -> Place {
        self.document.lines.place(self.at)
    }

    /// Keys in the order of the file, with their places.
    pub fn keys(&self) -> Vec<(&'d str, usize)> {
        let mut keys: Vec<_> =
            self.entries.keys().map(|key| (key.get_ref().as_ref(), key.span().start)).collect();
        keys.sort_by_key(|(_, at)| *at);
        keys
    }

    /// The texts of those of `keys` that are there, as CSV cells would have them, with their places.
    pub fn cells<'k>(&self, keys: &[&'k str]) -> BTreeMap<&'k str, (String, Place)> {
        let cell = |key: &'k str| {
            let value = self.get(key)?;
            Some((key, (value.text()?.trim().to_owned(), value.place())))
        };
        keys.iter().filter_map(|key| cell(key)).collect()
    }

    /// Reports every key that is not among `known`.
    pub fn allow(&self, known: &[&str]) {
        let what = if self.path.is_empty() { "key".into() } else { format!("{} key", self.path) };
        self.allow_by(|key| (!known.contains(&key)).then(|| unknown(&what, key, known)));
    }

    /// Reports what is wrong with each key.
    pub fn allow_by(&self, wrong: impl Fn(&str) -> Option<String>) {
        for (key, at) in self.keys() {
            if let Some(message) = wrong(key) {
                self.document.report(at, message);
            }
        }
    }

    /// Reports a mistake of the table as a whole.
    pub fn report(&self, message: impl Into<String>) {
        self.document.report(self.at, message);
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl<'d> Value<'d> {
    /// Where the value is.
    pub fn place(&self) -> Place {
        self.document.lines.place(self.offset())
    }

    /// File that the value is in.
    pub fn file(&self) -> &'d str {
        self.document.source.file
    }

    fn offset(&self) -> usize {
        self.value.span().start
    }

    /// Reports a mistake at the value: `path = value, but must be ALLOWED`.
    pub fn refuse(&self, allowed: &str) {
        let raw: String = self.raw().lines().next().unwrap_or_default().chars().take(60).collect();
        self.document.report(self.offset(), format!("{} is {raw}, but must be {allowed}", self.path));
    }

    /// Reports a mistake at the value.
    pub fn report(&self, message: impl Into<String>) {
        self.document.report(self.offset(), message);
    }

    /// The value as it stands in the file.
    fn raw(&self) -> &'d str {
        self.document.source.text.get(self.value.span()).unwrap_or_default()
    }

    /// A string or a number as text, as a CSV cell would have it.
    pub fn text(&self) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(_) => Some(self.raw().to_owned()),
            DeValue::Float(_) => Some(never_open(self.raw().to_owned())),
            _ => {
                self.refuse("a string or a number");
                None
            }
        }
    }

    /// A string that can be shown on a terminal.
    pub fn string(&self) -> Option<String> {
        let DeValue::String(text) = self.value.get_ref() else {
            self.refuse("a string");
            return None;
        };
        if text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
            self.refuse("a string without control characters");
            return None;
        }
        Some(text.to_string())
    }

    /// A number in a range.
    pub fn number(&self, allowed: &str, is_allowed: impl Fn(f64) -> bool) -> Option<f64> {
        let value = match self.value.get_ref() {
            DeValue::Integer(_) | DeValue::Float(_) => super::quantity::number(self.raw()),
            _ => None,
        };
        let value = value.filter(|&value| is_allowed(value));
        if value.is_none() {
            self.refuse(allowed);
        }
        value
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.refuse("true or false");
                None
            }
        }
    }

    /// One of a set of words.
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.string()?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            self.document.report(self.offset(), unknown(&self.path, &text, &names));
        }
        found
    }

    /// A list of strings, or a string as a list of one.
    pub fn strings_or_one(&self) -> Option<Vec<String>> {
        let is_one = matches!(self.value.get_ref(), DeValue::String(_));
        if is_one { self.string().map(|it| vec![it]) } else { self.strings() }
    }

    /// A list of strings.
    pub fn strings(&self) -> Option<Vec<String>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            self.refuse("a list of strings");
            return None;
        };
        let all: Vec<Option<String>> = items
            .iter()
            .map(|value| Value { document: self.document, value, path: self.path.clone() }.string())
            .collect();
        all.into_iter().collect()
    }

    /// A table, or nothing without a mistake.
    pub fn as_table(&self) -> Option<Table<'d>> {
        match self.value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table { document: self.document, entries, path: self.path.clone(), at: self.offset() })
            }
            _ => None,
        }
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'d>> {
        let table = self.as_table();
        if table.is_none() {
            self.refuse("a table");
        }
        table
    }

    /// Whether it is a list without entries.
    pub fn is_empty(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(items) if items.is_empty())
    }

    /// A list of tables, as `[[name]]` makes it.
    pub fn tables(&self) -> Vec<Table<'d>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            self.refuse(&format!("a list of tables, written as [[{}]]", self.path));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|value| Value { document: self.document, value, path: self.path.clone() }.table())
            .collect()
    }
}
