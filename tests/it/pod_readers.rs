//! Readers of a pod, worked out by hand.

use crate::common::{figure, machine, runtime, workload};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::{Concurrency, Deployment, Runtime};
use tonnage_model::scenario::pool::choice::{Tenant, cheapest};
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::units::MIB;
use tonnage_model::workload::Workload;

/// Events of 1,000 B, decoded in 20 us at speed 1.0, of which each then waits.
fn waiting(events_per_second: f64, wait_seconds: f64, partitions: u32) -> Workload {
    let topic = Topic { partitions: Some(partitions), ..Topic::default() };
    let io_wait_seconds = Some(wait_seconds);
    Workload { topic, io_wait_seconds, state_bytes: Some(0.0), ..workload(events_per_second * 86_400.0) }
}

/// A runtime of some MiB a process, which takes one event at a time.
fn plain_loop(deployment: Deployment, base_mib: f64) -> Runtime {
    let mut runtime = runtime("loop", deployment);
    runtime.concurrency = Concurrency::Consumer;
    runtime.memory.base = figure(base_mib * MIB);
    runtime
}

/// n, how many run, W, k, millicores and MiB.
fn pods(workload: &Workload, runtime: &Runtime) -> (u64, u64, u64, u32, u64, u64) {
    let problem = Problem::new(workload, runtime, None).unwrap();
    let nodes = machine("node", 4, 8.0, 0.2);
    let tenant = Tenant { problem: &problem, runtime, kept: None };
    let pool = cheapest(&[tenant], &[&nodes], Policy::default(), &PoolRules::default()).pool.unwrap();
    let it = pool.replicas[0].1;
    (it.count, it.running, it.readers, it.threads, it.each.millicores, it.each.mebibytes)
}

// 200/s of 200 ms are 40 calls. A reader of one of 64 partitions is busy for 3.125 x 0.2 = 0.63, of two 1.25: 64 have to be left with a
// zone lost. 16 in each of four pods: n - ceil(n / 3) = 4 is n = 6, where 15 would take five, n = 8. All six run.
//
// CPU: 16 partitions, 50/s x 20 us / 0.9 = 1.1m, written 10m. Memory: 100 MiB and 10 events of 3,000 B are 100.03 / 0.85 =
// 117.7, 128 MiB.
#[test]
fn a_java_loop_that_waits() {
    let java = plain_loop(Deployment::Threads, 100.0);
    assert_eq!(pods(&waiting(200.0, 0.2, 64), &java), (6, 6, 16, 1, 10, 128));
}

// An interpreter shares nothing: one a pod, 64 left of n - ceil(n / 3), n = 96, of which 64 run.
#[test]
fn a_python_loop_that_waits() {
    let python = plain_loop(Deployment::Processes, 100.0);
    assert_eq!(pods(&waiting(200.0, 0.2, 64), &python), (96, 64, 1, 1, 10, 128));
}

// 180,000/s take 3.6 cores, 0.6 a partition: one a pod and six left of nine, as without readers. 0.6 / 0.7 is 860m. 6 events of 3,000 B
// beside 100 MiB: 128 MiB.
#[test]
fn one_that_fills_a_core_has_one_reader() {
    let java = plain_loop(Deployment::Threads, 100.0);
    assert_eq!(pods(&waiting(180e3, 0.0, 6), &java), (9, 6, 1, 1, 860, 128));
}

// 100/s of 50 ms: a reader of one of 12 partitions is busy for 0.42, of two 0.83, which does with a zone lost alone. 12 readers in two pods
// have one left with all of 100/s, which with fetches takes 20m: 40m in all. In three two are left, and each requests 10m: 30m.
#[test]
fn a_go_loop_that_waits() {
    let go = plain_loop(Deployment::Threads, 12.0);
    assert_eq!(pods(&waiting(100.0, 0.05, 12), &go), (3, 3, 4, 1, 10, 16));
}
