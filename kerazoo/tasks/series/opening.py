"""A network that forecasts: how its windows are cut, how far off it was, and what answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Series
from kerazoo.datasets.splits import Splits
from kerazoo.errors import KerazooError
from kerazoo.saved.gaussian import means_of

if TYPE_CHECKING:
    import keras

    from kerazoo.predict import Predictor

_FAR = 10  # ranges of known rows, beyond which a value is in another unit
Predict = Callable[[np.ndarray], np.ndarray]
"""What answers a batch of windows."""


def validation_residuals(model: keras.Model, splits: Splits) -> np.ndarray:
    """Return how far the validation rows were from what a model forecasts for them.

    Args:
        model: a trained forecaster.
        splits: what it was trained on.

    Returns:
        `(rows, horizon)`, target minus forecast, float32.
    """
    predicted = model.predict(np.asarray(splits.validation.x), batch_size=1024, verbose=0)
    return (np.asarray(splits.validation.y) - means_of(predicted)).astype("float32")


def open_forecaster(model: Any, splits: Splits | None) -> tuple[Series, np.ndarray, Predict]:
    """Return how windows are cut, the validation residuals, and what answers a batch of windows."""
    from kerazoo.predict import Predictor, load_predictor

    if isinstance(model, str | os.PathLike):
        model = load_predictor(model)
    if isinstance(model, Predictor):
        card = model.card
        if not isinstance(card.about, Series) or card.residuals is None:
            raise KerazooError(
                f"{card.name!r} was not saved as a forecaster of a series. Train one with kerazoo "
                "train lstm, or pass splits= of a time series to save_model."
            )
        probe = card.probe.inputs[0].decode()
        return card.about, card.residuals.decode(), _warning_of_units(model, probe, card.about)
    if splits is None or not isinstance(splits.about, Series):
        raise KerazooError(
            "a Keras model does not know how its windows are cut: pass splits=, the time series "
            "that it was trained on, or save it and pass the directory."
        )
    import keras

    network = model  # the name is used for a predictor above
    return (
        splits.about,
        validation_residuals(network, splits),
        lambda x: keras.ops.convert_to_numpy(network(x, training=False)),
    )


def _warning_of_units(predictor: Predictor, probe: np.ndarray, series: Series) -> Predict:
    """Return what answers windows, and says so if the first is far from all that was learned from.

    Args:
        predictor: answers.
        probe: some windows of the network's own data.
        series: how they were cut.
    """
    width = len(series.columns)
    known = probe.reshape(-1, probe.shape[-1])[:, :width].astype("float64")
    low, high = known.min(axis=0), known.max(axis=0)
    # Of a column that is the same in all of these few rows, nobody knows how far it goes.
    margin = np.where(high > low, _FAR * (high - low), np.inf)
    is_first = [True]

    def answer(windows: np.ndarray) -> np.ndarray:
        if is_first.pop() if is_first else False:
            last = windows[0, -1, :width].astype("float64")
            for index in np.flatnonzero((last < low - margin) | (last > high + margin)):
                warn_user(
                    f"{series.columns[index]!r} is {last[index]:g} at the end of the history; in "
                    f"rows of the network's own data it was {low[index]:g} to {high[index]:g}. The "
                    "forecast is a guess: check the unit."
                )
        return predictor.predict_array(windows).values

    return answer
