//! Scaling pods on lag: thresholds by hand, and a group that follows them second by second.

use crate::common::{machine, runtime, workload};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Deployment;
use tonnage_model::scenario::failure::{Assignor, GroupSettings};
use tonnage_model::scenario::pool::choice::{Tenant, cheapest};
use tonnage_model::scenario::pool::lag::LagScaling;
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::workload::{CatchUp, Workload};

/// Pods on nodes of 4 vCPUs of speed 1.0; an event takes 20 us.
fn scaling(workload: &Workload, assignor: Assignor) -> LagScaling {
    let (nodes, python) = (machine("node", 4, 8.0, 0.2), runtime("python", Deployment::Processes));
    let problem = Problem::new(workload, &python, None).unwrap();
    let tenant = Tenant { problem: &problem, runtime: &python, kept: None };
    let pool = cheapest(&[tenant], &[&nodes], Policy::default(), &PoolRules::default()).pool.unwrap();
    let group = GroupSettings { assignor, ..GroupSettings::default() };
    tenant.lag_scaling(pool.machine, &pool.replicas[0].1, Policy::default(), &group).unwrap()
}

fn of(events_per_second: f64, partitions: u32) -> Workload {
    let topic = Topic { partitions: Some(partitions), ..Topic::default() };
    Workload { topic, ..workload(events_per_second * 86_400.0) }
}

// 180,000/s on 6 of 9 pods with 860m each (tests/it/pods.rs): c = 0.86 / 20 us = 43,000/s, of which 30,000 arrive. A pod reads
// 15 + 3 s after it is called for, so a goal of 30 s leaves 12 s for lag: 43,000 x 12. A group that keeps up has
// 30,000 x (5 s to a commit + 3 s of a rebalance) = 240,000 a pod, as much as 5.58 s; the cooperative assignor stops none of the
// others: 150,000, or 3.49 s. Window: 2 x 3 s x 6 pods, or 2 x 3 s.
#[test]
fn lag_that_a_goal_allows() {
    let by = |goal: f64, assignor| scaling(&Workload { p99_seconds: Some(goal), ..of(180e3, 6) }, assignor);
    let it = by(30.0, Assignor::Eager);
    assert_eq!((it.threshold, it.window_seconds, it.least, it.most), (Some(516_000), 36, 2, 6));
    assert!((it.pod_rate - 43e3).abs() < 1e-6 && it.reaction_seconds == 18.0);
    let (eager, cooperative) = (Assignor::Eager, Assignor::Cooperative);
    assert_eq!(by(30.0, cooperative).window_seconds, 6);
    for (goal, assignor, is_kept) in
        [(23.5, eager, false), (23.6, eager, true), (21.4, cooperative, false), (21.5, cooperative, true)]
    {
        assert_eq!(by(goal, assignor).threshold.is_some(), is_kept, "{goal} {assignor:?}");
    }
}

// Without a goal it is a minute, as in a replay, and with an outage to drain as well: 43,000 x (60 - 15 - 3) s.
#[test]
fn lag_without_a_goal() {
    let catch_up = Some(CatchUp { outage_seconds: 1800.0, drain_seconds: 7200.0 });
    for workload in [of(180e3, 6), Workload { catch_up, ..of(180e3, 6) }] {
        assert_eq!(scaling(&workload, Assignor::Eager).threshold, Some(1_806_000));
    }
}

// 10,000/s on two pods with 7 partitions: one has 4 of them, 8/7 of the mean. Alone it takes 0.2 cores of 0.9: 230m, so c is
// 11,500/s, and lag may be 11,500 x 12 / (8/7).
#[test]
fn lag_of_the_busiest_pod_counts() {
    let it = scaling(&Workload { p99_seconds: Some(30.0), ..of(10e3, 7) }, Assignor::Eager);
    assert_eq!((it.threshold, it.least, it.most), (Some(120_750), 2, 7));
}

// The same where cores tell what an event takes: 0.2 of 10,000/s x 20 us. The two pods of the plan are the most.
#[test]
fn no_more_pods_than_the_plan_has() {
    let it = scaling(&Workload { observed_cores: Some(0.2), ..of(10e3, 7) }, Assignor::Eager);
    assert_eq!((it.least, it.most, it.readers), (2, 2, 7));
}

// 30,000/s on two pods: a partition of six has 5,000/s of (20 + 100) us each, 0.6 of its one event in flight. Three of these
// wait for one core: of 1 + 0.6 + 0.24 + 0.048 it is idle for 1, so a pod carries 0.888 / 1.888 / 20 us = 23,517/s; 670m (0.6
// cores on one that is left, over 0.9) would pay for 33,500.
#[test]
fn lag_behind_an_in_flight_limit() {
    let workload = Workload { io_wait_seconds: Some(100e-6), io_calls: Some(0.0), ..of(30e3, 6) };
    assert!((scaling(&workload, Assignor::Eager).pod_rate - 0.888 / 1.888 / 20e-6).abs() < 1e-6);
}

/// Steps of the simulation in a second.
const STEPS: u32 = 10;

/// The age that the oldest event reaches, s, in an hour after events begin to come at a rate: Kubernetes asks for
/// `lag / threshold` pods every 15 s, and each time that more come all stop for 3 s.
fn oldest_after_a_rise(it: &LagScaling, events_per_second: f64) -> f64 {
    let threshold = it.threshold.unwrap() as f64;
    let (mut lag, mut pods, mut stopped, mut oldest) = (0.0, it.least, 0, 0.0f64);
    for step in 0..3600 * STEPS {
        if step % (15 * STEPS) == 0 {
            let wanted = (lag / threshold).ceil() as u64;
            if wanted.min(it.most) > pods {
                pods = wanted.min(it.most);
                stopped = 3 * STEPS;
            }
        }
        let read = if stopped > 0 { 0.0 } else { pods as f64 * it.pod_rate };
        stopped = stopped.saturating_sub(1);
        lag = (lag + (events_per_second - read) / f64::from(STEPS)).max(0.0);
        oldest = oldest.max(lag / events_per_second);
    }
    oldest
}

/// Whatever the rate becomes, up to what the planned pods read, the goal is kept; with a threshold that leaves no
/// time for pods to come it is not.
#[test]
fn a_group_that_follows_its_lag_keeps_its_goal() {
    for goal in [25.0, 30.0, 60.0] {
        let it = scaling(&Workload { p99_seconds: Some(goal), ..of(180e3, 6) }, Assignor::Eager);
        let oldest = |it: &LagScaling| {
            let rates = (1..=115).map(|percent| 0.05 * f64::from(percent) * it.pod_rate);
            rates.map(|rate| oldest_after_a_rise(it, rate)).fold(0.0, f64::max)
        };
        assert!(oldest(&it) <= goal, "{} s of {goal} s", oldest(&it));
        let late = LagScaling { threshold: Some((it.pod_rate * goal) as u64), ..it };
        assert!(oldest(&late) > goal, "{} s of {goal} s", oldest(&late));
    }
}
