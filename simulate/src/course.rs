//! What a failure does to the group, and when: the protocol of the model's fluid form at its mean times, partition by partition.

use crate::change::Change;
use crate::system::System;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, HEARTBEAT_SECONDS};

/// Eager members hear of a rebalance one after another, in so many steps at most.
const HEARD_IN: usize = 6;

/// Calls under way have ended after so many times the mean.
const CALLS_END_AFTER: f64 = 20.0;

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
        let is_gone = |member: u32, round: usize| {
            let instance = member as usize % system.instances;
            match scenario {
                FailureScenario::Crash => member == 0,
                FailureScenario::InstanceLost => instance == 0,
                FailureScenario::ZoneLost => instance.is_multiple_of(zones.max(1)),
                FailureScenario::Deploy => instance == round,
            }
        };
        let timeout = settings.session_timeout_seconds;
        let (rounds, missed, stop): (_, _, fn(Vec<u32>) -> Change) = match scenario {
            FailureScenario::Deploy => (system.instances, 0.0, Change::Stop),
            // Its last heartbeat was half an interval ago on average.
            _ => (1, timeout - HEARTBEAT_SECONDS.min(timeout) / 2.0, Change::Kill),
        };
        let calls_end =
            CALLS_END_AFTER * system.batch as f64 * (system.handling_seconds + system.wait_seconds);
        let all = system.owners();
        let mut course = Self { changes: Vec::new(), resumes: 0.0 };
        let mut at = 0.0;
        for round in 0..rounds {
            let members = 0..system.members() as u32;
            let (gone, left): (Vec<u32>, Vec<u32>) = members.partition(|&member| is_gone(member, round));
            let without = without(system, &left);
            let known = at + missed;
            let back = if scenario.is_undone() { at + startup_seconds } else { f64::INFINITY };
            course.changes.push((at, stop(gone)));
            let begins = if left.is_empty() { back } else { known.min(back) };
            let ends = course.ends(begins, known, left.len(), settings);
            let to = if back <= ends { &all } else { &without };
            course.rebalance([begins, ends], settings, &left, [&all, to], calls_end);
            if scenario.is_undone() && back > ends {
                let ends = course.ends(back, back, left.len(), settings);
                course.rebalance([back, ends], settings, &left, [&without, &all], calls_end);
            }
            at = course.resumes + settings.deploy_pause_seconds;
        }
        course
    }

    /// The changes of one that begins so many seconds later.
    pub(crate) fn later(self, seconds: f64) -> Vec<(f64, Change)> {
        self.changes.into_iter().map(|(at, change)| (at + seconds, change)).collect()
    }

    /// When a rebalance ends: once the dead are known and all `members` have heard of it, by heartbeats that have drifted apart, or
    /// soon after another one by those that began with it.
    fn ends(&self, begins: f64, known: f64, members: usize, settings: &GroupSettings) -> f64 {
        let (within, count) = (settings.rebalance_seconds, members as f64);
        match begins - self.resumes {
            _ if members == 0 && begins < known => known,
            // An empty group waits for more to join.
            _ if members == 0 => begins + within,
            _ if self.resumes <= 0.0 => known.max(begins + within * count / (count + 1.0)),
            passed if passed < within => self.resumes + within,
            _ => begins + within / 2.0,
        }
    }

    /// A rebalance that ends with these owners, if it does. Cooperative members give up what moves as it begins. Eager ones give up all
    /// that they have: in the first each when it hears, in later ones as it ends, once calls for what moves have ended.
    fn rebalance(
        &mut self,
        [begins, ends]: [f64; 2],
        settings: &GroupSettings,
        members: &[u32],
        [from, to]: [&[u32]; 2],
        calls_end: f64,
    ) {
        let is_apart = settings.assignor == Assignor::Eager && self.resumes <= 0.0;
        self.resumes = ends;
        if !ends.is_finite() {
            return;
        }
        let count = members.len();
        let (steps, from_on, heard_in) = match settings.assignor {
            Assignor::Eager if is_apart => (count.min(HEARD_IN), begins, count as f64 / (count + 1) as f64),
            Assignor::Eager => (1, begins.max(ends - calls_end), 0.0),
            Assignor::Cooperative => (1, begins, 0.0),
        };
        let a_step = settings.rebalance_seconds * heard_in / steps as f64;
        for step in 0..steps {
            let gives_up = |&partition: &usize| match is_apart {
                true => {
                    members.binary_search(&from[partition]).is_ok_and(|place| place * steps / count == step)
                }
                false => from[partition] != to[partition],
            };
            let given_up: Vec<u32> =
                (0..to.len()).filter(gives_up).map(|partition| partition as u32).collect();
            self.changes.push((from_on + a_step * (step + 1) as f64, Change::Revoke(given_up)));
        }
        self.changes.push((ends, Change::Assign(to.to_vec())));
    }
}

/// Who reads what where only those `left` do: the rest goes to whoever has fewest, one by one.
fn without(system: &System, left: &[u32]) -> Vec<u32> {
    let mut owners = system.owners();
    let mut held = vec![0usize; system.members()];
    owners.iter().for_each(|&owner| held[owner as usize] += 1);
    for owner in owners.iter_mut().filter(|owner| !left.contains(owner)) {
        if let Some(&heir) = left.iter().min_by_key(|&&heir| (held[heir as usize], heir)) {
            held[heir as usize] += 1;
            *owner = heir;
        }
    }
    owners
}
