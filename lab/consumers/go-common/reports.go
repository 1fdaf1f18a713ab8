package lab

import (
	"encoding/json"
	"os"
	"sync"
)

// reports writes a line for each; several goroutines do.
type reports struct {
	mu  sync.Mutex
	out *json.Encoder
}

func newReports() *reports {
	return &reports{out: json.NewEncoder(os.Stdout)}
}

func (r *reports) write(report any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.out.Encode(report); err != nil {
		Fail(err)
	}
}

type startReport struct {
	Event    string            `json:"event"`
	Versions map[string]string `json:"versions"`
}

func (r *reports) start(versions map[string]string) {
	r.write(startReport{"start", versions})
}

func (r *reports) first() {
	r.write(struct {
		Event string `json:"event"`
	}{"first"})
}

type progressReport struct {
	Event string `json:"event"`
	progress
	Checksum map[string]any `json:"checksum,omitempty"`
}
