//! Quantities with their units as people type them.

use proptest::prelude::*;
use tonnage::input::hourly::hours_since_epoch;
use tonnage::input::quantity::{
    bytes, cores, count, days, dollars, duration, given, is_error, mebibytes, milliseconds, number, per_day,
    per_second, percentage, share, whole,
};
use tonnage::input::two_readings::{Marks, counted, hint};
use tonnage_model::units::{GIB, MIB};

#[test]
fn counts() {
    assert_eq!(count("50M"), Some(50e6));
    assert_eq!(count("1.2B"), Some(1.2e9));
    assert_eq!(count("800k"), Some(800e3));
    assert_eq!(count("5e7"), Some(5e7));
    assert_eq!(count(" 50_000_000 "), Some(50e6));
    assert_eq!(count("50 M"), Some(50e6));
    for bad in [
        "", "M", "50Q", "1,00", "0,500", "12,5", "1.200,5", "1,2,3", "NaN", "inf", "1e300T", "0x10", "_5",
        "5__0", "--5", "é",
    ] {
        assert_eq!(count(bad), None, "{bad}");
    }
}

#[test]
fn counts_as_people_write_them() {
    for (text, value) in [
        ("1,200,000", 1.2e6),
        ("1,234.5", 1234.5),
        ("1 200 000", 1.2e6),
        ("1'200'000", 1.2e6),
        ("1\u{202f}200\u{a0}000", f64::NAN),
        ("20 million", 20e6),
        ("1.5 bn", 1.5e9),
        ("1.2K", 1200.0),
        ("3 Mio", 3e6),
    ] {
        assert_eq!(count(text), Some(value).filter(|value| value.is_finite()), "{text}");
    }
}

#[test]
fn dollars_may_have_their_sign() {
    assert_eq!(
        (dollars("$1,489"), dollars(" 2k"), dollars("$ 0.5"), dollars("180 $")),
        (Some(1489.0), Some(2e3), Some(0.5), Some(180.0))
    );
    assert_eq!((dollars("$"), dollars("$$5"), dollars("$5$")), (None, None, None));
}

#[test]
fn cores_may_be_in_thousandths() {
    for (text, value) in [
        ("250m", 0.25),
        ("17 m", 0.017),
        ("1146 mCPU", 1.146),
        ("500 millicores", 0.5),
        ("1.146", 1.146),
        ("2 cores", 2.0),
    ] {
        assert!(cores(text).is_some_and(|it| (it - value).abs() < 1e-12), "{text}");
    }
    assert_eq!((cores("5M"), cores("m"), cores("5 mm")), (None, None, None));
}

#[test]
fn rates() {
    assert_eq!(per_day("580/s"), Some(580.0 * 86_400.0));
    assert_eq!(per_day("1.2K / sec"), Some(1200.0 * 86_400.0));
    assert_eq!(per_day("2M events per hour"), Some(48e6));
    assert_eq!(per_day("50M/day"), Some(50e6));
    // A month is 730 hours.
    assert!((per_day("730M/month").unwrap() - 24e6).abs() < 1e-6);
    assert_eq!(per_day("20 million"), Some(20e6));
    assert_eq!(per_second("600/min"), Some(10.0));
    for (text, value) in [("500 msg/s", 500.0), ("500 eps", 500.0), ("1k rps", 1e3), ("360k/hr", 100.0)] {
        assert_eq!(per_second(text), Some(value), "{text}");
    }
    assert_eq!(per_second("2k"), Some(2000.0));
    for bad in ["580/", "/s", "580/fortnight", "events", "580 apples/s", "1/s/s"] {
        assert_eq!(per_day(bad), None, "{bad}");
    }
}

#[test]
fn nothing_is_said_in_many_ways() {
    for nothing in ["", " ", "-", "n/a", "N/A", "null", "?", "TBD", "unknown", "\u{2014}"] {
        assert_eq!(given(nothing), None, "{nothing:?}");
    }
    assert_eq!(given(" none "), Some("none"));
    for error in ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#BEZUG!", "#NV"] {
        assert!(is_error(error) && given(error) == Some(error), "{error}");
    }
    assert!(!["N/A", "#1", "#payments", "what?"].into_iter().any(is_error));
}

#[test]
fn a_decimal_comma_is_recognized() {
    for (text, meant) in [
        ("0,5", "0.5"),
        ("12,5 ms", "12.5 ms"),
        ("0,5..0,8", "0.5..0.8"),
        ("1,5h/3h", "1.5h/3h"),
        ("go:6,5 rust:8", "go:6.5 rust:8"),
        ("aws=0,02,gcp=0,01", "aws=0.02,gcp=0.01"),
    ] {
        assert_eq!(hint(text, |it| it == meant), format!("; {meant:?} may be meant"));
    }
    assert_eq!(["a,b", "0.5", "1,2,3"].map(|text| hint(text, |it| it == "0.5")), [""; 3]);
}

#[test]
fn sizes() {
    assert_eq!(bytes("1.2KB"), Some(1200.0));
    assert_eq!(bytes("900"), Some(900.0));
    assert_eq!(bytes("4KiB"), Some(4096.0));
    assert_eq!(bytes("1 GiB"), Some(1_073_741_824.0));
    // As Kubernetes writes them, and people who leave out the B.
    assert_eq!([bytes("4K"), bytes("500M"), bytes("1.6G")], [Some(4e3), Some(500e6), Some(1.6e9)]);
    assert_eq!(
        [bytes("4Ki"), bytes("512Mi"), bytes("1.5Gi")],
        [Some(4096.0), Some(512.0 * MIB), Some(1.5 * GIB)]
    );
}

#[test]
fn memory() {
    assert_eq!(mebibytes("1600"), Some(1600.0 * MIB));
    assert_eq!([mebibytes("1.5GiB"), mebibytes("1.5Gi")], [Some(1.5 * GIB); 2]);
    assert_eq!(mebibytes("much"), None);
}

#[test]
fn shares() {
    assert_eq!(share("0.85"), Some(0.85));
    assert_eq!(share("85%"), Some(0.85));
    assert_eq!(share("85 %"), Some(0.85));
    assert_eq!([share("80 percent"), percentage("80 per cent")], [Some(0.8); 2]);
    assert_eq!(share("%"), None);
    assert_eq!(percentage("5"), Some(0.05));
    assert_eq!(percentage("-5 %"), Some(-0.05));
}

#[test]
fn times() {
    assert_eq!(duration("30m"), Some(1800.0));
    assert_eq!(duration("2h"), Some(7200.0));
    assert_eq!(duration("45"), None);
    assert_eq!(
        [duration("1m30s"), duration("1e3s"), milliseconds("5 msec")],
        [Some(90.0), Some(1000.0), Some(0.005)]
    );
    assert_eq!([duration("30s1m"), duration("1m90s")], [None, None]);
    assert_eq!(milliseconds("250"), Some(0.25));
    assert_eq!(milliseconds("250ms"), Some(0.25));
    assert_eq!(milliseconds("2s"), Some(2.0));
    assert_eq!(milliseconds("5000us"), Some(0.005));
    assert_eq!(
        [milliseconds("200 milliseconds"), duration("2 minutes"), per_second("6/minutes")],
        [Some(0.2), Some(120.0), Some(0.1)]
    );
    assert_eq!(milliseconds("5000 \u{b5}s"), Some(0.005));
    assert_eq!(milliseconds("1.5 min"), Some(90.0));
    assert_eq!(milliseconds("2 fortnights"), None);
}

#[test]
fn working_days() {
    assert_eq!([days("20"), days("20 days"), days("2.5d")], [Some(20.0), Some(20.0), Some(2.5)]);
}

#[test]
fn wholes() {
    assert_eq!(whole("12"), Some(12));
    assert_eq!(whole("1.5"), None);
    assert_eq!(whole("0"), None);
    assert_eq!(whole("-3"), None);
    assert_eq!(whole("1e300"), None);
}

proptest! {
    #[test]
    fn nothing_that_people_type_breaks_the_parsers(text in ".*") {
        for parse in [number, count, per_day, bytes, share, milliseconds, duration] {
            prop_assert!(parse(&text).is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn numbers_read_back(value in -1e15f64..1e15) {
        prop_assert_eq!(number(&value.to_string()), Some(value));
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_about() {
    let both = |one: &str, other: &str| format!("; {one:?} or {other:?} may be meant");
    for (text, one, other) in [
        ("$1.150", "$1150", "$1.15"),
        ("1,150", "1150", "1.15"),
        // No reading is proposed that is open itself.
        ("5.083", "5083", "5.0830"),
        ("12.500 ms", "12500 ms", "12.5 ms"),
        ("3.000", "3000", "3"),
        ("1.150..2.300", "1150..2300", "1.15..2.3"),
        ("17m", "17M", "0.017"),
        ("580 m/s", "580M/s", "0.58/s"),
    ] {
        assert_eq!((counted(text, dollars), hint(text, |_| true)), (None, both(one, other)), "{text}");
    }
    for (text, usd) in [
        ("0.125", 0.125),
        ("1.15", 1.15),
        ("1.1500", 1.15),
        ("1,234.500", 1234.5),
        ("1150k", 1.15e6),
        ("$1,489", 1489.0),
        ("1,489 USD", 1489.0),
        ("USD 1489.50", 1489.5),
    ] {
        assert_eq!(counted(text, dollars), Some(usd), "{text}");
    }
    assert_eq!(hint("1.200.000", |_| true), "; \"1200000\" may be meant");
    assert_eq!(hint("30 min", |_| true), "");
    // Only a reading that is taken is shown: 1.2 partitions are none.
    assert_eq!(hint("1.200", |it| whole(it).is_some()), "; \"1200\" may be meant");
    // What a spreadsheet has made of 4/1.
    assert_eq!(hint("2026-01-04", |_| false), "; a spreadsheet has made a date of it");
    assert_eq!([count("50 Mio."), count("1,2 Mrd.")], [Some(50e6), None]);
    assert_eq!([whole("1k"), whole("1.5k"), whole("1.2345k")], [Some(1000), Some(1500), None]);
}

#[test]
fn other_numbers_tell_the_mark() {
    let comma = Marks::of(["0,5"]);
    assert!(comma != Marks::POINT && comma != Marks::default());
    for (texts, marks) in [
        ("101.6 5.08 1,234.5 1,234,567 0.123 1234.567 $76.22 $1,489 0.5GiB 1.5..2.250", Marks::POINT),
        ("1.234,5 0,5 12,5% 1.234.567 1234,567", comma),
        ("1.150 1,100 $5.083 $1,489k 12 v1.5 10.0.0.1 1.5e7 1,2,3 . 5.", Marks::default()),
    ] {
        for text in texts.split(' ') {
            assert_eq!(Marks::of([text]), marks, "{text}");
        }
    }
    let both = Marks::POINT.and(comma);
    assert!(both != Marks::POINT && both == Marks::of(["0,5", "1.150", "0.5"]));
}

#[test]
fn times_of_a_series() {
    for (text, hours) in [
        ("1970-01-02T01:30", 25.5),
        ("1970-01-01 02:00:00Z", 2.0),
        ("1970-01-01T03:00:00.000Z", 3.0),
        ("1970-01-01T02:00+02:00", 0.0),
        // 30 years with 7 leap days, then January and the leap February of 2000.
        ("2000-03-01T00:00", 24.0 * (30.0 * 365.0 + 7.0 + 31.0 + 29.0)),
    ] {
        assert_eq!(hours_since_epoch(text), Some(hours), "{text}");
    }
    for bad in [
        "",
        "1970-01-01",
        "1970-13-01T00:00",
        "2026-02-31T00:00",
        "1970-01-01T24:00",
        "1970-01-01T1",
        "1970-01-01T01",
        "now T00:00",
    ] {
        assert_eq!(hours_since_epoch(bad), None, "{bad}");
    }
}
