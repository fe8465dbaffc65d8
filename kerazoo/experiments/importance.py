"""Which columns a network relies on: how much worse it gets when one is shuffled.

Reference:
    Breiman, "Random forests", 2001.
    Fisher, Rudin and Dominici, "All models are wrong, but many are useful", 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.predict.rows import to_array
from kerazoo.saved.reading import Saved
from kerazoo.tasks import load_task

_REPEATS = 5


@dataclass(frozen=True)
class Importance:
    """How much a score gets worse when a column is shuffled.

    Args:
        column: its name.
        worse: the mean loss of the score; below 0 if it got better, which is chance.
        spread: the standard deviation over the shuffles.
    """

    column: str
    worse: float
    spread: float


def permutation_importance(
    saved: Saved, splits: Splits, *, repeats: int = _REPEATS, seed: int = 0
) -> tuple[str, tuple[Importance, ...]]:
    """Shuffle each column of the test part, and judge the answers.

    Columns that say the same share what they are worth: shuffling one of two takes little away.

    Args:
        saved: the network.
        splits: the data.
        repeats: shuffles of each column.
        seed: decides these.

    Returns:
        What was scored, `"accuracy"` or `"mean_absolute_error"`, and the columns, the one that
        counts most first.

    Raises:
        KerazooError: if the network takes no table.
    """
    predictor = load_predictor(saved)
    names = [column.name for column in predictor.card.columns]
    if not names or splits.test.y is None:
        raise KerazooError(
            f"{predictor.card.name} takes no table with a target; only columns of such are "
            "shuffled. Leave out --importance."
        )
    metric, sign = ("accuracy", -1.0) if splits.class_names else ("mean_absolute_error", 1.0)
    task = load_task(predictor.card.task or "rows")

    def score(rows: np.ndarray) -> float:
        return task.score(splits, predictor.predict_array(rows).values)[metric]

    rows = np.array(to_array(np.asarray(splits.test.x), predictor.card))  # a copy
    before, random = score(rows), np.random.default_rng(seed)
    found = []
    for index, name in enumerate(names):
        worse = []
        for _ in range(repeats):
            kept = rows[:, index].copy()
            rows[:, index] = random.permutation(kept)
            worse.append(sign * (score(rows) - before))
            rows[:, index] = kept
        found.append(Importance(name, float(np.mean(worse)), float(np.std(worse, ddof=1))))
    return metric, tuple(sorted(found, key=lambda one: -one.worse))
