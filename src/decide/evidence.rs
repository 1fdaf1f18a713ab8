//! What a comparison of two plans stands on, and the one measurement that would settle it.

use crate::model::demand::WaitBasis;
use crate::model::plan::{Plan, Problem};
use crate::model::rule::{BoundBy, Rule};
use crate::model::runtime::{Evidence, Figure, Linear};
use crate::model::search::least;
use serde::Serialize;

/// The figure that a decision turns on most.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grounds {
    /// The weakest evidence among the figures that both plans are made of.
    pub weakest: Evidence,
    /// The one measurement that would settle the decision, in words; `None` where all figures are measured.
    pub measure: Option<String>,
    /// Where the plan is held at the least number of instances: how many times the CPU an event may take
    /// before the plan needs more, to a tenth; at most [`MOST_SLACK`].
    pub cpu_slack: Option<f64>,
}

/// Slack beyond this is as good as any.
pub const MOST_SLACK: f64 = 1000.0;

/// A figure of a plan and the work that it stands for.
struct Part<'a> {
    what: &'static str,
    core_seconds: f64,
    figures: Vec<&'a Figure>,
}

/// Weighs the figures behind a plan and the one it is compared with.
pub fn grounds(problem: &Problem<'_>, plan: &Plan<'_>, other: Option<&Plan<'_>>) -> Grounds {
    let plans: Vec<&Plan<'_>> = std::iter::once(plan).chain(other).collect();
    let weakest = plans
        .iter()
        .flat_map(|plan| parts(problem, plan))
        .filter(|part| part.core_seconds > 0.0)
        .flat_map(|part| part.figures)
        .map(|figure| figure.evidence)
        .chain(plans.iter().map(|plan| plan.runtime.memory.per_process.evidence))
        .max()
        .unwrap_or(Evidence::Assumed);
    let guessed_wait = problem.today.wait_basis == WaitBasis::InferredFromCpu;
    let measure = match plan.size.bound_by {
        BoundBy::Rule(Rule::Slots) if guessed_wait => {
            Some("the handler's wall time and its share of waiting (handler_ms, io_wait_ms)".into())
        }
        BoundBy::Rule(Rule::Memory) if weakest > Evidence::Measured => {
            Some(format!("resident memory of one {} process at peak", plan.runtime.name))
        }
        _ => heaviest_guess(problem, plan, other),
    };
    Grounds {
        weakest,
        measure: measure.filter(|_| weakest > Evidence::Measured || guessed_wait),
        cpu_slack: (plan.size.bound_by == BoundBy::Minimum).then(|| slack(plan)),
    }
}

/// The greatest factor on the service time, in tenths, with which the plan's count still suffices.
fn slack(plan: &Plan<'_>) -> f64 {
    let suffices = |tenths: u64| {
        let mut slower = plan.sizing.clone();
        slower.service_seconds *= tenths as f64 / 10.0;
        slower.solve().is_ok_and(|size| size.instances <= plan.size.instances)
    };
    let most = (10.0 * MOST_SLACK) as u64;
    least(11, most, |tenths| !suffices(tenths)).map_or(MOST_SLACK, |tenths| (tenths - 1) as f64 / 10.0)
}

/// The figure that is not measured and by which the plans differ most; of a plan alone, the one it costs most.
fn heaviest_guess(problem: &Problem<'_>, plan: &Plan<'_>, other: Option<&Plan<'_>>) -> Option<String> {
    let theirs = other.map(|other| parts(problem, other));
    let difference = |index: usize, part: &Part<'_>| match &theirs {
        Some(theirs) => (part.core_seconds - theirs[index].core_seconds).abs(),
        None => part.core_seconds,
    };
    let ours = parts(problem, plan);
    let guessed = |part: &Part<'_>| part.figures.iter().any(|figure| figure.evidence > Evidence::Measured);
    let runtime = &other.unwrap_or(plan).runtime.name;
    ours.iter()
        .enumerate()
        .filter(|(index, part)| {
            guessed(part) || theirs.as_ref().is_some_and(|theirs| guessed(&theirs[*index]))
        })
        .max_by(|one, other| difference(one.0, one.1).total_cmp(&difference(other.0, other.1)))
        .map(|(_, part)| part.what.replace("{}", runtime))
}

fn parts<'a>(problem: &Problem<'_>, plan: &Plan<'a>) -> [Part<'a>; 4] {
    let cpu = &plan.runtime.cpu;
    let kind = cpu.handler.get(&problem.workload.handler);
    let demand = &plan.demand;
    let of = |cost: &'a Linear| [&cost.per_event, &cost.per_byte];
    [
        Part {
            what: "CPU of {} to fetch and parse one of these events",
            core_seconds: demand.consume + demand.handler_kind,
            figures: std::iter::once(&cpu.consume).chain(kind).flat_map(of).collect(),
        },
        Part {
            what: "CPU of the handler's hot path in {}, ported as a spike (compute_factor)",
            core_seconds: demand.own_code,
            // In today's runtime it is what was observed, whatever the factor.
            figures: if plan.runtime.name == problem.current.name {
                vec![]
            } else {
                vec![&cpu.compute_factor]
            },
        },
        Part {
            what: "CPU of {} for one downstream call (io_call)",
            core_seconds: demand.io_calls,
            figures: cpu.io_call.iter().collect(),
        },
        Part {
            what: "CPU of {} to write one event (produce)",
            core_seconds: demand.produce,
            figures: cpu.produce.iter().flat_map(of).collect(),
        },
    ]
}
