package main

import (
	"context"
	"iter"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// queued is how many fetches may wait for a partition's goroutine.
const queued = 5

type partition struct {
	records chan []*kgo.Record
	ctx     context.Context
	cancel  context.CancelFunc
	done    chan struct{}
	handled int64 // once done

	stopped bool
	given   int64
}

func (c *consumer) assign(ctx context.Context, partitions []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range partitions {
		p := &partition{records: make(chan []*kgo.Record, queued), done: make(chan struct{})}
		p.ctx, p.cancel = context.WithCancel(ctx)
		c.partitions[id] = p
		go func() {
			defer close(p.done)
			p.handled = c.work.Run(p.ctx, c.lab, id, p.batches(c.chunk))
		}()
	}
}

// fetched are the records of a partition that was ours when they were polled.
type fetched struct {
	partition *partition
	records   []*kgo.Record
}

// ours is called before AllowRebalance, for which assign and stop wait.
func (c *consumer) ours(fetches kgo.Fetches) []fetched {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []fetched
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		if len(f.Records) > 0 {
			all = append(all, fetched{c.partitions[f.Partition], f.Records})
		}
	})
	return all
}

// give waits for room in the queue of a partition, while that may be taken away.
func (c *consumer) give(f fetched) {
	n := min(int64(len(f.records)), c.remaining.Load())
	if n == 0 {
		return
	}
	select {
	case <-f.partition.ctx.Done():
		return
	case f.partition.records <- f.records[:n]:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !f.partition.stopped {
		f.partition.given += n
		c.remaining.Add(-n)
	}
}

// stop leaves to their new owner the events that are not yet begun.
func (c *consumer) stop(partitions []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range partitions {
		if p := c.partitions[id]; p != nil {
			p.cancel()
		}
	}
	for _, id := range partitions {
		if p := c.partitions[id]; p != nil {
			<-p.done
			p.stopped = true
			c.remaining.Add(p.given - p.handled)
			delete(c.partitions, id)
		}
	}
}

// finish handles all that was given to the partitions, unless the context of consume has ended.
func (c *consumer) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, p := range c.partitions {
		close(p.records)
		<-p.done
		p.cancel()
		delete(c.partitions, id)
	}
}

func (p *partition) batches(size int) iter.Seq[[]*kgo.Record] {
	return func(yield func([]*kgo.Record) bool) {
		for {
			select {
			case <-p.ctx.Done():
				return
			case records, more := <-p.records:
				if !more {
					return
				}
				for chunk := range slices.Chunk(records, size) {
					if !yield(chunk) {
						return
					}
				}
			}
		}
	}
}
