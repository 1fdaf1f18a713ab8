//! Pipelines as flat records: one a way and consumer, numbers in full precision.

use super::pipeline::{notes, sentence, stages};
use serde::Serialize;
use tonnage_model::decide::terms::Terms;
use tonnage_model::plan::Plan;
use tonnage_model::scenario::pipeline::{
    Blocked, Consumer, Hop, PipelineVerdict, StageOption, StageOptionOrNot, Study,
};

/// Which way a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WayName {
    /// The cheapest of all.
    Cheapest,
    /// Each stage in the runtime that it runs in today.
    Today,
    /// All stages in one runtime.
    OneRuntime,
}

/// One consumer of one way to run a pipeline; a way that is none has one record, with the reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsumerRecord {
    /// Pipeline.
    pub pipeline: String,
    /// StageOption.
    pub way: WayName,
    /// Position in the way, from 1.
    pub consumer: Option<usize>,
    /// Names of its stages, with `+` in between.
    pub stages: Option<String>,
    /// Runtime.
    pub runtime: Option<String>,
    /// Whether the way has a plan.
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
    /// CPU of an event that it reads, with all that its stages do for it, on this machine type, s.
    pub cpu_seconds_per_event: Option<f64>,
    /// I/O wait of such an event, s.
    pub io_wait_seconds_per_event: Option<f64>,
    /// Events/s that it reads at peak.
    pub peak_events_per_second: Option<f64>,
    /// Share of the vCPUs busy at peak, all instances up.
    pub utilization_at_peak: Option<f64>,
    /// p99 at peak from reaching this consumer to done there, s.
    pub p99_seconds: Option<f64>,
    /// Partitions that its topic needs.
    pub partitions_required: Option<u64>,
    /// Machines, USD a month.
    pub compute_usd_per_month: Option<f64>,
    /// Traffic between zones of what it reads and writes, USD a month.
    pub traffic_usd_per_month: Option<f64>,
    /// Both, USD a month.
    pub usd_per_month: Option<f64>,
    /// What set the number of instances.
    pub bound_by: Option<String>,
}

/// What to do about one pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PipelineRecord {
    /// Pipeline.
    pub pipeline: String,
    /// What to do.
    pub verdict: PipelineVerdict,
    /// The verdict in words.
    pub sentence: String,
    /// Bill of what the verdict chooses, machines and traffic, USD a month.
    pub usd_per_month: Option<f64>,
    /// Bill of the cheapest way, USD a month.
    pub cheapest_usd_per_month: Option<f64>,
    /// Bill in today's runtimes, USD a month.
    pub today_usd_per_month: Option<f64>,
    /// The cheapest runtime for all stages.
    pub one_runtime: Option<String>,
    /// Its bill, USD a month.
    pub one_runtime_usd_per_month: Option<f64>,
    /// What the verdict saves against today's runtimes, USD a month.
    pub saves_usd_per_month: Option<f64>,
    /// What the cheapest way saves against the cheapest runtime alone, USD a month.
    pub mixing_saves_usd_per_month: Option<f64>,
    /// Languages of the cheapest way.
    pub languages: Vec<String>,
    /// Topics between the consumers of the cheapest way.
    pub hops: Vec<Hop>,
    /// What to know of these figures.
    pub notes: Vec<String>,
}

/// All that `--format json` prints of pipelines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PipelineRecords {
    /// One for every way and consumer.
    pub consumers: Vec<ConsumerRecord>,
    /// One for every pipeline.
    pub pipelines: Vec<PipelineRecord>,
}

/// Flattens studies.
pub fn records(studies: &[Study<'_>], terms: Terms) -> PipelineRecords {
    PipelineRecords {
        consumers: studies.iter().flat_map(consumers).collect(),
        pipelines: studies.iter().map(|study| pipeline(study, terms)).collect(),
    }
}

fn pipeline(study: &Study<'_>, terms: Terms) -> PipelineRecord {
    let bill = |way: &StageOptionOrNot<'_>| way.as_ref().ok().map(StageOption::usd_per_month);
    let cheapest = study.cheapest.as_ref().ok();
    let one = study.cheapest_in_one_runtime();
    let one_bill = one.map(|(_, way)| way.usd_per_month());
    let chosen = study.chosen().map(StageOption::usd_per_month);
    let languages = cheapest.into_iter().flat_map(StageOption::languages).map(str::to_owned);
    PipelineRecord {
        pipeline: study.pipeline.name.clone(),
        verdict: study.verdict,
        sentence: sentence(study, terms),
        usd_per_month: chosen,
        cheapest_usd_per_month: bill(&study.cheapest),
        today_usd_per_month: bill(&study.today),
        one_runtime: one.map(|(runtime, _)| runtime.name.clone()),
        one_runtime_usd_per_month: one_bill,
        saves_usd_per_month: bill(&study.today).zip(chosen).map(|(today, chosen)| today - chosen),
        mixing_saves_usd_per_month: one_bill.zip(bill(&study.cheapest)).map(|(one, mix)| one - mix),
        languages: languages.collect(),
        hops: cheapest.map(|way| way.hops(&study.links)).unwrap_or_default(),
        notes: notes(study),
    }
}

fn consumers(study: &Study<'_>) -> Vec<ConsumerRecord> {
    let mut ways = vec![(WayName::Cheapest, None, &study.cheapest), (WayName::Today, None, &study.today)];
    let of_runtimes = study.in_one_runtime.iter();
    ways.extend(of_runtimes.map(|(runtime, way)| (WayName::OneRuntime, Some(runtime.name.as_str()), way)));
    let mut records = Vec::new();
    for (name, runtime, way) in ways {
        match way {
            Ok(way) => records.extend((1..).zip(&way.consumers).map(|(number, consumer)| ConsumerRecord {
                consumer: Some(number),
                stages: Some(stages(study, consumer).join("+")),
                ..record(study, name, consumer)
            })),
            Err(reasons) => records.push(none(study, name, runtime, reasons)),
        }
    }
    records
}

fn record(study: &Study<'_>, way: WayName, consumer: &Consumer<'_>) -> ConsumerRecord {
    let plan: &Plan<'_> = &consumer.plan;
    ConsumerRecord {
        runtime: Some(plan.runtime.name.clone()),
        feasible: true,
        reason: None,
        provider: Some(plan.machine.provider.clone()),
        region: Some(plan.machine.region.clone()),
        instance_type: Some(plan.machine.instance_type.clone()),
        instances: Some(plan.size.instances),
        workers_per_instance: Some(plan.workers_per_instance()),
        cpu_seconds_per_event: Some(plan.service_seconds()),
        io_wait_seconds_per_event: Some(plan.sizing.wait_seconds),
        peak_events_per_second: Some(plan.sizing.peak_rate),
        utilization_at_peak: Some(plan.size.utilization_at_peak),
        p99_seconds: Some(plan.size.p99_seconds).filter(|p99| p99.is_finite()),
        partitions_required: plan.size.partitions_required,
        compute_usd_per_month: Some(plan.usd_per_month),
        traffic_usd_per_month: Some(consumer.traffic_usd_per_month()),
        usd_per_month: Some(consumer.usd_per_month()),
        bound_by: Some(plan.size.bound_by.to_string()),
        ..none(study, way, None, &[])
    }
}

/// A way that is none.
fn none(study: &Study<'_>, way: WayName, runtime: Option<&str>, reasons: &[Blocked]) -> ConsumerRecord {
    let reason = reasons.iter().map(Blocked::to_string).collect::<Vec<_>>().join("; ");
    ConsumerRecord {
        pipeline: study.pipeline.name.clone(),
        way,
        consumer: None,
        stages: None,
        runtime: runtime.map(str::to_owned),
        feasible: false,
        reason: Some(reason),
        provider: None,
        region: None,
        instance_type: None,
        instances: None,
        workers_per_instance: None,
        cpu_seconds_per_event: None,
        io_wait_seconds_per_event: None,
        peak_events_per_second: None,
        utilization_at_peak: None,
        p99_seconds: None,
        partitions_required: None,
        compute_usd_per_month: None,
        traffic_usd_per_month: None,
        usd_per_month: None,
        bound_by: None,
    }
}
