//! Settings of the command line put to use, with the profiles and machine lists that they name.

use super::settings::flags::Flags;
use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::Offset;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::path::Path;
use tonnage::input::catalogs::{embedded, folder, lists, machines, prices};
use tonnage::input::diagnostic::read_file;
use tonnage::settings::Settings;
use tonnage::settings::setup::Setup;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::uncertain::catalog::SampledWorld;
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::uncertain::monte_carlo::{Simulation, sampled_by};

impl<const USED: u16> Flags<USED> {
    /// Reads the settings file and the profiles and machine lists that it and the flags name.
    pub fn load(self) -> Result<Setup> {
        let (settings, given) = self.settle()?;
        let catalog = catalog(&settings)?;
        Ok(Setup::new(settings, given, catalog, Self::uses)?)
    }
}

fn catalog(settings: &Settings) -> Result<Catalog> {
    let embedded_runtimes = if settings.published { embedded::published } else { embedded::measured };
    let mut catalog = embedded_runtimes().context("embedded profiles")?;
    if let Some(path) = &settings.profiles {
        folder::add(Path::new(path), &mut catalog)?;
    }
    catalog.today = today();
    let today = &catalog.today;
    catalog.machines = match &settings.machines {
        Some(path) => read_file(Path::new(path), |it| machines::read(it, today))?.into(),
        None => lists::machines(),
    };
    if let Some(path) = &settings.prices {
        let prices = read_file(Path::new(path), |it| prices::read(it, today))?;
        prices.blank().iter().for_each(|blank| eprintln!("Note: {path}: {blank}."));
        catalog.machines = prices.over(catalog.machines);
    }
    Ok(catalog)
}

/// Today, UTC; where `SOURCE_DATE_EPOCH` is set that day, so that documents come out the same every time.
pub fn today() -> String {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let then = set.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_else(Timestamp::now);
    Offset::UTC.to_datetime(then).date().to_string()
}

/// Tells on standard error of flags of samples where nothing was sampled; `ranges` has whether some cell is one, where that matters.
pub fn tell_unsampled(setup: &Setup, ranges: Option<bool>) {
    let is_sampled = ranges == Some(true) || setup.confidence.is_some();
    let is_in_vain = |name: &&str| !is_sampled && setup.is_by_flag(name);
    let why = match ranges {
        Some(_) => "no cell is a range such as 5-10, and --confidence is not given",
        None => "all is planned at the best estimates",
    };
    let in_vain = ["samples", "seed"].into_iter().filter(is_in_vain);
    in_vain.for_each(|it| eprintln!("Note: --{it} changes nothing: {why}."));
}

/// Samples workloads on all cores.
pub fn sampled(entries: Vec<PlannedWorkload<'_>>, sampling: Sampling) -> Vec<PlannedWorkload<'_>> {
    sampled_by(entries, |entries| {
        let simulation = Simulation::new(entries, sampling);
        let sample = |draw: &mut SampledWorld, number| simulation.sample(draw, number);
        let numbers = (0..sampling.samples).into_par_iter();
        let samples: Vec<_> = numbers.map_init(|| simulation.start(), sample).collect();
        simulation.risks(&samples)
    })
}
