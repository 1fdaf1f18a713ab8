//! Machines of Google Cloud, which are priced by their cores and their memory.

use crate::input::catalogs::lists;
use crate::input::catalogs::prices::Priced;
use std::collections::BTreeMap;
use tonnage_model::machine::{Machine, Prices, Purchase};
use tonnage_model::units::GIB;

/// What a machine is priced by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// A core.
    Core,
    /// A GiB of memory.
    Gib,
}

/// Prices of a core and of a GiB, by family and region.
#[derive(Default)]
pub struct Parts(BTreeMap<[String; 2], Rates>);

#[derive(Default)]
struct Rates {
    core: Prices,
    gib: Prices,
    day: String,
}

impl Parts {
    /// Takes the price of a part in a family and region, which was true on a day.
    pub fn add(
        &mut self,
        [family, region]: [&str; 2],
        part: Part,
        (purchase, usd): (Purchase, f64),
        day: &str,
    ) {
        let rates = self.0.entry([family.to_owned(), region.to_owned()]).or_default();
        let prices = if part == Part::Core { &mut rates.core } else { &mut rates.gib };
        *prices = prices.with(purchase, Some(usd));
        if rates.day.as_str() < day {
            day.clone_into(&mut rates.day);
        }
    }

    /// The machine types of the catalog at these prices.
    pub fn machines(self, mut take: impl FnMut(Priced)) {
        for ([family, region], Rates { core, gib, day }) in self.0 {
            let priced = |instance_type: &str, prices| Priced {
                provider: Some("gcp".to_owned()),
                region: Some(region.clone()),
                instance_type: instance_type.to_owned(),
                prices,
                price_date: day.clone(),
                ..Priced::default()
            };
            let mut types =
                lists::types("gcp").values().filter(|machine| machine.family == family).peekable();
            if types.peek().is_none() {
                take(priced(&family, core));
            }
            types
                .for_each(|machine| take(priced(&machine.instance_type, machine_prices(machine, core, gib))));
        }
    }
}

/// `cores x price of a core + GiB x price of a GiB`. A type that has a share of each vCPU pays for as much of it.
fn machine_prices(machine: &Machine, core: Prices, gib: Prices) -> Prices {
    let cores = f64::from(machine.vcpus) * machine.burst_baseline.unwrap_or(1.0);
    Purchase::WORDS.iter().fold(Prices::default(), |prices, &(_, purchase)| {
        let both = core.of(purchase).zip(gib.of(purchase));
        prices.with(purchase, both.map(|(core, gib)| core * cores + gib * (machine.memory_bytes / GIB)))
    })
}
