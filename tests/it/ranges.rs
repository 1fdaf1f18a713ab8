//! Ranges as people write them.

use proptest::prelude::*;
use tonnage::input::number::{Number, Unit};
use tonnage::input::range::{NotARange, ends, read};
use tonnage::input::two_readings::Marks;
use tonnage_model::uncertain::distribution::Distribution;

fn count(text: &str) -> Result<Distribution, NotARange> {
    read(ends(text).unwrap(), &Number::new(Unit::PerDay, "number of events", 0.0, 1e15, ""), Marks::default())
}

fn refused(read: Result<Distribution, NotARange>, because: &str) {
    let message = read.unwrap_err().to_string();
    assert!(message.ends_with(because), "{message}");
}

#[test]
fn a_range_of_events() {
    let expected = Distribution::LogNormal { above: 0.0, low: 40e6, high: 60e6 };
    assert_eq!(count("40M..60M"), Ok(expected));
    assert_eq!(count(" 40 M .. 0.06B "), Ok(expected));
    assert_eq!(ends("40M"), None);
}

#[test]
fn what_is_no_range() {
    for bad in ["5..", "..5", "..", "a..b", "-1..5", "1..2..3", "1 to 5..6"] {
        refused(count(bad), "each end of a range must be a number of events from 0 to 1e15");
    }
    refused(count("60M..40M"), "the first must be below the second");
    refused(count("5..5"), "the first must be below the second");
    refused(count("40..60M"), "\"40M..60M\" may be meant");
}

#[test]
fn shares_and_what_counts_from_one() {
    let share =
        |text| read(ends(text).unwrap(), &Number::new(Unit::Share, "", 0.0, 1.0, ""), Marks::default());
    assert_eq!(share("80%..95%"), Ok(Distribution::LogitNormal { low: 0.8, high: 0.95 }));
    refused(share("80..95%"), "\"80%..95%\" may be meant");
    // A bound is allowed where its value is.
    assert_eq!(share("0..50%"), Ok(Distribution::LogitNormal { low: 0.0, high: 0.5 }));
    assert_eq!(share("0.5..1"), Ok(Distribution::LogitNormal { low: 0.5, high: 1.0 }));
    let below = |text| {
        read(ends(text).unwrap(), &Number::new(Unit::Share, "", 0.0, 1.0, "").below(1.0), Marks::default())
    };
    refused(below("0.5..1"), "from 0 to below 1");
    let peak = |text| read(ends(text).unwrap(), &Number::plain(1.0, 1e6, ""), Marks::default());
    assert_eq!(peak("2..5"), Ok(Distribution::LogNormal { above: 1.0, low: 2.0, high: 5.0 }));
    assert_eq!(peak("1..5"), Ok(Distribution::LogNormal { above: 1.0, low: 1.0, high: 5.0 }));
    let whole = |text| read(ends(text).unwrap(), &Number::whole(), Marks::default());
    assert_eq!(whole("1..5"), Ok(Distribution::LogNormal { above: 0.0, low: 1.0, high: 5.0 }));
    // A unit that changes nothing may stand once.
    let percent = Number::new(Unit::Percent, "", -1.0, 10.0, "").above(-1.0);
    let growth = |text| read(ends(text).unwrap(), &percent, Marks::default());
    assert_eq!(growth("-2..5%"), Ok(Distribution::LogNormal { above: -1.0, low: -0.02, high: 0.05 }));
}

proptest! {
    #[test]
    fn nothing_that_people_type_breaks_it(text in ".*", other in ".*") {
        let _ = count(&format!("{text}..{other}"));
    }
}
