//! A plan that was kept: the JSON that `plan` writes, as far as two plans are compared by it.

use super::diagnostic::{Diagnostic, InputError, Lines, Place, Source, without_place};
use super::fingerprint::Fingerprints;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A plan that was kept.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SavedPlan {
    /// Version of the program that made it.
    pub version: String,
    /// Settings with their values, defaults included.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Days of the prices of each cloud.
    pub price_dates: BTreeMap<String, String>,
    /// What it was planned with; empty in files of versions that kept none.
    #[serde(default)]
    pub fingerprints: Fingerprints,
    /// The cells of each workload as they were read.
    pub inputs: Vec<BTreeMap<String, String>>,
    /// What to do about each workload.
    pub decisions: Vec<Planned>,
    /// What a plan of pods leaves out until its inputs are mended; among the decisions once it is read.
    #[serde(default)]
    pub contradicted: Vec<LeftOut>,
}

/// A workload whose inputs contradict each other.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub workload: String,
    /// The columns to look at.
    pub look_at: String,
}

/// What to do about one workload.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Planned {
    /// Its name.
    pub workload: String,
    /// Machines after the decision, in words.
    pub planned: String,
    /// Machines that run today, in words.
    #[serde(default)]
    pub today: Option<String>,
    /// Bill of these, USD a month; `None` where there is no plan or the verdict is open.
    pub usd_per_month: Option<f64>,
    /// Today's bill, USD a month.
    pub today_usd_per_month: Option<f64>,
    /// The cheapest plan in today's runtime, USD a month.
    pub current_runtime_usd_per_month: Option<f64>,
    /// Whether what runs today falls behind at peak.
    #[serde(default)]
    pub lags: bool,
    /// What to do, in a few words.
    pub action: String,
    /// The verdict as a word; `None` where today is contradictory.
    pub verdict: Option<String>,
    /// Runtime after the decision.
    pub runtime: Option<String>,
    /// Cloud of the machines.
    pub provider: Option<String>,
    /// Region of the machines.
    pub region: Option<String>,
    /// Type of the machines.
    pub instance_type: Option<String>,
    /// Number of the machines.
    pub instances: Option<u64>,
}

/// What a file says of itself before anything else of it is believed.
#[derive(Deserialize)]
struct Head {
    version: Option<String>,
    command: Option<String>,
}

impl SavedPlan {
    /// Reads one. What is no JSON, no plan of workloads, or of a newer version is an error at its place.
    pub fn read(source: Source<'_>) -> Result<Self, InputError> {
        let at = |key: &str| source.text.find(&format!("\"{key}\"")).unwrap_or(0);
        let wrong = |key: &str, message: String| InputError::from(Lines::new(source).at(at(key), message));
        let head: Head = parsed(source)?;
        match head.command.as_deref() {
            Some("plan") => {}
            Some(other) => {
                let message =
                    format!("tonnage {other} has written it, but only plans can be compared; {HOW}");
                return Err(wrong("command", message));
            }
            None => return Err(wrong("command", format!("it is no plan: it has no command; {HOW}"))),
        }
        let version = head.version.unwrap_or_default();
        match (numbers(&version), numbers(VERSION)) {
            (None, _) => {
                let message = format!("version is {version:?}, but must be one such as {VERSION}");
                return Err(wrong("version", message));
            }
            (Some(theirs), Some(ours)) if theirs > ours => {
                let message = format!(
                    "tonnage {version} has written it, and this is tonnage {VERSION}, which may misread it; compare with \
                     {version} or later"
                );
                return Err(wrong("version", message));
            }
            _ => {}
        }
        let mut plan: Self = parsed(source)?;
        for it in std::mem::take(&mut plan.contradicted) {
            let LeftOut { workload, look_at } = it;
            let (planned, action) = ("-".to_owned(), format!("check {look_at}"));
            plan.decisions.push(Planned { workload, planned, action, ..Planned::default() });
        }
        Ok(plan)
    }
}

/// How to make what can be compared.
const HOW: &str = "tonnage plan WORKLOADS --save FILE.json writes one";

/// The numbers of a version, the weightiest first.
fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('-').next()?.split('.').map(|part| part.parse().ok()).collect()
}

/// A text as a value.
fn parsed<T: DeserializeOwned>(source: Source<'_>) -> Result<T, InputError> {
    serde_json::from_str(source.text).map_err(|error| {
        let place = Place { line: error.line(), column: error.column().max(1) };
        let what = without_place(&error);
        let message = match error.is_data() {
            true => format!("it is no plan that can be compared: {what}; {HOW}"),
            false => format!("it is no JSON: {what}"),
        };
        Diagnostic { file: source.file.to_owned(), place: Some(place), message }.into()
    })
}
