//! Plans near the limits of cores and of events in flight at once, event by event.

use crate::common::{linear, machine, runtime, workload};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::plan::Plan;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Concurrency, Deployment, Discipline};
use tonnage_model::scenario::failure::{FailureScenario, GroupSettings};
use tonnage_model::workload::Workload;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::random::Random;
use tonnage_simulate::study::{Failure, Findings, Study};
use tonnage_simulate::system::System;

fn between(random: &mut Random, low: f64, high: f64) -> f64 {
    low * (high / low).powf(random.uniform())
}

fn one_of<T: Copy>(random: &mut Random, all: &[T]) -> T {
    all[((random.uniform() * all.len() as f64) as usize).min(all.len() - 1)]
}

/// A plan by its number, on machines of 2 or 4 vCPUs: hundreds of events a second, `times` as many, that take tens of
/// milliseconds divided by that.
fn with_plan(number: u64, times: f64, policy: Policy, look: impl FnOnce(&Plan<'_>)) {
    let random = &mut Random::new(20_261_126, number);
    let deployment = one_of(random, &[Deployment::Processes, Deployment::Processes, Deployment::Threads]);
    let mut now = runtime("now", deployment);
    now.cpu.consume = linear(between(random, 10e-3, 40e-3) / times, 0.0);
    now.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
    now.concurrency = one_of(random, &[Concurrency::Consumer, Concurrency::Consumer, Concurrency::Partition]);
    let workload = Workload {
        topic: Topic { partitions: Some(one_of(random, &[48, 96, 144])), ..Topic::default() },
        io_wait_seconds: Some(now.cpu.consume.per_event.value * between(random, 0.25, 8.0)),
        io_calls: Some(0.0),
        in_flight: Some(one_of(random, &[1, 1, 2, 4, 8])),
        ..workload(times * between(random, 50.0, 300.0) * 86_400.0)
    };
    let machine = machine("some", one_of(random, &[2, 4]), 64.0, 0.1);
    let problem = Problem::new(&workload, &now, None).unwrap();
    if let Ok(plan) = problem.cheapest(&now, &[&machine], policy, RangeEnd::Best) {
        look(&plan);
    }
}

/// How busy the cores and the in-flight limit are with a zone lost, each by itself, and what they come to together.
fn loads(plan: &Plan<'_>) -> (f64, f64, f64) {
    let (sizing, members) = (&plan.sizing, plan.count.members_per_instance);
    let left = sizing.policy.alive(plan.count.instances);
    let rate = sizing.peak_rate;
    let of_member = rate * sizing.topic.busiest_member_share(left * members) / sizing.member_rate();
    let cores = sizing.instance_cores(members, members as f64) / sizing.service.handling_seconds;
    let of_instance = rate * sizing.topic.busiest_instance_share(left) / cores;
    let most = f64::from(sizing.in_flight);
    let in_flight = sizing.least_in_flight(rate, left * members) / most;
    let together = sizing.in_flight_load(rate, left, members) / most;
    (of_member.max(of_instance), in_flight, together)
}

/// What a lost zone leaves: s by the fluid, and the simulation.
fn without_a_zone(plan: &Plan<'_>, number: u64) -> (f64, Findings) {
    let failure = Failure {
        startup_seconds: plan.runtime.seconds_to_first_event(),
        zones: plan.sizing.policy.zones as usize,
        scenario: FailureScenario::ZoneLost,
        at_seconds: 30.0,
        until_seconds: None,
        group: GroupSettings::default(),
    };
    let arrivals = Arrivals::steady(plan.sizing.peak_rate);
    let system = System::of_plan(plan, Discipline::Fair);
    let study = Study::failing(plan, system, arrivals, 1e5, number, failure);
    let outcomes: Vec<_> = (0..study.runs).map(|run| study.run(run)).collect();
    (study.failure.unwrap().1.drain_seconds, study.findings(plan, &outcomes))
}

#[test]
fn plans_near_both_limits_catch_up_without_a_zone() {
    let mut near = 0;
    for number in 0..1000 {
        with_plan(number, 1.0, Policy::default(), |plan| {
            let (cores, in_flight, together) = loads(plan);
            if cores < 0.6 || in_flight < 0.6 || near == 36 {
                return;
            }
            near += 1;
            let (_, found) = without_a_zone(plan, number);
            let drain = found.aftermath.unwrap().drain_seconds;
            assert!(together <= 0.9 + 1e-9 && drain.is_some(), "{number}: {cores} {in_flight} {together}");
        });
    }
    assert_eq!(near, 36);
}

/// Whether all members that are left have as many partitions as each other, with all up and without a zone.
fn is_even(plan: &Plan<'_>) -> bool {
    let members = |instances: u64| instances * plan.count.members_per_instance;
    let partitions = u64::from(plan.sizing.topic.partitions.unwrap());
    let (all, left) = (plan.count.instances, plan.sizing.policy.alive(plan.count.instances));
    [members(all), members(left), all, left].iter().all(|&it| partitions.is_multiple_of(it))
}

/// Of so many events that chance matters little.
#[test]
fn a_backlog_drains_as_told_away_from_saturation() {
    let policy = Policy { max_utilization: 0.6, max_utilization_degraded: 0.75, ..Policy::default() };
    let mut held = 0;
    for number in 1000..4000 {
        with_plan(number, 16.0, policy, |plan| {
            let (cores, in_flight, together) = loads(plan);
            if together < 0.4 || !is_even(plan) || held == 12 {
                return;
            }
            held += 1;
            let (fluid, found) = without_a_zone(plan, number);
            let drain = found.aftermath.unwrap().drain_seconds.unwrap().mean;
            println!("{number}: {cores:.2} {in_flight:.2} {together:.2} {fluid:.1} {drain:.1}");
            assert!((fluid / drain - 1.0).abs() < 0.2, "{number}: {cores} {in_flight} {fluid} {drain}");
        });
    }
    assert_eq!(held, 12);
}
