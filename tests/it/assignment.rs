//! How partitions spread over members, by hand and as properties.

use proptest::prelude::*;
use tonnage_model::capacity::assignment::{Topic, held};
use tonnage_model::runtime::Assignment::{Even, Range};

fn topic(partitions: u32, skew: f64) -> Topic {
    Topic { partitions: Some(partitions), skew, ..Topic::default() }
}

#[test]
fn twelve_partitions_on_five_members() {
    // The busiest has ceil(12/5) = 3 of 12.
    assert!((topic(12, 1.0).busiest_member_share(5) - 0.25).abs() < 1e-15);
}

/// The busiest instance of a spread over members is the one that `held` says, with the extra partitions dealt round.
#[test]
fn an_even_spread_over_members_is_even_over_instances() {
    for (partitions, instances, each) in [(10u32, 2u64, 3u64), (3, 2, 4), (12, 5, 2), (7, 9, 1), (64, 3, 7)] {
        let mut on = vec![0; instances as usize];
        for partition in 0..u64::from(partitions) {
            let member = partition % (instances * each);
            on[(member % instances) as usize] += 1;
        }
        assert_eq!(on.into_iter().max(), Some(held(partitions, instances)));
    }
}

#[test]
fn skew_by_hand() {
    // P = 4, k = 2 on two members: (2 + 1*(4-2)/3)/4 = 2/3.
    assert!((topic(4, 2.0).busiest_member_share(2) - 2.0 / 3.0).abs() < 1e-15);
}

#[test]
fn partitions_left_behind() {
    // Of 10 partitions on 4 members two hold 3 and two hold 2: at most 3, 6, 8, 10 of them go.
    let ten = topic(10, 1.0);
    let gone: Vec<f64> = (1..=4).map(|gone| ten.share_of_members(gone, 4)).collect();
    assert_eq!(gone, [0.3, 0.6, 0.8, 1.0]);
    // 3 on 3 heirs are one each, 6 on 2 are three each.
    assert_eq!(ten.inherited_share(1, 4, 3, Even), 0.1);
    assert_eq!(ten.inherited_share(2, 4, 2, Even), 0.3);
    // By range the first heir of three has 4, all 3 of those; of two it has 5 of the 6.
    assert_eq!([(1, 3), (2, 2)].map(|(gone, heirs)| ten.inherited_share(gone, 4, heirs, Range)), [0.3, 0.5]);
    let free = Topic { partitions: None, skew: 1.0, ..Topic::default() };
    assert_eq!((free.share_of_members(1, 4), free.inherited_share(1, 4, 2, Even)), (0.25, 0.125));
    assert_eq!(
        [(1, 2), (3, 2)].map(|(gone, heirs)| free.inherited_share(gone, 4, heirs, Range)),
        [0.25, 0.5]
    );
    // One heir has the key with a fifth of all events; the rest of a quarter is a fifth of all, a tenth for each of two.
    let hot = Topic { hot_key_share: 0.2, ..free };
    assert!((hot.inherited_share(1, 4, 2, Even) - 0.3).abs() < 1e-15);
    assert_eq!(hot.member_share_at(0.0, 4), 0.4);
    assert!((hot.member_share_at(0.9, 4) - 0.2).abs() < 1e-15);
    // Of 6 members on 4 partitions two are idle, and the hottest goes with the first.
    assert_eq!(topic(4, 2.0).share_of_members(1, 6), 0.5);
    assert_eq!(topic(4, 1.0).share_of_members(5, 6), 1.0);
}

#[test]
fn members_beyond_the_partitions_are_idle() {
    assert_eq!(topic(12, 1.5).busiest_member_share(24), 1.5 / 12.0);
    assert_eq!(topic(1, 1.0).busiest_member_share(24), 1.0);
}

#[test]
fn a_free_topic_divides_evenly() {
    assert_eq!(Topic { partitions: None, skew: 3.0, ..Topic::default() }.busiest_member_share(8), 0.125);
}

proptest! {
    #[test]
    fn more_members_never_take_more(p in 1u32..500, hot in 0.0f64..1.0, members in 1u64..600) {
        let topic = topic(p, 1.0 + hot * f64::from(p - 1));
        prop_assert!(topic.busiest_member_share(members + 1) <= topic.busiest_member_share(members) + 1e-12);
        prop_assert!(topic.busiest_member_share(members) >= 1.0 / members as f64 - 1e-12);
        prop_assert!((topic.busiest_member_share(1) - 1.0).abs() < 1e-12);
        prop_assert_eq!(topic.share_of_members(1, members), topic.busiest_member_share(members));
        prop_assert!((topic.share_of_members(members, members) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn fewer_members_take_more_than_the_share(
        partitions in proptest::option::of(1u32..500), hot in 0.0f64..=1.0, share in 1e-4f64..1.5,
    ) {
        let skew = partitions.map_or(1.0, |p| 1.0 + hot * f64::from(p - 1));
        let topic = Topic { partitions, skew, ..Topic::default() };
        let takes = |members| topic.busiest_member_share(members);
        match topic.members_at_least(share) {
            Some(members) => {
                prop_assert!(members == 1 || takes(members - 1) > share);
                prop_assert!(takes(members) <= share * (1.0 + 1e-8) || partitions.is_some());
            }
            None => prop_assert!(takes(u64::MAX) > share),
        }
    }
}
