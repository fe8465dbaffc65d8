"""backtest: a network walks through the test part of a series, and is trained again on the way.

At every step it learns from the rows before that step, and forecasts what comes; simple methods,
fitted to the same rows, stand beside it. `tasks/series/walk.py` says what is known when.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets import Splits, load_dataset
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.recipe import Recipe, for_training_on, overridden
from kerazoo.registry import list_models, load_module, load_recipe
from kerazoo.report.backtest import Backtest
from kerazoo.saved.gaussian import means_of
from kerazoo.tasks import Chosen
from kerazoo.tasks.series.walk import (
    Pairs,
    Step,
    cut_pairs,
    forecast_baseline,
    list_walked,
    plan_steps,
    score_forecasts,
)

if TYPE_CHECKING:
    import keras

# Of the learning rate, in a training that goes on from another one: with a tenth, a network that
# was trained 250 times in a row had learned the last rows by heart.
_GENTLE = 0.02
Report = Callable[[float], object]


def backtest(
    name: str | None = None,
    *,
    data: str | os.PathLike[str] | None = None,
    target: str | None = None,
    variant: str = "tuned",
    seed: int | None = None,
    recipe: Recipe | None = None,
    splits: Splits | None = None,
    every: int | None = None,
    rows: int | None = None,
    epochs: int | None = None,
    warm_epochs: int | None = None,
    batch_size: int | None = None,
    options: Chosen | None = None,
    report: Report | None = None,
) -> Backtest:
    """Walk through the test part of a series, training the network again on all rows before.

    Nothing after a row decides its forecast. Between two trainings the network stays as it is, and
    sees the rows that have come since. All epochs of the recipe are trained: no row is held out.
    Settings that were chosen with the training part, such as the length of the windows, stay.

    Args:
        name: a network that forecasts; with `data` it may be left out.
        data: the path of a CSV file of your own, instead of the recipe's data.
        target: the column of it that is predicted; short for `options={"target": column}`.
        variant: `"documented"` or `"tuned"`.
        seed: decides initial weights and the order of the rows of each training.
        recipe: used instead of the network's own.
        splits: used instead of the recipe's data set.
        every: rows between two trainings; by default so that there are at most 250.
        rows: train on so many windows, the last ones, instead of all. The program then is for one
            size of data, and XLA compiles it.
        epochs: the most epochs; the recipe's by default.
        warm_epochs: begin each training but the first with the weights of the one before, and
            train so many epochs at a fiftieth of the learning rate; by default each begins anew.
        batch_size: rows in a training step; the recipe's by default.
        options: options of the network's task, as in `kerazoo.train`.
        report: told the share that is done.

    Returns:
        The forecasts of the network and of simple methods, and their errors. Ctrl-C ends it early:
        what was forecast so far is returned, and `interrupted` is true.

    Raises:
        KerazooError: if the network forecasts no series, or there are too few rows.

    Example:
        >>> from kerazoo.datasets.time_series_csv import tiny
        >>> result = backtest("nyse_rnn", splits=tiny(), every=40, epochs=1)
        >>> len(result), result.trainings, list(result.forecasts)
        (80, 2, ['nyse_rnn', 'last_value', 'autoregression'])
    """
    options = {**(options or {}), **({} if target is None else {"target": target})}
    if data is not None:
        from kerazoo.experiments.recognize import prepare_own_data

        name, recipe, splits = prepare_own_data(name, variant, recipe, data, options)
    if name is None:
        raise KerazooError("say which network is tested: pass its name, or data= of your own.")
    recipe = recipe or load_recipe(name, variant)
    for argument, value in (("every", every), ("rows", rows), ("warm_epochs", warm_epochs)):
        if value is not None and value < 1:
            raise KerazooError(f"{argument} is {value}; pass a whole number, at least 1.")
    check_network(name, recipe)
    splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
    pairs = cut_pairs(splits)
    steps = plan_steps(pairs, every, rows)
    recipe = overridden(recipe, len(steps[0].known), epochs=epochs, batch_size=batch_size)
    seed = recipe.seed if seed is None else seed
    # Metrics of the training part are not looked at, and take time.
    trainer = _Trainer(name, replace(recipe, metrics=()), seed, warm_epochs)
    methods = list_walked(recipe.baselines)
    started = time.perf_counter()
    forecasts, interrupted = _walk(trainer, methods, splits, pairs, steps, report, rows is not None)
    ahead = np.concatenate([step.ahead for step in steps])[: len(forecasts[name])]
    true = pairs.y[ahead].astype("float64")
    scores = {one: score_forecasts(splits, true, said) for one, said in forecasts.items()}
    names = np.array([line.name for line in splits.timelines])
    several = len(splits.timelines) > 1
    center, spread = (
        np.array([[getattr(line, name)] for line in splits.timelines])[pairs.source[ahead]]
        for name in ("center", "spread")
    )
    return Backtest(
        name=name,
        target=splits.target_name,
        true=true * spread + center,
        forecasts={one: said * spread + center for one, said in forecasts.items()},
        scores=scores,
        dates=_dates(splits, pairs, ahead),
        series=names[pairs.source[ahead]] if several else None,
        spreads=spread,
        trainings=trainer.trainings,
        every=len(np.unique(pairs.start[steps[0].ahead])),
        seconds=time.perf_counter() - started,
        interrupted=interrupted,
    )


def check_network(name: str, recipe: Recipe) -> None:
    """Refuse a network that cannot be walked through a series.

    Raises:
        WrongUsage: if it forecasts none.
        KerazooError: if its training has stages of its own.
    """
    if recipe.task != "series":
        raise WrongUsage(
            f"{name} forecasts no series, and a backtest walks through one. Use "
            f"{' or '.join(_forecasters())}."
        )
    if hasattr(load_module(name), "fit"):
        raise KerazooError(
            f"{name} is trained in stages of its own, which a backtest does not know; use "
            f"{' or '.join(_forecasters())}."
        )


def _forecasters() -> list[str]:
    return [one for one in list_models() if load_recipe(one).task == "series"]


def _walk(
    trainer: _Trainer,
    methods: Sequence[str],
    splits: Splits,
    pairs: Pairs,
    steps: Sequence[Step],
    report: Report | None,
    one_size: bool,
) -> tuple[dict[str, np.ndarray], bool]:
    """Train and forecast step by step; return the forecasts, and whether Ctrl-C ended it."""
    from kerazoo.engine.choose import many_trainings

    found: dict[str, list[np.ndarray]] = {name: [] for name in (trainer.name, *methods)}
    try:
        with many_trainings(len(steps)):
            for done, step in enumerate(steps, start=1):
                simple = {name: forecast_baseline(name, pairs, step, splits) for name in methods}
                forecast = trainer.forecast(pairs, step, one_size)
                for name, values in {trainer.name: forecast, **simple}.items():
                    found[name].append(values)
                if report is not None:
                    report(done / len(steps))
    except KeyboardInterrupt:
        done = min(map(len, found.values()))  # a step that was cut off may have some methods only
        if not done:
            raise
        complete = {name: np.concatenate(parts[:done]) for name, parts in found.items()}
        return complete, True
    return {name: np.concatenate(parts) for name, parts in found.items()}, False


@dataclass
class _Trainer:
    """Trains a network at every step, and forecasts with it."""

    name: str
    recipe: Recipe
    seed: int
    warm_epochs: int | None
    trainings: int = 0
    _model: keras.Model | None = None

    def forecast(self, pairs: Pairs, step: Step, one_size: bool) -> np.ndarray:
        """Train on what is known, and forecast what is ahead."""
        import keras

        model = self._train(pairs.x[step.known], pairs.y[step.known], one_size)
        self.trainings += 1
        answer = model(pairs.x[step.ahead], training=False)
        return means_of(np.asarray(keras.ops.convert_to_numpy(answer), "float64"))

    def _train(self, x: np.ndarray, y: np.ndarray, one_size: bool) -> keras.Model:
        from kerazoo.compile import compile_model
        from kerazoo.engine.fit import fit_model
        from kerazoo.experiments.run import build

        recipe = self.recipe
        if self._model is not None and self.warm_epochs is not None:
            recipe = for_training_on(gentle(replace(recipe, epochs=self.warm_epochs)), len(x))
            model = compile_model(self._model, recipe)
        else:
            recipe = for_training_on(recipe, len(x))
            model = build(self.name, recipe, self.seed)
        fit_model(
            model,
            (x, y),
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            precision=recipe.precision,
            seed=self.seed,
            verbose=0,
            # XLA compiles a program for one number of rows; they become more with every step.
            jit_compile="auto" if one_size else False,
        )
        self._model = model
        return model


def _dates(splits: Splits, pairs: Pairs, ahead: np.ndarray) -> np.ndarray | None:
    """Return when the rows that were forecast were, `(forecasts, horizon)`."""
    lines = [splits.timelines[number] for number in pairs.source[ahead]]
    if any(line.dates is None for line in lines):
        return None
    horizon = np.arange(pairs.y.shape[1])
    return np.stack(
        [line.dates[row + horizon] for line, row in zip(lines, pairs.row[ahead], strict=True)]
    )


def gentle(recipe: Recipe) -> Recipe:
    """Return a recipe whose learning rate is a fiftieth: a training that goes on forgets less."""
    optimizer = copy.deepcopy(dict(recipe.optimizer))
    rate = optimizer["config"].get("learning_rate", 0.001)
    if isinstance(rate, Mapping):
        for name in ("initial_learning_rate", "warmup_target"):
            if rate["config"].get(name):
                rate["config"][name] *= _GENTLE
    else:
        optimizer["config"]["learning_rate"] = rate * _GENTLE
    return replace(recipe, optimizer=optimizer)
