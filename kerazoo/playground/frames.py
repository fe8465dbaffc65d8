"""What there is to see of a training: once as it is set up, and then in every frame."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerazoo.errors import unknown_name
from kerazoo.playground.arithmetic import (
    Layers,
    answers,
    gradients,
    loss_of,
    score_of,
)
from kerazoo.playground.data import Column, PlayData, Rows
from kerazoo.playground.settings import Settings

GRID = 40  # points of the picture in each direction
_LINE = 101  # points of a curve
_MARGIN = 0.05  # of the range of a column, around its points
_POINTS = 250  # of each part that are drawn
_GRADIENT_ROWS = 512  # that the gradients are taken over
_DIGITS = 5


@dataclass(frozen=True)
class Picture:
    """The columns that are the axes, and the rows that the network is asked for.

    Args:
        axes: one or two columns of numbers; none if the table has only words.
        ranges: the lowest and the highest value of each axis.
        inputs: `(points, inputs)`: the other columns have their typical values. Of two axes, the
            first varies fastest, and the second falls, as in an image.
    """

    axes: tuple[Column, ...]
    ranges: tuple[tuple[float, float], ...]
    inputs: np.ndarray


def plan_picture(data: PlayData, names: Sequence[str]) -> Picture:
    """Return what is asked to draw the picture.

    Args:
        data: of the playground.
        names: the columns on the axes; none for the two that go most with the target.

    Raises:
        UnknownName: if there is no such column of numbers.
    """
    numbers = {column.name: column for column in data.columns if column.is_number}
    for name in names:
        if name not in numbers:
            raise unknown_name("column of numbers", name, numbers)
    axes = tuple(numbers[name] for name in names) or _most_telling(data)
    ranges = tuple(_widened(column) for column in axes)
    typical = np.array([column.typical for column in data.columns])
    if not axes:
        return Picture((), (), data.encode(typical[None]))
    count = _LINE if len(axes) == 1 else GRID
    lines = [np.linspace(low, high, count) for low, high in ranges]
    if len(axes) == 2:
        across, up = np.meshgrid(lines[0], lines[1][::-1])
        lines = [across.ravel(), up.ravel()]
    rows = np.repeat(typical[None], len(lines[0]), axis=0)
    for column, line in zip(axes, lines, strict=True):
        rows[:, data.columns.index(column)] = line
    return Picture(axes, ranges, data.encode(rows))


def _most_telling(data: PlayData) -> tuple[Column, ...]:
    """Return up to two columns of numbers that correlate most with the target."""
    y = data.train.y
    targets = np.eye(data.outputs)[y] if data.kind == "classes" else y.astype("float64")
    targets = targets - targets.mean(axis=0)
    strength: dict[Column, float] = {}
    for column in data.columns:
        if column.is_number:
            x = column.encode(data.raw[0][:, data.columns.index(column)])
            both = np.abs(x.T.astype("float64") @ targets)[0]
            strength[column] = -float((both / (targets.std(axis=0) + 1e-12)).max())
    best = sorted(strength, key=lambda column: strength[column])[:2]
    return tuple(column for column in data.columns if column in best)  # as in the table


def _widened(column: Column) -> tuple[float, float]:
    margin = _MARGIN * (column.high - column.low) or 1.0
    return column.low - margin, column.high + margin


def describe_run(run: int, settings: Settings, data: PlayData, picture: Picture) -> dict[str, Any]:
    """Return what a page must know once, as JSON has it.

    Args:
        run: its number; frames of another one do not belong to it.
        settings: what was chosen.
        data: what the network learns from.
        picture: what is drawn.
    """
    shown = {column.name for column in picture.axes}
    others = [column for column in data.columns if column.name not in shown]
    return {
        "run": run,
        "settings": settings.plain(),
        "kind": data.kind,
        "classes": list(data.class_names),
        "target": data.target,
        "range": _target_range(data),
        "inputs": list(data.inputs),
        "numbers": [column.name for column in data.columns if column.is_number],
        "axes": [
            {"name": column.name, "low": low, "high": high}
            for column, (low, high) in zip(picture.axes, picture.ranges, strict=True)
        ],
        "others": [{"name": one.name, "typical": _typical(one)} for one in others],
        "grid": GRID,
        "rows": {"train": len(data.train.x), "test": len(data.test.x), "all": data.rows},
        "points": [
            _points(data, part, raw, picture)
            for part, raw in zip((data.train, data.test), data.raw, strict=True)
        ],
        "baseline": _baseline(data),
    }


def _typical(column: Column) -> str:
    if column.is_date:
        return str(np.datetime64(round(column.typical), "D"))
    return column.words[int(column.typical)] if column.words else f"{column.typical:.4g}"


def _target_range(data: PlayData) -> list[float]:
    """Return the lowest and the highest target of all rows; 0 and 1 for classes."""
    if data.kind != "number":
        return [0.0, 1.0]
    both = np.concatenate([data.train.y, data.test.y]) * data.spread + data.center
    low, high = float(both.min()), float(both.max())
    margin = _MARGIN * (high - low) or 1.0
    return [low - margin, high + margin]


def _points(data: PlayData, part: Rows, raw: np.ndarray, picture: Picture) -> dict[str, Any]:
    """Return some rows of a part as points: their place, and their target."""
    raw, y = raw[:_POINTS], part.y[:_POINTS].reshape(-1)
    targets = y * data.spread + data.center if data.kind == "number" else y
    columns = [raw[:, data.columns.index(column)] for column in picture.axes]
    return {"axes": [_rounded(one) for one in columns], "targets": _rounded(targets)}


def _baseline(data: PlayData) -> float:
    """Return the test score of always answering the mean, or the most frequent class."""
    known, wanted = data.train.y, data.test.y
    if data.kind == "number":
        return float(np.sqrt(np.mean(np.square(wanted - known.mean())))) * data.spread
    most = np.bincount(known.reshape(-1).astype(int)).argmax()
    return float(np.mean(wanted.reshape(-1) == most))


@dataclass
class Curve:
    """Losses of a training at some of its epochs: all of them, until there are too many."""

    most: int = 400
    every: int = 1
    epochs: list[int] = field(default_factory=list)
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)

    def add(self, epoch: int, train: float, test: float) -> None:
        """Take in the losses after an epoch; the newest are always kept.

        Example:
            >>> curve = Curve(most=4)
            >>> for epoch in range(9):
            ...     curve.add(epoch, 0.5, 0.5)
            >>> curve.epochs
            [0, 4, 8]
        """
        while len(self.epochs) > 1 and self.epochs[-1] < self.epochs[-2] + self.every:
            self._drop_last()
        self.epochs.append(epoch)
        self.train.append(train)
        self.test.append(test)
        if len(self.epochs) > self.most:
            self.every *= 2
            del self.epochs[1::2], self.train[1::2], self.test[1::2]

    def _drop_last(self) -> None:
        del self.epochs[-1], self.train[-1], self.test[-1]


@dataclass(frozen=True)
class Frame:
    """What there is to see after an epoch.

    Args:
        content: as JSON has it.
        is_finite: whether all numbers are; a rate that is too large ends that.
    """

    content: dict[str, Any]
    is_finite: bool


def make_frame(
    layers: Layers, settings: Settings, data: PlayData, picture: Picture, epoch: int, curve: Curve
) -> Frame:
    """Return what there is to see after an epoch, and add its losses to the curve.

    Args:
        layers: the weights.
        settings: what was chosen.
        data: what the network learns from.
        picture: what is drawn.
        epoch: how many epochs it has learned.
        curve: losses until now.
    """
    with np.errstate(all="ignore"):  # of weights that have grown beyond all bounds
        answered = [
            answers(layers, part.x, settings.activation, data.kind)
            for part in (data.train, data.test)
        ]
        drawn = answers(layers, picture.inputs, settings.activation, data.kind)
        x, y = (one[:_GRADIENT_ROWS] for one in data.train)
        slopes = gradients(layers, x, y, settings.activation, data.kind)
        parts = list(zip(answered, (data.train.y, data.test.y), strict=True))
        losses = [loss_of(one, wanted, data.kind) for one, wanted in parts]
        unit = data.spread if data.kind == "number" else 1.0
        scores = [unit * score_of(one, wanted, data.kind) for one, wanted in parts]
    is_finite = all(map(math.isfinite, losses)) and all(
        np.isfinite(kernel).all() for kernel, _ in layers
    )
    if is_finite:
        curve.add(epoch, *losses)
    content = {
        "epoch": epoch,
        "loss": _rounded(losses),
        "score": _rounded(scores),
        "curve": {
            "epochs": [*curve.epochs],
            "train": _rounded(curve.train),
            "test": _rounded(curve.test),
        },
        "picture": _draw(drawn, data, picture),
        "predicted": _predicted(answered[1], data),
        "layers": [
            {
                "inputs": len(layer.kernel),
                "units": len(layer.bias),
                "weights": _as_base64(np.nan_to_num(layer.kernel)),
                "size": _rounded([_mean_size(layer.kernel)])[0],
                "gradient": _rounded([_mean_size(slope.kernel)])[0],
            }
            for layer, slope in zip(layers, slopes, strict=True)
        ],
    }
    return Frame(content, is_finite)


def _draw(drawn: np.ndarray, data: PlayData, picture: Picture) -> dict[str, Any]:
    """Return the answers on the picture: lines for one axis, bytes for two.

    A byte is a share of the range of the target, or a probability: of the second class of two, or
    of the most probable one of several, beside which class that is.
    """
    if len(picture.axes) < 2:
        lines = drawn * data.spread + data.center if data.kind == "number" else drawn
        return {"lines": [_rounded(line) for line in lines.T]}
    values, best = drawn[:, 0], None
    if data.kind == "classes":
        best = _as_base64(drawn.argmax(axis=1).astype("uint8"))
        values = drawn.max(axis=1)
    if data.kind == "number":
        low, high = _target_range(data)
        values = (values * data.spread + data.center - low) / (high - low)
    shares = np.clip(np.nan_to_num(values), 0, 1)
    return {"values": _as_base64(np.round(255 * shares).astype("uint8")), "best": best}


def _predicted(answered: np.ndarray, data: PlayData) -> dict[str, Any]:
    """Return answers for test rows beside the truth; for classes, how often each was given."""
    wanted = data.test.y
    if data.kind == "number":
        both = (answered[:_POINTS, 0], wanted[:_POINTS, 0])
        given, true = (_rounded(one * data.spread + data.center) for one in both)
        return {"given": given, "true": true}
    best = answered.argmax(axis=1) if data.kind == "classes" else answered[:, 0] > 0.5
    count = len(data.class_names)
    table = np.zeros((count, count), int)
    np.add.at(table, (wanted.reshape(-1).astype(int), best.astype(int)), 1)
    return {"table": table.tolist()}


def _mean_size(values: np.ndarray) -> float:
    return float(np.mean(np.abs(values), dtype="float64"))


def _as_base64(values: np.ndarray) -> str:
    kind = "uint8" if values.dtype == np.uint8 else "<f4"
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def _rounded(values: Any) -> list[float | None]:
    """Return numbers of some digits, and `None` where there is none: JSON has no NaN."""
    return [
        float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
        for value in np.asarray(values, "float64").tolist()
    ]
