//! `tonnage breakeven`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::OneWorkloadArgs;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use tonnage::input::quantity;
use tonnage::report::breakeven;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch};
use tonnage_model::workload::Workload;

#[derive(Args)]
pub struct BreakEven {
    #[command(flatten)]
    workload: OneWorkloadArgs,
    /// The quantity that is moved, all others staying
    #[arg(long, value_enum, value_name = "QUANTITY")]
    over: Over,
    /// Where to begin [events_per_day: a tenth of the workload's; io_ratio, features_per_month: 0]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    from: Option<String>,
    /// Where to end [events_per_day: ten times the workload's; io_ratio: 0.99; features_per_month: 10, or twice the
    /// workload's]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

/// [`Axis`] as a word.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Over {
    /// Volume
    EventsPerDay,
    /// Share of the handler's time that is waiting
    IoRatio,
    /// Features built a month
    FeaturesPerMonth,
}

impl Over {
    fn axis(self) -> Axis {
        match self {
            Self::EventsPerDay => Axis::EventsPerDay,
            Self::IoRatio => Axis::IoRatio,
            Self::FeaturesPerMonth => Axis::FeaturesPerMonth,
        }
    }

    /// What an end of the range may be, as in the column of the same name.
    fn allowed(self) -> &'static str {
        match self {
            Self::EventsPerDay => "a whole number of events from 1 to 1e15, such as 50M",
            Self::IoRatio => "a share from 0 to 0.9999 in steps of 0.0001, such as 0.85 or 85%",
            Self::FeaturesPerMonth => "a number from 0 to 1e6, such as 1.5",
        }
    }

    fn read(self, text: &str) -> Option<f64> {
        match self {
            Self::EventsPerDay => {
                quantity::count(text).filter(|events| (1.0..=1e15).contains(events) && events.fract() == 0.0)
            }
            Self::IoRatio => quantity::share(text).filter(|share| {
                let steps = share * 1e4;
                (0.0..=0.9999).contains(share) && (steps - steps.round()).abs() < 1e-6
            }),
            Self::FeaturesPerMonth => {
                quantity::number(text).filter(|features| (0.0..=1e6).contains(features))
            }
        }
    }

    fn default_range(self, workload: &Workload) -> (f64, f64) {
        match self {
            Self::EventsPerDay => {
                let events = workload.events_per_day;
                ((events / 10.0).round().max(1.0), (events * 10.0).round().min(1e15))
            }
            Self::IoRatio => (0.0, 0.99),
            Self::FeaturesPerMonth => (0.0, f64::max(10.0, 2.0 * workload.outlook.features_per_month)),
        }
    }
}

impl BreakEven {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        setup.refuse_confidence()?;
        let workloads = self.workload.read(&setup.catalog)?;
        let Some(workload) = workloads.first() else { bail!("there is no workload") };
        let end = |flag: &str, given: &Option<String>, default: f64| match given {
            None => Ok(default),
            Some(text) => self.over.read(text).ok_or_else(|| {
                anyhow::anyhow!("{flag}: it is {text:?}, but must be {}", self.over.allowed())
            }),
        };
        let (lowest, highest) = self.over.default_range(workload);
        let from = end("--from", &self.from, lowest)?;
        let to = end("--to", &self.to, highest)?;
        let problem = setup.catalog.problem(workload)?;
        let (runtimes, machines) = (setup.runtimes(), setup.catalog.candidates());
        let search = CrossingSearch {
            problem: &problem,
            runtimes: &runtimes,
            machines: &machines,
            policy: setup.policy,
            terms: setup.terms,
        };
        let found = search.along(self.over.axis(), from, to)?;
        let text = self.output.render_as(
            setup.format,
            || breakeven::document(&found, workload),
            || breakeven::rows(&found, workload),
            || serde_json::json!({ "intervals": breakeven::rows(&found, workload) }),
        )?;
        self.output.write(&text)?;
        Ok(0)
    }
}
