"""A small table that has columns of every kind, and empty cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROWS = 400


def make_table(rows: int = ROWS) -> pd.DataFrame:
    """Return numbers, words, truth, dates and codes, and a price that depends on them."""
    random = np.random.default_rng(0)
    days = pd.to_timedelta(random.integers(0, 900, rows), unit="D")
    size = np.round(random.normal(50, 20, rows), 3)
    color = random.choice(["red", "green", "blue"], rows).astype(object)
    frame = pd.DataFrame(
        {
            "size": size,
            "count": random.integers(0, 9999, rows),
            "color": color,
            "flag": random.choice([True, False], rows),
            "day": pd.Timestamp("2020-01-01") + days,
            "zip": random.choice(["01234", "00501", "99999", "00042"], rows).astype(object),
        }
    )
    frame["price"] = np.round(2 * size + 30 * (color == "red") + random.normal(0, 3, rows), 2)
    for column in ("size", "color", "day"):
        frame.loc[random.choice(rows, rows // 10, replace=False), column] = None
    return frame
