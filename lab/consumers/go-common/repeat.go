package lab

import (
	"bytes"
	"context"
	"os"
	"sync"
)

// repeat handles the events of LAB_EVENTS_FILE again and again until ctx ends, in a goroutine for each core, without any client.
func (l *Lab) repeat(ctx context.Context) {
	text, err := os.ReadFile(l.settings.EventsFile)
	if err != nil {
		Fail(err)
	}
	values := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	var running sync.WaitGroup
	for core := range l.settings.Cores {
		k := l.newWorkers(int32(core))[0]
		running.Go(func() {
			for ctx.Err() == nil {
				for _, value := range values {
					k.handle(Event{Value: value})
				}
			}
		})
	}
	running.Wait()
}
