"""The resident engine: the data stays on the device, and whole epochs run as one compiled graph.

A `Plan` says what is trained on and how; `prepare_training` chooses and makes the programs; the
loop in `loop.py` runs them through a `ResidentRunner`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from kerazoo.engine.checkpoints.checkpointer import Checkpointer
from kerazoo.engine.choose import choose_jit_compile, watches_epochs, watches_validation
from kerazoo.engine.data import Data, check_monitors, hash_data
from kerazoo.engine.distribution import check_distribution, replicas_of
from kerazoo.engine.keras_internals import creation_number, is_replica
from kerazoo.engine.loop import Logs, Training, list_callbacks
from kerazoo.engine.program import Program, make_program

_INDICES_PER_CALL = 2**20
"""The orders of all epochs of a call are passed to it: at most 4 MiB of 32-bit indices."""


@dataclass(frozen=True)
class Plan:
    """What is trained on, and how.

    Args:
        data: rows to train on, and rows to validate on after each epoch.
        first_epoch: number of the first epoch.
        epochs: number after the last epoch.
        batch_size: rows in a step.
        shuffle: whether each epoch has its own order of the rows.
        seed: decides that order.
    """

    data: Data
    first_epoch: int
    epochs: int
    batch_size: int
    shuffle: bool
    seed: int

    @property
    def steps(self) -> int:
        """Training steps in an epoch."""
        return -(-self.data.train.rows // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """Return the order of the rows in an epoch."""
        rows = self.data.train.rows
        return order_rows(rows, shuffle=self.shuffle, seed=self.seed, epoch=epoch)

    def identity(self) -> dict[str, str]:
        """Return what a training to resume must have in common with the interrupted one."""
        return {
            "data": hash_data(self.data),
            "batch_size": str(self.batch_size),
            "order of the rows": f"seed {self.seed}" if self.shuffle else "as passed",
            "initial_epoch": str(self.first_epoch),
        }


def order_rows(rows: int, *, shuffle: bool, seed: int, epoch: int) -> np.ndarray:
    """Return the order in which an epoch visits the rows: their indices, `(rows,)`.

    It is a function of seed and epoch, so that resuming needs no state.

    Args:
        rows: number of rows.
        shuffle: whether they are shuffled at all.
        seed: any integer; the same seed and epoch give the same order on every machine.
        epoch: number of the epoch, from 0.

    Example:
        >>> order_rows(5, shuffle=True, seed=0, epoch=3).tolist()
        [0, 1, 4, 2, 3]
        >>> order_rows(5, shuffle=False, seed=0, epoch=3).tolist()
        [0, 1, 2, 3, 4]
    """
    order = np.arange(rows, dtype=np.int32)
    if shuffle:
        key = np.array([seed % 2**64, epoch], dtype=np.uint64)
        np.random.Generator(np.random.Philox(key=key)).shuffle(order)
    return order


def prepare_training(
    model: keras.Model,
    plan: Plan,
    callbacks: Sequence[keras.callbacks.Callback],
    *,
    verbose: int | str,
    jit_compile: bool | Literal["auto"],
    checkpointer: Checkpointer | None = None,
) -> Training:
    """Make the programs of a training, and check what can only be checked then.

    Args:
        model: a compiled model.
        plan: what is trained on, and how.
        callbacks: Keras callbacks that do nothing at single batches.
        verbose: as in `keras.Model.fit`.
        jit_compile: whether XLA compiles the programs, unless a checkpoint says.
        checkpointer: reads and writes checkpoints, if any are wanted.

    Raises:
        KerazooError: if the model's strategy is not supported.
        UnknownName: if a callback watches a value that is not reported.
    """
    check_distribution(model, checkpointer is not None)
    container = list_callbacks(
        model, callbacks, verbose=verbose, epochs=plan.epochs, steps=plan.steps
    )
    train, validation = plan.data.train, plan.data.validation
    xla = _choose_jit_compile(model, plan, jit_compile, checkpointer)
    # A callback that acts around validation, such as SwapEMAWeights, needs two programs.
    apart = validation is not None and any(map(watches_validation, callbacks))
    size = plan.batch_size
    program = make_program(
        model,
        train=train,
        test=None if apart else validation,
        batch_size=size,
        capacity=_capacity(plan, container),
        jit_compile=xla,
    )
    test_program = None
    if apart:
        test_program = make_program(model, test=validation, batch_size=size, jit_compile=xla)
    check_monitors(callbacks, model, validation is not None)
    runner = ResidentRunner(model, plan, container, program, test_program)
    return Training(
        model, runner, callbacks, container, plan.first_epoch, plan.epochs, checkpointer
    )


@dataclass(frozen=True)
class ResidentRunner:
    """Computes epochs with compiled programs: an `EpochRunner`.

    Args:
        model: a compiled model.
        plan: what is trained on, and how.
        container: the callbacks, which are told of validation if `test_program` does it.
        program: trains, and validates if there is no `test_program`.
        test_program: validates.
    """

    model: keras.Model
    plan: Plan
    container: keras.callbacks.CallbackList
    program: Program
    test_program: Program | None

    @property
    def capacity(self) -> int:
        """How many epochs one call can run."""
        return self.program.capacity

    @property
    def jit_compile(self) -> bool:
        """Whether XLA compiles the program: no longer, if it could not."""
        return self.program.jit_compile

    def run(self, first_epoch: int, count: int) -> list[Logs]:
        """Run `count` epochs, and return the values of each."""
        numbers = range(first_epoch, first_epoch + count)
        epochs = self.program.run([self.plan.order(number) for number in numbers])
        if self.test_program is not None:
            self.container.on_test_begin()
            (test_logs,) = self.test_program.run([np.empty(0, np.int32)])
            self.container.on_test_end(test_logs)
            epochs[0] |= test_logs  # a callback watches validation, so `count` is 1
        return epochs

    def variables(self) -> list[Any]:
        """Return all that the programs touch, in an order that every process agrees on."""
        named = [*self.model.variables, *getattr(self.model.optimizer, "variables", ())]
        variables = {id(variable.value): variable.value for variable in named}
        for program in (self.program, self.test_program):
            # A graph gives its variables as a set; the order of their creation is always the same.
            for variable in sorted(program.variables, key=creation_number) if program else ():
                # A replica's copy is already there, as part of one variable of the strategy.
                if not is_replica(variable):
                    variables.setdefault(id(variable), variable)
        return list(variables.values())

    def finish(self) -> None:
        """Let the optimizer put averaged weights in place, as Keras' `fit` does."""
        optimizer = self.model.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer) and self.plan.epochs > 0:
            optimizer.finalize_variable_values(self.model.trainable_weights)


def _capacity(plan: Plan, container: keras.callbacks.CallbackList) -> int:
    """Return how many epochs one call of the program runs at most."""
    if any(map(watches_epochs, container.callbacks)):
        return 1
    epochs = plan.epochs - plan.first_epoch
    return max(1, min(epochs, _INDICES_PER_CALL // plan.data.train.rows))


def _choose_jit_compile(
    model: keras.Model,
    plan: Plan,
    wanted: bool | Literal["auto"],
    checkpointer: Checkpointer | None,
) -> bool:
    if checkpointer and checkpointer.progress:
        # The other choice would round differently, and the training would not be the same.
        return checkpointer.progress.jit_compile
    if wanted == "auto":
        return choose_jit_compile(model, plan.steps * (plan.epochs - plan.first_epoch))
    return wanted and replicas_of(model) == 1
