//! Threads of one process.

use tonnage_model::capacity::scalability::Scalability;

#[test]
fn one_thread_is_one_thread() {
    assert_eq!(Scalability { sigma: 0.3, kappa: 0.1 }.relative_capacity(1), 1.0);
}

#[test]
fn linear_without_penalties() {
    assert_eq!(Scalability { sigma: 0.0, kappa: 0.0 }.relative_capacity(64), 64.0);
}

#[test]
fn four_threads_by_hand() {
    // 4 / (1 + 0.1*3 + 0.01*4*3) = 4 / 1.42
    let law = Scalability { sigma: 0.1, kappa: 0.01 };
    assert!((law.relative_capacity(4) - 4.0 / 1.42).abs() < 1e-15);
}
