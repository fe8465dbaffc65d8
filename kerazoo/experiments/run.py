"""A run: one recipe, one seed, from data to a judged network."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import keras
import numpy as np

from kerazoo._files import checkpoint_folder
from kerazoo._protocols import TakesFitArguments
from kerazoo._scratch import scratch_beside
from kerazoo.compile import compile_model
from kerazoo.datasets import Splits, load_dataset
from kerazoo.engine.evaluate import predict_rows
from kerazoo.engine.workers.cluster import Cluster
from kerazoo.errors import KerazooError
from kerazoo.experiments.going_on import Start, load_start, open_start, what_to_go_on_with
from kerazoo.experiments.judging import Watch, answers_fit, judge, judge_parts, watch_nothing
from kerazoo.experiments.recognize import prepare_own_data
from kerazoo.experiments.stages import Stages
from kerazoo.experiments.trackers import Training, check_trackers
from kerazoo.experiments.tracking import logging_to, settings_of
from kerazoo.experiments.workers import check_kind, identify, working_together
from kerazoo.recipe import Recipe, check_seed, overridden
from kerazoo.registry import Variant, load_builder, load_module, load_recipe
from kerazoo.runtimes.keras import check_backend
from kerazoo.saved import check_writable, load_card, save_model
from kerazoo.saved.reading import Location, Saved
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
        kept: the epoch whose weights the network has, counted from 1 over all stages, if it is
            known.
        start: the saved network that the training went on from, if it did not begin anew, and what
            that reached on the same test part.
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
    kept: int | None = None
    start: Start | None = None

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
                kept=self.kept,
                loss=loss if isinstance(loss, str) else "",
            )
        if self.interrupted:
            return drawn
        x, fits = self.splits.test.x, answers_fit(self.model, len(self.splits.test.x))
        predictions = predict_rows(self.model, x) if fits else None
        plain = predictions if isinstance(predictions, np.ndarray) else None
        return drawn | load_task(self.recipe.task).figures(self.splits, plain, self.model)


def train(
    name: str | None = None,
    *,
    data: Any = None,
    target: str | None = None,
    start_from: Location | None = None,
    variant: Variant = "tuned",
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
    log: str | Sequence[str] = (),
    log_dir: str | os.PathLike[str] | None = None,
    workers: Cluster | None = None,
) -> Run:
    """Train one network as its recipe says, and judge it on the test set.

    Args:
        name: a name from `list_models()`; with `data` it may be left out.
        data: data of your own instead of the recipe's: a path, as for `kerazoo train --data`; or a
            table as a DataFrame or a dict of columns.
        target: the column of it that is predicted; short for `options={"target": column}`.
        start_from: the directory of a saved network, or the name of an installed one, that the
            training goes on from, on `data` of the kind that it was trained on. It stays as it is:
            `out` is another directory. The optimizer begins anew, at three tenths of the recipe's
            learning rate. What it reached before is in `run.start.metrics`.
        variant: `"documented"` (as its source gives it) or `"tuned"`.
        seed: decides initial weights, dropout and the order of the rows; the recipe's by default.
        recipe: used instead of the network's own; make one with `dataclasses.replace`.
        splits: used instead of the recipe's data set.
        epochs: the most epochs; the recipe's by default. The learning rate falls over them.
        batch_size: rows in a training step; the recipe's by default.
        out: a directory to save the model in; while training, checkpoints go beside it. It also
            gets `history.jsonl`, a line for each epoch.
        resume: go on from the checkpoint of an interrupted training to the same `out`.
        callbacks: further Keras callbacks.
        options: options of the network's task, such as `{"snapshots": "frames"}`, named as those
            of `kerazoo train NAME --help`.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch.
        watch: given in words what is done after the training, a context manager to do it in.
        log: trackers that are told of each epoch: `"tensorboard"`, `"mlflow"` or `"wandb"`. They
            write to `logs` in `out`, or in `runs/NAME` without it.
        log_dir: where `history.jsonl` and `logs` go instead; what is there already is continued.
        workers: those that share each batch, as `kerazoo train --workers` names them; all make the
            same call, before anything else is computed in their processes. Only worker 0 judges,
            writes and saves; the others return a run without metrics.

    Returns:
        The run. Ctrl-C ends training early: the best weights so far are kept and saved, and
        `run.interrupted` is true.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if `out` cannot be written or holds something else, or a tracker is not
            installed or cannot begin; nothing is trained then.
        InvalidInput: if the data is not what a network learns from.

    Example:
        >>> run = train("xor", seed=0)
        >>> run.metrics["accuracy"]
        1.0
    """
    if workers is not None and workers.rank:
        out, log_dir, log, resume = None, None, (), False
    trackers = check_trackers(log)
    options = {**(options or {}), **({} if target is None else {"target": target})}
    saved = None if start_from is None else open_start(start_from, name, out)
    if saved is not None:
        name, variant = saved.card.name, cast(Variant, saved.card.variant) or variant
        recipe, splits = what_to_go_on_with(saved, data, options, recipe, splits)
    elif data is not None:
        with scratch_beside(out):
            name, recipe, splits = prepare_own_data(name, variant, recipe, data, options)
    if name is None:
        raise KerazooError("say which network is trained: pass its name, or data= of your own.")
    recipe = recipe or load_recipe(name, variant)
    check_kind(workers, name, recipe, begins=saved is None)
    seed = check_seed(recipe.seed if seed is None else seed)
    _check_out(out, name, resume)
    if splits is None:
        splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    elif not isinstance(splits, Splits):
        raise KerazooError(
            f"splits is a {type(splits).__name__}; pass a kerazoo.Splits: three parts (x, y), and "
            "what the rows are. For a table, kerazoo.fit_model(model, (x, y)) trains a model of it."
        )
    recipe = overridden(recipe, len(splits.train.x), epochs=epochs, batch_size=batch_size)
    folder = log_dir or out or (Path("runs", name) if trackers else None)

    def make() -> keras.Model:
        return build(name, recipe, seed) if saved is None else load_start(saved, recipe, seed)

    with (
        working_together(
            workers,
            lambda: identify(name, recipe, splits, seed),
            None if out is None else checkpoint_folder(out),
            resume,
        ) as team,
        logging_to(
            None if folder is None else Path(folder),
            Training(name, seed, settings_of(variant, recipe)),
            trackers,
            resume=resume,
            begins=not resume and log_dir is None,
        ) as run_log,
    ):
        model = team.build(make)
        start = None if saved is None else _judge_start(saved, model, splits, recipe, watch)
        needed = load_task(recipe.task).callbacks(recipe, splits, options)
        stages = Stages(
            recipe=recipe,
            seed=seed,
            callbacks=[*needed, *callbacks, *([run_log] if run_log else [])],
            verbose=verbose,
            checkpoint=team.checkpoint,
            resume=team.resume,
            # Hashing the data takes time, and only a checkpoint needs it.
            fingerprint=_fingerprint(recipe, splits, seed, saved) if team.checkpoint else "",
        )
        started = time.perf_counter()
        interrupted = fit(name, model, splits, stages)
        seconds = time.perf_counter() - started
        model = team.finish(model, make, interrupted)
        judged: tuple[dict[str, float], dict[str, float], bool] = {}, {}, True
        if team.writes:
            judged = judge_parts(
                model, splits, recipe, interrupted=interrupted, watch=watch or watch_nothing
            )
        of_validation, of_test, was_judged = judged
        interrupted_at_all = interrupted or not was_judged
        if run_log is not None:
            run_log.scores, run_log.was_interrupted = of_test, interrupted_at_all
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
        interrupted=interrupted_at_all,
        kept=stages.kept,
        start=start,
    )
    if out is None or (interrupted and not _is_worth_saving(run, out)):
        return run
    path = save_run(run, out, [run])
    if not run.interrupted:
        shutil.rmtree(checkpoint_folder(out), ignore_errors=True)
    return replace(run, path=path)


def _check_out(out: str | os.PathLike[str] | None, name: str, resume: bool) -> None:
    if out is None:
        if resume:
            raise KerazooError(
                "resume=True needs out=, the directory that the training was to save to."
            )
        return
    check_backend()
    check_writable(out, name)
    checkpoint = checkpoint_folder(out)
    if resume and not checkpoint.is_dir():
        raise KerazooError(
            f"there is nothing to resume: {checkpoint} does not exist. The training was "
            "finished, or has no checkpoint yet. Leave out --resume to begin anew."
        )


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


def fit(name: str, model: keras.Model, splits: Splits, stages: Stages) -> bool:
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
        started_from=None if run.start is None else run.start.saved.card,
    )


def _judge_start(
    saved: Saved, model: keras.Model, splits: Splits, recipe: Recipe, watch: Watch | None
) -> Start:
    with (watch or watch_nothing)(f"judging {saved.card.name} as it was before"):
        return Start(saved, judge(model, splits.test, recipe))


def _fingerprint(recipe: Recipe, splits: Splits, seed: int, saved: Saved | None) -> str:
    before = "" if saved is None else f" {saved.card.as_origin.model}"
    return hashlib.sha256(f"{recipe.hash()} {splits.hash()} {seed}{before}".encode()).hexdigest()
