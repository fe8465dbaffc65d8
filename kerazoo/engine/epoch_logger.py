"""Loggers of epochs that leave many epochs in a call: what they note comes out after the call.

`EpochLogger` gathers what is known of each epoch; who inherits from it writes that somewhere.
`TensorBoardEpochs` stands for Keras' own `TensorBoard`.
"""

from __future__ import annotations

import abc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from kerazoo.engine.event_file import EventFile
from kerazoo.engine.keras_internals import learning_rate_of, profiles_batches


@dataclass(frozen=True)
class EpochValues:
    """What is known of an epoch.

    Args:
        epoch: its number, from 0.
        values: loss and metrics by name; those of validation begin with `val_`.
        rates: the learning rate when it ended, by name: one for each optimizer that tells.
        iterations: steps of the optimizer when it ended, if it counts them.
        ended: when that was, in seconds since 1970.
        seconds: how long it took. Of epochs that ran in one call, each took the same time.
    """

    epoch: int
    values: Mapping[str, Any]
    rates: Mapping[str, float] = field(default_factory=dict)
    iterations: int | None = None
    ended: float = 0.0
    seconds: float = 0.0


class EpochLogger(keras.callbacks.Callback, abc.ABC):
    """Gathers what is known of epochs, and hands it on once for each call of the program."""

    # Of the protocol `KeepsState`: a training may be resumed with or without a log.
    keeps_state = False
    # Of the protocol `ReadsValuesOnly`: it need not see every epoch at the moment when it ends.
    reads_values_only = True

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._waiting: list[tuple[int, dict[str, Any]]] = []
        self._began = time.time()
        self._iterations = _iterations_of(self.model)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._waiting = []
        self._began = time.time()
        self._iterations = _iterations_of(self.model)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._waiting.append((epoch, dict(logs or {})))
        if len(self._waiting) >= (self.params or {}).get("epochs_at_once", 1):
            waiting, self._waiting = self._waiting, []
            self.write(self._complete(waiting))

    @abc.abstractmethod
    def write(self, epochs: Sequence[EpochValues]) -> None:
        """Note the epochs of one call."""

    def _complete(self, epochs: Sequence[tuple[int, dict[str, Any]]]) -> list[EpochValues]:
        now, count = time.time(), len(epochs)
        shares = np.arange(1, count + 1) / count
        seconds = (now - self._began) / count
        ended = self._began + shares * (now - self._began)
        last = _iterations_of(self.model)
        steps: list[int] | None = None
        if last is not None and self._iterations is not None:
            steps = [int(one) for one in self._iterations + shares * (last - self._iterations)]
        # An optimizer that has made no step is not what trains, and its rate says nothing.
        moved = steps is not None and last != self._iterations
        rates = _rates(self.model, steps) if steps and moved else [{}] * count
        return [
            EpochValues(
                epoch=epoch,
                values=values,
                rates=rates[index],
                iterations=steps[index] if steps else None,
                ended=float(ended[index]),
                seconds=seconds,
            )
            for index, (epoch, values) in enumerate(epochs)
        ]


class TensorBoardEpochs(EpochLogger):
    """Does what a `TensorBoard` that is set to epochs does, without stopping after each of them.

    Args:
        callback: one that `is_replaceable`.
    """

    def __init__(self, callback: keras.callbacks.TensorBoard) -> None:
        super().__init__()
        self.callback = callback
        self._files: dict[str, EventFile] = {}

    def set_model(self, model: keras.Model) -> None:
        super().set_model(model)
        self.callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        self.callback.set_params(params)

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        super().on_train_begin(logs)
        self.callback.on_train_begin(logs)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        for file in self._files.values():
            file.close()
        self._files = {}
        self.callback.on_train_end(logs)

    def write(self, epochs: Sequence[EpochValues]) -> None:
        write_events(self._files, str(self.callback.log_dir), epochs)


def is_replaceable(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback is a `TensorBoard` that writes nothing but values of epochs."""
    return (
        type(callback) is keras.callbacks.TensorBoard
        and callback.update_freq == "epoch"
        and not callback.histogram_freq
        and not callback.embeddings_freq
        and not callback.write_steps_per_second
        and not profiles_batches(callback)
    )


def write_events(
    files: dict[str, EventFile], folder: str, epochs: Sequence[EpochValues], *, first: int = 0
) -> None:
    """Write epochs as Keras' `TensorBoard` does: names, steps and folders.

    Args:
        files: by name of the folder; they are opened when they are needed.
        folder: where TensorBoard is to look.
        epochs: what is known of them.
        first: what is added to their numbers.
    """
    for one in epochs:
        train: dict[str, Any] = {}
        validation: dict[str, Any] = {}
        for name, value in {**one.values, **one.rates}.items():
            part = validation if name.startswith("val_") else train
            part[name.removeprefix("val_")] = value
        for kind, values in (("train", train), ("validation", validation)):
            if values:
                file = files.get(kind) or files.setdefault(kind, EventFile(folder, kind))
                if kind == "validation" and one.iterations is not None:
                    named = {f"evaluation_{k}_vs_iterations": v for k, v in values.items()}
                    file.add(one.iterations, named, one.ended)
                named = {f"epoch_{name}": value for name, value in values.items()}
                file.add(one.epoch + first, named, one.ended)
    for file in files.values():
        file.flush()


def _iterations_of(model: keras.Model) -> int | None:
    iterations = getattr(getattr(model, "optimizer", None), "iterations", None)
    return None if iterations is None else int(keras.ops.convert_to_numpy(iterations))


def _rates(model: keras.Model, steps: Sequence[int]) -> list[dict[str, float]]:
    """Return the learning rate after so many steps, under the name that Keras gives it."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if hasattr(optimizer, "optimizers"):  # Keras' MultiOptimizer
        named = {f"learning_rate_{one.name}": one for one in optimizer.optimizers}
    else:
        named = {"learning_rate": optimizer}
    rates: list[dict[str, float]] = [{} for _ in steps]
    for name, one in named.items():
        if isinstance(one, keras.optimizers.Optimizer):
            for row, rate in zip(rates, _rates_of(one, steps), strict=True):
                row[name] = rate
    return rates


def _rates_of(optimizer: keras.optimizers.Optimizer, steps: Sequence[int]) -> list[float]:
    schedule = learning_rate_of(optimizer)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return [float(keras.ops.convert_to_numpy(optimizer.learning_rate))] * len(steps)

    def rate_at(step: Any) -> Any:
        return keras.ops.convert_to_numpy(schedule(keras.ops.convert_to_tensor(step, "int64")))

    if len(steps) > 1:
        # Those of Keras take all steps at once, in the time of one; they need not.
        try:
            together = rate_at(steps)
        except Exception:  # whatever a schedule of the user's own makes of several
            together = None
        if np.shape(together) == (len(steps),) and all(
            np.isclose(together[at], rate_at(steps[at]), rtol=1e-6) for at in (0, -1)
        ):
            return [float(rate) for rate in together]
    return [float(rate_at(step)) for step in steps]
