"""Exports for LiteRT, ONNX or TensorFlow, compared with Keras before they get their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.artifacts.card import Probe
from kerazoo.errors import KerazooError

if TYPE_CHECKING:
    import keras

_TOLERANCE = 1e-4


class LitertFailure(KerazooError):
    """A network that LiteRT cannot run, or not with the same answers."""


def write_litert(model: keras.Model, path: Path, probe: Probe) -> float:
    """Export for LiteRT, and compare its answers with those of Keras.

    Args:
        model: a built network.
        path: the file to write, ending in `.tflite`.
        probe: rows, and what Keras makes of them.

    Returns:
        The largest difference.

    Raises:
        LitertFailure: if it cannot be exported or gives other answers; no file is left.
    """
    from kerazoo.predictor.litert import LitertNetwork

    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise LitertFailure("only a network of one input and one output is exported for LiteRT.")
    try:
        model.export(path, format="litert", verbose=False)
        network = LitertNetwork(path.read_bytes(), model.name)
        answers = network(probe.inputs[0].decode())
        difference = _difference(answers, probe.outputs[0].decode())
        if not difference <= _TOLERANCE:
            raise LitertFailure(f"LiteRT's answers are off by {difference:.2g}.")
    except Exception as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError | LitertFailure):
            raise
        raise LitertFailure(f"LiteRT cannot run it: {_first_line(error)}") from error
    return difference


def _difference(answers: Any, expected: np.ndarray) -> float:
    """Return the largest difference, relative to the largest answer if that is above 1."""
    if answers.shape != expected.shape:
        return float("inf")
    scale = max(1.0, float(np.abs(expected).max()))
    return float(np.abs(answers.astype("float64") - expected.astype("float64")).max()) / scale


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
