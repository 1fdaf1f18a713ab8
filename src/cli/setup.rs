//! Settings put to use: the runtimes, machine types and rules to plan with.

use super::output::Asked;
use super::settings::{PoolName, Settings};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tonnage::input::catalogs::embedded;
use tonnage::input::catalogs::machines;
use tonnage::input::diagnostic::{Diagnostic, InputError, Source};
use tonnage::input::nearest::unknown;
use tonnage::input::profiles;
use tonnage::report::context::Context as MadeWith;
use tonnage_model::catalog::{Catalog, MachineFilter};
use tonnage_model::cost::traffic::CrossZone;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::{Machine, Purchase};
use tonnage_model::policy::Policy;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::pool::node::Reserve;
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::workload::Workload;

/// Why a confidence is refused.
const NO_CONFIDENCE: &str = "this is planned at the best estimates, which no confidence changes; leave it out, or see \
                             plan with machines of their own, compare, risk or total";

/// Settings put to use: what to plan with.
pub struct Setup {
    /// Runtimes and machine types.
    pub catalog: Catalog,
    /// Head room and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// What each node of a shared pool keeps for itself; `None` for machines of their own.
    pub shared: Option<Reserve>,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<f64>,
    /// That no plan is made to a confidence, at the place of the setting.
    no_confidence: Diagnostic,
    /// How what is uncertain is sampled.
    pub sampling: Sampling,
    /// Form of the output, where set.
    pub format: Asked,
    /// Whether a workload without a plan fails the command.
    strict: bool,
    runtimes: Option<Vec<String>>,
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
        let mut of_provider: BTreeMap<&str, &str> = BTreeMap::new();
        for machine in self.catalog.candidates() {
            let newest = of_provider.entry(&machine.provider).or_default();
            *newest = (*newest).max(&machine.price_date);
        }
        let price_dates =
            of_provider.into_iter().map(|(provider, date)| (provider.to_owned(), date.to_owned()));
        MadeWith { command, price_dates: price_dates.collect(), ..MadeWith::default() }
    }

    /// Days of the prices that plans use, the oldest and the newest; `None` where the list does not say.
    pub fn price_dates(&self) -> Option<(String, String)> {
        let candidates = self.catalog.candidates();
        let dates = || candidates.iter().map(|machine| &machine.price_date).filter(|date| !date.is_empty());
        Some((dates().min()?.clone(), dates().max()?.clone()))
    }

    /// The runtimes to compare.
    pub fn runtimes(&self) -> Vec<&Runtime> {
        match &self.runtimes {
            Some(names) => names.iter().filter_map(|name| self.catalog.runtime(name)).collect(),
            None => self.catalog.runtimes.iter().collect(),
        }
    }

    /// Plans workloads that were read against this catalog, and samples them where one of them has ranges.
    pub fn plan<'a>(&'a self, workloads: &'a [Workload]) -> Result<Fleet<'a>> {
        let fleet = self.plan_unsampled(workloads)?;
        let has_ranges = workloads.iter().any(|workload| !workload.ranges.is_empty());
        Ok(if has_ranges { fleet.sampled(self.sampling) } else { fleet })
    }

    /// The same without samples, but for those that plans have to hold in.
    pub fn plan_unsampled<'a>(&'a self, workloads: &'a [Workload]) -> Result<Fleet<'a>> {
        let wanted = self.confidence.map(|share| (share, self.sampling));
        let Self { catalog, policy, terms, .. } = self;
        Ok(Fleet::plan_surely(catalog, self.runtimes(), workloads, *policy, *terms, wanted)?)
    }

    /// Refuses a confidence where all is planned at the best estimates.
    pub fn refuse_confidence(&self) -> Result<()> {
        match self.confidence {
            Some(_) => Err(InputError::Invalid(vec![self.no_confidence.clone()]).into()),
            None => Ok(()),
        }
    }
}

impl Settings {
    /// Reads the settings file and the profiles and machine lists that it and the flags name.
    pub fn load(self) -> Result<Setup> {
        let by_flag = self.format;
        let settings = self.with_file()?;
        let policy = settings.policy()?;
        let terms = settings.terms();
        let catalog = settings.catalog()?;
        let mut errors = [settings.unknown_runtimes(&catalog), settings.unknown_machines(&catalog)].concat();
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.place);
            return Err(InputError::Invalid(errors).into());
        }
        let strict = settings.strict.unwrap_or(false);
        let no_confidence = settings.mistake("confidence", NO_CONFIDENCE.to_owned());
        let shared = settings.shared();
        let sampling = Sampling {
            samples: settings.samples.map_or(Sampling::SAMPLES, |number| number as usize),
            seed: settings.seed.map_or(1, u64::from),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        };
        let runtimes = settings.runtimes.map(|mut names| {
            let mut seen = BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
            names
        });
        Ok(Setup {
            catalog,
            policy,
            terms,
            shared,
            confidence: settings.confidence,
            no_confidence,
            sampling,
            format: Asked { by_flag, by_file: settings.format },
            strict,
            runtimes,
        })
    }

    fn policy(&self) -> Result<Policy> {
        let default = Policy::default();
        let policy = Policy {
            max_utilization: self.max_utilization.unwrap_or(default.max_utilization),
            max_utilization_degraded: self
                .max_utilization_degraded
                .unwrap_or(default.max_utilization_degraded),
            zones: self.zones.unwrap_or(default.zones),
            survive_zone_loss: !self.no_zone_loss.unwrap_or(!default.survive_zone_loss),
            min_instances: self.min_instances.unwrap_or(default.min_instances),
            memory_headroom: self.memory_headroom.unwrap_or(default.memory_headroom),
            network_headroom: self.network_headroom.unwrap_or(default.network_headroom),
            purchase: self.purchase.map_or(default.purchase, Purchase::from),
            cross_zone: CrossZone {
                usd_per_gb: self.cross_zone_usd_per_gb.unwrap_or(default.cross_zone.usd_per_gb),
                fetch_from_follower: self
                    .fetch_from_follower
                    .unwrap_or(default.cross_zone.fetch_from_follower),
            },
        };
        if policy.zones == 1 && policy.survive_zone_loss {
            let message = "zones is 1, and no plan survives the loss of the only zone; take 2 or more, or add \
                           --no-zone-loss";
            return Err(InputError::Invalid(vec![self.mistake("zones", message.to_owned())]).into());
        }
        Ok(policy)
    }

    fn shared(&self) -> Option<Reserve> {
        let default = Reserve::default();
        (self.pool == Some(PoolName::Shared)).then(|| Reserve {
            cores: self.node_reserved_cores.unwrap_or(default.cores),
            memory_bytes: self.node_reserved_memory.unwrap_or(default.memory_bytes),
            replicas: self.replicas_per_node.unwrap_or(default.replicas),
        })
    }

    fn terms(&self) -> Terms {
        let day_rate_usd = self.day_rate.unwrap_or(Terms::DAY_RATE_USD);
        let terms = match self.min_saving {
            Some(least) => Terms::with_min_saving(day_rate_usd, least),
            None => Terms::at_day_rate(day_rate_usd),
        };
        Terms {
            min_resize_saving_usd_per_month: self
                .min_resize_saving
                .unwrap_or(terms.min_resize_saving_usd_per_month),
            payback_months: self.payback_months.unwrap_or(terms.payback_months),
            ..terms
        }
    }

    fn catalog(&self) -> Result<Catalog> {
        let embedded_runtimes =
            if self.published.unwrap_or(false) { embedded::published } else { embedded::measured };
        let mut catalog = embedded_runtimes().context("embedded profiles")?;
        if let Some(folder) = &self.profiles {
            add_profiles(&mut catalog, folder)?;
        }
        catalog.machines = match &self.machines {
            Some(path) => {
                let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
                machines::read(Source::new(&path.display().to_string(), &bytes)?)?
            }
            None => embedded::machine_types().context("embedded machine list")?,
        };
        catalog.filter = MachineFilter {
            provider: self.provider.clone(),
            region: self.region.clone(),
            types: self.machine_types.clone().unwrap_or_default(),
            include_provisional: self.include_provisional.unwrap_or(false),
        };
        Ok(catalog)
    }

    /// Runtimes that no profile is called.
    fn unknown_runtimes(&self, catalog: &Catalog) -> Vec<Diagnostic> {
        let known = catalog.runtime_names();
        let Some(wanted) = &self.runtimes else { return Vec::new() };
        if wanted.is_empty() {
            return vec![
                self.mistake("runtimes", format!("no runtime is named; known: {}", known.join(", "))),
            ];
        }
        wanted
            .iter()
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| self.mistake("runtimes", unknown("runtime", name, &known)))
            .collect()
    }

    /// Names of machines that match nothing: mistakes, not empty lists.
    fn unknown_machines(&self, catalog: &Catalog) -> Vec<Diagnostic> {
        let filter = &catalog.filter;
        let names = |of: fn(&Machine) -> &str, among: &dyn Fn(&Machine) -> bool| -> Vec<&str> {
            let all: BTreeSet<&str> =
                catalog.machines.iter().filter(|machine| among(machine)).map(of).collect();
            all.into_iter().collect()
        };
        if let Some(provider) = &filter.provider {
            let known = names(|machine| &machine.provider, &|_| true);
            if !known.contains(&provider.as_str()) {
                return vec![self.mistake("provider", unknown("provider", provider, &known))];
            }
        }
        if let Some(region) = &filter.region {
            let of_provider =
                |machine: &Machine| filter.provider.as_ref().is_none_or(|wanted| *wanted == machine.provider);
            let known = names(|machine| &machine.region, &of_provider);
            if !known.contains(&region.as_str()) {
                return vec![self.mistake("region", unknown("region", region, &known))];
            }
        }
        filter
            .types
            .iter()
            .filter_map(|pattern| unusable_type(pattern, catalog))
            .map(|message| self.mistake("machine_types", message))
            .collect()
    }
}

/// Why no plan can use the machine types that match a pattern, if none can.
fn unusable_type(pattern: &str, catalog: &Catalog) -> Option<String> {
    let alone = MachineFilter { types: vec![pattern.to_owned()], ..catalog.filter.clone() };
    if catalog.machines.iter().any(|machine| alone.admits(machine)) {
        return None;
    }
    let mut matching = catalog.machines.iter().filter(|it| alone.is_at_home(it) && alone.matches_type(it));
    Some(unknown_type(pattern, catalog).unwrap_or_else(|| {
        if matching.any(Machine::is_provisional) {
            format!("the speed of {pattern:?} is only a rough figure; add --include-provisional to use it")
        } else {
            format!("the speed of {pattern:?} is not known, so no plan can use it")
        }
    }))
}

/// What is wrong with a pattern that no machine type in the provider and region asked for matches.
pub fn unknown_type(pattern: &str, catalog: &Catalog) -> Option<String> {
    let at_home = || catalog.machines.iter().filter(|machine| catalog.filter.is_at_home(machine));
    let alone = MachineFilter { types: vec![pattern.to_owned()], ..MachineFilter::default() };
    if at_home().any(|machine| alone.matches_type(machine)) {
        return None;
    }
    let elsewhere = catalog.machines.iter().find(|machine| alone.matches_type(machine));
    Some(if let Some(Machine { provider, region, .. }) = elsewhere {
        format!("{pattern:?} is not in the provider and region asked for, but in {provider}/{region}")
    } else if pattern.contains(['*', '?']) {
        format!("no machine type matches {pattern:?}")
    } else {
        let known: BTreeSet<&str> = at_home().map(|machine| machine.instance_type.as_str()).collect();
        unknown("machine type", pattern, &known.into_iter().collect::<Vec<_>>())
    })
}

fn add_profiles(catalog: &mut Catalog, folder: &Path) -> Result<()> {
    let entries = std::fs::read_dir(folder).map_err(InputError::unreadable(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(InputError::unreadable(folder))?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    if paths.is_empty() {
        bail!("{}: there is no profile (*.toml) in this folder", folder.display());
    }
    let mut errors = Vec::new();
    let mut file_of_name: BTreeMap<String, String> = BTreeMap::new();
    for path in &paths {
        let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
        let file = path.display().to_string();
        match Source::new(&file, &bytes).and_then(profiles::read) {
            Ok(runtime) => match file_of_name.get(&runtime.name) {
                Some(first) => {
                    let message = format!("name {:?} is taken already by {first}", runtime.name);
                    errors.push(Diagnostic { file, place: None, message });
                }
                None => {
                    file_of_name.insert(runtime.name.clone(), file);
                    catalog.add_runtime(runtime);
                }
            },
            Err(InputError::Invalid(found)) => errors.extend(found),
            Err(error) => return Err(error.into()),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(InputError::Invalid(errors).into()) }
}
