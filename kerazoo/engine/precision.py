"""Mixed precision for a model that is already built: compute in 16 bits, keep 32-bit weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keras

from kerazoo.engine.keras_internals import layers_of, outputs_of
from kerazoo.errors import unknown_name

PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16")

# Statistics of raw input need all their digits, and recurrent layers gain nothing.
_FULL_PRECISION_LAYERS = (keras.layers.Normalization, keras.layers.RNN)


def choose_precision(model: keras.Model, precision: str) -> str:
    """Return the precision that `"auto"` stands for; other names are returned as they are.

    `"auto"` is `mixed_bfloat16` for convolutional networks where the processor has bfloat16 units
    (a CPU with `avx512_bf16` or AMX, a GPU from compute capability 8.0), and `float32` otherwise. A
    convolutional step takes half the time there; dense and recurrent networks gain more from XLA.

    Raises:
        UnknownName: if there is no such precision.
    """
    if precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    if precision != "auto":
        return precision
    convolutional = any("Conv" in type(layer).__name__ for layer in layers_of(model))
    return "mixed_bfloat16" if convolutional and _has_bfloat16_units() else "float32"


@contextlib.contextmanager
def computing_in(model: keras.Model, precision: str | None) -> Iterator[None]:
    """Let the inner layers of a model compute in mixed precision, and put things back afterwards.

    Outputs, raw-input statistics, recurrent layers and layers that Keras does not know stay as they
    are, so that losses and predictions are float32. So do all weights.

    Args:
        model: a compiled model.
        precision: a name in `PRECISIONS` but "auto", or `None` to leave the model as it was built.
    """
    layers = _inner_layers(model) if precision else []
    before = [layer.dtype_policy for layer in layers]
    optimizer = model.optimizer
    try:
        for layer in layers:
            layer.dtype_policy = precision
        if precision == "mixed_float16" and not isinstance(
            optimizer, keras.optimizers.LossScaleOptimizer
        ):
            model.optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy
        model.optimizer = optimizer


def _inner_layers(model: keras.Model) -> list[keras.layers.Layer]:
    layers = layers_of(model, include_self=False)
    # An inner model, such as a decoder, has outputs of its own, which a loss may use.
    models = [model, *(layer for layer in layers if isinstance(layer, keras.Model))]
    tensors = [getattr(one, "outputs", None) or [] for one in models]
    outputs = {id(tensor) for tensor in keras.tree.flatten(tensors)}
    inner = []
    for layer in layers:
        if isinstance(layer, keras.Model):
            continue
        is_output = any(id(tensor) in outputs for tensor in outputs_of(layer))
        known = type(layer).__module__.startswith("keras.")
        if known and not is_output and not isinstance(layer, _FULL_PRECISION_LAYERS):
            inner.append(layer)
    return inner


def _has_bfloat16_units() -> bool:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return details.get("compute_capability", (0, 0)) >= (8, 0)
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags
