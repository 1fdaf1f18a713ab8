package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	lab "tonnage/lab/consumers/go-common"
)

func (c *consumer) produce(key, value []byte) {
	record := &kgo.Record{Topic: c.settings.OutputTopic, Key: key, Value: value}
	c.client.Produce(context.Background(), record, c.delivered)
}

func (c *consumer) delivered(_ *kgo.Record, err error) {
	if err != nil {
		lab.Fail(err)
	}
	c.acknowledged.Add(1)
}
