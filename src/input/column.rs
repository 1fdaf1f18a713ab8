//! A column of a workload file: what it is called, what its cells hold, and what an empty one stands for.

use super::number::Number;
use super::texts;
use super::two_readings::Marks;
use crate::of_command_line;
use std::borrow::Cow;
use tonnage_model::uncertain::inputs::Input;
use tonnage_model::workload::Workload;

/// One column of a workload file; the same name is a TOML key and, with hyphens, a flag.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What its cells hold.
    pub value: Value,
    /// What an empty cell stands for; nothing where the model has a number for that.
    if_empty: &'static str,
    /// Columns that stand for it where all of them are given.
    pub(super) instead: &'static [&'static str],
    /// What to give where nobody knows, if it is required.
    where_unknown: &'static str,
    /// Other names that people give it, each of them a mistake that is recognized.
    pub(super) aliases: &'static str,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A number, which may be a range, and the field of a workload that it is.
    Number(Number, fn(&Workload) -> Option<f64>, fn(&mut Workload, f64)),
    /// The name of something in the catalog.
    Name(Names, fn(&mut Workload, &str)),
    /// Anything else: what is allowed, and a setter that gives `None` for what is not.
    Text(&'static str, texts::Set),
}

/// Where a name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Kinds of handler.
    Handlers,
    /// Runtime profiles.
    Runtimes,
}

/// Every row has it.
pub(super) const REQUIRED: &str = "required";
/// An empty cell is what [`Workload::default`] has.
pub(super) const MODEL: &str = "";
/// Nothing is assumed for it.
pub(super) const UNKNOWN: &str = "not known";
/// What a name may be.
pub(super) const NAME_TEXT: &str = "text without control characters";

/// A column, with what an empty cell stands for.
pub(super) const fn column(
    name: &'static str,
    meaning: &'static str,
    value: Value,
    if_empty: &'static str,
) -> Column {
    let meaning = of_command_line(meaning);
    Column { name, meaning, value, if_empty, instead: &[], where_unknown: "", aliases: "" }
}

/// A name of its own in Kafka, by which imports know it.
pub(super) const fn name_in_kafka(name: &'static str, meaning: &'static str, set: texts::Set) -> Column {
    column(name, meaning, Value::Text(NAME_TEXT, set), "its name; export keda leaves it open")
}

impl Column {
    /// Other names that people give it, apart by blanks.
    pub(super) const fn or(self, aliases: &'static str) -> Self {
        Self { aliases: of_command_line(aliases), ..self }
    }

    /// Columns that stand for it where all of them are given.
    pub(super) const fn instead(self, instead: &'static [&'static str]) -> Self {
        Self { instead, ..self }
    }

    /// What to give where nobody knows.
    pub(super) const fn where_unknown(self, where_unknown: &'static str) -> Self {
        Self { where_unknown, ..self }
    }

    /// Whether it must be there.
    pub fn is_required(&self) -> bool {
        self.if_empty == REQUIRED
    }

    /// Whether it has to be there and is not, where `is_given` tells which columns are.
    pub fn is_missing(&self, is_given: impl Fn(&str) -> bool) -> bool {
        let is_replaced = !self.instead.is_empty() && self.instead.iter().all(|name| is_given(name));
        self.is_required() && !is_given(self.name) && !is_replaced
    }

    /// What may be given instead, behind what its cells may hold.
    pub fn or_else(&self) -> String {
        let instead = self.instead.join(" and ");
        if instead.is_empty() { instead } else { format!("; {}; or give {instead}", self.where_unknown) }
    }

    /// What its cells may hold, after "must be".
    pub fn allowed(&self) -> Cow<'static, str> {
        match &self.value {
            Value::Number(number, ..) => number.allowed().into(),
            Value::Name(Names::Handlers, _) => "a handler kind that a profile has".into(),
            Value::Name(Names::Runtimes, _) => {
                "the name of a runtime profile, or of a language with one alone".into()
            }
            Value::Text(allowed, _) => (*allowed).into(),
        }
    }

    /// Whether a cell may hold a text; names of the catalog are not looked up.
    pub fn takes(&self, text: &str) -> bool {
        match &self.value {
            Value::Number(number, ..) => number.read(text, Marks::default()).is_some(),
            Value::Name(..) => true,
            Value::Text(_, set) => set(&mut Workload::default(), text).is_some(),
        }
    }

    /// Whether two texts are the same value.
    pub fn is_same(&self, one: &str, other: &str) -> bool {
        let number = |text| self.number().and_then(|(number, _)| number.read(text, Marks::POINT));
        let set = |text: &str| {
            let Value::Text(_, set) = self.value else { return None };
            let mut workload = Workload::default();
            set(&mut workload, text).map(|()| workload)
        };
        one == other
            || number(one).is_some_and(|one| number(other) == Some(one))
            || set(one).is_some_and(|one| set(other) == Some(one))
    }

    /// What an empty cell stands for.
    pub fn default(&self) -> Cow<'static, str> {
        let usual = match self.number().and_then(|(_, input)| input.get(&Workload::default())) {
            Some(value) if self.if_empty == MODEL => value.to_string().into(),
            _ => self.if_empty.into(),
        };
        match self.instead {
            [] => usual,
            [one] => format!("{usual}, unless {one} is given").into(),
            all => format!("{usual}, unless {} are given", all.join(" and ")).into(),
        }
    }

    /// The number of a workload that it gives, where it gives one.
    pub fn number(&self) -> Option<(Number, Input)> {
        match self.value {
            Value::Number(number, get, set) => Some((number, Input::new(self.name, get, set))),
            _ => None,
        }
    }
}
