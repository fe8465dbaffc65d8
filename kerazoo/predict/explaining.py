"""Why a network answers as it does: rows of tables, texts and images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Images, Series, Texts
from kerazoo.errors import KerazooError
from kerazoo.predict.explanation import Explanation
from kerazoo.predict.occlusion import (
    PatchesCovered,
    WordsLeftOut,
    cover_patches,
    leave_out_words,
)
from kerazoo.predict.rows import check_array
from kerazoo.predict.shapley import MOST_EXACT, Answer, exact_values, sampled_values
from kerazoo.saved.card import Card

Explained = Explanation | WordsLeftOut | PatchesCovered


def explain(
    answer: Answer, rows: np.ndarray, card: Card, *, seed: int = 0, pairs: int | None = None
) -> Explained:
    """Say what each part of its input counts for an answer.

    Args:
        answer: gives `(rows, outputs)`: probabilities, or numbers.
        rows: as the network takes them.
        card: of the network.
        seed: decides the orders that are drawn, for a table beyond 13 columns.
        pairs: how many of them.

    Raises:
        KerazooError: if its inputs are none that can be explained.
    """
    if isinstance(card.about, Texts):
        return leave_out_words(answer, rows, card)
    if isinstance(card.about, Images) and card.class_names:
        return cover_patches(answer, rows, card)
    if isinstance(card.about, Series):
        return explain_windows(answer, rows, card, seed=seed, pairs=pairs)
    return explain_rows(answer, rows, card, seed=seed, pairs=pairs)


def explain_rows(
    answer: Answer, rows: np.ndarray, card: Card, *, seed: int = 0, pairs: int | None = None
) -> Explanation:
    """Share each answer out to the columns of its row.

    Args:
        answer: gives `(rows, outputs)`: probabilities, or numbers.
        rows: `(rows, columns)`, as the network takes them.
        card: of the network, with the training rows that answers are compared with.
        seed: decides the orders that are drawn, beyond 13 columns.
        pairs: how many of them.

    Raises:
        KerazooError: if the network takes no table, or the card has no training rows.
    """
    if not card.columns:
        raise KerazooError(
            f"{card.name!r} cannot be explained; only answers to tables, texts and images can. Use "
            "kerazoo.plots.plot_grad_cam for images of a network that does not say what it takes."
        )
    if card.profile is None:
        raise KerazooError(
            f"{card.name!r} has no sample of its training rows, which an explanation compares "
            "with. Add it: kerazoo calibrate MODEL, with --data PATH if it was trained on data of "
            "yours."
        )
    known = check_array(card.profile.sample.decode(), card, "card.json")
    found = _shared_out(answer, rows, known, card, seed=seed, pairs=pairs)
    names = tuple(column.name for column in card.columns)
    return replace(found, columns=names, kinds=card.columns)


def explain_windows(
    answer: Answer, rows: np.ndarray, card: Card, *, seed: int = 0, pairs: int | None = None
) -> Explanation:
    """Share each forecast out to the values of its window, compared with a few stored windows.

    Args:
        answer: gives `(rows, horizon)` for windows, or mean and standard deviation for each row
            ahead, of which the means are explained.
        rows: `(rows, lag, features)`.
        card: of a network that forecasts.
        seed: decides the orders that are drawn, beyond 13 values.
        pairs: how many of them.
    """
    about = card.about
    assert isinstance(about, Series)
    lag, features = rows.shape[1:]

    numbers = answer(rows[:1]).shape[1] // about.horizon  # of an answer, for each row ahead

    def answer_flat(flat: np.ndarray) -> np.ndarray:
        return answer(flat.reshape(-1, lag, features))[:, ::numbers]

    known = check_array(card.probe.inputs[0].decode(), card, "card.json", is_probe=True)
    flat = rows.reshape(len(rows), -1)
    known = known.reshape(len(known), -1)
    found = _shared_out(answer_flat, flat, known, card, seed=seed, pairs=pairs)
    names = tuple(
        f"{feature} {counted(lag - step, 'row')} before"
        for step in range(lag)
        for feature in about.feature_names
    )
    return replace(found, columns=names)


def _shared_out(
    answer: Answer,
    rows: np.ndarray,
    known: np.ndarray,
    card: Card,
    *,
    seed: int,
    pairs: int | None,
) -> Explanation:
    """Return Shapley values, exact if the columns are few; they have no names yet."""
    answers, baseline = answer(rows), answer(known).astype("float64").mean(axis=0)
    errors = None
    if rows.shape[1] <= MOST_EXACT:
        values = np.stack([exact_values(answer, row, known) for row in rows])
    else:
        both = [sampled_values(answer, row, known, seed, pairs) for row in rows]
        values, errors = (np.stack(one) for one in zip(*both, strict=True))
    outputs = card.class_names or _outputs(card, answers.shape[1])
    return Explanation((), outputs, rows, values, baseline, answers, errors)


def _outputs(card: Card, count: int) -> tuple[str, ...]:
    target = card.target_name or "prediction"
    return (target,) if count == 1 else tuple(f"{target}_{n}" for n in range(count))
