"""fit_model: what `keras.Model.fit` does, with whole epochs as one compiled graph."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal, get_args

import keras
import numpy as np

from kerazoo._protocols import LearnsByActing, ReadsInOrder
from kerazoo.engine.callback_hooks import as_list
from kerazoo.engine.callbacks import let_skip_epochs
from kerazoo.engine.checkpoints.checkpointer import (
    CheckpointOptions,
    open_checkpointer,
    stored_setting,
)
from kerazoo.engine.checks import check_data, check_digits
from kerazoo.engine.choose import (
    choose_block_rows,
    keras_fit,
    reason_for_keras,
    say_once,
)
from kerazoo.engine.class_weights import weigh_classes, weights_by_index
from kerazoo.engine.data import Data, NotArrays, for_keras, to_data
from kerazoo.engine.inputs import check_columns, check_index, without_extras
from kerazoo.engine.loading import in_blocks
from kerazoo.engine.normalization import adapt_normalization, adapt_to_blocks
from kerazoo.engine.precision import choose_precision, computing_in
from kerazoo.engine.schedule import Shuffle, StepLimits, ValidationFreq, at_most
from kerazoo.engine.targets import outputs_of_last
from kerazoo.errors import KerazooError, unknown_name

Engine = Literal["auto", "resident", "keras"]
Precision = Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]


def fit_model(
    model: keras.Model,
    train: Any,
    validation: Any = None,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    shuffle: Shuffle = True,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None = (),
    verbose: int | Literal["auto"] = "auto",
    validation_split: float = 0.0,
    class_weight: Mapping[Any, float] | None = None,
    class_names: Sequence[str] = (),
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: ValidationFreq = 1,
    block_rows: int | None = None,
    engine: Engine = "auto",
    jit_compile: bool | Literal["auto"] = "auto",
    precision: Precision | None = None,
    checkpoint: str | PathLike[str] | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 10.0,
    fingerprint: str = "",
) -> keras.callbacks.History:
    """Train a compiled model: the numbers of `keras.Model.fit`, in a fraction of the time.

    The data stays on the device, and all steps of an epoch, validation included, run as one
    compiled graph that calls the model's own `train_step` and `test_step`. Python runs between the
    epochs, for the callbacks. If no callback needs that, many epochs run in one call.

    `keras.Model.fit` trains instead, and a warning says so once, if the data is not plain arrays
    (generators, `tf.data.Dataset`, `PyDataset`, sparse or ragged), if several devices train and it
    does not fit in memory, if a callback does something at every batch, if the model runs eagerly,
    or if Keras runs on another backend than TensorFlow. It then draws its own order of the rows,
    without `seed`.

    Data that takes more than half of the free memory is read a block of rows at a time. It may lie
    in files: `np.load(path, mmap_mode="r")`. Rows are shuffled within their block, and so are the
    blocks; a file in the order of something, such as its classes, has to be shuffled before.

    XLA compiles the program of dense and recurrent networks if they are trained for long enough to
    earn back the one to three seconds that it takes; see `choose_jit_compile` for the measurements.
    Networks of one structure share a program: tell it by `kerazoo.many_trainings` if there will be
    many of them.

    `Normalization` layers that are not adapted yet are adapted on the training part first. Freezing
    layers takes effect when the model is compiled, as in Keras.

    Args:
        model: a compiled Keras model.
        train: `(x,)`, `(x, y)` or `(x, y, sample_weight)`, or one part of a `Splits`; arrays,
            pandas objects, tensors or lists of numbers; lists or dicts of them for several inputs
            or outputs.
        validation: the same, for validation after each epoch.
        epochs: number after the last epoch.
        batch_size: rows in a step; 32, or as many as `steps_per_epoch` leaves for each.
        shuffle: whether each epoch has its own order of the rows; `"batch"` shuffles only the rows
            of each batch.
        seed: decides that order, together with the number of the epoch.
        callbacks: Keras callbacks.
        verbose: 0 for silence, 1 for a progress bar (in a file at most 50 lines), 2 for a line per
            epoch, `"auto"` for 1.
        validation_split: share of the last training rows to validate on, if there is no
            `validation`.
        class_weight: weight per class, by its index or its name.
        class_names: a name per class, for `class_weight`.
        initial_epoch: number of the first epoch.
        steps_per_epoch: steps of an epoch, if it is not to read all rows; the next epoch goes on
            where it ended.
        validation_steps: steps of a validation, if it is not to read all rows.
        validation_batch_size: rows in a step of validation, if not `batch_size`.
        validation_freq: every how many epochs is validated, or a list of their numbers, from 1.
        block_rows: the most rows that are in memory at once; `None` for all, or, where they do not
            fit, for about 128 MiB of them. The numbers depend on it if the rows are shuffled.
        engine: `"resident"` refuses what `"auto"` leaves to Keras; `"keras"` always leaves it, and
            does not check values: NaN, labels and pixels are then what the model makes of them.
        jit_compile: whether XLA compiles the program; `"auto"` decides by the network.
        precision: what inner layers compute in; `"auto"` is bfloat16 where that is faster; `None`
            leaves the model as it was built. Weights, losses and outputs stay float32.
        checkpoint: a directory to keep the state of the training in.
        resume: go on from the state in that directory, if there is one. The result is the same, bit
            for bit, as without the interruption.
        checkpoint_seconds: at least this long between two checkpoints. With 0 there is one whenever
            Python runs: after every epoch, or after several that took half a second together.
        fingerprint: anything that identifies the training, such as a hash of its recipe; a
            checkpoint with another one is refused.

    Returns:
        What `keras.Model.fit` returns: values per epoch in `.history`.

    Raises:
        KerazooError: if arguments or data do not go together, or the checkpoint is of another
            training.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("xor")
        >>> model = kerazoo.compile_model(kerazoo.build_xor(), "xor")
        >>> history = fit_model(model, splits.train, epochs=5, batch_size=1, verbose=0)
        >>> len(history.history["loss"])
        5
    """
    checkpoints = CheckpointOptions(checkpoint, resume, checkpoint_seconds, fingerprint)
    callbacks = as_list(callbacks)
    _check_model(model, shuffle)
    steps = StepLimits(steps_per_epoch, validation_steps, validation_batch_size, validation_freq)
    _check_options(
        epochs=epochs,
        batch_size=batch_size,
        block_rows=block_rows,
        shuffle=shuffle,
        engine=engine,
    )
    epochs, steps = at_most("epochs", epochs, keras.config.max_epochs()), steps.capped()
    _check_parts(model, train, validation)
    let_skip_epochs(callbacks, validation_freq != 1)
    if class_weight is not None:
        class_weight = weights_by_index(class_weight, class_names)
    policy = choose_precision(model, precision) if precision else None
    data, reason = None, None
    try:
        data = to_data(train, validation, validation_split=validation_split, leave_in_files=True)
    except NotArrays as error:
        reason = str(error)
    wanted, block_rows = block_rows, None
    if data is not None:
        block_rows = _rows_at_once(data, wanted, checkpoints)
        data = data if block_rows else data.in_memory()
        data = _prepare(model, data, class_weight, check=engine != "keras", block_rows=block_rows)
        if engine != "keras":
            check_digits(train)
        reason = reason_for_keras(model, data, callbacks, in_blocks=block_rows is not None)
    if data is None or reason or engine == "keras":
        needs = {"checkpoint": checkpoint, "block_rows": wanted}
        _check_keras_may_train(
            reason, engine, [name for name, value in needs.items() if value is not None]
        )
        _check_workers_may_train(model, reason)
        options = {
            "shuffle": shuffle,
            "epochs": epochs,
            "initial_epoch": initial_epoch,
            "verbose": verbose,
            **steps.for_keras(),
        }
        if data is not None:
            options["batch_size"] = batch_size
            train = for_keras(data.train.parts)
            validation = data.validation and for_keras(data.validation.parts)
        else:
            options |= {"validation_split": validation_split, "class_weight": class_weight}
        with computing_in(model, policy):
            return keras_fit(model, train, validation, callbacks, options)
    # Not at the top: it imports TensorFlow, which other backends of Keras may lack.
    from kerazoo.engine.resident import make_plan, prepare_training

    plan = make_plan(
        data,
        first_epoch=initial_epoch,
        epochs=epochs,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        limits=steps,
        steps_per_execution=model.steps_per_execution,
        block_rows=block_rows,
    )
    checkpointer = None
    if checkpoint is not None:
        identity = {"precision": str(policy), **plan.identity()}
        checkpointer = open_checkpointer(checkpoints, model, callbacks, identity)
    with computing_in(model, policy):
        return prepare_training(
            model,
            plan,
            callbacks,
            verbose=verbose,
            jit_compile=jit_compile,
            checkpointer=checkpointer,
        ).run()


def _rows_at_once(data: Data, wanted: int | None, checkpoints: CheckpointOptions) -> int | None:
    """Return how many rows are in memory at once, or `None` if all are."""
    longest = max(data.train.rows, data.validation.rows if data.validation else 0)
    # Free memory may be another one when a training is resumed.
    stored = stored_setting(checkpoints, "block_rows", str(longest)) if wanted is None else None
    rows = wanted or (int(stored) if stored else choose_block_rows(data))
    return rows if rows and rows < longest else None


def _prepare(
    model: keras.Model,
    data: Data,
    class_weight: Mapping[int, float] | None,
    *,
    check: bool,
    block_rows: int | None,
) -> Data:
    """Check data against the model, turn class weights into weights of rows, and adapt layers."""
    train = without_extras(model, data.train)
    validation = data.validation and without_extras(model, data.validation)
    if class_weight is not None:
        train = weigh_classes(train, class_weight, max(2, outputs_of_last(model)))
    data = Data(train, validation)
    if check:
        check_data(model, data)
    if block_rows:
        # The first of these stays in memory while statistics are taken of the others.
        adapt_to_blocks(model, functools.partial(in_blocks, data, max(1, block_rows // 4)))
    else:
        adapt_normalization(model, *train.parts[:2])
    return data


def _check_model(model: keras.Model, shuffle: Shuffle) -> None:
    name = model.name
    if not getattr(model, "compiled", False):
        raise KerazooError(
            f"{name!r} is not compiled; call kerazoo.compile_model or model.compile first."
        )
    # Protocol LearnsByActing: the models of models/control/_agent.py declare it.
    if isinstance(model, LearnsByActing):
        raise KerazooError(
            f"{name!r} learns by acting in an environment, not from rows; train it with "
            "kerazoo.fit_agent."
        )
    # Protocol ReadsInOrder: the models of models/text/_word_tables.py declare it.
    if shuffle and isinstance(model, ReadsInOrder) and model.reads_in_order:
        raise KerazooError(
            f"{name!r} learns from words in the order of a text, and shuffle is True; train "
            "it with kerazoo.fit_word_vectors, which is faster, too, or pass shuffle=False."
        )


def _check_options(
    *,
    epochs: int,
    batch_size: int | None,
    block_rows: int | None,
    shuffle: Any,
    engine: str,
) -> None:
    if not isinstance(epochs, int | np.integer) or epochs < 0:
        raise KerazooError(f"epochs is {epochs!r}; pass how many to train, at least 0.")
    if batch_size is not None and not (isinstance(batch_size, int | np.integer) and batch_size > 0):
        raise KerazooError(f"batch_size is {batch_size!r}; pass rows per step, usually 32 to 256.")
    if block_rows is not None and not (isinstance(block_rows, int | np.integer) and block_rows > 0):
        raise KerazooError(
            f"block_rows is {block_rows!r}; pass how many rows may be in memory at once."
        )
    if shuffle not in (True, False, "batch"):
        raise KerazooError(f"shuffle is {shuffle!r}; pass True, False or 'batch'.")
    if engine not in get_args(Engine):
        raise unknown_name("engine", engine, get_args(Engine))


def _check_parts(model: keras.Model, train: Any, validation: Any) -> None:
    """Refuse `x, y` in place of `(x, y)`, and validation rows with other columns."""
    if hasattr(validation, "__array__"):
        raise KerazooError(
            f"validation is a {type(validation).__name__}; x and y go together, as a tuple. Pass "
            "fit_model(model, (x, y)), and (x, y) for validation, too."
        )
    parts = {"training data": train, "validation data": validation}
    frames = {
        what: part[0] for what, part in parts.items() if isinstance(part, tuple | list) and part
    }
    check_columns(model, frames, is_training="training data" in frames)
    for what in frames:
        check_index(parts[what], what)


def _check_keras_may_train(reason: str | None, engine: str, needs: list[str]) -> None:
    if engine == "resident":
        raise KerazooError(
            f"the resident engine cannot train this: {reason}. Pass engine='auto' to let "
            "keras.Model.fit do it."
        )
    if needs:
        instead = ", or use keras.callbacks.BackupAndRestore, which resumes less exactly"
        raise KerazooError(
            f"{needs[0]}= needs the resident engine, but {reason or 'engine is keras'}. Leave it "
            f"out{instead * ('checkpoint' in needs)}."
        )
    if reason is not None and engine == "auto":
        say_once(reason)


def _check_workers_may_train(model: keras.Model, reason: str | None) -> None:
    """Refuse what the resident engine leaves to Keras, whose `fit` fails with several workers."""
    if keras.backend.backend() != "tensorflow":
        return
    from kerazoo.engine.distribution import has_workers

    if has_workers(model):
        raise KerazooError(
            f"several workers cannot train this: {reason or 'engine is keras'}. Train it on one "
            "machine."
        )
