package main

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	lab "tonnage/lab/consumers/go-common"
)

// queued is how many messages may wait for a partition's goroutine. The reader has one channel for all partitions,
// in which those of one may come in a row, as many as its default capacity of 100: with a queue not much longer,
// one partition would often block the others.
const queued = 1000

// What the reader reads ahead by default.
const (
	queueCapacity = 100
	maxBytes      = 1_000_000
)

// largestBatch is how many messages at most are committed at once.
const largestBatch = 100

func newReader(settings lab.Settings) *kafka.Reader {
	config := kafka.ReaderConfig{
		Brokers: strings.Split(settings.Servers, ","),
		GroupID: settings.Group,
		Topic:   settings.Topic,
	}
	if !settings.CommitBatch {
		config.CommitInterval = 5 * time.Second
	}
	if settings.FetchWait > 0 {
		config.MinBytes, config.MaxBytes, config.MaxWait = lab.FetchBytes, lab.FetchBytes, settings.FetchWait
	}
	if d := settings.PrefetchDivisor; d > 1 {
		config.QueueCapacity, config.MaxBytes = queueCapacity/d, maxBytes/d
	}
	return kafka.NewReader(config)
}

// consume hands each message to the goroutine of its partition. The reader does not tell when a partition is
// taken away, so that a goroutine lives as long as the process.
func consume(ctx context.Context, l *lab.Lab, settings lab.Settings, reader *kafka.Reader, producer *producer) {
	var running sync.WaitGroup
	partitions := map[int]chan kafka.Message{}
	work := lab.Partition[kafka.Message]{
		Event:  newEvent(settings),
		Commit: func(m kafka.Message) { commit(reader, m) },
	}
	for range settings.Events {
		m, err := reader.FetchMessage(ctx)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			lab.Fail(err)
		}
		messages := partitions[m.Partition]
		if messages == nil {
			messages = make(chan kafka.Message, queued/settings.PrefetchDivisor)
			partitions[m.Partition] = messages
			running.Go(func() { work.Run(ctx, l, int32(m.Partition), atHand(messages)) })
		}
		messages <- m
	}
	for _, messages := range partitions {
		close(messages)
	}
	running.Wait()
	producer.flush()
	if err := reader.Close(); err != nil {
		lab.Fail(err)
	}
}

// atHand makes batches of the messages that are there without waiting. kafka-go has no batches: its usual way is a
// commit for each message, and with one waited for, a round trip to the broker for each. Here, that is what it
// comes to only while messages are rare.
func atHand(messages <-chan kafka.Message) iter.Seq[[]kafka.Message] {
	return func(yield func([]kafka.Message) bool) {
		batch := make([]kafka.Message, 0, largestBatch)
		for m := range messages {
			batch = append(batch[:0], m)
			for len(batch) < largestBatch && len(messages) > 0 {
				batch = append(batch, <-messages)
			}
			if !yield(batch) {
				return
			}
		}
	}
}

// commit waits for the broker unless the reader has an interval.
func commit(reader *kafka.Reader, m kafka.Message) {
	if err := reader.CommitMessages(context.Background(), m); err != nil {
		lab.Fail(err)
	}
}

// consumePlain is the loop that kafka-go's documentation begins with. ReadMessage commits a message when it gives it out, before
// it is handled, and waits for that unless the reader has an interval.
func consumePlain(ctx context.Context, l *lab.Lab, settings lab.Settings, reader *kafka.Reader, producer *producer) {
	loop, event := l.NewLoop(), newEvent(settings)
	for range settings.Events {
		m, err := reader.ReadMessage(ctx)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			lab.Fail(err)
		}
		loop.Handle(int32(m.Partition), event(m))
	}
	producer.flush()
	if err := reader.Close(); err != nil {
		lab.Fail(err)
	}
}

func newEvent(settings lab.Settings) func(kafka.Message) lab.Event {
	if settings.LatencyFile == "" {
		return func(m kafka.Message) lab.Event { return lab.Event{Key: m.Key, Value: m.Value} }
	}
	return func(m kafka.Message) lab.Event {
		e := lab.Event{Key: m.Key, Value: m.Value}
		for _, h := range m.Headers {
			if h.Key == lab.DueHeader {
				e.Due = lab.Due(h.Value)
			}
		}
		return e
	}
}
