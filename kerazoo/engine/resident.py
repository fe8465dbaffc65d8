"""The resident engine: Python between epochs, one compiled graph within them."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from kerazoo.engine.arrays import Data, hash_data
from kerazoo.engine.checkpoints.callback_state import with_state
from kerazoo.engine.checkpoints.checkpointer import Keeper
from kerazoo.engine.checks import check_monitors
from kerazoo.engine.choose import choose_jit_compile, watches_epochs, watches_validation
from kerazoo.engine.distribution import check_distribution, replicas_of
from kerazoo.engine.order import order_rows
from kerazoo.engine.program import make_program
from kerazoo.engine.sweep import Logs

# While the graph runs, Python can neither write a checkpoint nor hear Ctrl-C.
_SECONDS_PER_CALL = 0.5
_NUMBERS_PER_CALL = 2**20


@dataclass(frozen=True)
class Plan:
    """What is trained on, and how.

    Args:
        data: rows that are trained on, and rows that are validated on after each epoch.
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


class Training:
    """One training of one model: program, callbacks and keeper take turns.

    Args:
        model: a compiled model.
        plan: what is trained on, and how.
        callbacks: Keras callbacks that do not watch batches.
        verbose: as in `keras.Model.fit`.
        jit_compile: whether XLA compiles the program, unless a checkpoint says.
        keeper: reads and writes checkpoints, if any are wanted.
    """

    def __init__(
        self,
        model: keras.Model,
        plan: Plan,
        callbacks: Sequence[keras.callbacks.Callback],
        verbose: int | str,
        jit_compile: bool | Literal["auto"],
        keeper: Keeper | None = None,
    ) -> None:
        check_distribution(model, keeper is not None)
        self.model = model
        self.plan = plan
        self.keeper = keeper
        self.stateful_callbacks = with_state(callbacks)
        self.callbacks = keras.callbacks.CallbackList(
            list(callbacks),
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=plan.epochs,
            steps=plan.steps,
        )
        train, validation = plan.data.train, plan.data.validation
        # A callback that acts around validation, such as SwapEMAWeights, needs two programs.
        apart = validation is not None and any(map(watches_validation, callbacks))
        make = functools.partial(
            make_program,
            model,
            batch_size=plan.batch_size,
            jit_compile=self._choose_jit_compile(jit_compile),
        )
        self.train_program = make(
            train=train, test=None if apart else validation, capacity=self._capacity()
        )
        self.test_program = make(test=validation) if apart else None
        check_monitors(callbacks, model, validation is not None)

    def run(self) -> keras.callbacks.History:
        """Train to the last epoch, or until a callback stops it."""
        self.model.stop_training = False
        self.callbacks.on_train_begin()
        first_epoch = self._restore()
        logs = self._run_epochs(first_epoch)
        optimizer = self.model.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer) and self.plan.epochs > 0:
            optimizer.finalize_variable_values(self.model.trainable_weights)
        self.callbacks.on_train_end(logs)
        return self.model.history

    def _run_epochs(self, epoch: int) -> Logs | None:
        logs: Logs | None = None
        count = 1
        while epoch < self.plan.epochs and not self.model.stop_training:
            count = min(count, self.plan.epochs - epoch)
            self.callbacks.on_epoch_begin(epoch)
            started = time.monotonic()
            for logs in self._run_program(epoch, count):
                self.callbacks.on_epoch_end(epoch, logs)
                epoch += 1
            in_time = int(count * _SECONDS_PER_CALL / (time.monotonic() - started))
            count = max(1, min(in_time, 8 * count, self.train_program.capacity))
            self._keep(epoch)
        return logs

    def _run_program(self, epoch: int, count: int) -> list[Logs]:
        orders = [self.plan.order(number) for number in range(epoch, epoch + count)]
        epochs = self.train_program.run(orders)
        if self.test_program is not None:
            self.callbacks.on_test_begin()
            (test_logs,) = self.test_program.run([np.empty(0, np.int32)])
            self.callbacks.on_test_end(test_logs)
            epochs[0] |= test_logs
        return epochs

    def _capacity(self) -> int:
        """Return how many epochs one call of the program runs at most."""
        if any(map(watches_epochs, self.callbacks.callbacks)):
            return 1
        epochs = self.plan.epochs - self.plan.first_epoch
        return max(1, min(epochs, _NUMBERS_PER_CALL // self.plan.data.train.rows))

    def _choose_jit_compile(self, wanted: bool | Literal["auto"]) -> bool:
        if self.keeper and self.keeper.progress:
            # The other choice would give other last digits.
            return self.keeper.progress.jit_compile
        if wanted == "auto":
            epochs = self.plan.epochs - self.plan.first_epoch
            return choose_jit_compile(self.model, self.plan.steps * epochs)
        return wanted and replicas_of(self.model) == 1

    def _keep(self, epoch: int) -> None:
        finished = epoch >= self.plan.epochs or self.model.stop_training
        if self.keeper is not None and (finished or self.keeper.is_due()):
            self.keeper.write(
                self._variables(),
                self.model.history,
                self.stateful_callbacks,
                epoch=epoch,
                stopped=self.model.stop_training,
                jit_compile=self.train_program.jit_compile,
            )

    def _restore(self) -> int:
        """Go back to where an interrupted training stood, and return the next epoch."""
        if self.keeper is None:
            return self.plan.first_epoch
        progress = self.keeper.progress
        self.keeper.start(self._variables(), self.model.history, self.stateful_callbacks)
        if progress is None:
            return self.plan.first_epoch
        self.model.stop_training = progress.stopped
        return progress.epoch

    def _variables(self) -> list[Any]:
        """Return everything that training changes: what the programs touch, in a fixed order."""
        named = [*self.model.variables, *getattr(self.model.optimizer, "variables", ())]
        variables = {id(variable.value): variable.value for variable in named}
        for program in (self.train_program, self.test_program):
            # A graph gives them as a set; in the order they were made, every process agrees.
            for variable in sorted(program.variables, key=_creation) if program else ():
                # What a strategy copied to every replica is already there, as one variable.
                if not hasattr(variable, "_distributed_container"):
                    variables.setdefault(id(variable), variable)
        return list(variables.values())


def _creation(variable: Any) -> int:
    return int(variable._unique_id.rpartition("_")[2])
