//! The profiles that are built into the program, so that it works from any folder.

use crate::catalog::Catalog;
use crate::input::diagnostic::{InputError, Source};
use crate::input::{machines, profiles};

/// Runtime profiles by file name.
pub const RUNTIMES: [(&str, &str); 3] = [
    (
        "profiles/runtimes/published/python-aiokafka.toml",
        include_str!("../profiles/runtimes/published/python-aiokafka.toml"),
    ),
    (
        "profiles/runtimes/published/go-kafka-go.toml",
        include_str!("../profiles/runtimes/published/go-kafka-go.toml"),
    ),
    (
        "profiles/runtimes/published/rust-rdkafka.toml",
        include_str!("../profiles/runtimes/published/rust-rdkafka.toml"),
    ),
];

/// Machine lists by file name.
pub const MACHINES: [(&str, &str); 3] = [
    ("profiles/machines/aws.csv", include_str!("../profiles/machines/aws.csv")),
    ("profiles/machines/azure.csv", include_str!("../profiles/machines/azure.csv")),
    ("profiles/machines/gcp.csv", include_str!("../profiles/machines/gcp.csv")),
];

/// All embedded runtimes; no machines.
pub fn runtimes() -> Result<Catalog, InputError> {
    let mut catalog = Catalog::default();
    for (file, text) in RUNTIMES {
        catalog.add_runtime(profiles::read(Source { file, text })?);
    }
    Ok(catalog)
}

/// All embedded machine types.
pub fn machine_types() -> Result<Vec<crate::model::machine::Machine>, InputError> {
    let mut all = Vec::new();
    for (file, text) in MACHINES {
        all.extend(machines::read(Source { file, text })?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::REFERENCE_RUNTIME;

    #[test]
    fn everything_embedded_is_in_order() {
        let catalog = runtimes().unwrap();
        assert_eq!(catalog.runtimes[0].name, REFERENCE_RUNTIME);
        assert_eq!(machine_types().unwrap().len(), 798);
    }

    /// The published figure comes out again at the published event size.
    #[test]
    fn published_cost_of_an_event() {
        let catalog = runtimes().unwrap();
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
