//! How sure an answer is, by many worlds that there may be.

use crate::capacity::constraint::Constraint;

/// What a tenth, half and nine tenths of the samples do not exceed; `None` where that is a sample without a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentiles {
    /// 10th percentile.
    pub p10: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
}

/// How sure the answer for one workload is.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// N.
    pub samples: usize,
    /// One for each runtime, in the fleet's order.
    pub runtimes: Vec<RuntimeRisk>,
    /// What moving from today's runtime to another one saves; `None` where not both are compared.
    pub moving: Option<Moving>,
}

/// One runtime in all samples.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeRisk {
    /// The runtime.
    pub runtime: String,
    /// Bill of the plan that is cheapest in each sample, USD a month; samples without a plan count as the most expensive.
    pub usd_per_month: Percentiles,
    /// Share of the samples in which there is a plan.
    pub feasible: f64,
    /// Probability that it is the runtime to choose for its bill: that none is cheaper and, where it is not today's,
    /// that today's costs more. A tie with today's is today's, as nobody moves for nothing; any other tie counts for each
    /// of those that tie, so the probabilities of all runtimes can come to more than 1.
    pub cheapest: f64,
    /// The part of that in which another runtime costs the same.
    pub tied: f64,
    /// Probability that the plan made keeps all rules; `None` where there is none. A sample in which that cannot be told
    /// does not count for it.
    pub holds: Option<f64>,
    /// The rule that it breaks in most samples, first by the order of rules, and the share of the samples.
    pub weakest: Option<(Constraint, f64)>,
}

/// Moving to another runtime in all samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Moving {
    /// The other runtime that a recommendation weighs: the one that is cheapest with its features at the best estimates,
    /// or, where none has a plan there, saves most in most samples.
    pub to: String,
    /// What it saves of what is paid, less what features cost more in it, all planned anew in each sample, USD a month.
    pub saves: Percentiles,
    /// Share of the samples in which that is worth a change and pays back the rewrite in time.
    pub worth_it: f64,
}
