//! All settings, each stated once: flags, keys of tonnage.toml, help, the starter file, the reference and the settings in
//! JSON come from here.

use super::Kind::Words;
use super::allowed::*;
use super::{Setting, uses::*};
use tonnage::input::quantity;
use tonnage::render::{self, FORMATS};
use tonnage_model::machine::Purchase;

const PURCHASES: [(&str, Purchase); 2] =
    [("on-demand", Purchase::OnDemand), ("reserved-3yr", Purchase::Reserved3Yr)];

const POOLS: [(&str, bool); 2] = [("dedicated", false), ("shared", true)];

/// Settings under their headings in help.
pub const TABLE: &[(&str, &[Setting])] = &[
    ("Runtimes", RUNTIME_SETTINGS),
    ("Machines", MACHINE_SETTINGS),
    ("Headroom and failures", POLICY_SETTINGS),
    ("Shared pool", POOL_SETTINGS),
    ("What a change has to be worth", WORTH_SETTINGS),
    ("Uncertainty", SAMPLING_SETTINGS),
    ("Workload files", COLUMN_SETTINGS),
    ("Output", OUTPUT_SETTINGS),
];

const RUNTIME_SETTINGS: &[Setting] = &[
    Setting {
        name: "runtimes",
        help: "Runtimes to compare",
        used_by: RUNTIMES,
        common: true,
        example: "python-aiokafka,go-franz",
        set: |it, text| put_some(&mut it.runtimes, Some(names(text))),
        get: |it| it.runtimes.clone().into(),
        ..NAMES
    },
    Setting {
        name: "published",
        help: "Plan with the figures of the published benchmark instead of the measured ones",
        used_by: PROFILES,
        set: |it, text| put(&mut it.published, boolean(text)),
        get: |it| it.published.into(),
        ..FLAG
    },
    Setting {
        name: "profiles",
        help: "Folder of runtime profiles (*.toml) to add; one of the same name replaces",
        used_by: PROFILES,
        unset: "none",
        example: "profiles",
        set: |it, text| put_some(&mut it.profiles, Some(text.into())),
        get: |it| path(&it.profiles),
        ..PATH
    },
];

const MACHINE_SETTINGS: &[Setting] = &[
    Setting {
        name: "provider",
        help: "Plan on machine types of this provider",
        unset: "each workload's own, else aws",
        used_by: MACHINES,
        common: true,
        example: "aws",
        set: |it, text| put_some(&mut it.filter.provider, Some(text.to_owned())),
        get: |it| it.filter.provider.clone().into(),
        ..NAME
    },
    Setting {
        name: "region",
        help: "Plan on machine types of this region",
        unset: "each workload's own, else us-east-1",
        used_by: MACHINES,
        common: true,
        example: "us-east-1",
        set: |it, text| put_some(&mut it.filter.region, Some(text.to_owned())),
        get: |it| it.filter.region.clone().into(),
        ..NAME
    },
    Setting {
        name: "machine_types",
        help: "Only these machine types; * stands for any characters, ? for any one",
        used_by: TYPES,
        example: "c7*,m7*",
        set: |it, text| put(&mut it.filter.types, Some(names(text))),
        get: |it| (!it.filter.types.is_empty()).then(|| it.filter.types.clone()).into(),
        ..NAMES
    },
    Setting {
        name: "any_region",
        help: "Plan in any region of the cloud that a workload runs in, not only in its own",
        used_by: TYPES,
        set: |it, text| put(&mut it.any_region, boolean(text)),
        get: |it| it.any_region.into(),
        ..FLAG
    },
    Setting {
        name: "any_provider",
        help: "Plan in any cloud",
        used_by: TYPES,
        set: |it, text| put(&mut it.any_provider, boolean(text)),
        get: |it| it.any_provider.into(),
        ..FLAG
    },
    Setting {
        name: "include_provisional",
        help: "Also machine types whose speed is only a rough figure, such as Graviton",
        used_by: TYPES,
        set: |it, text| put(&mut it.filter.include_provisional, boolean(text)),
        get: |it| it.filter.include_provisional.into(),
        ..FLAG
    },
    Setting {
        name: "machines",
        help: "Machine list, CSV, instead of the embedded one",
        used_by: MACHINES,
        unset: "the embedded list",
        example: "machines.csv",
        set: |it, text| put_some(&mut it.machines, Some(text.into())),
        get: |it| path(&it.machines),
        ..PATH
    },
    Setting {
        name: "purchase",
        help: "How machines are paid for; reserved-3yr is for AWS only",
        used_by: POLICY,
        common: true,
        kind: Words(|| PURCHASES.map(|(word, _)| word).to_vec()),
        set: |it, text| put(&mut it.policy.purchase, word(&PURCHASES, text)),
        get: |it| spelled(&PURCHASES, it.policy.purchase),
        ..WORD
    },
];

const POLICY_SETTINGS: &[Setting] = &[
    Setting {
        name: "max_utilization",
        help: "Highest share of CPU and of the in-flight limit at peak",
        used_by: POLICY,
        common: true,
        set: |it, text| put(&mut it.policy.max_utilization, share_used(text)),
        get: |it| it.policy.max_utilization.into(),
        ..SHARE_USED
    },
    Setting {
        name: "max_utilization_degraded",
        help: "The same with a zone lost or a backlog being drained",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.max_utilization_degraded, share_used(text)),
        get: |it| it.policy.max_utilization_degraded.into(),
        ..SHARE_USED
    },
    Setting {
        name: "zones",
        help: "Zones that instances are spread over",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.zones, quantity::whole(text)),
        get: |it| it.policy.zones.into(),
        ..WHOLE
    },
    Setting {
        name: "no_zone_loss",
        help: "The plan need not survive the loss of a zone",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.survive_zone_loss, boolean(text).map(|lost| !lost)),
        get: |it| (!it.policy.survive_zone_loss).into(),
        ..FLAG
    },
    Setting {
        name: "min_instances",
        help: "Fewest instances of a workload",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.min_instances, quantity::whole(text)),
        get: |it| it.policy.min_instances.into(),
        ..WHOLE
    },
    Setting {
        name: "memory_headroom",
        help: "Share of memory kept free",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.memory_headroom, share_free(text)),
        get: |it| it.policy.memory_headroom.into(),
        ..SHARE_FREE
    },
    Setting {
        name: "network_headroom",
        help: "Share of the network baseline kept free",
        used_by: POLICY,
        set: |it, text| put(&mut it.policy.network_headroom, share_free(text)),
        get: |it| it.policy.network_headroom.into(),
        ..SHARE_FREE
    },
    Setting {
        name: "cross_zone_usd_per_gb",
        help: "Price of a GB that crosses zones, both sides together; the default is that of AWS",
        used_by: TRAFFIC,
        set: |it, text| put(&mut it.policy.cross_zone.usd_per_gb, dollars(text)),
        get: |it| it.policy.cross_zone.usd_per_gb.into(),
        ..DOLLARS
    },
    Setting {
        name: "fetch_from_follower",
        help: "Consumers read from a replica in their own zone, so only what they write crosses zones",
        used_by: TRAFFIC,
        set: |it, text| put(&mut it.policy.cross_zone.fetch_from_follower, boolean(text)),
        get: |it| it.policy.cross_zone.fetch_from_follower.into(),
        ..FLAG
    },
];

const POOL_SETTINGS: &[Setting] = &[
    Setting {
        name: "pool",
        help: "Whether workloads have dedicated machines or share a pool",
        used_by: POOL,
        common: true,
        kind: Words(|| POOLS.map(|(word, _)| word).to_vec()),
        set: |it, text| put(&mut it.shared, word(&POOLS, text)),
        get: |it| spelled(&POOLS, it.shared),
        ..WORD
    },
    Setting {
        name: "node_reserved_cores",
        help: "vCPUs that each node of a pool keeps for its system and DaemonSets",
        used_by: POOL,
        set: |it, text| put(&mut it.reserve.cores, cores(text)),
        get: |it| it.reserve.cores.into(),
        ..CORES
    },
    Setting {
        name: "node_reserved_memory",
        help: "Memory that each node of a pool keeps for them",
        used_by: POOL,
        set: |it, text| put(&mut it.reserve.memory_bytes, size(text)),
        get: |it| it.reserve.memory_bytes.into(),
        ..SIZE
    },
    Setting {
        name: "replicas_per_node",
        help: "Most replicas on one node of a pool",
        used_by: POOL,
        set: |it, text| put(&mut it.reserve.replicas, quantity::whole(text)),
        get: |it| it.reserve.replicas.into(),
        ..WHOLE
    },
];

const WORTH_SETTINGS: &[Setting] = &[
    Setting {
        name: "day_rate",
        help: "Price of an engineer's day",
        used_by: WORTH,
        common: true,
        set: |it, text| put_some(&mut it.worth.day_rate, positive(text)),
        get: |it| it.worth.terms().day_rate_usd.into(),
        ..PRICE
    },
    Setting {
        name: "min_saving",
        help: "Least saving a month that is worth a change of code or language; a day's price unless set",
        used_by: WORTH,
        set: |it, text| put_some(&mut it.worth.min_saving, dollars(text)),
        get: |it| it.worth.terms().min_saving_usd_per_month.into(),
        ..DOLLARS
    },
    Setting {
        name: "min_resize_saving",
        help: "Least saving a month that is worth a change of machines; a tenth of min_saving unless set",
        used_by: WORTH,
        set: |it, text| put_some(&mut it.worth.min_resize_saving, dollars(text)),
        get: |it| it.worth.terms().min_resize_saving_usd_per_month.into(),
        ..DOLLARS
    },
    Setting {
        name: "payback_months",
        help: "Months within which a rewrite has to pay back, where rewrite_days are given",
        used_by: WORTH,
        set: |it, text| put_some(&mut it.worth.payback_months, positive(text)),
        get: |it| it.worth.terms().payback_months.into(),
        ..MONTHS
    },
];

const SAMPLING_SETTINGS: &[Setting] = &[
    Setting {
        name: "confidence",
        help: "Probability that the plan has to hold with",
        used_by: SAMPLING,
        common: true,
        unset: "the best estimates",
        example: "0.9",
        set: |it, text| put_some(&mut it.confidence, probability(text)),
        get: |it| it.confidence.into(),
        ..PROBABILITY
    },
    Setting {
        name: "samples",
        help: "Samples drawn of ranges and intervals",
        used_by: SAMPLING,
        set: |it, text| put(&mut it.sampling.samples, samples(text)),
        get: |it| it.sampling.samples.into(),
        ..SAMPLES
    },
    Setting {
        name: "seed",
        help: "Another seed draws other samples; the same one always the same",
        used_by: SAMPLING,
        set: |it, text| put(&mut it.sampling.seed, quantity::whole(text).map(u64::from)),
        get: |it| it.sampling.seed.into(),
        ..WHOLE
    },
];

const COLUMN_SETTINGS: &[Setting] = &[Setting {
    name: "ignore_columns",
    help: "Columns of workload files to skip, which belong to somebody else",
    used_by: COLUMNS,
    unset: "none",
    example: "team,cost_center",
    set: |it, text| put(&mut it.ignore_columns, Some(names(text))),
    get: |it| (!it.ignore_columns.is_empty()).then(|| it.ignore_columns.clone()).into(),
    ..NAMES
}];

const OUTPUT_SETTINGS: &[Setting] = &[
    Setting {
        name: "format",
        help: "Format of the output",
        used_by: FORMAT,
        common: true,
        kind: Words(|| FORMATS.iter().map(|format| format.name).collect()),
        value_name: "FORMAT",
        unset: "by the ending of -o, else table",
        example: "markdown",
        set: |it, text| put_some(&mut it.format, render::by_name(text)),
        get: |it| it.format.map(|format| format.name).into(),
        ..WORD
    },
    Setting {
        name: "strict",
        help: "Exit with status 3 when a workload has no feasible plan",
        used_by: STRICT,
        common: true,
        set: |it, text| put(&mut it.strict, boolean(text)),
        get: |it| it.strict.into(),
        ..FLAG
    },
];
