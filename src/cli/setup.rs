//! Settings put to use: the runtimes, machine types and rules to plan with.

use super::output::Asked;
use super::settings::Settings;
use super::settings::file::{Places, mistake};
use super::settings::flags::Flags;
use anyhow::{Context, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tonnage::input::catalogs::discounts::Discounts;
use tonnage::input::catalogs::{embedded, folder, lists, machines, prices, unknown};
use tonnage::input::diagnostic::{Diagnostic, InputError, read_file};
use tonnage::input::fingerprint::Fingerprints;
use tonnage::report::column::Value;
use tonnage::report::context::Context as MadeWith;
use tonnage_model::catalog::{Catalog, MachineFilter, Reach};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::planner::Planners;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::regions::Region;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::uncertain::catalog::SampledWorld;
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::uncertain::monte_carlo::{Simulation, sampled_by};
use tonnage_model::workload::Workload;

/// Settings put to use: what to plan with.
pub struct Setup {
    /// Runtimes and machine types.
    pub catalog: Catalog,
    /// What is taken off list prices.
    pub discounts: Discounts,
    /// Headroom and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// Whether workloads share pools of nodes.
    pub shared: bool,
    /// Whether pods are counted, not machines.
    pub pods: bool,
    /// How pools are run.
    pub rules: PoolRules,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<f64>,
    /// How what is uncertain is sampled.
    pub sampling: Sampling,
    /// Columns of workload files to skip.
    pub ignored_columns: Vec<String>,
    /// Form of the output, where set.
    pub format: Asked,
    /// Whether a workload without a plan fails the command.
    strict: bool,
    runtimes: Option<Vec<String>>,
    /// The settings that the command uses, with their values.
    used: Vec<(&'static str, Value<'static>)>,
    places: Places,
}

/// Exit status where `--strict` finds a workload without a plan.
const INFEASIBLE: u8 = 3;

impl Setup {
    /// The exit status of a command that has done its work.
    pub fn status(&self, has_infeasible: bool) -> u8 {
        if self.strict && has_infeasible { INFEASIBLE } else { 0 }
    }

    /// What a report of a command was made with.
    pub fn context(&self, command: &'static str) -> MadeWith<'static> {
        let mut of_provider: BTreeMap<String, String> = BTreeMap::new();
        // Regions that nobody has looked at have no part in it.
        let looked_at = self.catalog.machines.regions().iter().filter_map(Region::made).flatten();
        for machine in looked_at {
            let newest = of_provider.entry(machine.provider.clone()).or_default();
            if *newest < machine.price_date {
                newest.clone_from(&machine.price_date);
            }
        }
        let price_dates = of_provider.into_iter().collect();
        let fingerprints = Fingerprints::of(&self.catalog);
        MadeWith { command, settings: self.used.clone(), price_dates, fingerprints, ..MadeWith::default() }
    }

    /// The runtimes to compare.
    pub fn runtimes(&self) -> Vec<&Runtime> {
        match &self.runtimes {
            Some(names) => names.iter().filter_map(|name| self.catalog.runtime(name)).collect(),
            None => self.catalog.runtimes.iter().collect(),
        }
    }

    /// Plans workloads that were read against this catalog, and samples those that have ranges.
    pub fn plan<'a>(&'a self, workloads: &'a [Workload]) -> Result<Fleet<'a>> {
        Ok(sampled(self.plan_unsampled(workloads)?, self.sampling))
    }

    /// What rows are planned with one by one; nothing where all have to be known before the first is planned.
    pub fn planners(&self) -> Option<Planners<'_>> {
        let one_by_one = !self.shared && self.confidence.is_none();
        one_by_one.then(|| Planners::new(&self.catalog, &self.runtimes(), self.policy, self.terms, None))
    }

    /// The same without samples, but for those that plans have to hold in.
    pub fn plan_unsampled<'a>(&'a self, workloads: &'a [Workload]) -> Result<Fleet<'a>> {
        let wanted = self.confidence.map(|share| (share, self.sampling));
        let Self { catalog, policy, terms, .. } = self;
        Ok(Fleet::plan(catalog, self.runtimes(), workloads, *policy, *terms, wanted)?)
    }

    /// Whether the settings file gives a setting. It serves all commands, so what does not apply may stand there.
    pub fn is_in_file(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// A mistake in a setting, at its place in the settings file or at the flag.
    pub fn mistake(&self, name: &str, message: &str) -> InputError {
        InputError::from(mistake(&self.places, name, message.to_owned()))
    }
}

/// Samples a fleet on all cores.
fn sampled(fleet: Fleet<'_>, sampling: Sampling) -> Fleet<'_> {
    let run = |entries: &[PlannedWorkload<'_>]| {
        let simulation = Simulation::new(entries, sampling);
        let sample = |draw: &mut SampledWorld, number| simulation.sample(draw, number);
        let numbers = (0..sampling.samples).into_par_iter();
        let samples: Vec<_> = numbers.map_init(|| simulation.start(), sample).collect();
        simulation.risks(&samples)
    };
    Fleet { entries: sampled_by(fleet.entries, run), ..fleet }
}

impl<const USED: u16> Flags<USED> {
    /// Reads the settings file and the profiles and machine lists that it and the flags name.
    pub fn load(self) -> Result<Setup> {
        let (settings, places) = self.settle()?;
        let catalog = catalog(&settings)?;
        let errors = mistakes(&settings, &catalog, &places);
        if !errors.is_empty() {
            return Err(InputError::Invalid(errors).into());
        }
        let used = Self::used().map(|setting| (setting.name, (setting.field.get)(&settings))).collect();
        let by_file = settings.format.filter(|_| places.contains_key("format"));
        let runtimes = settings.runtimes.map(|mut names| {
            let mut seen = BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
            names
        });
        Ok(Setup {
            catalog,
            policy: Policy { discount_by_bill: settings.discounts.is_empty(), ..settings.policy },
            discounts: settings.discounts,
            terms: settings.worth.terms(),
            shared: settings.shared || settings.pods,
            pods: settings.pods,
            rules: settings.rules,
            confidence: settings.confidence,
            sampling: settings.sampling,
            ignored_columns: settings.ignore_columns,
            format: Asked { by_flag: settings.format.filter(|_| by_file.is_none()), by_file },
            strict: settings.strict,
            runtimes,
            used,
            places,
        })
    }
}

fn catalog(settings: &Settings) -> Result<Catalog> {
    let embedded_runtimes = if settings.published { embedded::published } else { embedded::measured };
    let mut catalog = embedded_runtimes().context("embedded profiles")?;
    if let Some(path) = &settings.profiles {
        folder::add(Path::new(path), &mut catalog)?;
    }
    catalog.machines = match &settings.machines {
        Some(path) => read_file(Path::new(path), machines::read)?.into(),
        None => lists::machines(),
    };
    if let Some(path) = &settings.prices {
        catalog.machines = read_file(Path::new(path), prices::read)?.over(catalog.machines);
    }
    if !settings.discounts.is_empty() {
        let discounts = settings.discounts.clone();
        catalog.machines = catalog
            .machines
            .changed(move |_, _, machines| machines.iter_mut().for_each(|machine| discounts.apply(machine)));
    }
    let reach = match (settings.any_provider, settings.any_region) {
        (true, _) => Reach::Anywhere,
        (false, true) => Reach::Provider,
        (false, false) => Reach::Region,
    };
    catalog.filter = MachineFilter { reach, ..settings.filter.clone() };
    Ok(catalog)
}

/// What is wrong with settings that are well-formed each by itself, in the order of the settings file.
fn mistakes(settings: &Settings, catalog: &Catalog, places: &Places) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut add = |name: &str, message: String| errors.push(mistake(places, name, message));
    if settings.policy.zones == 1 && settings.policy.survive_zone_loss {
        let message = "zones is 1, and no plan survives the loss of the only zone; take 2 or more, or add --no-zone-loss";
        add("zones", message.to_owned());
    }
    if let Some(wanted) = &settings.runtimes {
        unknown::runtimes(wanted, catalog).into_iter().for_each(|message| add("runtimes", message));
    }
    if let Some(message) = unknown::provider(catalog) {
        add("provider", message);
    } else if let Some(message) = unknown::region(catalog) {
        add("region", message);
    } else {
        let types = [("machine_types", &catalog.filter.types), ("node_type", &settings.rules.node_types)];
        for (name, types) in types {
            let unusable = types.iter().filter_map(|it| unknown::unusable_type(it, catalog));
            unusable.for_each(|message| add(name, message));
        }
    }
    let unknown_families = settings.discounts.families().filter_map(|it| unknown::family(it, catalog));
    unknown_families.for_each(|message| add("discount", message));
    if let Some(message) = unknown::purchase(settings.policy.purchase, catalog) {
        add("purchase", message);
    }
    errors.sort_by_key(|error| error.place);
    errors
}
