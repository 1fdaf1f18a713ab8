"""Numbers in loops: alarms, slopes and a percentile of a sensor's readings, and interest on loans."""

from math import floor

import checksum


def alarms(readings: list[float], limit: int) -> int:
    """How many readings are more than `limit` standard deviations from a mean that follows them."""
    mean, variance, found = readings[0], 0.0, 0
    for reading in readings:
        off = reading - mean
        if off * off > limit * limit * variance:
            found += 1
        mean += 0.1 * off
        variance = 0.9 * (variance + 0.1 * off * off)
    return found


def steepest(readings: list[float], width: int) -> float:
    """The largest slope of a straight line through `width` readings in a row."""
    sum_x = width * (width - 1) // 2
    sum_xx = (width - 1) * width * (2 * width - 1) // 6
    largest = 0.0
    for start in range(len(readings) - width + 1):
        sum_y = sum_xy = 0.0
        for x in range(width):
            y = readings[start + x]
            sum_y += y
            sum_xy += x * y
        slope = (width * sum_xy - sum_x * sum_y) / (width * sum_xx - sum_x * sum_x)
        largest = max(largest, abs(slope))
    return largest


def percentile(readings: list[float], percent: int) -> int:
    """In tenths, from a histogram."""
    counts = [0] * 1000
    for reading in readings:
        counts[int(reading * 10)] += 1
    seen = 0
    for tenths, count in enumerate(counts):
        seen += count
        if seen * 100 >= len(readings) * percent:
            return tenths
    return len(counts)


def interest(principal: int, rate: int, payment: int) -> int:
    """Interest in cents until a loan is paid back; `rate` in hundredths of a percent a year."""
    balance, paid = principal, 0
    while balance > 0:
        due = balance * rate // 120_000
        paid += due
        balance += due - payment
    return paid


def run(rows: list[list[str]], iterations: int) -> int:
    readings = [float(reading) for (reading,) in rows]
    result = 0
    for i in range(iterations):
        result = checksum.add(result, alarms(readings, 2 + i % 3))
        result = checksum.add(result, floor(steepest(readings, 12 + i % 8) * 1_000_000))
        result = checksum.add(result, percentile(readings, 90 + i % 10))
        for k in range(1, 21):
            principal = k * 1_000_000
            result = checksum.add(result, interest(principal, 300 + 10 * k + i % 50, principal // 100))
    return result
