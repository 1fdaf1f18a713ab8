//! CPU of own code in one language over another.

use tonnage_model::language::{Language, OwnCode, RangeEnd};
use tonnage_model::runtime::Figure;

fn figure(value: f64, low: f64, high: f64) -> Figure {
    Figure { low, high, ..Figure::left_out(value) }
}

fn ends(own_code: OwnCode<'_>) -> [f64; 3] {
    [RangeEnd::Low, RangeEnd::Best, RangeEnd::High].map(|end| own_code.at(end))
}

#[test]
fn another_library_leaves_own_code_as_it_is() {
    let python = Language { own_code: figure(1.0, 0.9, 1.1), ..Language::from("python") };
    assert_eq!(ends(python.own_code_over(&python.clone())), [1.0; 3]);
}

#[test]
fn over_cpython_it_is_the_language_s_own_range() {
    let go = Language { own_code: figure(0.12, 0.05, 0.35), ..Language::from("go") };
    let python = Language::from("python");
    assert_eq!(ends(go.own_code_over(&python)), [0.05, 0.12, 0.35]);
    // The other way round: 1 / 0.35, 1 / 0.12 and 1 / 0.05 times as much.
    assert_eq!(ends(python.own_code_over(&go)), [1.0 / 0.35, 1.0 / 0.12, 1.0 / 0.05]);
}

#[test]
fn between_binaries_a_range_of_its_own_stands_instead_of_the_quotient() {
    let go = Language { own_code: figure(0.12, 0.05, 0.35), ..Language::from("go") };
    let of_two = Language { own_code: figure(0.1, 0.04, 0.3), ..Language::from("rust") };
    assert_eq!(ends(of_two.own_code_over(&go)), [0.04 / 0.35, 0.1 / 0.12, 0.3 / 0.05]);
    let over_go = [("go".to_owned(), figure(0.83, 0.25, 1.2))].into();
    let rust = Language { own_code_over: over_go, ..of_two };
    assert_eq!(ends(rust.own_code_over(&go)), [0.25, 0.83, 1.2]);
    // Stated once, it holds both ways: Go takes 1/1.2, 1/0.83 or 1/0.25 of Rust's.
    assert_eq!(ends(go.own_code_over(&rust)), [1.0 / 1.2, 1.0 / 0.83, 1.0 / 0.25]);
}

#[test]
fn a_spike_is_a_point() {
    assert_eq!(ends(OwnCode::Spike(6.5)), [1.0 / 6.5; 3]);
}
