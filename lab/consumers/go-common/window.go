package lab

import (
	"maps"
	"slices"
	"sync"
)

const windowSize = 1000

// window collects a partition's amounts by country. The lock is for events of the partition in progress at once.
type window struct {
	mu      sync.Mutex
	size    int
	amounts map[string][]float64
	total   statistics
}

func newWindow() *window {
	return &window{amounts: map[string][]float64{}}
}

func (w *window) add(country string, amount float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.amounts[country] = append(w.amounts[country], amount)
	w.size++
	if w.size == windowSize {
		w.close()
	}
}

// close takes the countries in their order, since sums of floating-point numbers depend on theirs.
func (w *window) close() {
	w.total.windows++
	for _, country := range slices.Sorted(maps.Keys(w.amounts)) {
		w.total.addGroup(w.amounts[country])
	}
	clear(w.amounts)
	w.size = 0
}

// statistics are those of all windows, with what is left as the last one.
func (w *window) statistics() statistics {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size > 0 {
		w.close()
	}
	return w.total
}
