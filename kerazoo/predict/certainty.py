"""Sets of classes and intervals of numbers that hold the truth as often as was asked for."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict.prediction import Prediction
from kerazoo.saved.calibration import (
    ADAPTIVE,
    DISTANCE,
    EACH_CLASS,
    PLAIN,
    SETS,
    Calibration,
    adaptive_scores,
    plain_scores,
)
from kerazoo.saved.card import Card


def with_coverage(
    prediction: Prediction, card: Card, coverage: float, sets: str = PLAIN
) -> Prediction:
    """Add to answers the sets or intervals that hold the truth of a share of rows.

    Args:
        prediction: the answers.
        card: of the network, with the scores of rows that it was not trained on.
        coverage: that share, 0 < coverage < 1.
        sets: one of `SETS`; a number has intervals of one kind.

    Raises:
        InvalidInput: if the coverage is no such share, or more than the scores can tell.
        KerazooError: if the card has no scores.
    """
    calibration = checked_coverage(card, coverage, sets)
    if not card.class_names:
        limit = _limit(calibration, DISTANCE, coverage, card)
        # An infinity of a row that has no answer stays that row's own.
        ends = np.asarray(prediction.values, "float64") + np.array([-limit, limit])
        return dataclasses.replace(prediction, coverage=coverage, interval=ends)
    p = prediction.probabilities
    assert p is not None
    if sets == EACH_CLASS:
        limits = [scores.limit(coverage) for scores in calibration.each_class]
        in_set = plain_scores(p) <= np.array(limits, "float32")
    else:
        scores = adaptive_scores(p) if sets == ADAPTIVE else plain_scores(p)
        in_set = scores <= np.float32(_limit(calibration, sets, coverage, card))
    in_set &= ~np.isnan(p).any(axis=1, keepdims=True)
    return dataclasses.replace(prediction, coverage=coverage, in_set=in_set)


def checked_coverage(card: Card, coverage: Any, sets: str = PLAIN) -> Calibration:
    """Return what a card says of how sure answers are, if that can tell what is asked for.

    Raises:
        InvalidInput: if the coverage is no share, or there are no such sets.
        KerazooError: if the card has no scores.
    """
    is_number = isinstance(coverage, int | float | np.number) and not isinstance(coverage, bool)
    if not is_number or not 0 < coverage < 1:
        raise InvalidInput(
            f"coverage is {coverage!r}; pass the share of rows whose truth is to be held, above 0 "
            "and below 1, such as 0.9."
        )
    if sets not in SETS:
        raise InvalidInput(f"sets is {sets!r}; expected one of {', '.join(SETS)}.")
    if card.calibration is None:
        raise KerazooError(
            f"{card.name!r} has no scores of validation rows, which sets and intervals are made "
            f"of. Add them: kerazoo calibrate MODEL, or kerazoo calibrate MODEL --data PATH."
        )
    if sets != PLAIN and not card.class_names:
        raise InvalidInput(f"{card.name!r} predicts a number; sets of classes take a classifier.")
    return card.calibration


def classes_that_cannot_be_left_out(card: Card, coverage: float) -> list[str]:
    """Return the classes with too few validation rows to tell when they are not meant."""
    each = card.calibration.each_class if card.calibration is not None else ()
    return [
        name
        for name, scores in zip(card.class_names, each, strict=False)
        if math.isinf(scores.limit(coverage))
    ]


def _limit(calibration: Calibration, kind: str, coverage: float, card: Card) -> float:
    limit = calibration.scores[kind].limit(coverage)
    if math.isinf(limit):
        most = calibration.rows / (calibration.rows + 1)
        raise InvalidInput(
            f"coverage is {coverage:g}, which takes more rows than the {calibration.rows} that "
            f"{card.name!r} was calibrated on: with these, {math.floor(most * 1000) / 1000:g} is "
            "the most. Ask for less, or calibrate it on more rows: kerazoo calibrate MODEL --data "
            "PATH."
        )
    return limit
