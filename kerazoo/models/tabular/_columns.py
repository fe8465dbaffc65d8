"""The columns of a table, as they come, in a form that a network can learn from.

A network's `columns` argument says what each input column is, in one whole number:

- `0`: a number; NaN where the cell is empty.
- `n > 0`: one of `n` words, by its code 0 to n - 1; n stands for any other word, and NaN for an
  empty cell.
- `-1`: a date, in days since 1970-01-01; NaN where the cell is empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np

from kerazoo.models.tabular._spans import Spans

_DATE = -1
_DAYS_OF_YEAR = 365.2425
_DAYS_OF_WEEK = 7
_SAMPLE = 2**18  # rows that tell the edges of bins, if not all are in memory
_STEEPEST = 1e38  # of what float32 can hold
_FAR = 30.0  # spreads from the middle; what is farther away moves the answer no further
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, Monday being 0


def standardize(inputs: Any, columns: Sequence[int]) -> Any:
    """Standardize the columns of a table that are given as `columns`, or numbers if none are."""
    if columns:
        return EncodeColumns(columns, name="standardize")(inputs)
    return keras.layers.Normalization(name="standardize")(inputs)


@keras.saving.register_keras_serializable(package="kerazoo")
class EncodeColumns(keras.layers.Layer):
    """Columns of a table as features: each kind in its own way, empty cells included.

    A number becomes `(number - center) * scale`, at most 30 either way, and a mark of whether it is
    missing. With `bins`, it also becomes a piecewise-linear code: 1 in every bin below it, 0 in
    every bin above, and a fraction in its own; from the code a small layer of its own makes `units`
    features. A date is a number that also tells the season and the day of the week. A word becomes
    a vector with a 1 at its code.

    `adapt_to` takes the statistics from training rows; `fit_model` calls it. It offers the
    protocol `AdaptsToInputs` of `kerazoo/_protocols.py`.

    Args:
        columns: what each column is, as the first lines of this file say.
        bins: bins of the code of a number, between quantiles; 0 for none.
        units: features that are made of the code of a number.
        forget: share of the cells that a training step takes for empty, or for another word, so
            that the network learns what to make of these.
        name: of the layer.

    Input shape:
        `(rows, columns)`, NaN where a cell is empty.

    Output shape:
        `(rows, features)`.

    Example:
        >>> layer = EncodeColumns((0, 2))
        >>> layer.adapt_to(np.array([[1.0, 0], [3.0, 1]], "float32"))
        >>> layer(np.array([[3.0, 1], [np.nan, np.nan]], "float32")).numpy().tolist()
        [[1.0, 0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]]

    Reference:
        Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep
        learning", 2022 (piecewise-linear encoding).
    """

    takes_missing = True

    def __init__(
        self,
        columns: Sequence[int],
        bins: int = 0,
        units: int = 0,
        forget: float = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)
        self.bins = bins
        self.units = units
        self.forget = forget
        self.seed_generator = keras.random.SeedGenerator() if forget else None
        kinds = np.array(self.columns)
        self._numbers = np.flatnonzero(kinds <= 0)
        self._words = np.flatnonzero(kinds > 0)
        self._dates = np.flatnonzero(kinds[self._numbers] == _DATE)

    def build(self, input_shape: Sequence[int | None]) -> None:
        count = len(self._numbers)
        self.adapted = self._statistic("adapted", ())
        if count:
            self.center = self._statistic("center", (count,))
            self.scale = self._statistic("scale", (count,))
        if count and self.bins:
            self.starts = self._statistic("starts", (count, self.bins))
            self.slopes = self._statistic("slopes", (count, self.bins))
            uniform = keras.initializers.RandomUniform(*_limits(self.bins))
            self.kernel = self.add_weight(
                shape=(count, self.bins, self.units), initializer=uniform, name="kernel"
            )
            self.bias = self.add_weight(shape=(count, self.units), initializer=uniform, name="bias")
            self.missing = self.add_weight(
                shape=(count, self.units), initializer="zeros", name="missing"
            )

    def _statistic(self, name: str, shape: tuple[int, ...]) -> Any:
        return self.add_weight(shape=shape, initializer="zeros", trainable=False, name=name)

    @property
    def is_adapted(self) -> bool:
        """Whether statistics were taken. Part of the protocol `AdaptsToInputs`."""
        return bool(self.built and keras.ops.convert_to_numpy(self.adapted) > 0)

    def adapt_to(self, values: np.ndarray) -> None:
        """Take the statistics from training rows. Part of the protocol `AdaptsToInputs`."""
        if not self.built:
            self.build(values.shape)
        numbers = np.asarray(values, "float64")[:, self._numbers]
        self._take([_describe(column[~np.isnan(column)]) for column in numbers.T], numbers)

    def adapt_to_pieces(self, pieces: Callable[[], Iterable[np.ndarray]]) -> None:
        """Take them from rows of which some are in memory at once: of bins, from a sample.

        Part of the protocol `AdaptsToPieces`.
        """
        spans: Spans | None = None
        sample, count = [], 0
        for values in pieces():
            if not self.built:
                self.build(values.shape)
            numbers = np.asarray(values, "float64")[:, self._numbers]
            spans = Spans.of(numbers) if spans is None else spans + Spans.of(numbers)
            if self.bins and count < _SAMPLE:
                sample.append(numbers[: _SAMPLE - count])
                count += len(sample[-1])
        assert spans is not None
        self._take(
            [_spread(*one) for one in spans.columns()],
            np.concatenate(sample) if sample else np.empty((0, len(self._numbers))),
        )

    def _take(self, statistics: list[tuple[float, float]], numbers: np.ndarray) -> None:
        if statistics:
            center, scale = np.array(statistics, "float32").T
            self.center.assign(center)
            self.scale.assign(scale)
        if statistics and self.bins:
            bins = [_bins_of(column[~np.isnan(column)], self.bins) for column in numbers.T]
            starts, slopes = np.array(bins, "float32").transpose(1, 0, 2)
            self.starts.assign(starts)
            self.slopes.assign(slopes)
        self.adapted.assign(1.0)

    def call(self, inputs: Any, training: bool = False) -> Any:
        ops = keras.ops
        inputs = ops.convert_to_tensor(inputs, self.compute_dtype)
        if training and self.forget:
            inputs = self._forget(inputs)
        parts = []
        if len(self._numbers):
            numbers = ops.take(inputs, self._numbers, axis=1)  # (rows, numbers)
            # Not isnan: LiteRT has no such operation.
            is_missing = ops.not_equal(numbers, numbers)
            filled = ops.where(is_missing, self.center, numbers)
            missing = ops.cast(is_missing, self.compute_dtype)
            parts += self._encode_numbers(filled, missing)
            if len(self._dates):
                days = ops.take(filled, self._dates, axis=1)
                known = 1 - ops.take(missing, self._dates, axis=1)
                parts.append(_encode_dates(days, known))
        if len(self._words):
            parts.append(self._encode_words(ops.take(inputs, self._words, axis=1)))
        return ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]

    def _forget(self, inputs: Any) -> Any:
        ops = keras.ops
        instead = np.where(np.array(self.columns) > 0, self.columns, np.nan)
        drawn = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        return ops.where(drawn < self.forget, instead.astype(self.compute_dtype), inputs)

    def _encode_numbers(self, filled: Any, missing: Any) -> list[Any]:
        ops = keras.ops
        standardized = ops.clip((filled - self.center) * self.scale, -_FAR, _FAR)
        if not self.bins:
            return [standardized, missing]
        filled, missing = filled[..., None], missing[..., None]  # (rows, numbers, 1)
        code = ops.clip((filled - self.starts) * self.slopes, 0, 1)  # (rows, numbers, bins)
        code = code * (1 - missing)
        # Each number has a small layer of its own: (numbers, bins, units).
        features = ops.einsum("rnb,nbu->rnu", code, self.kernel) + self.bias
        features = ops.relu(features + missing * self.missing)
        return [
            standardized,
            missing[..., 0],
            ops.reshape(features, (-1, len(self._numbers) * self.units)),
        ]

    def _encode_words(self, codes: Any) -> Any:  # (rows, columns of words)
        ops = keras.ops
        sizes = np.array(self.columns)[self._words]
        codes = ops.where(ops.not_equal(codes, codes), (sizes + 1).astype("float32"), codes)
        owner = np.repeat(np.arange(len(sizes)), sizes + 2)
        code = np.concatenate([np.arange(size + 2) for size in sizes]).astype("float32")
        # (rows, all codes of all columns): 1 where a column has that code.
        return ops.cast(ops.equal(ops.take(codes, owner, axis=1), code), self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, int]:
        numbers, dates = len(self._numbers), len(self._dates)
        words = sum(self.columns[index] + 2 for index in self._words)
        of_numbers = numbers * (2 + (self.units if self.bins else 0))
        return (input_shape[0], of_numbers + dates * (_DAYS_OF_WEEK + 2) + words)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "columns": list(self.columns),
            "bins": self.bins,
            "units": self.units,
            "forget": self.forget,
        }


def _limits(inputs: int) -> tuple[float, float]:
    return -1 / math.sqrt(inputs), 1 / math.sqrt(inputs)


def _describe(values: np.ndarray) -> tuple[float, float]:
    """Return the middle of a column, and 1 over its spread; 0 if it is constant."""
    if len(values) == 0:
        return 0.0, 0.0
    return _spread(float(np.mean(values)), float(np.std(values)), values.min(), values.max())


def _spread(center: float, deviation: float, low: float, high: float) -> tuple[float, float]:
    """Return a center, and 1 over a spread."""
    # The network is given float32: what is the same there is constant for it.
    if np.float32(low) == np.float32(high) or not np.isfinite(low):
        return center, 0.0
    return center, min(1 / deviation, _STEEPEST)


def _bins_of(values: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where each bin starts, and 1 over its width; 0 for bins that are left over."""
    starts, slopes = np.zeros(bins), np.zeros(bins)
    if len(values):
        edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)).astype("float32"))
        used = len(edges) - 1
        starts[:used] = edges[:-1]
        slopes[:used] = np.minimum(1 / np.diff(edges.astype("float64")), _STEEPEST)
    return starts, slopes


def _encode_dates(days: Any, known: Any) -> Any:
    """Return the season, as a point on a circle, and the day of the week: 9 features a date."""
    ops = keras.ops
    angle = days * (2 * math.pi / _DAYS_OF_YEAR)
    since_monday = ops.floor(days) + _EPOCH_WEEKDAY
    weekday = since_monday - _DAYS_OF_WEEK * ops.floor(since_monday / _DAYS_OF_WEEK)
    week = ops.equal(weekday[..., None], np.arange(_DAYS_OF_WEEK, dtype="float32"))
    season = ops.stack([ops.sin(angle), ops.cos(angle)], axis=-1)  # (rows, dates, 2)
    features = ops.concatenate([season, ops.cast(week, season.dtype)], axis=-1)
    features = features * known[..., None]
    return ops.reshape(features, (-1, features.shape[1] * features.shape[2]))
