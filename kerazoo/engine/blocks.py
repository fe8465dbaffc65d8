"""Data that does not fit in memory: the compiled program works on a block of rows at a time.

While the program trains on a block, a second thread reads the next one: two blocks are in memory.
No more are while the next one goes to the device, as that of before has been let go of.
The blocks of an epoch, validation included, are one sequence. Which rows are in which block depends
on `block_rows` and the size of a batch alone, their order on seed and epoch.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from kerazoo.engine.data import Arrays, dtype_in_memory, map_arrays
from kerazoo.engine.loading import load
from kerazoo.engine.loop import Logs
from kerazoo.engine.program import Program, finalize_weights, make_program, variables_of
from kerazoo.engine.schedule import divide

if TYPE_CHECKING:
    from kerazoo.engine.resident import Plan

_NO_ORDER = np.empty(0, np.int32)


@dataclass(frozen=True)
class _Work:
    """Rows of a part, the program for so many rows, and their order in training."""

    part: Arrays
    rows: slice
    program: Program
    order: np.ndarray


@dataclass(frozen=True)
class BlockRunner:
    """Computes epochs a block at a time: an `EpochRunner`.

    Args:
        model: a compiled model.
        plan: what is trained on, and how.
        container: the callbacks, which are told of validation.
        programs: one for each size of a training block.
        test_programs: the same for validation.
    """

    model: keras.Model
    plan: Plan
    container: keras.callbacks.CallbackList
    programs: dict[int, Program]
    test_programs: dict[int, Program]

    @property
    def capacity(self) -> int:
        """One epoch per call: Python brings its blocks."""
        return 1

    @property
    def jit_compile(self) -> bool:
        """Whether XLA compiles the programs: no longer, if it could not."""
        return all(one.jit_compile for one in self.programs.values())

    def run(self, first_epoch: int, count: int) -> list[Logs]:
        """Run an epoch (`count` is 1), and return its values."""
        logs: Logs = {}
        is_test = False
        self.model.reset_metrics()
        parts = self._training(first_epoch), self._validation(first_epoch)
        for work in _reading_ahead(itertools.chain(*parts)):
            if work.part is self.plan.data.validation and not is_test:
                is_test = True
                self.container.on_test_begin()
                self.model.reset_metrics()
            # The metrics go on from block to block: those after the last one are of all rows.
            logs |= work.program.run([work.order])[0]
        if is_test:
            # As `evaluate` names them; the epoch's values have a prefix.
            named = {name: value for name, value in logs.items() if name.startswith("val_")}
            plain = {name.removeprefix("val_"): value for name, value in named.items()}
            self.container.on_test_end(plain)
        return [logs]

    def variables(self) -> list[Any]:
        """Return all that the programs touch, in an order that every process agrees on."""
        return variables_of(self.model, [*self.programs.values(), *self.test_programs.values()])

    def finish(self) -> None:
        """Let the optimizer put averaged weights in place, as Keras' `fit` does."""
        if self.plan.epochs > 0:
            finalize_weights(self.model)

    def _training(self, epoch: int) -> Iterator[_Work]:
        for rows, order in self.plan.blocks(epoch):
            program = self.programs[rows.stop - rows.start]
            yield _Work(self.plan.data.train, rows, program, order)

    def _validation(self, epoch: int) -> Iterator[_Work]:
        if self.plan.data.validation is not None and self.plan.validates(epoch):
            yield from _testing(self.plan.data.validation, self.test_programs)


def make_block_runner(
    model: keras.Model,
    plan: Plan,
    container: keras.callbacks.CallbackList,
    *,
    jit_compile: bool,
) -> BlockRunner:
    """Make the programs of a training in blocks.

    Args:
        model: a compiled model.
        plan: what is trained on, and how; it names `block_rows`.
        container: the callbacks.
        jit_compile: whether XLA compiles the programs.
    """
    train, validation = plan.data.train, plan.data.validation
    most, size = plan.block_rows or train.rows, plan.batch_size
    programs = {
        rows: make_program(
            model,
            train=_stand_in(train, rows),
            batch_size=size,
            rows_per_epoch=rows,
            jit_compile=jit_compile,
            in_blocks=True,
        )
        for rows in divide(train.rows, most=most, batch_size=size).sizes
    }
    test_programs = {}
    if validation is not None:
        test_size = plan.validation_batch_size or size
        test_programs = _make_test_programs(model, validation, most, test_size, jit_compile)
    return BlockRunner(model, plan, container, programs, test_programs)


def evaluate_blocks(model: keras.Model, rows: Arrays, *, batch_size: int, block_rows: int) -> Logs:
    """Return the loss and the metrics of a compiled model on rows that do not fit in memory.

    Args:
        model: a compiled model.
        rows: what it is tested on.
        batch_size: rows in a step.
        block_rows: rows that are in memory at once.
    """
    programs = _make_test_programs(model, rows, block_rows, batch_size, jit_compile=False)
    logs: Logs = {}
    model.reset_metrics()
    for work in _reading_ahead(_testing(rows, programs)):
        logs = work.program.run([work.order])[0]
    return {name.removeprefix("val_"): value for name, value in logs.items()}


def _testing(part: Arrays, programs: dict[int, Program]) -> Iterator[_Work]:
    (size, *_) = programs
    for start in range(0, part.rows, size):
        rows = slice(start, min(part.rows, start + size))
        yield _Work(part, rows, programs[rows.stop - rows.start], _NO_ORDER)


def _make_test_programs(
    model: keras.Model, part: Arrays, most: int, batch_size: int, jit_compile: bool
) -> dict[int, Program]:
    """Return a program for each size of a block: full ones first."""
    return {
        rows: make_program(
            model,
            test=_stand_in(part, rows),
            batch_size=batch_size,
            jit_compile=jit_compile,
            in_blocks=True,
        )
        for rows in divide(part.rows, most=most, batch_size=batch_size).sizes
    }


def _reading_ahead(all_work: Iterable[_Work]) -> Iterator[_Work]:
    """Yield each piece of work once its program is fed, while the rows of the next one are read."""
    rest = iter(all_work)
    with ThreadPoolExecutor(1) as reader:
        work = next(rest, None)
        ahead = reader.submit(load, work.part, work.rows) if work else None
        while work is not None and ahead is not None:
            work.program.feed(ahead.result())
            following = next(rest, None)
            ahead = reader.submit(load, following.part, following.rows) if following else None
            yield work
            work.program.feed(None)
            work = following


def _stand_in(arrays: Arrays, rows: int) -> Arrays:
    """Return an array of so many rows for each of those, which takes no memory."""

    def repeat(array: np.ndarray) -> np.ndarray:
        one = np.array("" if array.dtype == object else 0, dtype_in_memory(array))
        return np.broadcast_to(one, (rows, *array.shape[1:]))

    return Arrays(map_arrays(repeat, arrays.parts), rows)
