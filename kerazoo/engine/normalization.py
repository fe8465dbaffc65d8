"""Normalization layers: adapted on the training part, once, whatever the unit of the numbers.

It happens before a step is traced: mean and variance are constants of the graph. They are computed
in float64, and stored so that Keras' own layer, which divides by `max(sqrt(variance), 1e-7)`,
answers well:

- An input column that is constant in training tells nothing. Its variance becomes the largest
  number of float32, so that whatever the column is later comes out as 0.
- A spread below 1e-7 is more than Keras' layer can divide by, and gradients in the square of a tiny
  or huge unit vanish in optimizers or overflow. Such a layer becomes a `Normalization` of this
  file, which has the same name, configuration and weights.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np

from kerazoo._notes import warn_user
from kerazoo._protocols import AdaptsToInputs, AdaptsToPieces
from kerazoo._wording import counted
from kerazoo.engine.data import for_keras
from kerazoo.engine.keras_internals import layers_of, outputs_of
from kerazoo.engine.statistics import describe_blocks
from kerazoo.errors import InvalidInput, KerazooError

_NO_EFFECT = float(np.finfo("float32").max)
_SMALLEST, _LARGEST = float(np.finfo("float32").tiny), _NO_EFFECT
_KERAS_SMALLEST_SPREAD = 1e-7
# Adam adds 1e-7 to gradients that go with the square of the target's spread: below 1e-2 they
# drown. The square of such a gradient, which Adam keeps, leaves float32 above 1e9.
_PLAIN_TARGET_SPREADS = (1e-2, 1e8)

Blocks = Callable[[], Iterable[tuple[Any, Any]]]
"""What yields inputs and targets, a block of rows at a time, as often as it is called."""


@keras.saving.register_keras_serializable(package="kerazoo")
class Normalization(keras.layers.Normalization):
    """`keras.layers.Normalization` for numbers in any unit.

    It divides by the spread itself, however small. With `invert=True` gradients do not go with the
    unit either: for a target of a tiny spread they are those of the squared error of standardized
    targets; for one of a huge spread they pass unchanged.

    A file that Keras' own `model.save` writes names this class: import this module before
    `keras.models.load_model`.

    Example:
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[1e-9], [3e-9]], "float32"))
        >>> layer(np.array([[3e-9]], "float32")).numpy().round(3).tolist()
        [[1.0]]
    """

    def call(self, inputs: Any) -> Any:
        ops = keras.ops
        inputs = ops.convert_to_tensor(inputs, dtype=self.compute_dtype)
        spread = ops.sqrt(self.variance)
        if not self.invert:
            # Keras' own `adapt` stores 0 for a constant column.
            return (inputs - self.mean) / ops.where(spread > 0, spread, math.sqrt(_NO_EFFECT))
        # A constant target has no spread: its gradient is 0 in any case.
        slope = ops.where(spread < 1, 1 / ops.maximum(spread, math.sqrt(_SMALLEST)), 1)
        slope = ops.where(spread > 0, slope, 0)
        values = ops.stop_gradient(inputs)
        # The value of the last term is 0, and its gradient is `slope`.
        return self.mean + spread * values + slope * (inputs - values)


def adapt_normalization(model: keras.Model, x: Any, y: Any = None) -> list[str]:
    """Adapt every `Normalization` layer that is not adapted yet.

    A layer with `invert=True` undoes the standardization of a target: it is adapted on `y`. Other
    layers are adapted on their own inputs when the model is given `x`. A column that is constant
    there has no effect later.

    Args:
        model: a functional model, or a sequential one. Layers of a subclassed model are left as
            they are, and a warning says so.
        x: training inputs.
        y: training targets; needed only for layers with `invert=True`.

    Returns:
        The names of the layers that were adapted.

    Raises:
        InvalidInput: if float32 cannot hold the square of a spread.
        KerazooError: if a subclassed model has a layer that neither is adapted nor can be.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> model = kerazoo.build_boston()
        >>> adapt_normalization(model, *splits.train)
        ['standardize', 'price']
        >>> adapt_normalization(model, *splits.train)
        []
    """
    return adapt_to_blocks(model, lambda: [(x, y)])


def adapt_to_blocks(model: keras.Model, blocks: Blocks) -> list[str]:
    """Adapt every `Normalization` layer that is not adapted yet, to rows that come in blocks.

    Layers that learn more than a mean and a variance learn it from the first block alone, and a
    warning says so, unless they declare the protocol `AdaptsToPieces`.

    Args:
        model: as for `adapt_normalization`.
        blocks: what yields the training rows.

    Returns:
        The names of the layers that were adapted.
    """
    (x, y), is_all = _first_of(blocks)
    if isinstance(model, keras.Sequential) and not model.built and hasattr(x, "shape"):
        model.build(x.shape)
    layers = [
        layer
        for layer in getattr(model, "layers", ())
        if isinstance(layer, keras.layers.Normalization) and _is_fresh(layer)
    ]
    if layers and not getattr(model, "inputs", None):
        _check_left_out(model, layers)
        return []
    adapted = []
    for layer in getattr(model, "layers", ()):
        # Protocol AdaptsToInputs: layers of models/tabular/_columns.py, models/text/_terms.py and
        # models/recommender/_lookup.py declare it.
        if isinstance(layer, AdaptsToInputs) and not layer.is_adapted:
            if isinstance(layer, AdaptsToPieces) and not is_all:
                layer.adapt_to_pieces(functools.partial(_inputs_in, model, layer, blocks))
                adapted.append(layer.name)
                continue
            layer.adapt_to(_inputs_of(model, layer, x))
            adapted.append(layer.name)
            if not is_all:
                rows = counted(len(keras.tree.flatten(x)[0]), "row")
                warn_user(
                    f"{layer.name!r} of {model.name!r} learns from the first {rows} alone: "
                    "the data is read a block at a time. Shuffle the rows of the file first."
                )
    for layer in layers:
        if layer.invert and y is None:
            continue
        _set_statistics(layer, _values_of(model, layer, blocks))
        adapted.append(layer.name)
    for inner in getattr(model, "layers", ()):
        if isinstance(inner, keras.Model) and _holds_fresh(inner):
            adapted += adapt_to_blocks(inner, _blocks_of(model, inner, blocks))
    widen_normalization(model)
    return adapted


@contextlib.contextmanager
def statistics_as_variables(model: keras.Model) -> Iterator[None]:
    """While a graph is traced, let it read means and variances from the layers' variables.

    They are constants otherwise, and a graph would serve one training part only.

    Args:
        model: one whose layers are adapted.
    """
    layers = [
        layer
        for layer in layers_of(model)
        if isinstance(layer, keras.layers.Normalization)
        and layer.built
        and layer.input_mean is None
    ]
    constants = [(layer.mean, layer.variance) for layer in layers]
    try:
        for layer in layers:
            layer.finalize_state()  # `mean` and `variance` become tensors of the graph
        yield
    finally:
        for layer, (mean, variance) in zip(layers, constants, strict=True):
            layer.mean, layer.variance = mean, variance


def widen_normalization(model: keras.Model) -> None:
    """Let layers whose statistics are too small or too large for Keras' formula use ours.

    Args:
        model: one whose layers are adapted, or whose weights have been loaded.
    """
    for layer in getattr(model, "layers", ()):
        if isinstance(layer, keras.Model):
            widen_normalization(layer)
        if type(layer) is not keras.layers.Normalization or layer.input_mean is not None:
            continue
        if not layer.built:
            continue
        spread = np.sqrt(keras.ops.convert_to_numpy(layer.weights[1]))
        low, high = (_KERAS_SMALLEST_SPREAD, math.inf)
        if layer.invert:
            low, high = _PLAIN_TARGET_SPREADS
        if np.any(spread < low) or np.any(spread > high):
            # The layer is part of a graph of layers already, so it cannot be replaced. The two
            # classes have the same attributes.
            object.__setattr__(layer, "__class__", Normalization)


def _first_of(blocks: Blocks) -> tuple[tuple[Any, Any], bool]:
    """Return the first block, and whether there is no other."""
    source = iter(blocks())
    return next(source), next(source, None) is None


def _blocks_of(model: keras.Model, layer: keras.layers.Layer, blocks: Blocks) -> Blocks:
    """Return what yields the inputs of a layer in place of those of its model."""
    return lambda: ((_inputs_of(model, layer, x), y) for x, y in blocks())


def _inputs_in(
    model: keras.Model, layer: keras.layers.Layer, blocks: Blocks
) -> Iterator[np.ndarray]:
    return (_inputs_of(model, layer, x) for x, _ in blocks())


def _values_of(
    model: keras.Model, layer: keras.layers.Normalization, blocks: Blocks
) -> Iterator[np.ndarray]:
    for x, y in blocks():
        yield _targets_of(model, layer, x, y) if layer.invert else _inputs_of(model, layer, x)


def _is_fresh(layer: keras.layers.Normalization) -> bool:
    """Tell whether mean and variance are still the initial 0 and 1."""
    if layer.input_mean is not None:
        return False
    if not layer.built:
        return True
    mean, variance = (keras.ops.convert_to_numpy(v) for v in layer.weights[:2])
    return bool(np.all(mean == 0) and np.all(variance == 1))


def _holds_fresh(model: keras.Model) -> bool:
    return any(
        _holds_fresh(layer)
        if isinstance(layer, keras.Model)
        else isinstance(layer, keras.layers.Normalization) and _is_fresh(layer)
        for layer in model.layers
    )


def _check_left_out(model: keras.Model, layers: list[keras.layers.Layer]) -> None:
    names = ", ".join(layer.name for layer in layers)
    text = (
        f"{names} of {model.name!r} is not adapted and standardizes nothing: kerazoo adapts layers "
        "of functional and sequential models only. Call its adapt before training."
    )
    if not all(layer.built for layer in layers):
        raise KerazooError(text)  # Keras would build it inside a graph and then fail to use it
    warn_user(text)


def _inputs_of(model: keras.Model, layer: keras.layers.Layer, x: Any) -> Any:
    """Return what a layer is given when the model is given `x`."""
    if len(model.inputs) == 1 and layer.input is model.inputs[0] and hasattr(x, "shape"):
        return np.asarray(x)
    # The inputs as they were given: a dict may have other keys than the inputs have names.
    inputs = model.inputs if isinstance(model, keras.Sequential) else model.input
    before = keras.Model(inputs, layer.input)
    limit = keras.config.max_steps_per_epoch()
    keras.config.set_max_steps_per_epoch(None)  # it would cut off the statistics, too
    try:
        return before.predict(for_keras(x), verbose=0)
    finally:
        keras.config.set_max_steps_per_epoch(limit)


def _targets_of(model: keras.Model, layer: keras.layers.Layer, x: Any, y: Any) -> np.ndarray:
    """Return what a layer should give: the targets, less what the model's last layer adds to it."""
    targets = _as_columns(y)
    shape = layer.output.shape
    # A distribution, `(rows, horizon, 2)`, has as many targets as rows ahead.
    width = shape[1] if len(shape) == 3 and shape[-1] == 2 else shape[-1]
    if targets.shape[1] != width:
        raise InvalidInput(
            f"there are {targets.shape[1]} targets a row; {model.name!r} predicts {width}. Pass as "
            "many, or build a network of more outputs."
        )
    last = model.layers[-1]
    if not isinstance(last, keras.layers.Add) or outputs_of(last)[0] is not model.outputs[0]:
        return targets
    others = [term for term in last.input if not any(term is own for own in outputs_of(layer))]
    if len(others) != 1 or len(last.input) != 2:
        return targets
    added = keras.Model(model.inputs, others[0]).predict(x, verbose=0)
    if added.ndim == 3:  # a distribution, whose mean comes first
        added = added[..., 0]
    return targets.astype("float64") - _as_columns(added)


def _as_columns(y: Any) -> np.ndarray:
    targets = np.asarray(y)
    return targets.reshape(len(targets), -1)


def _as_layer_takes(
    layer: keras.layers.Normalization, values: np.ndarray
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return values of a built layer, and the axes that it takes mean and variance over."""
    if values.ndim == 1:
        values = values[:, None]
    if not layer.built:
        layer.build(values.shape)
    kept = {axis % values.ndim for axis in layer.axis}
    # The network is given float32: what is the same there is constant for it.
    return values.astype("float32"), tuple(n for n in range(values.ndim) if n not in kept)


def _set_statistics(layer: keras.layers.Normalization, blocks: Iterable[np.ndarray]) -> None:
    """Store mean and variance of the values, as float32 but computed in float64."""
    found = describe_blocks(_as_layer_takes(layer, values) for values in blocks)
    low, high, mean, variance = found.low, found.high, found.mean, found.variance
    constant = low == high
    if np.any(~constant & ((variance < _SMALLEST) | (variance > _LARGEST))):
        raise InvalidInput(
            f"{layer.name!r} is given numbers with a spread of {np.sqrt(variance[~constant])}, and "
            "float32 cannot hold the square of all. Pass them in another unit."
        )
    mean = np.where(constant, low, mean)
    variance = np.where(constant, 0.0 if layer.invert else _NO_EFFECT, variance)
    layer.adapt_mean.assign(mean.astype("float32"))
    layer.adapt_variance.assign(variance.astype("float32"))
    layer.finalize_state()
