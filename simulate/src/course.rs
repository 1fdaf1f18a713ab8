//! What a failure does to the group, and when: the same course that the model's fluid form takes.

use crate::change::Change;
use crate::system::System;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};

/// Changes with their times, s, the failure being at 0; and the end of the last standstill.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// In order.
    pub changes: Vec<(f64, Change)>,
    /// When partitions are read again for the last time; infinite where nobody is left.
    pub resumes: f64,
}

struct Group<'s> {
    system: &'s System,
    settings: &'s GroupSettings,
    owners: Vec<u32>,
    course: Course,
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
        let count = system.members();
        let course = Self { changes: Vec::new(), resumes: 0.0 };
        let mut group = Group { system, settings, owners: system.owners(), course };
        let of_instances = |lost: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..count).filter(|member| lost(member % system.instances)).map(|member| member as u32).collect()
        };
        match scenario {
            FailureScenario::Crash => group.crash(&[0], startup_seconds),
            FailureScenario::InstanceLost => group.lose(&of_instances(&|instance| instance == 0)),
            FailureScenario::ZoneLost => group.lose(&of_instances(&|instance| instance % zones.max(1) == 0)),
            FailureScenario::Deploy => {
                let mut at = 0.0;
                for replaced in 0..system.instances {
                    at = group.replace(&of_instances(&|instance| instance == replaced), at, startup_seconds);
                    group.course.resumes = at;
                    at += settings.deploy_pause_seconds;
                }
            }
        }
        group.course
    }
}

impl Group<'_> {
    fn add(&mut self, at: f64, change: Change) {
        self.course.changes.push((at, change));
    }

    /// Who reads what where `gone` do not: theirs go to whoever has fewest, one by one.
    fn without(&self, gone: &[u32]) -> Vec<u32> {
        let mut held = vec![0usize; self.system.members()];
        self.owners.iter().for_each(|&owner| held[owner as usize] += 1);
        let mut owners = self.owners.clone();
        let mut alive: Vec<u32> = (0..held.len() as u32).filter(|member| !gone.contains(member)).collect();
        for owner in owners.iter_mut().filter(|owner| gone.contains(owner)) {
            if let Some(heir) = alive.iter_mut().min_by_key(|heir| (held[**heir as usize], **heir)) {
                held[*heir as usize] += 1;
                *owner = *heir;
            }
        }
        owners
    }

    /// A rebalance from `at` that ends with these owners. Until then eager members give up all partitions, others those
    /// that move.
    fn rebalance(&mut self, at: f64, ends: f64, from: &[u32], to: Vec<u32>) {
        let is_eager = self.settings.assignor == Assignor::Eager;
        let moves = |partition: &u32| is_eager || from[*partition as usize] != to[*partition as usize];
        let given_up: Vec<u32> = (0..to.len() as u32).filter(moves).collect();
        self.add(at, Change::Revoke(given_up));
        self.add(ends, Change::Assign(to));
        self.course.resumes = ends;
    }

    fn is_all(&self, gone: &[u32]) -> bool {
        gone.len() == self.system.members()
    }

    /// Members are gone for good: the group knows after the session timeout.
    fn lose(&mut self, gone: &[u32]) {
        self.add(0.0, Change::Stop(gone.to_vec()));
        if self.is_all(gone) {
            self.course.resumes = f64::INFINITY;
            return;
        }
        let noticed = self.settings.session_timeout_seconds;
        let (from, to) = (self.owners.clone(), self.without(gone));
        self.rebalance(noticed, noticed + self.settings.rebalance_seconds, &from, to);
    }

    /// Members die and are started again at once.
    fn crash(&mut self, gone: &[u32], startup: f64) {
        let GroupSettings {
            session_timeout_seconds: timeout, rebalance_seconds: rebalance, assignor, ..
        } = *self.settings;
        let all = self.owners.clone();
        if self.is_all(gone) {
            self.add(0.0, Change::Stop(gone.to_vec()));
            let ends = timeout.max(startup) + rebalance;
            self.rebalance(ends - rebalance, ends, &all, all.clone());
        } else if startup > timeout + rebalance {
            self.lose(gone);
            let without = self.without(gone);
            self.rebalance(startup, startup + rebalance, &without, all);
        } else {
            // It joins while the group waits for the one that died, and all wait with it where they are eager.
            self.add(0.0, Change::Stop(gone.to_vec()));
            let joins = if assignor == Assignor::Eager { startup.min(timeout) } else { timeout };
            self.rebalance(joins, timeout + rebalance, &all, all.clone());
        }
    }

    /// An instance leaves cleanly and a new one joins; the time at which it has its partitions.
    fn replace(&mut self, gone: &[u32], at: f64, startup: f64) -> f64 {
        let rebalance = self.settings.rebalance_seconds;
        let all = self.owners.clone();
        self.add(at, Change::Stop(gone.to_vec()));
        if self.is_all(gone) {
            self.rebalance(at + startup, at + startup + rebalance, &all, all.clone());
        } else if startup > rebalance {
            let without = self.without(gone);
            self.rebalance(at, at + rebalance, &all, without.clone());
            self.rebalance(at + startup, at + startup + rebalance, &without, all);
        } else {
            self.rebalance(at, at + rebalance, &all, all.clone());
        }
        self.course.resumes
    }
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
