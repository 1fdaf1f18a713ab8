//! What a report was made with, so that it can be made again and compared.

use super::column::Value;
use super::plan::plans::place;
use super::question::{Basis, Scenario};
use crate::input::fingerprint::Fingerprints;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::decide::fleet::Fleet;

/// What a report was made with.
#[derive(Debug, Clone, Default)]
pub struct Context<'r> {
    /// The command.
    pub command: &'static str,
    /// Settings with their values, defaults included, in the order of the table of settings.
    pub settings: Vec<(&'static str, Value<'r>)>,
    /// The days of the prices that were planned with, by cloud.
    pub price_dates: BTreeMap<String, String>,
    /// Fingerprints of the prices and profiles that were planned with.
    pub fingerprints: Fingerprints,
    /// Workloads as they were read: the text of each column.
    pub inputs: Vec<BTreeMap<&'static str, String>>,
    /// What was put to the plans; nothing where these are the answer.
    pub scenario: Option<Scenario>,
    /// What it was made of, where a page can make it again.
    pub basis: Option<Basis<'r>>,
}

impl Context<'_> {
    /// The same with the prices of no regions but those of a fleet, of all that were looked at.
    pub fn within(mut self, fleet: &Fleet<'_>) -> Self {
        let today = fleet.entries.iter().filter_map(|it| it.problem.current_machine);
        let regions: BTreeSet<String> = fleet.machines.iter().copied().chain(today).map(place).collect();
        self.fingerprints.prices.retain(|region, _| regions.contains(region));
        self
    }
}
