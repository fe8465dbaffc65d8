"""How sure a saved network's answers are, learned from rows that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Series
from kerazoo.datasets.splits import WeightedPart, is_trained_on
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.saved import add_to_card
from kerazoo.saved.calibration import Calibration
from kerazoo.saved.profile import Profile, profile_of_splits
from kerazoo.saved.reading import Saved
from kerazoo.saved.typical import Typical, typical_of_splits
from kerazoo.saved.validating import answers_like, calibrate


@dataclass(frozen=True)
class Calibrated:
    """What a saved network's card now says.

    Args:
        calibration: how sure its answers are; `None` of a forecaster, which knew that before.
        is_validation: whether the rows are the validation part of its training.
        profile: what its training rows looked like, if these are known and of a table.
        absent: classes without a row.
        typical: how far validation rows are from training rows, if these are known.
    """

    calibration: Calibration | None
    is_validation: bool
    profile: Profile | None
    absent: tuple[str, ...]
    typical: Typical | None


def calibrate_saved(saved: Saved, splits: Splits) -> Calibrated:
    """Learn how sure a saved network's answers are, and write it into its card.

    A forecaster has learned its intervals in training. Of it, how far validation windows are from
    training windows is learned. Other files stay as they are.

    Args:
        saved: the network.
        splits: the data that it was trained on, of which the validation part counts; or other data
            that it was not trained on, of which all rows count.

    Raises:
        KerazooError: if its answers are no classes and no numbers, or the card cannot be written.
    """
    if isinstance(splits.about, Series) and isinstance(saved.card.about, Series):
        return _learn_distance(saved, splits)
    predictor = load_predictor(saved)
    card = predictor.card
    is_own = splits.hash() == card.data
    rows = splits.validation if is_own else _all_rows(splits)
    if card.about is None or not answers_like(splits.about, card.outputs[0].shape, rows):
        raise KerazooError(
            f"{card.name} cannot be calibrated: that takes a network which answers each row with a "
            "class or a number, and rows whose truth is known."
        )
    if is_own and is_trained_on(rows, splits):
        raise KerazooError(
            f"{card.name} was validated on its training rows, of which it is too sure. Add --data "
            "PATH: labeled rows that it was not trained on."
        )
    calibration = calibrate(
        lambda batch: predictor.predict_array(batch).values,
        splits.about,
        rows,
        data=card.data if is_own else None,
        dtype=card.inputs[0].dtype,
    )
    if calibration is None:
        raise KerazooError(
            f"{card.name} cannot be calibrated: what it gives are no probabilities, which must be "
            "from 0 to 1 and add up to 1. Let it end in a softmax."
        )
    profile = profile_of_splits(splits, card.inputs[0].dtype) if is_own else None
    typical = typical_of_splits(splits, card.inputs[0].dtype) if is_own else None
    names = zip(card.class_names, calibration.each_class, strict=False)
    absent = tuple(name for name, scores in names if not scores.rows)
    return _written(saved, Calibrated(calibration, is_own, profile, absent, typical))


def _learn_distance(saved: Saved, splits: Splits) -> Calibrated:
    """Learn how far the validation windows of a forecaster are from its training windows."""
    card = saved.card
    if splits.hash() != card.data:
        raise KerazooError(
            f"{card.name} has learned its intervals in training (kerazoo predict --coverage), and "
            "learns how odd a window is from the series that it was trained on alone. Give that, "
            "as it was then, or train again on this one."
        )
    typical = typical_of_splits(splits, card.inputs[0].dtype)
    if typical is None:
        raise KerazooError(
            f"{card.name} cannot learn how odd a window is: that takes validation rows that it "
            "was not trained on, and windows of at most 2,048 numbers."
        )
    return _written(saved, Calibrated(None, True, None, (), typical))


def _written(saved: Saved, done: Calibrated) -> Calibrated:
    """Write what was learned into the card."""
    try:
        add_to_card(
            saved.folder,
            calibration=done.calibration,
            profile=done.profile,
            typical=done.typical,
        )
    except OSError as error:
        raise KerazooError(
            f"{saved.folder} cannot be written: {error.strerror or error}. Copy it to a folder of "
            "your own, and calibrate that."
        ) from error
    return done


def _all_rows(splits: Splits) -> Part:
    """Return the rows of all parts: none of other data was trained on."""
    parts = [p for p in (splits.train, splits.validation, splits.test) if len(p.x)]
    if len(parts) == 1 or any(part.y is None for part in parts):
        return parts[0]
    x, y = (np.concatenate([np.asarray(array) for array in arrays]) for arrays in _columns(parts))
    weights = [part.weight for part in parts if part.weight is not None]
    if len(weights) == len(parts):
        return WeightedPart(x, y, np.concatenate(weights))
    return Part(x, y)


def _columns(parts: Sequence[Part]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    return [part.x for part in parts], [part.y for part in parts if part.y is not None]
