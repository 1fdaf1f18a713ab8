//! How many instances are left when a zone is lost.

use tonnage_model::policy::Policy;

#[test]
fn losing_the_fullest_of_three_zones() {
    let policy = Policy::default();
    let alive: Vec<u64> = (1..=7).map(|n| policy.alive(n)).collect();
    assert_eq!(alive, [0, 1, 2, 2, 3, 4, 4]);
}

#[test]
fn instances_for_what_is_left() {
    for zones in [2, 3, 5] {
        let policy = Policy { zones, ..Policy::default() };
        for alive in 1..200 {
            let least = (1..).find(|&instances| policy.alive(instances) >= alive);
            assert_eq!(Some(policy.instances_for_alive(alive)), least, "{alive} in {zones} zones");
        }
    }
}

#[test]
fn nothing_is_lost_without_the_rule() {
    let policy = Policy { survive_zone_loss: false, zones: 1, ..Policy::default() };
    assert_eq!(policy.alive(5), 5);
    assert_eq!(Policy { zones: 3, ..policy }.zones_kept_apart(), 1);
    assert_eq!(Policy::default().zones_kept_apart(), 3);
}
