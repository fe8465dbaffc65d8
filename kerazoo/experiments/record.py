"""record: train a recipe from several seeds, and write down what came out.

`results/<name>.json` is written here and nowhere else: values per seed, their mean and spread, the
baselines on the same split, and what one needs to know to do it again.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import math
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._files import write_whole
from kerazoo.datasets import Part, Splits, load_dataset, load_dataset_module
from kerazoo.datasets.splits import hold_out_last
from kerazoo.errors import unknown_name
from kerazoo.experiments.judging import answers_fit
from kerazoo.experiments.run import Run, save_run, train
from kerazoo.recipe import Recipe
from kerazoo.registry import VARIANTS, Variant, load_recipe
from kerazoo.report.judged import judged_text
from kerazoo.report.layer_table import describe_layers
from kerazoo.saved import add_to_card, check_writable, load_card, open_saved
from kerazoo.saved.readme import write_readme
from kerazoo.tasks import load_task

Report = Callable[[str], None]
_SMALL = 100_000
_VERSIONS = ("kerazoo", "keras", "tensorflow", "numpy", "scikit-learn")


def record(
    name: str,
    *,
    seeds: int | None = None,
    variants: Sequence[Variant] = VARIANTS,
    experiments: Sequence[str] = (),
    results: str | os.PathLike[str] = "results",
    saved_models: str | os.PathLike[str] | None = "saved_models",
    report: Report = print,
) -> dict[str, Any]:
    """Train each variant from several seeds, judge it, and write `results/<name>.json`.

    Args:
        name: a name from `list_models()`.
        seeds: how many seeds, from 0 on; the recipe's `recorded_seeds` by default.
        variants: which recipes; what is recorded of the others is kept.
        experiments: which of the experiments that a recipe is judged on, all by default; what is
            recorded of the others is kept if it is of the same recipe.
        results: folder of the result files.
        saved_models: folder of the saved models; the tuned network of the seed with the best
            *validation* score goes there. `None` saves nothing.
        report: is called with a line of progress.

    Returns:
        What was written.
    """
    if saved_models is not None:
        check_writable(Path(saved_models) / name, name)
    path = Path(results) / f"{name}.json"
    recorded = json.loads(path.read_text()) if path.exists() else {"variants": {}}
    recipes = {variant: load_recipe(name, variant) for variant in variants}
    recorded["name"] = name
    recorded["baselines"] = _baselines(name, load_recipe(name, "tuned"), report)
    recorded["versions"] = {name: importlib.metadata.version(name) for name in _VERSIONS}
    recorded["versions"]["python"] = platform.python_version()
    recorded["layers"] = describe_layers(name)
    for variant, recipe in recipes.items():
        # A recording may take hours: what is finished is kept.
        before = recorded["variants"].get(variant, {})
        for runs, entry in _record_variant(
            name, variant, recipe, seeds, experiments, before, report
        ):
            recorded["variants"][variant] = entry
            _write(path, recorded)
            is_main = runs[0].recipe.experiment == recipe.experiment
            if is_main and variant == "tuned" and saved_models is not None:
                best = best_run(runs)
                # What is shipped is for prediction and transfer, and should be small.
                small = best.model.count_params() < _SMALL
                save_run(best, Path(saved_models) / name, runs, include_optimizer=small)
    if saved_models is not None and "tuned" in recipes:
        _complete_card(Path(saved_models) / name, recipes["tuned"], recorded)
        _complete_readme(Path(saved_models) / name, recipes["tuned"])
    return recorded


def _complete_card(folder: Path, recipe: Recipe, recorded: dict[str, Any]) -> None:
    """Say in the card what the recipe reaches in its other experiments."""
    judged = recorded["variants"]["tuned"]["judged_on"]
    others = {
        experiment: {metric: value["mean"] for metric, value in entry["summary"].items()}
        for experiment, entry in judged.items()
        if experiment != recipe.experiment
    }
    if others and folder.is_dir() and load_card(folder).recipe == recipe.hash():
        add_to_card(folder, others)


def _complete_readme(folder: Path, recipe: Recipe) -> None:
    """Say in the README of a classifier what it reaches in each class."""
    saved = open_saved(folder)
    if not saved.card.class_names or saved.card.recipe != recipe.hash():
        return
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    judged = load_task(recipe.task).evaluate(saved, splits, recipe, "auto")
    write_readme(
        folder, saved.card, made={"judged": judged_text(saved.card, judged, len(splits.test.x))}
    )


def _write(path: Path, recorded: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(recorded, indent=1, sort_keys=True) + "\n")


def best_run(runs: Sequence[Run]) -> Run:
    """Return the run with the best value of its recipe's monitor on the *validation* part."""
    sign = 1.0 if runs[0].recipe.monitor_mode == "min" else -1.0

    def rank(run: Run) -> float:
        # A run that was interrupted while it was judged has no such value.
        value = run.validation_metrics.get(run.recipe.monitor.removeprefix("val_"), math.inf)
        return sign * value if math.isfinite(value) else math.inf

    return min(runs, key=rank)


def why_best(run: Run) -> str:
    """Say what `best_run` chose a run by."""
    judged = run.recipe.monitor.removeprefix("val_") in run.validation_metrics
    return "the best on validation" if judged else "the first, as no measure tells the best"


def summarize(values: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return mean and spread (sample standard deviation) of each metric over seeds or folds.

    Example:
        >>> summarize([{"accuracy": 0.5}, {"accuracy": 0.7}])["accuracy"]["mean"]
        0.6
    """
    summary = {}
    for metric in values[0]:
        column = [value[metric] for value in values]
        spread = statistics.stdev(column) if len(column) > 1 else 0.0
        summary[metric] = {"mean": round(statistics.fmean(column), 6), "spread": round(spread, 6)}
    return summary


def cross_validation(splits: Splits, folds: int) -> Iterator[Splits]:
    """Yield a data set re-split so that each row is tested once, by shuffled folds.

    The part held out for validation is the same share of the remaining rows as before.
    """
    from sklearn.model_selection import KFold  # half a second, of which a training needs none

    parts = (splits.train, splits.validation, splits.test)
    x = np.concatenate([part.x for part in parts])
    y = np.concatenate([part.y for part in parts if part.y is not None])
    share = len(splits.validation.x) / (len(splits.train.x) + len(splits.validation.x))
    for fitted, held_out in KFold(folds, shuffle=True, random_state=0).split(x):
        train_part, validation = hold_out_last(x[fitted], y[fitted], share)
        test = Part(x[held_out], y[held_out])
        yield dataclasses.replace(splits, train=train_part, validation=validation, test=test)


def _record_variant(
    name: str,
    variant: Variant,
    recipe: Recipe,
    seeds: int | None,
    experiments: Sequence[str],
    before: dict[str, Any],
    report: Report,
) -> Iterator[tuple[list[Run], dict[str, Any]]]:
    """Yield the runs of one experiment after another, and all that is recorded so far."""
    entry: dict[str, Any] = {"recipe_hash": recipe.hash(), "judged_on": {}}
    if experiments and before.get("recipe_hash") == recipe.hash():
        entry = before
    known = [one.experiment for one in recipe.all_experiments()]
    for experiment in experiments:
        if experiment not in known:
            raise unknown_name("experiment", experiment, known)
    for one in recipe.all_experiments():
        if experiments and one.experiment not in experiments:
            continue
        runs, entry["judged_on"][one.experiment] = _record_experiment(
            name, variant, one, seeds or one.recorded_seeds, report
        )
        if one is recipe and recipe.cross_validation_folds:
            entry["cross_validation"] = _cross_validate(name, variant, recipe, runs[0].splits)
        yield runs, entry


def _cross_validate(name: str, variant: Variant, recipe: Recipe, splits: Splits) -> dict[str, Any]:
    """Train on each fold, seed 0; a data set that has official `folds` says which these are."""
    official = getattr(load_dataset_module(recipe.dataset), "folds", None)
    if official is None:
        folds = cross_validation(splits, recipe.cross_validation_folds)
    else:
        folds = official(**recipe.dataset_arguments)
    scores, of_baselines = [], []
    for fold in folds:
        scores.append(train(name, variant=variant, recipe=recipe, seed=0, splits=fold).metrics)
        if official is not None and variant == "tuned":  # which they stand beside
            of_baselines.append(load_task(recipe.task).baselines(name, recipe, fold))
    found: dict[str, Any] = {"folds": len(scores), **summarize(scores)}
    if of_baselines:
        found["baselines"] = {
            baseline: summarize([one[baseline] for one in of_baselines])
            for baseline in recipe.baselines
        }
    return found


def _record_experiment(
    name: str, variant: Variant, recipe: Recipe, seeds: int, report: Report
) -> tuple[list[Run], dict[str, Any]]:
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    runs = []
    for seed in range(seeds):
        run = train(name, variant=variant, recipe=recipe, seed=seed, splits=splits)
        if run.interrupted:
            raise KeyboardInterrupt
        runs.append(run)
        value = run.metrics[recipe.primary_metric]
        report(
            f"{name} {variant}, {recipe.experiment}, seed {seed}: "
            f"{recipe.primary_metric} {value:.4f}, {run.seconds:.1f} s"
        )
    return runs, {
        "data_hash": runs[0].splits.hash(),
        "summary": summarize([run.metrics for run in runs]),
        "average_of_predictions": _average_of_predictions(runs),
        "seeds": {str(run.seed): _seed_entry(run) for run in runs},
    }


def _seed_entry(run: Run) -> dict[str, Any]:
    entry = {
        "test": {metric: round(value, 6) for metric, value in run.metrics.items()},
        "validation": {metric: round(value, 6) for metric, value in run.validation_metrics.items()},
        "epochs": len(run.history.get("loss", ())),
        "seconds": round(run.seconds, 2),
    }
    if "steps" in run.history:  # of an agent, which is also judged by how soon it has learned
        names = ("steps", run.recipe.monitor)
        entry["curve"] = {name: [round(v, 3) for v in run.history[name]] for name in names}
    return entry


def _average_of_predictions(runs: Sequence[Run]) -> dict[str, float]:
    """Score the mean of what the networks of all seeds predict: a committee of them."""
    task = load_task(runs[0].recipe.task)
    x, y = runs[0].splits.test
    if y is None or not answers_fit(runs[0].model, len(x)):
        return {}
    predictions = np.mean(
        [run.model.predict(x, batch_size=1024, verbose=0) for run in runs], axis=0
    )
    scores = task.score(runs[0].splits, predictions)
    return {metric: round(value, 6) for metric, value in scores.items()}


def _baselines(name: str, recipe: Recipe, report: Report) -> dict[str, dict[str, dict[str, float]]]:
    scored: dict[str, dict[str, dict[str, float]]] = {}
    known: dict[str, dict[str, dict[str, float]]] = {}  # experiments that are judged alike
    task = load_task(recipe.task)
    for one in recipe.all_experiments():
        key = json.dumps([one.dataset, dict(one.dataset_arguments), dict(one.builder_arguments)])
        if one.baselines and key not in known:
            splits = load_dataset(one.dataset, **one.dataset_arguments)
            known[key] = {
                baseline: {metric: round(value, 6) for metric, value in scores.items()}
                for baseline, scores in task.baselines(name, one, splits).items()
            }
            for baseline, scores in known[key].items():
                report(f"baseline {baseline}, {one.experiment}: {scores}")
        scored[one.experiment] = known.get(key, {})
    return scored
