package main

import (
	"context"
	"math"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	lab "tonnage/lab/consumers/go-common"
)

// What the client reads ahead by default.
const (
	fetchMaxBytes          = 50 << 20
	fetchMaxPartitionBytes = 1 << 20
)

type consumer struct {
	settings lab.Settings
	lab      *lab.Lab
	fetches  *fetches
	client   *kgo.Client
	work     lab.Partition[*kgo.Record]
	chunk    int

	remaining    atomic.Int64 // events still to be given to partitions
	acknowledged atomic.Int64

	mu         sync.Mutex
	partitions map[int32]*partition
}

func newConsumer(settings lab.Settings) *consumer {
	c := &consumer{settings: settings, fetches: newFetches(), partitions: map[int32]*partition{}}
	c.remaining.Store(settings.Events)
	c.work = lab.Partition[*kgo.Record]{Event: newEvent(settings), Commit: c.mark}
	// Between two marks, of which each takes the client's lock: few enough events to be soon handled, where a
	// fetch can be thousands.
	c.chunk = 100
	if settings.CommitBatch {
		c.work.Commit = c.commit
		c.chunk = math.MaxInt
	}
	return c
}

func (c *consumer) options(ctx context.Context) []kgo.Opt {
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(c.settings.Servers, ",")...),
		kgo.ConsumerGroup(c.settings.Group),
		kgo.ConsumeTopics(c.settings.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
			c.assign(ctx, assigned[c.settings.Topic])
		}),
		kgo.OnPartitionsRevoked(func(_ context.Context, client *kgo.Client, revoked map[string][]int32) {
			c.stop(revoked[c.settings.Topic])
			commitMarked(client)
		}),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
			c.stop(lost[c.settings.Topic])
		}),
		kgo.WithHooks(c.fetches),
	}
	if wait := c.settings.FetchWait; wait > 0 {
		options = append(options, kgo.FetchMinBytes(lab.FetchBytes), kgo.FetchMaxWait(wait))
	}
	if d := int32(c.settings.PrefetchDivisor); d > 1 {
		options = append(options, kgo.FetchMaxBytes(fetchMaxBytes/d), kgo.FetchMaxPartitionBytes(fetchMaxPartitionBytes/d))
	}
	if file := c.settings.TLSCertificate; file != "" {
		options = append(options, kgo.DialTLSConfig(trusting(file)))
	}
	if c.settings.CommitBatch {
		return append(options, kgo.DisableAutoCommit())
	}
	// The interval is 5 s by default.
	return append(options, kgo.AutoCommitMarks())
}

func (c *consumer) consume(ctx context.Context) {
	var err error
	if c.client, err = kgo.NewClient(c.options(ctx)...); err != nil {
		lab.Fail(err)
	}
	for c.remaining.Load() > 0 {
		fetches := c.client.PollFetches(ctx)
		if ctx.Err() != nil {
			break
		}
		fetches.EachError(func(_ string, _ int32, err error) { lab.Fail(err) })
		ours := c.ours(fetches)
		c.client.AllowRebalance()
		for _, f := range ours {
			c.give(f)
		}
	}
	c.finish()
	if err := c.client.Flush(context.Background()); err != nil {
		lab.Fail(err)
	}
	commitMarked(c.client)
	c.client.CloseAllowingRebalance()
}

func (c *consumer) mark(r *kgo.Record) {
	c.client.MarkCommitRecords(r)
}

func (c *consumer) commit(r *kgo.Record) {
	if err := c.client.CommitRecords(context.Background(), r); err != nil {
		lab.Fail(err)
	}
}

// commitMarked has nothing to do where each batch is committed.
func commitMarked(client *kgo.Client) {
	if err := client.CommitMarkedOffsets(context.Background()); err != nil {
		lab.Fail(err)
	}
}
