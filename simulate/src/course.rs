//! What a failure does to the group, and when: the stops of the model's fluid form, partition by partition.

use crate::change::Change;
use crate::system::System;
use tonnage_model::scenario::backlog::Ages;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};

/// Eager members hear of a rebalance with their next heartbeat: one after another, in so many steps at most.
const HEARD_IN: usize = 6;

/// Changes with their times, s, the failure being at 0; and the end of the last standstill.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// In order.
    pub changes: Vec<(f64, Change)>,
    /// When partitions are read again for the last time; infinite where nobody is left.
    pub resumes: f64,
}

impl Course {
    /// The course of a scenario where a member takes `startup_seconds` from its start to its first event, in `zones`.
    pub fn of(
        scenario: FailureScenario,
        system: &System,
        settings: &GroupSettings,
        startup_seconds: f64,
        zones: usize,
    ) -> Self {
        let gone = |round: u64| -> Vec<u32> {
            let is_gone = |&member: &u32| {
                let instance = member as usize % system.instances;
                match scenario {
                    FailureScenario::Crash => member == 0,
                    FailureScenario::InstanceLost => instance == 0,
                    FailureScenario::ZoneLost => instance.is_multiple_of(zones.max(1)),
                    FailureScenario::Deploy => instance as u64 == round,
                }
            };
            (0..system.members() as u32).filter(is_gone).collect()
        };
        let left = (system.members() - gone(0).len()) as u64;
        let stops = scenario.stops(left, system.instances as u64, startup_seconds, settings);
        // Eager members wait for one that joins early. Where nobody is left, the stop is that of those that went.
        let rebalance = |stop: Ages| match settings.assignor {
            Assignor::Eager if left > 0 => stop.others,
            _ => settings.rebalance_seconds,
        };
        let all = system.owners();
        let mut course = Self { changes: Vec::new(), resumes: 0.0 };
        let mut at = 0.0;
        for gone in (0..stops.rounds).map(gone) {
            let without = without(system, &gone);
            let stop = if scenario == FailureScenario::Deploy { Change::Stop } else { Change::Kill };
            course.changes.push((at, stop(gone)));
            let mut from = &all;
            if stops.first.moved > 0.0 {
                let ends = at + stops.first.moved;
                course.rebalance(ends, rebalance(stops.first), settings, from, &without);
                from = &without;
                at = ends + stops.between;
            }
            let ends = at + stops.second.moved;
            let to = if scenario.is_undone() { &all } else { &without };
            course.rebalance(ends, rebalance(stops.second), settings, from, to);
            at = ends + stops.pause;
        }
        course
    }

    /// The changes of one that begins so many seconds later.
    pub(crate) fn later(self, seconds: f64) -> Vec<(f64, Change)> {
        self.changes.into_iter().map(|(at, change)| (at + seconds, change)).collect()
    }

    /// A rebalance of so many seconds that ends with these owners, if it does. Cooperative members give up what moves as it
    /// begins, eager ones all that they have, each when it hears.
    fn rebalance(&mut self, ends: f64, seconds: f64, settings: &GroupSettings, from: &[u32], to: &[u32]) {
        self.resumes = ends;
        if !ends.is_finite() {
            return;
        }
        let is_eager = settings.assignor == Assignor::Eager;
        let members = from.iter().max().map_or(1, |last| *last as usize + 1);
        let steps = if is_eager { members.min(HEARD_IN) } else { 1 };
        let heard_within = if is_eager { settings.rebalance_seconds.min(seconds) } else { 0.0 };
        for step in 0..steps {
            let hears = |partition: usize| from[partition] as usize * steps / members == step;
            let gives_up = |&partition: &usize| {
                if is_eager { hears(partition) } else { from[partition] != to[partition] }
            };
            let given_up: Vec<u32> =
                (0..to.len()).filter(gives_up).map(|partition| partition as u32).collect();
            let at = ends - seconds + heard_within * (step as f64 + 0.5) / steps as f64;
            self.changes.push((at, Change::Revoke(given_up)));
        }
        self.changes.push((ends, Change::Assign(to.to_vec())));
    }
}

/// Who reads what where `gone` do not: theirs go to whoever has fewest, one by one.
fn without(system: &System, gone: &[u32]) -> Vec<u32> {
    let mut owners = system.owners();
    let mut held = vec![0usize; system.members()];
    owners.iter().for_each(|&owner| held[owner as usize] += 1);
    let alive: Vec<u32> = (0..held.len() as u32).filter(|member| !gone.contains(member)).collect();
    for owner in owners.iter_mut().filter(|owner| gone.contains(owner)) {
        if let Some(&heir) = alive.iter().min_by_key(|&&heir| (held[heir as usize], heir)) {
            held[heir as usize] += 1;
            *owner = heir;
        }
    }
    owners
}
