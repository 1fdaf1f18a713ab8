//! Languages, TOML.

use super::read::{Figures, name};
use crate::input::diagnostic::{InputError, Source};
use crate::input::toml_table::{Document, Table};
use std::collections::BTreeMap;
use tonnage_model::language::Language;
use tonnage_model::runtime::{Evidence, Figure};

/// Reads one language. All mistakes come at once.
pub fn read_language(source: Source<'_>) -> Result<Language, InputError> {
    let document = Document::parse(source)?;
    let language = language(&document.root());
    let errors = document.into_errors();
    match language {
        Some(language) if errors.is_empty() => Ok(language),
        _ => Err(InputError::Invalid(errors)),
    }
}

fn language(root: &Table<'_>) -> Option<Language> {
    root.allow(&["name", "title", "own_code", "own_code_over", "days_per_feature"]);
    let figures = Figures { kind: Evidence::Assumed };
    let name = root.require("name").and_then(|value| name(&value));
    let title = root.get("title").and_then(|value| value.string());
    let own_code = root.require("own_code").and_then(|value| figures.above_zero(&value));
    let over = root.get("own_code_over").and_then(|value| value.table());
    let own_code_over: BTreeMap<String, Figure> = over.map_or_else(BTreeMap::new, |over| {
        let entry = |key: &str| Some((key.to_owned(), figures.above_zero(&over.get(key)?)?));
        over.keys().into_iter().filter_map(|(key, _)| entry(key)).collect()
    });
    let days_per_feature = figures.optional(Some(root), "days_per_feature");
    let name = name?;
    Some(Language {
        title: title.unwrap_or_else(|| name.clone()),
        name,
        own_code: own_code?,
        own_code_over,
        days_per_feature,
    })
}
