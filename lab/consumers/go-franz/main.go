// A consumer with franz-go and goccy/go-json.
package main

import (
	"errors"
	"runtime"

	// Of the JSON libraries for Go, the fastest with orders: to decode one of 1 KB (16 KB) takes 1.6 µs (25 µs),
	// and 0.5 µs (8 µs) where two fields are wanted. The others, with Go 1.26 on one core of an AMD EPYC:
	// bytedance/sonic 2.2 (39) and 1.1 (20), segmentio/encoding 2.6 (46) and 1.0 (16), encoding/json/v2 7.4 (90)
	// and 3.2 (44), encoding/json 11.3 (162) and 6.7 (86).
	"github.com/goccy/go-json"

	lab "tonnage/lab/consumers/go-common"
)

func main() {
	settings := lab.MustSettings()
	runtime.GOMAXPROCS(settings.Cores)

	c := newConsumer(settings)
	c.lab = lab.New(settings, lab.Library{
		Modules: map[string]string{
			"github.com/twmb/franz-go": "franz-go",
			"github.com/goccy/go-json": "go-json",
		},
		Unmarshal: json.Unmarshal,
		WrongType: wrongType,
		Valid:     valid,
		Produce:   c.produce,
		Produced:  c.acknowledged.Load,
		Fetches:   c.fetches.count,
	})
	c.lab.Run(c.consume)
}

// wrongType is the one error with which go-json goes on to the other fields.
func wrongType(err error) bool {
	var mismatch *json.UnmarshalTypeError
	return errors.As(err, &mismatch)
}
