//! What happens to a workload as its volume grows.

use super::column::{Column, Value, columns};
use super::figures::{per_day, plural, significant, usd};
use tonnage_model::capacity::infeasible::Infeasible;
use tonnage_model::plan::NoPlan;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::growth::{Forecast, GrowthEvent, Volume};

/// Something that happens: to one runtime, or to the systems that all of them call.
pub struct MilestoneRow<'a> {
    /// Over which months.
    pub forecast: &'a Forecast<'a>,
    /// When.
    pub month: u32,
    /// What, and to whom.
    pub what: What<'a>,
    /// Whether a summary has it.
    pub is_in_summary: bool,
}

/// What happens.
pub enum What<'a> {
    /// To a runtime, as volume grows.
    Grows(&'a Runtime, &'a GrowthEvent),
    /// What runs today is beyond a limit already, in words.
    Already(&'a Runtime, String),
    /// Downstream systems take no more, whatever the runtime.
    DownstreamFull,
}

/// Columns of the milestones.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<MilestoneRow<'a>>> {
    columns! { MilestoneRow<'a>, it;
        "month" ["month" Count Always], "Months from now" => it.month;
        "workload" ["workload" Word Always], "Workload" => it.workload();
        "runtime" ["runtime" Word Always], "Runtime; empty where it happens to all" => it.runtime();
        "events_per_day" ["volume" PerDay Rank(2)], "Events a day then" => it.volume().map(|it| it.events_per_day);
        "usd_per_month" ["$/month" Usd Rank(1)], "Bill from then on, USD a month; empty where there is no plan" => it.usd_per_month();
        "change", "`instances`, `machine_type`, `partitions`, `latency`, `no_plan`, `served`, `downstream`, or `already` beyond a limit today" =>
            it.kind();
        "what" ["what changes" Word Table(0)], "The same in words" =>
            if it.is_end() { Value::from(it.short()).bad() } else { it.short().into() };
        "sentence", "The same with the reason" => it.sentence();
    }
}

impl<'a> MilestoneRow<'a> {
    /// Name of the workload.
    pub fn workload(&self) -> &'a str {
        &self.forecast.problem.workload.name
    }

    /// Name of the runtime; `None` where it happens to all.
    pub fn runtime(&self) -> Option<&'a str> {
        match self.what {
            What::Grows(runtime, _) | What::Already(runtime, _) => Some(&runtime.name),
            What::DownstreamFull => None,
        }
    }

    fn usd_per_month(&self) -> Option<f64> {
        let What::Grows(runtime, _) = self.what else { return None };
        let stage = self.forecast.course(runtime)?.stages.get(self.month as usize)?;
        Some(stage.as_ref().ok()?.usd_per_month)
    }

    fn volume(&self) -> Option<&Volume> {
        self.forecast.volumes.get(self.month as usize)
    }

    fn kind(&self) -> &'static str {
        let What::Grows(_, event) = self.what else {
            return if self.is_already() { "already" } else { "downstream" };
        };
        match event {
            GrowthEvent::Instances { .. } => "instances",
            GrowthEvent::MachineType { .. } => "machine_type",
            GrowthEvent::Partitions { .. } => "partitions",
            GrowthEvent::Latency { .. } => "latency",
            GrowthEvent::NoPlan { .. } => "no_plan",
            GrowthEvent::Served { .. } => "served",
        }
    }

    /// Why there is no plan any more.
    pub fn reason(&self) -> Option<&'a NoPlan> {
        let What::Grows(_, event) = self.what else { return None };
        match event {
            GrowthEvent::Partitions { reason, .. }
            | GrowthEvent::Latency { reason }
            | GrowthEvent::NoPlan { reason } => Some(reason),
            _ => None,
        }
    }

    /// Whether a limit is reached.
    pub fn is_end(&self) -> bool {
        !matches!(self.what, What::Grows(..)) || self.reason().is_some()
    }

    /// Whether what runs today is beyond it.
    pub fn is_already(&self) -> bool {
        matches!(self.what, What::Already(..))
    }

    fn in_words(&self) -> String {
        let event = match &self.what {
            What::Grows(_, event) => event,
            What::Already(_, said) => return said.clone(),
            What::DownstreamFull => {
                let limit = self.forecast.problem.workload.outlook.downstream_max_per_second.unwrap_or(0.0);
                return format!("more than the {} calls/s that downstream systems take", significant(limit));
            }
        };
        match event {
            GrowthEvent::Instances { from, to, bound_by } => {
                let why = bound_by.map_or_else(String::new, |it| format!(" ({it})"));
                format!("{to} instead of {}{why}", from.instances)
            }
            GrowthEvent::MachineType { to, instead_of: Some((kept, bill)), .. } => {
                format!("{to}, as {kept} would cost {}", usd(*bill))
            }
            GrowthEvent::MachineType { from, to, .. } => {
                let before = from.as_ref().map_or("what runs today", |from| from.instance_type.as_str());
                format!("{to}, as {before} no longer serves")
            }
            GrowthEvent::Partitions { given, .. } => {
                let verb = if *given == 1 { "is" } else { "are" };
                format!("{} {verb} too few", plural(u64::from(*given), "partition"))
            }
            GrowthEvent::Latency { .. } => "the latency goal is out of reach".to_owned(),
            GrowthEvent::NoPlan { .. } => "no plan".to_owned(),
            GrowthEvent::Served { to } => format!("{to} serve again"),
        }
    }

    /// What happens, and what would help.
    pub fn short(&self) -> String {
        let Some(NoPlan::NoneServes { machine, reason: Infeasible::Unmet(unmet) }) = self.reason() else {
            return self.in_words();
        };
        let partitions = unmet.remedies.partitions.map(|it| format!("{it} partitions"));
        let in_flight = unmet.remedies.in_flight.map(|it| format!("in_flight {it}"));
        let all: Vec<String> = partitions.into_iter().chain(in_flight).collect();
        if all.is_empty() || unmet.remedies.goal_seconds.is_some() {
            return self.in_words();
        }
        format!("{}; on {} {} would do", self.in_words(), machine.instance_type, all.join(" or "))
    }

    /// What happens, when and why.
    pub fn sentence(&self) -> String {
        let volume = self.volume().map_or_else(String::new, |it| per_day(it.events_per_day));
        let reason = self.reason().map_or_else(String::new, |reason| format!(": {reason}"));
        format!("Month {} ({volume}): {}{reason}.", self.month, self.in_words())
    }
}
