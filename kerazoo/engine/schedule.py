"""Which rows each epoch trains on, in which order, and after which epochs is validated."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import keras
import numpy as np

from kerazoo.errors import KerazooError

Shuffle = bool | Literal["batch"]
ValidationFreq = int | Collection[int]

_KERAS_BATCH_SIZE = 32
_STREAM_OF_BLOCKS = 2**63  # of random numbers; those of the rows within a block count from 0


@dataclass(frozen=True)
class StepLimits:
    """How much of the rows an epoch reads, and how often and in which steps is validated.

    Args:
        steps_per_epoch: steps of an epoch that does not read all rows.
        validation_steps: steps of a validation that does not read all rows.
        validation_batch_size: rows in a step of validation, if not as in training.
        validation_freq: every how many epochs is validated, or after which, counted from 1.

    Raises:
        KerazooError: if one is less than 1.
    """

    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    validation_freq: ValidationFreq = 1

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            steps = value if isinstance(value, Collection) else [value]
            if any(
                n is not None and not (isinstance(n, int | np.integer) and n >= 1) for n in steps
            ):
                raise KerazooError(f"{name} is {value!r}; pass whole numbers of at least 1.")

    def capped(self) -> StepLimits:
        """Return these limits within `keras.config.set_max_steps_per_epoch`."""
        largest = keras.config.max_steps_per_epoch()
        return replace(
            self,
            steps_per_epoch=at_most("steps_per_epoch", self.steps_per_epoch, largest),
            validation_steps=at_most("validation_steps", self.validation_steps, largest),
        )

    def for_keras(self) -> dict[str, Any]:
        """Return them as arguments of Keras' `fit`, which takes no other collection than a list."""
        freq = self.validation_freq
        return asdict(self) | {
            "validation_freq": list(freq) if isinstance(freq, Collection) else freq
        }

    def rounded_up(self, steps_per_execution: int) -> StepLimits:
        """Return the limits that Keras keeps if several steps run in one call."""
        size = steps_per_execution
        train, test = (
            steps and -(-steps // size) * size
            for steps in (self.steps_per_epoch, self.validation_steps)
        )
        return replace(self, steps_per_epoch=train, validation_steps=test)


def at_most(name: str, number: Any, largest: int | None) -> Any:
    """Return a number, or the largest that `keras.config` allows, with a warning as in Keras."""
    if not largest or (number is not None and number <= largest):
        return number
    warnings.warn(f"Limiting {name} to {largest}", stacklevel=4)
    return largest


def size_of_steps(rows: int, batch_size: int | None, steps: int | None) -> int:
    """Return how many rows a step has: 32, or what the number of steps leaves, as in Keras."""
    return batch_size or (-(-rows // steps) if steps else _KERAS_BATCH_SIZE)


def order_rows(
    rows: int, *, shuffle: Shuffle, seed: int, epoch: int, batch_size: int = 1, block: int = 0
) -> np.ndarray:
    """Return the order in which an epoch visits the rows: their indices, `(rows,)`.

    It is a function of seed and epoch, so that resuming needs no state.

    Args:
        rows: number of rows.
        shuffle: whether they are shuffled at all; `"batch"` shuffles each batch and leaves the
            batches where they are.
        seed: any integer; the same seed and epoch give the same order on every machine.
        epoch: number of the epoch, from 0.
        batch_size: rows in a batch.
        block: number of the block that the rows are, where not all are in memory.

    Example:
        >>> order_rows(5, shuffle=True, seed=0, epoch=3).tolist()
        [0, 1, 4, 2, 3]
        >>> order_rows(5, shuffle=False, seed=0, epoch=3).tolist()
        [0, 1, 2, 3, 4]
        >>> order_rows(5, shuffle="batch", seed=0, epoch=2, batch_size=3).tolist()
        [1, 2, 0, 4, 3]
    """
    order = np.arange(rows, dtype=np.int32)
    if shuffle:
        generator = _generator(seed, epoch, block)
        size = batch_size if shuffle == "batch" else rows
        for start in range(0, rows, size):
            generator.shuffle(order[start : start + size])
    return order


def _generator(seed: int, epoch: int, stream: int) -> np.random.Generator:
    key = np.array([seed % 2**64, epoch], dtype=np.uint64)
    counter = np.array([0, 0, 0, stream], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


@dataclass(frozen=True)
class Blocks:
    """Rows in blocks of one size, all of full batches, and after them the rows that are left.

    Those that are left are fewer than one batch for each block.

    Args:
        rows: number of rows.
        size: rows in a block.

    Example:
        >>> blocks = divide(1000, most=300, batch_size=32)
        >>> [blocks[number] for number in blocks.order(shuffle=False, seed=0, epoch=0)][-2:]
        [slice(672, 896, None), slice(896, 1000, None)]
        >>> blocks.order(shuffle=True, seed=0, epoch=1)
        [2, 3, 0, 1, 4]
    """

    rows: int
    size: int

    def __getitem__(self, number: int) -> slice:
        return slice(number * self.size, min(self.rows, (number + 1) * self.size))

    @property
    def sizes(self) -> list[int]:
        """How many rows a block can have: one number, or two."""
        full, rest = divmod(self.rows, self.size)
        return [*([self.size] if full else []), *([rest] if rest else [])]

    def order(self, *, shuffle: Shuffle, seed: int, epoch: int) -> list[int]:
        """Return the numbers of the blocks as an epoch reads them: what is left comes last."""
        full, rest = divmod(self.rows, self.size)
        numbers = np.arange(full)
        if shuffle is True:
            _generator(seed, epoch, _STREAM_OF_BLOCKS).shuffle(numbers)
        return [*map(int, numbers), *([full] if rest else [])]


def divide(rows: int, *, most: int, batch_size: int) -> Blocks:
    """Divide rows into blocks of full batches.

    Args:
        rows: number of rows.
        most: the most rows in a block, unless a batch is larger.
        batch_size: rows in a batch.
    """
    if rows <= most:
        return Blocks(rows, rows)
    evenly = rows // -(-rows // most)
    return Blocks(rows, max(1, evenly // batch_size) * batch_size)


def part_of_rows(
    epoch: int, rows: int, *, batch_size: int, steps_per_epoch: int | None
) -> tuple[int, slice]:
    """Return which part of the rows an epoch trains on.

    An epoch of fewer steps than there are batches goes on where the last one ended, as in Keras.
    When the rows run out, it ends early, and the next epoch begins anew.

    Args:
        epoch: number of epochs before this one.
        rows: number of rows.
        batch_size: rows in a step.
        steps_per_epoch: steps of an epoch, if it does not read all rows.

    Returns:
        The first of the epochs that share one reading of the rows, and this epoch's part of it.

    Example:
        >>> part_of_rows(4, 10, batch_size=2, steps_per_epoch=3)
        (4, slice(0, 6, None))
        >>> part_of_rows(5, 10, batch_size=2, steps_per_epoch=3)
        (4, slice(6, 10, None))
    """
    length = min(rows, steps_per_epoch * batch_size) if steps_per_epoch else rows
    part = epoch % -(-rows // length)
    return epoch - part, slice(part * length, min(rows, (part + 1) * length))


def is_validated(epoch: int, validation_freq: ValidationFreq) -> bool:
    """Tell whether there is validation after an epoch, as Keras' `validation_freq` says.

    Example:
        >>> [is_validated(epoch, 2) for epoch in range(4)]
        [False, True, False, True]
        >>> [is_validated(epoch, [1, 4]) for epoch in range(4)]
        [True, False, False, True]
    """
    if isinstance(validation_freq, Collection):
        return epoch + 1 in validation_freq
    return (epoch + 1) % validation_freq == 0
