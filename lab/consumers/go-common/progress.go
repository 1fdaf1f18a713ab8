package lab

import (
	"math"
	"time"
)

type progress struct {
	Time       int64    `json:"t_us"`
	Handled    int64    `json:"handled"`
	Bytes      int64    `json:"bytes"`
	Fetches    *int64   `json:"fetches,omitempty"`
	Empty      *int64   `json:"empty,omitempty"`
	Service    *float64 `json:"service_s,omitempty"`
	ServiceSqr *float64 `json:"service_s2,omitempty"`
}

func (l *Lab) progress() progress {
	p := progress{Time: time.Now().UnixMicro()}
	var service, serviceSqr float64
	for _, k := range l.allWorkers() {
		p.Handled += k.handled.Load()
		p.Bytes += k.bytes.Load()
		service += math.Float64frombits(k.service.Load())
		serviceSqr += math.Float64frombits(k.serviceSqr.Load())
	}
	if l.settings.ServiceTimes {
		p.Service, p.ServiceSqr = &service, &serviceSqr
	}
	if l.library.Fetches != nil {
		fetches := l.library.Fetches()
		p.Fetches, p.Empty = &fetches.Full, &fetches.Empty
	}
	return p
}
