//! The runtimes and machine types to choose from, and the lookups by name that workloads need.

use crate::demand::event::DemandError;
use crate::language::Language;
use crate::machine::Machine;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::workload::Workload;
use std::collections::BTreeSet;
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

/// Where plans are made for workloads that do not say where they run.
pub const HOME: (&str, &str) = ("aws", "us-east-1");

/// A cloud and a region that plans stay in, as far as these are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home<'c> {
    /// The cloud.
    pub provider: Option<&'c str>,
    /// The region.
    pub region: Option<&'c str>,
}

impl Home<'_> {
    /// No place in particular.
    pub const ANYWHERE: Self = Self { provider: None, region: None };

    /// Whether a machine type is there.
    pub fn has(&self, machine: &Machine) -> bool {
        self.provider.is_none_or(|provider| provider == machine.provider)
            && self.region.is_none_or(|region| region == machine.region)
    }
}

/// Which machine types a plan may use.
#[derive(Debug, Clone, Default)]
pub struct MachineFilter {
    /// Only this cloud.
    pub provider: Option<String>,
    /// Only this region.
    pub region: Option<String>,
    /// Only types that match one of these patterns (`*` and `?`); all where empty.
    pub types: Vec<String>,
    /// Only types with so many vCPUs at least, but for those that a pattern names in full.
    pub min_vcpus: u32,
    /// Also those whose speed is only a rough figure.
    pub include_provisional: bool,
    /// How far from today's machine.
    pub reach: Reach,
}

impl MachineFilter {
    /// Whether a machine is in the provider and region asked for.
    pub fn is_at_home(&self, machine: &Machine) -> bool {
        self.provider.as_ref().is_none_or(|wanted| *wanted == machine.provider)
            && self.region.as_ref().is_none_or(|wanted| *wanted == machine.region)
    }

    /// Whether its type matches the patterns.
    pub fn matches_type(&self, machine: &Machine) -> bool {
        self.types.is_empty()
            || self.types.iter().any(|pattern| WildMatch::new(pattern).matches(&machine.instance_type))
    }

    /// Whether it has vCPUs enough, or is named.
    fn is_large_enough(&self, machine: &Machine) -> bool {
        machine.vcpus >= self.min_vcpus || self.types.contains(&machine.instance_type)
    }

    /// Whether a plan may use it: at home, matching, its speed known and not provisional unless asked for.
    pub fn admits(&self, machine: &Machine) -> bool {
        self.is_at_home(machine)
            && self.matches_type(machine)
            && self.is_large_enough(machine)
            && machine.vcpu_speed.is_some()
            && (self.include_provisional || !machine.is_provisional())
    }
}

/// Everything that names in a workload can refer to.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Runtime profiles, in the order in which they are shown.
    pub runtimes: Vec<Runtime>,
    /// Languages that profiles may name.
    pub languages: Vec<Language>,
    /// All machine types, also those that no plan may use.
    pub machines: Vec<Machine>,
    /// Which of them plans may use.
    pub filter: MachineFilter,
}

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

    /// A profile by name.
    pub fn runtime(&self, name: &str) -> Option<&Runtime> {
        self.runtimes.iter().find(|runtime| runtime.name == name)
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

    /// Machine types that plans may use, cheapest first, so that a search for the cheapest plan soon has a
    /// bill to hold the others against.
    pub fn candidates(&self) -> Vec<&Machine> {
        let mut admitted: Vec<&Machine> =
            self.machines.iter().filter(|machine| self.filter.admits(machine)).collect();
        let price = |machine: &Machine| machine.on_demand_usd_per_hour.unwrap_or(f64::INFINITY);
        admitted.sort_by(|one, other| price(one).total_cmp(&price(other)));
        admitted
    }

    /// Where the plan of what runs on a machine type today stays: with that, or in [`HOME`] where it is not known. Anywhere,
    /// if plans may use no machine type there.
    pub fn home<'c>(&self, machine: Option<&'c Machine>) -> Home<'c> {
        let (provider, region) = match machine {
            Some(machine) => (machine.provider.as_str(), machine.region.as_str()),
            None => HOME,
        };
        let home = match self.filter.reach {
            Reach::Region => Home { provider: Some(provider), region: Some(region) },
            Reach::Provider => Home { provider: Some(provider), region: None },
            Reach::Anywhere => return Home::ANYWHERE,
        };
        let is_usable = self.machines.iter().any(|machine| home.has(machine) && self.filter.admits(machine));
        if is_usable { home } else { Home::ANYWHERE }
    }

    /// Those of [`Catalog::candidates`] that the plan of what runs on a machine type today may use.
    pub fn candidates_for(&self, machine: Option<&Machine>) -> Vec<&Machine> {
        let home = self.home(machine);
        self.candidates().into_iter().filter(|candidate| home.has(candidate)).collect()
    }

    /// The machine type that something runs on today, provisional or not: `type`, or
    /// `provider/region/type` where several have the name.
    ///
    /// Of several, one in the provider and region asked for, and of these the cheapest on demand, so that
    /// today's bill and with it the saving is rather understated.
    pub fn current_machine(&self, name: &str) -> Option<&Machine> {
        let (path, instance_type) = name.rsplit_once('/').unwrap_or(("", name));
        self.machines
            .iter()
            .filter(|machine| machine.instance_type == instance_type)
            .filter(|machine| path.is_empty() || path == format!("{}/{}", machine.provider, machine.region))
            .min_by(|one, other| {
                let abroad = |machine: &Machine| !self.filter.is_at_home(machine);
                let price = |machine: &Machine| machine.on_demand_usd_per_hour.unwrap_or(f64::INFINITY);
                abroad(one).cmp(&abroad(other)).then(price(one).total_cmp(&price(other)))
            })
    }

    /// A workload with the profile and machine type that it names.
    ///
    /// Fails where the profile is not known, or where the workload contradicts itself or that profile. Reading
    /// a workload refuses both.
    pub fn problem<'a>(&'a self, workload: &'a Workload) -> Result<Problem<'a>, ProblemError> {
        let current = self
            .runtime(&workload.current_runtime)
            .ok_or_else(|| ProblemError::UnknownRuntime(workload.current_runtime.clone()))?;
        let machine = workload.current_machine.as_deref().and_then(|name| self.current_machine(name));
        Ok(Problem::new(workload, current, machine)?)
    }
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
