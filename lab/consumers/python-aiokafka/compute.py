"""A piece of business logic: plain code, on the first item of an order only."""

from math import floor
from typing import Any

WEIGHTS = {"bronze": 1, "silver": 2, "gold": 3, "platinum": 5}
TAXED = ("DE", "FR", "ES", "IT", "NL")
# How many rounds differ: the table stays as small however many there are.
KINDS = 40


def compute(event: dict[str, Any], rounds: int, state: dict[str, int]) -> int:
    customer = event["customer"]
    country = customer["country"]
    item = event["items"][0]
    text = customer["name"].lower() + " " + event["type"] + " " + item["title"].lower()
    score = 0
    for index in range(rounds):
        r = index % KINDS
        weight = WEIGHTS[customer["tier"]]
        total = floor(item["price"] * 100 + 0.5) * item["qty"]
        if total > 10000 and weight >= 3:
            total -= total * weight // 100
        elif country in TAXED:
            total += total * 19 // 100
        elif item["qty"] > 10:
            total += 500
        else:
            total += r
        key = f"{country}:{item['sku'][:2]}:{total % 97 + r}"
        longest = 0
        for word in text.split(" "):
            longest = max(longest, len(word))
            h = 0
            for character in word:
                h = (h * 31 + ord(character)) % 1000003
            score = (score + h) % 1000000007
        state[key] = state.get(key, 0) + 1
        score = (score + total + longest) % 1000000007
    return score
