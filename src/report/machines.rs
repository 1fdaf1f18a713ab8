//! Machine types, and where each figure of one comes from.

use super::Report;
use super::column::{Column, columns};
use super::document::Document;
use super::figures::{NONE, bit_rate, memory, percent, plural, significant};
use super::prices::{self, Listed};
use super::records::Records;
use tonnage_model::grouped::grouped;
use tonnage_model::machine::{Machine, Purchase};
use tonnage_model::units::GIB;

/// Machine types, a line each.
pub struct MachineList<'m>(pub Vec<Listed<'m>>);

/// Machine types figure by figure, with their prices in each region.
pub struct MachineFigures<'m>(pub Vec<Listed<'m>>);

/// One figure of a machine type.
pub struct Fact {
    name: &'static str,
    value: String,
    source: String,
}

/// Columns of `machines`. `--machines` reads those of the same names back.
pub fn columns<'m>() -> Vec<Column<Listed<'m>>> {
    columns! { Listed<'m>, it;
        "instance_type" ["type" Word Always], "Machine type" => &it.machine.instance_type;
        "provider" ["provider" Word Rank(3)], "Cloud" => &it.machine.provider;
        "region" ["region" Word Always], "Region" => &it.machine.region;
        "family", "Family" => &it.machine.family;
        "vcpus" ["vCPUs" Count Always], "vCPUs" => it.machine.vcpus;
        "physical_cores", "Physical cores" => it.machine.physical_cores;
        "memory_gib" ["GiB" Number Always], "Memory, GiB" => it.machine.memory_bytes / GIB;
        "network_gbps" ["Gbit/s" Number Rank(4)], "Network baseline, Gbit/s" => it.machine.network_bits_per_second.map(|bits| bits / 1e9);
        "arch", "Instruction set" => &it.machine.arch;
        "cpu", "Processor" => &it.machine.cpu;
        "vcpu_speed" ["speed" Number Rank(1)], "Speed of a busy vCPU; AWS c7a is 1" => it.machine.vcpu_speed;
        "speed_basis" ["speed basis" Word Rank(3)], "Where the speed comes from" => &it.machine.speed_basis;
        "speed_low", "Lowest speed measured in the family" => it.machine.speed_range.map(|(low, _)| low);
        "speed_high", "Highest speed measured in the family" => it.machine.speed_range.map(|(_, high)| high);
        "burst_baseline", "Share of its vCPUs that it may use all the time; empty where that is all" => it.machine.burst_baseline;
        "current", "Whether it is of a current generation" => if it.machine.is_previous_generation { "no" } else { "yes" };
        "on_demand_usd_per_hour" ["$/h" UsdPerHour Always], "On-demand price, USD an hour" => it.machine.usd_per_hour(Purchase::OnDemand);
        "spot_usd_per_hour" ["spot" UsdPerHour Rank(5)], "Spot price, USD an hour" => it.machine.usd_per_hour(Purchase::Spot);
        "spot_interruption_pct", "Spot machines taken back in a month, per cent" => &it.machine.spot_interruption;
        "reserved_1yr_usd_per_hour", "One year reserved, USD an hour" => it.machine.usd_per_hour(Purchase::Reserved1Yr);
        "reserved_3yr_usd_per_hour" ["3 years" UsdPerHour Rank(5)], "Three years reserved, USD an hour" =>
            it.machine.usd_per_hour(Purchase::Reserved3Yr);
        "reserved_3yr_all_upfront_usd_per_hour", "Three years reserved, all paid upfront, USD an hour" =>
            it.machine.usd_per_hour(Purchase::Reserved3YrAllUpfront);
        "price_date", "Day of the on-demand price" => &it.machine.price_date;
        "planned" ["planned" Word Rank(2)], "Whether plans use it" => it.planned;
    }
}

/// Columns of the figures of one machine type, for people.
pub fn fact_columns() -> Vec<Column<Fact>> {
    columns! { Fact, it;
        "figure" ["figure" Word Always], "Name of the figure" => it.name;
        "value" ["value" Word Always], "Its value" => &it.value;
        "source" ["where it comes from" Word Always], "Where it comes from" => &it.source;
    }
}

impl Report for MachineList<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        let planned = self.0.iter().filter(|listed| listed.planned).count();
        document.heading(format!(
            "{} in {}; plans use {planned}",
            plural(self.0.len() as u64, "machine type"),
            prices::regions(self.0.iter().map(|listed| listed.machine))
        ));
        document.table(Records::of("machines", &columns(), &self.0).table());
        document.paragraph(
            "speed: one busy vCPU, AWS c7a = 1. Plans use types of current generations and known speed; provisional ones \
             with --include-provisional, burstable ones with --include-burstable.",
        );
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("machines", &columns(), &self.0)]
    }
}

impl Report for MachineFigures<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        // Those that differ in no more than region and prices together.
        let is_same = |one: &Listed<'_>, other: &Listed<'_>| is_same_type(one.machine, other.machine);
        for regions in grouped(self.0.iter().copied(), is_same) {
            let machine = regions[0].machine;
            let Machine { instance_type, provider, vcpus, memory_bytes, .. } = machine;
            let heading = format!(
                "{provider} {instance_type}: {}, {}, {}",
                plural(u64::from(*vcpus), "vCPU"),
                memory(*memory_bytes),
                prices::range(&regions)
            );
            document.heading(heading.trim_start());
            document.table(Records::of("figures", &fact_columns(), &facts(machine)).table());
            let prices = Records::of("prices", &prices::columns(), &regions);
            document
                .table(prices.keep(|heading| !matches!(heading.name, "instance_type" | "provider")).table());
        }
        document.paragraph(prices::ages(self.0.iter().copied()));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("machines", &columns(), &self.0)]
    }
}

/// Whether two machine types differ in region and prices alone.
fn is_same_type(one: &Machine, other: &Machine) -> bool {
    let elsewhere = Machine {
        region: one.region.clone(),
        prices: one.prices,
        spot_interruption: one.spot_interruption.clone(),
        price_date: one.price_date.clone(),
        other_dates: one.other_dates.clone(),
        ..other.clone()
    };
    elsewhere == *one
}

/// What is known of a machine type wherever it is.
fn facts(machine: &Machine) -> Vec<Fact> {
    let threads = match machine.physical_cores {
        Some(cores) if cores < machine.vcpus => "two hyper-threads share a core",
        Some(_) => "one thread a core",
        None => "physical cores not known",
    };
    let basis = match machine.speed_basis.as_str() {
        _ if machine.vcpu_speed.is_none() => "not known, so no plan uses it".to_owned(),
        "" => "as the list has it".to_owned(),
        "coremark" => "CoreMark, median of the family's sizes".to_owned(),
        "provisional" => "provisional: a rough figure".to_owned(),
        other => other
            .replace("same-cpu:", "CoreMark of AWS ")
            .replace("provisional:", "provisional: CoreMark of the nearest, AWS ")
            .replace("*smt", ", two threads a core"),
    };
    let range =
        machine.speed_range.map(|(low, high)| format!("{} to {}", significant(low), significant(high)));
    let network = match machine.network_bits_per_second {
        Some(_) => "baseline, not burst",
        None => "not known, so plans do not check the network",
    };
    let figure = |figure: Option<f64>, text: fn(f64) -> String| figure.map_or(NONE.to_owned(), text);
    let fact = |name, value, source: &str| Fact { name, value, source: source.to_owned() };
    vec![
        fact("family", machine.family.clone(), &machine.cpu),
        fact("instruction set", machine.arch.clone(), "as the list has it"),
        fact("vCPUs", machine.vcpus.to_string(), threads),
        fact("memory", memory(machine.memory_bytes), "as the list has it"),
        fact("network", figure(machine.network_bits_per_second, bit_rate), network),
        fact("vCPU speed", figure(machine.vcpu_speed, significant), &basis),
    ]
    .into_iter()
    .chain(range.map(|range| fact("lowest to highest", range, "sizes of the family, or CPUs it may run on")))
    .chain(machine.burst_baseline.map(|share| {
        fact("all the time", percent(share), "of each vCPU; faster only for a while, on credit")
    }))
    .collect()
}
