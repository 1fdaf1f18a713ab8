//! The runtimes and machine types to choose from, and the lookups by name that workloads need.

use crate::demand::event::DemandError;
use crate::language::Language;
use crate::machine::{Machine, Purchase};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::ranked::least_first;
use crate::regions::{Machines, Region};
use crate::runtime::Runtime;
use crate::workload::Workload;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use wildmatch::WildMatch;

/// Kinds of handler that every profile is expected to measure sooner or later: two fields of an event looked at, the
/// whole of it parsed into types, that checked by rules, that added up in windows.
pub const HANDLER_KINDS: [&str; 4] = ["decode", "parse", "validate", "aggregate"];

/// How far from where a workload runs today its plan may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// In the same region of the same cloud.
    Region,
    /// In the same cloud.
    Provider,
    /// Wherever a machine type may be used.
    #[default]
    Anywhere,
}

/// The region of each cloud that has all of its machine types. Plans are made in the first for workloads that do not say
/// where they run, and in that of their cloud for those that say no more than that.
pub const HOMES: [(&str, &str); 3] = [("aws", "us-east-1"), ("gcp", "us-central1"), ("azure", "eastus")];

/// The instruction set of what runs today, where it is not known.
pub const USUAL_ARCH: &str = "x86_64";

/// What the plan of a workload stays with, as far as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home<'c> {
    /// The cloud.
    pub provider: Option<&'c str>,
    /// The region.
    pub region: Option<&'c str>,
    /// The instruction set.
    pub arch: Option<&'c str>,
    /// A family that plans use only because it runs today, and whether today's machine may not use its vCPUs all the time.
    pub family: Option<(&'c str, bool)>,
    /// How its machines are paid for, where that is not as the settings say.
    pub purchase: Option<Purchase>,
}

impl Home<'_> {
    /// Nothing in particular.
    pub const ANYWHERE: Self =
        Self { provider: None, region: None, arch: None, family: None, purchase: None };

    /// Whether a machine type is there, with the right instruction set where it says which it has.
    pub fn has(&self, machine: &Machine) -> bool {
        self.provider.is_none_or(|provider| provider == machine.provider)
            && self.region.is_none_or(|region| region == machine.region)
            && self.arch.is_none_or(|arch| arch == machine.arch || machine.arch.is_empty())
    }

    /// The rules for what stays with it.
    pub fn policy(&self, policy: Policy) -> Policy {
        Policy { purchase: self.purchase.unwrap_or(policy.purchase), ..policy }
    }
}

/// ` in aws us-east-1`; nothing for anywhere.
impl fmt::Display for Home<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.provider, self.region) {
            (Some(provider), Some(region)) => write!(f, " in {provider} {region}"),
            (Some(provider), None) => write!(f, " in {provider}"),
            _ => Ok(()),
        }
    }
}

/// Which machine types a plan may use.
#[derive(Debug, Clone, Default)]
pub struct MachineFilter {
    /// The cloud of workloads that do not say where they run.
    pub provider: Option<String>,
    /// Their region.
    pub region: Option<String>,
    /// Only types that match one of these patterns (`*` and `?`), of any generation; all current ones where empty.
    pub types: Vec<String>,
    /// Only types with so many vCPUs at least, but for those that a pattern names in full.
    pub min_vcpus: u32,
    /// Also those whose speed is only a rough figure.
    pub include_provisional: bool,
    /// Also those that are not to use their vCPUs fully all the time.
    pub include_burstable: bool,
    /// Also those with another instruction set than runs today.
    pub any_arch: bool,
    /// How far from today's machine.
    pub reach: Reach,
}

impl MachineFilter {
    /// Whether its type matches the patterns.
    pub fn matches_type(&self, machine: &Machine) -> bool {
        self.types.is_empty() || self.types.iter().any(|pattern| matches(pattern, machine))
    }

    /// Whether it has vCPUs enough, or is named.
    fn is_large_enough(&self, machine: &Machine) -> bool {
        machine.vcpus >= self.min_vcpus || self.types.contains(&machine.instance_type)
    }

    /// Whether a plan may use it: matching, its speed known and not provisional, of a current generation and with all of
    /// its vCPUs to use, unless such are asked for.
    pub fn admits(&self, machine: &Machine) -> bool {
        self.matches_type(machine)
            && self.is_large_enough(machine)
            && machine.vcpu_speed.is_some()
            && (self.include_provisional || !machine.is_provisional())
            && (!machine.is_previous_generation || !self.types.is_empty())
            && (self.include_burstable || machine.burst_baseline.is_none() || self.names(machine))
    }

    /// The same where a family runs today, which then may be used whatever it is.
    fn admits_beside(&self, machine: &Machine, family: Option<(&str, bool)>) -> bool {
        let is_alike = |bursts| bursts || self.include_burstable || machine.burst_baseline.is_none();
        let is_of_today = family.is_some_and(|(family, bursts)| family == machine.family && is_alike(bursts));
        let is_usable = machine.vcpu_speed.is_some() && self.is_large_enough(machine);
        self.admits(machine) || is_of_today && is_usable && self.matches_type(machine)
    }

    /// Whether a pattern asks for this type, or for its family: what stands before the first `*` or `?` names it.
    fn names(&self, machine: &Machine) -> bool {
        self.types.iter().filter(|pattern| matches(pattern, machine)).any(|pattern| {
            let begin = pattern.split(['*', '?']).next().unwrap_or_default();
            let is_family = |it: &str| !it.is_empty() && it.eq_ignore_ascii_case(&machine.family);
            begin == pattern || begin.get(..machine.family.len()).is_some_and(is_family)
        })
    }
}

fn matches(pattern: &str, machine: &Machine) -> bool {
    WildMatch::new_case_insensitive(pattern).matches(&machine.instance_type)
}

/// Everything that names in a workload can refer to.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Runtime profiles, in the order in which they are shown.
    pub runtimes: Vec<Runtime>,
    /// Languages that profiles may name.
    pub languages: Vec<Language>,
    /// All machine types, also those that no plan may use.
    pub machines: Machines,
    /// Which of them plans may use.
    pub filter: MachineFilter,
    /// The day on which ages of prices are told, such as `2026-07-20`; where it is empty none are.
    pub today: String,
    /// Cores that the system of each machine takes, also of the utilization of today's.
    pub system_cores: f64,
    /// Whether somebody has said so.
    pub is_system_given: bool,
    /// Runtimes on request that have a part in plans.
    pub requested: Requested,
}

/// Names of runtimes compared on request that somebody has looked up.
#[derive(Debug, Clone, Default)]
pub struct Requested(Arc<Mutex<BTreeSet<String>>>);

impl Catalog {
    /// Adds a profile; one of the same name is replaced where it stands.
    pub fn add_runtime(&mut self, runtime: Runtime) {
        match self.runtimes.iter_mut().find(|known| known.name == runtime.name) {
            Some(known) => *known = runtime,
            None => self.runtimes.push(runtime),
        }
    }

    /// Adds a language; one of the same name is replaced, also in the profiles that are in it.
    pub fn add_language(&mut self, language: Language) {
        for runtime in self.runtimes.iter_mut().filter(|runtime| runtime.language == language) {
            runtime.language = language.clone();
        }
        match self.languages.iter_mut().find(|known| **known == language) {
            Some(known) => *known = language,
            None => self.languages.push(language),
        }
    }

    /// A profile by name. One that is compared on request has a part in plans from then on.
    pub fn runtime(&self, name: &str) -> Option<&Runtime> {
        let found = self.runtimes.iter().find(|runtime| runtime.name == name)?;
        if found.on_request {
            self.requested.0.lock().unwrap_or_else(PoisonError::into_inner).insert(found.name.clone());
        }
        Some(found)
    }

    /// The profiles that are compared where none are named.
    pub fn usual(&self) -> impl Iterator<Item = &Runtime> {
        self.runtimes.iter().filter(|runtime| !runtime.on_request)
    }

    /// These, and those on request that somebody has looked up: what plans can stand on.
    pub fn in_use(&self) -> Vec<&Runtime> {
        let requested = self.requested.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.runtimes.iter().filter(|it| !it.on_request || requested.contains(&it.name)).collect()
    }

    /// Names of all profiles.
    pub fn runtime_names(&self) -> Vec<&str> {
        self.runtimes.iter().map(|runtime| runtime.name.as_str()).collect()
    }

    /// Handler kinds that a workload may name: the usual ones, and any that some profile has a figure for.
    pub fn handler_kinds(&self) -> Vec<&str> {
        let profiled = self.runtimes.iter().flat_map(|runtime| runtime.cpu.handler.keys());
        let kinds: BTreeSet<&str> = HANDLER_KINDS.into_iter().chain(profiled.map(String::as_str)).collect();
        kinds.into_iter().collect()
    }

    /// The machine types that plans may use which stay with a home, cheapest on demand first, so that a search for the
    /// cheapest plan soon has a bill to hold the others against.
    pub fn candidates(&self, home: Home<'_>) -> Vec<&Machine> {
        self.candidates_by(&self.filter, home)
    }

    /// The same by another filter.
    pub fn candidates_by(&self, filter: &MachineFilter, home: Home<'_>) -> Vec<&Machine> {
        let regions = self.machines.regions().iter().filter(|it| it.is(home.provider, home.region));
        let mut admitted: Vec<&Machine> = regions
            .flat_map(Region::machines)
            .filter(|machine| home.has(machine) && filter.admits_beside(machine, home.family))
            .collect();
        least_first(&mut admitted, |machine| on_demand(machine));
        admitted
    }

    /// Clouds, each with the days of the prices that workloads are planned at: those of how each is paid for, where it stays.
    pub fn price_days<'c, 'w>(
        &'c self,
        workloads: impl IntoIterator<Item = &'w Workload>,
        policy: Policy,
    ) -> BTreeSet<(&'c str, &'c str)> {
        let homes = workloads.into_iter().map(|it| self.home(it, self.machine_today(it)));
        let homes: BTreeSet<(Home<'c>, Purchase)> =
            homes.map(|it| (it, it.policy(policy).purchase)).collect();
        let priced = homes.into_iter().flat_map(|(home, purchase)| {
            let day = move |it: &'c Machine| Some((it.provider.as_str(), it.day_of(purchase)?));
            self.candidates(home).into_iter().filter_map(day)
        });
        priced.collect()
    }

    /// The cheapest type that plans could use of these, had the home another instruction set.
    pub fn of_other_arch(&self, filter: &MachineFilter, home: Home<'_>) -> Option<&Machine> {
        let anywhere = self.candidates_by(filter, Home { arch: None, ..home });
        anywhere.into_iter().find(|machine| !home.has(machine))
    }

    /// What the plan of a workload stays with: the cloud, region and instruction set of the machine type that it runs on
    /// today, else of its own `provider` and `region`, else of those asked for, else the first of [`HOMES`]. Where the list
    /// has none of these, anywhere on it.
    pub fn home<'c>(&'c self, workload: &Workload, machine: Option<&'c Machine>) -> Home<'c> {
        let region = match machine {
            Some(machine) => Some((machine.provider.as_str(), machine.region.as_str())),
            None => self
                .region(workload.provider.as_deref(), workload.region.as_deref())
                .map(|it| (it.provider.as_str(), it.region.as_str())),
        };
        let (provider, region) = match self.filter.reach {
            Reach::Region => (region.map(|it| it.0), region.map(|it| it.1)),
            Reach::Provider => (region.map(|it| it.0), None),
            Reach::Anywhere => (None, None),
        };
        let arch = machine.map_or(USUAL_ARCH, |machine| &machine.arch);
        let arch = (!self.filter.any_arch).then_some(if arch.is_empty() { USUAL_ARCH } else { arch });
        let by_today_alone = |machine: &&Machine| !machine.family.is_empty() && !self.filter.admits(machine);
        let family = machine
            .filter(by_today_alone)
            .map(|machine| (machine.family.as_str(), machine.burst_baseline.is_some()));
        Home { provider, region, arch, family, purchase: workload.purchase }
    }

    /// The region of a cloud and a name; where no name is given the one asked for, else the cloud's of [`HOMES`].
    pub fn region(&self, provider: Option<&str>, region: Option<&str>) -> Option<&Region> {
        if region.is_some() {
            return self.machines.region(provider, region);
        }
        let MachineFilter { provider: asked, region: asked_region, .. } = &self.filter;
        let is_asked = provider.is_none() || asked.is_none() || provider == asked.as_deref();
        let provider = provider.or(asked.as_deref());
        let asked_for = || self.machines.region(provider, Some(asked_region.as_deref()?));
        let home = || {
            let home = HOMES.iter().find(|(cloud, _)| provider.is_none_or(|it| it == *cloud))?;
            self.machines.region(Some(home.0), Some(home.1))
        };
        let found = if is_asked { asked_for() } else { None };
        found.or_else(home).or_else(|| self.machines.region(Some(provider?), None))
    }

    /// The machine type that a workload runs on today, or that its pods share, provisional or not, if it names one: `type`, or
    /// `provider/region/type`. One without a region is in the region of the workload, else in [`Catalog::region`] of its
    /// cloud; on a list without that the cheapest of the name, so that today's bill and the saving are rather understated.
    pub fn current_machine(&self, workload: &Workload) -> Result<Option<&Machine>, Misplaced<'_>> {
        let (provider, region) = (workload.provider.as_deref(), workload.region.as_deref());
        let regions = || self.machines.regions().iter().filter(|it| it.is(provider, region));
        if regions().next().is_none() && (provider.is_some() || region.is_some()) {
            let is_provider = provider.is_some_and(|_| self.machines.region(provider, None).is_none());
            return Err(if is_provider { Misplaced::Provider } else { Misplaced::Region });
        }
        let Some(name) = workload.machine_type_today() else { return Ok(None) };
        if let Some((path, name)) = name.rsplit_once('/') {
            let is_there = |it: &&Region| path == format!("{}/{}", it.provider, it.region);
            let there = self.machines.regions().iter().find(is_there).ok_or(Misplaced::Unknown)?;
            return match there.is(provider, region) {
                false => Err(Misplaced::Contradiction),
                true => there.machine(name).map(Some).ok_or(Misplaced::NotThere(there)),
            };
        }
        if region.is_some() {
            let here = regions().find_map(|it| it.machine(name));
            return here
                .map(Some)
                .ok_or_else(|| regions().next().map_or(Misplaced::Region, Misplaced::NotThere));
        }
        let homes = HOMES.iter().filter(|(cloud, _)| provider.is_none_or(|it| it == *cloud));
        let homes = homes.filter_map(|(cloud, region)| self.machines.region(Some(cloud), Some(region)));
        let known =
            self.region(provider, None).into_iter().chain(homes).find(|it| it.machine(name).is_some());
        if let Some(known) = known {
            let there = self.region(Some(&known.provider), None).unwrap_or(known);
            return there.machine(name).map(Some).ok_or(Misplaced::NotThere(there));
        }
        let all = regions().filter_map(|it| it.machine(name));
        let cheapest = all.min_by(|one, other| on_demand(one).total_cmp(&on_demand(other)));
        let home = provider.and_then(|_| self.region(provider, None));
        cheapest.map(Some).ok_or(home.map_or(Misplaced::Unknown, Misplaced::NotThere))
    }

    /// A workload with the profile and machine type that it names.
    ///
    /// Fails where the profile is not known, or where the workload contradicts itself or that profile. Reading
    /// a workload refuses both.
    pub fn problem<'a>(&'a self, workload: &'a Workload) -> Result<Problem<'a>, ProblemError> {
        self.problem_on(workload, self.machine_today(workload))
    }

    /// [`Catalog::current_machine`], where there is one.
    pub(crate) fn machine_today(&self, workload: &Workload) -> Option<&Machine> {
        self.current_machine(workload).ok().flatten()
    }

    /// A workload with the profile that it names and the machine type that it runs on today.
    pub(crate) fn problem_on<'a>(
        &'a self,
        workload: &'a Workload,
        machine: Option<&'a Machine>,
    ) -> Result<Problem<'a>, ProblemError> {
        let current = self
            .runtime(&workload.current_runtime)
            .ok_or_else(|| ProblemError::UnknownRuntime(workload.current_runtime.clone()))?;
        Ok(Problem::new(workload, current, machine)?)
    }
}

fn on_demand(machine: &Machine) -> f64 {
    machine.usd_per_hour(Purchase::OnDemand).unwrap_or(f64::INFINITY)
}

/// Why what a workload says of where it runs is not in a catalog.
#[derive(Debug, Clone, Copy)]
pub enum Misplaced<'c> {
    /// No region is one of its cloud.
    Provider,
    /// Its cloud has no such region.
    Region,
    /// Its machine type names another cloud or region than the workload does.
    Contradiction,
    /// Its machine type is not in the region.
    NotThere(&'c Region),
    /// Its machine type, or where that is said to be, is on no list.
    Unknown,
}

/// A workload that cannot be planned against a catalog.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProblemError {
    /// No profile has this name.
    #[error("unknown runtime {0:?}")]
    UnknownRuntime(String),
    /// The workload contradicts itself or the profile of what runs it today.
    #[error(transparent)]
    Demand(#[from] DemandError),
}
