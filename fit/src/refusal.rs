//! Samples that no profile can be made of.

use crate::estimate::Estimate;

/// Why samples were not fitted. Better none than a profile that says what was not measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Not one row to learn from.
    #[error(
        "no sample of work on one core: that takes rows with events_per_second above 0, cores_used and event_bytes, \
         and cores = 1 or empty"
    )]
    NoWork,
    /// A sample in which work costs nothing.
    #[error(
        "line {line}: {cores_used} cores used are not more than the {idle} of an idle process, so that an event \
         would cost nothing"
    )]
    NotAboveIdle {
        /// Where it is.
        line: usize,
        /// What it says.
        cores_used: f64,
        /// Mean of the idle samples, cores.
        idle: f64,
    },
    /// A figure that hardly any sample favors of.
    #[error("only {samples} of the samples speak of {figure:?}; at least {least} have to")]
    FewFor {
        /// The figure.
        figure: String,
        /// How many do.
        samples: usize,
        /// How many have to.
        least: usize,
    },
    /// Hardly more equations than unknowns.
    #[error(
        "{samples} samples are too few for {figures} figures: at least {} are needed, two more than figures",
        figures + 2
    )]
    TooFew {
        /// Samples of work on one core.
        samples: usize,
        /// Figures that they hold.
        figures: usize,
    },
    /// A figure that always comes along with others.
    #[error(
        "{figure:?} cannot be told from the other figures: what it counts changes only along with what they count; \
         add samples where it does not, or leave its column out"
    )]
    Inseparable {
        /// The figure.
        figure: String,
    },
    /// Nothing is left for an event beside the fetch.
    #[error(
        "the cost of a fetch explains all CPU, and nothing is left for an event: the rates are too low to show what one costs; add \
         samples at a higher rate, or of a consumer that drains a backlog (backlog = true)"
    )]
    OnlyFetch,
    /// A cost that is negative beyond doubt.
    #[error(
        "negative cost: {figure:?} comes out at {:.3} {unit} (95 % interval {:.3} to {:.3}), so the samples do not \
         add up as the model says",
        estimate.value,
        estimate.low,
        estimate.high
    )]
    Negative {
        /// The figure.
        figure: String,
        /// Its interval.
        estimate: Estimate,
        /// The estimate's unit.
        unit: &'static str,
    },
    /// A fit that explains too little.
    #[error(
        "poor fit: R2 is {r_squared:.3}, but must be at least {least}; residuals are typically {:.1} %, the largest \
         {} in line {line}",
        typical * 100.0,
        signed(*largest)
    )]
    Poor {
        /// 1 - SSR/SST, of relative errors.
        r_squared: f64,
        /// What it has to be.
        least: f64,
        /// Standard error of the residuals, as a share of what was measured.
        typical: f64,
        /// Largest residual, as a share of what was measured.
        largest: f64,
        /// Where that is.
        line: usize,
    },
}

/// A share as a percentage with its sign, to a tenth.
pub fn signed(share: f64) -> String {
    format!("{:+.1} %", share * 100.0)
}
