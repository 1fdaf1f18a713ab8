// Package lab is what the Go consumers have in common: everything but Kafka and JSON.
package lab

import (
	"net/http"
	"sync"
)

// Library is what differs between the consumers.
type Library struct {
	Modules   map[string]string // path of a module whose version is reported, to a name for it
	Unmarshal func(data []byte, v any) error
	// WrongType tells whether a field had another type than ours, and all others were decoded nevertheless.
	WrongType func(error) bool
	Valid     func(*Order) bool
	Produce   func(key, value []byte)
	Produced  func() int64   // how many were acknowledged
	Fetches   func() Fetches // nil if the library does not say
}

// Fetches counts responses with events, and without.
type Fetches struct {
	Full, Empty int64
}

type Lab struct {
	settings Settings
	library  Library
	prices   *http.Client
	reports  *reports
	first    sync.Once

	mu      sync.Mutex
	workers []*worker
	windows map[int32]*window
}

func New(settings Settings, library Library) *Lab {
	return &Lab{
		settings: settings,
		library:  library,
		prices:   newPriceClient(),
		reports:  newReports(),
		windows:  map[int32]*window{},
	}
}

// newWorkers are as many as events of the partition may be in progress. They outlive it, for the sums at the
// end, and its window goes on if the partition comes back.
func (l *Lab) newWorkers(partition int32) []*worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[partition]
	if w == nil {
		w = newWindow()
		l.windows[partition] = w
	}
	workers := make([]*worker, l.settings.InFlight)
	for i := range workers {
		workers[i] = newWorker(l, w)
	}
	l.workers = append(l.workers, workers...)
	return workers
}

func (l *Lab) allWorkers() []*worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.workers
}
