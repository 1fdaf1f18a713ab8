//! The profiles that are built into the program, so that it works from any folder.

use super::serverless;
use crate::input::diagnostic::{InputError, Source};
use crate::input::profiles;
use tonnage_model::catalog::Catalog;
use tonnage_model::cost::serverless::Serverless;
use tonnage_model::language::Language;

/// Files of the repository with their contents.
macro_rules! files {
    ($($path:literal),+) => { [$(($path, include_str!(concat!("../../../", $path)))),+] };
}

/// Profiles that this project measured, by file name: the default.
pub const MEASURED: [(&str, &str); 8] = files![
    "profiles/runtimes/python-aiokafka.toml",
    "profiles/runtimes/python-confluent.toml",
    "profiles/runtimes/go-kafka-go.toml",
    "profiles/runtimes/go-franz.toml",
    "profiles/runtimes/rust-rdkafka.toml",
    "profiles/runtimes/java-kafka-clients.toml",
    "profiles/runtimes/java-kafka-clients-virtual.toml",
    "profiles/runtimes/node-kafkajs.toml"
];

/// Profiles out of a published benchmark, by file name. They are called as measured ones are, so that a workload
/// can be planned with either.
pub const PUBLISHED: [(&str, &str); 3] = files![
    "profiles/runtimes/published/python-aiokafka.toml",
    "profiles/runtimes/published/go-kafka-go.toml",
    "profiles/runtimes/published/rust-rdkafka.toml"
];

/// Languages by file name.
pub const LANGUAGES: [(&str, &str); 5] = files![
    "profiles/languages/go.toml",
    "profiles/languages/java.toml",
    "profiles/languages/node.toml",
    "profiles/languages/python.toml",
    "profiles/languages/rust.toml"
];

/// Prices of tasks and functions, by file name.
pub const SERVERLESS: (&str, &str) = files!["profiles/machines/serverless.toml"][0];

/// The runtimes that this project measured; no machines.
pub fn measured() -> Result<Catalog, InputError> {
    catalog(&MEASURED)
}

/// The runtimes of the published benchmark; no machines.
pub fn published() -> Result<Catalog, InputError> {
    catalog(&PUBLISHED)
}

fn catalog(files: &[(&str, &str)]) -> Result<Catalog, InputError> {
    let mut catalog = Catalog { languages: languages()?, ..Catalog::default() };
    for &(file, text) in files {
        catalog.add_runtime(profiles::read(Source { file, text }, &catalog.languages)?);
    }
    Ok(catalog)
}

/// All embedded languages.
pub fn languages() -> Result<Vec<Language>, InputError> {
    LANGUAGES.into_iter().map(|(file, text)| profiles::read_language(Source { file, text })).collect()
}

/// The embedded prices of tasks and functions.
pub fn serverless_prices() -> Result<Serverless, InputError> {
    let (file, text) = SERVERLESS;
    serverless::read(Source { file, text })
}
