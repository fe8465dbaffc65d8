"""The card: what a saved model is, takes and gives, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kerazoo.datasets.about import ABOUTS, About, Boxes, Images, Masks, Table
from kerazoo.errors import unknown_name
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Calibration
from kerazoo.saved.profile import Profile
from kerazoo.saved.typical import Typical

FORMAT = 2
MODEL_FILE = "model.keras"
LITERT_FILE = "model.tflite"
CARD_FILE = "card.json"
WORDS_FILE = "words.txt"


_TINY_UNIT = 1e-3


USUAL_TASKS = {
    "table": "rows",
    "images": "images",
    "masks": "segmentation",
    "boxes": "detection",
    "series": "series",
    "words": "words",
    "texts": "texts",
    "pairs": "translation",
    "ratings": "ranking",
}
"""What a network without a recipe is asked, by what it was trained on."""


def kind_of(about: About) -> str:
    """Return the name in `ABOUTS` of what a data set is about.

    Example:
        >>> kind_of(Images())
        'images'
    """
    return next(kind for kind, cls in ABOUTS.items() if type(about) is cls)


@dataclass(frozen=True)
class Tensor:
    """One input or output of a network.

    Args:
        name: its name in the Keras model.
        shape: its shape without the axis of the rows; `None` where any length will do.
        dtype: its type, such as `"float32"`.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True)
class Column:
    """One input column of a table.

    Args:
        name: its name in a header.
        minimum: the smallest value seen in training.
        maximum: the largest value seen in training.
        categories: the words that stand for the codes 0, 1, ...; empty for a number.
        kind: `"number"`, `"category"` or `"date"` if cells may be empty, and words be others than
            those of training.
    """

    name: str
    minimum: float
    maximum: float
    categories: tuple[str, ...] = ()
    kind: str | None = None

    @cached_property
    def codes(self) -> dict[str, float]:
        """The code of each word."""
        return {word: float(code) for code, word in enumerate(self.categories)}


@dataclass(frozen=True)
class File:
    """What a file of the saved model must be.

    Args:
        size: its length in bytes.
        sha256: the hash of its content.
    """

    size: int
    sha256: str


@dataclass(frozen=True)
class Probe:
    """A few rows and what the network made of them when it was saved.

    Args:
        inputs: an array per input.
        outputs: an array per output.
    """

    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]


@dataclass(frozen=True)
class ServedPart:
    """A model inside the network that answers on its own, such as a decoder.

    Args:
        inputs: what it takes.
        outputs: what it gives.
        litert_difference: how far LiteRT is from Keras on the probe.
        probe: a few rows, to check that loading gives the part that was saved.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    litert_difference: float
    probe: Probe


@dataclass(frozen=True)
class Origin:
    """A network that a training started from, instead of from random numbers.

    Args:
        model: the SHA-256 of its `model.keras`.
        data: hash of the data it was trained and judged on.
    """

    model: str
    data: str | None


@dataclass(frozen=True)
class Card:
    """What a saved model is, takes and gives.

    Args:
        format: version of this layout.
        name: the network: a name from `list_models()`, or the user's own.
        task: what it is asked: the name of a task, such as `"rows"`.
        variant: the recipe it was trained by, `"documented"` or `"tuned"`, if any.
        seed: what its training started from.
        builder_arguments: how the network was built.
        architecture: hash of its layers and their configuration.
        parameters: how many numbers its weights hold, trainable or not.
        recipe: hash of the recipe.
        dataset: the data set of the recipe; `None` in cards of old, and without a recipe.
        data: hash of the data it was trained and judged on.
        inputs: what it takes.
        outputs: what it gives.
        about: what it was trained on, as its data set says; `None` if nobody said. The words of a
            text have a file of their own.
        ranges: for a table, the smallest and the largest training value of each column.
        valid_range: the smallest and the largest input that has a meaning, such as 0 and 255.
        metrics: test metrics by seed; `None` for one that is not finite.
        versions: the libraries that wrote it.
        litert_difference: how far LiteRT is from Keras on the probe; `None` without LiteRT.
        files: the other files.
        probe: a few rows, to check that loading gives the network that was saved.
        residuals: for a forecaster, how far the validation rows were from its forecasts:
            `(rows, horizon)`, at most some hundred rows.
        parts: models inside it that are served too, each from a LiteRT file of its name.
        experiments: mean test metrics of its recipe's other experiments, such as from scratch.
        anomaly_threshold: for a network that draws images again, the 99th percentile of the mean
            squared errors of validation images, in squares of the range 0..1; for one of a table,
            that of its errors of validation rows.
        source: of data of the user's, where its test rows lay in training, as it was given.
        origins: the networks that its training went on from, the oldest first.
        calibration: what validation rows say of how sure its answers are.
        profile: for a table, what the training rows looked like.
        typical: for a table or images of classes, how far validation rows are from training rows.
    """

    format: int
    name: str
    task: str | None
    variant: str | None
    seed: int | None
    builder_arguments: Mapping[str, Any]
    architecture: str
    parameters: int
    recipe: str | None
    data: str | None
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    about: About | None
    ranges: tuple[tuple[float, ...], ...]
    valid_range: tuple[float, ...] | None
    metrics: Mapping[str, Mapping[str, float | None]]
    versions: Mapping[str, str]
    litert_difference: float | None
    files: Mapping[str, File]
    probe: Probe
    residuals: Array | None = None
    parts: Mapping[str, ServedPart] | None = None
    experiments: Mapping[str, Mapping[str, float]] | None = None
    dataset: str | None = None
    anomaly_threshold: float | None = None
    source: str | None = None
    origins: tuple[Origin, ...] | None = None
    calibration: Calibration | None = None
    profile: Profile | None = None
    typical: Typical | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The input columns, if it takes a table."""
        if not isinstance(self.about, Table):
            return ()
        categories, kinds = self.about.categories, self.about.kinds or {}
        return tuple(
            Column(name, low, high, tuple(categories.get(name, ())), kinds.get(name))
            for name, (low, high) in zip(self.about.feature_names, self.ranges, strict=True)
        )

    @cached_property
    def takes_missing(self) -> bool:
        """Whether it takes tables with empty cells, and with words that it does not know."""
        return isinstance(self.about, Table) and bool(self.about.kinds)

    @property
    def class_names(self) -> tuple[str, ...]:
        """A name per class; empty for anything but a classifier."""
        if self.about is None or self.task == "generation":
            return ()
        # A class of a pixel or of an object is not that of a row.
        return () if isinstance(self.about, Masks | Boxes) else self.about.class_names

    @property
    def drawn_classes(self) -> tuple[str, ...]:
        """The classes that images can be asked for of; empty if it draws none, or of all alike."""
        if self.about is None or self.task != "generation":
            return ()
        return self.about.class_names

    @property
    def target_name(self) -> str:
        """What it predicts; `""` if nobody said."""
        return self.about.target_name if self.about is not None else ""

    @property
    def as_origin(self) -> Origin:
        """What the card of a network says that goes on from this one."""
        return Origin(self.files[MODEL_FILE].sha256, self.data)

    @property
    def has_litert(self) -> bool:
        """Whether the network can run without Keras."""
        return LITERT_FILE in self.files

    def of_part(self, name: str) -> Card:
        """Return the card of one of the parts, as if that were all that was saved.

        Raises:
            UnknownName: if it has no such part.
        """
        parts = self.parts or {}
        if name not in parts:
            raise unknown_name(f"part of {self.name!r}", name, sorted(parts))
        part = parts[name]
        takes_pixels = part.inputs[0].dtype == "uint8"
        about = self.about
        if isinstance(about, Images) and takes_pixels:
            about = replace(about, class_names=())
        elif not isinstance(about, Images):
            about = None
        return replace(
            self,
            inputs=part.inputs,
            outputs=part.outputs,
            litert_difference=part.litert_difference,
            probe=part.probe,
            valid_range=self.valid_range if takes_pixels else None,
            about=about,
            ranges=(),
            parts=None,
            anomaly_threshold=None,
            calibration=None,
            profile=None,
            typical=None,
        )


def scale_of(outputs: np.ndarray) -> float:
    """Return what differences between a network's outputs are measured in.

    It is 1, or the largest output if that is above 1, or so small that the unit must be.

    Example:
        >>> scale_of(np.array([0.5])), scale_of(np.array([-20.0])), scale_of(np.array([2e-9]))
        (1.0, 20.0, 2e-09)
    """
    largest = float(np.abs(outputs).max())
    return largest if 0 < largest < _TINY_UNIT else max(1.0, largest)


def part_file(name: str) -> str:
    """Return the name of the LiteRT file of a part.

    Example:
        >>> part_file("decoder")
        'decoder.tflite'
    """
    return f"{name}.tflite"
