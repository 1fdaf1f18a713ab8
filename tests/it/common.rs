//! Plain workloads, runtimes and machine types that tests change where they need to.

use std::collections::BTreeMap;
use tonnage::report::plan::decision::Decision;
use tonnage::report::plan::wording::sentence;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::{Machine, Prices};
use tonnage_model::policy::Policy;
use tonnage_model::runtime::{
    Concurrency, Cpu, Deployment, Evidence, Fetching, Figure, Linear, Memory, Provenance, Runtime,
    ScalingFigures, SettingNames,
};
use tonnage_model::workload::Workload;

pub fn figure(value: f64) -> Figure {
    Figure { value, low: value, high: value, evidence: Evidence::Measured, source: None }
}

pub fn linear(per_event: f64, per_byte: f64) -> Linear {
    Linear { per_event: figure(per_event), per_byte: figure(per_byte) }
}

/// A plain runtime that tests change where they need to.
pub fn runtime(name: &str, deployment: Deployment) -> Runtime {
    Runtime {
        name: name.into(),
        title: name.into(),
        language: name.into(),
        deployment,
        concurrency: Concurrency::Partition,
        capabilities: Vec::new(),
        on_request: false,
        provenance: Provenance {
            kind: Evidence::Measured,
            source: String::new(),
            machine: String::new(),
            vcpu_speed: 1.0,
            date: String::new(),
            samples: None,
            versions: BTreeMap::new(),
        },
        cpu: Cpu {
            idle_cores: figure(0.0),
            fetch: None,
            consume: linear(10e-6, 0.0),
            handler: BTreeMap::from([("decode".into(), linear(0.0, 10e-9))]),
            produce: Some(linear(10e-6, 0.0)),
            io_call: Some(linear(100e-6, 0.0)),
        },
        fetching: Fetching::default(),
        assignment: Default::default(),
        setting_names: SettingNames::default(),
        memory: Memory {
            base: figure(100.0 * 1_048_576.0),
            working: figure(0.0),
            thread: figure(0.0),
            per_in_flight_event: linear(1000.0, 2.0),
            gc_factor: figure(1.0),
            prefetch: None,
        },
        scaling: ScalingFigures { sigma: figure(0.0), kappa: figure(0.0) },
        service_scv: figure(1.0),
        startup_seconds: None,
        commit: None,
    }
}

/// A plain machine type.
pub fn machine(name: &str, vcpus: u32, memory_gib: f64, usd_per_hour: f64) -> Machine {
    Machine {
        provider: "cloud".into(),
        region: "here".into(),
        instance_type: name.into(),
        vcpus,
        memory_bytes: memory_gib * 1_073_741_824.0,
        vcpu_speed: Some(1.0),
        speed_basis: "measured".into(),
        prices: Prices::on_demand(usd_per_hour),
        ..Machine::default()
    }
}

/// A plain workload: 1,000 B events, decoded.
pub fn workload(events_per_day: f64) -> Workload {
    Workload {
        name: "test".into(),
        events_per_day,
        event_bytes: 1000.0,
        current_runtime: "now".into(),
        peak_factor: 1.0,
        ..Workload::default()
    }
}

/// `look` at a fleet of one workload.
pub fn with_fleet<T>(
    runtimes: Vec<Runtime>,
    machine: Machine,
    workload: Workload,
    terms: Terms,
    look: impl Fn(&Fleet<'_>) -> T,
) -> T {
    let catalog = Catalog { runtimes, machines: vec![machine].into(), ..Catalog::default() };
    let workloads = [workload];
    let runtimes = catalog.runtimes.iter().collect();
    look(&Fleet::plan(&catalog, runtimes, &workloads, Policy::default(), terms, None).unwrap())
}

/// The decision on the first workload of a fleet, in words.
pub fn said(fleet: &Fleet<'_>) -> String {
    sentence(&Decision::of(&fleet.entries[0]))
}
