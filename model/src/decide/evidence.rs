//! What a comparison of two plans stands on, and the one measurement that would settle it.

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::search::least;
use crate::decide::unsaid::Unsaid;
use crate::decide::verdict::Verdict;
use crate::demand::event::WaitBasis;
use crate::plan::{NoPlan, Plan};
use crate::problem::Problem;
use crate::runtime::{Deployment, Evidence, Figure, Linear};

/// The figure that a decision turns on most.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceSummary {
    /// The weakest evidence among the figures that both plans are made of.
    pub weakest: Evidence,
    /// The one measurement that would settle the decision, in words; `None` where all figures are measured.
    pub measure: Option<String>,
    /// Where the plan is held at the least number of instances: how many times the CPU an event may take
    /// before the plan needs more, to a tenth; at most [`MOST_SLACK`].
    pub cpu_slack: Option<f64>,
    /// What the plans rest on of how well threads share a machine; empty where they do not.
    pub scaling: Vec<ScalingEvidence>,
}

/// How a plan turns on the scalability law of its runtime's threads.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalingEvidence {
    /// The plan's runtime.
    pub runtime: String,
    /// vCPUs that its threads share.
    pub vcpus: u32,
    /// The weaker evidence of sigma and kappa.
    pub evidence: Evidence,
    /// Instances planned, at the best estimates.
    pub instances: u64,
    /// Instances of the same machine type with both at the low ends of their ranges, in what was measured today too; `None` where no
    /// number serves.
    pub instances_at_low: Option<u64>,
    /// The same with both at the high ends.
    pub instances_at_high: Option<u64>,
}

impl ScalingEvidence {
    /// How a plan turns on sigma and kappa, where their ranges change its count, or where they are assumed for more
    /// than two vCPUs: contention on two is little whatever it is.
    pub fn of(problem: &Problem<'_>, plan: &Plan<'_>) -> Option<Self> {
        let vcpus = plan.sizing.process_vcpus();
        if plan.runtime.deployment != Deployment::Threads || vcpus < 2 {
            return None;
        }
        let (sigma, kappa) = (&plan.runtime.scaling.sigma, &plan.runtime.scaling.kappa);
        let evidence = sigma.evidence.max(kappa.evidence);
        let count = |end: fn(&Figure) -> f64| {
            let mut sizing = plan.sizing.clone();
            let over_now = problem.vcpu_now.worth_over(problem.current, end);
            sizing.worth = plan.runtime.worth_at(end, vcpus.into()) * over_now;
            sizing.count().ok().map(|count| count.instances)
        };
        let scaling = Self {
            runtime: plan.runtime.name.clone(),
            vcpus,
            evidence,
            instances: plan.count.instances,
            instances_at_low: count(|figure| figure.low),
            instances_at_high: count(|figure| figure.high),
        };
        (scaling.changes_the_count() || evidence == Evidence::Assumed && vcpus > 2).then_some(scaling)
    }

    /// Whether some value in the ranges asks for another count than was planned.
    pub fn changes_the_count(&self) -> bool {
        [self.instances_at_low, self.instances_at_high] != [Some(self.instances); 2]
    }
}

/// Slack beyond this is as good as any.
pub const MOST_SLACK: f64 = 1000.0;

/// A figure of a plan and the work that it stands for.
struct Part<'a> {
    what: &'static str,
    core_seconds: f64,
    figures: Vec<&'a Figure>,
}

/// Weighs what a verdict stands on. `in_current` is today's runtime's plan or why there is none, `elsewhere`
/// the cheapest plan in another.
pub fn evidence(
    problem: &Problem<'_>,
    verdict: &Verdict,
    in_current: Result<&Plan<'_>, &NoPlan>,
    elsewhere: Option<&Plan<'_>>,
) -> EvidenceSummary {
    let weakest = in_current
        .into_iter()
        .chain(elsewhere)
        .flat_map(|plan| figures(problem, plan))
        .map(|figure| figure.evidence)
        .max()
        .or_else(|| problem.current.figures().iter().map(|(_, figure)| figure.evidence).max())
        .unwrap_or(Evidence::Assumed);
    let current = &problem.current.name;
    let measure = match (verdict, in_current) {
        (Verdict::DependsOn(it), _) => Some(match (it.column, &it.above.to) {
            ("spike_factor", Some(to)) => HOT_PATH.replace("{}", to),
            ("service_scv", _) => format!("how spread this handler's times are in {current} (service_scv)"),
            (column, _) => column.to_owned(),
        }),
        (Verdict::Move, Ok(plan)) => elsewhere.and_then(|other| {
            heaviest_guess(problem, plan, other).or_else(|| guessed_scaling(problem, other))
        }),
        (_, Err(none)) => none.stuck().map(|stuck| today(problem, stuck.rule)),
        (_, Ok(plan)) => Some(match plan.bound_by() {
            BoundBy::Constraint(rule) => today(problem, rule),
            BoundBy::Minimum | BoundBy::Confidence => today(problem, Constraint::Cpu),
        }),
    };
    let minimal = in_current.ok().filter(|plan| plan.bound_by() == BoundBy::Minimum);
    let scaling: Vec<ScalingEvidence> = in_current
        .into_iter()
        .chain(elsewhere)
        .filter_map(|plan| ScalingEvidence::of(problem, plan))
        .collect();
    EvidenceSummary { weakest, measure, cpu_slack: minimal.map(slack), scaling }
}

/// The measurement of what runs today that tells whether a rule binds as planned.
fn today(problem: &Problem<'_>, rule: Constraint) -> String {
    let current = &problem.current.name;
    let workload = problem.workload;
    let is_measured = workload.observed_cores.is_some() || workload.utilization.is_some();
    match rule {
        Constraint::InFlight => "the handler's wall time and wait today (handler_ms, io_wait_ms)".into(),
        Constraint::Memory => format!("resident memory of one {current} process at peak"),
        Constraint::Network => "the mean size of an event on the wire (event_size)".into(),
        Constraint::Latency if Unsaid::of_wait(problem).is_some() => {
            "p99 at peak today, and that of the wait in it (io_wait_p99_ms)".into()
        }
        Constraint::Latency => {
            format!("p99 at peak today, and the spread of its handler's times in {current}")
        }
        _ if is_measured => "the busiest hour's rate over the mean (peak_factor)".into(),
        _ if workload.handler_seconds.is_some() => "the CPU cores in use today (observed_cores)".into(),
        _ if problem.today.wait_basis == WaitBasis::InferredFromCpu => {
            "the handler's wall time today (handler_ms), which gives its CPU and its wait".into()
        }
        _ => "the CPU cores in use today (observed_cores), or handler_ms".into(),
    }
}

/// `{}` stands for the runtime.
const HOT_PATH: &str = "CPU of the handler's hot path in {}, ported as a spike (spike_factor)";

/// All figures that a plan's demand and memory are made of, and those of its capacity that may decide it.
fn figures<'a>(problem: &'a Problem<'_>, plan: &Plan<'a>) -> Vec<&'a Figure> {
    let parts = parts(problem, plan).into_iter().filter(|part| part.core_seconds > 0.0);
    let scaling = &plan.runtime.scaling;
    let deciding = ScalingEvidence::of(problem, plan).map(|_| [&scaling.sigma, &scaling.kappa]);
    parts
        .flat_map(|part| part.figures)
        .chain(deciding.into_iter().flatten())
        .chain([&plan.runtime.memory.base, &plan.runtime.memory.working])
        .collect()
}

/// The measurement of how well a plan's threads share a machine, where that is not measured and changes the count.
fn guessed_scaling(problem: &Problem<'_>, plan: &Plan<'_>) -> Option<String> {
    let evidence = ScalingEvidence::of(problem, plan)?;
    let is_guessed = evidence.evidence > Evidence::Measured && evidence.changes_the_count();
    is_guessed.then(|| {
        format!("what {} takes on {} vCPUs against one (sigma, kappa)", evidence.runtime, evidence.vcpus)
    })
}

/// The greatest factor on the service time, in tenths, with which the plan's count still suffices.
fn slack(plan: &Plan<'_>) -> f64 {
    let suffices = |tenths: u64| {
        let mut slower = plan.sizing.clone();
        slower.service = slower.service.scaled(tenths as f64 / 10.0);
        slower.count().is_ok_and(|count| count.instances <= plan.count.instances)
    };
    let most = (10.0 * MOST_SLACK) as u64;
    least(11, most, |tenths| !suffices(tenths)).map_or(MOST_SLACK, |tenths| (tenths - 1) as f64 / 10.0)
}

/// The part that is not measured in both and by which two plans' demands differ most.
fn heaviest_guess(problem: &Problem<'_>, plan: &Plan<'_>, other: &Plan<'_>) -> Option<String> {
    let guessed = |part: &Part<'_>| part.figures.iter().any(|figure| figure.evidence > Evidence::Measured);
    parts(problem, plan)
        .into_iter()
        .zip(parts(problem, other))
        .filter(|(ours, theirs)| guessed(ours) || guessed(theirs))
        .map(|(ours, theirs)| ((ours.core_seconds - theirs.core_seconds).abs(), ours.what))
        .filter(|(difference, _)| *difference > 0.0)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, what)| what.replace("{}", &other.runtime.name))
}

fn parts<'a>(problem: &'a Problem<'_>, plan: &Plan<'a>) -> [Part<'a>; 6] {
    let cpu = &plan.runtime.cpu;
    let kind = cpu.handler.get(&problem.workload.handler);
    let demand = &plan.demand;
    let of = |cost: &'a Linear| [&cost.per_event, &cost.per_byte];
    [
        Part {
            what: "CPU of {} for one fetch, and the events that it brings (fetch)",
            core_seconds: plan.fetch_core_seconds(),
            figures: cpu.fetch.iter().flat_map(|it| [&it.core_seconds, &it.round_trip_seconds]).collect(),
        },
        Part {
            what: "CPU of {} to fetch and parse one of these events",
            core_seconds: demand.consume + demand.handler_kind,
            figures: std::iter::once(&cpu.consume).chain(kind).flat_map(of).collect(),
        },
        Part {
            what: HOT_PATH,
            core_seconds: demand.own_code,
            // In today's language it is what was observed, and after a spike what was measured.
            figures: problem.own_code(plan.runtime).figures(),
        },
        Part {
            what: "CPU of {} for one downstream call (io_call)",
            core_seconds: demand.io_calls,
            figures: cpu.io_call.iter().flat_map(of).collect(),
        },
        Part {
            what: "CPU of {} to write one event (produce)",
            core_seconds: demand.produce,
            figures: cpu.produce.iter().flat_map(of).collect(),
        },
        Part {
            what: "CPU and time of {} for one commit (commit)",
            core_seconds: demand.commit,
            figures: plan.runtime.commit.iter().flat_map(|it| [&it.core_seconds, &it.wait_seconds]).collect(),
        },
    ]
}
