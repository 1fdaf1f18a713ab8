package lab

import (
	"slices"
	"testing"
)

func TestCommitWaitsForEarlierEvents(t *testing.T) {
	var committed []int
	p := pending[int]{commit: func(n int) { committed = append(committed, n) }}
	first, second, third := p.begin(1), p.begin(2), p.begin(3)
	p.done(second)
	p.done(first)
	p.done(third)
	if !slices.Equal(committed, []int{2, 3}) {
		t.Error(committed)
	}
}
