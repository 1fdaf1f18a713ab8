//! Numbers in loops: alarms, slopes and a percentile of a sensor's readings, and interest on loans.

use crate::checksum;

/// How many readings are more than `limit` standard deviations from a mean that follows them.
fn alarms(readings: &[f64], limit: i64) -> i64 {
    let mut mean = readings[0];
    let mut variance = 0.0;
    let mut found = 0;
    for reading in readings {
        let off = reading - mean;
        if off * off > (limit * limit) as f64 * variance {
            found += 1;
        }
        mean += 0.1 * off;
        variance = 0.9 * (variance + 0.1 * off * off);
    }
    found
}

/// The largest slope of a straight line through `width` readings in a row.
fn steepest(readings: &[f64], width: usize) -> f64 {
    let sum_x = (width * (width - 1) / 2) as f64;
    let sum_xx = ((width - 1) * width * (2 * width - 1) / 6) as f64;
    let n = width as f64;
    let mut largest: f64 = 0.0;
    for window in readings.windows(width) {
        let mut sum_y = 0.0;
        let mut sum_xy = 0.0;
        for (x, y) in window.iter().enumerate() {
            sum_y += y;
            sum_xy += x as f64 * y;
        }
        let slope = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
        largest = largest.max(slope.abs());
    }
    largest
}

/// In tenths, from a histogram.
fn percentile(readings: &[f64], percent: usize) -> usize {
    let mut counts = vec![0; 1000];
    for reading in readings {
        counts[(reading * 10.0) as usize] += 1;
    }
    let mut seen = 0;
    for (tenths, count) in counts.iter().enumerate() {
        seen += count;
        if seen * 100 >= readings.len() * percent {
            return tenths;
        }
    }
    counts.len()
}

/// Interest in cents until a loan is paid back; `rate` in hundredths of a percent a year.
fn interest(principal: i64, rate: i64, payment: i64) -> i64 {
    let mut balance = principal;
    let mut paid = 0;
    while balance > 0 {
        let due = balance * rate / 120_000;
        paid += due;
        balance += due - payment;
    }
    paid
}

pub fn run(rows: &[Vec<&str>], iterations: usize) -> anyhow::Result<i64> {
    let readings = rows.iter().map(|row| row[0].parse()).collect::<Result<Vec<f64>, _>>()?;
    let mut result = 0;
    for i in 0..iterations {
        let step = i as i64;
        result = checksum::add(result, alarms(&readings, 2 + step % 3));
        result = checksum::add(result, (steepest(&readings, 12 + i % 8) * 1e6).floor() as i64);
        result = checksum::add(result, percentile(&readings, 90 + i % 10) as i64);
        for k in 1..=20 {
            let principal = k * 1_000_000;
            result = checksum::add(result, interest(principal, 300 + 10 * k + step % 50, principal / 100));
        }
    }
    Ok(result)
}
