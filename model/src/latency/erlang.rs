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
