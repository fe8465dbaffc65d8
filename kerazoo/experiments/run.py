"""A run: one recipe, one seed, from data to a judged network."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from kerazoo._files import checkpoint_folder
from kerazoo._notes import warn_user
from kerazoo._protocols import RunsWhenInterrupted, TakesFitArguments
from kerazoo.compile import compile_model
from kerazoo.datasets import Splits, load_dataset
from kerazoo.engine.callbacks import EarlyStopping
from kerazoo.errors import KerazooError
from kerazoo.experiments.judging import Watch, judge_parts, watch_nothing
from kerazoo.recipe import Recipe, overridden
from kerazoo.registry import load_builder, load_module, load_recipe
from kerazoo.runtimes.keras import check_backend
from kerazoo.saved import check_writable, load_card, save_model
from kerazoo.tasks import Chosen, load_task

if TYPE_CHECKING:
    from kerazoo.plots.style import Figure


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

    def __repr__(self) -> str:
        """Show what came out; the data and the recipe have a `repr` of their own."""
        scores = self.metrics or self.validation_metrics
        reached = ", ".join(f"{name} {value:.4g}" for name, value in scores.items())
        epochs = len(self.history.get("loss", ()))
        state = "interrupted" if self.interrupted else f"test {reached}"
        return (
            f"<Run of {self.name!r}, {self.variant} recipe, seed {self.seed}: {state}; "
            f"epochs {epochs}, {self.seconds:.1f} s>"
        )

    def figures(self) -> dict[str, Figure]:
        """Draw the curves of the training, and what its task shows of the test part.

        An interrupted run has not touched the test part, and has its curves alone.
        """
        from kerazoo.plots.history import plot_history

        drawn = {}
        if any(self.history.values()):
            loss = self.recipe.loss
            drawn["history"] = plot_history(
                self.history,
                unit=self.splits.target_unit,
                # Which epoch was restored is not known of a training in several stages.
                kept=None if self.recipe.restore_best_weights else len(self.history["loss"]),
                loss=loss if isinstance(loss, str) else "",
            )
        if self.interrupted:
            return drawn
        predictions = self.model.predict(self.splits.test.x, batch_size=256, verbose=0)
        plain = predictions if isinstance(predictions, np.ndarray) else None
        return drawn | load_task(self.recipe.task).figures(self.splits, plain, self.model)


def train(
    name: str | None = None,
    *,
    data: Any = None,
    target: str | None = None,
    variant: str = "tuned",
    seed: int | None = None,
    recipe: Recipe | None = None,
    splits: Splits | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    options: Chosen | None = None,
    verbose: int = 0,
    watch: Watch | None = None,
) -> Run:
    """Train one network as its recipe says, and judge it on the test set.

    Args:
        name: a name from `list_models()`; with `data` it may be left out.
        data: data of your own instead of the recipe's: a path, as for `kerazoo train --data`; or a
            table as a DataFrame or a dict of columns.
        target: the column of it that is predicted; short for `options={"target": column}`.
        variant: `"documented"` (as its source gives it) or `"tuned"`.
        seed: decides initial weights, dropout and the order of the rows; the recipe's by default.
        recipe: used instead of the network's own; make one with `dataclasses.replace`.
        splits: used instead of the recipe's data set.
        epochs: the most epochs; the recipe's by default. The learning rate falls over them.
        batch_size: rows in a training step; the recipe's by default.
        out: a directory to save the model in; while training, checkpoints go beside it.
        resume: go on from the checkpoint of an interrupted training to the same `out`.
        callbacks: further Keras callbacks.
        options: options of the network's task, such as `{"snapshots": "frames"}`, named as those
            of `kerazoo train NAME --help`.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch.
        watch: given in words what is done after the training, a context manager to do it in.

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
    options = {**(options or {}), **({} if target is None else {"target": target})}
    if data is not None:
        name, recipe, splits = prepare_own_data(name, variant, recipe, data, options)
    if name is None:
        raise KerazooError("say which network is trained: pass its name, or data= of your own.")
    recipe = recipe or load_recipe(name, variant)
    seed = recipe.seed if seed is None else seed
    if resume and out is None:
        raise KerazooError(
            "resume=True needs out=, the directory that the training was to save to."
        )
    if out is not None:
        check_backend()
        check_writable(out, name)
        checkpoint = checkpoint_folder(out)
        if resume and not checkpoint.is_dir():
            raise KerazooError(
                f"there is nothing to resume: {checkpoint} does not exist. The training was "
                "finished, or has no checkpoint yet. Leave out --resume to begin anew."
            )
    splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
    recipe = overridden(recipe, len(splits.train.x), epochs=epochs, batch_size=batch_size)
    model = build(name, recipe, seed)
    needed = load_task(recipe.task).callbacks(recipe, splits, options)
    stages = _Stages(
        recipe=recipe,
        seed=seed,
        callbacks=[*needed, *callbacks],
        verbose=verbose,
        checkpoint=None if out is None else checkpoint_folder(out),
        resume=resume,
        # Hashing the data takes time, and only a checkpoint needs it.
        fingerprint="" if out is None else _fingerprint(recipe, splits, seed),
    )
    started = time.perf_counter()
    interrupted = fit(name, model, splits, stages)
    seconds = time.perf_counter() - started
    of_validation, of_test, was_judged = judge_parts(
        model, splits, recipe, interrupted=interrupted, watch=watch or watch_nothing
    )
    run = Run(
        name=name,
        variant=variant,
        seed=seed,
        recipe=recipe,
        splits=splits,
        model=model,
        history=stages.history,
        seconds=seconds,
        validation_metrics=of_validation,
        metrics=of_test,
        interrupted=interrupted or not was_judged,
    )
    if out is None or (interrupted and not _is_worth_saving(run, out)):
        return run
    path = save_run(run, out, [run])
    if not run.interrupted:
        shutil.rmtree(checkpoint_folder(out), ignore_errors=True)
    return replace(run, path=path)


def prepare_own_data(
    name: str | None, variant: str, recipe: Recipe | None, data: Any, options: Chosen
) -> tuple[str, Recipe, Splits]:
    """Return the network that learns from data of the user's, how, and the data, split."""
    if isinstance(data, str | os.PathLike):
        data = Path(data)
    if name is None:
        from kerazoo.experiments.recognize import choose_network

        name, seen = choose_network(data, options)
        warn_user(f"{seen}; {name} learns from it.")
    recipe = recipe or load_recipe(name, variant)
    task = load_task(recipe.task)
    if not isinstance(data, Path) and recipe.task != "rows":
        raise KerazooError(f"{name} learns from {task.OWN_DATA}; pass its path as data=.")
    return name, *task.own_data(name, recipe, data, options)


def _is_worth_saving(run: Run, out: str | os.PathLike[str]) -> bool:
    """Tell whether an unfinished network may be saved: it has learned, and replaces nothing better.

    A network with test metrics was finished. It stays, whatever an interrupted training reached.
    """
    if not any(run.history.values()):
        return False
    try:
        card = load_card(out)
    except KerazooError:
        return True  # nothing is there yet
    return not any(card.metrics.values())


def build(name: str, recipe: Recipe, seed: int) -> keras.Model:
    """Build and compile a network as its recipe says, its initial weights decided by the seed."""
    keras.utils.set_random_seed(seed)
    model = load_builder(name)(**recipe.builder_arguments)
    if isinstance(model, TakesFitArguments):
        model.take_fit_arguments(recipe.fit_arguments)
    return compile_model(model, recipe)


def fit(name: str, model: keras.Model, splits: Splits, stages: _Stages) -> bool:
    """Train a compiled network, by its own `fit` hook if its file has one.

    Returns:
        Whether Ctrl-C ended it. The model is compiled afterwards, in any case.
    """
    hook = getattr(load_module(name), "fit", None)  # `fit(trainer, model, splits)` in a model file
    try:
        if hook is None:
            stages.fit(model, splits.train, splits.validation, epochs=stages.recipe.epochs)
        else:
            hook(stages, model, splits)
    except KeyboardInterrupt:
        stages.finish()
        if hook is not None:
            stages.compile(model)
        return True
    return False


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
    return save_model(
        run.model,
        path,
        name=run.name,
        splits=run.splits,
        recipe=run.recipe,
        variant=run.variant,
        builder_arguments=run.recipe.builder_arguments,
        metrics={str(one.seed): one.metrics for one in runs},
        seed=run.seed,
        include_optimizer=include_optimizer,
    )


@dataclass
class _Stages:
    """Trains one stage or several with a recipe's settings: the `Trainer` of `_protocols.py`."""

    recipe: Recipe
    seed: int
    callbacks: Sequence[keras.callbacks.Callback]
    verbose: int
    checkpoint: Path | None
    resume: bool
    fingerprint: str
    history: dict[str, list[float]] = field(default_factory=dict)
    _stopping: Sequence[EarlyStopping] = ()

    def compile(self, model: keras.Model, *, rate: float = 1.0) -> None:
        """Compile a model as the recipe says, its learning rate multiplied by `rate`."""
        compile_model(model, self.recipe)
        if rate != 1.0:
            model.optimizer.learning_rate = model.optimizer.learning_rate * rate

    def fit(
        self, model: keras.Model, train: Any, validation: Any, *, epochs: int, stage: str = ""
    ) -> None:
        """Train one stage; the values per epoch follow those of the stages before."""
        self._stopping = early_stopping(self.recipe)
        trainer = load_task(self.recipe.task).trainer(self.recipe)
        try:
            trainer(
                model,
                train,
                validation,
                epochs=epochs,
                batch_size=self.recipe.batch_size,
                precision=self.recipe.precision,
                seed=self.seed,
                callbacks=[*self._stopping, *self.callbacks],
                verbose=self.verbose,
                checkpoint=self.checkpoint / stage if self.checkpoint else None,
                resume=self.resume,
                fingerprint=f"{self.fingerprint} {stage}",
            )
        finally:
            for key, values in _history(model).items():
                self.history.setdefault(key, []).extend(values)

    def finish(self) -> None:
        """Let callbacks finish what they began, after an interruption."""
        for callback in [*self._stopping, *self.callbacks]:
            if isinstance(callback, RunsWhenInterrupted):
                callback.on_interrupt()


def early_stopping(recipe: Recipe) -> list[EarlyStopping]:
    """Return the callback that stops a training as the recipe says, or none."""
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


def _fingerprint(recipe: Recipe, splits: Splits, seed: int) -> str:
    return hashlib.sha256(f"{recipe.hash()} {splits.hash()} {seed}".encode()).hexdigest()


def _history(model: keras.Model) -> dict[str, list[float]]:
    history: Any = getattr(model, "history", None)
    if history is None:
        return {}
    return {key: [float(value) for value in values] for key, values in history.history.items()}
