package lab

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

type latency struct {
	due, late int64 // microseconds
}

func (k *worker) withLatency(handle func(Event)) func(Event) {
	return func(e Event) {
		handle(e)
		if e.Due != 0 {
			k.latencies = append(k.latencies, latency{e.Due, time.Now().UnixMicro() - e.Due})
		}
	}
}

func writeLatencies(path string, workers []*worker) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	for _, k := range workers {
		for _, l := range k.latencies {
			fmt.Fprintf(out, "%d,%d\n", l.due, l.late)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}
