"""fit_model: what `keras.Model.fit` does, with whole epochs as one compiled graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal, get_args

import keras

from kerazoo._protocols import ReadsInOrder
from kerazoo.engine.checkpoints.checkpointer import CheckpointOptions, open_checkpointer
from kerazoo.engine.choose import keras_fit, reason_for_keras, say_once
from kerazoo.engine.data import (
    NotArrays,
    check_data,
    check_digits,
    outputs_of_last,
    to_data,
    weights_by_index,
)
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.engine.precision import choose_precision, computing_in
from kerazoo.errors import KerazooError, unknown_name

Engine = Literal["auto", "resident", "keras"]
Precision = Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]


def fit_model(
    model: keras.Model,
    train: Any,
    validation: Any = None,
    *,
    epochs: int = 1,
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int | Literal["auto"] = "auto",
    validation_split: float = 0.0,
    class_weight: Mapping[Any, float] | None = None,
    class_names: Sequence[str] = (),
    initial_epoch: int = 0,
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
    (generators, `tf.data.Dataset`, `PyDataset`, sparse, ragged or text), if it takes more than half
    of the free memory, if a callback does something at every batch, if the model runs eagerly, or
    if Keras runs on another backend than TensorFlow. It then draws its own order of the rows,
    without `seed`.

    XLA compiles the program of dense and recurrent networks if they are trained for long enough to
    earn back the one to three seconds that it takes; see `choose_jit_compile` for the measurements.

    `Normalization` layers that are not adapted yet are adapted on the training part first.

    Args:
        model: a compiled Keras model.
        train: `(x,)`, `(x, y)` or `(x, y, sample_weight)`, or one part of a `Splits`; arrays,
            pandas objects or tensors; lists or dicts of them for several inputs or outputs.
        validation: the same, for validation after each epoch.
        epochs: number after the last epoch.
        batch_size: rows in a step.
        shuffle: whether each epoch has its own order of the rows.
        seed: decides that order, together with the number of the epoch.
        callbacks: Keras callbacks.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch, `"auto"` for 1.
        validation_split: share of the last training rows to validate on, if there is no
            `validation`.
        class_weight: weight per class, by its index or its name.
        class_names: a name per class, for `class_weight`.
        initial_epoch: number of the first epoch.
        engine: `"resident"` refuses what `"auto"` leaves to Keras; `"keras"` always leaves it.
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
    _check_model(model, shuffle)
    _check_numbers(epochs=epochs, batch_size=batch_size, engine=engine)
    if class_weight is not None:
        class_weight = weights_by_index(class_weight, class_names)
    policy = choose_precision(model, precision) if precision else None
    data, reason = None, None
    try:
        data = to_data(
            train,
            validation,
            validation_split=validation_split,
            class_weight=class_weight,
            outputs=max(2, outputs_of_last(model)),
        )
    except NotArrays as error:
        reason = str(error)
    if data is not None:
        check_data(model, data)
        check_digits(train)
        adapt_normalization(model, *data.train.parts[:2])
        reason = reason_for_keras(model, data, callbacks)
    if data is None or reason or engine == "keras":
        _check_keras_may_train(reason, engine, checkpoint)
        options = {
            "batch_size": batch_size if data else None,
            "shuffle": shuffle,
            "validation_split": validation_split,
            "class_weight": class_weight,
            "epochs": epochs,
            "initial_epoch": initial_epoch,
            "verbose": verbose,
        }
        with computing_in(model, policy):
            return keras_fit(model, train, validation, callbacks, options)
    # Not at the top: it imports TensorFlow, which other backends of Keras may lack.
    from kerazoo.engine.resident import Plan, prepare_training

    plan = Plan(data, initial_epoch, epochs, batch_size, shuffle, seed)
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


def _check_model(model: keras.Model, shuffle: bool) -> None:
    name = model.name
    if not getattr(model, "compiled", False):
        raise KerazooError(
            f"{name!r} is not compiled; call kerazoo.compile_model or model.compile first."
        )
    # Protocol ReadsInOrder: the models of models/text/_word_tables.py declare it.
    if shuffle and isinstance(model, ReadsInOrder) and model.reads_in_order:
        raise KerazooError(
            f"{name!r} learns from words in the order of a text, and shuffle is True; train "
            "it with kerazoo.fit_word_vectors, which is faster, too, or pass shuffle=False."
        )


def _check_numbers(*, epochs: int, batch_size: int, engine: str) -> None:
    if epochs < 0:
        raise KerazooError(f"epochs is {epochs}; pass how many to train, at least 0.")
    if batch_size < 1:
        raise KerazooError(f"batch_size is {batch_size}; pass rows per step, usually 32 to 256.")
    if engine not in get_args(Engine):
        raise unknown_name("engine", engine, get_args(Engine))


def _check_keras_may_train(reason: str | None, engine: str, checkpoint: Any) -> None:
    if engine == "resident":
        raise KerazooError(
            f"the resident engine cannot train this: {reason}. Pass engine='auto' to let "
            "keras.Model.fit do it."
        )
    if checkpoint is not None:
        raise KerazooError(
            f"checkpoint= needs the resident engine, but {reason or 'engine is keras'}. Leave it "
            "out, or use keras.callbacks.BackupAndRestore, which resumes less exactly."
        )
    if reason is not None and engine == "auto":
        say_once(reason)
