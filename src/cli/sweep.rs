//! `tonnage sweep`.

use super::drawing::Drawing;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Context, Result, bail};
use clap::Args;
use tonnage::input::nearest::guess;
use tonnage::input::{columns, quantity};
use tonnage::report::question::{Range, Scenario};
use tonnage::settings::uses::*;

/// What moves the volume month by month.
const MONTHS: &str = "months";

/// Move one quantity, and show what changes: months ahead, or any number of a workload
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage sweep workloads.csv --over months
  tonnage sweep workloads.csv --workload orders --over events_per_day --to 500M
  tonnage sweep workloads.csv --workload orders --over io_ratio --provider aws")]
pub struct Sweep {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// What to move: months ahead, or a column that holds a number, such as events_per_day; all else stays
    #[arg(long, value_name = "QUANTITY", value_parser = over)]
    over: Over,
    #[command(flatten)]
    ends: Ends,
    /// Show all runtimes, turning points and reasons (months)
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | TRAFFIC | WORTH }>,
}

/// What is moved.
#[derive(Clone, Copy)]
enum Over {
    Months,
    Column(&'static str),
}

/// `months`, or a column that holds a number.
fn over(text: &str) -> Result<Over, String> {
    if text == MONTHS {
        return Ok(Over::Months);
    }
    if let Some((_, input)) = columns::numbers().find(|(_, input)| input.column() == text) {
        return Ok(Over::Column(input.column()));
    }
    let known: Vec<&str> =
        std::iter::once(MONTHS).chain(columns::numbers().map(|(_, input)| input.column())).collect();
    let meant = columns::meant(text)
        .filter(|name| known.contains(name))
        .or_else(|| guess(text, known.iter().copied()));
    let hint = meant.map_or(String::new(), |name| format!("; did you mean {name:?}?"));
    Err(format!("it must be {MONTHS} or a column that holds a number{hint}"))
}

/// Ends of the range as they are given.
#[derive(Args)]
struct Ends {
    /// Where to begin [a tenth of the workload's value; io_ratio, features_per_month: 0]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    from: Option<String>,
    /// Where to end [months: 24; ten times the workload's value; io_ratio: 0.99; features_per_month: 10, or twice the
    /// workload's]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    to: Option<String>,
}

impl Ends {
    /// The last month.
    fn months(&self) -> Result<u32> {
        if self.from.is_some() {
            bail!("--from: months are counted from today; leave it out");
        }
        let Some(text) = &self.to else { return Ok(24) };
        let months = quantity::whole(text).filter(|months| *months <= 120);
        months.with_context(|| {
            format!("--to: it is {text:?}, but must be a whole number of months from 1 to 120")
        })
    }
}

impl Sweep {
    pub fn run(self) -> Result<u8> {
        self.drawing.keep(self.workloads.files())?;
        let setup = self.settings.load()?;
        let Self { workloads, over, ends, details, drawing, .. } = self;
        let (scenario, entries) = match over {
            Over::Months => {
                let until = ends.months()?;
                (Scenario::Months { until, details }, workloads.read_entries(&setup)?)
            }
            Over::Column(_) if details => bail!("--details is for --over {MONTHS}; leave it out"),
            Over::Column(column) => {
                let range = Range { column: column.to_owned(), from: ends.from, to: ends.to };
                (Scenario::Over(range), vec![workloads.read_one(&setup)?])
            }
        };
        drawing.scenario("sweep", scenario, &setup, entries, &[])
    }
}
