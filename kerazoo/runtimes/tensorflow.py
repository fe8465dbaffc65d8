"""What is needed of TensorFlow itself, beside Keras: starting it, its devices, its exports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._machine import quiet_libraries


def quiet_tensorflow() -> None:
    """Start TensorFlow, and keep what it says about the machine out of a notebook.

    Errors are still shown, warnings of TensorFlow's own are not. Call it before anything else
    imports TensorFlow. LiteRT is quiet by itself.

    Example:
        >>> quiet_tensorflow()
    """
    with quiet_libraries():
        import tensorflow as tf

        tf.config.list_logical_devices()  # which looks for a GPU, and says so
    tf.get_logger().setLevel("ERROR")


def list_gpus() -> list[str]:
    """Return the names of the GPUs that TensorFlow can use."""
    import tensorflow as tf

    return [device.name for device in tf.config.list_physical_devices("GPU")]


def has_cuda() -> bool:
    """Tell whether this TensorFlow was built for CUDA."""
    import tensorflow as tf

    return bool(tf.test.is_built_with_cuda())


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
