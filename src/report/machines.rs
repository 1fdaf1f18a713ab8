//! Machine types for people.

use super::Report;
use super::column::{Column, Unit, column, data, number, word};
use super::document::{self, Document, Table};
use super::figures::{NONE, bit_rate, hourly, memory, significant, usd};
use super::records::Records;
use tonnage_model::catalog::MachineFilter;
use tonnage_model::cost::bill::HOURS_PER_MONTH;
use tonnage_model::machine::Machine;
use tonnage_model::units::GIB;

/// A machine type, and whether plans use it.
pub struct Listed<'m> {
    /// The machine type.
    pub machine: &'m Machine,
    /// Whether plans use it as things are set.
    pub planned: bool,
}

/// Columns of the list. `--machines` reads those of the same names back.
pub fn columns<'m>() -> Vec<Column<Listed<'m>>> {
    vec![
        column(word("instance_type", "type", "Machine type"), |it| (&it.machine.instance_type).into()),
        column(word("provider", "provider", "Cloud").rank(3), |it| (&it.machine.provider).into()),
        column(word("region", "region", "Region").rank(1), |it| (&it.machine.region).into()),
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

/// Machine types, a line each.
pub struct MachineList<'m> {
    /// The machine types.
    pub machines: Vec<Listed<'m>>,
}

impl Report for MachineList<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.table(Records::of("machines", &columns(), &self.machines).table());
        document.paragraph(format!(
            "{} machine types. speed: one busy vCPU, AWS c7a = 1. planned: whether plans use it; types of unknown speed \
             are left out, and provisional ones unless --include-provisional is set.",
            self.machines.len()
        ));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("machines", &columns(), &self.machines)]
    }
}

fn price(usd_per_hour: Option<f64>) -> String {
    usd_per_hour.map_or(NONE.into(), |price| hourly(price).replace("/h", ""))
}

/// One machine type, with where its figures come from.
pub fn show(machine: &Machine, filter: &MachineFilter) -> Document {
    let mut document = Document::default();
    document.heading(format!("{} ({} {})", machine.instance_type, machine.provider, machine.region));
    let mut table = Table::new(vec![
        document::Column::words("", 0),
        document::Column::numbers("value", 0),
        document::Column::words("where it comes from", 0),
    ]);
    // Only a list that tells where its speeds come from is one of those described in profiles/machines.
    let nominal = match machine.speed_basis.is_empty() {
        true => "as the list has it",
        false => "nominal: family ratio x vCPUs",
    };
    let dated = match machine.price_date.as_str() {
        "" => "as the list has it".to_owned(),
        date => format!("price list, {date}"),
    };
    let monthly = |price: Option<f64>| price.map_or(NONE.into(), |price| usd(price * HOURS_PER_MONTH));
    let cores = machine.physical_cores;
    let threads = match cores {
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
        None => "not known, so the network limit cannot be checked",
    };
    for (name, value, source) in [
        ("family", machine.family.clone(), machine.cpu.clone()),
        ("architecture", machine.arch.clone(), String::new()),
        ("vCPUs", machine.vcpus.to_string(), threads.to_owned()),
        ("memory", memory(machine.memory_bytes), nominal.to_owned()),
        ("network", machine.network_bits_per_second.map_or(NONE.into(), bit_rate), network.to_owned()),
        ("vCPU speed", machine.vcpu_speed.map_or(NONE.into(), significant), basis),
        ("on demand, $/h", price(machine.on_demand_usd_per_hour), dated.clone()),
        ("on demand, $/month", monthly(machine.on_demand_usd_per_hour), "x 730 h".to_owned()),
        ("reserved 3 years, $/h", price(machine.reserved_3yr_usd_per_hour), dated),
        ("reserved 3 years, $/month", monthly(machine.reserved_3yr_usd_per_hour), "x 730 h".to_owned()),
    ] {
        table.row(vec![name.into(), value.into(), source.into()]);
    }
    document.table(table);
    let planned =
        if filter.admits(machine) { "Plans use it." } else { "Plans do not use it as things are set." };
    document.paragraph(planned);
    document
}
