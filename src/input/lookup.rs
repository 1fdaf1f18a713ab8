//! The names of a catalog, by which cells refer to it.

use super::columns::Names;
use super::nearest::{is_slip, nearest, unknown};
use std::collections::{HashMap, HashSet};
use tonnage_model::catalog::Catalog;
use tonnage_model::machine::Machine;
use tonnage_model::runtime::Runtime;

/// The names in a catalog, found without going through it.
pub struct Lookup<'c> {
    catalog: &'c Catalog,
    handlers: Vec<&'c str>,
    runtimes: HashMap<&'c str, &'c Runtime>,
    machine_types: HashSet<&'c str>,
    machines: HashSet<[&'c str; 3]>,
}

impl<'c> Lookup<'c> {
    /// Goes through a catalog once.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            handlers: catalog.handler_kinds(),
            runtimes: catalog.runtimes.iter().map(|it| (it.name.as_str(), it)).collect(),
            machine_types: catalog.machines.iter().map(|it| it.instance_type.as_str()).collect(),
            machines: catalog
                .machines
                .iter()
                .map(|it| [it.provider.as_str(), it.region.as_str(), it.instance_type.as_str()])
                .collect(),
        }
    }

    /// A profile by name.
    pub fn runtime(&self, name: &str) -> Option<&'c Runtime> {
        self.runtimes.get(name).copied()
    }

    /// What is wrong with the name of a language, if anything.
    pub fn unknown_language(&self, name: &str) -> Option<String> {
        let known: Vec<&str> = self.catalog.languages.iter().map(|it| it.name.as_str()).collect();
        (!known.contains(&name)).then(|| unknown("language", name, &known))
    }

    /// The machine type that something runs on today.
    pub fn machine(&self, name: &str) -> Option<&'c Machine> {
        self.catalog.current_machine(name)
    }

    /// Whether a name is known.
    pub fn has(&self, names: Names, name: &str) -> bool {
        match names {
            Names::Handlers => self.handlers.contains(&name),
            Names::Runtimes => self.runtimes.contains_key(name),
            Names::Machines => match name.rsplit_once('/') {
                None => self.machine_types.contains(name),
                Some((path, kind)) => path
                    .split_once('/')
                    .is_some_and(|(provider, region)| self.machines.contains(&[provider, region, kind])),
            },
        }
    }

    /// What is wrong with a name that is not known, and which may be meant.
    pub fn unknown(&self, names: Names, column: &str, name: &str) -> String {
        match names {
            Names::Handlers => unknown(column, name, &self.handlers),
            Names::Runtimes => unknown(column, name, &self.catalog.runtime_names()),
            Names::Machines => self.unknown_machine(column, name),
        }
    }

    /// The nearest machine type to one that is not known, in full where that is given in full, and what to do where
    /// it is not on any list.
    fn unknown_machine(&self, column: &str, name: &str) -> String {
        let in_full = name.contains('/');
        let known: Vec<String> = self
            .catalog
            .machines
            .iter()
            .map(|it| match in_full {
                true => format!("{}/{}/{}", it.provider, it.region, it.instance_type),
                false => it.instance_type.clone(),
            })
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let way_out = "where it is on no list, leave the cell empty or add the type with --machines";
        match nearest(name, known.iter().copied()) {
            Some(guess) if !is_slip(name, known.iter().copied()) => {
                format!("unknown {column} {name:?}, nearest known {guess:?}; {way_out}")
            }
            _ => unknown(column, name, &known),
        }
    }
}
