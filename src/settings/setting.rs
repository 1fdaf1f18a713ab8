//! What a setting is, and the value of every setting.

use crate::input::catalogs::discounts::Discounts;
use crate::input::two_readings::hint;
use crate::render::Format;
use crate::report::column::{Unit, Value};
use tonnage_model::catalog::MachineFilter;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::units::MIB;

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
    pub profiles: Option<String>,
    /// Machine list instead of the embedded one.
    pub machines: Option<String>,
    /// Prices to lay over the machine list.
    pub prices: Option<String>,
    /// What is taken off list prices.
    pub discounts: Discounts,
    /// Machine types that plans may use.
    pub filter: MachineFilter,
    /// Headroom and failures.
    pub policy: Policy,
    /// Whether all workloads share a pool of machines.
    pub shared: bool,
    /// Whether they run in pods, which share a pool of nodes.
    pub pods: bool,
    /// How a pool is run.
    pub rules: PoolRules,
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

impl Settings {
    /// As people run machines: each keeps a part for kernel, agents and logs, and a few large ones are less work than many
    /// small ones.
    pub fn usual() -> Self {
        let policy = Policy {
            system_cores: 0.1,
            system_memory_bytes: 300.0 * MIB,
            cost_tolerance: 0.1,
            max_vcpus: 32,
            ..Policy::default()
        };
        Self { filter: MachineFilter { min_vcpus: 2, ..MachineFilter::default() }, policy, ..Self::default() }
    }
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
    /// Days that a rewrite takes where a workload does not say.
    pub rewrite_days: Option<f64>,
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
            rewrite_days: self.rewrite_days,
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
    /// What takes it: one of the sets in [`super::uses`].
    pub used_by: u16,
    /// Whether `-h` shows it; `--help` shows all.
    pub common: bool,
    /// What it is where it is not set, if that is no value.
    pub unset: &'static str,
    /// A value for the starter file, where there is none to show.
    pub example: &'static str,
    /// Its values, and where they go.
    pub field: Field,
}

/// The values of a setting, and where they go.
pub struct Field {
    /// How one is written.
    pub kind: Kind,
    /// Stands for one in help.
    pub value_name: &'static str,
    /// What one must be.
    pub allowed: &'static str,
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

/// A setting of a field of [`Settings`].
pub const fn setting(name: &'static str, used_by: u16, field: Field, help: &'static str) -> Setting {
    let help = crate::of_command_line(help);
    Setting { name, help, used_by, common: false, unset: "", example: "", field }
}

impl Setting {
    /// The same, shown by `-h`.
    pub const fn common(self) -> Self {
        Self { common: true, ..self }
    }

    /// The same where it has no value unless it is set: what it is then, and an example for the starter file.
    pub const fn or(self, unset: &'static str, example: &'static str) -> Self {
        Self { unset, example, ..self }
    }

    /// The flag, without its hyphens in front.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// What a value must be.
    pub fn allowed(&self) -> String {
        match self.field.kind {
            Kind::Words(words) => format!("one of {}", words().join(", ")),
            _ => self.field.allowed.to_owned(),
        }
    }

    /// A value as the flag has it; empty where there is none.
    pub fn plain(&self, value: &Value<'_>) -> String {
        match (self.field.kind, value) {
            (_, Value::Missing) => String::new(),
            (Kind::Size, Value::Number(bytes)) => Unit::Memory.figure(*bytes),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Flag(flag)) => flag.to_string(),
            (_, Value::Count(count)) => count.to_string(),
            (_, value) => value.figure(Unit::Word),
        }
    }

    /// What it is where nobody sets it; empty where that is no value.
    pub fn default(&self) -> String {
        self.plain(&(self.field.get)(&Settings::usual()))
    }

    /// The same in words.
    pub fn default_in_words(&self) -> String {
        Some(self.default()).filter(|text| !text.is_empty()).unwrap_or_else(|| self.unset.to_owned())
    }

    /// Takes a value, or says what one must be.
    pub fn take(&self, settings: &mut Settings, text: &str) -> Result<(), NotAllowed> {
        (self.field.set)(settings, text).ok_or_else(|| {
            let is_taken = |text: &str| (self.field.set)(&mut Settings::usual(), text).is_some();
            NotAllowed { allowed: self.allowed(), hint: hint(text, is_taken) }
        })
    }
}

/// A value that a setting cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {allowed}{hint}")]
pub struct NotAllowed {
    /// What values may be.
    pub allowed: String,
    /// What may be meant.
    pub hint: String,
}
