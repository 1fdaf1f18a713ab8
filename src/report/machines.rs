//! Machine types for people.

use super::document::{Cell, Column, Document, Table};
use super::figures::{NONE, bit_rate, hourly, memory, significant, usd};
use tonnage_model::catalog::MachineFilter;
use tonnage_model::cost::bill::HOURS_PER_MONTH;
use tonnage_model::machine::Machine;

/// Machine types, a line each.
pub fn list(machines: &[&Machine], filter: &MachineFilter) -> Document {
    let mut table = Table::new(vec![
        Column::words("type", 0),
        Column::words("provider", 3),
        Column::words("region", 1),
        Column::numbers("vCPUs", 0),
        Column::numbers("memory", 0),
        Column::numbers("network", 4),
        Column::numbers("speed", 1),
        Column::words("speed basis", 3),
        Column::numbers("$/h", 0),
        Column::numbers("reserved", 5),
        Column::words("planned", 2),
    ]);
    for machine in machines {
        table.row(vec![
            Cell::new(&machine.instance_type),
            Cell::new(&machine.provider),
            Cell::new(&machine.region),
            machine.vcpus.to_string().into(),
            memory(machine.memory_bytes).into(),
            machine.network_bits_per_second.map_or(NONE.into(), bit_rate).into(),
            machine.vcpu_speed.map_or(NONE.into(), significant).into(),
            Cell::new(if machine.speed_basis.is_empty() { NONE } else { &machine.speed_basis }),
            price(machine.on_demand_usd_per_hour).into(),
            price(machine.reserved_3yr_usd_per_hour).into(),
            Cell::new(if filter.admits(machine) { "yes" } else { "no" }),
        ]);
    }
    let mut document = Document::default();
    document.table(table);
    document.paragraph(format!(
        "{} machine types. speed: one fully loaded vCPU, AWS c7a = 1.0. planned: whether plans use it; \
         types of unknown or provisional speed are left out unless --include-provisional asks for the latter.",
        machines.len()
    ));
    document
}

fn price(usd_per_hour: Option<f64>) -> String {
    usd_per_hour.map_or(NONE.into(), |price| hourly(price).replace("/h", ""))
}

/// One machine type, with where its figures come from.
pub fn show(machine: &Machine, filter: &MachineFilter) -> Document {
    let mut document = Document::default();
    document.heading(format!("{} ({} {})", machine.instance_type, machine.provider, machine.region));
    let mut table = Table::new(vec![
        Column::words("", 0),
        Column::numbers("value", 0),
        Column::words("where it comes from", 0),
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
