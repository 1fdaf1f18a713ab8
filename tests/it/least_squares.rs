//! Linear regression against published and hand-made results.

use tonnage_fit::least_squares::*;

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() < relative, "{value} instead of {expected}");
}

/// J. W. Longley's data, made to break regression programs. Certified values: NIST Statistical Reference
/// Datasets, linear regression, Longley.
#[test]
fn longley_as_certified_by_nist() {
    let rows = [
        (60323.0, [83.0, 234_289.0, 2356.0, 1590.0, 107_608.0, 1947.0]),
        (61122.0, [88.5, 259_426.0, 2325.0, 1456.0, 108_632.0, 1948.0]),
        (60171.0, [88.2, 258_054.0, 3682.0, 1616.0, 109_773.0, 1949.0]),
        (61187.0, [89.5, 284_599.0, 3351.0, 1650.0, 110_929.0, 1950.0]),
        (63221.0, [96.2, 328_975.0, 2099.0, 3099.0, 112_075.0, 1951.0]),
        (63639.0, [98.1, 346_999.0, 1932.0, 3594.0, 113_270.0, 1952.0]),
        (64989.0, [99.0, 365_385.0, 1870.0, 3547.0, 115_094.0, 1953.0]),
        (63761.0, [100.0, 363_112.0, 3578.0, 3350.0, 116_219.0, 1954.0]),
        (66019.0, [101.2, 397_469.0, 2904.0, 3048.0, 117_388.0, 1955.0]),
        (67857.0, [104.6, 419_180.0, 2822.0, 2857.0, 118_734.0, 1956.0]),
        (68169.0, [108.4, 442_769.0, 2936.0, 2798.0, 120_445.0, 1957.0]),
        (66513.0, [110.8, 444_546.0, 4681.0, 2637.0, 121_950.0, 1958.0]),
        (68655.0, [112.6, 482_704.0, 3813.0, 2552.0, 123_366.0, 1959.0]),
        (69564.0, [114.2, 502_601.0, 3931.0, 2514.0, 125_368.0, 1960.0]),
        (69331.0, [115.7, 518_173.0, 4806.0, 2572.0, 127_852.0, 1961.0]),
        (70551.0, [116.9, 554_894.0, 4007.0, 2827.0, 130_081.0, 1962.0]),
    ];
    let mut columns = vec![vec![1.0; rows.len()]];
    columns.extend((0..6).map(|column| rows.map(|(_, all)| all[column]).to_vec()));
    let solution = solve(&columns, &rows.map(|(y, _)| y)).unwrap();
    let certified = [
        (-3_482_258.634_595_82, 890_420.383_607_373),
        (15.061_872_271_373_3, 84.914_925_774_766_9),
        (-0.358_191_792_925_910E-01, 0.334_910_077_722_432E-01),
        (-2.020_229_803_816_83, 0.488_399_681_651_699),
        (-1.033_226_867_173_59, 0.214_274_163_161_675),
        (-0.511_041_056_535_807E-01, 0.226_073_200_069_370),
        (1_829.151_464_613_55, 455.478_499_142_212),
    ];
    for (found, (value, error)) in solution.coefficients.iter().zip(certified) {
        near(found.value, value, 1e-7);
        near(found.standard_error, error, 1e-7);
    }
    near((solution.sum_of_squares / 9.0).sqrt(), 304.854_073_561_965, 1e-9);
    assert_eq!(solution.degrees_of_freedom, 9);
}

/// y = 1, 3, 2 at x = 0, 1, 2 with weights 1, 4, 1. By hand: weighted means 1 and 15/6, slope
/// 1 / 2, intercept 2; residuals -1, 1/2, -1, so s^2 = 1 + 4/4 + 1 = 3 with one degree of freedom. The slope's
/// variance is 3/2, and t is 12.7062.
#[test]
fn weighted_line_by_hand() {
    let (x, y, roots) = ([0.0, 1.0, 2.0], [1.0, 3.0, 2.0], [1.0, 2.0, 1.0]);
    let columns = [roots.to_vec(), std::array::from_fn::<f64, 3, _>(|i| x[i] * roots[i]).to_vec()];
    let solution = solve(&columns, &std::array::from_fn::<f64, 3, _>(|i| y[i] * roots[i])).unwrap();
    let slope = solution.estimate(1);
    near(solution.coefficients[0].value, 2.0, 1e-14);
    near(slope.value, 0.5, 1e-14);
    near(solution.sum_of_squares, 3.0, 1e-14);
    near(slope.high - slope.value, 12.706_204_736 * 1.5f64.sqrt(), 1e-9);
}

#[test]
fn rests_give_the_misfit_of_the_whole() {
    let columns = [vec![1.0; 5], vec![0.0, 1.0, 2.0, 3.0, 4.0], vec![-1.0, 0.0, -2.0, 0.0, -3.0]];
    let target = [1.0, 2.0, 2.0, 5.0, 7.0];
    let rest = Rest::beside(&columns[..2], 5);
    let whole = solve(&columns, &target).unwrap().sum_of_squares;
    near(misfit(&rest.of(&columns[2]), &rest.of(&target)), whole, 1e-12);
    near(misfit(&[0.0; 5], &target), 83.0, 1e-15);
    near(misfit(&[-1.0; 5], &target), 83.0, 1e-15);
}

#[test]
fn columns_that_others_make_up_are_found() {
    let (ones, line) = (vec![1.0; 4], vec![0.0, 1.0, 2.0, 3.0]);
    let sum: Vec<f64> = line.iter().map(|x| 3.0 + 2.0 * x).collect();
    let target = [1.0, 2.0, 3.0, 5.0];
    assert_eq!(solve(&[ones.clone(), line, sum], &target).unwrap_err(), Dependent { column: 2 });
    assert_eq!(solve(&[ones.clone(), vec![0.0; 4]], &target).unwrap_err(), Dependent { column: 1 });
    assert_eq!(solve(&[vec![1.0], vec![2.0]], &[1.0]).unwrap_err(), Dependent { column: 1 });
}
