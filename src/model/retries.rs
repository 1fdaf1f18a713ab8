//! What retries take of a plan.

use super::demand::Demand;
use super::plan::Plan;
use super::rule::Rule;
use super::search::least;
use super::sizing::Sizing;

/// Attempts an event beyond which it does not matter how many more a plan would bear.
pub const MOST_ATTEMPTS: f64 = 1000.0;

/// Attempts are looked for in steps of this part of one.
const STEPS: f64 = 100.0;

/// A plan under retries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retries {
    /// Times that an event is handled on average, a.
    pub attempts: f64,
    /// Share of the vCPUs that it takes at peak with all instances up; above 1 where there are not enough.
    pub utilization_at_peak: f64,
    /// The first rule that the plan's count breaks; `None` where it holds.
    pub breaks: Option<Rule>,
    /// Instances of the same machine type that would do; `None` where no number does.
    pub instances: Option<u64>,
    /// The most attempts, to a hundredth and up to [`MOST_ATTEMPTS`], with which the plan's count holds.
    pub holds_up_to: f64,
}

impl Demand {
    /// The same event handled `attempts` times: kind of handler, own code and calls each time, reading and writing once.
    pub fn retried(self, attempts: f64) -> Self {
        Self {
            handler_kind: self.handler_kind * attempts,
            io_calls: self.io_calls * attempts,
            own_code: self.own_code * attempts,
            ..self
        }
    }
}

impl Plan<'_> {
    /// The plan's sizing with every event handled `attempts` times, its wait included.
    pub fn sizing_with(&self, attempts: f64) -> Sizing {
        Sizing {
            service: self.demand.retried(attempts).on(self.machine.vcpu_speed.unwrap_or(1.0)),
            wait_seconds: self.sizing.wait_seconds * attempts,
            ..self.sizing.clone()
        }
    }

    /// What the plan makes of `attempts` an event.
    pub fn retries(&self, attempts: f64) -> Retries {
        let (instances, members) = (self.size.instances, self.size.members_per_instance);
        let retried = self.sizing_with(attempts);
        let fails = |steps: u64| {
            let sizing = self.sizing_with(steps as f64 / STEPS);
            sizing.first_unmet(instances, members).is_some()
        };
        let (one, most) = (STEPS as u64, (MOST_ATTEMPTS * STEPS) as u64);
        Retries {
            attempts,
            utilization_at_peak: retried.utilization(instances, members),
            breaks: retried.first_unmet(instances, members),
            instances: retried.count().ok().map(|count| count.instances),
            holds_up_to: least(one, most, fails).map_or(MOST_ATTEMPTS, |steps| (steps - 1) as f64 / STEPS),
        }
    }
}
