//! `tonnage catalog machines`.

use crate::cli::output::Output;
use crate::cli::settings::flags::Flags;
use crate::cli::within::within;
use anyhow::{Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use tonnage::input::catalogs::unknown;
use tonnage::input::nearest;
use tonnage::input::quantity;
use tonnage::input::spelled::spell_machine_type;
use tonnage::report::Report;
use tonnage::report::machines::{MachineFigures, MachineList};
use tonnage::report::prices::Listed;
use tonnage::settings::uses::*;
use tonnage_model::catalog::{Catalog, HOMES, MachineFilter, Reach};
use tonnage_model::machine::Machine;
use tonnage_model::regions::Region;
use tonnage_model::units::GIB;

/// List machine types, or show where each figure of one comes from
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage catalog machines 'c7*' --provider aws
  tonnage catalog machines c7a.large
  tonnage catalog machines --min-vcpus 4 --arch arm64")]
pub struct Machines {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ MACHINES | REACH | TYPES | FORMAT }>,
}

/// Which machine types to show.
#[derive(Args)]
pub struct Wanted {
    /// Only these types; * and ? stand for any characters and any one
    #[arg(value_name = "TYPE")]
    types: Vec<String>,
    /// vCPUs at least
    #[arg(long, value_name = "N", value_parser = vcpus, allow_negative_numbers = true)]
    min_vcpus: Option<u32>,
    /// vCPUs at most
    #[arg(long, value_name = "N", value_parser = vcpus, allow_negative_numbers = true)]
    max_vcpus: Option<u32>,
    /// Memory at least, GiB
    #[arg(long, value_name = "GIB", value_parser = within(quantity::number, 0.0.., "a number of GiB from 0, such as 16"), allow_negative_numbers = true)]
    min_memory: Option<f64>,
    /// Only this instruction set, x86_64 or arm64
    #[arg(long, value_name = "NAME")]
    arch: Option<String>,
}

impl Machines {
    pub fn run(mut self) -> Result<u8> {
        let setup = self.settings.load()?;
        let listed = self.wanted.of(&setup.catalog)?;
        let context = setup.context("catalog machines", &[]);
        let report: Box<dyn Report> = match self.wanted.names_all(&listed) {
            true => Box::new(MachineFigures(listed)),
            false => Box::new(MachineList(listed)),
        };
        self.output.report(report.as_ref(), &context, setup.format)?;
        Ok(0)
    }
}

impl Wanted {
    /// The machine types of a catalog that meet all conditions, in every region.
    pub fn of<'c>(&mut self, catalog: &'c Catalog) -> Result<Vec<Listed<'c>>> {
        self.types.iter_mut().for_each(|name| drop(spell_machine_type(name, &catalog.machines)));
        check_names(&self.types, self.arch.as_deref(), catalog)?;
        let filter = &catalog.filter;
        let wanted = MachineFilter {
            types: if self.types.is_empty() { filter.types.clone() } else { self.types.clone() },
            ..filter.clone()
        };
        let regions = self.regions(catalog);
        let shown: Vec<&Machine> = regions
            .iter()
            .flat_map(|region| region.machines())
            .filter(|machine| wanted.matches_type(machine))
            .filter(|machine| self.min_vcpus.is_none_or(|least| machine.vcpus >= least))
            .filter(|machine| self.max_vcpus.is_none_or(|most| machine.vcpus <= most))
            .filter(|machine| self.min_memory.is_none_or(|gib| machine.memory_bytes >= gib * GIB))
            .filter(|machine| self.arch.as_ref().is_none_or(|arch| *arch == machine.arch))
            .collect();
        if shown.is_empty() {
            let elsewhere = regions_elsewhere(catalog, &regions).find(|region| {
                !self.types.is_empty() && region.machines().iter().any(|machine| wanted.matches_type(machine))
            });
            let hint = elsewhere.map(|it| format!(" here; {0} has such types: --provider {0}", it.provider));
            bail!("no machine type meets all of these conditions{}", hint.unwrap_or_default());
        }
        let listed = |machine| Listed { machine, planned: filter.admits(machine), today: &catalog.today };
        Ok(shown.into_iter().map(listed).collect())
    }

    /// The regions to show: of types by their full names all that the settings leave, else the one asked for or the
    /// first.
    fn regions<'c>(&self, catalog: &'c Catalog) -> Vec<&'c Region> {
        let MachineFilter { provider, region, reach, .. } = &catalog.filter;
        let names_types = !self.types.is_empty() && !self.types.iter().any(|it| it.contains(['*', '?']));
        let asked = catalog.region(None, region.as_deref());
        let (provider, region) = match (reach, asked) {
            _ if names_types => (provider.as_deref(), region.as_deref()),
            (Reach::Region, Some(asked)) => (Some(asked.provider.as_str()), Some(asked.region.as_str())),
            (Reach::Provider, Some(asked)) => (Some(asked.provider.as_str()), None),
            (Reach::Anywhere, _) | (_, None) => (None, None),
        };
        catalog.machines.regions().iter().filter(|it| it.is(provider, region)).collect()
    }

    /// Whether types were asked for by their full names.
    fn names_all(&self, listed: &[Listed<'_>]) -> bool {
        let is_shown = |name: &String| listed.iter().any(|it| it.machine.instance_type == *name);
        !self.types.is_empty() && self.types.iter().all(is_shown)
    }
}

/// The home regions of the clouds that none of the regions shown is of.
fn regions_elsewhere<'c>(catalog: &'c Catalog, shown: &[&Region]) -> impl Iterator<Item = &'c Region> {
    let homes = HOMES.iter().filter_map(|(cloud, home)| catalog.machines.region(Some(cloud), Some(home)));
    homes.filter(|home| shown.iter().all(|it| it.provider != home.provider))
}

/// Names that match nothing are told on standard error where others match, else they are mistakes.
fn check_names(types: &[String], arch: Option<&str>, catalog: &Catalog) -> Result<()> {
    let unknown: Vec<String> = types.iter().filter_map(|name| unknown::machine_type(name, catalog)).collect();
    if !unknown.is_empty() && unknown.len() == types.len() {
        bail!(unknown.join("; "));
    }
    unknown.iter().for_each(|message| eprintln!("{message}"));
    let Some(arch) = arch else { return Ok(()) };
    let regions = catalog.region(None, None).map_or(catalog.machines.regions(), std::slice::from_ref);
    let machines = regions.iter().flat_map(Region::machines);
    let known: BTreeSet<&str> = machines.map(|machine| machine.arch.as_str()).collect();
    if !known.contains(arch) {
        let known: Vec<&str> = known.into_iter().collect();
        bail!("--arch: {}", nearest::unknown("instruction set", arch, &known));
    }
    Ok(())
}

fn vcpus(text: &str) -> Result<u32, String> {
    within(quantity::whole, 1.., "a whole number from 1")(text)
}
