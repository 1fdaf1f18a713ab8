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
pub const MEASURED: [(&str, &str); 5] = files![
    "profiles/runtimes/python-aiokafka.toml",
    "profiles/runtimes/python-confluent.toml",
    "profiles/runtimes/go-kafka-go.toml",
    "profiles/runtimes/go-franz.toml",
    "profiles/runtimes/rust-rdkafka.toml"
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tonnage_model::catalog::HANDLER_KINDS;
    use tonnage_model::runtime::Evidence;
    use tonnage_model::workload::REFERENCE_RUNTIME;

    #[test]
    fn everything_embedded_is_in_order() {
        for catalog in [measured().unwrap(), published().unwrap()] {
            assert_eq!(catalog.runtimes[0].name, REFERENCE_RUNTIME);
        }
        // 3, 4, 7, 13, 23, 12 and 12 sizes of 0.25, 0.5, 1, 2, 4, 8 and 16 vCPUs.
        assert_eq!(serverless_prices().unwrap().machines().value.len(), 74);
    }

    #[test]
    fn what_is_published_goes_by_the_name_of_what_is_measured() {
        let measured = measured().unwrap();
        for runtime in published().unwrap().runtimes {
            assert_eq!(runtime.provenance.kind, Evidence::Published);
            assert!(measured.runtime(&runtime.name).is_some(), "{}", runtime.name);
        }
    }

    #[test]
    fn every_kind_of_handler_is_measured() {
        let expected: BTreeSet<&str> = HANDLER_KINDS.into_iter().collect();
        for ((file, _), runtime) in MEASURED.iter().zip(measured().unwrap().runtimes) {
            assert_eq!(*file, format!("profiles/runtimes/{}.toml", runtime.name));
            assert_eq!(runtime.provenance.kind, Evidence::Measured);
            let kinds: BTreeSet<&str> = runtime.cpu.handler.keys().map(String::as_str).collect();
            assert_eq!(kinds, expected, "{file}");
        }
    }

    /// The published figure comes out again at the published event size.
    #[test]
    fn published_cost_of_an_event() {
        let catalog = published().unwrap();
        let published = [
            ("python-aiokafka", 0.95 / 45e3),
            ("go-kafka-go", 0.72 * 16.0 / 847e3),
            ("rust-rdkafka", 0.58 * 16.0 / 1.12e6),
        ];
        for (name, core_seconds) in published {
            let cpu = &catalog.runtime(name).unwrap().cpu;
            let cost = cpu.consume.at(1200.0) + cpu.handler["decode"].at(1200.0);
            assert!((cost / core_seconds - 1.0).abs() < 1e-3, "{name}: {cost} {core_seconds}");
        }
    }
}
