//! Settings put to use: the runtimes, machine types and rules to plan with.

use super::Settings;
use super::setting::Setting;
use super::table::all;
use super::uses::{COLUMNS, MACHINES, PROFILES};
use crate::input::catalogs::unknown;
use crate::input::diagnostic::{Diagnostic, InputError, Place};
use crate::input::fingerprint::Fingerprints;
use crate::input::shell::argument;
use crate::input::spelled;
use crate::render::Format;
use crate::report::column::Value;
use crate::report::context::Context;
use crate::report::figures::span_of_days;
use crate::report::question::Basis;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use tonnage_model::catalog::{Catalog, Home, MachineFilter, ProblemError, Reach};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planner::Planners;
use tonnage_model::decide::terms::Terms;
use tonnage_model::regions::{Machines, Region};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::shared_pools::SharedPools;
use tonnage_model::workload::Workload;

/// Settings that somebody gave, by name.
pub type Given = BTreeMap<&'static str, GivenText>;

/// A setting as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenText {
    /// The text, as the flag has it.
    pub text: String,
    /// File and place, where it is in a settings file.
    pub place: Option<(String, Place)>,
}

/// Formats asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// By `--format`.
    pub by_flag: Option<&'static Format>,
    /// By the settings file.
    pub by_file: Option<&'static Format>,
}

/// Settings put to use: what to plan with, beside all that was set.
pub struct Setup {
    settings: Settings,
    /// Runtimes and machine types.
    pub catalog: Catalog,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// Form of the output, where set.
    pub format: Asked,
    /// The settings that the command uses, with their values.
    used: Vec<(&'static str, Value<'static>)>,
    given: Given,
    /// Machine types before discounts.
    listed: Machines,
}

impl Deref for Setup {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// Exit status where `--strict` finds a workload without a plan.
const INFEASIBLE: u8 = 3;

/// Why a confidence is refused for a pool.
const NO_CONFIDENCE: &str =
    "a shared pool is planned at the best estimates, which no confidence changes; leave it out";
/// Settings of nodes, and why they are refused without any.
const OF_NODES: [&str; 5] =
    ["node_type", "standby", "node_reserved_cores", "node_reserved_memory", "replicas_per_node"];
const NO_NODES: &str = "only pods and shared pools have nodes; add --unit pods";

impl Setup {
    /// Puts settings to use, those that the command uses. All mistakes in them come at once, in the order of the settings
    /// file.
    pub fn new(
        mut settings: Settings,
        given: Given,
        mut catalog: Catalog,
        is_used: impl Fn(&Setting) -> bool,
    ) -> Result<Self, InputError> {
        let listed = catalog.machines.clone();
        if !settings.discounts.is_empty() {
            let discounts = settings.discounts.clone();
            catalog.machines = catalog
                .machines
                .changed(move |_, _, machines| machines.iter_mut().for_each(|it| discounts.apply(it)));
        }
        let reach = match (settings.any_provider, settings.any_region) {
            (true, _) => Reach::Anywhere,
            (false, true) => Reach::Provider,
            (false, false) => Reach::Region,
        };
        spell_names(&mut settings, &catalog);
        catalog.filter = MachineFilter { reach, ..settings.filter.clone() };
        catalog.system_cores = settings.policy.system_cores;
        catalog.is_system_given = given.contains_key("system_cores");
        InputError::unless_empty(mistakes(&settings, &catalog, &given))?;
        let used = all().filter(|it| is_used(it)).map(|it| (it.name, (it.field.get)(&settings))).collect();
        let is_by_file = given.get("format").is_some_and(|it| it.place.is_some());
        let (by_file, by_flag) = if is_by_file { (settings.format, None) } else { (None, settings.format) };
        let mut seen = BTreeSet::new();
        settings.runtimes.iter_mut().for_each(|names| names.retain(|name| seen.insert(name.clone())));
        settings.policy.discount_by_bill = settings.discounts.is_empty();
        settings.shared |= settings.pods;
        let (terms, format) = (settings.worth.terms(), Asked { by_flag, by_file });
        Ok(Self { settings, catalog, terms, format, used, given, listed })
    }

    /// The exit status of a command that has done its work.
    pub fn status(&self, has_infeasible: bool) -> u8 {
        if self.strict && has_infeasible { INFEASIBLE } else { 0 }
    }

    /// The settings that the command uses, with their values.
    pub fn used(&self) -> &[(&'static str, Value<'static>)] {
        &self.used
    }

    /// What a report of a command was made with that has planned some workloads, or only looked at machine types.
    pub fn context(&self, command: &'static str, workloads: &[Workload]) -> Context<'_> {
        let mut days = self.catalog.price_days(workloads, self.policy);
        if workloads.is_empty() {
            let looked_at = self.catalog.machines.regions().iter().filter_map(Region::made).flatten();
            let purchase = self.policy.purchase;
            days.extend(looked_at.filter_map(|it| Some((it.provider.as_str(), it.day_of(purchase)?))));
        }
        let clouds: BTreeSet<&str> = days.iter().map(|(cloud, _)| *cloud).collect();
        let of = |cloud: &str| span_of_days(days.iter().filter(|it| it.0 == cloud).map(|it| it.1).collect());
        let price_dates = clouds.into_iter().filter_map(|it| Some((it.to_owned(), of(it)?))).collect();
        let fingerprints = Fingerprints::of(&self.catalog);
        // What form the answer takes is no part of the question; and a page does not plan shared pools.
        let given = self.given.iter().filter(|(name, _)| **name != "format");
        let basis = (!self.shared).then(|| Basis {
            given: given.map(|(name, it)| ((*name).to_owned(), it.text.clone())).collect(),
            catalog: &self.catalog,
            listed: &self.listed,
        });
        Context {
            command,
            settings: self.used.clone(),
            price_dates,
            fingerprints,
            basis,
            ..Context::default()
        }
    }

    /// The runtimes to compare, whatever workloads run in.
    pub fn runtimes(&self) -> Vec<&Runtime> {
        match &self.runtimes {
            Some(names) => names.iter().filter_map(|name| self.catalog.runtime(name)).collect(),
            None => self.catalog.usual().collect(),
        }
    }

    /// What rows are planned with one by one; nothing where all have to be known before the first is planned.
    pub fn planners(&self) -> Option<Planners<'_>> {
        let one_by_one = !self.shared && self.confidence.is_none();
        one_by_one.then(|| Planners::new(&self.catalog, &self.runtimes(), self.policy, self.terms, None))
    }

    /// Plans workloads that were read against this catalog, without samples but for those that plans have to hold in.
    ///
    /// Fails where a workload cannot be planned against the catalog, which reading it against the same one refuses.
    pub fn plan<'a>(&'a self, workloads: &'a [Workload]) -> Result<Fleet<'a>, ProblemError> {
        let wanted = self.confidence.map(|share| (share, self.sampling));
        Fleet::plan(&self.catalog, self.runtimes(), workloads, self.policy, self.terms, wanted)
    }

    /// Refuses what does not go with pools, where workloads are planned on some, and settings of nodes without any.
    pub fn check_pools(&self, are_planned: bool) -> Result<(), InputError> {
        let pooled = (are_planned && self.confidence.is_some()).then_some(("confidence", NO_CONFIDENCE));
        let is_in_vain = |name: &&str| !self.shared && self.is_by_flag(name);
        let mistake = pooled.or_else(|| Some((OF_NODES.into_iter().find(is_in_vain)?, NO_NODES)));
        mistake.map_or(Ok(()), |(name, message)| Err(self.mistake(name, message)))
    }

    /// Pools of a fleet where its workloads run; refused where none of these has a node type that is asked for.
    pub fn pools<'f, 'a>(&self, fleet: &'f Fleet<'a>) -> Result<Vec<SharedPools<'f, 'a>>, InputError> {
        let filter = MachineFilter { types: self.rules.node_types.clone(), ..self.catalog.filter.clone() };
        let homes: BTreeSet<Home<'_>> = fleet.entries.iter().map(|it| it.planner.home).collect();
        let is_there = |home: &Home<'_>| !self.catalog.candidates_by(&filter, *home).is_empty();
        if filter.types.is_empty() || homes.is_empty() || homes.iter().any(is_there) {
            return Ok(SharedPools::in_each_place(fleet, &self.rules));
        }
        let types = filter.types.join(", ");
        let other = homes.iter().find_map(|it| Some((it.arch?, self.catalog.of_other_arch(&filter, *it)?)));
        let message = match other.map(|(arch, machine)| (arch, &machine.arch)) {
            Some((arch, other)) => {
                format!("{types} is {other}, and workloads run on {arch}; --any-arch takes these too")
            }
            None => format!("no workload runs where there is {types}"),
        };
        Err(self.mistake("node_type", &message))
    }

    /// Flags that were given by which files are read, and what they are read against, each behind a blank: what other commands need too.
    pub fn flags(&self) -> String {
        let said = all().filter(|it| it.used_by & (COLUMNS | PROFILES | MACHINES) != 0).filter_map(|it| {
            let given = self.given.get(it.name).filter(|given| given.place.is_none())?;
            Some(format!(" --{}={}", it.flag(), argument(&given.text)))
        });
        said.collect()
    }

    /// Whether a flag gives a setting. The settings file serves all commands, so what does not apply may stand there.
    pub fn is_by_flag(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|it| it.place.is_none())
    }

    /// A mistake in a setting, at its place in the settings file or at the flag.
    pub fn mistake(&self, name: &str, message: &str) -> InputError {
        InputError::from(mistake(&self.given, name, message.to_owned()))
    }
}

/// Puts names of clouds, regions and machine types as the catalog has them.
fn spell_names(settings: &mut Settings, catalog: &Catalog) {
    let Settings { filter: MachineFilter { provider, region, types, .. }, rules, runtimes, .. } = settings;
    for name in runtimes.iter_mut().flatten() {
        *name = spelled::runtime(name, catalog).map_or_else(|| std::mem::take(name), str::to_owned);
    }
    spelled::spell_place(provider, catalog.machines.regions(), |it| &it.provider);
    spelled::spell_place(region, catalog.machines.regions(), |it| &it.region);
    for name in types.iter_mut().chain(&mut rules.node_types) {
        spelled::spell_machine_type(name, &catalog.machines);
    }
}

/// A mistake in a setting, at its place in the settings file or at the flag.
pub fn mistake(given: &Given, name: &str, message: String) -> Diagnostic {
    match given.get(name).and_then(|it| it.place.clone()) {
        Some((file, place)) => Diagnostic { file, place: Some(place), message },
        None => Diagnostic { file: format!("--{}", name.replace('_', "-")), place: None, message },
    }
}

/// What is wrong with settings that are well-formed each by itself, in the order of the settings file.
fn mistakes(settings: &Settings, catalog: &Catalog, given: &Given) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut add = |name: &str, message: String| errors.push(mistake(given, name, message));
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
    errors
}
