//! Erlang's formulas for c servers and Poisson arrivals.
//!
//! Offered load is a = arrival rate x mean service time, in erlangs (servers kept busy).

/// 1/B(c, a), the reciprocal of Erlang's loss formula, for `servers` = c >= 1 and `offered_load` = a > 0.
///
/// `1/B = sum_{k=0..c} c!/(c-k)! / a^k`: every term is positive, so the sum is accurate to rounding
/// for any c, and it is cut off where a further term no longer changes it. Beyond 1e300 the loss is
/// zero for every purpose and the sum stops there.
/// Source: A. K. Erlang (1917); the sum form as in R. B. Cooper, Introduction to Queueing Theory, 3.3.
fn inverse_erlang_b(servers: u32, offered_load: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    for busy in (1..=servers).rev() {
        term *= f64::from(busy) / offered_load;
        sum += term;
        let shrinking = f64::from(busy) < offered_load;
        if sum > 1e300 || (shrinking && term < sum * f64::EPSILON) {
            break;
        }
    }
    sum
}

/// Erlang C: the probability that an arrival has to wait in M/M/c.
///
/// In: `servers` = c >= 1; `offered_load` = a >= 0 in erlangs. Out: a probability; 1 where a >= c,
/// where the queue has no steady state and everyone waits.
/// `C = B / (1 - rho (1 - B))` with rho = a/c, written in 1/B.
///
/// ```
/// use tonnage_model::latency::erlang::erlang_c;
///
/// // Two servers at half their capacity: every third event waits.
/// assert!((erlang_c(2, 1.0) - 1.0 / 3.0).abs() < 1e-12);
/// ```
pub fn erlang_c(servers: u32, offered_load: f64) -> f64 {
    let utilization = offered_load / f64::from(servers);
    if offered_load <= 0.0 {
        0.0
    } else if utilization >= 1.0 {
        1.0
    } else {
        1.0 / (utilization + (1.0 - utilization) * inverse_erlang_b(servers, offered_load))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{Discrete, DiscreteCDF, Poisson};

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
        // B(c, a) = P(N = c) / P(N <= c) for N ~ Poisson(a).
        #[test]
        fn loss_is_a_truncated_poisson(servers in 1u32..200, utilization in 0.05f64..0.99) {
            let offered = utilization * f64::from(servers);
            let poisson = Poisson::new(offered).unwrap();
            let loss = poisson.pmf(u64::from(servers)) / poisson.cdf(u64::from(servers));
            let ours = 1.0 / inverse_erlang_b(servers, offered);
            prop_assert!((ours - loss).abs() <= 1e-9 * loss.max(1e-12), "{ours} {loss}");
        }

        #[test]
        fn more_load_waits_more(servers in 1u32..500, low in 0.0f64..1.0, high in 0.0f64..1.0) {
            let (low, high) = if low < high { (low, high) } else { (high, low) };
            let servers_f = f64::from(servers);
            prop_assert!(erlang_c(servers, low * servers_f) <= erlang_c(servers, high * servers_f) + 1e-15);
        }
    }
}
