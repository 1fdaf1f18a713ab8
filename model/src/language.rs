//! Languages: what a handler's own code takes in one, whatever its libraries.

use crate::figure::Figure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A programming language. Two of one name are the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Language {
    /// The id that profiles and workloads use.
    pub name: String,
    /// For people.
    pub title: String,
    /// CPU of own code over what the same code takes in CPython; its range is the spread over programs.
    pub own_code: Figure,
    /// The same over another language, by its name, where that is known better than by way of CPython.
    pub own_code_over: BTreeMap<String, Figure>,
    /// Working days for one average feature; `None` where not known.
    pub days_per_feature: Option<Figure>,
}

/// Which end of the range of own code to plan at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEnd {
    /// The best estimate.
    Best,
    /// The language as fast as it may be.
    Low,
    /// The language as slow as it may be.
    High,
}

/// What is known of own code in one language over another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OwnCode<'l> {
    /// It is the same language, and the code does not change.
    Same,
    /// Measured by a spike: own code took this many times less CPU.
    Spike(f64),
    /// A range of its own.
    Over(&'l Figure),
    /// One of the other language over this one.
    Under(&'l Figure),
    /// Both over CPython.
    Quotient(&'l Figure, &'l Figure),
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl From<&str> for Language {
    /// One that runs own code as CPython does, with nothing else known of it.
    fn from(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            own_code: Figure::left_out(1.0),
            own_code_over: BTreeMap::new(),
            days_per_feature: None,
        }
    }
}

/// The figures of a language by name: references of the kind that the language itself is given by.
macro_rules! list_figures {
    ($language:expr) => {{
        let Language { own_code, own_code_over, days_per_feature, .. } = $language;
        let over =
            own_code_over.into_iter().map(|(other, figure)| (format!("own code over {other}"), figure));
        let days = days_per_feature.into_iter().map(|figure| ("a feature".to_owned(), figure));
        std::iter::once(("own code".to_owned(), own_code)).chain(over).chain(days).collect()
    }};
}

impl Language {
    /// Every figure with its name.
    pub fn figures(&self) -> Vec<(String, &Figure)> {
        list_figures!(self)
    }

    /// The same, to be changed.
    pub fn figures_mut(&mut self) -> Vec<(String, &mut Figure)> {
        list_figures!(self)
    }

    /// What is known of own code in this language over another one.
    pub fn own_code_over<'l>(&'l self, other: &'l Self) -> OwnCode<'l> {
        if self == other {
            return OwnCode::Same;
        }
        let over = self.own_code_over.get(&other.name).map(OwnCode::Over);
        let under = || other.own_code_over.get(&self.name).map(OwnCode::Under);
        over.or_else(under).unwrap_or(OwnCode::Quotient(&self.own_code, &other.own_code))
    }
}

impl<'l> OwnCode<'l> {
    /// f: its CPU over that in the other language, at an end of what is known.
    pub fn at(self, end: RangeEnd) -> f64 {
        let low = |figure: &Figure| match end {
            RangeEnd::Best => figure.value,
            RangeEnd::Low => figure.low,
            RangeEnd::High => figure.high,
        };
        let high = |figure: &Figure| match end {
            RangeEnd::Best => figure.value,
            RangeEnd::Low => figure.high,
            RangeEnd::High => figure.low,
        };
        match self {
            Self::Same => 1.0,
            Self::Spike(times_less) => 1.0 / times_less,
            Self::Over(ours) => low(ours),
            Self::Under(theirs) => 1.0 / high(theirs),
            Self::Quotient(ours, theirs) => low(ours) / high(theirs),
        }
    }

    /// The figures that it is made of.
    pub fn figures(self) -> Vec<&'l Figure> {
        match self {
            Self::Same | Self::Spike(_) => vec![],
            Self::Over(one) | Self::Under(one) => vec![one],
            Self::Quotient(ours, theirs) => vec![ours, theirs],
        }
    }
}
