package main

import (
	"testing"

	"github.com/goccy/go-json"

	"tonnage/lab/consumers/go-common/rules"
)

func TestEveryRule(t *testing.T) {
	rules.Check(t, json.Unmarshal, valid)
}
