//! Settings: from flags, else from tonnage.toml, else the model's defaults. Each is stated once, in [`table::TABLE`].

pub mod allowed;
pub mod file;
pub mod flags;
pub mod table;
#[cfg(test)]
mod tests;
pub mod written;

use std::path::PathBuf;
use tonnage::render::Format;
use tonnage::report::column::Value;
use tonnage_model::catalog::MachineFilter;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::scenario::pool::node::Reserve;
use tonnage_model::uncertain::latin_hypercube::Sampling;

/// The value of every setting.
#[derive(Debug, Default)]
pub struct Settings {
    /// Runtimes to compare; `None` for all.
    pub runtimes: Option<Vec<String>>,
    /// Whether to plan with the published profiles.
    pub published: bool,
    /// Whether plans may leave the region of today's machine.
    pub any_region: bool,
    /// Whether plans may leave its cloud.
    pub any_provider: bool,
    /// Folder of profiles to add.
    pub profiles: Option<PathBuf>,
    /// Machine list instead of the embedded one.
    pub machines: Option<PathBuf>,
    /// Machine types that plans may use.
    pub filter: MachineFilter,
    /// Headroom and failures.
    pub policy: Policy,
    /// Whether all workloads share a pool of machines.
    pub shared: bool,
    /// What each node of a pool keeps for itself.
    pub reserve: Reserve,
    /// What a change has to be worth.
    pub worth: Worth,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<f64>,
    /// How ranges and intervals are sampled.
    pub sampling: Sampling,
    /// Columns of workload files to skip.
    pub ignore_columns: Vec<String>,
    /// Format of the output.
    pub format: Option<&'static Format>,
    /// Whether a workload without a plan fails the command.
    pub strict: bool,
}

/// What a change has to be worth, as far as it is set: the rest follows from the day rate.
#[derive(Debug, Default)]
pub struct Worth {
    /// Price of an engineer's day, USD.
    pub day_rate: Option<f64>,
    /// Least saving of a change of code, USD a month.
    pub min_saving: Option<f64>,
    /// Least saving of a change of machines, USD a month.
    pub min_resize_saving: Option<f64>,
    /// Months within which a rewrite pays back.
    pub payback_months: Option<f64>,
}

impl Worth {
    /// With what is not set filled in.
    pub fn terms(&self) -> Terms {
        let day_rate = self.day_rate.unwrap_or(Terms::default().day_rate_usd);
        let terms = match self.min_saving {
            Some(least) => Terms::with_min_saving(day_rate, least),
            None => Terms::at_day_rate(day_rate),
        };
        Terms {
            min_resize_saving_usd_per_month: self
                .min_resize_saving
                .unwrap_or(terms.min_resize_saving_usd_per_month),
            payback_months: self.payback_months.unwrap_or(terms.payback_months),
            ..terms
        }
    }
}

/// One setting.
pub struct Setting {
    /// Key in tonnage.toml and, with hyphens, the flag.
    pub name: &'static str,
    /// What it means.
    pub help: &'static str,
    /// What takes it: one of the sets in [`uses`].
    pub used_by: u16,
    /// Whether `-h` shows it; `--help` shows all.
    pub common: bool,
    /// How it is written.
    pub kind: Kind,
    /// Stands for the value in help.
    pub value_name: &'static str,
    /// What a value must be.
    pub allowed: &'static str,
    /// What it is where it is not set, if that is no value.
    pub unset: &'static str,
    /// A value for the starter file, where there is none to show.
    pub example: &'static str,
    /// Takes a value; nothing where it is not allowed.
    pub set: fn(&mut Settings, &str) -> Option<()>,
    /// The value.
    pub get: fn(&Settings) -> Value<'static>,
}

/// How a setting is written, on the command line and in TOML.
#[derive(Clone, Copy)]
pub enum Kind {
    /// `true` or `false`; the flag alone is `true`.
    Flag,
    /// One of a set of words.
    Words(fn() -> Vec<&'static str>),
    /// Any words.
    Text,
    /// Several words: with commas on the command line, a list in TOML.
    List,
    /// A file or folder; in TOML relative to the file's own folder.
    Path,
    /// A number, in TOML with or without quotes.
    Number,
    /// A number of bytes, such as 1.25GiB.
    Size,
}

/// Sets of settings that commands take.
pub mod uses {
    /// Profiles.
    pub const PROFILES: u16 = 1;
    /// Which runtimes to compare.
    pub const RUNTIMES: u16 = 1 << 1;
    /// Machine lists, and where machines are.
    pub const MACHINES: u16 = 1 << 2;
    /// Which machine types plans may use.
    pub const TYPES: u16 = 1 << 3;
    /// Headroom and failures.
    pub const POLICY: u16 = 1 << 4;
    /// Traffic between zones.
    pub const TRAFFIC: u16 = 1 << 5;
    /// A shared pool.
    pub const POOL: u16 = 1 << 6;
    /// What a change has to be worth.
    pub const WORTH: u16 = 1 << 7;
    /// Ranges and how surely plans hold.
    pub const SAMPLING: u16 = 1 << 8;
    /// The format of the output.
    pub const FORMAT: u16 = 1 << 9;
    /// Whether a workload without a plan is an error.
    pub const STRICT: u16 = 1 << 10;
    /// How files of workloads are read.
    pub const COLUMNS: u16 = 1 << 11;
    /// All that every plan takes.
    pub const PLANNING: u16 = PROFILES | RUNTIMES | MACHINES | TYPES | POLICY | FORMAT | STRICT;
}

impl Setting {
    /// The flag, without its hyphens in front.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// What a value must be.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Words(words) => format!("one of {}", words().join(", ")),
            _ => self.allowed.to_owned(),
        }
    }

    /// What it is where nobody sets it.
    pub fn default(&self) -> String {
        match written::plain(self, &(self.get)(&Settings::default())) {
            text if text.is_empty() => self.unset.to_owned(),
            text => text,
        }
    }

    /// Takes a value, or says what one must be.
    pub fn take(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        (self.set)(settings, text).ok_or_else(|| format!("must be {}", self.allowed()))
    }
}

/// Settings in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    table::TABLE.iter().flat_map(|(_, settings)| settings.iter())
}
