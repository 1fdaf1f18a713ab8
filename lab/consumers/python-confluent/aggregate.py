"""The figures of a window by country, with NumPy."""

import numpy as np
from windows import Summary


def summarize(window: list[tuple[str, float]]) -> Summary:
    countries, amounts = zip(*window)
    _, group, counts = np.unique(np.array(countries), return_inverse=True, return_counts=True)
    # Sorted by country, then by amount: each country's order statistics lie next to one another.
    values = np.array(amounts, dtype=float)
    values = values[np.lexsort((values, group))]
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(values, starts)

    rank = 0.95 * (counts - 1)
    below = rank.astype(int)
    above = np.minimum(below + 1, counts - 1)
    low, high = values[starts + below], values[starts + above]
    p95 = low + (high - low) * (rank - below)

    return Summary(
        groups=len(counts),
        count=int(counts.sum()),
        sum=float(sums.sum()),
        mean=float((sums / counts).sum()),
        p95=float(p95.sum()),
    )
