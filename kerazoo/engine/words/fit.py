"""fit_word_vectors: word2vec on running text, many times faster than pair by pair."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from kerazoo.datasets.reading.corpus import SENTENCE_END
from kerazoo.engine.checkpoints.callback_state import with_state
from kerazoo.engine.checkpoints.checkpointer import Keeper, identify_callbacks, identify_model
from kerazoo.engine.choose import watches_batches
from kerazoo.engine.words.blocks import BLOCK, CHUNK, Chunk, make_distribution, prepare_chunk
from kerazoo.errors import InvalidInput, KerazooError

_DRAWN = 32
_LARGEST_STEP = 256

# So that a model that is trained again, for further epochs, need not be compiled again.
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

    The learning rate falls along a line from that of the model's optimizer to `final_rate`. The
    result is a function of the seed alone, on one kind of processor.

    Args:
        model: what `build_word2vec` builds, compiled.
        train: `(ids, None)`: ids of words in the order of the text, -1 after each sentence.
        validation: as `train`; its loss is computed after each epoch.
        epochs: how often the text is read.
        batch_size: the most words in a training step; fewer are taken if the vocabulary is small.
        sample: words whose share of the text is above this are left out now and then; 0 keeps all.
        final_rate: the learning rate at the end.
        seed: decides what is left out and drawn.
        callbacks: Keras callbacks, called after each epoch.
        verbose: as for `fit_model`.
        checkpoint: a directory to keep the state of the training in.
        resume: go on from there, with the same result as without the interruption.
        checkpoint_seconds: at least this long between two checkpoints.
        fingerprint: as for `fit_model`.
        precision: only `None` or `"float32"`.

    Returns:
        Loss, validation loss, learning rate and words per second by epoch.

    Raises:
        KerazooError: if the backend is not TensorFlow, or an option is out of range.
        InvalidInput: if the text is no text of this model, or too short.

    Example:
        >>> import kerazoo
        >>> model = kerazoo.build_word2vec(vocabulary_size=10, dimension=4)
        >>> model.compile("sgd")
        >>> history = fit_word_vectors(model, (np.arange(500) % 10, None), epochs=2)
        >>> len(history.history["loss"])
        2
    """
    _check(model, epochs, batch_size, sample, final_rate, callbacks, checkpoint, resume, precision)
    ids = _check_ids(train[0], model.tables.vocabulary_size)
    held_out = (
        None if validation is None else _check_ids(validation[0], model.tables.vocabulary_size)
    )
    rates = (float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)), final_rate)
    plan = _Plan(ids, epochs, min(batch_size, CHUNK), sample, rates, seed)
    keeper = None
    if checkpoint is not None:
        identity = {"fingerprint": fingerprint} | plan.identity() | identify_model(model)
        identity |= identify_callbacks(with_state(callbacks))
        keeper = Keeper(Path(checkpoint), checkpoint_seconds, identity, resume)
    return _train(model, plan, held_out, callbacks, verbose, keeper)


@dataclass(frozen=True)
class _Plan:
    ids: np.ndarray
    epochs: int
    largest_step: int
    sample: float
    rates: tuple[float, float]
    seed: int

    def identity(self) -> dict[str, str]:
        digest = hashlib.sha256()
        for start in range(0, len(self.ids), 2**24):
            digest.update(np.ascontiguousarray(self.ids[start : start + 2**24]).tobytes())
        settings = (self.epochs, self.largest_step, self.sample, self.rates, self.seed)
        return {"text": digest.hexdigest()[:16], "settings": str(settings)}


def _train(
    model: keras.Model,
    plan: _Plan,
    held_out: np.ndarray | None,
    callbacks: Sequence[keras.callbacks.Callback],
    verbose: int | str,
    keeper: Keeper | None,
) -> keras.callbacks.History:
    trainer = _Trainer(model, plan)
    variables = [model.tables.words.value, model.tables.contexts.value]
    container = keras.callbacks.CallbackList(
        list(callbacks), add_history=True, model=model, epochs=plan.epochs, verbose=0
    )
    history = model.history
    model.stop_training = False
    container.on_train_begin()
    first = 0
    kept = with_state(callbacks)
    if keeper is not None:
        progress = keeper.progress
        keeper.start(variables, history, kept)
        if progress is not None:
            first = plan.epochs if progress.stopped else progress.epoch
    logs: dict[str, float] = {}
    for epoch in range(first, plan.epochs):
        container.on_epoch_begin(epoch)
        logs = trainer.run_epoch(epoch)
        if held_out is not None:
            logs["val_loss"] = _loss(model, held_out)
        container.on_epoch_end(epoch, logs)
        if verbose in (1, 2):
            print(f"epoch {epoch + 1}/{plan.epochs}", *(f"{k} {v:.4g}" for k, v in logs.items()))
        is_last = epoch + 1 == plan.epochs or model.stop_training
        if keeper is not None and (is_last or keeper.is_due()):
            stopped = bool(model.stop_training)
            options: dict[str, Any] = {"epoch": epoch + 1, "stopped": stopped, "jit_compile": True}
            keeper.write(variables, history, kept, **options)
        if model.stop_training:
            break
    container.on_train_end(logs)
    return history


class _Trainer:
    """The compiled program, and a second thread that prepares text for it."""

    def __init__(self, model: keras.Model, plan: _Plan) -> None:
        from kerazoo.engine.words.steps import Setup, make_program

        self._plan = plan
        self._window = model.window
        counts = _count(plan.ids, model.tables.vocabulary_size)
        self._distribution = make_distribution(
            counts, plan.sample, plan.largest_step, model.negatives, plan.rates[0]
        )
        self._drawn = max(_DRAWN, 3 * model.negatives)
        blocks = self._distribution.step // BLOCK
        tables = model.tables
        setup = Setup(model.architecture, model.window, model.negatives, self._drawn, blocks)
        programs = _programs.setdefault(model, {})
        if setup not in programs:
            programs[setup] = make_program(tables.words.value, tables.contexts.value, setup)
        self._program = programs[setup]

    def run_epoch(self, epoch: int) -> dict[str, float]:
        """Read the text once, and return the mean loss."""
        import tensorflow as tf

        losses = pairs = 0.0
        for number, chunk in enumerate(self._chunks(epoch)):
            rates = self._rates(epoch, number, chunk)
            loss, count = self._program(
                tf.constant(chunk.steps),
                *map(tf.constant, (chunk.ids, chunk.before, chunk.after, chunk.negatives, rates)),
            )
            losses += float(loss)
            pairs += float(count)
        mean = losses / max(pairs, 1.0)
        if not np.isfinite(mean):
            raise KerazooError(
                "the loss is not a number any more; train with a lower learning rate, usually "
                "0.025, or a smaller batch_size."
            )
        return {"loss": mean}

    def _chunks(self, epoch: int) -> Iterator[Chunk]:
        def prepare(number: int) -> Chunk:
            part = self._plan.ids[number * CHUNK : (number + 1) * CHUNK]
            key = (self._plan.seed, epoch, number)
            return prepare_chunk(part, self._distribution, self._window, self._drawn, key)

        count = -(-len(self._plan.ids) // CHUNK)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(prepare, 0)
            for number in range(count):
                chunk = waiting.result()
                if number + 1 < count:
                    waiting = pool.submit(prepare, number + 1)
                yield chunk

    def _rates(self, epoch: int, number: int, chunk: Chunk) -> np.ndarray:
        """Return the learning rate of each step, by the share of the training that is behind it."""
        length = len(self._plan.ids)
        begin = number * CHUNK
        size = min(CHUNK, length - begin)
        places = begin + size * np.arange(len(chunk.before)) / max(chunk.steps, 1)
        share = np.minimum((epoch + places / length) / self._plan.epochs, 1.0)
        start, end = self._plan.rates
        return (start + (end - start) * share).astype(np.float32)


def _count(ids: np.ndarray, vocabulary_size: int) -> np.ndarray:
    counts = np.zeros(vocabulary_size, np.int64)
    for start in range(0, len(ids), 2**24):
        part = ids[start : start + 2**24]
        counts += np.bincount(part[part != SENTENCE_END], minlength=vocabulary_size)
    return counts


def _loss(model: keras.Model, ids: np.ndarray) -> float:
    scores = model.evaluate(ids, batch_size=256, verbose=0, return_dict=True)
    return float(scores["loss"])


def _check_ids(ids: Any, vocabulary_size: int) -> np.ndarray:
    ids = np.asanyarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise InvalidInput(
            f"a text is given as ids in one row of whole numbers, not as {ids.dtype} of shape "
            f"{ids.shape}; make them with kerazoo.read_corpus."
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


def _check(
    model: keras.Model,
    epochs: int,
    batch_size: int,
    sample: float,
    final_rate: float,
    callbacks: Sequence[keras.callbacks.Callback],
    checkpoint: Any,
    resume: bool,
    precision: str | None,
) -> None:
    if keras.backend.backend() != "tensorflow":
        raise KerazooError(
            f"word vectors are trained by TensorFlow, but the Keras backend is "
            f"{keras.backend.backend()}; set KERAS_BACKEND=tensorflow."
        )
    if not hasattr(model, "tables"):
        raise KerazooError(
            f"{model.name!r} is no model of words; pass one that build_word2vec builds."
        )
    if not model.compiled:
        raise KerazooError(f"{model.name!r} is not compiled; call kerazoo.compile_model first.")
    for name, value, least in (("epochs", epochs, 0), ("batch_size", batch_size, BLOCK)):
        if value < least:
            raise KerazooError(f"{name} is {value}; expected at least {least}.")
    if sample < 0 or final_rate < 0:
        raise KerazooError("sample and final_rate are 0 or more, usually 0.001 and 0.0001.")
    for callback in callbacks:
        if watches_batches(callback):
            raise KerazooError(
                f"{type(callback).__name__} is called for every batch, but word vectors are "
                "trained in one program; use a callback of epochs."
            )
    if precision not in (None, "float32"):
        raise KerazooError(f"precision is {precision!r}, but words take float32; leave it out.")
    if resume and checkpoint is None:
        raise KerazooError("resume=True needs checkpoint=, the directory to resume from.")
