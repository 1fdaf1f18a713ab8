//! Steps that people count in.

/// The least of 1, 2, 5, 10, 20 and so on, and of their tenths, that is no less than `least`, but for rounding.
///
/// ```
/// use tonnage_model::round_step::round_step;
///
/// assert_eq!([0.3, 1.0, 3.0, 7.0, 120.0].map(round_step), [0.5, 1.0, 5.0, 10.0, 200.0]);
/// ```
pub fn round_step(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|it| it * power)
        .find(|it| *it >= least * (1.0 - 1e-9))
        .unwrap_or(least)
}
