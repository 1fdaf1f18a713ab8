//! `tonnage failures`.

use super::drawing::Drawing;
use super::settings::flags::Flags;
use super::within::within;
use super::words::of_words;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::input::quantity;
use tonnage::report::column::Value;
use tonnage::report::question::Scenario;
use tonnage::settings::uses::*;
use tonnage_model::scenario::failure::{Assignor, GroupSettings};

/// Show what a crash, a lost zone, a deploy, retries and a poison message do to a plan
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage failures workloads.csv
  tonnage failures workloads.csv --workload orders --assignor cooperative
  tonnage failures workloads.csv --session-timeout 10s --format csv")]
pub struct Failures {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// Show every runtime and scenario, retries and a poison message; with one workload always
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    group: GroupFlags,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | WORTH }>,
}

/// Settings of the consumer group.
#[derive(Args)]
#[command(next_help_heading = "Consumer group")]
pub struct GroupFlags {
    /// Time after which a member without heartbeats is taken for gone (session.timeout.ms) [45s]
    #[arg(long, value_name = "TIME", value_parser = span, allow_hyphen_values = true)]
    session_timeout: Option<f64>,
    #[command(flatten)]
    rebalance: RebalanceFlags,
    /// Time between two instances of a rolling deploy [0s]
    #[arg(long, value_name = "TIME", value_parser = span, allow_hyphen_values = true, hide_short_help = true)]
    deploy_pause: Option<f64>,
}

/// What a rebalance costs.
#[derive(Args)]
#[command(next_help_heading = "Consumer group")]
pub struct RebalanceFlags {
    /// Time within which all members hear of a rebalance: that between heartbeats [3s]
    #[arg(long, value_name = "TIME", value_parser = span, allow_hyphen_values = true)]
    rebalance: Option<f64>,
    /// What members do with their partitions in a rebalance: give up all (range, roundrobin), or keep those that do not
    /// move (cooperative-sticky) [eager]
    #[arg(long, value_name = "KIND", value_parser = of_words(Assignor::WORDS))]
    assignor: Option<Assignor>,
}

impl RebalanceFlags {
    /// The group with these, and what is usual beside them.
    pub fn settings(&self) -> GroupSettings {
        let default = GroupSettings::default();
        GroupSettings {
            rebalance_seconds: self.rebalance.unwrap_or(default.rebalance_seconds),
            assignor: self.assignor.unwrap_or(default.assignor),
            ..default
        }
    }
}

impl GroupFlags {
    /// The group with these, and what is usual beside them.
    pub fn settings(&self) -> GroupSettings {
        let usual = self.rebalance.settings();
        GroupSettings {
            session_timeout_seconds: self.session_timeout.unwrap_or(usual.session_timeout_seconds),
            deploy_pause_seconds: self.deploy_pause.unwrap_or(usual.deploy_pause_seconds),
            ..usual
        }
    }
}

/// A time with its unit.
pub fn span(text: &str) -> Result<f64, String> {
    within(quantity::duration, 0.0..=1e6, "a time with its unit, from 0s to 1e6s, such as 45s or 2m")(text)
}

impl Failures {
    pub fn run(self) -> Result<u8> {
        let Self { workloads, details, drawing, group, settings } = self;
        drawing.keep(workloads.files())?;
        let setup = settings.load()?;
        let group = group.settings();
        let entries = workloads.read_entries(&setup)?;
        let scenario = Scenario::Failures { group, details };
        drawing.scenario("failures", scenario, &setup, entries, &group_settings(&group))
    }
}

/// Settings of the group as JSON has them.
pub fn group_settings(group: &GroupSettings) -> Vec<(&'static str, Value<'static>)> {
    vec![
        ("session_timeout_seconds", group.session_timeout_seconds.into()),
        ("rebalance_seconds", group.rebalance_seconds.into()),
        ("assignor", group.assignor.to_string().into()),
        ("deploy_pause_seconds", group.deploy_pause_seconds.into()),
    ]
}
