//! Threads of one process.

use crate::common::{figure, machine, runtime, workload};
use tonnage_model::calibration::calibrate::Calibration;
use tonnage_model::capacity::scalability::Scalability;
use tonnage_model::decide::evidence::ScalingEvidence;
use tonnage_model::machine::Machine;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Deployment, Figure, Runtime};
use tonnage_model::workload::Workload;

fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

#[test]
fn threads_by_hand() {
    assert_eq!(Scalability { sigma: 0.3, kappa: 0.1 }.worth(1.0), 1.0);
    assert_eq!(Scalability { sigma: 0.0, kappa: 0.0 }.worth(64.0), 1.0);
    // 1 / (1 + 0.1*3 + 0.01*4*3) = 1 / 1.42
    let law = Scalability { sigma: 0.1, kappa: 0.01 };
    assert!((law.worth(4.0) - 1.0 / 1.42).abs() < 1e-15);
}

/// 20 us an event, in a binary or an interpreter; sigma is 0.1.
fn now(deployment: Deployment) -> Runtime {
    let mut now = runtime("now", deployment);
    now.scaling.sigma = figure(0.1);
    now
}

/// 1,000/s on two machines of 8 vCPUs that are a core each, with so many in use.
fn seen(cores: f64) -> (Workload, Machine) {
    let workload = Workload {
        current_machine: Some("eight".into()),
        current_instances: Some(2),
        observed_cores: Some(cores),
        ..workload(1000.0 * 86_400.0)
    };
    (workload, machine("eight", 8, 16.0, 0.4))
}

// Of 8 vCPUs 4 are busy, of which each is worth 1 / (1 + 0.1 x 3): 8 / 1.3 cores of work for 1,000/s. Of 0.8 of 8 none contends.
#[test]
fn of_what_is_seen_busy_threads_contend_for_a_part() {
    let own = |workload: &Workload, deployment| {
        let (_, machine) = seen(0.0);
        Problem::new(workload, &now(deployment), Some(&machine)).unwrap().today.handler_core_seconds
    };
    let (half, machine) = seen(8.0);
    near(own(&half, Deployment::Threads), 8e-3 / 1.3 - 20e-6);
    near(own(&half, Deployment::Processes), 8e-3 - 20e-6);
    near(own(&seen(1.6).0, Deployment::Threads), 1.6e-3 - 20e-6);
    // Of 2 processes on each, 2 vCPUs of each are busy; of 8 half a one.
    let of = |processes| Workload { current_processes: Some(processes), ..half.clone() };
    near(own(&of(4), Deployment::Threads), 8e-3 / 1.1 - 20e-6);
    near(own(&of(16), Deployment::Threads), 8e-3 - 20e-6);
    let by_graph = Workload { observed_cores: None, utilization: Some(0.5), ..half.clone() };
    near(own(&by_graph, Deployment::Threads), 8e-3 / 1.3 - 20e-6);
    // A handler that takes 13 ms by the clock works for 10 ms beside that; where nothing says what is busy, for all of it.
    let timed = Workload { handler_seconds: Some(13e-3), ..half };
    near(own(&timed, Deployment::Threads), 10e-3);
    near(own(&Workload { observed_cores: None, ..timed.clone() }, Deployment::Threads), 13e-3);
    // So does its bill say: 8 / 1.3 cores, against 10 ms and the profile's 20 us.
    let now = now(Deployment::Threads);
    let it = Calibration::of(&Problem::new(&timed, &now, Some(&machine)).unwrap(), 0.5).unwrap();
    near(it.implied_core_seconds, 8e-3 / 1.3);
    near(it.expected.value, 10.02e-3);
}

// On the same two machines 8 / 1.3 cores of work show 4 of 8 vCPUs busy on each. At peak all 8 may contend: 8 / 1.3 x 1.7 / 16.
#[test]
fn a_plan_shows_what_is_read_from_it() {
    let (workload, machine) = seen(8.0);
    let now = now(Deployment::Threads);
    let problem = Problem::new(&workload, &now, Some(&machine)).unwrap();
    let policy = Policy { survive_zone_loss: false, system_cores: 0.0, ..Policy::default() };
    let plan = problem.cheapest(&now, &[&machine], policy, RangeEnd::Best).unwrap();
    assert_eq!(plan.count.instances, 2);
    near(plan.cpu_at_mean(), 0.5);
    near(plan.cpu_at_peak(), 8.0 / 1.3 * 1.7 / 16.0);
}

/// Sigma is 0.1, and 0 to 0.3 as far as is known.
fn assumed() -> Runtime {
    let mut now = now(Deployment::Threads);
    now.scaling.sigma = Figure { low: 0.0, high: 0.3, ..figure(0.1) };
    now
}

/// A plan for what is seen, on machines of so many vCPUs of the same speed.
fn planned(workload: &Workload, now: &Runtime, vcpus: u32) -> (u64, f64, [Option<u64>; 2]) {
    let (_, today) = seen(0.0);
    let machine = machine("other", vcpus, 16.0, 0.05 * f64::from(vcpus));
    let policy = Policy { survive_zone_loss: false, system_cores: 0.0, ..Policy::default() };
    let problem = Problem::new(workload, now, Some(&today)).unwrap();
    let plan = problem.cheapest(now, &[&machine], policy, RangeEnd::Best).unwrap();
    let ends = ScalingEvidence::of(&problem, &plan);
    let ends = ends.map_or([None; 2], |it| [it.instances_at_low, it.instances_at_high]);
    (plan.count.instances, plan.cpu_at_peak(), ends)
}

// 8 vCPUs of 16 are busy, 4 on each: e_now is 1 / 1.3. Of 11.4 vCPUs 70 % are as many, if none contends: 12 machines of 1 vCPU, 6 of 2, 3 of 4.
// Were 0.3 / 1.3 of it contention, 8 / 1.3 / 0.7 = 8.8 of 1 vCPU would do. Of 8 vCPUs each is worth 1 / 1.7, less than today's:
// 8.8 x 1.7 = 14.9, so 2. With 0.3 today's 4 are worth 1 / 1.9 each: 8 / 1.9 / 0.7 x 1.3 = 7.8 vCPUs of 2, and x 3.1 = 18.7 of 8.
#[test]
fn no_measured_cpu_is_contention_by_assumption_alone() {
    let (workload, now) = (seen(8.0).0, assumed());
    for (vcpus, instances, ends) in
        [(1, 12, [None; 2]), (2, 6, [Some(6), Some(4)]), (4, 3, [None; 2]), (8, 2, [Some(2), Some(3)])]
    {
        let (planned, cpu, at) = planned(&workload, &now, vcpus);
        assert_eq!((planned, at), (instances, ends), "{vcpus}");
        let worth = if vcpus == 8 { 1.7 } else { 1.3 };
        near(cpu, 8.0 / 1.3 * worth / (instances as f64 * f64::from(vcpus)));
    }
    // Known to be 0.1, it is.
    let known = crate::scalability::now(Deployment::Threads);
    assert_eq!(planned(&workload, &known, 1).0, 9);
}

// In an interpreter all that was measured is work too: 8 / 0.7 vCPUs of 16.
#[test]
fn nor_is_it_in_another_runtime() {
    let (workload, machine) = seen(8.0);
    let (now, other) = (assumed(), crate::scalability::now(Deployment::Processes));
    let policy = Policy { survive_zone_loss: false, system_cores: 0.0, ..Policy::default() };
    let problem = Problem::new(&workload, &now, Some(&machine)).unwrap();
    let plan = problem.cheapest(&other, &[&machine], policy, RangeEnd::Best).unwrap();
    assert_eq!(plan.count.instances, 2);
    near(plan.cpu_at_peak(), 0.5);
}
