//! What was measured over time, and pods in a replay of it.

use super::failures::RebalanceFlags;
use super::within::within;
use anyhow::Result;
use clap::{Arg, Args};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::path::PathBuf;
use tonnage::input::diagnostic::{Diagnostic, InputError};
use tonnage::input::imports::measured::history::{EvenRates, History};
use tonnage::input::quantity;
use tonnage::report::figures::span;
use tonnage::report::pools::export::Pod;
use tonnage::report::replay::Replayed;
use tonnage_model::scenario::failure::GroupSettings;
use tonnage_model::scenario::pool::replay::ReplayOf;

/// A history; without files nothing.
#[derive(Args)]
pub struct HistoryFlags {
    /// Measured rates and cores (CSV, or files of import prometheus); repeatable
    ///
    /// The CSV has the columns timestamp, workload, rate and cores; other files are called after what they hold, such as
    /// rate.json and cpu.csv.
    #[arg(long, value_name = "FILE")]
    history: Vec<PathBuf>,
    /// Label that names workloads in these files, such as consumergroup; repeatable: the first that a series has
    #[arg(long, value_name = "NAME", requires = "history", hide_short_help = true)]
    label: Vec<String>,
}

impl HistoryFlags {
    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.history
    }

    /// Reads them, where there are any.
    pub fn read(&self) -> Result<Option<History>> {
        if self.history.is_empty() {
            return Ok(None);
        }
        let history = History::read(&self.history, self.label.clone())?;
        history.notes.iter().for_each(|note| eprintln!("Note: {note}"));
        Ok(Some(history))
    }
}

/// What changes of the number of pods cost.
#[derive(Args)]
pub struct ReplayFlags {
    /// Time from a pod that is called for until its container starts: a node that boots, an image that is pulled [0s]
    #[arg(long, value_name = "TIME", value_parser = within(quantity::duration, 0.0..=3600.0, "a time with its unit, from 0s to 1h, such as 90s"), requires = "history", hide_short_help = true)]
    boot: Option<f64>,
    #[command(flatten)]
    rebalance: RebalanceFlags,
}

/// What only a replay uses where it stands beside other things.
const OF_REPLAYS: [&str; 7] = [
    "rebalance",
    "assignor",
    "node_type",
    "standby",
    "node_reserved_cores",
    "node_reserved_memory",
    "replicas_per_node",
];

/// Refuses what only a replay uses where there is none; `-h` does not show it.
pub fn needs_history(arg: Arg) -> Arg {
    match OF_REPLAYS.contains(&arg.get_id().as_str()) {
        true => arg.requires("history").hide_short_help(true),
        false => arg,
    }
}

impl ReplayFlags {
    /// The consumer group.
    pub fn group(&self) -> GroupSettings {
        self.rebalance.settings()
    }

    /// What is assumed, in words.
    pub fn said(&self) -> String {
        let GroupSettings { rebalance_seconds, assignor, .. } = self.group();
        let boot = match self.boot {
            Some(boot) => format!("after {} (--boot)", span(boot)),
            None => "at once on a node that has room (--boot)".to_owned(),
        };
        format!(
            "A pod starts {boot}, then takes its runtime's startup; each change of their number is a rebalance of {} \
             ({assignor}; --rebalance, --assignor).",
            span(rebalance_seconds)
        )
    }

    /// Replays what was measured of each workload, or gives what is wrong with that; nothing for one that was not measured.
    /// Fails where nothing can be replayed.
    pub fn replay<'p, 's, 'f, 'a>(
        &self,
        pods: &'p [Pod<'s, 'f, 'a>],
        history: &History,
    ) -> Result<Vec<Result<Replayed<'p, 's, 'f, 'a>, Option<Diagnostic>>>> {
        let names: Vec<&str> = pods.iter().map(Pod::workload).collect();
        let measured = |pod: &Pod<'s, 'f, 'a>| history.series(pod.of()).map_err(Some)?.ok_or(None);
        let all: Vec<Result<EvenRates, Option<Diagnostic>>> = pods.iter().map(measured).collect();
        if !names.is_empty() && all.iter().all(Result::is_err) {
            InputError::unless_empty(all.into_iter().filter_map(|it| it.err().flatten()).collect())?;
            return Err(history.has_none_of(&names).into());
        }
        let (group, boot_seconds) = (self.group(), self.boot.unwrap_or(0.0));
        let replayed = |(pod, measured): (&'p Pod<'s, 'f, 'a>, Result<EvenRates, Option<Diagnostic>>)| {
            let EvenRates { series, bridged, cut } = measured?;
            let study = pod.replayed(ReplayOf { series: &series, group, boot_seconds }).ok_or(None)?;
            let (hours, events, step_seconds) =
                (series.seconds() / 3600.0, series.events(), series.step_seconds());
            Ok(Replayed { pod, study, hours, events, step_seconds, bridged, cut })
        };
        let both: Vec<_> = pods.iter().zip(all).collect();
        Ok(both.into_par_iter().map(replayed).collect())
    }
}
