"""Choices before a training: which engine trains, and whether XLA compiles its program."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from kerazoo._machine import free_memory
from kerazoo._notes import warn_user
from kerazoo.engine.callback_hooks import batch_hook
from kerazoo.engine.data import Data
from kerazoo.engine.freezing import trainable_as_compiled
from kerazoo.engine.keras_internals import layers_of, set_steps_per_execution
from kerazoo.engine.progress import ProgressLine, closing_displays
from kerazoo.errors import KerazooError

MEMORY_SHARE = 0.5
"""Share of the free memory that resident data may take."""

BLOCK_BYTES = 2**27
"""Size of the blocks of larger data: the same on every machine, as the numbers depend on it."""

# After how many steps XLA has paid for its compilation, in seconds of the processor on two cores.
# Dense networks of two layers: 1,500 (784-128-10) and 2,000 (2-2-1). Of four layers, which take
# several times as long to compile: 8,000 (12-48-24-12-3) and 12,500 (13-52-39-26-1). Recurrent
# layers that run whole sequences do so without XLA, too: 4,000. Where Keras loops over time, a step
# repeats its operations at every time step, but is compiled once: 300.
_SHALLOW_LAYERS = 2
_SHALLOW_STEPS_WORTH_XLA = 2000
_DEEP_STEPS_WORTH_XLA = 10_000
_RECURRENT_STEPS_WORTH_XLA = 4000
_STEPS_OF_KERAS_LOOP_WORTH_XLA = 300

_STEPS_PER_CALL_OF_FIT = 16
"""Steps that Keras' `fit` runs in one call, if no callback does anything at single batches."""

# As benchmarks/train_speed.py measured it.
_COST_OF_BATCHES = (
    " (each step is then a call from Python: dense networks take 15 to 300 times as long, "
    "recurrent ones 6 to 30, convolutional ones 1.3 to 2.5 times)"
)

_trainings: contextvars.ContextVar[int] = contextvars.ContextVar("trainings", default=1)

_said: set[str] = set()


def reason_for_keras(
    model: keras.Model,
    data: Data,
    callbacks: Sequence[keras.callbacks.Callback],
    *,
    in_blocks: bool = False,
) -> str | None:
    """Return why the resident engine cannot train this, or `None` if it can."""
    if keras.backend.backend() != "tensorflow":
        return f"the Keras backend is {keras.backend.backend()}, not tensorflow"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    for callback in callbacks:
        hook = batch_hook(callback)
        if hook:
            return f"{type(callback).__name__}.{hook} is called for every batch{_COST_OF_BATCHES}"
    if in_blocks and model.distribute_strategy.num_replicas_in_sync > 1:
        return (
            f"the data takes {data.nbytes / 2**30:.1f} GiB and would be read a block at a time, "
            "which several devices or workers cannot do"
        )
    return None


def choose_block_rows(data: Data) -> int | None:
    """Return how many rows should be in memory at once, or `None` for all of them.

    All are if they take at most half of the free memory. If not, there are about 128 MiB at a time.
    """
    if data.nbytes <= MEMORY_SHARE * free_memory():
        return None
    return max(1, BLOCK_BYTES * data.train.rows // data.train.nbytes)


def say_once(reason: str) -> None:
    """Tell the user, once per process, that Keras' own `fit` trains and why."""
    if reason not in _said:
        _said.add(reason)
        warn_user(f"training with keras.Model.fit, because {reason}.")


@contextlib.contextmanager
def many_trainings(count: int) -> Iterator[None]:
    """Tell `fit_model` that networks of one structure are trained so many times.

    They share one compiled program, so XLA pays for itself sooner: it is chosen by the steps of all
    trainings together. Whether XLA compiles a program changes the last digits of its numbers.

    Args:
        count: how many trainings, >= 1.

    Raises:
        KerazooError: if the count is below 1.

    Example:
        >>> import kerazoo
        >>> with many_trainings(10):
        ...     runs = [kerazoo.train("boston", seed=seed) for seed in range(10)]  # doctest: +SKIP
    """
    if count < 1:
        raise KerazooError(f"count is {count}; pass how many trainings there will be, at least 1.")
    token = _trainings.set(count)
    try:
        yield
    finally:
        _trainings.reset(token)


def choose_jit_compile(model: keras.Model, steps: int) -> bool:
    """Tell whether XLA should compile the whole program, from what the network contains.

    Measured on two cores, one graph per epoch, with XLA against without: dense 13-52-39-26-1 is
    2.2 times as fast, 12-48-24-12-3 8 times, 784-128-10 on 45,000 images 3.6 times, an LSTM
    over 180 time steps 1.7 times and over 5 time steps 2.4 times, each after 1 to 3 seconds of
    compilation. Convolutions take 3 times as long. So XLA is on for dense and recurrent networks
    that are trained for long enough, and off for convolutions. On a GPU, where nothing was
    measured, Keras' own choice holds. Under a strategy of several replicas XLA is off.

    Args:
        model: a compiled model.
        steps: training steps in the whole training. Within `many_trainings`, they count for each.
    """
    steps *= _trainings.get()
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return False
    if model.jit_compile or _on_accelerator():
        return bool(model.jit_compile)
    layers = layers_of(model)
    kinds = [kind.__name__ for layer in layers for kind in type(layer).__mro__]
    if not all(layer.supports_jit for layer in layers):
        return False
    # Pooling over everything is a mean or a maximum, which XLA is good at.
    if any("Conv" in kind or ("Pooling" in kind and "Global" not in kind) for kind in kinds):
        return False
    from kerazoo.engine.recurrent.layers import keras_loops  # imports TensorFlow

    if any(isinstance(layer, keras.layers.RNN) for layer in layers):
        loops = keras_loops(model)
        return steps >= (_STEPS_OF_KERAS_LOOP_WORTH_XLA if loops else _RECURRENT_STEPS_WORTH_XLA)
    own = [layer for layer in layers if not isinstance(layer, keras.Model)]
    deep = sum(bool(layer.trainable_weights) for layer in own) > _SHALLOW_LAYERS
    return steps >= (_DEEP_STEPS_WORTH_XLA if deep else _SHALLOW_STEPS_WORTH_XLA)


def keras_fit(
    model: keras.Model,
    train: Any,
    validation: Any,
    callbacks: Sequence[keras.callbacks.Callback],
    options: Mapping[str, Any],
) -> keras.callbacks.History:
    """Train with `keras.Model.fit`, several steps per call where no callback needs single batches.

    Args:
        model: a compiled model.
        train: what `fit` takes, or a tuple `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        validation: the same.
        callbacks: Keras callbacks.
        options: further arguments of `fit`.
    """
    options = dict(options)
    x, y, weight = (*train, None, None)[:3] if isinstance(train, tuple) else (train, None, None)
    if not isinstance(train, (tuple, keras.utils.PyDataset)):
        options["shuffle"] = False  # Keras cannot shuffle it, and warns if it is asked to.
    if any(isinstance(callback, ProgressLine) for callback in callbacks):
        options["verbose"] = 0  # one display is enough
    before = model.steps_per_execution
    limits = (options.get("steps_per_epoch"), options.get("validation_steps"))
    if before == 1 and not any(limits) and _may_bundle_steps(model, callbacks):
        set_steps_per_execution(model, _STEPS_PER_CALL_OF_FIT)
    try:
        with _tracing_as_compiled(model), closing_displays(callbacks):
            return model.fit(
                x,
                y,
                sample_weight=weight,
                validation_data=validation,
                callbacks=list(callbacks),
                **options,
            )
    finally:
        set_steps_per_execution(model, before)


@contextlib.contextmanager
def _tracing_as_compiled(model: keras.Model) -> Iterator[None]:
    """Let `fit` trace the step with the layers trainable that were so at first.

    It would do so itself, but for steps that run in one call it traces the step again every time.
    """
    if keras.backend.backend() != "tensorflow" or model.run_eagerly:
        yield
        return
    own_step = vars(model).get("train_step")
    step = model.train_step

    def train_step(batch: Any) -> Any:
        with trainable_as_compiled(model):
            return step(batch)

    model.train_step = train_step
    try:
        yield
    finally:
        if own_step is None:
            del model.train_step
        else:
            model.train_step = own_step


def _on_accelerator() -> bool:
    import tensorflow as tf

    return any(device.device_type != "CPU" for device in tf.config.list_physical_devices())


def _may_bundle_steps(model: keras.Model, callbacks: Sequence[keras.callbacks.Callback]) -> bool:
    return (
        keras.backend.backend() == "tensorflow"
        and not model.run_eagerly
        and not any(map(batch_hook, callbacks))
    )
