"""Two saved networks on the same rows: is one better, or is it chance?

Of classes by McNemar's exact test: of the rows that one network alone answers rightly, how many
are each one's? Of numbers by the difference of the absolute errors in each row: its sign is
exchanged at random (a paired permutation test), and rows are drawn again (a bootstrap interval).
Neighboring rows of a series have errors that are alike: they are exchanged and drawn in blocks.

Reference:
    McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", 1947.
    Dietterich, "Approximate statistical tests for comparing supervised classification learning
    algorithms", 1998.
    Künsch, "The jackknife and the bootstrap for general stationary observations", 1989.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerazoo._wording import counted, listed
from kerazoo.datasets import Splits
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe
from kerazoo.saved import Card
from kerazoo.saved.card import kind_of
from kerazoo.saved.reading import Saved
from kerazoo.tasks import load_task

LEVEL = 0.05
_DRAWS, _FEWER_DRAWS, _MANY_BLOCKS = 10_000, 2_000, 20_000
_NUMBERS_AT_ONCE = 2**22
_CLOSE = 1e-4  # series are kept in units of their own, in float32
_ANSWERS = {"truth", "answer", "right", "probability", "probability_of_truth", "error", "weight"}

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Answered:
    """What a saved network answered to the rows that it is judged on.

    Args:
        name: what the user calls it.
        card: of the network.
        columns: which row it is, truth and answer, as `Evaluation.errors` has them.
        by_row: whether the columns tell which rows of the user's data they are.
    """

    name: str
    card: Card
    columns: Columns
    by_row: bool


@dataclass(frozen=True)
class Compared:
    """How two networks do on the same rows.

    Args:
        rows: how many rows.
        measure: `"accuracy"` or `"mean_absolute_error"`.
        scores: of the first and the second.
        alone: of classes, rows that only the first answers rightly, and only the second.
        difference: the first score minus the second.
        interval: of numbers, between what the difference lies for 95 of 100 draws of such rows.
        p: how probable it is that two equally good networks differ so much or more.
        better: 0 or 1 for the first or the second; `None` if the rows do not decide.
    """

    rows: int
    measure: str
    scores: tuple[float, float]
    alone: tuple[int, int] | None
    difference: float
    interval: tuple[float, float] | None
    p: float
    better: int | None


def answered(name: str, saved: Saved, recipe: Recipe, splits: Splits, runtime: str) -> Answered:
    """Let a saved network answer the rows that it is judged on.

    Raises:
        KerazooError: if it does not answer row by row with a class or a number.
    """
    judged = load_task(recipe.task).evaluate(saved, splits, recipe, runtime)
    if not judged.errors:
        raise KerazooError(
            f"{name} does not answer row by row with a class or a number, so that its answers "
            "cannot be paired with those of another. Use kerazoo evaluate on each."
        )
    by_row = splits.test_rows is not None or bool(splits.timelines)
    return Answered(name, saved.card, judged.errors, by_row)


def check_comparable(names: tuple[str, str], cards: tuple[Card, Card]) -> None:
    """Refuse two networks that do not answer the same question.

    Raises:
        KerazooError: if they take other things, have other classes, or predict another number.
    """
    kinds = [None if card.about is None else kind_of(card.about) for card in cards]
    first, second = cards
    if kinds[0] != kinds[1] or first.task != second.task:
        raise KerazooError(
            f"{names[0]} and {names[1]} do not answer the same question: one is asked "
            f"{first.task}, the other {second.task}. Give two networks of one task."
        )
    if set(first.class_names) != set(second.class_names):
        raise KerazooError(
            f"{names[0]} and {names[1]} have other classes: "
            f"{listed(first.class_names) or 'none'}; and {listed(second.class_names) or 'none'}. "
            "Give two networks that tell the same classes apart."
        )
    if kinds[0] in ("table", "series") and first.target_name != second.target_name:
        raise KerazooError(
            f"{names[0]} predicts {first.target_name}, and {names[1]} {second.target_name}. Give "
            "two networks of the same target."
        )


def compare_answers(first: Answered, second: Answered, *, seed: int = 0) -> Compared:
    """Compare two networks on the rows that both answered and neither was trained on.

    Args:
        first: answers of one network.
        second: answers of the other.
        seed: decides what is drawn.

    Raises:
        KerazooError: if there are no such rows, or they are not the same.

    Example:
        >>> from kerazoo.saved import load_card
        >>> def of(right):
        ...     rows = {"row": np.arange(12), "truth": np.full(12, "a"), "right": np.array(right)}
        ...     return Answered("xor", load_card("xor"), rows, by_row=True)
        >>> found = compare_answers(of([1] * 12), of([1] * 5 + [0] * 7))
        >>> found.alone, round(found.p, 4), found.better
        ((7, 0), 0.0156, 0)
    """
    one, two = _paired(first, second)
    if "right" in one:
        return _compare_classes(np.asarray(one["right"]), np.asarray(two["right"]))
    return _compare_numbers(one, two, seed)


def _paired(first: Answered, second: Answered) -> tuple[Columns, Columns]:
    """Return the columns of both for the rows that both have, in the same order."""
    keys = [name for name in first.columns if name not in _ANSWERS]
    others = [name for name in second.columns if name not in _ANSWERS]
    ids = [_ids(one.columns, keys) for one in (first, second)] if keys == others else [{}, {}]
    whole = len(ids[0]) == len(ids[1]) == len(ids[0].keys() & ids[1].keys())
    if not whole and not (first.by_row and second.by_row):
        raise _other_rows(first, second)
    common = [key for key in ids[0] if key in ids[1]]
    if not common:
        raise KerazooError(
            f"no row is in the test part of both {first.name} and {second.name}. Add --data PATH: "
            "rows that neither was trained on."
        )
    pair = tuple(
        {name: np.asarray(values)[[index[key] for key in common]] for name, values in columns}
        for columns, index in zip((first.columns.items(), second.columns.items()), ids, strict=True)
    )
    true, other = (np.asarray(one["truth"]) for one in pair)
    if true.dtype.kind == "f":
        same = np.allclose(true, other, rtol=_CLOSE, atol=_CLOSE * float(np.abs(true).max()))
    else:
        same = bool((true == other).all())
    if not same:
        raise _other_rows(first, second)
    return pair[0], pair[1]


def _ids(columns: Columns, keys: list[str]) -> dict[tuple[str, ...], int]:
    texts = [np.asarray(columns[name]).astype(str).tolist() for name in keys]
    return {key: index for index, key in enumerate(zip(*texts, strict=True))}


def _other_rows(first: Answered, second: Answered) -> KerazooError:
    return KerazooError(
        f"{first.name} and {second.name} are judged on other rows, or the truth in these differs. "
        "Add --data PATH: rows that both can answer."
    )


def _compare_classes(first: np.ndarray, second: np.ndarray) -> Compared:
    from scipy.stats import binomtest  # half a second

    alone = int(((first == 1) & (second == 0)).sum()), int(((first == 0) & (second == 1)).sum())
    p = float(binomtest(min(alone), sum(alone)).pvalue) if sum(alone) else 1.0
    scores = float(first.mean()), float(second.mean())
    better = (0 if alone[0] > alone[1] else 1) if p < LEVEL else None
    return Compared(len(first), "accuracy", scores, alone, scores[0] - scores[1], None, p, better)


def _compare_numbers(one: Columns, two: Columns, seed: int) -> Compared:
    errors = [np.abs(np.asarray(columns["error"], "float64")) for columns in (one, two)]
    scores = float(errors[0].mean()), float(errors[1].mean())
    sums, counts = _blocks(one, errors[0] - errors[1])
    random = np.random.default_rng(seed)
    draws = _DRAWS if len(sums) <= _MANY_BLOCKS else _FEWER_DRAWS
    observed = abs(sums.sum())
    as_large, means = 0, []
    chunk = max(1, _NUMBERS_AT_ONCE // len(sums))
    for start in range(0, draws, chunk):
        shape = (min(chunk, draws - start), len(sums))
        signs = 2.0 * random.integers(0, 2, shape) - 1
        as_large += int((np.abs(signs @ sums) >= observed * (1 - 1e-9)).sum())
        drawn = random.integers(0, len(sums), shape)
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    p = (1 + as_large) / (1 + draws)
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    difference = float(sums.sum() / counts.sum())
    better = (0 if difference < 0 else 1) if p < LEVEL else None
    return Compared(
        len(errors[0]),
        "mean_absolute_error",
        scores,
        None,
        difference,
        (float(low), float(high)),
        p,
        better,
    )


def _blocks(columns: Columns, differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums of blocks of rows that are drawn together, and how many rows each has.

    A row of a table is a block by itself. Of a series it is as many windows as the cube root of
    all, or as overlap, with all that is predicted from them.
    """
    if "ahead" not in columns:
        return differences, np.ones(len(differences))
    ahead = np.asarray(columns["ahead"]).astype(int)
    window = columns.get("window")
    first = np.asarray(columns["row"]).astype(int) - ahead if window is None else window
    names = np.asarray(columns.get("series", np.zeros(len(ahead), int)))
    length = max(int(ahead.max()), math.ceil(len(np.unique(first)) ** (1 / 3)))
    starts = {name: np.asarray(first)[names == name].min() for name in np.unique(names)}
    begin = np.array([starts[name] for name in names])
    _, which = np.unique(
        np.stack([np.unique(names, return_inverse=True)[1], (first - begin) // length]),
        axis=1,
        return_inverse=True,
    )
    return np.bincount(which.ravel(), differences), np.bincount(which.ravel()).astype(float)


def verdict(names: tuple[str, str], found: Compared) -> str:
    """Say in words which network is better, or that the rows do not decide.

    Example:
        >>> found = Compared(9, "accuracy", (0.5, 0.6), (1, 2), -0.1, None, 1.0, None)
        >>> verdict(("a", "b"), found)
        'these 9 rows do not decide between a and b (p = 1).'
    """
    rows = counted(found.rows, "row")
    p = "p < 0.0001" if found.p < 1e-4 else f"p = {found.p:.2g}"
    if found.better is None:
        return f"these {rows} do not decide between {names[0]} and {names[1]} ({p})."
    better, other = names[found.better], names[1 - found.better]
    return f"{better} is better than {other} on these {rows} ({p})."
