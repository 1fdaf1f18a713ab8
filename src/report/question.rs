//! What a report answers, whole: from it the same report is made again, or another with an input changed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tonnage_model::catalog::Catalog;
use tonnage_model::cost::serverless::Serverless;
use tonnage_model::language::Language;
use tonnage_model::machine::Machine;
use tonnage_model::regions::{Machines, Region};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::autoscale::Autoscaler;
use tonnage_model::scenario::failure::GroupSettings;
use tonnage_model::scenario::series::Hours;

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

/// What a command puts to plans, with what it was given beside settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scenario {
    /// `explain`.
    Explain {
        /// Whether of every runtime.
        details: bool,
    },
    /// `failures`.
    Failures {
        /// The consumer group.
        group: GroupSettings,
        /// Whether in every runtime.
        details: bool,
    },
    /// `hours`.
    Hours(Box<HoursAsked>),
    /// `sweep` over months.
    Months {
        /// The last month.
        until: u32,
        /// Whether in every runtime.
        details: bool,
    },
    /// `sweep` over a column.
    Over(Range),
}

/// What `hours` was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoursAsked {
    /// How fast instances follow the rate.
    pub autoscaler: Autoscaler,
    /// Events that a call of a function takes at most.
    pub batch: u32,
    /// Prices of tasks and functions.
    pub serverless: Serverless,
    /// The rates of all workloads, instead of their own.
    pub series: Option<Hours>,
    /// Whether with all runtimes and supplies.
    pub details: bool,
}

/// A column that is moved, and its ends as they were given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The column.
    pub column: String,
    /// Where to begin.
    pub from: Option<String>,
    /// Where to end.
    pub to: Option<String>,
}

/// What a report answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// What is put to the plans; nothing where these are the answer.
    pub scenario: Option<Scenario>,
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
    /// The question about some inputs.
    pub fn of(
        scenario: Option<Scenario>,
        basis: &Basis<'_>,
        inputs: &[BTreeMap<&'static str, String>],
    ) -> Self {
        let Basis { given, catalog, listed } = basis;
        let looked_at = catalog.machines.regions().iter().filter(|region| region.made().is_some());
        let listed = |it: &Region| listed.region(Some(&it.provider), Some(&it.region));
        let owned = |cells: &BTreeMap<&'static str, String>| {
            cells.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect()
        };
        Self {
            scenario,
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
