//! Rates that an autoscaler has to carry, by hand.

use tonnage_model::scenario::autoscale::Autoscaler;

// Four hours: 100, 100, 300, 300, and over again.
const RATES: [f64; 4] = [100.0, 100.0, 300.0, 300.0];

fn carried(reaction: f64, startup: f64, scale_in: f64) -> Vec<f64> {
    Autoscaler { reaction_seconds: reaction, scale_in_seconds: scale_in }
        .rates_to_carry(&RATES, 3600.0, startup)
}

#[test]
fn an_instant_autoscaler_carries_what_comes() {
    assert_eq!(Autoscaler::INSTANT.rates_to_carry(&RATES, 3600.0, 0.0), RATES);
}

#[test]
fn what_comes_within_the_reaction() {
    // From hour 1 the rate rises by 200/s in an hour: in 15 min by 50/s. Hour 3 falls, and stays as it is.
    assert_eq!(carried(894.0, 6.0, 0.0), [100.0, 150.0, 300.0, 300.0]);
    // 90 min from hour 0: past hour 1, halfway to hour 2's 300/s.
    assert_eq!(carried(5400.0, 0.0, 0.0), [200.0, 300.0, 300.0, 300.0]);
}

#[test]
fn what_was_before() {
    // 15 min before hour 0 the rate was a quarter of the way back to 300/s: 150/s.
    assert_eq!(carried(0.0, 0.0, 900.0), [150.0, 100.0, 300.0, 300.0]);
}

// Of steps of 15 min the second is a spike. 5 min before it a third of the rise has come; 15 min after it it is just
// over: a third of 15 min, 15 min and 15 min more.
#[test]
fn a_short_spike_costs_its_time_and_the_reaction() {
    let spike = [100.0, 400.0, 100.0, 100.0, 100.0];
    let autoscaler = Autoscaler { reaction_seconds: 300.0, scale_in_seconds: 900.0 };
    assert_eq!(autoscaler.rates_to_carry(&spike, 900.0, 0.0), [200.0, 400.0, 400.0, 100.0, 100.0]);
}

#[test]
fn spans_longer_than_the_series() {
    assert_eq!(carried(1e6, 0.0, 1e6), [300.0; 4]);
}
