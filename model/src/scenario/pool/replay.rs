//! Pods of a workload in a replay of what was measured.

use crate::capacity::sizing::Sizing;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::scenario::failure::GroupSettings;
use crate::scenario::pool::choice::Tenant;
use crate::scenario::pool::lag::pod_rate;
use crate::scenario::pool::replicas::{Replicas, count_of};
use crate::scenario::replay::consumers::{Consumers, PodGroup};
use crate::scenario::replay::series::RateSeries;
use crate::scenario::replay::simulation::{Delays, Replay};
use crate::scenario::replay::study::{Goal, Scene, Study, USUAL_GOAL_SECONDS};

/// How often an interval is halved in which a rate is looked for.
const HALVINGS: usize = 20;

/// What a replay is of.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOf<'r> {
    /// What comes.
    pub series: &'r RateSeries,
    /// The consumer group.
    pub group: GroupSettings,
    /// From a pod that is called for until its container starts: a node that boots, an image that is pulled; s.
    pub boot_seconds: f64,
}

impl Tenant<'_, '_> {
    /// Its pods on nodes of a type in a replay; `None` where none can run there. All that run cost `usd_per_month`.
    pub fn replayed(
        &self,
        node: &Machine,
        replicas: &Replicas,
        policy: Policy,
        usd_per_month: f64,
        of: ReplayOf<'_>,
    ) -> Option<Study> {
        let ReplayOf { series, group, boot_seconds } = of;
        let container = self.container(node, replicas, policy)?;
        let scaling = self.lag_scaling(node, replicas, policy, &group)?;
        let workload = self.problem.workload;
        let planned = replicas.running.min(scaling.readers);
        let wait = container.fetch_wait(count_of(&container, replicas.count));
        let (least, peak_rate) =
            (u64::from(container.policy.min_instances).min(planned), container.peak_rate);
        let millicores = replicas.each.millicores;
        let pods = PodGroup::new(container.clone(), wait, scaling.readers, |container, pods| {
            pod_rate(container, millicores, pods)
        });
        let most_busy = workload.p99_seconds.map_or(f64::INFINITY, |goal| {
            busiest_within(goal, &container, planned, wait) / pods.capacity(planned)
        });
        let goal = Goal {
            wait_seconds: workload.p99_seconds.unwrap_or(USUAL_GOAL_SECONDS),
            is_given: workload.p99_seconds.is_some(),
            catch_up: workload.catch_up,
        };
        let delays = Delays {
            startup_seconds: boot_seconds + self.runtime.seconds_to_first_event(),
            rebalance_seconds: group.rebalance_seconds,
            assignor: group.assignor,
            uncommitted_seconds: workload.uncommitted_seconds() / 2.0,
        };
        let scene = Scene {
            replay: Replay {
                series,
                consumers: &pods,
                delays,
                goal_seconds: goal.wait_seconds,
                most_busy,
                planned,
            },
            goal,
            least,
            most: scaling.readers,
            window_seconds: scaling.window_seconds as f64,
            threshold: scaling.threshold.map(|threshold| threshold as f64),
            peak_rate_per_pod: peak_rate / planned as f64,
            request_cores: millicores as f64 / 1000.0,
            usd_per_month,
            cost_tolerance: policy.cost_tolerance,
        };
        Some(scene.study())
    }
}

/// The highest rate, events/s, at which the queues of so many pods keep a latency goal; infinite where they do at any that the
/// pods can handle.
fn busiest_within(goal: f64, container: &Sizing, pods: u64, wait: f64) -> f64 {
    let keeps = |rate: f64| container.at_rate(rate).members_keep(goal, pods, container.most_processes, wait);
    let (mut low, mut high) = (0.0, 10.0 * container.peak_rate);
    if keeps(high) {
        return f64::INFINITY;
    }
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        (low, high) = if keeps(middle) { (middle, high) } else { (low, middle) };
    }
    low
}
