// Package rules tests a validation of orders: every rule of the schema is broken once.
package rules

import (
	"encoding/json"
	"strings"
	"testing"

	lab "tonnage/lab/consumers/go-common"
)

const sample = `{"id":"3f2b8c1e9a7d4c02","type":"order.paid","occurred_at":"2026-11-23T10:15:30.123Z",
 "customer":{"id":48213,"name":"Jürgen Weiß","country":"DE","tier":"gold"},"amount":129.99,
 "items":[{"sku":"BK-104","title":"Paperback","qty":2,"price":12.5,"tags":["sale","new"]}],
 "shipping":{"street":"Hauptstraße 5","city":"Köln","zip":"50667"},"note":"..."}`

type object = map[string]any

type change struct {
	name  string
	apply func(order object)
}

// Check wants an event to be valid if it can be decoded and valid holds.
func Check(t *testing.T, unmarshal func([]byte, any) error, valid func(*lab.Order) bool) {
	run := func(changes []change, want bool) {
		for _, c := range changes {
			t.Run(c.name, func(t *testing.T) {
				var order lab.Order
				got := unmarshal(changed(t, c), &order) == nil && valid(&order)
				if got != want {
					t.Errorf("valid is %v, not %v", got, want)
				}
			})
		}
	}
	run(allowed(), true)
	run(forbidden(), false)
}

func changed(t *testing.T, c change) []byte {
	var order object
	if err := json.Unmarshal([]byte(sample), &order); err != nil {
		t.Fatal(err)
	}
	c.apply(order)
	data, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// set changes the field at a path; nil removes it.
func set(path string, value any) change {
	name := path + " missing"
	if value != nil {
		text, _ := json.Marshal(value)
		name = path + "=" + string(text[:min(len(text), 40)])
	}
	return change{name, func(order object) {
		at := order
		keys := strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			if key == "items" {
				at = at[key].([]any)[0].(object)
			} else {
				at = at[key].(object)
			}
		}
		if last := keys[len(keys)-1]; value == nil {
			delete(at, last)
		} else {
			at[last] = value
		}
	}}
}

func characters(n int) string { return strings.Repeat("ü", n) }

func items(n int) change {
	return change{"items", func(order object) {
		item := order["items"].([]any)[0]
		many := make([]any, n)
		for i := range many {
			many[i] = item
		}
		order["items"] = many
	}}
}

func allowed() []change {
	return []change{
		{"sample", func(object) {}},
		set("unknown", 1),
		set("shipping", nil), set("items.tags", nil), set("items.tags", []string{}),
		set("occurred_at", "2000-01-01T00:00:00Z"), set("occurred_at", "2100-12-31T23:59:59+00:00"),
		set("customer.id", 1), set("customer.id", 10_000_000),
		set("customer.name", characters(100)),
		set("amount", 1_000_000), items(200),
		set("items.title", characters(80)), set("items.qty", 99), set("items.price", 10_000),
		set("items.tags", []string{"1", "2", "3", "4", characters(16)}),
		set("shipping.zip", characters(80)),
		set("note", ""), set("note", characters(20_000)),
	}
}

func forbidden() []change {
	changes := []change{
		set("id", "3f2b8c1e9a7d4c0"), set("id", "3F2B8C1E9A7D4C02"), set("id", "3f2b8c1e9a7d4c02a"), set("id", 1),
		set("type", "order.lost"),
		set("occurred_at", "2026-02-30T10:15:30Z"), set("occurred_at", "2026-11-23"), set("occurred_at", 1795450066),
		set("occurred_at", "2026-11-23T10:15:30+01:00"), set("occurred_at", "2026-11-23T10:15:30"),
		set("occurred_at", "1999-12-31T23:59:59Z"), set("occurred_at", "2101-01-01T00:00:00Z"),
		set("customer.id", 0), set("customer.id", 10_000_001), set("customer.id", "7"), set("customer.id", 1.5),
		set("customer.name", ""), set("customer.name", characters(101)),
		set("customer.country", "de"), set("customer.country", "DEU"),
		set("customer.tier", "iron"),
		set("amount", 0), set("amount", -1), set("amount", 1_000_000.01), set("amount", "12"),
		items(0), items(201), set("items", object{}),
		set("items.sku", "B1-104"), set("items.sku", "BK-1040"), set("items.sku", "bk-104"), set("items.sku", "BK_104"),
		set("items.title", ""), set("items.title", characters(81)),
		set("items.qty", 0), set("items.qty", 100), set("items.qty", 1.5), set("items.qty", "2"),
		set("items.price", 0), set("items.price", 10_000.01), set("items.price", "12.5"),
		set("items.tags", []string{"1", "2", "3", "4", "5", "6"}), set("items.tags", []string{""}),
		set("items.tags", []string{characters(17)}), set("items.tags", "sale"), set("items.tags", []int{1}),
		set("shipping", "street"),
		set("note", characters(20_001)), set("note", 5),
	}
	for _, field := range []string{
		"id", "type", "occurred_at", "customer", "amount", "items", "note",
		"customer.id", "customer.name", "customer.country", "customer.tier",
		"items.sku", "items.title", "items.qty", "items.price",
	} {
		changes = append(changes, set(field, nil))
	}
	for _, field := range []string{"shipping.street", "shipping.city", "shipping.zip"} {
		changes = append(changes, set(field, nil), set(field, ""), set(field, characters(81)))
	}
	return changes
}
