package lab

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"time"
)

// FetchBytes is what a fetch waits for where it is told to wait: more than comes in that time.
const FetchBytes = 1_000_000

type Settings struct {
	Servers, Topic, Group string

	Handler       string
	ComputeRounds int
	IOCalls       int
	StubURL       string
	Produces      int
	OutputTopic   string

	InFlight     int
	CommitBatch  bool // or an event: commits are waited for
	CommitEach   bool
	Plain        bool // one event at a time, in one loop for all partitions
	Cores        int
	Events       int64
	LatencyFile  string
	EventsFile   string // instead of Kafka's
	ServiceTimes bool
	FetchWait    time.Duration
	// PrefetchDivisor is what the client's limits of what it reads ahead are divided by.
	PrefetchDivisor int
	TLSCertificate  string // the file of the one to trust, where the broker is read over TLS
}

// SettingsFrom reads the settings with lookup, which is os.LookupEnv outside of tests.
func SettingsFrom(lookup func(string) (string, bool)) (Settings, error) {
	env := environment{lookup: lookup}
	s := Settings{
		Servers:       env.required("KAFKA_BOOTSTRAP_SERVERS"),
		Topic:         env.required("KAFKA_TOPIC"),
		Group:         env.required("KAFKA_GROUP"),
		Handler:       env.oneOf("LAB_HANDLER", "consume", "decode", "parse", "validate", "aggregate"),
		ComputeRounds: int(env.number("LAB_COMPUTE_ROUNDS", 0, 0)),
		IOCalls:       int(env.number("LAB_IO_CALLS", 0, 0)),
		Produces:      int(env.number("LAB_PRODUCES", 0, 0)),
		InFlight:      int(env.number("LAB_IN_FLIGHT", 1, 1)),
		CommitBatch:   env.oneOf("LAB_COMMIT", "interval", "batch", "each") != "interval",
		CommitEach:    env.text("LAB_COMMIT", "") == "each",
		Plain:         env.oneOf("LAB_LOOP", "tuned", "plain") == "plain",
		Cores:         int(env.number("LAB_CORES", 1, 1)),
		Events:        env.number("LAB_EVENTS", 1, math.MaxInt64),
		LatencyFile:   env.text("LAB_LATENCY_FILE", ""),
		EventsFile:    env.text("LAB_EVENTS_FILE", ""),
		ServiceTimes:  env.text("LAB_SERVICE_TIMES", "") == "1",
		FetchWait:     time.Duration(env.number("LAB_FETCH_WAIT_MS", 0, 0)) * time.Millisecond,

		PrefetchDivisor: int(env.number("LAB_PREFETCH_DIVISOR", 1, 1)),
		TLSCertificate:  env.text("LAB_TLS_CA", ""),
	}
	if s.Plain && s.InFlight > 1 {
		env.fail("LAB_IN_FLIGHT: a plain loop has one event in progress, not %d", s.InFlight)
	}
	if s.IOCalls > 0 {
		s.StubURL = env.required("LAB_STUB_URL")
	}
	if s.Produces > 0 {
		s.OutputTopic = env.required("LAB_OUTPUT_TOPIC")
	}
	return s, env.err
}

func MustSettings() Settings {
	s, err := SettingsFrom(os.LookupEnv)
	if err != nil {
		Fail(err)
	}
	return s
}

// environment keeps the first error, so that the settings can be read as one literal.
type environment struct {
	lookup func(string) (string, bool)
	err    error
}

func (e *environment) text(name, fallback string) string {
	if value, ok := e.lookup(name); ok && value != "" {
		return value
	}
	return fallback
}

func (e *environment) required(name string) string {
	value := e.text(name, "")
	if value == "" {
		e.fail("%s is not set", name)
	}
	return value
}

func (e *environment) number(name string, least, fallback int64) int64 {
	text := e.text(name, "")
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least {
		e.fail("%s: %q is not a whole number from %d", name, text, least)
	}
	return n
}

// oneOf takes the first of the allowed values where none is set.
func (e *environment) oneOf(name string, allowed ...string) string {
	value := e.text(name, allowed[0])
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	e.fail("%s: %q is none of %q", name, value, allowed)
	return value
}

func (e *environment) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}
