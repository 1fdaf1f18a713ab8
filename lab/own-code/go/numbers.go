package main

import (
	"math"
	"strconv"
)

// alarms counts readings more than limit standard deviations from a mean that follows them.
func alarms(readings []float64, limit int) int {
	mean, variance, found := readings[0], 0.0, 0
	for _, reading := range readings {
		off := reading - mean
		if off*off > float64(limit*limit)*variance {
			found++
		}
		mean += 0.1 * off
		variance = 0.9 * (variance + 0.1*off*off)
	}
	return found
}

// steepest is the largest slope of a straight line through width readings in a row.
func steepest(readings []float64, width int) float64 {
	sumX := width * (width - 1) / 2
	sumXX := (width - 1) * width * (2*width - 1) / 6
	largest := 0.0
	for start := range len(readings) - width + 1 {
		sumY, sumXY := 0.0, 0.0
		for x := range width {
			y := readings[start+x]
			sumY += y
			sumXY += float64(x) * y
		}
		slope := (float64(width)*sumXY - float64(sumX)*sumY) / float64(width*sumXX-sumX*sumX)
		largest = max(largest, math.Abs(slope))
	}
	return largest
}

// percentile is in tenths, from a histogram.
func percentile(readings []float64, percent int) int {
	counts := make([]int, 1000)
	for _, reading := range readings {
		counts[int(reading*10)]++
	}
	seen := 0
	for tenths, count := range counts {
		seen += count
		if seen*100 >= len(readings)*percent {
			return tenths
		}
	}
	return len(counts)
}

// interest is in cents, until a loan is paid back; rate in hundredths of a percent a year.
func interest(principal, rate, payment int) int {
	balance, paid := principal, 0
	for balance > 0 {
		due := balance * rate / 120_000
		paid += due
		balance += due - payment
	}
	return paid
}

func numbers(rows [][]string, iterations int) (int, error) {
	var readings []float64
	for _, row := range rows {
		reading, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			return 0, err
		}
		readings = append(readings, reading)
	}
	checksum := 0
	for i := range iterations {
		checksum = add(checksum, alarms(readings, 2+i%3))
		checksum = add(checksum, int(math.Floor(steepest(readings, 12+i%8)*1_000_000)))
		checksum = add(checksum, percentile(readings, 90+i%10))
		for k := 1; k <= 20; k++ {
			principal := k * 1_000_000
			checksum = add(checksum, interest(principal, 300+10*k+i%50, principal/100))
		}
	}
	return checksum, nil
}
