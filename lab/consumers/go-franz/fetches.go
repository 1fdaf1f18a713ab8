package main

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	lab "tonnage/lab/consumers/go-common"
)

// fetches is a hook that counts responses. The client has one fetch under way at each broker, so that a batch
// that is read is one of the last response of its broker; the first one tells that the response was not empty.
type fetches struct {
	mu     sync.Mutex
	unread map[int32]bool
	total  lab.Fetches
}

func newFetches() *fetches {
	return &fetches{unread: map[int32]bool{}}
}

func (f *fetches) OnBrokerE2E(broker kgo.BrokerMetadata, key int16, e2e kgo.BrokerE2E) {
	if key != kmsg.Fetch.Int16() || e2e.Err() != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total.Empty++
	f.unread[broker.NodeID] = true
}

func (f *fetches) OnFetchBatchRead(broker kgo.BrokerMetadata, _ string, _ int32, _ kgo.FetchBatchMetrics) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unread[broker.NodeID] {
		f.unread[broker.NodeID] = false
		f.total.Empty--
		f.total.Full++
	}
}

func (f *fetches) count() lab.Fetches {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}
