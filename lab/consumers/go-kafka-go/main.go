// A consumer with segmentio/kafka-go, encoding/json and go-playground/validator.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"

	lab "tonnage/lab/consumers/go-common"
)

func main() {
	settings := lab.MustSettings()
	runtime.GOMAXPROCS(settings.Cores)

	reader := newReader(settings)
	producer := newProducer(settings)
	l := lab.New(settings, lab.Library{
		Modules: map[string]string{
			"github.com/segmentio/kafka-go":          "kafka-go",
			"github.com/go-playground/validator/v10": "validator",
		},
		Unmarshal: json.Unmarshal,
		WrongType: wrongType,
		Valid:     newValid(),
		Produce:   producer.produce,
		Produced:  producer.acknowledged.Load,
	})
	run := consume
	if settings.Plain {
		run = consumePlain
	}
	l.Run(func(ctx context.Context) { run(ctx, l, settings, reader, producer) })
}

// wrongType is the one error with which encoding/json goes on to the other fields.
func wrongType(err error) bool {
	var mismatch *json.UnmarshalTypeError
	return errors.As(err, &mismatch)
}
