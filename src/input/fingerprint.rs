//! Short texts that differ where what was planned with differs, so that two plans can be compared.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tonnage_model::catalog::Catalog;
use tonnage_model::machine::{Machine, Purchase};

/// Fingerprints of what was planned with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// Of the machine types and prices of each region that was planned in, by cloud and region.
    pub prices: BTreeMap<String, String>,
    /// Of each runtime profile, by name.
    pub profiles: BTreeMap<String, String>,
}

impl Fingerprints {
    /// Those of a catalog. Regions and runtimes on request that nobody has looked at have no part in it.
    pub fn of(catalog: &Catalog) -> Self {
        let looked_at = catalog.machines.regions().iter().filter_map(|it| Some((it, it.made()?)));
        let profile = |runtime| serde_json::to_vec(runtime).map(fingerprint).unwrap_or_default();
        Self {
            prices: looked_at
                .map(|(region, machines)| (region.to_string(), fingerprint(machines.iter().flat_map(bytes))))
                .collect(),
            profiles: catalog.in_use().into_iter().map(|it| (it.name.clone(), profile(it))).collect(),
        }
    }
}

/// What plans depend on of a machine type.
fn bytes(machine: &Machine) -> impl Iterator<Item = u8> {
    let sizes = [Some(f64::from(machine.vcpus)), Some(machine.memory_bytes), machine.network_bits_per_second];
    let prices = Purchase::WORDS.iter().map(|(_, purchase)| machine.usd_per_hour(*purchase));
    let numbers = prices.chain(sizes).chain([machine.sustained_speed()]);
    machine.instance_type.bytes().chain(numbers.flat_map(|number| number.unwrap_or(-1.0).to_le_bytes()))
}

/// FNV-1a, 64 bits: the same on every machine and in every version. Source: Fowler, Noll, Vo, `draft-eastlake-fnv`.
fn fingerprint(bytes: impl IntoIterator<Item = u8>) -> String {
    let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    /// Published test vectors of FNV-1a.
    #[test]
    fn known_texts() {
        let of = |text: &str| super::fingerprint(text.bytes());
        assert_eq!(
            [of(""), of("a"), of("foobar")],
            ["cbf29ce484222325", "af63dc4c8601ec8c", "85944171f73967e8"]
        );
    }
}
