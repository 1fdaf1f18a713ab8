package main

import (
	"github.com/twmb/franz-go/pkg/kgo"

	lab "tonnage/lab/consumers/go-common"
)

func newEvent(settings lab.Settings) func(*kgo.Record) lab.Event {
	if settings.LatencyFile == "" {
		return func(r *kgo.Record) lab.Event { return lab.Event{Key: r.Key, Value: r.Value} }
	}
	return func(r *kgo.Record) lab.Event {
		e := lab.Event{Key: r.Key, Value: r.Value}
		for _, h := range r.Headers {
			if h.Key == lab.DueHeader {
				e.Due = lab.Due(h.Value)
			}
		}
		return e
	}
}
