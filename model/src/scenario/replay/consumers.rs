//! What a number of pods can do, and the CPU that it takes.

use crate::capacity::sizing::Sizing;
use crate::scenario::pool::replicas::count_of;

/// Pods of one kind.
pub trait Consumers {
    /// Events/s that so many pods can handle until the busiest of them is behind.
    fn capacity(&self, pods: u64) -> f64;
    /// Cores that so many use while they handle `rate` events/s.
    fn cores(&self, rate: f64, pods: u64) -> f64;
}

/// The pods of a workload on nodes of a type.
#[derive(Debug, Clone)]
pub struct PodGroup {
    container: Sizing,
    fetch_wait_seconds: f64,
    /// By the number of pods.
    capacities: Vec<f64>,
}

impl PodGroup {
    /// Pods that are containers of a sizing, up to so many, of which one handles `pod_rate` events/s.
    pub(crate) fn new(
        container: Sizing,
        fetch_wait_seconds: f64,
        most: u64,
        pod_rate: impl Fn(&Sizing, u64) -> f64,
    ) -> Self {
        let of = |pods| pod_rate(&container, pods) / container.topic.busiest_instance_share(pods);
        let capacities = std::iter::once(0.0).chain((1..=most).map(of)).collect();
        Self { container, fetch_wait_seconds, capacities }
    }
}

impl Consumers for PodGroup {
    /// `c(r) / share(r)`: c is what the CPU request of a pod pays for.
    fn capacity(&self, pods: u64) -> f64 {
        self.capacities.get(pods as usize).or(self.capacities.last()).copied().unwrap_or(0.0)
    }

    /// `x (s + fetch) k/usl(k) + r W idle`.
    fn cores(&self, rate: f64, pods: u64) -> f64 {
        let container = &self.container;
        let count = count_of(container, pods);
        let idle = count.members() as f64 * container.idle_cores;
        if rate <= 0.0 {
            return idle;
        }
        let seconds = container.service_at(rate, count, self.fetch_wait_seconds);
        rate * seconds / container.worth + idle
    }
}
