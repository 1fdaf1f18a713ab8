//! Random problems within the model's limits.

use crate::common::{figure, linear, machine, runtime, workload};
use proptest::option;
use proptest::prelude::*;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::capacity::sizing::Sizing;
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{
    Concurrency, Deployment, FetchFigures, Memory, Prefetch, Runtime, ScalingFigures,
};
use tonnage_model::workload::{CatchUp, Workload};

/// How many random cases a property is held against: so many, or PROPTEST_CASES for a longer run.
pub fn cases(usual: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig::with_cases(given.map_or(usual, |cases| cases.parse().unwrap()))
}

/// A workload, a runtime, what it runs in today, and machine types to choose from.
#[derive(Debug, Clone)]
pub struct Case {
    pub workload: Workload,
    pub runtime: Runtime,
    pub current: Runtime,
    pub machines: Vec<Machine>,
    pub policy: Policy,
}

impl Case {
    pub fn problem(&self) -> Problem<'_> {
        Problem::new(&self.workload, &self.current, None).unwrap()
    }

    pub fn cheapest_on<'a>(&'a self, machines: &'a [Machine]) -> Option<Plan<'a>> {
        let machines: Vec<&Machine> = machines.iter().collect();
        self.problem().cheapest(&self.runtime, &machines, self.policy, RangeEnd::Best).ok()
    }

    pub fn cheapest_among<'a>(&'a self, machines: &[&'a Machine]) -> Result<Plan<'a>, NoPlan> {
        self.problem().cheapest(&self.runtime, machines, self.policy, RangeEnd::Best)
    }

    pub fn candidates(&self) -> Vec<Plan<'_>> {
        let machines: Vec<&Machine> = self.machines.iter().collect();
        self.problem().candidates(&self.runtime, &machines, self.policy, RangeEnd::Best).unwrap_or_default()
    }

    pub fn sizing_on(&self, machine: &Machine) -> Sizing {
        let today = self.problem().today;
        let factor = self.problem().own_code_factor(&self.runtime, RangeEnd::Best);
        let speed = machine.vcpu_speed.unwrap();
        let service = today.demand_in(&self.workload, &self.runtime, factor).unwrap().on(speed);
        Sizing::new(&self.workload, &self.runtime, machine, speed, service, today.wait_seconds, self.policy)
    }

    pub fn is_threads(&self) -> bool {
        self.runtime.deployment == Deployment::Threads
    }
}

fn any_runtime(name: &'static str) -> impl Strategy<Value = Runtime> {
    let shape = (any::<bool>(), any::<bool>(), 0.0f64..0.05, 1e-6f64..2e-4, 0.0f64..2e-8);
    let memory = (100.0f64..600.0, 0.0f64..10.0, 0.0f64..20_000.0, 0.0f64..10.0);
    let rest = (0.3f64..1.5, 0.0f64..0.05, 0.0f64..0.001, 0.0f64..3.0, 0.02f64..2.0);
    let fetch = option::of((1e-6f64..5e-3, 0.0f64..0.02));
    let limits = option::of((1.0f64..200.0, 10.0f64..2e5, 0.1f64..100.0, 0.0f64..1000.0));
    let held = (1.0f64..2.5, limits);
    (shape, memory, rest, fetch, held).prop_map(move |(shape, memory, rest, fetch, (gc_factor, limits))| {
        let (threads, per_partition, idle, per_event, per_byte) = shape;
        let (process_mib, thread_mib, event_bytes, expansion) = memory;
        let (speed, sigma, kappa, scv, factor) = rest;
        let deployment = if threads { Deployment::Threads } else { Deployment::Processes };
        let mut runtime = runtime(name, deployment);
        runtime.concurrency = if per_partition { Concurrency::Partition } else { Concurrency::Consumer };
        runtime.provenance.vcpu_speed = speed;
        runtime.cpu.idle_cores = figure(idle);
        runtime.cpu.consume = linear(per_event, per_byte);
        runtime.cpu.fetch = fetch.map(|(core_seconds, round_trip_seconds)| FetchFigures {
            core_seconds: figure(core_seconds),
            round_trip_seconds: figure(round_trip_seconds),
        });
        runtime.language.own_code = figure(factor);
        runtime.memory = Memory {
            base: figure(process_mib * 1_048_576.0),
            working: figure(6.0 * thread_mib * 1_048_576.0),
            thread: figure(thread_mib * 1_048_576.0),
            per_in_flight_event: linear(event_bytes, expansion),
            gc_factor: figure(gc_factor),
            prefetch: limits.map(|(client_mib, client_messages, partition_mib, per_message)| Prefetch {
                client_bytes: Some(figure(client_mib * 1_048_576.0)),
                client_messages: Some(figure(client_messages)),
                partition_bytes: Some(figure(partition_mib * 1_048_576.0)),
                bytes_per_message: figure(per_message),
                ..Prefetch::unlimited()
            }),
        };
        runtime.scaling = ScalingFigures { sigma: figure(sigma), kappa: figure(kappa) };
        runtime.service_scv = figure(scv);
        runtime
    })
}

fn any_machine() -> impl Strategy<Value = Machine> {
    (1u32..33, 1.0f64..24.0, 0.01f64..2.0, 0.3f64..1.2, option::of(0.1f64..20.0)).prop_map(
        |(vcpus, memory, price, speed, network)| Machine {
            vcpu_speed: Some(speed),
            network_bits_per_second: network.map(|gbps| gbps * 1e9),
            ..machine(&format!("m{vcpus}-{memory:.3}"), vcpus, memory, price)
        },
    )
}

/// The handler's time, or the cores in use.
fn any_handler_cost() -> impl Strategy<Value = (Option<f64>, Option<f64>)> {
    prop_oneof![
        Just((None, None)),
        (0.0f64..0.05).prop_map(|seconds| (Some(seconds), None)),
        (0.0f64..50.0).prop_map(|cores| (None, Some(cores))),
    ]
}

fn any_workload() -> impl Strategy<Value = Workload> {
    let volume = (3.0f64..9.5, 1.0f64..20_000.0, 0.0f64..0.98, any_handler_cost(), 0.0f64..2.0);
    let topic = (option::of(1u32..200), 0.0f64..0.2, 1u32..40, option::of(any::<bool>()), 1.0f64..5.0);
    let goals = (option::of(0.001f64..3.0), option::of((0.0f64..7200.0, 60.0f64..20_000.0)));
    let hot_key_share = prop_oneof![3 => Just(0.0), 1 => 0.0f64..0.2];
    let batch_size = prop_oneof![3 => Just(1), 1 => 2u32..100];
    let rest = (option::of(0.0f64..3.0), 0.0f64..1.0, 1u32..50, option::of(0.0f64..2e9));
    let keys_and_calls = (hot_key_share, batch_size);
    (volume, topic, goals, rest, keys_and_calls).prop_map(|(volume, topic, goals, rest, keys_and_calls)| {
        let (magnitude, bytes, ratio, cost, produces) = volume;
        let (partitions, hot, in_flight, concurrency, peak) = topic;
        let (calls, native_share, current_processes, state_bytes) = rest;
        let (hot_key_share, batch_size) = keys_and_calls;
        Workload {
            event_bytes: bytes,
            io_ratio: ratio,
            handler_seconds: cost.0,
            observed_cores: cost.1,
            produces,
            io_calls: calls,
            native_share,
            current_processes: Some(current_processes),
            peak_factor: peak,
            topic: Topic {
                partitions,
                skew: partitions.map_or(1.0, |p| 1.0 + hot * f64::from(p - 1)),
                hot_key_share,
            },
            concurrency: concurrency.map(|per_partition| {
                if per_partition { Concurrency::Partition } else { Concurrency::Consumer }
            }),
            in_flight: Some(in_flight),
            state_bytes,
            batch_size,
            p99_seconds: goals.0,
            catch_up: goals
                .1
                .map(|(outage_seconds, drain_seconds)| CatchUp { outage_seconds, drain_seconds }),
            ..workload(10f64.powf(magnitude))
        }
    })
}

/// Any problem.
pub fn case() -> impl Strategy<Value = Case> {
    let machines = proptest::collection::vec(any_machine(), 1..5);
    (any_workload(), any_runtime("new"), any_runtime("now"), machines, 1u32..4).prop_map(
        |(workload, runtime, current, machines, min_instances)| Case {
            workload,
            runtime,
            current,
            machines,
            policy: Policy { min_instances, ..Policy::default() },
        },
    )
}
