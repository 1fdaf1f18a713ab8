"""The same inputs for all languages, as text files that any of them reads in a few lines."""

from pathlib import Path
from random import Random

WORDS = "amber basil cedar delta ember fjord grove haven ivory jasper koala lemon maple north ocean pearl".split()
NAMES = ["Jürgen Weiß", "Ana López", "Mary Ann Smith", "Sørensen", "Chloé Dubois", "Giulia Rossi", "Kenji Sato", "Li"]
COUNTRIES = ["DE", "FR", "ES", "IT", "NL", "US", "GB", "JP"]
TIERS = ["bronze", "silver", "gold", "platinum"]
TYPES = ["order.created", "order.paid", "order.shipped", "order.cancelled"]
LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"]
METHODS = ["GET", "POST", "PUT", "DELETE"]
SERVICES = ["checkout-3", "search-11", "accounts-1", "mail-2"]


class Draws:
    """Draws that are the same in every version of Python: of Random only random() is promised to be."""

    def __init__(self, seed):
        self.random = Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def of(self, values):
        return values[self.below(len(values))]


def orders(draws):
    for _ in range(200):
        sku = f"{draws.of('ABCDE')}{draws.of('KLMNO')}-{draws.below(1000):03}"
        title = " ".join(draws.of(WORDS).title() for _ in range(1 + draws.below(4)))
        yield (draws.of(COUNTRIES), draws.of(TIERS), draws.of(NAMES), draws.of(TYPES), sku, title,
               str(1 + draws.below(20)), f"{draws.below(20000) / 100}")


def readings(draws):
    level = 45.0
    for _ in range(2000):
        level = min(max(level + draws.random() - 0.5, 10.0), 80.0)
        yield (f"{level + (15.0 if draws.below(50) == 0 else 0.0):.3f}",)


def log(draws):
    for number in range(200):
        path = f"/api/v{1 + draws.below(3)}/{draws.of(WORDS)}/{draws.below(100000)}"
        if draws.below(2):
            path += f"/items/{draws.below(100)}"
        query = "&".join(f"{draws.of(WORDS)}={draws.below(1000)}" for _ in range(draws.below(4)))
        when = f"2026-11-{1 + draws.below(28):02}T{draws.below(24):02}:{draws.below(60):02}:{draws.below(60):02}"
        line = (f"{when}.{draws.below(1000):03}Z {draws.of(LEVELS):<5} {draws.of(SERVICES)} "
                f"{draws.of(WORDS)}.{draws.of(WORDS)}@example.com "
                f"\"{draws.of(METHODS)} {path}{'?' if query else ''}{query} HTTP/1.1\" "
                f"{draws.of((200, 201, 304, 404, 500))} {draws.below(1500) / 10:.1f}")
        yield (line[:-8] if number % 20 == 19 else line,)


def records(draws):
    yield "0", "-1", "shop", "0"
    for number in range(1, 1500):
        yield str(number), str(draws.below(number)), draws.of(WORDS), str(draws.below(100))


def write(folder):
    """Writes all inputs into a folder."""
    for seed, (name, rows) in enumerate([("rules", orders), ("numbers", readings), ("text", log),
                                         ("structures", records)]):
        lines = ("\t".join(row) + "\n" for row in rows(Draws(seed)))
        (Path(folder) / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")
