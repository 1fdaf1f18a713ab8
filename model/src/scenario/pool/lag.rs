//! Scaling pods on lag: how much of it calls for another pod, and how long a pod too many is kept.

use crate::capacity::sizing::Sizing;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::scenario::failure::{Assignor, GroupSettings};
use crate::scenario::pool::choice::Tenant;
use crate::scenario::pool::replicas::{Replicas, count_of};
use crate::scenario::replay::autoscaler::SYNC_SECONDS;
use crate::scenario::replay::study::USUAL_GOAL_SECONDS;

/// The longest window that Kubernetes takes, s.
const LONGEST_WINDOW_SECONDS: f64 = 3600.0;

/// How pods follow lag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagScaling {
    /// Lag for each pod, events: as many pods are wanted as the group's lag has of it. Nothing where no lag above that of a group
    /// that keeps up calls for a pod in time.
    pub threshold: Option<u64>,
    /// Fewest pods.
    pub least: u64,
    /// Most pods: those of the plan, which carry the peak with a zone lost too. Of pods that are kept, or whose handler nothing
    /// tells of, nobody knows that, so as many as can read.
    pub most: u64,
    /// Pods that can read: as many as there are partitions, or as are planned where these are not known.
    pub readers: u64,
    /// Lag of the busiest pod over that of the mean one, which the threshold is of.
    pub busiest_over_mean: f64,
    /// Time for which fewer pods have to do before one goes, s.
    pub window_seconds: u64,
    /// Time from lag to the pod that works it off, s.
    pub reaction_seconds: f64,
    /// Events/s that the CPU request of a pod pays for, or its in-flight limit takes where that is less.
    pub pod_rate: f64,
}

impl Tenant<'_, '_> {
    /// How its pods on nodes of a type follow lag; `None` where none can run there.
    ///
    /// ```text
    /// a          = sync + startup + R
    /// keeping up = L/r (commit + R)                     R = 0 with the cooperative assignor
    /// threshold  = c (goal - a) / (r share(r))          goal 60 s without p99; none unless it is above what keeping up takes
    /// window     = 2 R r + startup                      2 R + startup with the cooperative assignor
    /// ```
    pub fn lag_scaling(
        &self,
        node: &Machine,
        replicas: &Replicas,
        policy: Policy,
        group: &GroupSettings,
    ) -> Option<LagScaling> {
        let container = self.container(node, replicas, policy)?;
        let workload = self.problem.workload;
        let readers = workload.topic.partitions.map_or(replicas.count, u64::from);
        let (running, startup) = (replicas.running.min(readers), self.runtime.seconds_to_first_event());
        let (pods, rebalance) = (running as f64, group.rebalance_seconds);
        let (stopped, others_stop) = match group.assignor {
            Assignor::Eager => (pods, rebalance),
            Assignor::Cooperative => (1.0, 0.0),
        };

        let share = container.topic.busiest_instance_share(running);
        let pod_rate = pod_rate(&container, replicas.each.millicores, running);
        let reaction_seconds = SYNC_SECONDS + startup + rebalance;
        let keeping_up = container.peak_rate / pods * (workload.uncommitted_seconds() + others_stop);
        let goal = workload.p99_seconds.unwrap_or(USUAL_GOAL_SECONDS);
        let lag = pod_rate * (goal - reaction_seconds) / (pods * share);
        let window = (2.0 * rebalance * stopped + startup).min(LONGEST_WINDOW_SECONDS);
        Some(LagScaling {
            // A little less, so that rounding never makes a whole number one more.
            threshold: (lag > keeping_up).then(|| ((lag * (1.0 - 1e-12)).ceil() as u64).max(1)),
            least: u64::from(container.policy.min_instances).min(running),
            most: if self.kept.is_some() || workload.says_nothing_of_cpu() { readers } else { running },
            readers,
            busiest_over_mean: pods * share,
            window_seconds: window.ceil() as u64,
            reaction_seconds,
            pod_rate,
        })
    }
}

/// c: what the request of the busiest of some pods is worth on a node that is full.
pub(super) fn pod_rate(container: &Sizing, millicores: u64, pods: u64) -> f64 {
    let count = count_of(container, pods);
    let reader = container.peak_rate * container.topic.busiest_member_share(count.members());
    let busiest = container.peak_rate * container.topic.busiest_instance_share(pods);
    let seconds = container.service.seconds_at(reader, container.member_cores(), container.fetch_wait(count));
    let cores = millicores as f64 / 1000.0 - count.members_per_instance as f64 * container.idle_cores;
    let by_cpu = cores * container.worth / seconds;
    let in_flight = container.in_flight_load(container.peak_rate, pods, count.members_per_instance);
    by_cpu.min(busiest * f64::from(container.in_flight) / in_flight)
}
