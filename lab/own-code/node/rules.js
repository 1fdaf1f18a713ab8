// Business rules on strings and dictionaries.

import * as checksum from "./checksum.js";

const WEIGHTS = { bronze: 1, silver: 2, gold: 3, platinum: 5 };
const TAXED = ["DE", "FR", "ES", "IT", "NL"];

function score(order, rounds, state) {
  const text = `${order.name.toLowerCase()} ${order.type} ${order.title.toLowerCase()}`;
  let score = 0;
  for (let r = 0; r < rounds; r++) {
    const weight = WEIGHTS[order.tier];
    let total = Math.floor(order.price * 100 + 0.5) * order.qty;
    if (total > 10000 && weight >= 3) {
      total -= Math.floor((total * weight) / 100);
    } else if (TAXED.includes(order.country)) {
      total += Math.floor((total * 19) / 100);
    } else if (order.qty > 10) {
      total += 500;
    } else {
      total += r;
    }
    const key = `${order.country}:${order.sku.slice(0, 2)}:${(total % 97) + r}`;
    let longest = 0;
    for (const word of text.split(" ")) {
      longest = Math.max(longest, word.length);
      let h = 0;
      for (const c of word) {
        h = (h * 31 + c.codePointAt(0)) % 1000003;
      }
      score = (score + h) % checksum.PRIME;
    }
    state.set(key, (state.get(key) ?? 0) + 1);
    score = (score + total + longest) % checksum.PRIME;
  }
  return score;
}

export function run(rows, iterations) {
  const orders = rows.map(([country, tier, name, type, sku, title, qty, price]) => ({
    country, tier, name, type, sku, title, qty: Number(qty), price: Number(price),
  }));
  const state = new Map();
  let result = 0;
  for (let i = 0; i < iterations; i++) {
    for (const order of orders) {
      result = checksum.add(result, score(order, 5, state));
    }
  }
  let updates = state.size;
  for (const count of state.values()) {
    updates += count;
  }
  return checksum.add(result, updates);
}
