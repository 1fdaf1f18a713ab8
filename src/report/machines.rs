//! Machine types, and where each figure of one comes from.

use super::Report;
use super::column::{Column, Unit, column, data, number, word};
use super::document::Document;
use super::figures::{NONE, bit_rate, memory, plural, significant};
use super::prices::{self, Price};
use super::records::Records;
use tonnage_model::machine::Machine;
use tonnage_model::units::GIB;

/// Machine types, a line each.
pub struct MachineList<'m>(pub Vec<Listed<'m>>);

/// Machine types figure by figure, with their prices in each region.
pub struct MachineFigures<'m> {
    machines: Vec<Listed<'m>>,
    /// The types that differ in more than region and price.
    types: Vec<TypeFigures<'m>>,
}

/// A machine type, and whether plans use it.
pub struct Listed<'m> {
    /// The machine type.
    pub machine: &'m Machine,
    /// Whether plans use it as things are set.
    pub planned: bool,
}

/// One figure of a machine type.
pub struct Fact {
    name: &'static str,
    value: String,
    source: String,
}

struct TypeFigures<'m> {
    machine: &'m Machine,
    facts: Vec<Fact>,
    prices: Vec<Price<'m>>,
}

/// Columns of `machines`. `--machines` reads those of the same names back.
pub fn columns<'m>() -> Vec<Column<Listed<'m>>> {
    vec![
        column(word("instance_type", "type", "Machine type"), |it| (&it.machine.instance_type).into()),
        column(word("provider", "provider", "Cloud").rank(3), |it| (&it.machine.provider).into()),
        column(word("region", "region", "Region"), |it| (&it.machine.region).into()),
        column(data("family", "Family"), |it| (&it.machine.family).into()),
        column(number("vcpus", "vCPUs", Unit::Count, "vCPUs"), |it| it.machine.vcpus.into()),
        column(data("physical_cores", "Physical cores"), |it| it.machine.physical_cores.into()),
        column(number("memory_gib", "GiB", Unit::Number, "Memory, GiB"), |it| {
            (it.machine.memory_bytes / GIB).into()
        }),
        column(number("network_gbps", "Gbit/s", Unit::Number, "Network baseline, Gbit/s").rank(4), |it| {
            it.machine.network_bits_per_second.map(|bits| bits / 1e9).into()
        }),
        column(data("arch", "Instruction set"), |it| (&it.machine.arch).into()),
        column(data("cpu", "Processor"), |it| (&it.machine.cpu).into()),
        column(
            number("vcpu_speed", "speed", Unit::Number, "Speed of a busy vCPU; AWS c7a is 1").rank(1),
            |it| it.machine.vcpu_speed.into(),
        ),
        column(word("speed_basis", "speed basis", "Where the speed comes from").rank(3), |it| {
            (&it.machine.speed_basis).into()
        }),
        column(
            number("on_demand_usd_per_hour", "$/h", Unit::UsdPerHour, "On-demand price, USD an hour"),
            |it| it.machine.on_demand_usd_per_hour.into(),
        ),
        column(
            number(
                "reserved_3yr_usd_per_hour",
                "reserved",
                Unit::UsdPerHour,
                "Three years reserved, USD an hour",
            )
            .rank(5),
            |it| it.machine.reserved_3yr_usd_per_hour.into(),
        ),
        column(data("price_date", "Day of the prices"), |it| (&it.machine.price_date).into()),
        column(word("planned", "planned", "Whether plans use it").rank(2), |it| it.planned.into()),
    ]
}

/// Columns of the figures of one machine type, for people.
pub fn fact_columns() -> Vec<Column<Fact>> {
    vec![
        column(word("figure", "figure", "Name of the figure"), |it| it.name.into()),
        column(word("value", "value", "Its value"), |it| (&it.value).into()),
        column(word("source", "where it comes from", "Where it comes from"), |it| (&it.source).into()),
    ]
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
            "speed: one busy vCPU, AWS c7a = 1. Plans use no type of unknown speed, and provisional ones only with \
             --include-provisional.",
        );
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("machines", &columns(), &self.0)]
    }
}

impl<'m> MachineFigures<'m> {
    /// Shows machine types figure by figure, each region of a type with its prices.
    pub fn new(machines: Vec<Listed<'m>>, newest: &'m str) -> Self {
        let mut types: Vec<TypeFigures<'m>> = Vec::new();
        for &Listed { machine, planned } in &machines {
            let price = Price { machine, planned, newest };
            match types.iter_mut().find(|known| is_same_type(known.machine, machine)) {
                Some(known) => known.prices.push(price),
                None => types.push(TypeFigures { machine, facts: facts(machine), prices: vec![price] }),
            }
        }
        Self { machines, types }
    }
}

impl Report for MachineFigures<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        for TypeFigures { machine, facts, prices } in &self.types {
            let Machine { instance_type, provider, vcpus, memory_bytes, .. } = machine;
            document.heading(format!(
                "{provider} {instance_type}: {}, {}, {}",
                plural(u64::from(*vcpus), "vCPU"),
                memory(*memory_bytes),
                prices::range(prices)
            ));
            document.table(Records::of("figures", &fact_columns(), facts).table());
            let prices = Records::of("prices", &prices::columns(), prices);
            document
                .table(prices.keep(|heading| !matches!(heading.name, "instance_type" | "provider")).table());
        }
        document.paragraph("A month has 730 h. Months old: before the newest price in the list.");
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("machines", &columns(), &self.machines)]
    }
}

/// Whether two machine types differ in region and prices alone.
fn is_same_type(one: &Machine, other: &Machine) -> bool {
    let elsewhere = Machine {
        region: one.region.clone(),
        on_demand_usd_per_hour: one.on_demand_usd_per_hour,
        reserved_3yr_usd_per_hour: one.reserved_3yr_usd_per_hour,
        price_date: one.price_date.clone(),
        ..other.clone()
    };
    elsewhere == *one
}

/// What is known of a machine type wherever it is.
fn facts(machine: &Machine) -> Vec<Fact> {
    // Only a list that tells where its speeds come from is one of those described in profiles/machines.
    let nominal = match machine.speed_basis.is_empty() {
        true => "as the list has it",
        false => "nominal: family ratio x vCPUs",
    };
    let threads = match machine.physical_cores {
        Some(cores) if cores < machine.vcpus => "two hyper-threads share a core",
        Some(_) => "one thread a core",
        None => "physical cores not known",
    };
    let basis = match machine.speed_basis.as_str() {
        _ if machine.vcpu_speed.is_none() => "not known, so no plan uses it".to_owned(),
        "" => "as the list has it".to_owned(),
        "netflix-shapes" => "clock x instructions per cycle, Netflix's public hardware shapes".to_owned(),
        "provisional" => "provisional: a rough figure from vendors' claims".to_owned(),
        other => other.replace("same-cpu:", "same processor generation as AWS "),
    };
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
        fact("memory", memory(machine.memory_bytes), nominal),
        fact("network", figure(machine.network_bits_per_second, bit_rate), network),
        fact("vCPU speed", figure(machine.vcpu_speed, significant), &basis),
    ]
}
