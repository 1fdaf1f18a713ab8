//! Single prices that lie over a machine list, CSV.

use super::lists::{PRICE_COLUMNS, prices, types};
use super::machines::usd;
use crate::input::diagnostic::{InputError, Source};
use crate::input::sheet::{Columns, Row, Sheet};
use tonnage_model::catalog::HOMES;
use tonnage_model::machine::{Machine, Prices, Purchase};
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
#[derive(Debug, Clone, Default)]
pub struct Priced {
    /// Cloud; nothing where the type is that of any.
    pub provider: Option<String>,
    /// Region; nothing for all.
    pub region: Option<String>,
    /// Machine type.
    pub instance_type: String,
    /// Its prices.
    pub prices: Prices,
    /// Share of spot machines taken back in a month, per cent, such as `5-10`.
    pub spot_interruption: Option<String>,
    /// Day on which they were true; empty where that is not known.
    pub price_date: String,
}

/// Reads a price list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<PriceList, InputError> {
    let mut list = PriceList::default();
    Sheet::read(source, Columns::new("price", &COLUMNS, &COLUMNS[..1]), |row, errors| {
        let text = |name: &str| row.get(row.column(name)).map(str::to_owned);
        row.required(row.column("instance_type"), "the name of a machine type", |_| Some(()), errors);
        let prices = prices(|column| row.parsed(row.column(column), PRICE, usd, errors));
        let is_priced = PRICE_COLUMNS.iter().any(|(column, _)| row.get(row.column(column)).is_some());
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
    })?;
    Ok(list)
}

/// Clouds in whose embedded list a type is.
pub fn clouds_with(instance_type: &str) -> impl Iterator<Item = &'static str> {
    HOMES.iter().map(|(cloud, _)| *cloud).filter(|cloud| types(cloud).contains_key(instance_type))
}

/// A type that is in no embedded list: its size and speed are not known, so its price is of no use.
fn unknown(priced: &Priced, row: Row<'_>) -> Option<crate::input::diagnostic::Diagnostic> {
    let of_provider = |cloud| priced.provider.as_deref().is_none_or(|it| it == cloud);
    let is_known = clouds_with(&priced.instance_type).any(of_provider);
    let message = format!("unknown machine type {:?}; add the type with --machines", priced.instance_type);
    (!is_known && !priced.instance_type.is_empty()).then(|| row.wrong(row.column("instance_type"), message))
}

impl Priced {
    fn is_of(&self, provider: &str, region: &str) -> bool {
        self.provider.as_deref().is_none_or(|it| it == provider)
            && self.region.as_deref().is_none_or(|it| it == region)
    }

    fn lay_over(&self, machine: &mut Machine) {
        let day = |it| self.prices.of(it).map_or(machine.date_of(it), |_| &self.price_date).to_owned();
        let (on_demand, all) = (day(Purchase::OnDemand), PRICE_COLUMNS.map(|(_, it)| (it, day(it).into())));
        machine.other_dates = all.into_iter().filter(|(_, day)| *day != on_demand).collect();
        (machine.price_date, machine.prices) = (on_demand, self.prices.over(machine.prices));
        if let Some(band) = &self.spot_interruption {
            machine.spot_interruption.clone_from(band);
        }
    }
}

impl FromIterator<Priced> for PriceList {
    fn from_iter<T: IntoIterator<Item = Priced>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

impl PriceList {
    /// Its prices, those of a type and place together.
    pub fn iter(&self) -> impl Iterator<Item = &Priced> {
        self.0.iter()
    }

    /// The list as [`read`] reads it, to a billionth of a dollar.
    pub fn to_csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS)?;
        for Priced { provider, region, instance_type, prices, spot_interruption, price_date } in &self.0 {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let usd = |usd: f64| ((usd * 1e9).round() / 1e9).to_string();
            let price = |(_, purchase)| prices.of(purchase).map(usd).unwrap_or_default();
            let begin = [instance_type.clone(), text(provider), text(region)];
            let end = [text(spot_interruption), price_date.clone()];
            writer.write_record(begin.into_iter().chain(PRICE_COLUMNS.map(price)).chain(end))?;
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

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
                    None => machines.extend(types(provider).get(&priced.instance_type).map(|machine| {
                        let mut machine = Machine { region: region.to_owned(), ..machine.clone() };
                        priced.lay_over(&mut machine);
                        machine
                    })),
                }
            }
        })
    }
}
