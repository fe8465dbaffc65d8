"""What a card may say of how sure answers are, and of the training rows."""

from __future__ import annotations

import math

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Images, Series, Table, Texts
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import (
    ADAPTIVE,
    COLDEST,
    DISTANCE,
    HOTTEST,
    PLAIN,
    Calibration,
    Scores,
)
from kerazoo.saved.card import Card
from kerazoo.saved.card_checks import expect
from kerazoo.saved.profile import Profile
from kerazoo.saved.typical import SIDE, Typical

_ROUNDING = 1e-3


def check_trust(card: Card) -> None:
    """Raise `ValueError` if a card says what cannot be of its answers or of its training rows."""
    if card.calibration is not None:
        _check_calibration(card, card.calibration)
    if card.profile is not None:
        _check_profile(card, card.profile)
    if card.typical is not None:
        _check_typical(card, card.typical)


def _check_calibration(card: Card, found: Calibration) -> None:
    classes = len(card.class_names)
    expect(len(card.outputs) == 1, "one output that is calibrated", len(card.outputs))
    shape = card.outputs[0].shape
    digest = found.data or "0" * 64
    expect(len(digest) == 64 and set(digest) <= set("0123456789abcdef"), "a SHA-256", digest)
    expect((found.temperature is not None) == bool(classes), "a temperature of classes", shape)
    heat = 1.0 if found.temperature is None else found.temperature
    expect(COLDEST <= heat <= HOTTEST, f"a temperature of {COLDEST:g} to {HOTTEST:g}", heat)
    if not classes:
        expect(shape == (1,), "one number that is calibrated", shape)
    kinds = {PLAIN, ADAPTIVE} if classes else {DISTANCE}
    expect(found.scores.keys() == kinds, f"scores {sorted(kinds)}", sorted(found.scores))
    for scores in found.scores.values():
        expect(0 < scores.rows == found.rows, "scores of as many rows", scores.rows)
        _check_scores(scores, bool(classes))
    expect(len(found.each_class) == classes, "scores of each class", len(found.each_class))
    for scores in found.each_class:
        _check_scores(scores, bool(classes))
    total = sum(scores.rows for scores in found.each_class)
    expect(total == found.rows * bool(classes), "as many rows of all classes", total)


def _check_scores(scores: Scores, are_shares: bool) -> None:
    values = _numbers(scores.values, 1, "scores")
    expect(0 <= len(values) <= scores.rows, f"up to {scores.rows} scores", len(values))
    expect((len(values) > 0) == (scores.rows > 0), "scores of rows", len(values))
    expect(bool(np.isfinite(values).all()), "finite scores", "others")
    expect(bool((np.diff(values) >= 0).all()), "the smallest score first", "another order")
    if len(values):
        largest = 1 + _ROUNDING if are_shares else math.inf
        low, high = float(values[0]), float(values[-1])
        expect(low >= -_ROUNDING and high <= largest, f"scores of 0 to {largest:g}", (low, high))


def _check_profile(card: Card, found: Profile) -> None:
    about = card.about
    expect(isinstance(about, Table), "a table that has a profile", type(about).__name__)
    assert isinstance(about, Table)
    names = about.feature_names
    expect(found.rows > 0, "training rows", found.rows)
    expect(found.sample.dtype == card.inputs[0].dtype, "rows as it takes them", found.sample.dtype)
    sample = found.sample.decode()
    expect(sample.ndim == 2 and sample.shape[1] == len(names), "rows of columns", sample.shape)
    expect(0 < len(sample) <= found.rows, "rows of the training", len(sample))
    quantiles = _numbers(found.quantiles, 2, "quantiles")
    expect(quantiles.shape[1] == len(names), "quantiles of each column", quantiles.shape)
    expect(len(quantiles) > 1, "at least two quantiles", len(quantiles))
    expect(bool(np.isfinite(quantiles).all()), "finite quantiles", "others")
    expect(bool((np.diff(quantiles, axis=0) >= 0).all()), "the smallest quantile first", "others")
    expect(len(found.empty) == len(names), "a share of each column", len(found.empty))
    expect(all(0 <= share <= 1 for share in found.empty), "shares of 0 to 1", found.empty)
    known = {name for name in names if about.categories.get(name)}
    expect(found.shares.keys() == known, f"shares of {sorted(known)}", sorted(found.shares))
    for name, array in found.shares.items():
        shares = _numbers(array, 1, "shares")
        wanted = len(about.categories[name]) + 1
        expect(len(shares) == wanted, f"{wanted} shares of {name!r}", len(shares))
        fits = bool((shares >= 0).all()) and float(shares.sum()) <= 1 + _ROUNDING
        expect(fits, f"shares of {name!r} that add up", "others")


def _check_typical(card: Card, found: Typical) -> None:
    expect(found.distances.rows > 0, "distances of validation rows", found.distances.rows)
    _check_scores(found.distances, are_shares=False)
    if isinstance(card.about, Texts):
        expect(found.thumbnails is None, "nothing that texts are compared with", "thumbnails")
        return
    if isinstance(card.about, Series):
        expect(found.thumbnails is not None, "windows that a series is compared with", None)
        assert found.thumbnails is not None
        windows = _numbers(found.thumbnails, 2, "windows")
        wanted = math.prod(length or 0 for length in card.inputs[0].shape)
        fits = len(windows) > 0 and windows.shape[1] == wanted and np.isfinite(windows).all()
        expect(bool(fits), f"windows of {counted(wanted, 'number')}", windows.shape)
        return
    if found.thumbnails is None:
        expect(card.profile is not None, "training rows of a table, or thumbnails", None)
        return
    shape = card.inputs[0].shape
    fits = isinstance(card.about, Images) and len(shape) == 3 and min(n or 0 for n in shape) > 0
    expect(fits, "images that have thumbnails", shape)
    height, width, channels = (int(length or 0) for length in shape)
    means = SIDE * SIDE * channels
    expect(found.thumbnails.dtype == "uint8", "thumbnails in uint8", found.thumbnails.dtype)
    known = found.thumbnails.decode()
    fits = known.ndim == 2 and known.shape[1] in (means, 2 * means)
    expect(fits, f"{means} means, and as many deviations", known.shape)
    is_larger = min(height, width) >= SIDE
    expect(len(known) > 0 and is_larger, "thumbnails of larger images", known.shape)


def _numbers(array: Array, axes: int, what: str) -> np.ndarray:
    expect(array.dtype == "float32", f"{what} in float32", array.dtype)
    expect(len(array.shape) == axes, f"{what} of {axes} axes", array.shape)
    return array.decode()
