//! Names as lists have them, however people write them.

use tonnage_model::catalog::Catalog;
use tonnage_model::regions::Region;
use tonnage_model::workload::Workload;

/// Clients of one language alone, as people call them, and the profiles that were measured with them.
const CLIENTS: [(&str, &str); 5] = [
    ("aiokafka", "python-aiokafka"),
    ("franz-go", "go-franz"),
    ("kafka-go", "go-kafka-go"),
    ("kafkajs", "node-kafkajs"),
    ("segmentio", "go-kafka-go"),
];

/// The profile that was measured with a client.
pub fn of_client(name: &str) -> Option<&'static str> {
    CLIENTS.iter().find(|(client, _)| client.eq_ignore_ascii_case(name)).map(|(_, runtime)| *runtime)
}

/// Puts a cloud or a region as it is known: `aws` for `AWS`.
pub fn spell_place(name: &mut Option<String>, regions: &[Region], of: fn(&Region) -> &str) {
    let Some(name) = name.as_mut().filter(|it| it.contains(|c: char| c.is_ascii_uppercase())) else { return };
    if let Some(known) = regions.iter().map(of).find(|it| it.eq_ignore_ascii_case(name)) {
        known.clone_into(name);
    }
}

/// Puts a machine type as the list of Azure has it, where it does: `Standard_D4s_v5` for `D4s v5`.
pub fn spell_machine_type(name: &mut String, catalog: &Catalog) {
    let is_known = |name: &String| catalog.region(Some("azure"), None)?.machine(name).map(|_| ());
    if let Some(in_full) = azure_type(name).filter(|name| is_known(name).is_some()) {
        *name = in_full;
    }
}

/// The name of an Azure size in full, where people leave out its begin or write blanks; `None` of what is written otherwise.
pub fn azure_type(name: &str) -> Option<String> {
    let size = name.replace(' ', "_");
    let begin = size.get(..9).filter(|it| it.eq_ignore_ascii_case("standard_")).map_or(0, str::len);
    let (first, rest) = size.get(begin..)?.split_at_checked(1)?;
    let is_size =
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !size.contains(['.', '-', '/', '*', '?']);
    is_size.then(|| format!("Standard_{}{rest}", first.to_ascii_uppercase()))
}

/// Puts where a workload runs as lists most likely have it, to compare it with another one's.
pub fn likely(workload: &mut Workload) {
    let Workload { provider, region, current_machine, current_node_type, .. } = workload;
    [provider, region].into_iter().flatten().for_each(|name| name.make_ascii_lowercase());
    for name in [current_machine, current_node_type].into_iter().flatten() {
        if let Some(in_full) = azure_type(name) {
            *name = in_full;
        }
    }
}
