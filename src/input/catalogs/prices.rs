//! Single prices that lie over a machine list, CSV.

use super::lists::{PRICE_COLUMNS, machine_type};
use crate::input::diagnostic::{InputError, Source};
use crate::input::quantity;
use crate::input::sheet::{Columns, Row, Sheet};
use tonnage_model::catalog::HOMES;
use tonnage_model::machine::{Machine, Prices};
use tonnage_model::regions::{Machines, Region};

/// Columns of a price list; of these only the machine type has to be there.
const COLUMNS: [&str; 10] = [
    "instance_type",
    "provider",
    "region",
    "on_demand_usd_per_hour",
    "spot_usd_per_hour",
    "reserved_1yr_usd_per_hour",
    "reserved_3yr_usd_per_hour",
    "reserved_3yr_all_upfront_usd_per_hour",
    "spot_interruption_pct",
    "price_date",
];
const PRICE: &str = "an amount of dollars an hour above 0 and below 1e9";

/// Prices of machine types, by place.
#[derive(Debug, Clone, Default)]
pub struct PriceList(Vec<Priced>);

/// Prices of one type, in one region or in all.
#[derive(Debug, Clone)]
struct Priced {
    provider: Option<String>,
    region: Option<String>,
    instance_type: String,
    prices: Prices,
    spot_interruption: Option<String>,
    price_date: String,
}

/// Reads a price list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<PriceList, InputError> {
    let (mut sheet, mut errors) = Sheet::of(source, Columns::new("price", &COLUMNS, &COLUMNS[..1]));
    let mut list = PriceList::default();
    sheet.each_row(&mut errors, |row, errors| {
        let text = |name: &str| row.get(index(name)).map(str::to_owned);
        row.required(index("instance_type"), "the name of a machine type", |_| Some(()), errors);
        let mut price = |prices: Prices, (column, purchase)| {
            prices.with(purchase, row.parsed(index(column), PRICE, usd, errors))
        };
        let prices = PRICE_COLUMNS.into_iter().fold(Prices::default(), &mut price);
        let is_priced = PRICE_COLUMNS.iter().any(|(column, _)| row.get(index(column)).is_some());
        if !is_priced {
            errors.push(row.wrong(0, "the row has no price; give at least on_demand_usd_per_hour"));
        }
        list.0.push(Priced {
            provider: text("provider"),
            region: text("region"),
            instance_type: text("instance_type").unwrap_or_default(),
            prices,
            spot_interruption: text("spot_interruption_pct"),
            price_date: text("price_date").unwrap_or_default(),
        });
        errors.extend(list.0.last().and_then(|it| unknown(it, row)));
    });
    InputError::unless_empty(errors).map(|()| list)
}

fn index(name: &str) -> usize {
    COLUMNS.iter().position(|known| *known == name).unwrap_or(usize::MAX)
}

fn usd(text: &str) -> Option<f64> {
    quantity::number(text).filter(|&usd| usd > 0.0 && usd < 1e9)
}

/// Clouds in whose embedded list a type is.
fn clouds_with(instance_type: &str) -> impl Iterator<Item = &'static str> {
    HOMES.iter().map(|(cloud, _)| *cloud).filter(|cloud| machine_type(cloud, instance_type).is_some())
}

/// A type that is in no embedded list: its size and speed are not known, so its price is of no use.
fn unknown(priced: &Priced, row: Row<'_>) -> Option<crate::input::diagnostic::Diagnostic> {
    let of_provider = |cloud| priced.provider.as_deref().is_none_or(|it| it == cloud);
    let is_known = clouds_with(&priced.instance_type).any(of_provider);
    let message = format!("unknown machine type {:?}; add the type with --machines", priced.instance_type);
    (!is_known && !priced.instance_type.is_empty()).then(|| row.wrong(index("instance_type"), message))
}

impl Priced {
    fn is_of(&self, provider: &str, region: &str) -> bool {
        self.provider.as_deref().is_none_or(|it| it == provider)
            && self.region.as_deref().is_none_or(|it| it == region)
    }

    fn lay_over(&self, machine: &mut Machine) {
        machine.prices = self.prices.over(machine.prices);
        machine.price_date.clone_from(&self.price_date);
        if let Some(band) = &self.spot_interruption {
            machine.spot_interruption.clone_from(band);
        }
    }
}

impl PriceList {
    /// Machine types with these prices instead of their own. A region that has a type no price is given one; one that is on no
    /// list is added.
    pub fn over(self, machines: Machines) -> Machines {
        let mut regions: Vec<Region> = machines.regions().to_vec();
        for Priced { provider, region, instance_type, .. } in &self.0 {
            let provider = provider.as_deref().or_else(|| clouds_with(instance_type).next());
            let (Some(provider), Some(region)) = (provider, region.as_deref()) else { continue };
            if !regions.iter().any(|known| known.is(Some(provider), Some(region))) {
                regions.push(Region::new(provider, region, Vec::new));
            }
        }
        Machines::new(regions).changed(move |provider, region, machines| {
            for priced in self.0.iter().filter(|priced| priced.is_of(provider, region)) {
                match machines.iter_mut().find(|it| it.instance_type == priced.instance_type) {
                    Some(machine) => priced.lay_over(machine),
                    None if priced.region.is_none() => {}
                    None => machines.extend(machine_type(provider, &priced.instance_type).map(|machine| {
                        let mut machine = Machine { region: region.to_owned(), ..machine };
                        priced.lay_over(&mut machine);
                        machine
                    })),
                }
            }
        })
    }
}
