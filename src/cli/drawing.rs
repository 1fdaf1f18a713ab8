//! Charts as files of their own, and drawn in the text.

use super::output::{self, Output};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use tonnage::input::workloads::Entry;
use tonnage::render::{Page, chart};
use tonnage::report::Report;
use tonnage::report::chart::Chart;
use tonnage::report::column::Value;
use tonnage::report::context::Context as MadeWith;
use tonnage::report::question::Scenario;
use tonnage::settings::setup::{Asked, Setup};

/// Where a report goes, and what is drawn beside it.
#[derive(Args)]
pub struct Drawing {
    /// Also draw a chart: FILE.svg or FILE.png, - for one in the text; with several charts NAME=FILE
    #[arg(long, value_name = "[NAME=]FILE", value_parser = target, hide_short_help = true)]
    chart: Option<Target>,
    #[command(flatten)]
    pub output: Output,
}

/// Which chart goes where.
#[derive(Debug, Clone, PartialEq)]
struct Target {
    name: Option<String>,
    to: To,
}

#[derive(Debug, Clone, PartialEq)]
enum To {
    Text,
    Svg(PathBuf),
    Png(PathBuf),
}

fn target(text: &str) -> Result<Target, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (Some(name.to_owned()), file),
        None => (None, text),
    };
    let to = match file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        _ if text == "-" => To::Text,
        Some("svg") => To::Svg(file.into()),
        Some("png") => To::Png(file.into()),
        _ => return Err("must end in .svg or .png, or be -".to_owned()),
    };
    Ok(Target { name, to })
}

impl Drawing {
    /// Whether all has to be known before anything is written.
    pub fn is_asked(&self) -> bool {
        self.chart.is_some()
    }

    /// Refuses to write over a file that is read.
    pub fn keep<'f>(&self, inputs: impl IntoIterator<Item = &'f PathBuf> + Clone) -> Result<()> {
        self.output.keep(inputs.clone())?;
        match self.chart.as_ref().map(|it| &it.to) {
            Some(To::Svg(file) | To::Png(file)) => output::keep("--chart", Some(file), inputs),
            _ => Ok(()),
        }
    }

    /// Writes a report in the format asked for, with what is drawn beside it. Charts stand in the text on a terminal, and
    /// where they are asked for there.
    pub fn report(&self, report: &dyn Report, context: &MadeWith<'_>, asked: Asked) -> Result<()> {
        let output = &self.output;
        let is_in_text = self.chart.as_ref().is_some_and(|it| it.to == To::Text);
        let page = Page { charts: output.is_on_terminal() || is_in_text, ..output.page() };
        let text = (output.format(asked)?.render)(report, context, page)?;
        self.draw(report)?;
        output.write(&text)
    }

    /// Answers a scenario, and writes that; `group` is what is told of settings beside those of the table.
    pub fn scenario(
        &self,
        command: &'static str,
        scenario: Scenario,
        setup: &Setup,
        entries: Vec<Entry>,
        group: &[(&'static str, Value<'static>)],
    ) -> Result<u8> {
        let (workloads, inputs): (Vec<_>, Vec<_>) =
            entries.into_iter().map(|entry| (entry.workload, entry.cells)).unzip();
        let mut written = Ok(());
        // What was made is known when all is planned, as only then it is known which regions had a part in it.
        let mut write = |report: &dyn Report| {
            let (inputs, scenario) = (inputs.clone(), Some(scenario.clone()));
            let mut made = MadeWith { inputs, scenario, ..setup.context(command, &workloads) };
            made.settings.extend(group.iter().cloned());
            written = self.report(report, &made, setup.format);
        };
        let has_infeasible = scenario.tell(setup, &workloads, &mut write)?;
        written?;
        Ok(setup.status(has_infeasible))
    }

    /// Draws what was asked for.
    fn draw(&self, report: &dyn Report) -> Result<()> {
        let Some(Target { name, to }) = &self.chart else { return Ok(()) };
        let charts = report.charts();
        let chart = chosen(&charts, name.as_deref())?;
        match to {
            To::Text => Ok(()),
            To::Svg(file) => Output::to(Some(file.clone())).write(&chart::file(chart)),
            To::Png(file) => {
                let picture = chart::picture(chart).with_context(|| file.display().to_string())?;
                Output::to(Some(file.clone())).write_bytes(&picture)
            }
        }
    }
}

/// The chart of a name, else the one that says most.
fn chosen<'c>(charts: &'c [Chart], name: Option<&str>) -> Result<&'c Chart> {
    let found = match name {
        None => charts.first(),
        Some(name) => charts.iter().find(|chart| chart.name == name),
    };
    let mut known: Vec<&str> = charts.iter().map(|chart| chart.name).collect();
    known.dedup();
    match (found, name) {
        (Some(chart), _) => Ok(chart),
        (None, Some(name)) if !known.is_empty() => {
            bail!("--chart: there is no chart {name:?} here, but {}", known.join(", "))
        }
        _ => bail!("--chart: there is nothing to draw here"),
    }
}
