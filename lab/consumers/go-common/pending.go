package lab

import "sync"

// pending are events in progress, in the order of their offsets. It commits an event only when those before it
// are handled as well.
type pending[R any] struct {
	commit func(R)

	mu    sync.Mutex
	queue []*entry[R]
}

type entry[R any] struct {
	event R
	done  bool
}

func (p *pending[R]) begin(event R) *entry[R] {
	e := &entry[R]{event: event}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, e)
	return e
}

// done commits under the lock, so that a smaller offset never follows a larger one.
func (p *pending[R]) done(e *entry[R]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.done = true
	n := 0
	for n < len(p.queue) && p.queue[n].done {
		n++
	}
	if n > 0 {
		p.commit(p.queue[n-1].event)
		p.queue = p.queue[n:]
	}
}
