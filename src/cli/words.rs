//! Values of an enum by their words, as flags take them.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// One of some words, each with its value.
pub fn of_words<T: Clone + Send + Sync>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).try_map(move |word| {
        let known = words.iter().find(|(known, _)| *known == word);
        known.map(|(_, value)| value.clone()).ok_or("unknown word")
    })
}
