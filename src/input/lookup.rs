//! The names of a catalog, by which cells refer to it.

use super::catalogs::unknown::{near_region, runtime};
use super::column::Names;
use super::nearest::{guess, is_slip, nearest, unknown};
use super::quantity;
use super::spelled::{self, azure_type, spell_machine_type, spell_place};
use std::collections::{BTreeSet, HashMap};
use tonnage_model::blank::Blank;
use tonnage_model::catalog::{Catalog, HOMES, Misplaced};
use tonnage_model::machine::Machine;
use tonnage_model::regions::Region;
use tonnage_model::runtime::Runtime;
use tonnage_model::workload::Workload;

/// The names in a catalog, found without going through it.
pub struct Lookup<'c> {
    catalog: &'c Catalog,
    handlers: Vec<&'c str>,
    runtimes: HashMap<&'c str, &'c Runtime>,
}

/// What to do about a machine type that the list lacks.
const WAY_OUT: &str = "Add a type that is on no list with --prices: its price, and vcpus, memory_gib and vcpu_speed of a type that \
                       its cloud does not have. An empty cell would make pods of current_instances";

impl<'c> Lookup<'c> {
    /// Goes through a catalog once.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            handlers: catalog.handler_kinds(),
            runtimes: catalog.runtimes.iter().map(|it| (it.name.as_str(), it)).collect(),
        }
    }

    /// A workload of which only what the systems of today's machines take is known.
    pub fn open_workload(&self) -> Workload {
        let Catalog { system_cores, is_system_given, .. } = *self.catalog;
        Workload { system_cores, is_system_given, ..Workload::default() }
    }

    /// A profile by name.
    pub fn runtime(&self, name: &str) -> Option<&'c Runtime> {
        self.runtimes.get(name).copied()
    }

    /// A name as the catalog has it, where a cell has another of the same.
    pub fn spelled<'n>(&self, names: Names, name: &'n str) -> &'n str
    where
        'c: 'n,
    {
        if names != Names::Runtimes || self.has(names, name) {
            return name;
        }
        spelled::runtime(name, self.catalog).unwrap_or(name)
    }

    /// Puts cloud, region and machine types as the catalog writes them, `aws` for `AWS` and `Standard_D4s_v5` for `D4s v5`.
    pub fn spell_place(&self, workload: &mut Workload) {
        let regions = self.catalog.machines.regions();
        spell_place(&mut workload.provider, regions, |it| &it.provider);
        spell_place(&mut workload.region, regions, |it| &it.region);
        let types = [&mut workload.current_machine, &mut workload.current_node_type];
        let clouds =
            types.into_iter().flatten().filter_map(|it| spell_machine_type(it, &self.catalog.machines));
        workload.provider = clouds.fold(workload.provider.take(), |given, cloud| given.or(Some(cloud)));
    }

    /// What is wrong with the name of a language, if anything.
    pub fn unknown_language(&self, name: &str) -> Option<String> {
        let known: Vec<&str> = self.catalog.languages.iter().map(|it| it.name.as_str()).collect();
        (!known.contains(&name)).then(|| unknown("language", name, &known))
    }

    /// The machine type that something runs on today.
    pub fn machine(&self, workload: &Workload) -> Option<&'c Machine> {
        self.catalog.current_machine(workload).ok().flatten()
    }

    /// The profile of what runs today, whose process holds least where nobody says which.
    pub fn lightest(&self, workload: &Workload) -> Option<&'c Runtime> {
        let least = |one: &&Runtime, other: &&Runtime| one.memory.base.low.total_cmp(&other.memory.base.low);
        match workload.blanks.has(Blank::CurrentRuntime) {
            true => self.catalog.runtimes.iter().min_by(least),
            false => self.runtime(&workload.current_runtime),
        }
    }

    /// Whether a name is known.
    pub fn has(&self, names: Names, name: &str) -> bool {
        match names {
            Names::Handlers => self.handlers.contains(&name),
            Names::Runtimes => self.runtimes.contains_key(name),
        }
    }

    /// What is wrong with a name that is not known, and which may be meant.
    pub fn unknown(&self, names: Names, column: &str, name: &str) -> String {
        match names {
            Names::Handlers => {
                let is_time = quantity::number(name).or_else(|| quantity::duration(name)).is_some();
                let time = if is_time { "; a time is handler_ms" } else { "" };
                unknown(column, name, &self.handlers) + time
            }
            Names::Runtimes => {
                let known = self.catalog.runtime_names();
                let what = runtime(column, name, self.catalog);
                match what.starts_with("unknown") && guess(name, known.iter().copied()).is_none() {
                    false => what,
                    true => {
                        format!("{what}; leave the row out, or measure another one: tonnage measure --help")
                    }
                }
            }
        }
    }

    /// What is wrong with where a workload runs, and the column to blame.
    pub fn misplaced(&self, workload: &Workload) -> Option<(&'static str, String)> {
        let Workload { provider, region, current_machine, .. } = workload;
        let (machine, column) = match current_machine {
            None if workload.current_node_type.is_some() => {
                (&workload.current_node_type, "current_node_type")
            }
            machine => (machine, "current_machine"),
        };
        if let (None, Some(region), None) = (provider, region, machine)
            && let Some(question) = near_region(region, self.catalog)
        {
            return Some(("region", question));
        }
        let error = self.catalog.current_machine(workload).err()?;
        let [provider, region, machine] =
            [provider, region, machine].map(|name| name.as_deref().unwrap_or_default());
        let regions = || self.catalog.machines.regions().iter();
        Some(match error {
            Misplaced::Provider => {
                let known: BTreeSet<&str> = regions().map(|it| it.provider.as_str()).collect();
                ("provider", unknown("provider", provider, &known.into_iter().collect::<Vec<_>>()))
            }
            Misplaced::Region => {
                let of_provider = regions().filter(|it| provider.is_empty() || it.provider == provider);
                let known: Vec<&str> = of_provider.map(|it| it.region.as_str()).collect();
                (
                    "region",
                    unknown(&format!("{provider} region"), region, &known).replace("unknown  ", "unknown "),
                )
            }
            Misplaced::Contradiction => {
                let here =
                    [provider, region].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
                let message = format!("{column} is {machine:?}, but the workload is said to run in {here}");
                (column, message)
            }
            Misplaced::NotThere(region) => (column, not_there(machine, region, self.catalog)),
            Misplaced::Unknown => (column, self.unknown_machine(column, machine)),
        })
    }

    /// The nearest machine type to one that is on no list, in full where that is given in full.
    fn unknown_machine(&self, column: &str, name: &str) -> String {
        let (path, kind) = name.rsplit_once('/').unwrap_or(("", name));
        let is_near = |it: &&Region| {
            let place = (it.provider.as_str(), it.region.as_str());
            HOMES.contains(&place) || path == format!("{}/{}", place.0, place.1)
        };
        let regions = self.catalog.machines.regions();
        let mut near: Vec<&Region> = regions.iter().filter(is_near).collect();
        if near.is_empty() {
            near = regions.iter().collect();
        }
        let types: BTreeSet<&str> =
            near.into_iter().flat_map(Region::machines).map(|it| it.instance_type.as_str()).collect();
        let places: BTreeSet<String> =
            regions.iter().map(|it| format!("{}/{}", it.provider, it.region)).collect();
        let of_region = || regions.iter().find(|it| it.region == path && it.machine(kind).is_some());
        if let Some(Region { provider, .. }) = of_region() {
            return format!("{column} {name:?} lacks its cloud; did you mean \"{provider}/{name}\"?");
        }
        let kind = nearest_type(kind, types.iter().copied()).unwrap_or_default();
        let guess = match nearest(path, places.iter().map(String::as_str)) {
            Some(path) if name.contains('/') => format!("{path}/{kind}"),
            _ => kind.to_owned(),
        };
        match is_slip(name, [guess.as_str()]) {
            true => format!("unknown {column} {name:?}; did you mean {guess:?}?"),
            false => format!("unknown {column} {name:?}; nearest known {guess:?}. {WAY_OUT}"),
        }
    }
}

/// What to say of a machine type that a region lacks.
fn not_there(name: &str, region: &Region, catalog: &Catalog) -> String {
    let kind = name.rsplit_once('/').map_or(name, |(_, kind)| kind);
    let homes = HOMES.iter().filter_map(|(cloud, home)| catalog.machines.region(Some(cloud), Some(home)));
    let known: Vec<&Machine> = homes.filter_map(|it| it.machine(kind)).collect();
    let of_cloud = known.iter().find(|it| it.provider == region.provider);
    if let (None, Some(machine)) = (of_cloud, known.first()) {
        let Region { provider, region, .. } = region;
        return format!(
            "{kind:?} is a machine type of {}, but {region} is a region of {provider}",
            machine.provider
        );
    }
    let types = region.machines().iter().map(|it| it.instance_type.as_str());
    let (what, guess) = match of_cloud {
        Some(machine) => ("there is no price of", nearest_size(machine, region)),
        None => {
            let in_full = azure_type(kind).filter(|_| region.provider == "azure");
            let near = nearest_type(in_full.as_deref().unwrap_or(kind), types);
            ("there is no machine type", near.and_then(|it| region.machine(it)))
        }
    };
    let guess = guess.map_or(String::new(), |it| format!("; nearest there: {:?}", it.instance_type));
    format!("{what} {kind:?} in {region}{guess}. {WAY_OUT}")
}

/// The name of a machine type that is most like another one, of the same size where some are: generations have the same sizes.
fn nearest_type<'k>(kind: &str, types: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let stem = kind.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = |name: &str| name.strip_prefix(stem)?.parse::<f64>().ok();
    let apart = |it: &&str| (number(it).unwrap_or(1.0) / number(kind).unwrap_or(1.0)).ln().abs();
    let numbered = types.clone().filter(|it| number(it).zip(number(kind)).is_some());
    let numbered = numbered.min_by(|one, other| apart(one).total_cmp(&apart(other)));
    let size = kind.find(['.', '-']).map(|at| &kind[at..]);
    let of_size = size.and_then(|size| nearest(kind, types.clone().filter(|it| it.ends_with(size))));
    numbered.or(of_size).or_else(|| nearest(kind, types))
}

/// The machine type of a region that is most like another: by instruction set, size, memory and speed, then by name.
fn nearest_size<'r>(machine: &Machine, region: &'r Region) -> Option<&'r Machine> {
    let apart = |one: f64, other: f64| (one.max(1e-3) / other.max(1e-3)).ln().abs();
    let distance = |it: &Machine| {
        let speed = |machine: &Machine| machine.sustained_speed().unwrap_or(1.0);
        4.0 * apart(f64::from(it.vcpus), f64::from(machine.vcpus))
            + apart(it.memory_bytes, machine.memory_bytes)
            + apart(speed(it), speed(machine))
    };
    let same = region.machines().iter().filter(|it| it.arch == machine.arch);
    same.min_by(|one, other| distance(one).total_cmp(&distance(other)))
}
