//! What stands in a fitted profile where nothing was measured: figures of other profiles, marked as assumed.

use tonnage_model::language::Language;
use tonnage_model::runtime::{Deployment, Evidence, Figure, Prefetch, Runtime, ScalingFigures};

/// Language of a runtime of which nothing is known.
pub const UNKNOWN_LANGUAGE: &str = "unknown";

/// Figures for whatever the samples do not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumed {
    /// Language that they are for.
    pub language: String,
    /// How runtimes of the language are deployed.
    pub deployment: Deployment,
    /// One process that does nothing, B.
    pub base: Figure,
    /// How many times what is live a collector lets the heap become.
    pub gc_factor: Figure,
    /// What a client reads ahead, as the first profile of the language says.
    pub prefetch: Option<Prefetch>,
    /// An event in flight, B.
    pub per_event: Figure,
    /// A byte of one, B.
    pub per_byte: Figure,
    /// Contention and coherency.
    pub scaling: ScalingFigures,
    /// Spread of the service time.
    pub service_scv: Figure,
}

impl Assumed {
    /// Figures for a language, out of the profile of that language; of one that has no profile, the median and
    /// the whole range of all of them.
    pub fn of(language: &str, published: &[Runtime]) -> Self {
        let own: Vec<&Runtime> =
            published.iter().filter(|runtime| runtime.language.name == language).collect();
        let from = if own.is_empty() { published.iter().collect() } else { own.clone() };
        let one = |of: fn(&Runtime) -> Option<&Figure>| assumed(&from, of);
        // Python runs one process a core and has sigma and kappa left out.
        let threads: Vec<&Runtime> =
            from.iter().copied().filter(|runtime| runtime.deployment == Deployment::Threads).collect();
        let scaling = |of: fn(&Runtime) -> Option<&Figure>| assumed(&threads, of);
        Self {
            language: language.to_owned(),
            deployment: own.first().map_or(Deployment::Threads, |runtime| runtime.deployment),
            base: one(|runtime| Some(&runtime.memory.base)),
            gc_factor: one(|runtime| Some(&runtime.memory.gc_factor)),
            prefetch: own.first().and_then(|runtime| runtime.memory.prefetch.clone()),
            per_event: one(|runtime| Some(&runtime.memory.per_in_flight_event.per_event)),
            per_byte: one(|runtime| Some(&runtime.memory.per_in_flight_event.per_byte)),
            scaling: ScalingFigures {
                sigma: scaling(|runtime| Some(&runtime.scaling.sigma)),
                kappa: scaling(|runtime| Some(&runtime.scaling.kappa)),
            },
            service_scv: one(|runtime| Some(&runtime.service_scv)),
        }
    }
}

/// The language that a runtime's name begins with, where it is one of these.
pub fn language_of(name: &str, languages: &[Language]) -> String {
    let first = name.split('-').next().unwrap_or(name);
    let is_known = languages.iter().any(|language| language.name == first);
    if is_known { first.to_owned() } else { UNKNOWN_LANGUAGE.to_owned() }
}

fn assumed(runtimes: &[&Runtime], of: fn(&Runtime) -> Option<&Figure>) -> Figure {
    let found: Vec<(&Runtime, &Figure)> =
        runtimes.iter().filter_map(|&runtime| Some((runtime, of(runtime)?))).collect();
    let names: Vec<&str> = found.iter().map(|(runtime, _)| runtime.name.as_str()).collect();
    let mut figures: Vec<&Figure> = found.iter().map(|(_, figure)| *figure).collect();
    figures.sort_by(|one, other| one.value.total_cmp(&other.value));
    let Some(middle) = figures.get(figures.len() / 2) else { return Figure::left_out(0.0) };
    Figure {
        value: middle.value,
        low: figures.iter().map(|figure| figure.low).fold(middle.low, f64::min),
        high: figures.iter().map(|figure| figure.high).fold(middle.high, f64::max),
        evidence: Evidence::Assumed,
        source: Some(format!("not measured; as in the profile{} {}", plural(names.len()), names.join(", "))),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
