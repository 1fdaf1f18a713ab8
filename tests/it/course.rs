//! What a failure does to a simulated group, and when.

use tonnage_model::runtime::Assignment;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};
use tonnage_simulate::Horizon;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::change::{Change, NOBODY};
use tonnage_simulate::course::Course;
use tonnage_simulate::estimate::Estimate;
use tonnage_simulate::ids::Ids;
use tonnage_simulate::random::Random;
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

fn near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-9, "{actual} is not {expected}");
}

fn course(scenario: FailureScenario, assignor: Assignor, startup: f64) -> Course {
    let settings = GroupSettings { assignor, ..GroupSettings::default() };
    Course::of(scenario, &six(), &settings, startup, 3, ids(&six()))
}

fn ids(system: &System) -> Ids {
    Ids::drawn(system, Random::new(1, 0))
}

/// What each member has of the partitions that one had before; it is at that place of the order.
fn heirs(partitions: usize, members: usize, place: usize) -> Vec<usize> {
    let system =
        System { assignment: Assignment::Range, instances: members, partitions, ..System::server(1e-3) };
    let mut order: Vec<u32> = (1..members as u32).collect();
    order.insert(place, 0);
    let known = Ids::known(&system, order.clone(), Random::new(1, 0));
    let settings = GroupSettings::default();
    let course = Course::of(FailureScenario::InstanceLost, &system, &settings, 1.0, 3, known);
    let Some((_, Change::Assign(to))) = course.changes.last() else { panic!("nobody reads") };
    let of = |member: &u32| {
        let both = system.owners().into_iter().zip(to).filter(|(from, to)| *from == 0 && *to == member);
        both.count()
    };
    order.iter().map(of).collect()
}

#[test]
fn range_leaves_blocks_to_neighbors() {
    // 012 345 678 9AB becomes 0123 4567 89AB: the first and the last leave all to one, the others 1 and 2.
    let of_place = |place| heirs(12, 4, place);
    assert_eq!(of_place(0), [0, 3, 0, 0]);
    assert_eq!(of_place(1), [1, 0, 2, 0]);
    assert_eq!(of_place(2), [0, 2, 0, 1]);
    assert_eq!(of_place(3), [0, 0, 3, 0]);
    // 0123 456 789 becomes 01234 56789.
    assert_eq!(heirs(10, 3, 0), [0, 4, 0]);
}

#[test]
fn one_that_is_back_has_any_place() {
    // Of 12 partitions on five members those at the first two places have three. Member 0 had, and is back at three of five places with two.
    let system =
        System { assignment: Assignment::Range, instances: 5, partitions: 12, ..System::server(1e-3) };
    let settings = GroupSettings::default();
    let held = |stream| {
        let ids = Ids::drawn(&system, Random::new(1, stream));
        let course = Course::of(FailureScenario::Crash, &system, &settings, 1.0, 3, ids);
        let Some((_, Change::Assign(to))) = course.changes.last() else { panic!("nobody reads") };
        to.iter().filter(|owner| **owner == 0).count()
    };
    let held: Vec<usize> = (0..200).map(held).collect();
    let with = |some: usize| held.iter().filter(|held| **held == some).count();
    assert!(with(2) + with(3) == 200 && (100..140).contains(&with(2)), "{held:?}");
}

#[test]
fn a_lost_instance_by_hand() {
    // 12 partitions on 6 members, 2 of which are on each of 3 instances: 4 partitions stop until the dead are missed, 45 - 3/2 s
    // later, and the last of four members has heard of it, 3 * 4/5 s after that. Eager ones stop as they hear, at 44.1, 44.7, 45.3
    // and 45.9 s.
    for (assignor, meanwhile) in [(Assignor::Eager, [6, 8, 10]), (Assignor::Cooperative, [4, 4, 4])] {
        let course = course(FailureScenario::InstanceLost, assignor, 1.0);
        let unread = |at| unread(&course, &six(), at);
        assert_eq!([unread(0.0), unread(44.0), unread(45.95)], [4, 4, 0]);
        assert_eq!([unread(44.2), unread(44.8), unread(45.8)], meanwhile);
        near(course.resumes, 45.9);
        let Some((_, Change::Assign(owners))) = course.changes.last() else { panic!("nobody reads") };
        let held = |member: u32| owners.iter().filter(|owner| **owner == member).count();
        assert_eq!([0, 1, 2, 3, 4, 5].map(held), [0, 3, 3, 0, 3, 3]);
    }
}

#[test]
fn a_deploy_has_two_rebalances_for_each_slow_instance_and_one_for_each_fast() {
    let resumes = |startup| course(FailureScenario::Deploy, Assignor::Eager, startup).resumes;
    // The four that stay hear of the first by 2.4 s. All heartbeats begin with it, so that each later one takes 3 s.
    near(resumes(1.0), 2.4 + 3.0 + 3.0);
    // One that joins after 4 s is heard of 3 s after the rebalance before: at 5.4 s, then at 8.4 + 3 and 14.4 + 3 s.
    near(resumes(4.0), 17.4);
    // After 10 s that may be at any time of 3 s: at 11.5 s, and twice 11.5 s later.
    near(resumes(10.0), 34.5);
}

#[test]
fn a_crash_is_noticed_late() {
    let eager = course(FailureScenario::Crash, Assignor::Eager, 5.0);
    let unread_of_six = |course: &Course, at| unread(course, &six(), at);
    let unread = |at| unread_of_six(&eager, at);
    // Back after 5 s; the other five have heard of it at 5.5, 6 ... 7.5 s, and wait until the dead member is missed.
    assert_eq!([unread(4.0), unread(5.8), unread(8.0), unread(43.4), unread(43.5)], [2, 4, 12, 12, 0]);
    // Without it they go on at 43.5 + 3 * 5/6 = 46 s; they hear of it within 3 s once it is back, and read until then.
    let late = course(FailureScenario::Crash, Assignor::Eager, 60.0);
    assert_eq!((late.resumes, unread_of_six(&late, 61.0)), (61.5, 0));
    // Cooperative ones give its partitions up before it has them.
    let late = course(FailureScenario::Crash, Assignor::Cooperative, 60.0);
    assert_eq!((late.resumes, unread_of_six(&late, 61.0)), (61.5, 2));
}

#[test]
fn one_that_is_alone_waits_for_itself() {
    // Nobody hears. The group waits for the dead member, or 3 s for others to join once there is none.
    let one = System { instances: 1, partitions: 4, ..System::server(1e-3) };
    let resumes = |scenario, startup| {
        Course::of(scenario, &one, &GroupSettings::default(), startup, 3, ids(&one)).resumes
    };
    assert_eq!([2.0, 60.0].map(|startup| resumes(FailureScenario::Crash, startup)), [43.5, 63.0]);
    assert_eq!(resumes(FailureScenario::Deploy, 2.0), 5.0);
    assert_eq!(resumes(FailureScenario::InstanceLost, 2.0), f64::INFINITY);
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
