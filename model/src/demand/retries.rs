//! What retries take of a plan, which is made for as many of them as the workload says.

use crate::capacity::constraint::Constraint;
use crate::capacity::search::least;
use crate::capacity::sizing::Sizing;
use crate::plan::Plan;

/// Attempts an event beyond which it does not matter how many more a plan would bear.
pub const MOST_ATTEMPTS: f64 = 1000.0;

/// Attempts are looked for in steps of this part of one.
const STEPS: f64 = 100.0;

/// A plan under retries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retries {
    /// Times that an event is handled on average and that the plan is made for, a.
    pub attempts: f64,
    /// Share of the vCPUs that would be busy at peak if each were handled once.
    pub utilization_without: f64,
    /// The most attempts, to a hundredth and up to [`MOST_ATTEMPTS`], with which the plan's count holds; fewer than `attempts`
    /// where it does not hold as it is.
    pub holds_up_to: f64,
    /// The rule that breaks first beyond these; `None` where the plan bears [`MOST_ATTEMPTS`].
    pub breaks: Option<Constraint>,
}

impl Plan<'_> {
    /// The plan's sizing with every event handled `times` as often as planned, its wait included.
    pub fn sizing_with(&self, times: f64) -> Sizing {
        // What is kept has the speed that idle siblings leave it, and a burstable type may be sized at its baseline.
        let sized_at = self.demand.handling() / self.sizing.service.handling_seconds;
        let speed = Some(sized_at).filter(|speed| speed.is_finite()).or(self.machine.vcpu_speed);
        Sizing {
            service: self.demand.retried(times).on(speed.unwrap_or(1.0)),
            wait_seconds: (self.sizing.wait_seconds - self.demand.commit_wait_seconds) * times
                + self.demand.commit_wait_seconds,
            ..self.sizing.clone()
        }
    }

    /// What `attempts` an event, for which the plan is made, take of it, and how many more it bears.
    pub fn retries(&self, attempts: f64) -> Retries {
        let (instances, members) = (self.count.instances, self.count.members_per_instance);
        let breaks =
            |steps: u64| self.sizing_with(steps as f64 / STEPS / attempts).first_unmet(instances, members);
        let (planned, most) = ((attempts * STEPS) as u64, (MOST_ATTEMPTS * STEPS) as u64);
        // What is kept as it runs may not hold as it is.
        let holds = self.sizing.first_unmet(instances, members).is_none();
        let (from, at_least) = if holds { (planned + 1, attempts) } else { (1, 0.0) };
        let too_many = least(from, most, |steps| breaks(steps).is_some());
        Retries {
            attempts,
            utilization_without: self
                .sizing_with(1.0 / attempts)
                .cpu_at_peak(self.count, self.fetch_wait_seconds),
            holds_up_to: too_many.map_or(MOST_ATTEMPTS, |steps| at_least.max((steps - 1) as f64 / STEPS)),
            breaks: too_many.and_then(breaks),
        }
    }
}
