//! The planning model: quantities in, quantities out.
//!
//! Nothing here knows of the command line, of files, formats or threads. Inside, time is in seconds, data in bytes, rates
//! in events per second, processor work in core-seconds and money in USD; a name says its unit wherever the type does
//! not. `docs/model/` tells the same story in prose, room by room.
//!
//! A million events an hour, handled by a runtime that takes 100 us of CPU each, on one machine type:
//!
//! ```
//! use tonnage_model::catalog::Catalog;
//! use tonnage_model::decide::{planner::Planners, terms::Terms};
//! use tonnage_model::machine::{Machine, Prices};
//! use tonnage_model::policy::Policy;
//! use tonnage_model::runtime::*;
//! use tonnage_model::units::{GIB, MIB};
//! use tonnage_model::workload::Workload;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let figure = Figure::left_out;
//! let linear = |per_event| Linear { per_event: figure(per_event), per_byte: figure(0.0) };
//! let runtime = Runtime {
//!     name: "go".into(),
//!     title: "Go".into(),
//!     language: "go".into(),
//!     deployment: Deployment::Threads,
//!     concurrency: Concurrency::Partition,
//!     capabilities: vec![],
//!     on_request: false,
//!     provenance: Provenance {
//!         kind: Evidence::Assumed,
//!         source: "example".into(),
//!         machine: "example".into(),
//!         vcpu_speed: 1.0,
//!         date: String::new(),
//!         samples: None,
//!         versions: Default::default(),
//!     },
//!     cpu: Cpu {
//!         idle_cores: figure(0.0),
//!         fetch: None,
//!         consume: linear(80e-6),
//!         handler: [("decode".to_owned(), linear(20e-6))].into(),
//!         produce: None,
//!         io_call: None,
//!     },
//!     fetching: Fetching::default(),
//!     assignment: Default::default(),
//!     setting_names: SettingNames::default(),
//!     memory: Memory {
//!         base: figure(40.0 * MIB),
//!         working: figure(10.0 * MIB),
//!         thread: figure(0.0),
//!         per_in_flight_event: linear(4096.0),
//!         gc_factor: figure(1.0),
//!         prefetch: None,
//!     },
//!     scaling: ScalingFigures { sigma: figure(0.0), kappa: figure(0.0) },
//!     service_scv: figure(1.0),
//!     startup_seconds: None,
//!     commit: None,
//! };
//! let machine = Machine {
//!     provider: "cloud".into(),
//!     region: "here".into(),
//!     instance_type: "small".into(),
//!     arch: "x86_64".into(),
//!     vcpus: 2,
//!     memory_bytes: 4.0 * GIB,
//!     vcpu_speed: Some(1.0),
//!     prices: Prices::on_demand(0.10),
//!     ..Machine::default()
//! };
//! let catalog = Catalog { runtimes: vec![runtime], machines: vec![machine].into(), ..Catalog::default() };
//! let runtimes: Vec<&Runtime> = catalog.runtimes.iter().collect();
//! let planners = Planners::new(&catalog, &runtimes, Policy::default(), Terms::default(), None);
//!
//! let workload = Workload {
//!     events_per_day: 24e6,
//!     peak_factor: 72.0,
//!     handler: "decode".into(),
//!     current_runtime: "go".into(),
//!     ..Workload::default()
//! };
//! let planned = planners.plan(&workload)?;
//! let plan = planned.plans[0].1.as_ref().unwrap();
//! // 20,000 events/s at peak are 2 cores. Two instances carry them at half their CPU; with a zone lost one would be
//! // full, so it takes three.
//! assert_eq!((plan.count.instances, plan.bound_by().to_string().as_str()), (3, "zone"));
//! assert!((plan.usd_per_month - 3.0 * 0.10 * 730.0).abs() < 1e-9);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod bill_bounds;
pub mod blank;
pub mod calibration;
pub mod capacity;
pub mod catalog;
pub mod cheapest;
pub mod cost;
pub mod decide;
pub mod demand;
pub mod explain;
pub mod figure;
mod found;
mod furthest;
pub mod grouped;
pub mod language;
pub mod latency;
pub mod machine;
pub mod memory;
pub mod names;
pub mod offers;
pub mod outlook;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod ranked;
pub mod regions;
mod root;
pub mod round_step;
pub mod runtime;
pub mod scenario;
pub mod setting_names;
pub mod uncertain;
pub mod units;
mod words;
pub mod workload;
