//! Numbers and ranges as people read them.

use proptest::prelude::*;
use tonnage::render::number::rounded;
use tonnage::report::figures::{
    days, digits, event_size, hourly, memory, per_day, percent, plural, seconds, significant, span, usd,
    usd_apart, whole,
};
use tonnage::report::p99::{against_goal, range};
use tonnage_model::latency::range::P99Range;

#[test]
fn separators() {
    assert_eq!(whole(1234567.4), "1,234,567");
    assert_eq!(whole(-1234.0), "-1,234");
    assert_eq!(whole(999.0), "999");
    assert_eq!(whole(-0.2), "0");
}

#[test]
fn dollars() {
    assert_eq!(usd(992.8), "$993");
    assert_eq!(usd(-1234.5), "-$1,234");
    assert_eq!(usd(4.2), "$4.20");
    assert_eq!(usd(0.000123), "$0.00012");
    assert_eq!(usd(0.0), "$0");
}

#[test]
fn crossings_have_two_digits() {
    assert_eq!(digits(6_359_882.0, 2), 6_400_000.0);
    assert_eq!(significant(digits(0.0628, 2)), "0.063");
    assert_eq!(digits(0.0, 2), 0.0);
}

#[test]
fn three_digits() {
    assert_eq!(significant(12345.0), "12,345");
    assert_eq!(significant(1.5), "1.5");
    assert_eq!(significant(0.01234), "0.0123");
    assert_eq!(significant(100.0), "100");
    assert_eq!(significant(30.0), "30");
}

#[test]
fn units() {
    assert_eq!(seconds(0.0211), "21.1 ms");
    assert_eq!(seconds(21.1e-6), "21.1 µs");
    assert_eq!(seconds(2.1), "2.1 s");
    assert_eq!(seconds(f64::INFINITY), "unbounded");
    assert_eq!(span(48.0), "48 s");
    assert_eq!(span(150.0), "2.5 min");
    assert_eq!(span(9000.0), "2.5 h");
    assert_eq!(span(216_000.0), "2.5 days");
    assert_eq!(memory(150e6), "143 MiB");
    assert_eq!(memory(4.0 * 1_073_741_824.0), "4 GiB");
    assert_eq!(event_size(1200.0), "1.2 KB");
    assert_eq!(percent(0.123), "12 %");
    assert_eq!(percent(0.004), "0.4 %");
    assert_eq!(percent(0.00001), "<0.1 %");
    assert_eq!(per_day(50e6), "50M/day");
    assert_eq!(days(0.004), "under 0.1 engineer-days");
    assert_eq!(days(1.147), "1.1 engineer-days");
    assert_eq!(hourly(0.68), "$0.68/h");
    assert_eq!(hourly(0.05132), "$0.05132/h");
    assert_eq!(hourly(12.0), "$12.00/h");
    assert_eq!(plural(1, "instance"), "1 instance");
    assert_eq!(plural(2, "instance"), "2 instances");
}

#[test]
fn two_digits_of_each_end() {
    let text = |low, high| range(P99Range { low, high });
    assert_eq!(text(0.004_585, 0.077_29), "4.6 to 77 ms");
    assert_eq!(text(0.084, 1.44), "0.084 to 1.4 s");
    assert_eq!(text(12.34, 123.4), "12 to 120 s");
    assert_eq!(text(f64::INFINITY, f64::INFINITY), "unbounded");
}

#[test]
fn a_goal_within_the_range_is_not_met() {
    let range = P99Range { low: 0.004_6, high: 0.077 };
    assert_eq!(against_goal(range, 0.05), "4.6 to 77 ms for a goal of 50 ms: test it");
    assert_eq!(against_goal(range, 0.001), "4.6 to 77 ms, all above the goal of 1 ms: test it");
    assert_eq!(against_goal(range, 0.1), "4.6 to 77 ms for a goal of 100 ms");
}

#[test]
fn what_binary_adds_is_rounded_away() {
    assert_eq!(rounded(0.979_000_000_000_000_1), 0.979);
    assert_eq!(rounded(0.1 + 0.2), 0.3);
    assert_eq!(rounded(-1234.5678), -1234.5678);
    assert_eq!(rounded(1e15 + 1.0), 1e15);
    assert_eq!(rounded(1e-300), 1e-300);
}

proptest! {
    #[test]
    fn no_number_has_more_than_twelve_digits(digits in -9.999f64..9.999, exponent in -320i32..300) {
        let value = digits * 10f64.powi(exponent);
        let mut buffer = ryu::Buffer::new();
        let printed = buffer.format(rounded(value));
        let mantissa = printed.split('e').next().unwrap_or(printed);
        let figures: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(figures.trim_matches('0').len() <= 12, "{value:e}: {printed}");
        prop_assert!((rounded(value) - value).abs() <= value.abs() * 1e-11);
    }
}

// What is left of 2414.76 - 2414.76 in another order of sums is no amount; and 1,234.56 and 1,234.6 read alike in whole dollars.
#[test]
fn rests_of_rounding_are_nothing_and_cents_have_separators() {
    assert_eq!([usd(4.5e-13), usd(0.0000042)], ["$0", "$0.0000042"]);
    assert_eq!(usd_apart(1234.56, 1234.6), ["$1,234.56", "$1,234.60"]);
    assert_eq!(usd_apart(-79.5, -80.0), ["-$79.50", "-$80.00"]);
    assert_eq!(usd_apart(79.0, 80.0), ["$79", "$80"]);
}
