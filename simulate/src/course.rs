//! What a failure does to the group, and when: the stops of the model's fluid form, partition by partition.

use crate::change::Change;
use crate::system::System;
use tonnage_model::scenario::backlog::Ages;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};

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
            course.changes.push((at, Change::Stop(gone)));
            let mut from = &all;
            if stops.first.moved > 0.0 {
                let ends = at + stops.first.moved;
                course.rebalance(ends, rebalance(stops.first), settings.assignor, from, &without);
                from = &without;
                at = ends + stops.between;
            }
            let ends = at + stops.second.moved;
            let to = if scenario.is_undone() { &all } else { &without };
            course.rebalance(ends, rebalance(stops.second), settings.assignor, from, to);
            at = ends + stops.pause;
        }
        course
    }

    /// The changes of one that begins so many seconds later.
    pub(crate) fn later(self, seconds: f64) -> Vec<(f64, Change)> {
        self.changes.into_iter().map(|(at, change)| (at + seconds, change)).collect()
    }

    /// A rebalance of so many seconds that ends with these owners, if it does. Until then eager members give up all partitions,
    /// others those that move.
    fn rebalance(&mut self, ends: f64, seconds: f64, assignor: Assignor, from: &[u32], to: &[u32]) {
        self.resumes = ends;
        if ends.is_finite() {
            let is_eager = assignor == Assignor::Eager;
            let moves = |&partition: &usize| is_eager || from[partition] != to[partition];
            let given_up = (0..to.len()).filter(moves).map(|partition| partition as u32).collect();
            self.changes.push((ends - seconds, Change::Revoke(given_up)));
            self.changes.push((ends, Change::Assign(to.to_vec())));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::NOBODY;

    /// Partitions that nobody reads at some time of a course.
    fn unread(course: &Course, system: &System, at: f64) -> usize {
        let mut owners = system.owners();
        for (_, change) in course.changes.iter().filter(|(when, _)| *when <= at) {
            match change {
                Change::Stop(gone) => {
                    owners.iter_mut().filter(|owner| gone.contains(owner)).for_each(|owner| *owner = NOBODY)
                }
                Change::Revoke(given_up) => {
                    given_up.iter().for_each(|&partition| owners[partition as usize] = NOBODY)
                }
                Change::Assign(to) => owners.clone_from(to),
            }
        }
        owners.iter().filter(|owner| **owner == NOBODY).count()
    }

    fn six() -> System {
        System { instances: 3, members_per_instance: 2, partitions: 12, ..System::server(1e-3) }
    }

    fn course(scenario: FailureScenario, assignor: Assignor, startup: f64) -> Course {
        let settings = GroupSettings { assignor, ..GroupSettings::default() };
        Course::of(scenario, &six(), &settings, startup, 3)
    }

    #[test]
    fn a_lost_instance_by_hand() {
        // 12 partitions on 6 members, 2 of which are on each of 3 instances: 4 partitions stop for 45 + 3 s, and all for
        // the last 3 s where members are eager.
        for (assignor, meanwhile) in [(Assignor::Eager, 12), (Assignor::Cooperative, 4)] {
            let course = course(FailureScenario::InstanceLost, assignor, 1.0);
            let unread = |at| unread(&course, &six(), at);
            assert_eq!([unread(0.0), unread(44.9), unread(45.1), unread(48.0)], [4, 4, meanwhile, 0]);
            assert_eq!(course.resumes, 48.0);
            let Some((_, Change::Assign(owners))) = course.changes.last() else { panic!("nobody reads") };
            let held = |member: u32| owners.iter().filter(|owner| **owner == member).count();
            assert_eq!([0, 1, 2, 3, 4, 5].map(held), [0, 3, 3, 0, 3, 3]);
        }
    }

    #[test]
    fn a_deploy_has_two_rebalances_for_each_slow_instance_and_one_for_each_fast() {
        let stops = |startup| course(FailureScenario::Deploy, Assignor::Eager, startup).resumes;
        // Leave for 3 s; 10 s after leaving join for 3 s; three times.
        assert_eq!((stops(10.0), stops(1.0)), (39.0, 9.0));
    }

    #[test]
    fn a_crash_is_noticed_late() {
        let eager = course(FailureScenario::Crash, Assignor::Eager, 5.0);
        let unread = |at| unread(&eager, &six(), at);
        assert_eq!([unread(4.0), unread(6.0), unread(47.9), unread(48.0)], [2, 12, 12, 0]);
        assert_eq!(course(FailureScenario::Crash, Assignor::Eager, 60.0).resumes, 63.0);
    }
}
