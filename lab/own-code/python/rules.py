"""Business rules on strings and dictionaries."""

from dataclasses import dataclass
from math import floor

import checksum

WEIGHTS = {"bronze": 1, "silver": 2, "gold": 3, "platinum": 5}
TAXED = ("DE", "FR", "ES", "IT", "NL")


@dataclass
class Order:
    country: str
    tier: str
    name: str
    type: str
    sku: str
    title: str
    qty: int
    price: float


def score(order: Order, rounds: int, state: dict[str, int]) -> int:
    text = order.name.lower() + " " + order.type + " " + order.title.lower()
    score = 0
    for r in range(rounds):
        weight = WEIGHTS[order.tier]
        total = floor(order.price * 100 + 0.5) * order.qty
        if total > 10000 and weight >= 3:
            total -= total * weight // 100
        elif order.country in TAXED:
            total += total * 19 // 100
        elif order.qty > 10:
            total += 500
        else:
            total += r
        key = f"{order.country}:{order.sku[:2]}:{total % 97 + r}"
        longest = 0
        for word in text.split(" "):
            longest = max(longest, len(word))
            h = 0
            for character in word:
                h = (h * 31 + ord(character)) % 1000003
            score = (score + h) % checksum.PRIME
        state[key] = state.get(key, 0) + 1
        score = (score + total + longest) % checksum.PRIME
    return score


def run(rows: list[list[str]], iterations: int) -> int:
    orders = [Order(*strings, int(qty), float(price)) for *strings, qty, price in rows]
    state: dict[str, int] = {}
    result = 0
    for _ in range(iterations):
        for order in orders:
            result = checksum.add(result, score(order, 5, state))
    return checksum.add(result, sum(state.values()) + len(state))
