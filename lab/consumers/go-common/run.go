package lab

import (
	"context"
	"os/signal"
	"syscall"
	"time"
)

const reportInterval = 250 * time.Millisecond

// Run reports while consume runs, which returns when it has left the group: after LAB_EVENTS, or when its
// context ends on SIGTERM. Events of a file are handled instead where there is one.
func (l *Lab) Run(consume func(context.Context)) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	l.reports.start(versions(l.library))
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.reportUntil(done)
	}()
	if l.settings.EventsFile != "" {
		consume = l.repeat
	}
	consume(ctx)
	close(done)
	<-stopped

	if l.settings.LatencyFile != "" {
		if err := writeLatencies(l.settings.LatencyFile, l.allWorkers()); err != nil {
			Fail(err)
		}
	}
	l.reports.write(progressReport{"done", l.progress(), l.checksum()})
}

func (l *Lab) reportUntil(done <-chan struct{}) {
	ticker := time.NewTicker(reportInterval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			l.reports.write(progressReport{Event: "report", progress: l.progress()})
		}
	}
}
