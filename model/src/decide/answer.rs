//! What may be answered for a workload: a verdict, or the question that has to be answered first.

use crate::decide::alternative::{AlternativeKind, Machines};
use crate::decide::change::Change;

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Nothing saves enough.
    Stay,
    /// Stay with the runtime on other machines: fewer serve, or those of today fall behind at peak.
    RightSize,
    /// Stay with the language; this smaller step takes enough of what a rewrite would save.
    Alternative {
        /// Kind of step.
        step: AlternativeKind,
        /// The change, unless it is of the library.
        change: Option<Change>,
        /// The setting or library to change to.
        to: String,
        /// The machines after it.
        on: Machines,
        /// Their bill, USD a month.
        usd_per_month: f64,
    },
    /// Move to another language.
    Move,
    /// None: the answer turns on something that nobody has said.
    DependsOn(Box<DependsOn>),
    /// None: what is given of today cannot be.
    Contradictory,
    /// None: there is no plan to recommend.
    None,
}

impl Verdict {
    /// Whether it mends what falls behind with the language that it has.
    pub(super) fn mends(&self) -> bool {
        matches!(self, Self::RightSize | Self::Alternative { .. })
    }

    /// Whether another one says to do the same.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Alternative { step, to, .. },
                Self::Alternative { step: other_step, to: other_to, .. },
            ) => step == other_step && (*step != AlternativeKind::Library || to == other_to),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// A figure that a verdict turns on, and what it is on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct DependsOn {
    /// The column that says it.
    pub column: &'static str,
    /// The language, where the column has a figure for each.
    pub language: Option<String>,
    /// Where the verdict changes, in the unit of the column; `None` where that is no number.
    pub threshold: Option<f64>,
    /// Other figures that the answers turn on as well, and what both take them for.
    pub given: Vec<Given>,
    /// Whether the answers are those from an end of its range on, as far as each holds: in between it turns on another figure too.
    pub at_ends: bool,
    /// Where it is a range that is to be narrowed, the share of samples in which the plan of the step holds.
    pub holds: Option<f64>,
    /// What to do below it; in the runtime assumed or by `consumer`, where that is the question.
    pub below: Answer,
    /// What to do at the threshold, beyond which it may be something else again; in another runtime or by `partition`, where that is the
    /// question.
    pub above: Answer,
}

impl DependsOn {
    /// What no number divides: two values of a column, with an answer each.
    pub(super) fn either(column: &'static str, below: Answer, above: Answer) -> Self {
        Self {
            column,
            language: None,
            threshold: None,
            given: Vec::new(),
            at_ends: false,
            holds: None,
            below,
            above,
        }
    }
}

/// A figure that answers take for given.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The column that says it.
    pub column: &'static str,
    /// The language, where the column has a figure for each.
    pub language: Option<String>,
    /// What it is taken for, in the unit of the column; `None` where that is the runtime assumed for today.
    pub value: Option<f64>,
}

/// One of two answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What to do.
    pub verdict: Verdict,
    /// The runtime to change to.
    pub to: Option<String>,
    /// The value of the column that it is told for, in its unit; `None` where that cannot be entered.
    pub at: Option<f64>,
    /// The answer next to the threshold, where another step mends what falls behind there.
    pub nearer: Option<Box<Answer>>,
    /// The bill then, USD a month.
    pub usd_per_month: Option<f64>,
    /// What that saves of today's bill, USD a month.
    pub saves_usd_per_month: Option<f64>,
}

impl Answer {
    /// The runtime or setting that it leads to.
    pub fn leads_to(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Alternative { to, .. } => Some(to),
            _ => self.to.as_deref(),
        }
    }

    /// Whether another one is to do the same; adding machines is something else than taking some away.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let adds = |it: &Self| {
            it.verdict == Verdict::RightSize && it.saves_usd_per_month.is_some_and(|saves| saves < 0.0)
        };
        self.verdict.agrees(&other.verdict) && adds(self) == adds(other)
    }

    /// The same at a bill, USD a month, where today's may be known.
    pub(super) fn at_bill(self, usd: f64, today: Option<f64>) -> Self {
        let saves_usd_per_month = today.map(|today| today - usd);
        Self { usd_per_month: Some(usd), saves_usd_per_month, ..self }
    }
}
