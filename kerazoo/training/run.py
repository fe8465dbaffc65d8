"""A run: one recipe, one seed, from data to a judged network."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from kerazoo.artifacts import check_writable, save_model
from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe
from kerazoo.registry import load_builder, load_module, load_recipe
from kerazoo.training.callbacks import EarlyStopping, KeepFinite
from kerazoo.training.compile import compile_model
from kerazoo.training.evaluate import evaluate_model
from kerazoo.training.fit import fit_model


@dataclass(frozen=True)
class Run:
    """A finished (or interrupted) training.

    Args:
        name: the network.
        variant: `"documented"` or `"tuned"`.
        seed: what initial weights and the order of the rows came from.
        recipe: what was done.
        splits: the data it was done with.
        model: the trained network.
        history: values per epoch, by name.
        validation_metrics: loss and metrics on the validation part: choices are made on these.
        metrics: loss and metrics on the test part; empty if training was interrupted.
        seconds: wall time of the training, compilation included.
        interrupted: whether Ctrl-C ended it.
        path: where the model was saved, if it was.
    """

    name: str
    variant: str
    seed: int
    recipe: Recipe
    splits: Splits
    model: keras.Model
    history: dict[str, list[float]]
    validation_metrics: dict[str, float]
    metrics: dict[str, float]
    seconds: float
    interrupted: bool = False
    path: Path | None = None


def train(
    name: str,
    *,
    variant: str = "tuned",
    seed: int | None = None,
    recipe: Recipe | None = None,
    splits: Splits | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
) -> Run:
    """Train one network as its recipe says, and judge it on the test set.

    Args:
        name: a name from `list_models()`.
        variant: `"documented"` (as its source gives it) or `"tuned"`.
        seed: decides initial weights, dropout and the order of the rows; the recipe's by default.
        recipe: used instead of the network's own; make one with `dataclasses.replace`.
        splits: used instead of the recipe's data set.
        out: a directory to save the model in; while training, checkpoints go beside it.
        resume: go on from the checkpoint of an interrupted training to the same `out`.
        callbacks: further Keras callbacks.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch.

    Returns:
        The run. Ctrl-C ends training early: the best weights so far are kept and saved, and
        `run.interrupted` is true.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if `out` cannot be written or holds something else; nothing is trained then.

    Example:
        >>> run = train("xor", seed=0)
        >>> run.metrics["accuracy"]
        1.0
    """
    recipe = recipe or load_recipe(name, variant)
    seed = recipe.seed if seed is None else seed
    if resume and out is None:
        raise KerazooError(
            "resume=True needs out=, the directory that the training was to save to."
        )
    if out is not None:
        check_writable(out, name)
    splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
    keras.utils.set_random_seed(seed)
    model = load_builder(name)(**recipe.builder_arguments)
    compile_model(model, recipe)
    checkpoint = _checkpoint_folder(out)
    stages = _Stages(
        recipe, seed, callbacks, verbose, checkpoint, resume, _fingerprint(recipe, splits, seed)
    )
    started = time.perf_counter()
    interrupted = False
    try:
        hook = getattr(load_module(name), "fit", None)
        if hook is None:
            stages.fit(model, splits.train, splits.validation, epochs=recipe.epochs)
        else:
            hook(model, splits, recipe, stages.fit)
            compile_model(model, recipe)  # which the hook may have done otherwise
    except KeyboardInterrupt:
        interrupted = True
        stages.restore_best_weights()
    seconds = time.perf_counter() - started
    run = Run(
        name=name,
        variant=variant,
        seed=seed,
        recipe=recipe,
        splits=splits,
        model=model,
        history=stages.history,
        validation_metrics=judge(name, model, splits.validation),
        metrics={} if interrupted else judge(name, model, splits.test),
        seconds=seconds,
        interrupted=interrupted,
    )
    if out is None:
        return run
    path = save_run(run, out, [run])
    if checkpoint is not None and not interrupted:
        shutil.rmtree(checkpoint, ignore_errors=True)
    return dataclasses.replace(run, path=path)


def save_run(
    run: Run, path: str | os.PathLike[str], runs: Sequence[Run], *, include_optimizer: bool = True
) -> Path:
    """Save the network of one run, with the test metrics of several in its card.

    Args:
        run: whose network is saved.
        path: the directory to save to.
        runs: whose metrics are stored, by seed.
        include_optimizer: whether the optimizer's state is kept.
    """
    arguments = dict(run.recipe.builder_arguments)
    if "weights" in arguments:
        arguments["weights"] = None  # the saved ones replace those that training began with
    return save_model(
        run.model,
        path,
        name=run.name,
        splits=run.splits,
        recipe=run.recipe,
        variant=run.variant,
        builder_arguments=arguments,
        metrics={str(one.seed): one.metrics for one in runs},
        seed=run.seed,
        include_optimizer=include_optimizer,
    )


def judge(name: str, model: keras.Model, part: Part) -> dict[str, float]:
    """Judge a network on rows that it was not trained on.

    Args:
        name: the network.
        model: trained and compiled.
        part: the validation part for choices, the test part for a result.

    Returns:
        Loss and compiled metrics, and those of the network's own `evaluate` hook.
    """
    metrics = evaluate_model(model, part)
    hook = getattr(load_module(name), "evaluate", None)
    return metrics if hook is None else {**metrics, **hook(model, part)}


class _Stages:
    """`fit_model` with a recipe's settings, for trainings of one stage or several."""

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        callbacks: Sequence[keras.callbacks.Callback],
        verbose: int,
        checkpoint: Path | None,
        resume: bool,
        fingerprint: str,
    ) -> None:
        self.history: dict[str, list[float]] = {}
        self._recipe = recipe
        self._callbacks = callbacks
        self._options: dict[str, Any] = {"seed": seed, "verbose": verbose, "resume": resume}
        self._options |= {"batch_size": recipe.batch_size, "precision": recipe.precision}
        self._checkpoint = checkpoint
        self._fingerprint = fingerprint
        self._stopping: list[EarlyStopping] = []

    def fit(
        self,
        model: keras.Model,
        train: Any,
        validation: Any,
        *,
        epochs: int,
        stage: str = "",
        trainer: Callable[..., Any] = fit_model,
    ) -> None:
        """Train one stage; the values per epoch follow those of the stages before."""
        self._stopping = _early_stopping(self._recipe)
        # Pictures without labels: nothing else would notice that such a training has failed.
        kept = [KeepFinite()] if train[1] is None else []
        try:
            trainer(
                model,
                train,
                validation,
                epochs=epochs,
                callbacks=[*self._stopping, *kept, *self._callbacks],
                checkpoint=self._checkpoint / stage if self._checkpoint else None,
                fingerprint=f"{self._fingerprint} {stage}",
                **self._options,
            )
        finally:
            for key, values in _history(model).items():
                self.history.setdefault(key, []).extend(values)

    def restore_best_weights(self) -> None:
        """Put the best weights so far back, after an interruption."""
        for callback in self._stopping:
            callback.restore()


def _early_stopping(recipe: Recipe) -> list[EarlyStopping]:
    # None at all where nothing is watched: then whole trainings can run as one program.
    if recipe.patience is None and not recipe.restore_best_weights:
        return []
    return [
        EarlyStopping(
            recipe.monitor,
            recipe.monitor_mode,
            recipe.patience,
            restore_best_weights=recipe.restore_best_weights,
        )
    ]


def _checkpoint_folder(out: str | os.PathLike[str] | None) -> Path | None:
    return None if out is None else Path(out).with_name(Path(out).name + ".checkpoint")


def _fingerprint(recipe: Recipe, splits: Splits, seed: int) -> str:
    return hashlib.sha256(f"{recipe.hash()} {splits.hash()} {seed}".encode()).hexdigest()


def _history(model: keras.Model) -> dict[str, list[float]]:
    history: Any = getattr(model, "history", None)
    if history is None:
        return {}
    return {key: [float(value) for value in values] for key, values in history.history.items()}
