"""fit_word_vectors: word2vec on running text, many times faster than pair by pair."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

import keras
import numpy as np

from kerazoo._protocols import LearnsFromWords
from kerazoo.datasets.reading.corpus import SENTENCE_END
from kerazoo.engine.callback_hooks import batch_hook
from kerazoo.engine.checkpoints.checkpointer import CheckpointOptions, open_checkpointer
from kerazoo.engine.loop import Logs, Training, list_callbacks
from kerazoo.engine.words.blocks import (
    BLOCK,
    CHUNK,
    Chunk,
    Distribution,
    make_distribution,
    prepare_chunk,
)
from kerazoo.errors import InvalidInput, KerazooError

if TYPE_CHECKING:
    from kerazoo.engine.words.steps import ChunkProgram, Setup

_DRAWN = 32  # random words that a block shares, at least
_LARGEST_STEP = 256
_READ_AT_ONCE = 2**24  # ids; a text can be a file that does not fit in memory

# A model that is trained again, for further epochs, need not be compiled again.
_programs: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()


def fit_word_vectors(
    model: keras.Model,
    train: Any,
    validation: Any = None,
    *,
    epochs: int = 5,
    batch_size: int = _LARGEST_STEP,
    sample: float = 0.001,
    final_rate: float = 0.0001,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | Literal["auto"] = 0,
    checkpoint: str | PathLike[str] | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 10.0,
    fingerprint: str = "",
    precision: str | None = None,
) -> keras.callbacks.History:
    """Train word vectors on running text, as the authors' program and gensim do.

    The learning rate falls linearly from that of the model's optimizer to `final_rate`. On one kind
    of processor, the result depends on the seed alone.

    Args:
        model: what `build_word2vec` builds, compiled.
        train: `(ids, None)`: ids of words in the order of the text, -1 after each sentence.
        validation: as `train`; its loss is computed after each epoch.
        epochs: how often the text is read.
        batch_size: the most words in a training step; fewer are taken if the vocabulary is small.
        sample: words whose share of the text is above this are left out now and then; 0 keeps all.
        final_rate: the learning rate at the end.
        seed: decides what is left out and drawn.
        callbacks: Keras callbacks; they run between the epochs.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch, `"auto"` for 1.
        checkpoint: a directory to keep the state of the training in.
        resume: go on from the state in that directory, if there is one. The result is the same, bit
            for bit, as without the interruption.
        checkpoint_seconds: at least this long between two checkpoints.
        fingerprint: as for `fit_model`.
        precision: only `None` or `"float32"`.

    Returns:
        What `keras.Model.fit` returns: loss, and validation loss if there is a validation part, per
        epoch in `.history`.

    Raises:
        KerazooError: if the backend is not TensorFlow, or an option is out of range.
        InvalidInput: if the text holds ids that the model does not know, or is too short.

    Example:
        >>> import kerazoo
        >>> model = kerazoo.build_word2vec(vocabulary_size=10, dimension=4)
        >>> model.compile("sgd")
        >>> history = fit_word_vectors(model, (np.arange(500) % 10, None), epochs=2)
        >>> len(history.history["loss"])
        2
    """
    checkpoints = CheckpointOptions(checkpoint, resume, checkpoint_seconds, fingerprint)
    _check_model(model)
    _check_numbers(epochs=epochs, batch_size=batch_size, sample=sample, final_rate=final_rate)
    _check_callbacks(callbacks)
    if precision not in (None, "float32"):
        raise KerazooError(
            f"precision is {precision!r}, but word vectors are trained in float32; leave it out."
        )
    size = model.tables.vocabulary_size
    ids = _check_ids(train[0], size)
    held_out = None if validation is None else _check_ids(validation[0], size)
    rates = (float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)), final_rate)
    plan = Plan(ids, epochs, min(batch_size, CHUNK), sample, rates, seed)
    checkpointer = None
    if checkpoint is not None:
        checkpointer = open_checkpointer(checkpoints, model, callbacks, plan.identity())
    runner = _prepare_runner(model, plan, held_out)
    container = list_callbacks(model, callbacks, verbose=verbose, epochs=epochs, steps=plan.chunks)
    return Training(model, runner, callbacks, container, 0, epochs, checkpointer).run()


@dataclass(frozen=True)
class Plan:
    """What text is trained on, and how.

    Args:
        ids: of words in the order of the text, -1 after each sentence.
        epochs: how often the text is read.
        largest_step: the most words in a training step.
        sample: words whose share of the text is above this are left out now and then.
        rates: the learning rate at the beginning and at the end.
        seed: decides what is left out and drawn.
    """

    ids: np.ndarray
    epochs: int
    largest_step: int
    sample: float
    rates: tuple[float, float]
    seed: int

    @property
    def chunks(self) -> int:
        """Chunks that the text is cut into."""
        return -(-len(self.ids) // CHUNK)

    def identity(self) -> dict[str, str]:
        """Return what a training to resume must have in common with the interrupted one."""
        digest = hashlib.sha256()
        for start in range(0, len(self.ids), _READ_AT_ONCE):
            part = self.ids[start : start + _READ_AT_ONCE]
            digest.update(np.ascontiguousarray(part).tobytes())
        settings = (self.epochs, self.largest_step, self.sample, self.rates, self.seed)
        return {"text": digest.hexdigest()[:16], "settings": str(settings)}


def _prepare_runner(
    model: keras.Model, plan: Plan, held_out: np.ndarray | None
) -> WordVectorRunner:
    """Count the words, and compile the program unless this model has one already."""
    from kerazoo.engine.words.steps import Setup, make_program

    tables = model.tables
    counts = _count(plan.ids, tables.vocabulary_size)
    distribution = make_distribution(
        counts, plan.sample, plan.largest_step, negatives=model.negatives, rate=plan.rates[0]
    )
    setup = Setup(
        architecture=model.architecture,
        window=model.window,
        negatives=model.negatives,
        drawn=max(_DRAWN, 3 * model.negatives),
        blocks=distribution.step // BLOCK,
    )
    programs = _programs.setdefault(model, {})
    if setup not in programs:
        programs[setup] = make_program(tables.words.value, tables.contexts.value, setup)
    return WordVectorRunner(model, plan, held_out, distribution, setup, programs[setup])


@dataclass(frozen=True)
class WordVectorRunner:
    """Computes epochs over a text: an `EpochRunner`.

    While the program trains on a chunk of text, a second thread prepares the next one.

    Args:
        model: the model.
        plan: what text is trained on, and how.
        held_out: ids to validate on, if any.
        distribution: what is left out and drawn.
        setup: what the program is made for.
        program: trains on a chunk.
    """

    model: keras.Model
    plan: Plan
    held_out: np.ndarray | None
    distribution: Distribution
    setup: Setup
    program: ChunkProgram

    @property
    def capacity(self) -> int:
        """One epoch per call: it has many chunks, which Python prepares."""
        return 1

    @property
    def jit_compile(self) -> bool:
        """XLA always compiles the program."""
        return True

    def run(self, first_epoch: int, count: int) -> list[Logs]:
        """Read the text once, and return the mean loss."""
        logs = {"loss": self._train(first_epoch)}
        if self.held_out is not None:
            scores = self.model.evaluate(self.held_out, batch_size=256, verbose=0, return_dict=True)
            logs["val_loss"] = float(scores["loss"])
        return [logs]

    def variables(self) -> list[Any]:
        """Return both tables: nothing else changes."""
        return [self.model.tables.words.value, self.model.tables.contexts.value]

    def finish(self) -> None:
        """Do nothing: no weights are averaged."""

    def _train(self, epoch: int) -> float:
        import tensorflow as tf

        losses = pairs = 0.0
        for number, chunk in enumerate(self._prepared_chunks(epoch)):
            rates = self._rates(epoch, number, chunk)
            arrays = (chunk.steps, chunk.ids, chunk.before, chunk.after, chunk.negatives, rates)
            loss, count = self.program(*map(tf.constant, arrays))
            losses += float(loss)
            pairs += float(count)
        if not pairs:
            raise InvalidInput(
                "the text has too few words: all are so frequent in it that the training leaves "
                "them out, and nothing is learned. Pass a longer text, of more different words."
            )
        mean = losses / pairs
        if not np.isfinite(mean):
            raise KerazooError(
                "the loss is NaN or infinite; train with a lower learning rate, usually 0.025, or "
                "a smaller batch_size."
            )
        return mean

    def _prepared_chunks(self, epoch: int) -> Iterator[Chunk]:
        def prepare(number: int) -> Chunk:
            part = self.plan.ids[number * CHUNK : (number + 1) * CHUNK]
            return prepare_chunk(
                part,
                self.distribution,
                window=self.setup.window,
                drawn=self.setup.drawn,
                key=(self.plan.seed, epoch, number),
            )

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(prepare, 0)
            for number in range(self.plan.chunks):
                chunk = waiting.result()
                if number + 1 < self.plan.chunks:
                    waiting = pool.submit(prepare, number + 1)
                yield chunk

    def _rates(self, epoch: int, number: int, chunk: Chunk) -> np.ndarray:
        """Return the learning rate of each step of a chunk: `(most steps,)`.

        It falls with the share of the whole training that is done when the step begins.
        """
        length = len(self.plan.ids)
        begin = number * CHUNK
        size = min(CHUNK, length - begin)
        # The index in the text where a step begins, as if the words left out lay evenly.
        indices = begin + size * np.arange(len(chunk.before)) / max(chunk.steps, 1)
        share = np.minimum((epoch + indices / length) / self.plan.epochs, 1.0)
        start, end = self.plan.rates
        return (start + (end - start) * share).astype(np.float32)


def _count(ids: np.ndarray, vocabulary_size: int) -> np.ndarray:
    counts = np.zeros(vocabulary_size, np.int64)
    for start in range(0, len(ids), _READ_AT_ONCE):
        part = ids[start : start + _READ_AT_ONCE]
        counts += np.bincount(part[part != SENTENCE_END], minlength=vocabulary_size)
    return counts


def _check_ids(ids: Any, vocabulary_size: int) -> np.ndarray:
    ids = np.asanyarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise InvalidInput(
            f"the text is an array of {ids.dtype} in shape {ids.shape}; pass ids in one row of "
            "whole numbers, as kerazoo.read_corpus makes them."
        )
    if not len(ids) or ids.min() < SENTENCE_END or ids.max() >= vocabulary_size:
        found = f"{ids.min()} to {ids.max()}" if len(ids) else "none"
        raise InvalidInput(
            f"the text has ids {found}; expected 0 to {vocabulary_size - 1}, and -1 after each "
            "sentence. Build the model with the corpus' own vocabulary_size."
        )
    if int((ids[:1000] != SENTENCE_END).sum()) < 2:
        raise InvalidInput("the text has fewer than two words of the vocabulary; pass more text.")
    return ids


def _check_model(model: keras.Model) -> None:
    if keras.backend.backend() != "tensorflow":
        raise KerazooError(
            f"word vectors are trained by TensorFlow, but the Keras backend is "
            f"{keras.backend.backend()}; set KERAS_BACKEND=tensorflow."
        )
    name, compiled = model.name, model.compiled
    # Protocol LearnsFromWords: the model of models/text/_word_tables.py declares it.
    if not isinstance(model, LearnsFromWords):
        raise KerazooError(f"{name!r} is no model of words; pass one that build_word2vec builds.")
    if not compiled:
        raise KerazooError(f"{name!r} is not compiled; call kerazoo.compile_model first.")


def _check_numbers(*, epochs: int, batch_size: int, sample: float, final_rate: float) -> None:
    for name, value, least, usual in (
        ("epochs", epochs, 0, "5 to 20"),
        ("batch_size", batch_size, BLOCK, "256"),
        ("sample", sample, 0, "0.001"),
        ("final_rate", final_rate, 0, "0.0001"),
    ):
        if value < least:
            raise KerazooError(f"{name} is {value}; pass at least {least}, usually {usual}.")


def _check_callbacks(callbacks: Sequence[keras.callbacks.Callback]) -> None:
    for callback in callbacks:
        if batch_hook(callback):
            raise KerazooError(
                f"{type(callback).__name__} is called for every batch, but an epoch of word "
                "vectors is one program; use a callback that runs between epochs."
            )
