"""The options of `kerazoo predict` that ask how sure answers are, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from kerazoo._wording import agree, listed
from kerazoo.errors import WrongUsage
from kerazoo.predict import Prediction
from kerazoo.predict.certainty import (
    checked_coverage,
    classes_that_cannot_be_left_out,
    with_coverage,
)
from kerazoo.predict.prediction import class_indices
from kerazoo.saved.calibration import EACH_CLASS, PLAIN, SETS
from kerazoo.saved.card import Card
from kerazoo.tasks import Option, Request
from kerazoo.tasks._scores import describe_probabilities, probabilities_of

_USUAL = 0.9
_FEWEST_OF_90 = 9  # rows of which one in ten may be beyond the largest score

COVERAGE = Option(
    "Add to each answer the set of classes, or the interval, that holds the truth so often, such "
    "as 0.9.",
    float,
    needs_data=False,
    metavar="SHARE",
)
"""The option `coverage` of `kerazoo predict`."""

SETS_OF = Option(
    "How sets are made: as small as can be, and empty for none of these; adaptive, never empty; or "
    "so that they hold the truth so often in each class, rare ones too.",
    choices=SETS,
    needs_data=False,
    default=PLAIN,
)
"""The option `sets` of `kerazoo predict`."""


DISTANCE = Option(
    "Add how far each row is from the training rows that the model holds, and the share of "
    "validation rows that are as far or farther: a row of which it is 0.01 is odd.",
    kind=bool,
    needs_data=False,
)
"""The option `distance` of `kerazoo predict`."""


def asked_coverage(card: Card, request: Request) -> Callable[[Prediction], Prediction] | None:
    """Return what adds sets or intervals to answers, if they were asked for.

    Classes that no set can leave out are said.

    Raises:
        InvalidInput: if the coverage is not between 0 and 1.
        KerazooError: if the saved model has no scores.
        WrongUsage: if there is a kind of sets and no coverage.
    """
    coverage, sets = request.options.get("coverage"), request.options.get("sets", PLAIN)
    if coverage is None:
        if "sets" in request.options:
            raise WrongUsage("--sets goes with --coverage: add --coverage 0.9, or leave it out.")
        return None
    checked_coverage(card, coverage, sets)
    always = classes_that_cannot_be_left_out(card, coverage) if sets == EACH_CLASS else []
    if always:
        request.say(
            f"{listed(always)} {agree(len(always), 'is', 'are')} in every set: there were too few "
            f"validation rows of {agree(len(always), 'that class', 'these classes')}."
        )
    return partial(with_coverage, card=card, coverage=coverage, sets=sets)


def score_certainty(
    answer: Prediction, card: Card, y: np.ndarray, weight: np.ndarray | None
) -> dict[str, float]:
    """Return how often sets or intervals that are to hold 90 % of the truth do, and their size.

    Args:
        answer: to rows whose truth is known.
        card: of the network that gave it.
        y: the truth: numbers, class indices or one-hot rows.
        weight: how much each row counts; the same by default.

    Returns:
        `coverage_90`; `set_size_90` of classes, or `width_90` of numbers; and, of a network whose
        probabilities are calibrated, `calibration_error_before`. Empty if the card has no scores,
        or too few.
    """
    calibration = card.calibration
    if calibration is None:
        return {}
    scores = {}
    if calibration.temperature not in (None, 1.0):
        truth = class_indices(y)
        before = describe_probabilities(truth, probabilities_of(answer.values), weight)
        scores["calibration_error_before"] = before["calibration_error"]
    if calibration.rows < _FEWEST_OF_90:
        return scores
    covered = with_coverage(answer, card, _USUAL)
    if covered.in_set is not None:
        truth = class_indices(y)
        holds, size = covered.in_set[np.arange(len(truth)), truth], covered.in_set.sum(axis=1)
        measured = {"coverage_90": holds, "set_size_90": size}
    else:
        assert covered.interval is not None
        low, high = covered.interval.T
        truth = np.asarray(y, "float64").ravel()
        measured = {"coverage_90": (low <= truth) & (truth <= high), "width_90": high - low}
    return scores | {
        name: float(np.average(values, weights=weight)) for name, values in measured.items()
    }
