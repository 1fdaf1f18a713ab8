// Numbers in loops: alarms, slopes and a percentile of a sensor's readings, and interest on loans.

import * as checksum from "./checksum.js";

// How many readings are more than `limit` standard deviations from a mean that follows them.
function alarms(readings, limit) {
  let mean = readings[0];
  let variance = 0;
  let found = 0;
  for (const reading of readings) {
    const off = reading - mean;
    if (off * off > limit * limit * variance) {
      found++;
    }
    mean += 0.1 * off;
    variance = 0.9 * (variance + 0.1 * off * off);
  }
  return found;
}

// The largest slope of a straight line through `width` readings in a row.
function steepest(readings, width) {
  const sumX = (width * (width - 1)) / 2;
  const sumXX = ((width - 1) * width * (2 * width - 1)) / 6;
  let largest = 0;
  for (let start = 0; start + width <= readings.length; start++) {
    let sumY = 0;
    let sumXY = 0;
    for (let x = 0; x < width; x++) {
      const y = readings[start + x];
      sumY += y;
      sumXY += x * y;
    }
    const slope = (width * sumXY - sumX * sumY) / (width * sumXX - sumX * sumX);
    largest = Math.max(largest, Math.abs(slope));
  }
  return largest;
}

// In tenths, from a histogram.
function percentile(readings, percent) {
  const counts = new Array(1000).fill(0);
  for (const reading of readings) {
    counts[Math.floor(reading * 10)]++;
  }
  let seen = 0;
  for (const [tenths, count] of counts.entries()) {
    seen += count;
    if (seen * 100 >= readings.length * percent) {
      return tenths;
    }
  }
  return counts.length;
}

// Interest in cents until a loan is paid back; `rate` in hundredths of a percent a year.
function interest(principal, rate, payment) {
  let balance = principal;
  let paid = 0;
  while (balance > 0) {
    const due = Math.floor((balance * rate) / 120_000);
    paid += due;
    balance += due - payment;
  }
  return paid;
}

export function run(rows, iterations) {
  const readings = rows.map(([reading]) => Number(reading));
  let result = 0;
  for (let i = 0; i < iterations; i++) {
    result = checksum.add(result, alarms(readings, 2 + (i % 3)));
    result = checksum.add(result, Math.floor(steepest(readings, 12 + (i % 8)) * 1_000_000));
    result = checksum.add(result, percentile(readings, 90 + (i % 10)));
    for (let k = 1; k <= 20; k++) {
      const principal = k * 1_000_000;
      result = checksum.add(result, interest(principal, 300 + 10 * k + (i % 50), principal / 100));
    }
  }
  return result;
}
