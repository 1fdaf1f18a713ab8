// The rules an order has to keep, compiled once.

import { Ajv } from "ajv";

const RFC_3339 = /^(\d{4})-\d{2}-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]00:00)$/;

// A pattern would let 30 February pass, and Date makes 2 March of it.
function isInstant(text) {
  const parts = RFC_3339.exec(text);
  if (!parts) return false;
  const time = new Date(text);
  const year = Number(parts[1]);
  return time.getUTCDate() === Number(parts[2]) && 2000 <= year && year <= 2100;
}

const text = (minLength, maxLength) => ({ type: "string", minLength, maxLength });
const pattern = (it) => ({ type: "string", pattern: it });
const object = (properties, optional = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const ORDER = object(
  {
    id: pattern("^[0-9a-f]{16}$"),
    type: { enum: ["order.created", "order.paid", "order.shipped", "order.cancelled"] },
    occurred_at: { type: "string", format: "instant" },
    customer: object({
      id: { type: "integer", minimum: 1, maximum: 10_000_000 },
      name: text(1, 100),
      country: pattern("^[A-Z]{2}$"),
      tier: { enum: ["bronze", "silver", "gold", "platinum"] },
    }),
    amount: { type: "number", exclusiveMinimum: 0, maximum: 1_000_000 },
    items: {
      type: "array",
      minItems: 1,
      maxItems: 200,
      items: object(
        {
          sku: pattern("^[A-Z]{2}-[0-9]{3}$"),
          title: text(1, 80),
          qty: { type: "integer", minimum: 1, maximum: 99 },
          price: { type: "number", exclusiveMinimum: 0, maximum: 10_000 },
          tags: { type: "array", maxItems: 5, items: text(1, 16) },
        },
        ["tags"],
      ),
    },
    shipping: object({ street: text(1, 80), city: text(1, 80), zip: text(1, 80) }),
    note: { type: "string", maxLength: 20_000 },
  },
  ["shipping"],
);

export const isValid = new Ajv({ formats: { instant: isInstant } }).compile(ORDER);
