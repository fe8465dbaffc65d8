"""What a network answered to each test row, beside the truth: one line for each, for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.datasets.about import Series
from kerazoo.datasets.splits import Timeline
from kerazoo.predict.prediction import class_indices
from kerazoo.tasks._scores import probabilities_of

Columns = Mapping[str, Sequence[Any] | np.ndarray]


def errors_of(splits: Splits, predictions: np.ndarray) -> Columns:
    """Return columns with a line for each test row: which row it is, truth, answer and error.

    Args:
        splits: the data.
        predictions: what the network's last layer gives for the test part.

    Returns:
        Of classes `truth`, `answer`, `right` (1 or 0), `probability` (that of the answer) and
        `probability_of_truth`; of numbers `truth`, `answer` and `error`, the answer minus the
        truth. A series has a line for each row ahead.

    Example:
        >>> import kerazoo
        >>> table = kerazoo.load_dataset("xor")
        >>> columns = errors_of(table, table.test.y * 0.8 + 0.1)
        >>> [str(name) for name in columns["answer"]], columns["right"].tolist()
        (['0', '1', '1', '0'], [1, 1, 1, 1])
    """
    if isinstance(splits.about, Series):
        return _of_series(splits, predictions)
    rows: dict[str, Any] = dict(splits.test_rows or {"row": np.arange(len(splits.test.x)) + 1})
    y = np.asarray(splits.test.y)
    if splits.class_names:
        rows |= _of_classes(splits.class_names, class_indices(y), probabilities_of(predictions))
    else:
        rows |= _of_numbers(y.ravel(), np.ravel(predictions))
    if splits.test.weight is not None:
        rows["weight"] = splits.test.weight
    return rows


def _of_classes(names: Sequence[str], true: np.ndarray, p: np.ndarray) -> Columns:
    found, each = p.argmax(axis=1), np.arange(len(p))
    return {
        "truth": np.array(names)[true],
        "answer": np.array(names)[found],
        "right": (found == true).astype(int),
        "probability": p[each, found],
        "probability_of_truth": p[each, true],
    }


def _of_numbers(true: np.ndarray, found: np.ndarray) -> Columns:
    true, found = np.asarray(true, "float64"), np.asarray(found, "float64")
    return {"truth": true, "answer": found, "error": found - true}


def _of_series(splits: Splits, predictions: np.ndarray) -> Columns:
    """Return a line for each row that is predicted, in the units of its series."""
    assert isinstance(splits.about, Series)
    horizon = splits.about.horizon
    true = np.asarray(splits.test.y, "float64").reshape(-1, horizon)
    found = np.asarray(predictions, "float64").reshape(true.shape)
    if not splits.timelines:
        windows = {"window": np.repeat(np.arange(len(true)) + 1, horizon)}
        ahead = np.tile(np.arange(horizon) + 1, len(true))
        return {**windows, "ahead": ahead, **_of_numbers(true.ravel(), found.ravel())}
    pieces, start = [], 0
    for timeline in splits.timelines:
        first = np.arange(timeline.test, len(timeline.values) - horizon + 1)  # (windows,)
        end = start + len(first)
        scaled = (true[start:end], found[start:end])
        pieces.append(_of_timeline(timeline, first, *scaled))
        start = end
    return {name: np.concatenate([one[name] for one in pieces]) for name in pieces[0]}


def _of_timeline(
    timeline: Timeline, first: np.ndarray, true: np.ndarray, found: np.ndarray
) -> dict[str, np.ndarray]:
    horizon = true.shape[1]
    ahead = np.tile(np.arange(horizon) + 1, len(first))
    rows = np.repeat(first, horizon) + ahead - 1
    columns: dict[str, Any] = {}
    if timeline.name:
        columns["series"] = np.full(len(rows), timeline.name)
    columns["row"] = rows + 1  # in the order of time
    if timeline.dates is not None:
        columns["date"] = timeline.dates[rows]
    columns["ahead"] = ahead
    own = (timeline.center + timeline.spread * one.ravel() for one in (true, found))
    return {**columns, **_of_numbers(*own)}
