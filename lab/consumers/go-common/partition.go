package lab

import (
	"context"
	"iter"
)

// Partition handles the events of one partition, which its library calls R.
type Partition[R any] struct {
	Event func(R) Event
	// Commit is told an event when it and all before it are handled.
	Commit func(R)
}

// Run handles batches until they end and returns how many events were handled. Once ctx has ended it takes what
// comes and leaves it alone, so that whoever sends the batches is never blocked.
func (p Partition[R]) Run(ctx context.Context, l *Lab, partition int32, batches iter.Seq[[]R]) int64 {
	workers := l.newWorkers(partition)
	if l.settings.CommitEach {
		batches = singles(batches)
	}
	switch {
	case len(workers) == 1:
		return p.inOrder(ctx, workers[0], batches)
	case l.settings.CommitBatch:
		return p.batchInFlight(ctx, workers, batches)
	default:
		return p.inFlight(ctx, workers, batches)
	}
}

func singles[R any](batches iter.Seq[[]R]) iter.Seq[[]R] {
	return func(yield func([]R) bool) {
		for batch := range batches {
			for i := range batch {
				if !yield(batch[i : i+1]) {
					return
				}
			}
		}
	}
}

func (p Partition[R]) inOrder(ctx context.Context, k *worker, batches iter.Seq[[]R]) int64 {
	handled := 0
	for batch := range batches {
		n := 0
		for n < len(batch) && ctx.Err() == nil {
			k.handle(p.Event(batch[n]))
			n++
		}
		if n > 0 {
			p.Commit(batch[n-1])
		}
		handled += n
	}
	return int64(handled)
}
