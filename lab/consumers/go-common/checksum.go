package lab

import (
	"maps"
	"slices"
)

func (l *Lab) checksum() map[string]any {
	var bytes, paid, customers, valid, invalid, score, updates, calls int64
	for _, k := range l.allWorkers() {
		bytes += k.bytes.Load()
		paid += k.paid
		customers += k.customers
		valid += k.valid
		invalid += k.invalid
		score += k.score
		calls += k.callsMade
		for _, n := range k.state {
			updates += int64(n)
		}
	}
	sums := map[string]any{"bytes": bytes}
	switch l.settings.Handler {
	case "decode", "parse":
		sums["paid"], sums["customers"] = paid, customers
	case "validate":
		sums["valid"], sums["invalid"] = valid, invalid
	case "aggregate":
		s := l.statistics()
		sums["windows"], sums["groups"], sums["count"] = s.windows, s.groups, s.count
		sums["sum"], sums["mean"], sums["p95"] = s.sum, s.mean, s.p95
	}
	if l.settings.ComputeRounds > 0 {
		sums["score"], sums["updates"] = score, updates
	}
	if l.settings.IOCalls > 0 {
		sums["calls"] = calls
	}
	if l.settings.Produces > 0 {
		sums["produced"] = l.library.Produced()
	}
	return sums
}

// statistics takes the partitions in their order, since sums of floating-point numbers depend on theirs.
func (l *Lab) statistics() statistics {
	var total statistics
	for _, partition := range slices.Sorted(maps.Keys(l.windows)) {
		total.add(l.windows[partition].statistics())
	}
	return total
}
