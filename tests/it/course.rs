//! What a failure does to a simulated group, and when.

use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};
use tonnage_simulate::Horizon;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::change::{Change, NOBODY};
use tonnage_simulate::course::Course;
use tonnage_simulate::estimate::Estimate;
use tonnage_simulate::run::run;
use tonnage_simulate::system::System;

/// Partitions that nobody reads at some time of a course.
fn unread(course: &Course, system: &System, at: f64) -> usize {
    let mut owners = system.owners();
    for (_, change) in course.changes.iter().filter(|(when, _)| *when <= at) {
        match change {
            Change::Stop(gone) | Change::Kill(gone) => {
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
    // the last 3 s where members are eager, who hear of it 0.25, 0.75, ... 2.75 s after its begin: by 46.3 s members 0 to 2.
    for (assignor, meanwhile) in [(Assignor::Eager, [4, 8, 12]), (Assignor::Cooperative, [4, 4, 4])] {
        let course = course(FailureScenario::InstanceLost, assignor, 1.0);
        let unread = |at| unread(&course, &six(), at);
        assert_eq!([unread(0.0), unread(44.9), unread(48.0)], [4, 4, 0]);
        assert_eq!([unread(45.1), unread(46.3), unread(47.9)], meanwhile);
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
    // Back after 5 s; members 0 and 1 have heard of it by 6 s, and all by 8 s.
    assert_eq!([unread(4.0), unread(6.0), unread(8.0), unread(47.9), unread(48.0)], [2, 4, 12, 12, 0]);
    assert_eq!(course(FailureScenario::Crash, Assignor::Eager, 60.0).resumes, 63.0);
}

#[test]
fn what_a_killed_member_has_not_committed_is_done_again() {
    // 80 events/s of 10 ms: 4 in flight (M/M/1), and with a commit each 5 s those of 2.5 s are not committed on average: 204. One
    // that leaves has committed.
    let system = System { commit_seconds: 5.0, ..System::server(0.010) };
    let horizon = Horizon { from_seconds: 1.0, to_seconds: 22.0, look_seconds: f64::INFINITY };
    let redone = |gone: fn(Vec<u32>) -> Change| {
        let changes = [(20.0, gone(vec![0])), (21.0, Change::Assign(vec![0]))];
        let of = |number| run(&system, &Arrivals::steady(80.0), &changes, &horizon, (1, number)).redone;
        Estimate::of(&(0..200).map(of).collect::<Vec<_>>())
    };
    let (killed, left) = (redone(Change::Kill), redone(Change::Stop));
    assert!(killed.covers(204.0) && killed.half_width < 20.0, "{killed:?}");
    assert!(left.covers(4.0) && left.half_width < 1.0, "{left:?}");
}
