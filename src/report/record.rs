//! Plans and recommendations as flat records: one a workload and runtime, numbers in full precision.

use serde::Serialize;
use tonnage_model::decide::criteria::Criterion;
use tonnage_model::decide::evidence::EvidenceSummary;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::options::Alternative;
use tonnage_model::decide::total_cost::RuntimeChange;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::Runtime;
use tonnage_model::uncertain::monte_carlo::Risk;

/// One workload in one runtime. Fields are empty where there is no plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Whether there is a plan.
    pub feasible: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Cloud.
    pub provider: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Machine type.
    pub instance_type: Option<String>,
    /// n.
    pub instances: Option<u64>,
    /// Processes, or threads of the one binary.
    pub workers_per_instance: Option<u64>,
    /// CPU of an event on this machine type, with its share of the fetch at the rate of an average member, s.
    pub cpu_seconds_per_event: Option<f64>,
    /// The part of it that is the event's share of its fetch, s; 0 where the profile does not give the fetch.
    pub fetch_seconds_per_event: Option<f64>,
    /// w, of all attempts at an event, s.
    pub io_wait_seconds_per_event: f64,
    /// L, events/s.
    pub peak_events_per_second: f64,
    /// Share of the vCPUs busy at peak, all instances up.
    pub utilization_at_peak: Option<f64>,
    /// p99 at peak, s.
    pub p99_seconds: Option<f64>,
    /// Memory that one instance needs.
    pub memory_bytes_per_instance: Option<f64>,
    /// Memory of all interpreters, binaries and stacks.
    pub runtime_overhead_bytes: Option<f64>,
    /// Partitions that the plan needs.
    pub partitions_required: Option<u64>,
    /// Bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// Bill, USD per million events.
    pub usd_per_million_events: Option<f64>,
    /// What set the number of instances.
    pub bound_by: Option<String>,
}

/// What to do about one workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecommendationRecord {
    /// Workload.
    pub workload: String,
    /// Runtime to use; none where no runtime has a plan.
    pub runtime: Option<String>,
    /// What to do.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The recommendation in words.
    pub sentence: String,
    /// Runtime that it runs in today.
    pub current_runtime: String,
    /// Today's bill, USD a month, where machine and count are given.
    pub today_usd_per_month: Option<f64>,
    /// The cheapest plan in today's runtime, USD a month.
    pub current_runtime_usd_per_month: Option<f64>,
    /// The cheapest plan in any other runtime, USD a month.
    pub other_runtime_usd_per_month: Option<f64>,
    /// That runtime.
    pub other_runtime: Option<String>,
    /// Saving of the recommendation, USD a month.
    pub saves_usd_per_month: Option<f64>,
    /// The same in engineers' days.
    pub saves_engineer_days_per_month: Option<f64>,
    /// From today's bill to the cheapest plan in today's runtime, USD a month.
    pub right_sizing_saves_usd_per_month: Option<f64>,
    /// From there to the cheapest plan in another runtime, USD a month.
    pub moving_saves_usd_per_month: Option<f64>,
    /// What rewriting in another language is worth, with features and the rewrite itself.
    pub rewrite: Option<RuntimeChange>,
    /// Reasons for and against the other runtime.
    pub criteria: Vec<Criterion>,
    /// Steps, least effort first.
    pub options: Vec<Alternative>,
    /// What this stands on.
    pub evidence: EvidenceSummary,
    /// How sure the answer is; left out where no workload has ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Where the wait of an event comes from.
    pub wait_basis: WaitBasis,
    /// What to know of the workload's figures.
    pub notes: Vec<String>,
}

/// All that `--format json` prints of a fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetRecord {
    /// One for every workload and runtime.
    pub plans: Vec<PlanRecord>,
    /// One for every workload.
    pub recommendations: Vec<RecommendationRecord>,
}

impl FleetRecord {
    /// Flattens a fleet.
    pub fn new(fleet: &Fleet<'_>) -> Self {
        Self {
            plans: fleet.entries.iter().flat_map(plans).collect(),
            recommendations: fleet.entries.iter().map(|entry| recommendation(entry, fleet)).collect(),
        }
    }
}

/// The plan records of one workload.
pub fn plans(entry: &PlannedWorkload<'_>) -> Vec<PlanRecord> {
    entry.plans.iter().map(|(runtime, plan)| PlanRecord::new(entry, runtime, plan)).collect()
}

impl PlanRecord {
    fn new(entry: &PlannedWorkload<'_>, runtime: &Runtime, plan: &Result<Plan<'_>, NoPlan>) -> Self {
        let found = plan.as_ref().ok();
        let machine = found.map(|plan| plan.machine);
        let size = found.map(|plan| &plan.size);
        Self {
            workload: entry.problem.workload.name.clone(),
            runtime: runtime.name.clone(),
            feasible: plan.is_ok(),
            reason: plan.as_ref().err().map(ToString::to_string),
            provider: machine.map(|machine| machine.provider.clone()),
            region: machine.map(|machine| machine.region.clone()),
            instance_type: machine.map(|machine| machine.instance_type.clone()),
            instances: size.map(|size| size.instances),
            workers_per_instance: found.map(Plan::workers_per_instance),
            cpu_seconds_per_event: found.map(Plan::service_seconds),
            fetch_seconds_per_event: found.map(Plan::fetch_seconds),
            io_wait_seconds_per_event: entry.problem.today.wait_seconds,
            peak_events_per_second: entry.problem.workload.peak_rate(),
            utilization_at_peak: size.map(|size| size.utilization_at_peak),
            p99_seconds: size.map(|size| size.p99_seconds).filter(|p99| p99.is_finite()),
            memory_bytes_per_instance: size.map(|size| size.memory_bytes_per_instance),
            runtime_overhead_bytes: size.map(|size| size.runtime_overhead_bytes),
            partitions_required: match plan {
                Ok(plan) => plan.size.partitions_required,
                Err(none) => none.stuck().and_then(|stuck| stuck.partitions_required),
            },
            usd_per_month: found.map(|plan| plan.usd_per_month),
            usd_per_million_events: found.map(|plan| plan.usd_per_million_events),
            bound_by: size.map(|size| size.bound_by.to_string()),
        }
    }
}

fn recommendation(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> RecommendationRecord {
    let it = &entry.recommendation;
    RecommendationRecord {
        workload: entry.problem.workload.name.clone(),
        runtime: it.runtime.map(|runtime| runtime.name.clone()),
        verdict: it.verdict.clone(),
        sentence: super::recommendation::sentence(entry, fleet.terms),
        current_runtime: entry.problem.current.name.clone(),
        today_usd_per_month: it.today_usd_per_month,
        current_runtime_usd_per_month: it.in_current.as_ref().ok().map(|plan| plan.usd_per_month),
        other_runtime_usd_per_month: it.elsewhere.as_ref().map(|plan| plan.usd_per_month),
        other_runtime: it.elsewhere.as_ref().map(|plan| plan.runtime.name.clone()),
        saves_usd_per_month: it.saves,
        saves_engineer_days_per_month: it.saves.map(|usd| usd / fleet.terms.day_rate_usd),
        right_sizing_saves_usd_per_month: it.right_sizing_saves,
        moving_saves_usd_per_month: it.moving_saves,
        rewrite: it.rewrite.clone(),
        criteria: entry.criteria(),
        options: entry.options(),
        evidence: entry.evidence(),
        risk: entry.risk.clone(),
        wait_basis: entry.problem.today.wait_basis,
        notes: super::recommendation::notes(entry),
    }
}
