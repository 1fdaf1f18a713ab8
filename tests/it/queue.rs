//! Queues for cores: textbook values, and what holds of any.

use proptest::prelude::*;
use tonnage_model::latency::queue::{BEYOND_P99, Queue};
use tonnage_model::latency::spread::scv_of_p99;

fn queue(servers: u32, arrival_rate: f64, service_seconds: f64, scv: f64) -> Queue {
    Queue { servers, arrival_rate, service_seconds, own_seconds: service_seconds, scv, own_scv: scv }
}

fn relative(actual: f64, expected: f64) -> f64 {
    ((actual - expected) / expected).abs()
}

#[test]
fn mm1_sojourn_is_exponential() {
    for (arrival, service) in [(50.0, 100.0), (1.0, 100.0), (99.0, 100.0), (0.2, 3.0)] {
        let exact = -0.01f64.ln() / (service - arrival);
        assert!(relative(queue(1, arrival, 1.0 / service, 1.0).percentile_beyond(0.01), exact) < 1e-9);
    }
}

/// M/M/c: P(T > t) from the textbook mixture, at c = 2, lambda = 1, mu = 1 (C = 1/3).
#[test]
fn mmc_sojourn_by_hand() {
    let two = queue(2, 1.0, 1.0, 1.0);
    // The wait's rate c mu - lambda = 1 equals mu, so wait + service is Erlang-2.
    let t = 3.0f64;
    let exact = 2.0 / 3.0 * (-t).exp() + 1.0 / 3.0 * (1.0 + t) * (-t).exp();
    assert!(relative(two.probability_beyond(t), exact) < 1e-12);
}

#[test]
fn md1_mean_wait() {
    let (rate, service) = (70.0, 0.01);
    let deterministic = queue(1, rate, service, 0.0);
    let mean = deterministic.probability_of_waiting() * deterministic.mean_wait_when_waiting();
    let rho = rate * service;
    assert!(relative(mean, rho / (2.0 * (1.0 / service) * (1.0 - rho))) < 1e-12);
}

#[test]
fn a_quiet_deterministic_queue_takes_the_service_time() {
    assert!(relative(queue(1, 0.001, 0.01, 0.0).percentile_beyond(0.01), 0.01) < 1e-12);
}

#[test]
fn hyperexponential_by_hand() {
    // scv = 3: p = (1 + sqrt(1/2))/2, means own/(2p) and own/(2(1-p)); no load, so no wait.
    let quiet = queue(1, 0.0, 1.0, 3.0);
    let p = (1.0 + 0.5f64.sqrt()) / 2.0;
    let exact = p * (-2.0f64 * p * 2.0).exp() + (1.0 - p) * (-2.0f64 * (1.0 - p) * 2.0).exp();
    assert!(relative(quiet.probability_beyond(2.0), exact) < 1e-12);
}

#[test]
fn saturation_is_infinite() {
    assert!(queue(4, 400.0, 0.01, 1.0).percentile_beyond(0.01).is_infinite());
    assert_eq!(queue(4, 400.0, 0.01, 1.0).probability_beyond(1e9), 1.0);
}

#[test]
fn io_wait_adds_to_the_own_time_only() {
    let waiting = Queue { own_seconds: 0.11, ..queue(1, 10.0, 0.01, 0.0) };
    assert!((waiting.percentile_beyond(0.5) - 0.11).abs() < 1e-12);
}

/// Mean and variance of the fitted own time, integrated from its tail at no load.
#[test]
fn own_time_keeps_two_moments() {
    for scv in [0.0, 0.25, 1.0, 2.0, 5.0] {
        let quiet = queue(1, 0.0, 1.0, scv);
        let (step, mut mean, mut second) = (1e-3, 0.0, 0.0);
        for i in 0..200_000 {
            let t = (f64::from(i) + 0.5) * step;
            let tail = quiet.probability_beyond(t);
            mean += tail * step;
            second += 2.0 * t * tail * step;
        }
        assert!((mean - 1.0).abs() < 1e-3, "{scv}: mean {mean}");
        assert!((second - mean * mean - scv).abs() < 1e-2, "{scv}: {}", second - mean * mean);
    }
}

proptest! {
    #[test]
    fn percentile_inverts_the_tail(
        servers in 1u32..64, rho in 0.01f64..0.99, scv in 0.0f64..4.0, wait in 0.0f64..1.0,
    ) {
        let service = 0.01;
        let q = Queue {
            own_seconds: service + wait,
            ..queue(servers, rho * f64::from(servers) / service, service, scv)
        };
        let p99 = q.percentile_beyond(0.01);
        prop_assert!(q.probability_beyond(p99) <= 0.01);
        prop_assert!(q.probability_beyond(p99 * (1.0 - 1e-9)) >= 0.01 - 1e-6);
    }

    #[test]
    fn more_arrivals_never_leave_sooner(
        servers in 1u32..64, one in 0.0f64..0.99, other in 0.0f64..0.99, scv in 0.0f64..4.0,
    ) {
        let (quiet, busy) = if one < other { (one, other) } else { (other, one) };
        let at = |rho: f64| queue(servers, rho * f64::from(servers) / 0.01, 0.01, scv).percentile_beyond(0.01);
        prop_assert!(at(quiet) <= at(busy) * (1.0 + 1e-12));
    }
}

/// The quiet queue's own time, whose p99 was asked for.
#[test]
fn the_own_time_has_that_p99() {
    for times_mean in [1.0, 1.2, 2.6, 4.0, 4.7, 6.0, 8.2, 15.0] {
        let own_scv = scv_of_p99(times_mean);
        let quiet = Queue {
            servers: 1,
            arrival_rate: 0.0,
            service_seconds: 0.02,
            own_seconds: 0.02,
            scv: own_scv,
            own_scv,
        };
        let p99 = quiet.percentile_beyond(BEYOND_P99);
        assert!((p99 / 0.02 / times_mean - 1.0).abs() < 1e-6, "{times_mean}: {p99}");
    }
}

#[test]
fn a_p99_below_the_mean_is_no_spread_and_one_far_off_the_most() {
    assert_eq!(scv_of_p99(0.5), 0.0);
    assert!((17.0..19.0).contains(&scv_of_p99(1e3)));
}
