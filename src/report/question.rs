//! What a report answers, whole: from it the same report is made again, or another with an input changed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tonnage_model::catalog::Catalog;
use tonnage_model::language::Language;
use tonnage_model::machine::Machine;
use tonnage_model::regions::{Machines, Region};
use tonnage_model::runtime::Runtime;

/// What a report was made of, beside its inputs, for as long as it is made.
#[derive(Debug, Clone)]
pub struct Basis<'r> {
    /// Settings that were given, with their texts.
    pub given: BTreeMap<String, String>,
    /// What was planned with.
    pub catalog: &'r Catalog,
    /// Its machine types before discounts.
    pub listed: &'r Machines,
}

/// What a report answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The command.
    pub command: String,
    /// The day on which it was asked.
    pub day: String,
    /// Settings that were given, with their texts.
    pub given: BTreeMap<String, String>,
    /// The text of each column of each workload.
    pub inputs: Vec<BTreeMap<String, String>>,
    /// Languages of the profiles.
    pub languages: Vec<Language>,
    /// Profiles.
    pub runtimes: Vec<Runtime>,
    /// Machine types of the regions that were looked at, at list prices.
    pub machines: Vec<Machine>,
}

impl Question {
    /// The question of a command about some inputs.
    pub fn of(command: &str, basis: &Basis<'_>, inputs: &[BTreeMap<&'static str, String>]) -> Self {
        let Basis { given, catalog, listed } = basis;
        let looked_at = catalog.machines.regions().iter().filter(|region| region.made().is_some());
        let listed = |it: &Region| listed.region(Some(&it.provider), Some(&it.region));
        let owned = |cells: &BTreeMap<&'static str, String>| {
            cells.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect()
        };
        Self {
            command: command.to_owned(),
            day: catalog.today.clone(),
            given: given.clone(),
            inputs: inputs.iter().map(owned).collect(),
            languages: catalog.languages.clone(),
            runtimes: catalog.in_use().into_iter().cloned().collect(),
            machines: looked_at.filter_map(listed).flat_map(Region::machines).cloned().collect(),
        }
    }

    /// What to plan with.
    pub fn catalog(&self) -> Catalog {
        Catalog {
            languages: self.languages.clone(),
            runtimes: self.runtimes.clone(),
            machines: self.machines.clone().into(),
            today: self.day.clone(),
            ..Catalog::default()
        }
    }

    /// Names of the workloads.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().filter_map(|cells| cells.get("name")).map(String::as_str)
    }
}
