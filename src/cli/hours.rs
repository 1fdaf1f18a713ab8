//! `tonnage hours`.

use super::drawing::Drawing;
use super::history::{HistoryFlags, ReplayFlags, needs_history};
use super::settings::flags::Flags;
use super::within::within;
use super::workload_flags::WorkloadArgs;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use tonnage::input::catalogs::embedded;
use tonnage::input::catalogs::serverless;
use tonnage::input::diagnostic::read_file;
use tonnage::input::imports::measured::history::History;
use tonnage::input::{hourly, quantity};
use tonnage::report::contradicted::{Checked, believed};
use tonnage::report::pools::export::{WithoutPods, pods, takes_several};
use tonnage::report::question::{HoursAsked, Scenario};
use tonnage::report::replay::ReplayReport;
use tonnage::settings::setup::Setup;
use tonnage::settings::uses::*;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::scenario::autoscale::Autoscaler;
use tonnage_model::workload::Workload;

/// Events of a batch: what Lambda takes from a Kafka event source unless set otherwise.
const BATCH: &str = "100";
/// What a replay has no use for.
const OF_DAYS: [&str; 6] =
    ["hourly_csv", "reaction", "scale_in_after", "function_batch", "serverless", "details"];

/// Price a day hour by hour: fixed, autoscaled, Fargate tasks and Lambda; or replay a measured week
#[derive(Args)]
#[command(mut_args(needs_history))]
#[command(mut_arg("history", |it| it.conflicts_with_all(OF_DAYS)))]
#[command(after_help = "\
Examples:
  tonnage hours workloads.csv
  tonnage hours workloads.csv --workload orders --hourly-csv rates.csv
  tonnage hours workloads.csv --history week.csv --boot 90s")]
pub struct Hours {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// Rates in even steps, CSV: hour or timestamp, and rate or events; whole days
    #[arg(long, value_name = "FILE")]
    hourly_csv: Option<PathBuf>,
    /// From a rising rate to an instance that has booted
    #[arg(long, value_name = "SPAN", default_value = minutes(Autoscaler::USUAL.reaction_seconds), value_parser = span)]
    reaction: f64,
    /// From a falling rate to an instance less
    #[arg(long, value_name = "SPAN", default_value = minutes(Autoscaler::USUAL.scale_in_seconds), value_parser = span)]
    scale_in_after: f64,
    /// Events that a call of a function takes at most
    #[arg(long, value_name = "N", default_value = BATCH, value_parser = within(quantity::whole, 1..=10_000, "a whole number from 1 to 10000"), allow_negative_numbers = true, hide_short_help = true)]
    function_batch: u32,
    /// Prices of tasks and functions, TOML, instead of the embedded ones of AWS
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    serverless: Option<PathBuf>,
    /// Show all runtimes and supplies
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    history: HistoryFlags,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    replay: ReplayFlags,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | NODES }>,
}

impl Hours {
    pub fn run(self) -> Result<u8> {
        let series = self.history.files().iter().chain(&self.hourly_csv);
        self.drawing.keep(self.workloads.files().iter().chain(series).chain(&self.serverless))?;
        let setup = self.settings.load()?;
        if let Some(history) = self.history.read()? {
            let workloads = self.workloads.read(&setup)?;
            return replay(&setup, &workloads, &history, &self.replay, &self.drawing);
        }
        let prices = match &self.serverless {
            Some(path) => read_file(path, serverless::read)?,
            None => embedded::serverless_prices().context("embedded prices of tasks and functions")?,
        };
        let series = self.hourly_csv.as_deref().map(|path| read_file(path, hourly::read)).transpose()?;
        let asked = HoursAsked {
            autoscaler: Autoscaler { reaction_seconds: self.reaction, scale_in_seconds: self.scale_in_after },
            batch: self.function_batch,
            serverless: prices,
            series,
            details: self.details,
        };
        let entries = self.workloads.read_entries(&setup)?;
        self.drawing.scenario("hours", Scenario::Hours(Box::new(asked)), &setup, entries, &[])
    }
}

/// Replays what was measured of the pods of a plan.
fn replay(
    setup: &Setup,
    workloads: &[Workload],
    history: &History,
    flags: &ReplayFlags,
    drawing: &Drawing,
) -> Result<u8> {
    let planned = Fleet { runtimes: Vec::new(), ..setup.plan(workloads)? };
    let fleet = planned.advised();
    let believed = believed(&fleet)?;
    let places = setup.pools(&believed)?;
    let (pods, without) = pods(&places, |_| true, takes_several);
    if pods.is_empty() {
        let reasons: Vec<String> = without.iter().map(WithoutPods::to_string).collect();
        bail!("nothing to replay; {}", reasons.join(" "));
    }
    let mut left_out: Vec<String> = without.iter().map(|it| format!("Left out: {it}")).collect();
    let (mut replayed, mut not_measured) = (Vec::new(), Vec::new());
    for (pod, it) in pods.iter().zip(flags.replay(&pods, history)?) {
        match it {
            Ok(it) => replayed.push(it),
            Err(Some(mistake)) => left_out.push(format!("Left out: {mistake}.")),
            Err(None) => not_measured.push(pod.workload()),
        }
    }
    let is_whole = left_out.is_empty();
    if !not_measured.is_empty() {
        left_out.push(format!("Not in the history: {}.", not_measured.join(", ")));
    }
    let report = ReplayReport::new(replayed, left_out, flags.said());
    let report = Checked::without(&report, &fleet.entries);
    drawing.report(&report, &setup.context("hours", workloads), setup.format)?;
    Ok(setup.status(!is_whole))
}

fn minutes(seconds: f64) -> String {
    format!("{}m", seconds / 60.0)
}

fn span(text: &str) -> Result<f64, String> {
    within(quantity::duration, 0.0..=86_400.0, "a span from 0s to 1d, such as 90s, 5m or 1h")(text)
}
