import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compute } from "../compute.js";
import { Progress } from "../progress.js";
import { isValid } from "../schema.js";
import { percentile } from "../windows.js";

const ORDER = {
  id: "3f2b8c1e9a7d4c02", type: "order.paid", occurred_at: "2026-11-23T10:15:30.123Z",
  customer: { id: 48213, name: "Weiß", country: "DE", tier: "gold" }, amount: 129.99,
  items: [{ sku: "BK-104", title: "Paperback", qty: 2, price: 12.5, tags: ["sale", "new"] }],
  shipping: { street: "Hauptstraße 5", city: "Köln", zip: "50667" }, note: "...", unknown: 1,
};

/** The order with a value at a path; undefined removes what is there. */
function changed(path, value) {
  const order = structuredClone(ORDER);
  const keys = path.split(".");
  const last = keys.pop();
  keys.reduce((at, key) => at[key], order)[last] = value;
  return JSON.parse(JSON.stringify(order));
}

test("scores are those of the other runtimes", () => {
  const vectors = JSON.parse(readFileSync(new URL("../../vectors.json", import.meta.url)));
  assert.ok(vectors.length > 0);
  for (const { event, rounds, score, updates } of vectors) {
    const state = new Map();
    assert.equal(compute(event, rounds, state), score);
    assert.equal([...state.values()].reduce((a, b) => a + b), updates);
  }
});

test("every rule holds", () => {
  assert.ok(isValid(ORDER));
  for (const [path, value] of [
    ["shipping", undefined], ["items.0.tags", undefined], ["occurred_at", "2100-12-31T23:59:59+00:00"],
    ["customer.name", "🚢".repeat(100)], ["amount", 1_000_000], ["items", Array(200).fill(ORDER.items[0])],
    ["note", "ü".repeat(20_000)],
  ]) assert.ok(isValid(changed(path, value)), path);
  for (const [path, value] of [
    ["id", "3F2B8C1E9A7D4C02"], ["id", 1], ["type", "order.lost"], ["occurred_at", "2026-02-30T10:15:30Z"],
    ["occurred_at", "2026-13-01T10:15:30Z"], ["occurred_at", "2026-11-23T10:15:30+01:00"], ["occurred_at", "2026-11-23"],
    ["occurred_at", "2101-01-01T00:00:00Z"], ["customer.id", 0], ["customer.id", 1.5], ["customer.id", "7"],
    ["customer.name", ""], ["customer.country", "de"], ["customer.tier", "iron"], ["amount", 0], ["amount", "12"],
    ["amount", 1_000_000.01], ["items", []], ["items", Array(201).fill(ORDER.items[0])], ["items.0.sku", "bk-104"],
    ["items.0.title", ""], ["items.0.qty", 100], ["items.0.price", 10_000.01], ["items.0.tags", Array(6).fill("a")],
    ["items.0.tags", [1]], ["shipping.city", undefined], ["note", undefined], ["note", "ü".repeat(20_001)],
  ]) assert.ok(!isValid(changed(path, value)), `${path} ${value}`);
});

test("percentiles are interpolated", () => {
  assert.equal(percentile([7], 0.95), 7);
  // Rank 0.95 * 3 = 2.85: 3 + 0.85 * (4 - 3).
  assert.ok(Math.abs(percentile([1, 2, 3, 4], 0.95) - 3.85) < 1e-12);
});

test("an offset is handled once all before it are", () => {
  const progress = new Progress();
  const [first, second] = [progress.begin(3, 10), progress.begin(3, 11)];
  second();
  assert.deepEqual(progress.handled("t"), [{ topic: "t", partition: 3, offset: "10" }]);
  first();
  assert.deepEqual(progress.handled("t"), [{ topic: "t", partition: 3, offset: "12" }]);
});
