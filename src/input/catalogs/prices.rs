//! Single prices that lie over a machine list, CSV.

use super::lists::{self, PRICE_COLUMNS, prices, types};
use super::machines::{self, check_day, usd};
use crate::input::diagnostic::{InputError, Source};
use crate::input::nearest::typo;
use crate::input::quantity::given;
use crate::input::sheet::{Columns, Sheet};
use crate::input::spelled::{spell_machine_type, spell_place};
use std::collections::HashMap;
use tonnage_model::catalog::HOMES;
use tonnage_model::machine::{Machine, Prices, Purchase};
use tonnage_model::regions::{Machines, Region};

/// Columns of a price list as it is written; those of a machine list are read.
#[rustfmt::skip]
const COLUMNS: [&str; 10] = [
    "instance_type", "provider", "region", "on_demand_usd_per_hour", "spot_usd_per_hour", "reserved_1yr_usd_per_hour",
    "reserved_3yr_usd_per_hour", "reserved_3yr_all_upfront_usd_per_hour", "spot_interruption_pct", "price_date",
];
/// What makes a type that is on no list one to plan with.
const TO_ADD: &str = "To add it give provider, region, vcpus, memory_gib and vcpu_speed too";
const PRICE: &str = "an amount of dollars an hour above 0 and below 1e9";

/// Prices of machine types, by place.
#[derive(Debug, Clone, Default)]
pub struct PriceList {
    prices: Vec<Priced>,
    /// Types that are on no list, each in the region of its price.
    added: Vec<Machine>,
    /// Words for nothing that stand instead of a price, each with its line.
    blank: Vec<(String, usize)>,
}

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

/// Reads a price list, with no day after `today`. All mistakes come at once.
pub fn read(source: Source<'_>, today: &str) -> Result<PriceList, InputError> {
    let (mut list, known) = (PriceList::default(), lists::machines());
    let mut seen = HashMap::new();
    let columns = Columns::new("price", &machines::COLUMNS, &machines::COLUMNS[..1]);
    Sheet::read(source, columns, |row, errors| {
        let text = |name: &str| row.get(row.column(name)).map(str::to_owned);
        let (mut provider, mut region) = (text("provider"), text("region"));
        spell_place(&mut provider, known.regions(), |it| &it.provider);
        spell_place(&mut region, known.regions(), |it| &it.region);
        let mut instance_type = text("instance_type").unwrap_or_default();
        let cloud = spell_machine_type(&mut instance_type, &known);
        let provider = provider.or(cloud);
        let of_provider = |cloud| provider.as_deref().is_none_or(|it| it == cloud);
        let is_known = instance_type.is_empty() || clouds_with(&instance_type).any(of_provider);
        let is_sized =
            ["vcpus", "memory_gib", "vcpu_speed"].iter().all(|name| row.get(row.column(name)).is_some());
        let new = provider.clone().zip(region.clone()).filter(|_| !is_known && is_sized);
        let prices = match new {
            Some((provider, region)) => {
                let instance_type = instance_type.clone();
                let added = machines::machine(row, today, errors);
                let added = added.map(|it| Machine { provider, region, instance_type, ..it });
                let prices = added.as_ref().map(|it| it.prices).unwrap_or_default();
                list.added.extend(added);
                prices
            }
            None => {
                let column = row.column("instance_type");
                row.required(column, "the name of a machine type", |_| Some(()), errors);
                check_day(row, today, errors);
                if !is_known {
                    let clouds = HOMES.map(|(cloud, _)| cloud).into_iter();
                    let types = clouds.clone().flat_map(|cloud| types(cloud).keys().map(String::as_str));
                    let cloud = provider.as_deref().filter(|_| clouds_with(&instance_type).next().is_some());
                    let (column, what) = match cloud {
                        Some(cloud) => (row.column("provider"), misspelt("provider", cloud, clouds)),
                        None => (column, misspelt("machine type", &instance_type, types)),
                    };
                    let what = what.unwrap_or_else(|| format!("unknown machine type {instance_type:?}."));
                    errors.push(row.wrong(column, format!("{what} {TO_ADD}")));
                }
                prices(|column| row.parsed(row.column(column), PRICE, usd, errors))
            }
        };
        let cloud = provider.clone().or_else(|| clouds_with(&instance_type).next().map(str::to_owned));
        let in_cloud = known.regions().iter().filter(|it| Some(&it.provider) == cloud.as_ref());
        let regions = in_cloud.map(|it| &*it.region);
        let what = format!("{} region", cloud.as_deref().unwrap_or_default());
        let wrong = region.as_deref().and_then(|it| misspelt(&what, it, regions));
        errors.extend(wrong.map(|what| row.wrong(row.column("region"), what)));
        let is_priced = PRICE_COLUMNS.iter().any(|(column, _)| row.get(row.column(column)).is_some());
        if !is_priced {
            errors.push(row.wrong(0, "the row has no price; give at least on_demand_usd_per_hour"));
        }
        for (column, purchase) in PRICE_COLUMNS {
            let Some(usd) = prices.of(purchase) else {
                let word = row.written(row.column(column)).filter(|it| !it.is_empty() && given(it).is_none());
                list.blank.extend(word.map(|it| (it.to_owned(), row.line())));
                continue;
            };
            let place = (column, instance_type.clone(), cloud.clone(), region.clone());
            let (other, line) = *seen.entry(place).or_insert((usd, row.line()));
            if other != usd {
                let message =
                    format!("{column} is {usd}, but {other} in line {line} of the same type and place");
                errors.push(row.wrong(row.column(column), message));
            }
        }
        list.prices.push(Priced {
            provider,
            region,
            instance_type,
            prices,
            spot_interruption: text("spot_interruption_pct"),
            price_date: text("price_date").unwrap_or_default(),
        });
    })?;
    Ok(list)
}

/// Clouds in whose embedded list a type is.
pub fn clouds_with(instance_type: &str) -> impl Iterator<Item = &'static str> {
    HOMES.iter().map(|(cloud, _)| *cloud).filter(|cloud| types(cloud).contains_key(instance_type))
}

/// What is wrong with a name, if it is a known one but for a letter: others are new.
fn misspelt<'k>(what: &str, name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<String> {
    typo(name, known).map(|meant| format!("unknown {what} {name:?}; did you mean {meant:?}?"))
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
        Self { prices: all.into_iter().collect(), ..Self::default() }
    }
}

impl PriceList {
    /// Its prices, those of a type and place together.
    pub fn iter(&self) -> impl Iterator<Item = &Priced> {
        self.prices.iter()
    }

    /// How many prices are a word for nothing, with the first, where some are.
    pub fn blank(&self) -> Option<String> {
        let (word, line) = self.blank.first()?;
        Some(format!("prices left blank: {}, the first by {word:?} in line {line}", self.blank.len()))
    }

    /// The list as [`read`] reads it, to a billionth of a dollar.
    pub fn to_csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS)?;
        for Priced { provider, region, instance_type, prices, spot_interruption, price_date } in &self.prices
        {
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

    /// Machine types with these prices instead of their own. A region that has a type no price is given one; a type or a region that is on
    /// no list is added.
    pub fn over(self, machines: Machines) -> Machines {
        let mut regions: Vec<Region> = machines.regions().to_vec();
        for Priced { provider, region, instance_type, .. } in &self.prices {
            let provider = provider.as_deref().or_else(|| clouds_with(instance_type).next());
            let (Some(provider), Some(region)) = (provider, region.as_deref()) else { continue };
            if !regions.iter().any(|known| known.is(Some(provider), Some(region))) {
                regions.push(Region::new(provider, region, Vec::new));
            }
        }
        Machines::new(regions).changed(move |provider, region, machines| {
            for priced in self.prices.iter().filter(|priced| priced.is_of(provider, region)) {
                match machines.iter_mut().find(|it| it.instance_type == priced.instance_type) {
                    Some(machine) => priced.lay_over(machine),
                    None if priced.region.is_none() => {}
                    None => {
                        let is_it = |it: &&Machine| {
                            it.instance_type == priced.instance_type && priced.is_of(&it.provider, &it.region)
                        };
                        let known = types(provider).get(&priced.instance_type);
                        machines.extend(known.or_else(|| self.added.iter().find(is_it)).map(|machine| {
                            let mut machine = Machine { region: region.to_owned(), ..machine.clone() };
                            priced.lay_over(&mut machine);
                            machine
                        }));
                    }
                }
            }
        })
    }
}
