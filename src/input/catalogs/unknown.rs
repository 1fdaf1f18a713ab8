//! Names that nothing in a catalog has: mistakes, not empty lists.

use crate::input::nearest::unknown;
use std::collections::BTreeSet;
use tonnage_model::catalog::{Catalog, MachineFilter};
use tonnage_model::machine::{Machine, Purchase};

/// What is wrong with each of the names of runtimes asked for, if anything.
pub fn runtimes(wanted: &[String], catalog: &Catalog) -> Vec<String> {
    let known = catalog.runtime_names();
    if wanted.is_empty() {
        return vec![format!("no runtime is named; known: {}", known.join(", "))];
    }
    let unknown_of = |name: &String| unknown("runtime", name, &known);
    wanted.iter().filter(|name| !known.contains(&name.as_str())).map(unknown_of).collect()
}

/// What is wrong with the provider that a catalog is filtered by, if anything.
pub fn provider(catalog: &Catalog) -> Option<String> {
    unknown_among("provider", catalog.filter.provider.as_deref()?, &catalog.machines, |it| &it.provider)
}

/// What is wrong with the region, among those of the provider.
pub fn region(catalog: &Catalog) -> Option<String> {
    let wanted = catalog.filter.region.as_deref()?;
    let provider = &catalog.filter.provider;
    let of_provider =
        catalog.machines.iter().filter(|it| provider.as_ref().is_none_or(|wanted| *wanted == it.provider));
    unknown_among("region", wanted, of_provider, |it| &it.region)
}

/// Why the provider asked for cannot be paid so, if it cannot: it has machine types, and none has such a price.
pub fn purchase(catalog: &Catalog, purchase: Purchase) -> Option<String> {
    let provider = catalog.filter.provider.as_deref()?;
    let types = catalog.candidates();
    let is_priced = types.iter().any(|machine| machine.usd_per_hour(purchase).is_some());
    (!types.is_empty() && !is_priced).then(|| {
        format!("{provider} has no {purchase} price here; take another purchase, or another provider")
    })
}

fn unknown_among<'m>(
    what: &str,
    name: &str,
    machines: impl IntoIterator<Item = &'m Machine>,
    of: fn(&Machine) -> &str,
) -> Option<String> {
    let known: BTreeSet<&str> = machines.into_iter().map(of).collect();
    (!known.contains(name)).then(|| unknown(what, name, &known.into_iter().collect::<Vec<_>>()))
}

/// Why no plan can use the machine types that match a pattern, if none can.
pub fn unusable_type(pattern: &str, catalog: &Catalog) -> Option<String> {
    let alone = MachineFilter { types: vec![pattern.to_owned()], ..catalog.filter.clone() };
    if catalog.machines.iter().any(|machine| alone.admits(machine)) {
        return None;
    }
    let mut matching = catalog.machines.iter().filter(|it| alone.is_at_home(it) && alone.matches_type(it));
    Some(machine_type(pattern, catalog).unwrap_or_else(|| {
        if matching.any(Machine::is_provisional) {
            format!("the speed of {pattern:?} is only a rough figure; add --include-provisional to use it")
        } else {
            format!("the speed of {pattern:?} is not known, so no plan can use it")
        }
    }))
}

/// What is wrong with a pattern that no machine type in the provider and region asked for matches.
pub fn machine_type(pattern: &str, catalog: &Catalog) -> Option<String> {
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
