"""A network as a `.tflite` file, compared with Keras before it is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._protocols import ServedInHalfPrecision
from kerazoo.errors import KerazooError
from kerazoo.saved.card import Probe, scale_of
from kerazoo.saved.trust import remember

if TYPE_CHECKING:
    import keras

_TOLERANCE = 1e-4
_HALF_PRECISION_TOLERANCE = 1e-3
_LONGEST_UNROLLED = 200  # steps; each adds some twenty operations to the file


class LitertFailure(KerazooError):
    """A network that LiteRT cannot run, or not with the same outputs."""


def write_litert(model: keras.Model, path: Path, probe: Probe) -> float:
    """Export for LiteRT, and compare its outputs with those of Keras.

    Recurrent layers would become loops of TensorFlow operations that LiteRT does not have: short
    loops are unrolled, and long ones written with the loop that it has.

    Args:
        model: a built network.
        path: the file to write, ending in `.tflite`.
        probe: rows, and what Keras makes of them.

    Returns:
        The largest difference, in units of `card.scale_of`.

    Raises:
        LitertFailure: if it cannot be exported or gives other outputs; no file is left.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise LitertFailure("only a network of one input and one output is exported for LiteRT.")
    with _looped(model) as long_loops:
        return _try_litert((None if long_loops else _unroll(model)) or model, path, probe)


def _try_litert(model: keras.Model, path: Path, probe: Probe) -> float:
    from kerazoo.runtimes.litert import LitertNetwork
    from kerazoo.runtimes.tensorflow import half_precision_options

    try:
        # Models of words declare the protocol; an unrolled copy is never one of them.
        half = isinstance(model, ServedInHalfPrecision) and model.served_in_half_precision
        options = half_precision_options() if half else {}
        model.export(path, format="litert", verbose=False, **options)
        content = path.read_bytes()
        network = LitertNetwork(content, path.name)
        difference = check_outputs(network(probe.inputs[0].decode()), probe, "LiteRT", half)
    except Exception as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        raise LitertFailure(f"LiteRT cannot run it: {first_line(error)}") from error
    remember(content)
    return difference


@contextlib.contextmanager
def _looped(model: keras.Model) -> Iterator[bool]:
    """While a model is exported, let recurrent layers that read long sequences use LiteRT's loop.

    Yields:
        Whether that is so: of layers whose last output alone is used, and of no other.
    """
    import keras

    from kerazoo.engine.keras_internals import layers_of

    layers = [one for one in layers_of(model) if isinstance(one, keras.layers.RNN)]
    steps = model.inputs[0].shape[1] if len(model.inputs[0].shape) > 1 else None
    fits = bool(layers) and steps is not None and steps > _LONGEST_UNROLLED
    fits = fits and not any(one.return_sequences or one.stateful for one in layers)
    try:
        for layer in layers if fits else ():
            layer.inner_loop = _make_loop(layer)
        yield fits
    finally:
        for layer in layers:
            layer.__dict__.pop("inner_loop", None)  # it hid the method of the class


def _make_loop(layer: keras.layers.RNN) -> Callable[..., Any]:
    """Return what takes the place of `inner_loop` where only the last output is used."""
    from keras import ops

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        mask = mask[0] if isinstance(mask, list | tuple) else mask  # (batch, time) or None
        steps = sequences.shape[1]

        def step(number: Any, output: Any, *states: Any) -> tuple[Any, ...]:
            time = steps - 1 - number if layer.go_backwards else number
            row = ops.take(sequences, time, axis=1)  # (batch, features)
            new, new_states = layer.cell(row, list(states), training=False)
            if mask is not None:
                counts = ops.take(ops.cast(mask, "bool"), time, axis=1)[:, None]
                new = ops.where(counts, new, output)
                new_states = [
                    ops.where(counts, after, before)
                    for after, before in zip(new_states, states, strict=True)
                ]
            return (number + 1, new, *new_states)

        first = (ops.convert_to_tensor(0, "int32"), ops.zeros_like(initial_state[0]))
        _, output, *states = ops.while_loop(
            lambda number, *_: number < steps, step, (*first, *initial_state)
        )
        return output, output[:, None], states

    return inner_loop


def _unroll(model: keras.Model) -> keras.Model | None:
    """Return a copy whose recurrent layers have no loop; `None` if there are none, or no length."""
    import keras

    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]
    wrapped = [layer for layer in model.layers if isinstance(layer, keras.layers.Bidirectional)]
    if not recurrent + wrapped or None in model.inputs[0].shape[1:]:
        return None
    copy = keras.models.clone_model(model, clone_function=_clone_unrolled)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # computes what it uses from the weights, which are new
    return copy


def _clone_unrolled(layer: keras.layers.Layer) -> keras.layers.Layer:
    import keras

    config = layer.get_config()
    if isinstance(layer, keras.layers.RNN):
        config["unroll"] = True
    if isinstance(layer, keras.layers.Bidirectional):
        for direction in ("layer", "backward_layer"):
            if config.get(direction):
                config[direction]["config"]["unroll"] = True
    return type(layer).from_config(config)


def check_outputs(outputs: Any, probe: Probe, runtime: str, half: bool = False) -> float:
    """Return the difference from Keras' outputs, if it is one of rounding."""
    expected = probe.outputs[0].decode()
    if outputs.shape != expected.shape:
        raise KerazooError(
            f"{runtime} gives outputs of shape {outputs.shape}, Keras of {expected.shape}; nothing "
            "was written. Choose another format."
        )
    difference = float(np.abs(outputs.astype("float64") - expected).max()) / scale_of(expected)
    if not difference <= (_HALF_PRECISION_TOLERANCE if half else _TOLERANCE):
        raise KerazooError(
            f"{runtime}'s outputs are off by {difference:.2g} from Keras'; nothing was written. "
            "Choose another format."
        )
    return difference


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
