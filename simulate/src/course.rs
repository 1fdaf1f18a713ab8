//! What a failure does to the group, and when: the protocol of the model's fluid form at its mean times, partition by partition.

use crate::change::Change;
use crate::ids::Ids;
use crate::system::System;
use tonnage_model::runtime::Assignment;
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
    /// The course of a scenario where a member takes `startup_seconds` from its start to its first event, in `zones`, and where
    /// range assigns, members have these `ids`.
    pub fn of(
        scenario: FailureScenario,
        system: &System,
        settings: &GroupSettings,
        startup_seconds: f64,
        zones: usize,
        mut ids: Ids,
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
        let owners_of = |ids: &Ids, there: &[u32]| match settings.assignment(system.assignment) {
            Assignment::Even => spread(system, there),
            Assignment::Range => ids.range(there),
        };
        let all: Vec<u32> = (0..system.members() as u32).collect();
        let mut owners = system.owners();
        let mut course = Self { changes: Vec::new(), resumes: 0.0 };
        let mut at = 0.0;
        for round in 0..rounds {
            let (gone, left): (Vec<u32>, Vec<u32>) = all.iter().partition(|&member| is_gone(*member, round));
            let without = owners_of(&ids, &left);
            gone.iter().for_each(|&member| ids.renew(member));
            let again = owners_of(&ids, &all);
            let known = at + missed;
            let back = if scenario.is_undone() { at + startup_seconds } else { f64::INFINITY };
            course.changes.push((at, stop(gone)));
            let begins = if left.is_empty() { back } else { known.min(back) };
            let ends = course.ends(begins, known, left.len(), settings);
            let to = if back <= ends { &again } else { &without };
            course.rebalance([begins, ends], settings, &left, [&owners, to], calls_end);
            if scenario.is_undone() && back > ends {
                let ends = course.ends(back, back, left.len(), settings);
                course.rebalance([back, ends], settings, &left, [&without, &again], calls_end);
            }
            owners = again;
            at = course.resumes + settings.deploy_pause_seconds;
        }
        course
    }

    /// The changes of one that begins so many seconds later.
    pub fn later(self, seconds: f64) -> Vec<(f64, Change)> {
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

    /// A rebalance that ends with these owners, if it does. Members give up what moves as it begins; eager ones as it ends, once calls for
    /// that have ended. In the first, eager ones give up all that they have, each when it hears.
    fn rebalance(
        &mut self,
        [begins, ends]: [f64; 2],
        settings: &GroupSettings,
        members: &[u32],
        [from, to]: [&[u32]; 2],
        calls_end: f64,
    ) {
        let is_first = self.resumes <= 0.0;
        self.resumes = ends;
        if !ends.is_finite() {
            return;
        }
        let count = members.len();
        let mut give_up = |at: f64, gives_up: &dyn Fn(usize, usize) -> bool| {
            let those = |partition: &usize| {
                members.binary_search(&from[*partition]).is_ok_and(|place| gives_up(*partition, place))
            };
            let given_up: Vec<u32> = (0..to.len()).filter(those).map(|it| it as u32).collect();
            if !given_up.is_empty() {
                self.changes.push((at, Change::Revoke(given_up)));
            }
        };
        let moves = |partition: usize, _| from[partition] != to[partition];
        match settings.assignor {
            Assignor::Eager => {
                give_up(begins.max(ends - calls_end), &moves);
                let steps = if is_first { count.min(HEARD_IN) } else { 0 };
                for step in 0..steps {
                    let heard = (step + 1) as f64 / steps as f64 * count as f64 / (count + 1) as f64;
                    give_up(begins + settings.rebalance_seconds * heard, &|_, place| {
                        place * steps / count == step
                    });
                }
                self.changes.sort_by(|one, other| one.0.total_cmp(&other.0));
            }
            Assignor::Cooperative => give_up(begins, &moves),
        }
        self.changes.push((ends, Change::Assign(to.to_vec())));
    }
}

/// Who reads what where only those `left` do: the rest goes to whoever has fewest, one by one.
fn spread(system: &System, left: &[u32]) -> Vec<u32> {
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
