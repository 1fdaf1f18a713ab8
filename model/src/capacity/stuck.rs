//! What no number of instances helps with, and what would.

use crate::capacity::assignment::Topic;
use crate::capacity::constraint::Constraint;
use crate::capacity::count::MOST;
use crate::capacity::infeasible::{HotKey, Infeasible, Remedies, UnmetConstraint};
use crate::capacity::search::least;
use crate::capacity::sizing::{Count, Sizing};

impl Sizing {
    /// Which rule no count of instances meets, and by how much.
    pub(crate) fn stuck(&self) -> Infeasible {
        let rule = self.first_failing(MOST).unwrap_or(Constraint::Cpu);
        let members = self.least_members(MOST, &Constraint::ALL[..rule as usize]).unwrap_or(1);
        let load = self.tightest_load(rule, MOST, members);
        let at_worst = self.topic.at_worst();
        let percent = (at_worst.hot_key_share * 100.0).round() as u8;
        let kind = if self.topic.has_hot_key() { HotKey::Is } else { HotKey::MayBe };
        let hot_key = at_worst.has_hot_key().then_some(kind(percent));
        if load.is_some() && self.topic.partitions.is_none() && hot_key.is_none() {
            return Infeasible::BeyondSearch;
        }
        let count = |members_per_instance| Count { instances: MOST, members_per_instance };
        let (needs, limit) = match (rule, load) {
            (_, Some(load)) => (load.needs, load.limit),
            (Constraint::Latency, _) => self.value_and_limit(rule, count(self.most_members()), 0.0),
            _ => self.value_and_limit(rule, count(members), self.fetch_wait(count(members))),
        };
        Infeasible::Unmet(Box::new(UnmetConstraint {
            rule,
            on: load.map(|load| load.on),
            needs,
            limit,
            in_flight: self.in_flight,
            service_seconds: self.service.handling_seconds,
            own_seconds: self.call_seconds(),
            scv: self.scv,
            assumes_wait_spread: self.assumes_wait_spread,
            partitions_required: self.partitions_required(1, self.least_fetch_delay()),
            hot_key,
            remedies: Remedies::default(),
        }))
    }

    /// What would make a stuck problem feasible on this machine type: a number of partitions, where they are
    /// given, or of events in flight; where neither does, the least p99 goal of two digits with which one of them does, or neither is
    /// needed. Each is tried out before it is named: partitions as if one key were as hot as it [may be](Topic::at_worst).
    pub fn remedies(&self) -> Remedies {
        let changes = self.changes();
        let would_do = |at: u64| {
            let it = Self { goal_seconds: Some(of_two_digits(at)), ..self.clone() };
            let serves = it.count_within(MOST).is_some();
            let changes = if serves { Remedies::default() } else { it.changes() };
            let found = Remedies { goal_seconds: it.goal_seconds, ..changes };
            (serves || changes != Remedies::default()).then_some(found)
        };
        if changes != Remedies::default() || self.goal_seconds.is_none() || would_do(MOST_GOALS).is_none() {
            return changes;
        }
        let may_keep = |goal: f64| self.in_flight_queue_at(0.0).keeps(goal - self.least_fetch_delay());
        let is_looser = |at: u64| Some(of_two_digits(at)) > self.goal_seconds && may_keep(of_two_digits(at));
        let from = least(0, MOST_GOALS, is_looser).unwrap_or(MOST_GOALS);
        least(from, MOST_GOALS, |at| would_do(at).is_some()).and_then(would_do).unwrap_or_default()
    }

    fn changes(&self) -> Remedies {
        const MOST_TRIED: u64 = 100_000;
        let serves = |changed: &Self| changed.count_within(MOST).is_some();
        let with_partitions = |number: u64| {
            let partitions = u32::try_from(number).ok();
            Self { topic: Topic { partitions, ..self.topic.at_worst() }, ..self.clone() }
        };
        let with_in_flight =
            |number: u64| Self { in_flight: u32::try_from(number).unwrap_or(u32::MAX), ..self.clone() };
        let least = |from: u32, holds: &dyn Fn(u64) -> bool| {
            least(u64::from(from), MOST_TRIED, holds).and_then(|number| u32::try_from(number).ok())
        };
        let partitions = self.topic.partitions.filter(|_| !self.topic.has_hot_key());
        Remedies {
            partitions: partitions.and_then(|given| least(given, &|it| serves(&with_partitions(it)))),
            in_flight: least(self.in_flight, &|it| serves(&with_in_flight(it))),
            goal_seconds: None,
        }
    }
}

/// Goals that are tried.
const MOST_GOALS: u64 = 900;

/// Numbers of two digits from 0.1 ms up, s.
fn of_two_digits(at: u64) -> f64 {
    (10 + at % 90) as f64 / 10f64.powi(5 - (at / 90) as i32)
}
