package main

import (
	"encoding/json"
	"testing"

	"tonnage/lab/consumers/go-common/rules"
)

func TestEveryRule(t *testing.T) {
	rules.Check(t, json.Unmarshal, newValid())
}
