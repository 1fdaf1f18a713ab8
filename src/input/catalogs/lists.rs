//! The embedded machine types and prices (profiles/machines): compressed by build.rs, read a region at a time.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;
use tonnage_model::machine::{Machine, Prices, Purchase};
use tonnage_model::regions::{Machines, Region};
use tonnage_model::units::GIB;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// Columns of prices and the purchase that each is of.
pub const PRICE_COLUMNS: [(&str, Purchase); 5] = [
    ("on_demand_usd_per_hour", Purchase::OnDemand),
    ("spot_usd_per_hour", Purchase::Spot),
    ("reserved_1yr_usd_per_hour", Purchase::Reserved1Yr),
    ("reserved_3yr_usd_per_hour", Purchase::Reserved3Yr),
    ("reserved_3yr_all_upfront_usd_per_hour", Purchase::Reserved3YrAllUpfront),
];

/// Prices out of their columns.
pub fn prices(mut read: impl FnMut(&str) -> Option<f64>) -> Prices {
    PRICE_COLUMNS
        .into_iter()
        .fold(Prices::default(), |prices, (column, purchase)| prices.with(purchase, read(column)))
}

/// A machine type out of its columns, but for its prices.
pub fn machine<'t>(get: impl Fn(&str) -> &'t str, mut read: impl FnMut(&str) -> Option<f64>) -> Machine {
    let text = |column: &str| get(column).to_owned();
    Machine {
        provider: text("provider"),
        region: text("region"),
        instance_type: text("instance_type"),
        family: text("family"),
        arch: text("arch"),
        cpu: text("cpu"),
        vcpus: read("vcpus").unwrap_or_default() as u32,
        physical_cores: read("physical_cores").map(|cores| cores as u32),
        memory_bytes: read("memory_gib").unwrap_or_default() * GIB,
        network_bits_per_second: read("network_gbps").map(|gbps| gbps * 1e9),
        vcpu_speed: read("vcpu_speed"),
        speed_range: read("speed_low").zip(read("speed_high")),
        speed_basis: text("speed_basis"),
        burst_baseline: read("burst_baseline"),
        is_previous_generation: get("current") == "no",
        prices: Prices::default(),
        spot_interruption: text("spot_interruption_pct"),
        price_date: text("price_date"),
        other_dates: Vec::new(),
    }
}

/// All embedded regions.
pub fn machines() -> Machines {
    let region = |&([provider, region], length, packed): &([&'static str; 2], usize, &'static [u8])| {
        Region::new(provider, region, move || in_region(provider, region, &text(packed, length)))
    };
    Machines::new(PRICES.iter().map(region))
}

/// Days of prices that are not that of the on-demand price: profiles/machines/README.md.
fn other_dates(provider: &str, region: &str) -> Vec<(Purchase, Cow<'static, str>)> {
    let all_upfront = if region == "us-east-1" { "2026-06-06" } else { "2024-10-10" };
    let of_aws = [
        (Purchase::Spot, "2025-06-28"),
        (Purchase::Reserved1Yr, "2025-04-04"),
        (Purchase::Reserved3Yr, "2025-04-04"),
        (Purchase::Reserved3YrAllUpfront, all_upfront),
    ];
    let dates = of_aws.into_iter().filter(|_| provider == "aws");
    dates.map(|(purchase, day)| (purchase, day.into())).collect()
}

/// The text of a part; build.rs has made it out of one.
fn text(packed: &[u8], length: usize) -> String {
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, length).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// The machine types of a region with their prices.
fn in_region(provider: &str, region: &str, prices: &str) -> Vec<Machine> {
    let types = types(provider);
    let machine = |row: &Row<'_>| {
        Some(Machine {
            region: region.to_owned(),
            prices: self::prices(|column| row.number(column)),
            price_date: row.get("price_date").to_owned(),
            other_dates: other_dates(provider, region),
            spot_interruption: row.get("spot_interruption_pct").to_owned(),
            ..types.get(row.get("instance_type"))?.clone()
        })
    };
    rows(prices, machine)
}

/// The machine types of a cloud by name, without region and prices.
pub fn types(provider: &str) -> &'static HashMap<String, Machine> {
    static MADE: [OnceLock<HashMap<String, Machine>>; TYPES.len()] = [const { OnceLock::new() }; TYPES.len()];
    static NONE: OnceLock<HashMap<String, Machine>> = OnceLock::new();
    let known = TYPES.iter().zip(&MADE).find(|(([name], ..), _)| *name == provider);
    let Some((&([provider], length, packed), made)) = known else { return NONE.get_or_init(HashMap::new) };
    made.get_or_init(|| {
        let text = text(packed, length);
        let machine = |row: &Row<'_>| {
            let read = machine(|column| row.get(column), |column| row.number(column));
            Some((read.instance_type.clone(), Machine { provider: provider.to_owned(), ..read }))
        };
        rows(&text, machine)
    })
}

/// A row of a list without quotes, with its header.
struct Row<'t> {
    header: &'t [&'t str],
    cells: Vec<&'t str>,
}

impl<'t> Row<'t> {
    fn get(&self, column: &str) -> &'t str {
        let at = self.header.iter().position(|name| *name == column);
        at.and_then(|at| self.cells.get(at)).copied().unwrap_or_default()
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.get(column).parse().ok()
    }
}

/// What is made of each row of a list.
fn rows<T, C: FromIterator<T>>(list: &str, make: impl Fn(&Row<'_>) -> Option<T>) -> C {
    let (header, rows) = list.split_once('\n').unwrap_or_default();
    let header: Vec<&str> = header.split(',').collect();
    rows.lines().filter_map(|line| make(&Row { header: &header, cells: line.split(',').collect() })).collect()
}
