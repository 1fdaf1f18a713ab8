package lab

import (
	"math"
	"slices"
)

// statistics are sums over groups, each of which is one country in one window.
type statistics struct {
	windows, groups, count int64
	sum, mean, p95         float64
}

func (s *statistics) add(o statistics) {
	s.windows += o.windows
	s.groups += o.groups
	s.count += o.count
	s.sum += o.sum
	s.mean += o.mean
	s.p95 += o.p95
}

func (s *statistics) addGroup(values []float64) {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	slices.Sort(values)
	s.groups++
	s.count += int64(len(values))
	s.sum += sum
	s.mean += sum / float64(len(values))
	s.p95 += percentile(values, 0.95)
}

// percentile interpolates linearly between the order statistics.
func percentile(sorted []float64, p float64) float64 {
	rank := p * float64(len(sorted)-1)
	below := math.Floor(rank)
	value := sorted[int(below)]
	if int(below)+1 < len(sorted) {
		value += (sorted[int(below)+1] - value) * (rank - below)
	}
	return value
}
