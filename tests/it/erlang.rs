//! Erlang's waiting probability: textbook values, and what holds of any.

use proptest::prelude::*;
use statrs::distribution::{Discrete, DiscreteCDF, Poisson};
use tonnage_model::latency::erlang::erlang_c;

fn close(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}

#[test]
fn eight_servers_at_seventy_percent() {
    close(erlang_c(8, 5.6), 0.270602932, 5e-10);
}

#[test]
fn one_server_waits_with_its_utilization() {
    close(erlang_c(1, 0.3), 0.3, 1e-15);
}

#[test]
fn two_servers_by_hand() {
    // a = 1, c = 2: B = (1/2)/(1 + 1 + 1/2) = 1/5, C = 0.2/(1 - 0.5*0.8) = 1/3.
    close(erlang_c(2, 1.0), 1.0 / 3.0, 1e-15);
}

#[test]
fn no_load_no_wait_and_overload_always_waits() {
    close(erlang_c(4, 0.0), 0.0, 0.0);
    close(erlang_c(4, 4.0), 1.0, 0.0);
    close(erlang_c(u32::MAX, 1.0), 0.0, 1e-299);
}

proptest! {
    // B(c, a) = P(N = c) / P(N <= c) for N ~ Poisson(a), and C = B / (1 - u (1 - B)).
    #[test]
    fn loss_is_a_truncated_poisson(servers in 1u32..200, utilization in 0.05f64..0.99) {
        let offered = utilization * f64::from(servers);
        let poisson = Poisson::new(offered).unwrap();
        let loss = poisson.pmf(u64::from(servers)) / poisson.cdf(u64::from(servers));
        let expected = loss / (1.0 - utilization * (1.0 - loss));
        let ours = erlang_c(servers, offered);
        prop_assert!((ours - expected).abs() <= 1e-9 * expected.max(1e-12), "{ours} {expected}");
    }

    #[test]
    fn more_load_waits_more(servers in 1u32..500, low in 0.0f64..1.0, high in 0.0f64..1.0) {
        let (low, high) = if low < high { (low, high) } else { (high, low) };
        let servers_f = f64::from(servers);
        prop_assert!(erlang_c(servers, low * servers_f) <= erlang_c(servers, high * servers_f) + 1e-15);
    }
}
