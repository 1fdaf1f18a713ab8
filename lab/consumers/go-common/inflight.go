package lab

import (
	"context"
	"iter"
	"sync"
)

// pool has one goroutine for each event in progress, and as many of them as it has workers.
type pool struct {
	idle    chan *worker
	running sync.WaitGroup
}

func newPool(workers []*worker) *pool {
	p := &pool{idle: make(chan *worker, len(workers))}
	for _, k := range workers {
		p.idle <- k
	}
	return p
}

func (p *pool) start(handle func(*worker)) {
	k := <-p.idle
	p.running.Go(func() {
		handle(k)
		p.idle <- k
	})
}

// inFlight keeps every worker busy across batches; events are committed as those before them are handled.
func (p Partition[R]) inFlight(ctx context.Context, workers []*worker, batches iter.Seq[[]R]) int64 {
	pool := newPool(workers)
	defer pool.running.Wait()
	pending := pending[R]{commit: p.Commit}
	handled := 0
	for batch := range batches {
		for _, r := range batch {
			if ctx.Err() != nil {
				break
			}
			e := pending.begin(r)
			pool.start(func(k *worker) {
				k.handle(p.Event(r))
				pending.done(e)
			})
			handled++
		}
	}
	return int64(handled)
}

// batchInFlight waits for the last event of a batch before it commits the batch and goes on with the next one.
func (p Partition[R]) batchInFlight(ctx context.Context, workers []*worker, batches iter.Seq[[]R]) int64 {
	pool := newPool(workers)
	handled := 0
	for batch := range batches {
		n := 0
		for n < len(batch) && ctx.Err() == nil {
			r := batch[n]
			pool.start(func(k *worker) { k.handle(p.Event(r)) })
			n++
		}
		pool.running.Wait()
		if n > 0 {
			p.Commit(batch[n-1])
		}
		handled += n
	}
	return int64(handled)
}
