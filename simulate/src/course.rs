//! What a failure does to the group, and when: the protocol of the model's fluid form at its mean times, partition by partition.

use crate::change::Change;
use crate::system::System;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, HEARTBEAT_SECONDS};

/// Eager members hear of a rebalance one after another, in so many steps at most.
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
        let gone = |round: usize| -> Vec<u32> {
            let is_gone = |&member: &u32| {
                let instance = member as usize % system.instances;
                match scenario {
                    FailureScenario::Crash => member == 0,
                    FailureScenario::InstanceLost => instance == 0,
                    FailureScenario::ZoneLost => instance.is_multiple_of(zones.max(1)),
                    FailureScenario::Deploy => instance == round,
                }
            };
            (0..system.members() as u32).filter(is_gone).collect()
        };
        let timeout = settings.session_timeout_seconds;
        // Its last heartbeat was half an interval ago on average.
        let missed = timeout - HEARTBEAT_SECONDS.min(timeout) / 2.0;
        let (rounds, noticed) = match scenario {
            FailureScenario::Deploy => (system.instances, 0.0),
            _ => (1, missed),
        };
        let all = system.owners();
        let mut course = Self { changes: Vec::new(), resumes: 0.0 };
        let mut at = 0.0;
        for gone in (0..rounds).map(gone) {
            let without = without(system, &gone);
            let left = system.members() - gone.len();
            let known = at + noticed;
            let back = if scenario.is_undone() { at + startup_seconds } else { f64::INFINITY };
            let stop = if scenario == FailureScenario::Deploy { Change::Stop } else { Change::Kill };
            course.changes.push((at, stop(gone.clone())));
            let begins = if left > 0 { known.min(back) } else { back };
            let hears = course.hears(begins, left, settings);
            // Where nobody is left, the group waits for the dead, or once it is empty for others to join.
            let ends = if left > 0 || begins >= known { hears.max(known) } else { known };
            let is_back = back <= ends;
            course.rebalance(
                begins,
                hears,
                ends,
                settings,
                (&all, &gone),
                if is_back { &all } else { &without },
            );
            if scenario.is_undone() && !is_back {
                let ends = course.hears(back, left, settings);
                course.rebalance(back, ends, ends, settings, (&without, &gone), &all);
            }
            at = course.resumes + settings.deploy_pause_seconds;
        }
        course
    }

    /// The changes of one that begins so many seconds later.
    pub(crate) fn later(self, seconds: f64) -> Vec<(f64, Change)> {
        self.changes.into_iter().map(|(at, change)| (at + seconds, change)).collect()
    }

    /// When the last of `members` hears of a rebalance: by heartbeats that have drifted apart, or soon after another one by those that
    /// began with it.
    fn hears(&self, begins: f64, members: usize, settings: &GroupSettings) -> f64 {
        let (within, members) = (settings.rebalance_seconds, members as f64);
        begins
            + match begins - self.resumes {
                _ if members == 0.0 => within,
                _ if self.resumes <= 0.0 => within * members / (members + 1.0),
                passed if passed < within => within - passed,
                _ => within / 2.0,
            }
    }

    /// A rebalance that ends with these owners, if it does. Cooperative members give up what moves as it begins, eager ones all that
    /// they have, each when it hears; those `gone` have nothing.
    fn rebalance(
        &mut self,
        begins: f64,
        hears: f64,
        ends: f64,
        settings: &GroupSettings,
        (from, gone): (&[u32], &[u32]),
        to: &[u32],
    ) {
        let is_first = self.resumes <= 0.0;
        self.resumes = ends;
        if !ends.is_finite() {
            return;
        }
        let is_eager = settings.assignor == Assignor::Eager;
        let mut members: Vec<u32> = from.iter().copied().filter(|owner| !gone.contains(owner)).collect();
        members.sort_unstable();
        members.dedup();
        let steps = if is_eager && is_first { members.len().min(HEARD_IN) } else { 1 };
        for step in 0..steps {
            let hears_now = |owner| {
                members.binary_search(&owner).is_ok_and(|place| place * steps / members.len() == step)
            };
            let gives_up = |&partition: &usize| {
                if is_eager { hears_now(from[partition]) } else { from[partition] != to[partition] }
            };
            let given_up: Vec<u32> =
                (0..to.len()).filter(gives_up).map(|partition| partition as u32).collect();
            let after = if is_eager { (step + 1) as f64 / steps as f64 } else { 0.0 };
            self.changes.push((begins + (hears - begins) * after, Change::Revoke(given_up)));
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
