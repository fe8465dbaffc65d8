"""The resident engine: the data stays on the device, and whole epochs run as one compiled graph.

A `Plan` says what is trained on and how; `prepare_training` chooses and makes the programs; the
loop in `loop.py` runs them through a `ResidentRunner`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.engine.blocks import BlockRunner, make_block_runner
from kerazoo.engine.callback_hooks import watches_epochs, watches_validation
from kerazoo.engine.checkpoints.checkpointer import Checkpointer
from kerazoo.engine.checks import check_monitors
from kerazoo.engine.choose import choose_jit_compile
from kerazoo.engine.data import Data, hash_data
from kerazoo.engine.distribution import (
    check_distribution,
    has_workers,
    replicas_of,
    writes_files,
)
from kerazoo.engine.loop import Logs, Training, list_callbacks
from kerazoo.engine.program import Program, finalize_weights, make_program, variables_of
from kerazoo.engine.schedule import (
    Shuffle,
    StepLimits,
    ValidationFreq,
    divide,
    is_validated,
    order_rows,
    part_of_rows,
    size_of_steps,
)

_INDICES_PER_CALL = 2**20
"""The orders of all epochs of a call are passed to it: at most 4 MiB of 32-bit indices."""


@dataclass(frozen=True)
class Plan:
    """What is trained on, and how.

    Args:
        data: rows to train on, and rows to validate on.
        first_epoch: number of the first epoch.
        epochs: number after the last epoch.
        batch_size: rows in a step.
        shuffle: whether each epoch has its own order of the rows, or each batch of it (`"batch"`).
        seed: decides that order.
        steps_per_epoch: steps of an epoch that does not read all rows.
        validation_batch_size: rows in a step of validation, if not `batch_size`.
        validation_freq: every how many epochs is validated, or after which.
        block_rows: rows that are in memory at once, if not all.
    """

    data: Data
    first_epoch: int
    epochs: int
    batch_size: int
    shuffle: Shuffle
    seed: int
    steps_per_epoch: int | None = None
    validation_batch_size: int | None = None
    validation_freq: ValidationFreq = 1
    block_rows: int | None = None

    @property
    def steps(self) -> int:
        """Training steps in an epoch."""
        return self.steps_per_epoch or -(-self.data.train.rows // self.batch_size)

    def part(self, epoch: int) -> tuple[int, slice]:
        """Return the first epoch that shares a reading of the rows with this one, and its part."""
        first, part = part_of_rows(
            epoch - self.first_epoch,
            self.data.train.rows,
            batch_size=self.batch_size,
            steps_per_epoch=self.steps_per_epoch,
        )
        return first + self.first_epoch, part

    def rows_in(self, epoch: int) -> int:
        """Return how many rows an epoch trains on."""
        _, part = self.part(epoch)
        return part.stop - part.start

    def order(self, epoch: int) -> np.ndarray:
        """Return the order of the rows in an epoch, of those that it trains on."""
        first, part = self.part(epoch)
        rows, size = self.data.train.rows, self.batch_size
        order = order_rows(rows, shuffle=self.shuffle, seed=self.seed, epoch=first, batch_size=size)
        return order[part]

    def blocks(self, epoch: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield the blocks that an epoch trains on, each with the order of its rows."""
        first, part = self.part(epoch)
        settings: Any = {"shuffle": self.shuffle, "seed": self.seed, "epoch": first}
        blocks = divide(self.data.train.rows, most=self.block_rows or 1, batch_size=self.batch_size)
        begin = 0
        for number in blocks.order(**settings):
            rows = blocks[number]
            size = rows.stop - rows.start
            own = slice(max(part.start - begin, 0), min(part.stop - begin, size))
            if own.start < own.stop:
                order = order_rows(size, **settings, batch_size=self.batch_size, block=number)
                yield rows, order[own]
            begin += size

    def validates(self, epoch: int) -> bool:
        """Tell whether there is validation after an epoch."""
        return self.data.validation is not None and is_validated(epoch, self.validation_freq)

    def identity(self) -> dict[str, str]:
        """Return what a training to resume must have in common with the interrupted one."""
        order = f"seed {self.seed}" if self.shuffle else "as passed"
        settings = {
            "data": hash_data(self.data),
            "batch_size": str(self.batch_size),
            "order of the rows": order + " in each batch" * (self.shuffle == "batch"),
            "initial_epoch": str(self.first_epoch),
        }
        # Named only where they are used: checkpoints from before they existed stay valid.
        if self.steps_per_epoch:
            settings["steps_per_epoch"] = str(self.steps_per_epoch)
        if self.validation_freq != 1:
            settings["validation_freq"] = str(self.validation_freq)
        if self.validation_batch_size:
            settings["validation_batch_size"] = str(self.validation_batch_size)
        if self.block_rows:
            settings["block_rows"] = str(self.block_rows)
        return settings


def make_plan(
    data: Data,
    *,
    first_epoch: int,
    epochs: int,
    batch_size: int | None,
    shuffle: Shuffle,
    seed: int,
    limits: StepLimits,
    steps_per_execution: int = 1,
    block_rows: int | None = None,
) -> Plan:
    """Return the plan of a training, and warn if there are fewer batches than steps.

    Args:
        data: rows to train on, and rows to validate on.
        first_epoch: number of the first epoch.
        epochs: number after the last epoch.
        batch_size: rows in a step, if they are given.
        shuffle: as for `Plan`.
        seed: as for `Plan`.
        limits: how much of the rows is read.
        steps_per_execution: steps that Keras would run in one call; it never stops within one.
        block_rows: as for `Plan`.
    """
    train, validation = data.train, data.validation
    size = size_of_steps(train.rows, batch_size, limits.steps_per_epoch)
    rounded = limits.rounded_up(steps_per_execution)
    test_size = None
    _warn_if_short("steps_per_epoch", limits.steps_per_epoch, train.rows, size)
    if validation is not None:
        test_size = limits.validation_batch_size or batch_size
        test_size = size_of_steps(validation.rows, test_size, limits.validation_steps)
        _warn_if_short("validation_steps", limits.validation_steps, validation.rows, test_size)
        if rounded.validation_steps:
            validation = validation[: rounded.validation_steps * test_size]
    return Plan(
        Data(train, validation),
        first_epoch,
        epochs,
        size,
        shuffle,
        seed,
        rounded.steps_per_epoch,
        test_size if test_size != size else None,
        limits.validation_freq,
        block_rows,
    )


def _warn_if_short(name: str, steps: int | None, rows: int, batch_size: int) -> None:
    batches = -(-rows // batch_size)
    if steps and steps > batches:
        warn_user(
            f"Your input ran out of data: {name} is {steps}, and {batch_size} at a time "
            f"{counted(rows, 'row')} make {counted(batches, 'batch', 'batches')}."
        )


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
    check_distribution(model)
    container = list_callbacks(
        model, callbacks, verbose=verbose, epochs=plan.epochs, steps=plan.steps
    )
    xla = _choose_jit_compile(model, plan, jit_compile, checkpointer)
    runner: ResidentRunner | BlockRunner
    if plan.block_rows:
        runner = make_block_runner(model, plan, container, jit_compile=xla)
    else:
        runner = _make_runner(model, plan, container, jit_compile=xla)
    check_monitors(callbacks, model, plan.data.validation is not None)
    return Training(
        model,
        runner,
        callbacks,
        container,
        plan.first_epoch,
        plan.epochs,
        checkpointer,
        writes=writes_files(model),
    )


def _make_runner(
    model: keras.Model,
    plan: Plan,
    container: keras.callbacks.CallbackList,
    *,
    jit_compile: bool,
) -> ResidentRunner:
    train, validation = plan.data.train, plan.data.validation
    # A callback that acts around validation, such as SwapEMAWeights, needs two programs, and so do
    # epochs without validation.
    apart = validation is not None and (
        plan.validation_freq != 1 or any(map(watches_validation, container.callbacks))
    )
    size = plan.batch_size
    test_size = plan.validation_batch_size or size
    program = make_program(
        model,
        train=train,
        test=None if apart else validation,
        batch_size=size,
        test_batch_size=test_size,
        rows_per_epoch=plan.rows_in(plan.first_epoch),
        capacity=1 if has_workers(model) else _capacity(plan, container),
        jit_compile=jit_compile,
    )
    test_program = None
    if apart:
        test_program = make_program(
            model, test=validation, batch_size=test_size, jit_compile=jit_compile
        )
    return ResidentRunner(model, plan, container, program, test_program)


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
        epochs: list[Logs] = []
        for numbers in self._runs(range(first_epoch, first_epoch + count)):
            epochs += self.program.run([self.plan.order(number) for number in numbers])
            if self.test_program is not None and self.plan.validates(numbers[-1]):
                self.container.on_test_begin()
                (test_logs,) = self.test_program.run([np.empty(0, np.int32)])
                # As `evaluate` names them; the epoch's values have a prefix.
                plain = {name.removeprefix("val_"): value for name, value in test_logs.items()}
                self.container.on_test_end(plain)
                epochs[-1] |= test_logs
        return epochs

    def _runs(self, numbers: range) -> list[range]:
        """Divide epochs into runs of the program: of one number of rows, up to a validation."""
        starts = [numbers.start]
        for last in numbers[:-1]:
            validated = self.test_program is not None and self.plan.validates(last)
            if validated or self.plan.rows_in(last) != self.plan.rows_in(last + 1):
                starts.append(last + 1)
        return list(map(range, starts, [*starts[1:], numbers.stop]))

    def variables(self) -> list[Any]:
        """Return all that the programs touch, in an order that every process agrees on."""
        return variables_of(self.model, [self.program, self.test_program])

    def finish(self) -> None:
        """Let the optimizer put averaged weights in place, as Keras' `fit` does."""
        if self.plan.epochs > 0:
            finalize_weights(self.model)


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
        return checkpointer.progress.jit_compile and replicas_of(model) == 1
    if wanted == "auto" and plan.block_rows and plan.steps_per_epoch:
        return False  # XLA would compile anew where an epoch ends within a block
    if wanted == "auto":
        return choose_jit_compile(model, plan.steps * (plan.epochs - plan.first_epoch))
    return wanted and replicas_of(model) == 1
