//! JSON of any length: what a path leads to, one by one.

use super::amount::{USD, amount, is_amount, priced};
use crate::input::diagnostic::{Diagnostic, InputError, Place, without_place};
use crate::input::quantity;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

/// Stands in a path for every entry.
pub const EACH: &str = "*";

/// Takes what a path of keys leads to, one by one, and keeps nothing. A list may stand instead of the object that holds
/// it, as in pages that were put together.
pub struct Along<'a, T, F> {
    path: &'a [&'a str],
    take: &'a mut F,
    of: PhantomData<T>,
}

impl<'a, T, F: FnMut(T)> Along<'a, T, F> {
    /// Goes along a path.
    pub fn new(path: &'a [&'a str], take: &'a mut F) -> Self {
        Self { path, take, of: PhantomData }
    }

    /// The same from the second part of the path on.
    fn next<'b>(&'b mut self) -> Along<'b, T, F> {
        Along::new(self.path.get(1..).unwrap_or_default(), self.take)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Along<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            (self.take)(T::deserialize(deserializer)?);
            return Ok(());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Along<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object or a list with {}", self.path.join("."))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let wanted = self.path.first().copied().unwrap_or_default();
        while let Some(key) = map.next_key::<String>()? {
            if wanted == EACH || wanted == key {
                map.next_value_seed(self.next())?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        if self.path.first() != Some(&EACH) {
            return self.next().visit_seq(list);
        }
        while list.next_element_seed(self.next())?.is_some() {}
        Ok(())
    }
}

/// Gives what a path of keys leads to, one by one. What is wrong is told with its line, character and key.
pub fn each<'de, T: Deserialize<'de>>(
    file: &str,
    input: impl Read,
    path: &[&str],
    mut take: impl FnMut(T),
) -> Result<(), InputError> {
    let mut json = serde_json::Deserializer::from_reader(input);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = Along::new(path, &mut take).deserialize(tracked).and_then(|()| json.end());
    read.map_err(|error| {
        let place = (error.line() > 0).then(|| Place { line: error.line(), column: error.column() });
        let message = format!("{}: {}", track.path(), without_place(&error));
        Diagnostic { file: file.to_owned(), place, message }.into()
    })
}

/// A price or a part of one, a number or a text; nothing where it is 0 or not told.
pub fn usd<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let wrong = |text: &dyn fmt::Display| D::Error::custom(format!("{text} is not {USD}"));
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Number(number) => {
            number.as_f64().filter(is_amount).map(priced).ok_or_else(|| wrong(&number))
        }
        serde_json::Value::String(text) => match quantity::given(&text) {
            Some(given) => amount(given).map(priced).ok_or_else(|| wrong(&format!("{text:?}"))),
            None => Ok(None),
        },
        other => Err(wrong(&other)),
    }
}
