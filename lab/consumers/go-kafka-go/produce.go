package main

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/segmentio/kafka-go"

	lab "tonnage/lab/consumers/go-common"
)

type producer struct {
	writer       *kafka.Writer
	acknowledged atomic.Int64
}

func newProducer(settings lab.Settings) *producer {
	p := &producer{}
	p.writer = &kafka.Writer{
		Addr:  kafka.TCP(strings.Split(settings.Servers, ",")...),
		Topic: settings.OutputTopic,
		// By default the writer does not ask for acknowledgements, and there would be none to count.
		RequiredAcks: kafka.RequireAll,
		Async:        true,
		Completion:   p.complete,
	}
	return p
}

func (p *producer) produce(key, value []byte) {
	if err := p.writer.WriteMessages(context.Background(), kafka.Message{Key: key, Value: value}); err != nil {
		lab.Fail(err)
	}
}

func (p *producer) complete(messages []kafka.Message, err error) {
	if err != nil {
		lab.Fail(err)
	}
	p.acknowledged.Add(int64(len(messages)))
}

func (p *producer) flush() {
	if err := p.writer.Close(); err != nil {
		lab.Fail(err)
	}
}
