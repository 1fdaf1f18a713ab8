package lab

import (
	"math"
	"sync/atomic"
	"time"
)

// worker handles one event at a time, so that all but its counters is without locks.
type worker struct {
	_ [64]byte // no cache line is shared with another worker's counters

	handled, bytes      atomic.Int64
	service, serviceSqr atomic.Uint64 // bits of floating-point seconds

	handle func(Event)

	order            Order
	state            map[string]int
	paid, customers  int64
	valid, invalid   int64
	score, callsMade int64
	latencies        []latency
}

// newWorker decides once what is done with every event.
func newWorker(l *Lab, w *window) *worker {
	k := &worker{state: map[string]int{}}
	handle := k.inTurn(k.steps(l, w))
	if l.settings.ServiceTimes {
		handle = k.timed(handle)
	}
	if l.settings.LatencyFile != "" {
		handle = k.withLatency(handle)
	}
	handle = k.counted(handle)
	k.handle = func(e Event) {
		handle(e)
		l.first.Do(l.reports.first)
		k.handle = handle
	}
	return k
}

func (k *worker) inTurn(steps []step) func(Event) {
	return func(e Event) {
		for _, step := range steps {
			if err := step(e); err != nil {
				Fail(err)
			}
		}
	}
}

func (k *worker) counted(handle func(Event)) func(Event) {
	return func(e Event) {
		handle(e)
		k.bytes.Add(int64(len(e.Value)))
		k.handled.Add(1)
	}
}

func (k *worker) timed(handle func(Event)) func(Event) {
	return func(e Event) {
		start := time.Now()
		handle(e)
		s := time.Since(start).Seconds()
		addFloat(&k.service, s)
		addFloat(&k.serviceSqr, s*s)
	}
}

// addFloat is for a single writer; it is atomic for readers only.
func addFloat(bits *atomic.Uint64, x float64) {
	bits.Store(math.Float64bits(math.Float64frombits(bits.Load()) + x))
}
