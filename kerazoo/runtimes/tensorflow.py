"""What an export needs of TensorFlow itself, beside Keras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def run_saved_model(path: Path, inputs: Sequence[np.ndarray]) -> np.ndarray:
    """Return the first output of a SavedModel that Keras exported.

    Args:
        path: its folder.
        inputs: an array per input.
    """
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))  # its variables live as long as this object
    tensors = [tf.constant(array) for array in inputs]
    outputs = loaded.serve(tensors if len(tensors) > 1 else tensors[0])
    first = outputs[0] if isinstance(outputs, list | tuple) else outputs
    return first.numpy()


def half_precision_options() -> dict[str, Any]:
    """Return options of the LiteRT converter for weights of 16 bits: half the size of the file."""
    import tensorflow as tf

    return {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "target_spec": {"supported_types": [tf.float16]},
    }
