//! Settings: from flags, else from tonnage.toml, else the defaults.

use super::output::format;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tonnage::input::diagnostic::{Diagnostic, InputError, Place, Source};
use tonnage::input::quantity;
use tonnage::input::toml_table::{Document, Table};
use tonnage::render::Format;
use tonnage_model::machine::Purchase;

/// The settings file that is looked for in the working folder.
const FILE: &str = "tonnage.toml";

/// Everything that can be set, each by a flag or by the key of the same name in tonnage.toml.
#[derive(Args, Default)]
#[command(next_help_heading = "Settings (also keys of tonnage.toml, with underscores)")]
pub struct Settings {
    /// Read settings from this file instead of tonnage.toml in the working folder
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Runtimes to compare [all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = trimmed)]
    pub runtimes: Option<Vec<String>>,
    /// Plan with the published figures of the article instead of the measured ones [false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub published: Option<bool>,
    /// Folder of runtime profiles to add; one of the same name replaces
    #[arg(long, value_name = "DIR")]
    pub profiles: Option<PathBuf>,
    /// Machine list, CSV, to use instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub machines: Option<PathBuf>,
    /// Only machine types of this provider [all]
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only machine types of this region [all]
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Only these machine types; * and ? stand for any characters and any one [all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = trimmed)]
    pub machine_types: Option<Vec<String>>,
    /// How machines are paid for [on-demand]
    #[arg(long, value_enum, value_name = "HOW")]
    pub purchase: Option<PurchaseName>,
    /// Also machine types whose speed is only a rough figure [false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub include_provisional: Option<bool>,
    /// Share of CPU, and of the events that may be in progress, used at most with all instances up [0.70]
    #[arg(long, value_name = "SHARE", value_parser = positive_share, allow_negative_numbers = true)]
    pub max_utilization: Option<f64>,
    /// The same with a zone lost or a backlog drained [0.90]
    #[arg(long, value_name = "SHARE", value_parser = positive_share, allow_negative_numbers = true)]
    pub max_utilization_degraded: Option<f64>,
    /// Zones that instances are spread over [3]
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub zones: Option<u32>,
    /// The plan need not survive the loss of a zone [false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub no_zone_loss: Option<bool>,
    /// Instances at least [2]
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub min_instances: Option<u32>,
    /// Share of memory kept free [0.15]
    #[arg(long, value_name = "SHARE", value_parser = share_below_one, allow_negative_numbers = true)]
    pub memory_headroom: Option<f64>,
    /// Share of the network baseline kept free [0.30]
    #[arg(long, value_name = "SHARE", value_parser = share_below_one, allow_negative_numbers = true)]
    pub network_headroom: Option<f64>,
    /// Whether each workload has machines of its own or all share a pool (plan only) [dedicated]
    #[arg(long, value_enum, value_name = "HOW")]
    pub pool: Option<PoolName>,
    /// vCPUs that each node of a pool keeps for its system and DaemonSets [0.25]
    #[arg(long, value_name = "VCPUS", value_parser = cores, allow_negative_numbers = true)]
    pub node_reserved_cores: Option<f64>,
    /// Memory that it keeps for them [1.25GiB]
    #[arg(long, value_name = "SIZE", value_parser = memory, allow_negative_numbers = true)]
    pub node_reserved_memory: Option<f64>,
    /// Replicas on one node of a pool at most [50]
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replicas_per_node: Option<u32>,
    /// Price of a GB that crosses zones, USD, both sides together [0.02, that of AWS]
    #[arg(long, value_name = "USD", value_parser = dollars, allow_negative_numbers = true)]
    pub cross_zone_usd_per_gb: Option<f64>,
    /// Consumers read from a replica in their own zone, so that only what they write crosses zones [false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub fetch_from_follower: Option<bool>,
    /// Price of an engineer's day, USD [800]
    #[arg(long, value_name = "USD", value_parser = price, allow_negative_numbers = true)]
    pub day_rate: Option<f64>,
    /// Least saving worth a change of code or language, USD a month [one engineer's day]
    #[arg(long, value_name = "USD", value_parser = dollars, allow_negative_numbers = true)]
    pub min_saving: Option<f64>,
    /// Least saving worth a change of machines or counts, USD a month [a tenth of the above]
    #[arg(long, value_name = "USD", value_parser = dollars, allow_negative_numbers = true)]
    pub min_resize_saving: Option<f64>,
    /// Months within which a rewrite has to pay back, where rewrite_days are given [24]
    #[arg(long, value_name = "MONTHS", value_parser = months, allow_negative_numbers = true)]
    pub payback_months: Option<f64>,
    /// Plan for the least count that holds with this probability, such as 0.9 (plan, compare, risk and total only) [the
    /// best estimates]
    #[arg(long, value_name = "SHARE", value_parser = probability, allow_negative_numbers = true)]
    pub confidence: Option<f64>,
    /// Samples that ranges and intervals are drawn in [512]
    #[arg(long, value_name = "N", value_parser = samples, allow_negative_numbers = true)]
    pub samples: Option<u32>,
    /// Which of many possible sets of samples [1]
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u32>,
    /// Format of the output [by the ending of -o, else table]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub format: Option<&'static Format>,
    /// Exit with status 3 when a workload has no feasible plan; not in breakeven and calibrate [false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub strict: Option<bool>,
    /// Where the settings file has the values that are looked up or held against others only later.
    #[arg(skip)]
    pub places: BTreeMap<&'static str, (String, Place)>,
}

/// [`Purchase`] as a word.
#[derive(Clone, Copy, ValueEnum)]
pub enum PurchaseName {
    /// By the hour, no commitment
    OnDemand,
    /// Three years reserved (AWS only)
    #[value(name = "reserved-3yr")]
    Reserved3Yr,
}

impl From<PurchaseName> for Purchase {
    fn from(name: PurchaseName) -> Self {
        match name {
            PurchaseName::OnDemand => Self::OnDemand,
            PurchaseName::Reserved3Yr => Self::Reserved3Yr,
        }
    }
}

/// Who shares machines, as a word.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PoolName {
    /// Machines of its own for each workload
    Dedicated,
    /// One pool of machines for the replicas of all workloads
    Shared,
}

impl Settings {
    /// These settings, and those of the settings file where these leave something open.
    pub fn with_file(self) -> Result<Self> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None if Path::new(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(self),
        };
        let bytes = std::fs::read(&path).map_err(InputError::unreadable(&path))?;
        let name = path.display().to_string();
        let document = Document::parse(Source::new(&name, &bytes)?)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let file = Self::from_toml(&document.root(), folder);
        let errors = document.into_errors();
        if !errors.is_empty() {
            return Err(InputError::Invalid(errors).into());
        }
        Ok(self.or(file))
    }

    /// Reads the keys; paths are relative to the file's own `folder`.
    fn from_toml(table: &Table<'_>, folder: &Path) -> Self {
        table.allow(&[
            "runtimes",
            "published",
            "profiles",
            "machines",
            "provider",
            "region",
            "machine_types",
            "purchase",
            "include_provisional",
            "max_utilization",
            "max_utilization_degraded",
            "zones",
            "no_zone_loss",
            "min_instances",
            "memory_headroom",
            "network_headroom",
            "pool",
            "node_reserved_cores",
            "node_reserved_memory",
            "replicas_per_node",
            "cross_zone_usd_per_gb",
            "fetch_from_follower",
            "day_rate",
            "min_saving",
            "min_resize_saving",
            "payback_months",
            "confidence",
            "samples",
            "seed",
            "format",
            "strict",
        ]);
        let string = |key: &str| table.get(key)?.string();
        let strings = |key: &str| table.get(key)?.strings();
        let boolean = |key: &str| table.get(key)?.boolean();
        let path = |key: &str| Some(folder.join(string(key)?));
        Self {
            config: None,
            runtimes: strings("runtimes"),
            published: boolean("published"),
            profiles: path("profiles"),
            machines: path("machines"),
            provider: string("provider"),
            region: string("region"),
            machine_types: strings("machine_types"),
            purchase: word(table, "purchase"),
            include_provisional: boolean("include_provisional"),
            max_utilization: parsed(table, "max_utilization", positive_share),
            max_utilization_degraded: parsed(table, "max_utilization_degraded", positive_share),
            zones: parsed(table, "zones", whole),
            no_zone_loss: boolean("no_zone_loss"),
            min_instances: parsed(table, "min_instances", whole),
            memory_headroom: parsed(table, "memory_headroom", share_below_one),
            network_headroom: parsed(table, "network_headroom", share_below_one),
            pool: word(table, "pool"),
            node_reserved_cores: parsed(table, "node_reserved_cores", cores),
            node_reserved_memory: parsed(table, "node_reserved_memory", memory),
            replicas_per_node: parsed(table, "replicas_per_node", whole),
            cross_zone_usd_per_gb: parsed(table, "cross_zone_usd_per_gb", dollars),
            fetch_from_follower: boolean("fetch_from_follower"),
            day_rate: parsed(table, "day_rate", price),
            min_saving: parsed(table, "min_saving", dollars),
            min_resize_saving: parsed(table, "min_resize_saving", dollars),
            payback_months: parsed(table, "payback_months", months),
            confidence: parsed(table, "confidence", probability),
            samples: parsed(table, "samples", samples),
            seed: parsed(table, "seed", whole),
            format: parsed(table, "format", format),
            strict: boolean("strict"),
            places: ["runtimes", "provider", "region", "machine_types", "zones", "confidence"]
                .into_iter()
                .filter_map(|key| {
                    let value = table.get(key)?;
                    Some((key, (value.file().to_owned(), value.place())))
                })
                .collect(),
        }
    }

    /// These settings, and `other`'s where these leave something open.
    fn or(self, mut other: Self) -> Self {
        other.places.retain(|key, _| match *key {
            "runtimes" => self.runtimes.is_none(),
            "provider" => self.provider.is_none(),
            "region" => self.region.is_none(),
            "machine_types" => self.machine_types.is_none(),
            "confidence" => self.confidence.is_none(),
            _ => self.zones.is_none(),
        });
        Self {
            config: self.config.or(other.config),
            runtimes: self.runtimes.or(other.runtimes),
            published: self.published.or(other.published),
            profiles: self.profiles.or(other.profiles),
            machines: self.machines.or(other.machines),
            provider: self.provider.or(other.provider),
            region: self.region.or(other.region),
            machine_types: self.machine_types.or(other.machine_types),
            purchase: self.purchase.or(other.purchase),
            include_provisional: self.include_provisional.or(other.include_provisional),
            max_utilization: self.max_utilization.or(other.max_utilization),
            max_utilization_degraded: self.max_utilization_degraded.or(other.max_utilization_degraded),
            zones: self.zones.or(other.zones),
            no_zone_loss: self.no_zone_loss.or(other.no_zone_loss),
            min_instances: self.min_instances.or(other.min_instances),
            memory_headroom: self.memory_headroom.or(other.memory_headroom),
            network_headroom: self.network_headroom.or(other.network_headroom),
            pool: self.pool.or(other.pool),
            node_reserved_cores: self.node_reserved_cores.or(other.node_reserved_cores),
            node_reserved_memory: self.node_reserved_memory.or(other.node_reserved_memory),
            replicas_per_node: self.replicas_per_node.or(other.replicas_per_node),
            cross_zone_usd_per_gb: self.cross_zone_usd_per_gb.or(other.cross_zone_usd_per_gb),
            fetch_from_follower: self.fetch_from_follower.or(other.fetch_from_follower),
            day_rate: self.day_rate.or(other.day_rate),
            min_saving: self.min_saving.or(other.min_saving),
            min_resize_saving: self.min_resize_saving.or(other.min_resize_saving),
            payback_months: self.payback_months.or(other.payback_months),
            confidence: self.confidence.or(other.confidence),
            samples: self.samples.or(other.samples),
            seed: self.seed.or(other.seed),
            format: self.format.or(other.format),
            strict: self.strict.or(other.strict),
            places: other.places,
        }
    }

    /// A mistake in a setting, at the flag or at its place in the settings file.
    pub fn mistake(&self, key: &str, message: String) -> Diagnostic {
        match self.places.get(key) {
            Some((file, place)) => Diagnostic { file: file.clone(), place: Some(*place), message },
            None => Diagnostic { file: format!("--{}", key.replace('_', "-")), place: None, message },
        }
    }
}

fn parsed<T>(table: &Table<'_>, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
    let value = table.get(key)?;
    let result = parse(&value.text()?);
    if let Err(allowed) = &result {
        value.refuse(allowed.trim_start_matches("must be "));
    }
    result.ok()
}

/// One of an enum's words.
fn word<T: ValueEnum>(table: &Table<'_>, key: &str) -> Option<T> {
    let value = table.get(key)?;
    let text = value.string()?;
    let found = T::from_str(&text, false).ok();
    if found.is_none() {
        let words: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|variant| Some(variant.to_possible_value()?.get_name().to_owned()))
            .collect();
        value.refuse(&format!("one of {}", words.join(", ")));
    }
    found
}

fn positive_share(text: &str) -> Result<f64, String> {
    let share = quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0);
    share.ok_or_else(|| "must be a share above 0 and up to 1, such as 0.7 or 70%".to_owned())
}

fn probability(text: &str) -> Result<f64, String> {
    let share = quantity::share(text).filter(|&share| (0.5..1.0).contains(&share));
    share.ok_or_else(|| "must be a probability from 0.5 to below 1, such as 0.9 or 90%".to_owned())
}

fn samples(text: &str) -> Result<u32, String> {
    let number = quantity::whole(text).filter(|number| (10..=100_000).contains(number));
    number.ok_or_else(|| "must be a whole number from 10 to 100000".to_owned())
}

fn share_below_one(text: &str) -> Result<f64, String> {
    let share = quantity::share(text).filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| "must be a share from 0 to below 1, such as 0.15 or 15%".to_owned())
}

pub fn whole(text: &str) -> Result<u32, String> {
    quantity::whole(text).ok_or_else(|| "must be a whole number from 1".to_owned())
}

fn cores(text: &str) -> Result<f64, String> {
    let cores = quantity::number(text).filter(|cores| (0.0..=1e4).contains(cores));
    cores.ok_or_else(|| "must be a number of vCPUs from 0 to 10000, such as 0.25".to_owned())
}

fn memory(text: &str) -> Result<f64, String> {
    let bytes = quantity::bytes(text).filter(|bytes| (0.0..=1e15).contains(bytes));
    bytes.ok_or_else(|| "must be a size from 0 to 1e15 B, such as 1.25GiB or 700MiB".to_owned())
}

fn dollars(text: &str) -> Result<f64, String> {
    let amount = quantity::number(text).filter(|usd| *usd >= 0.0);
    amount.ok_or_else(|| "must be an amount of dollars from 0, such as 800".to_owned())
}

fn price(text: &str) -> Result<f64, String> {
    let amount = quantity::number(text).filter(|usd| *usd > 0.0);
    amount.ok_or_else(|| "must be an amount of dollars above 0, such as 800".to_owned())
}

fn months(text: &str) -> Result<f64, String> {
    let span = quantity::number(text).filter(|months| *months > 0.0);
    span.ok_or_else(|| "must be a number of months above 0, such as 24".to_owned())
}

/// A name in a list such as `a, b`.
fn trimmed(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(text.trim().to_owned())
}
