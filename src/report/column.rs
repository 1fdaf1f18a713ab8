//! Columns of a result, each stated once: tables, CSV, JSON and the reference pages come from it.

use super::figures;
use crate::input::number;
use crate::of_command_line;
use std::borrow::Cow;

/// One column of a result whose rows are `R`.
pub struct Column<R: ?Sized> {
    /// What it is called, what it means and where it is shown.
    pub heading: Heading,
    /// Its value in a row.
    pub value: for<'r> fn(&'r R) -> Value<'r>,
}

/// What a column is called, what it means and where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Name in CSV and JSON.
    pub name: &'static str,
    /// Title in tables, with the unit.
    pub title: &'static str,
    /// What it means, for the reference; one sentence without a full stop.
    pub meaning: &'static str,
    /// How its numbers are written for people.
    pub unit: Unit,
    /// Where it is shown.
    pub show: Show,
}

/// Where a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// In every table; a cell that repeats the one above it stays empty.
    Grouped,
    /// In every table.
    Always,
    /// In tables that are wide enough: of these columns, the highest rank goes first.
    Rank(u8),
    /// In tables alone, by its rank: CSV and JSON have what it is made of in other columns.
    Table(u8),
    /// In CSV, JSON and tables on their side, not in others.
    Data,
    /// In JSON alone: the value is long or has parts.
    Nested,
}

impl Show {
    /// Whether tables have it, where they are wide enough.
    pub const fn is_in_tables(self) -> bool {
        matches!(self, Self::Grouped | Self::Always | Self::Rank(_) | Self::Table(_))
    }
}

/// How numbers are written for people. CSV and JSON have them in full, in the unit of the column's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// No number.
    Word,
    /// A whole number.
    Count,
    /// Events that are estimated.
    Events,
    /// A plain number, three digits.
    Number,
    /// US dollars.
    Usd,
    /// US dollars an hour.
    UsdPerHour,
    /// Seconds: µs, ms, s.
    Seconds,
    /// Seconds that may be days.
    Span,
    /// Bytes of memory.
    Memory,
    /// Bytes of an event.
    EventSize,
    /// Bits a second.
    BitRate,
    /// Events or calls a second.
    Rate,
    /// Events a day.
    PerDay,
    /// A share, shown as a percentage.
    Share,
    /// Months.
    Months,
    /// One number over another.
    Ratio,
}

/// The value of a column in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'r> {
    /// Not known, or there is none.
    Missing,
    /// Words.
    Text(Cow<'r, str>),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A number; one that is not finite is empty in CSV and null in JSON.
    Number(f64),
    /// The best of its column, for tables.
    Best(Box<Value<'r>>),
    /// Something that does not work, for tables.
    Bad(Box<Value<'r>>),
    /// Several values.
    List(Vec<Value<'r>>),
    /// Parts with names.
    Parts(Vec<(&'static str, Value<'r>)>),
    /// Rows with columns of their own.
    Records(Records<'r>),
}

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Records<'r> {
    /// What they are called in JSON, such as `workloads`.
    pub name: &'static str,
    /// Columns from left to right.
    pub headings: Vec<Heading>,
    /// Rows from top to bottom, each with a value for every column.
    pub rows: Vec<Vec<Value<'r>>>,
}

/// Lists columns as a table: `"name" ["title" Unit Show], "meaning" => value;`, without the brackets for one that tables do
/// not show. The value may be anything that [`Value`] can be made of.
macro_rules! columns {
    ($row:ty, $it:ident; $(
        $name:literal $([$title:literal $unit:ident $show:ident $(($rank:literal))?])?, $meaning:literal => $value:expr;
    )+) => {
        Vec::from(const { [$({
            let heading = $crate::report::column::Heading::data($name, $meaning)$(.shown(
                $title,
                $crate::report::column::Unit::$unit,
                $crate::report::column::Show::$show$(($rank))?,
            ))?;
            $crate::report::column::Column::new(heading, |$it: &$row| ($value).into())
        }),+] })
    };
}
pub(crate) use columns;

impl<R: ?Sized> Column<R> {
    /// A column. A page writes no JSON, so its program carries no value that JSON alone has.
    pub const fn new(heading: Heading, value: for<'r> fn(&'r R) -> Value<'r>) -> Self {
        match heading.show {
            Show::Nested if cfg!(not(feature = "cli")) => Self { heading, value: |_| Value::Missing },
            _ => Self { heading, value },
        }
    }
}

impl Heading {
    /// A column that tables do not show.
    pub const fn data(name: &'static str, meaning: &'static str) -> Self {
        let meaning = of_command_line(meaning);
        Self { name, title: name, meaning, unit: Unit::Number, show: Show::Data }
    }

    /// The same with a title for tables, how its numbers are written there, and where it is shown.
    pub const fn shown(self, title: &'static str, unit: Unit, show: Show) -> Self {
        Self { title, unit, show, ..self }
    }
}

impl Show {
    /// Whether CSV has it.
    pub fn is_in_csv(self) -> bool {
        !matches!(self, Self::Table(_) | Self::Nested)
    }

    /// Whether JSON has it.
    pub fn is_in_json(self) -> bool {
        !matches!(self, Self::Table(_))
    }
}

impl From<number::Unit> for Unit {
    fn from(of_column: number::Unit) -> Self {
        match of_column {
            number::Unit::Size => Self::EventSize,
            number::Unit::Share | number::Unit::Percent => Self::Share,
            number::Unit::Mebibytes => Self::Memory,
            number::Unit::Time => Self::Seconds,
            number::Unit::PerSecond => Self::Rate,
            number::Unit::PerDay => Self::PerDay,
            number::Unit::Usd => Self::Usd,
            number::Unit::Whole => Self::Count,
            number::Unit::Plain | number::Unit::Cores | number::Unit::Days => Self::Number,
        }
    }
}

impl Unit {
    /// A number as people read it.
    pub fn figure(self, value: f64) -> String {
        if !value.is_finite() {
            return figures::UNBOUNDED.to_owned();
        }
        match self {
            Self::Word | Self::Number => figures::significant(value),
            Self::Count => figures::whole(value),
            Self::Events => figures::events(value),
            Self::Usd => figures::usd(value),
            Self::UsdPerHour => figures::hourly(value),
            Self::Seconds => figures::seconds(value),
            Self::Span => figures::span(value),
            Self::Memory => figures::memory(value),
            Self::EventSize => figures::event_size(value),
            Self::BitRate => figures::bit_rate(value),
            Self::Rate => figures::rate(value),
            Self::PerDay => figures::per_day(value),
            Self::Share => figures::percent(value),
            Self::Months => figures::amount(value, "month"),
            Self::Ratio => figures::ratio(value),
        }
    }
}

impl Value<'_> {
    /// The value as people read it, in one line.
    pub fn figure(&self, unit: Unit) -> String {
        match self {
            Self::Missing => figures::NONE.to_owned(),
            Self::Text(text) => text.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Count(count) => figures::whole(*count as f64),
            Self::Number(number) => unit.figure(*number),
            Self::Best(value) | Self::Bad(value) => value.figure(unit),
            Self::List(values) => {
                values.iter().map(|value| value.figure(unit)).collect::<Vec<_>>().join(", ")
            }
            Self::Parts(parts) => {
                parts.iter().map(|(_, value)| value.figure(unit)).collect::<Vec<_>>().join(", ")
            }
            Self::Records(records) => figures::whole(records.rows.len() as f64),
        }
    }

    /// The same value, which borrows nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Missing => Value::Missing,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Flag(flag) => Value::Flag(flag),
            Self::Count(count) => Value::Count(count),
            Self::Number(number) => Value::Number(number),
            Self::Best(value) => Value::Best(Box::new(value.into_owned())),
            Self::Bad(value) => Value::Bad(Box::new(value.into_owned())),
            Self::List(values) => Value::List(values.into_iter().map(Value::into_owned).collect()),
            Self::Parts(parts) => {
                Value::Parts(parts.into_iter().map(|(name, value)| (name, value.into_owned())).collect())
            }
            Self::Records(records) => Value::Records(records.into_owned()),
        }
    }

    /// The same value, marked as the best of its column where `is_best` holds.
    pub fn best_if(self, is_best: bool) -> Self {
        if is_best { Self::Best(Box::new(self)) } else { self }
    }

    /// The same value, marked as something that does not work.
    pub fn bad(self) -> Self {
        Self::Bad(Box::new(self))
    }
}

/// What values are made of.
macro_rules! values {
    ($($from:ty, $it:ident => $value:expr;)+) => {
        $(impl<'r> From<$from> for Value<'r> {
            fn from($it: $from) -> Self {
                $value
            }
        })+
    };
}

values! {
    &'r str, text => Self::Text(Cow::Borrowed(text));
    &'r String, text => Self::Text(Cow::Borrowed(text));
    String, text => Self::Text(Cow::Owned(text));
    bool, flag => Self::Flag(flag);
    f64, number => Self::Number(number);
    u32, count => Self::Count(u64::from(count));
    u64, count => Self::Count(count);
    usize, count => Self::Count(count as u64);
    Records<'r>, records => Self::Records(records);
}

impl<'r, T: Into<Value<'r>>> From<Vec<T>> for Value<'r> {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<'r, T: Into<Value<'r>>> From<Option<T>> for Value<'r> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}
