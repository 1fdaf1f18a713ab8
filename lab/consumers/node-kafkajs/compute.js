// A piece of business logic: plain code, on the first item of an order only.

const WEIGHTS = { bronze: 1, silver: 2, gold: 3, platinum: 5 };
const TAXED = ["DE", "FR", "ES", "IT", "NL"];
// How many rounds differ: the table stays as small however many there are.
const KINDS = 40;

export function compute(order, rounds, state) {
  const { name, country, tier } = order.customer;
  const item = order.items[0];
  const text = `${name.toLowerCase()} ${order.type} ${item.title.toLowerCase()}`;
  let score = 0;
  for (let round = 0; round < rounds; round++) {
    const r = round % KINDS;
    const weight = WEIGHTS[tier];
    let total = Math.floor(item.price * 100 + 0.5) * item.qty;
    if (total > 10_000 && weight >= 3) {
      total -= Math.floor((total * weight) / 100);
    } else if (TAXED.includes(country)) {
      total += Math.floor((total * 19) / 100);
    } else if (item.qty > 10) {
      total += 500;
    } else {
      total += r;
    }
    const key = `${country}:${item.sku.slice(0, 2)}:${(total % 97) + r}`;
    let longest = 0;
    for (const word of text.split(" ")) {
      let length = 0;
      let h = 0;
      for (const character of word) {
        length++;
        h = (h * 31 + character.codePointAt(0)) % 1_000_003;
      }
      longest = Math.max(longest, length);
      score = (score + h) % 1_000_000_007;
    }
    state.set(key, (state.get(key) ?? 0) + 1);
    score = (score + total + longest) % 1_000_000_007;
  }
  return score;
}
