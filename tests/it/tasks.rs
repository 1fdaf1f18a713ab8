//! Sizes of tasks as machine types.

use tonnage_model::machine::Purchase;
use tonnage_model::scenario::tasks::{TaskSizes, TaskTerms};
use tonnage_model::units::GIB;

#[test]
fn half_a_vcpu_is_a_vcpu_of_half_the_speed() {
    let terms = TaskTerms {
        name: "Tasks".into(),
        usd_per_vcpu_hour: 0.04,
        usd_per_gib_hour: 0.005,
        sizes: vec![
            TaskSizes { vcpus: 0.5, least_gib: 1.0, most_gib: 2.0, step_gib: 0.5 },
            TaskSizes { vcpus: 4.0, least_gib: 8.0, most_gib: 8.0, step_gib: 1.0 },
        ],
    };
    let machines = terms.machines("cloud", "here", "today", 0.6);
    let seen: Vec<_> = machines
        .iter()
        .map(|it| (it.instance_type.as_str(), it.vcpus, it.vcpu_speed.unwrap(), it.memory_bytes / GIB))
        .collect();
    assert_eq!(seen[0], ("0.5 vCPU/1 GiB", 1, 0.3, 1.0));
    assert_eq!(seen[1], ("0.5 vCPU/1.5 GiB", 1, 0.3, 1.5));
    assert_eq!(seen[2], ("0.5 vCPU/2 GiB", 1, 0.3, 2.0));
    assert_eq!(seen[3], ("4 vCPU/8 GiB", 4, 0.6, 8.0));
    // 0.5 x 0.04 + 1 x 0.005; 4 x 0.04 + 8 x 0.005.
    let price = |index: usize| machines[index].usd_per_hour(Purchase::OnDemand).unwrap();
    assert!((price(0) - 0.025).abs() < 1e-12 && (price(3) - 0.20).abs() < 1e-12);
}
