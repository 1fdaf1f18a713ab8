"""The figures of a window by country, with pandas."""

import pandas as pd
from windows import Summary


def summarize(window: list[tuple[str, float]]) -> Summary:
    frame = pd.DataFrame(window, columns=["country", "amount"])
    amounts = frame.groupby("country")["amount"]
    figures = amounts.agg(["count", "sum", "mean"])
    figures["p95"] = amounts.quantile(0.95)
    totals = figures.sum()
    return Summary(
        groups=len(figures),
        count=int(totals["count"]),
        sum=float(totals["sum"]),
        mean=float(totals["mean"]),
        p95=float(totals["p95"]),
    )
