//! All settings, each stated once: flags, keys of tonnage.toml, help, the starter file, the reference and the settings in
//! JSON come from here.

use super::setting::{Field, Setting, Settings, setting};
use super::uses::*;
use super::values as is;
use super::values::{word_of, written_prices};
use tonnage_model::units::MIB;

/// A field of [`Settings`] with the values that it takes; what is shown of it, where that is another value.
macro_rules! field {
    ($values:ident, $($path:ident).+) => {
        field!($values, $($path).+, |it| it.$($path).+.to_owned())
    };
    ($values:ident, $($path:ident).+, |$it:ident| $shown:expr) => {
        Field {
            kind: is::$values.kind,
            value_name: is::$values.value_name,
            allowed: is::$values.allowed,
            set: |it, text| put(&mut it.$($path).+, (is::$values.read)(text)),
            get: |$it: &Settings| $shown.into(),
        }
    };
}

/// Puts a value into its place, if there is one.
fn put<F: From<T>, T>(place: &mut F, value: Option<T>) -> Option<()> {
    *place = value?.into();
    Some(())
}

/// A list, or nothing where it is empty.
fn some(names: &[String]) -> Option<Vec<String>> {
    (!names.is_empty()).then(|| names.to_vec())
}

/// Settings under their headings in help.
#[rustfmt::skip]
pub const TABLE: &[(&str, &[Setting])] = &[
    ("Runtimes", &[
        setting("runtimes", RUNTIMES, field!(NAMES, runtimes), "Runtimes to compare")
            .common().or("all but those on request", "python-aiokafka,go-franz"),
        setting("published", PROFILES, field!(FLAG, published),
            "Plan with the figures of the published benchmark instead of the measured ones"),
        setting("profiles", PROFILES, field!(PATH, profiles),
            "Folder of runtime profiles (*.toml) to add; one of the same name replaces")
            .or("none", "profiles"),
    ]),
    ("Machines", &[
        setting("provider", MACHINES, field!(NAME, filter.provider), "Cloud of workloads that name none")
            .common().or("aws", "gcp"),
        setting("region", MACHINES, field!(NAME, filter.region), "Region of workloads that name none")
            .common().or("us-east-1, us-central1 or eastus", "eu-west-1"),
        setting("machine_types", TYPES, field!(NAMES, filter.types, |it| some(&it.filter.types)),
            "Only these machine types, of any generation; * stands for any characters, ? for any one")
            .or("all of current generations", "c7*,m7*"),
        setting("min_vcpus", POLICY, field!(WHOLE, filter.min_vcpus),
            "Fewest vCPUs of a machine type; one that machine_types names in full may have fewer"),
        setting("any_region", REACH, field!(FLAG, any_region),
            "Plan in any region of the cloud that a workload runs in, not only in its own"),
        setting("any_provider", REACH, field!(FLAG, any_provider), "Plan in any region of any cloud"),
        setting("any_arch", REACH, field!(FLAG, filter.any_arch),
            "Plan with any instruction set, not only that of today's machine, else x86_64"),
        setting("include_provisional", TYPES, field!(FLAG, filter.include_provisional),
            "Also machine types whose speed is only a rough figure"),
        setting("include_burstable", TYPES, field!(FLAG, filter.include_burstable),
            "Also machine types that may not use their vCPUs fully all the time, such as t3 and m7i-flex"),
        setting("machines", MACHINES, field!(PATH, machines), "Machine list, CSV, instead of the embedded one")
            .or("the embedded list", "machines.csv"),
        setting("prices", MACHINES, field!(PATH, prices),
            "Price list, CSV, over the prices of the machine list")
            .or("none", "prices.csv"),
        setting("discount", POLICY, field!(DISCOUNTS, discounts, |it| it.discounts.written()),
            "Taken off list prices, of all machine types or of a family; repeatable")
            .or("what current_usd_per_month says, else none", "12%"),
        setting("purchase", POLICY,
            field!(PURCHASE, policy.purchase, |it| it.policy.purchase.to_string()),
            "How machines are paid for; all is known for AWS alone")
            .common(),
    ]),
    ("Headroom and failures", &[
        setting("max_utilization", POLICY, field!(USED, policy.max_utilization),
            "Highest share of CPU and of the in-flight limit at peak"),
        setting("max_utilization_degraded", POLICY, field!(USED, policy.max_utilization_degraded),
            "The same with a zone lost or a backlog being drained"),
        setting("max_cpu", POLICY, field!(USED, policy.max_cpu),
            "Highest share of a machine's CPU at peak with all up, fetches and the system included"),
        setting("system_cores", POLICY | COLUMNS, field!(SOME_CORES, policy.system_cores),
            "vCPUs of each dedicated machine that its system takes, also of the utilization of today's"),
        setting("system_memory_mib", POLICY,
            field!(MEBIBYTES, policy.system_memory_bytes, |it| it.policy.system_memory_bytes / MIB),
            "MiB of each dedicated machine that its system takes"),
        setting("zones", POLICY, field!(WHOLE, policy.zones), "Zones that instances are spread over"),
        setting("no_zone_loss", POLICY,
            field!(NOT, policy.survive_zone_loss, |it| !it.policy.survive_zone_loss),
            "The plan need not survive the loss of a zone"),
        setting("min_instances", POLICY, field!(WHOLE, policy.min_instances), "Fewest instances of a workload"),
        setting("cost_tolerance", POLICY, field!(FREE, policy.cost_tolerance),
            "Share of the cheapest bill that a plan of fewer instances may cost more"),
        setting("max_vcpus", POLICY, field!(WHOLE, policy.max_vcpus),
            "Most vCPUs of a machine, unless smaller ones cost more than the tolerance or as many run today"),
        setting("memory_headroom", POLICY, field!(FREE, policy.memory_headroom), "Share of memory kept free"),
        setting("prefetch_limit", POLICY, field!(LIMIT, policy.prefetch_bytes),
            "Most bytes that a client keeps fetched but unhandled, where a workload does not say")
            .or("the client's default", "64MiB"),
        setting("network_headroom", POLICY, field!(FREE, policy.network_headroom),
            "Share of the network baseline kept free"),
        setting("usd_per_gb_between_zones", TRAFFIC,
            field!(ZONE_PRICES, policy.cross_zone.usd_per_gb, |it| written_prices(it.policy.cross_zone)),
            "Price of a GB that crosses zones, both sides together: of each cloud, or one for all"),
        setting("fetch_from_follower", TRAFFIC, field!(FLAG, policy.cross_zone.fetch_from_follower),
            "Consumers read from a replica in their own zone, so only what they write crosses zones"),
    ]),
    ("Pods and shared pools", &[
        setting("unit", POOL, field!(UNIT, pods, |it| word_of(&is::UNITS, it.pods)),
            "What is counted: machines, or pods on a shared pool of nodes")
            .common(),
        setting("pool", POOL, field!(POOL, shared, |it| word_of(&is::POOLS, it.shared)),
            "Whether workloads have dedicated machines or share a pool")
            .common(),
        setting("node_type", NODES, field!(NAMES, rules.node_types, |it| some(&it.rules.node_types)),
            "Machine types of nodes, of any generation; * stands for any characters, ? for any one; repeatable")
            .or("those that plans may use", "m6i.2xlarge"),
        setting("standby", NODES, field!(FLAG, rules.standby),
            "Run members beyond the partitions too, to take over at once when a zone is lost"),
        setting("node_reserved_cores", NODES, field!(CORES, rules.reserve.cores),
            "vCPUs that each node keeps for its system and DaemonSets")
            .or("as the cloud's Kubernetes", "0.25"),
        setting("node_reserved_memory", NODES, field!(SIZE, rules.reserve.memory_bytes),
            "Memory that each node keeps for them")
            .or("as the cloud's Kubernetes", "1.25GiB"),
        setting("replicas_per_node", NODES, field!(WHOLE, rules.reserve.replicas), "Most pods on one node"),
    ]),
    ("What a change has to be worth", &[
        setting("day_rate", WORTH, field!(PRICE, worth.day_rate, |it| it.worth.terms().day_rate_usd),
            "Price of an engineer's day"),
        setting("min_saving", WORTH,
            field!(DOLLARS, worth.min_saving, |it| it.worth.terms().min_saving_usd_per_month),
            "Least saving a month that is worth a change of code or language; a day's price unless set"),
        setting("min_resize_saving", WORTH,
            field!(DOLLARS, worth.min_resize_saving, |it| it.worth.terms().min_resize_saving_usd_per_month),
            "Least saving a month that is worth a change of machines; a tenth of min_saving unless set"),
        setting("payback_months", WORTH,
            field!(MONTHS, worth.payback_months, |it| it.worth.terms().payback_months),
            "Months within which a rewrite has to pay back"),
        setting("rewrite_days", WORTH, field!(WORKING_DAYS, worth.rewrite_days),
            "Working days that moving to another language takes, where a workload does not say; without them no move is \
             recommended")
            .or("not known", "30"),
    ]),
    ("Uncertainty", &[
        setting("confidence", SAMPLING, field!(PROBABILITY, confidence), "Probability that the plan has to hold with")
            .common().or("the best estimates", "0.9"),
        setting("samples", SAMPLING, field!(SAMPLES, sampling.samples), "Samples drawn of ranges and intervals"),
        setting("seed", SAMPLING, field!(WHOLE, sampling.seed),
            "Another seed draws other samples; the same one always the same"),
    ]),
    ("Workload files", &[
        setting("ignore_columns", COLUMNS, field!(NAMES, ignore_columns, |it| some(&it.ignore_columns)),
            "Columns of workload files to skip, which belong to somebody else")
            .or("none", "team,cost_center"),
    ]),
    ("Output", &[
        setting("format", FORMAT, field!(FORMAT, format, |it| it.format.map(|format| format.name)),
            "Format of the output")
            .common().or("by the ending of -o, else table", "markdown"),
        setting("strict", STRICT, field!(FLAG, strict), "Exit with status 3 when a workload has no feasible plan"),
    ]),
];

/// Settings in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    TABLE.iter().flat_map(|(_, settings)| settings.iter())
}
