"""A trial: a recipe is trained on the training rows, and judged on rows held out of them.

A search trains the same few networks again and again. So a network is built and compiled once for
each set of builder arguments and fold; before every trial its weights, and its optimizer, become
what they were at first. That gives the numbers of a network that is built anew, in a fraction of
the time.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np

from kerazoo._protocols import TakesFitArguments
from kerazoo.datasets import Splits
from kerazoo.engine.first_values import FirstValues
from kerazoo.engine.fit import fit_model
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.errors import KerazooError, WrongUsage, unknown_name
from kerazoo.experiments.judging import judge
from kerazoo.experiments.run import build, fit
from kerazoo.experiments.search.folds import Fold, make_folds
from kerazoo.experiments.stages import Stages
from kerazoo.recipe import Recipe
from kerazoo.registry import load_module
from kerazoo.tasks import load_task

_MOST_NETWORKS = 64
_LARGEST_NETWORK = 2**20  # parameters; networks are kept, and so are their first weights
_RUNGS = (0.25, 0.5)  # of the epochs, after which a trial may be given up
_FEWEST_EPOCHS = 8  # that are worth giving up

Report = Callable[[int, float], bool]
"""Is told the number of a rung and the value there, and tells whether the trial is given up."""


@dataclass(frozen=True)
class Outcome:
    """What a trial came to.

    Args:
        values: of the metric on the held-out rows, one for each fold; NaN if training failed.
        epochs: how many were trained, over all folds.
        seconds: wall time.
        pruned: whether it was given up.
        rungs: the value at each rung that it has reached.
    """

    values: tuple[float, ...]
    epochs: int
    seconds: float
    pruned: bool
    rungs: Mapping[int, float]

    @property
    def value(self) -> float:
        """The mean over the folds."""
        return float(np.mean(self.values)) if self.values else math.nan


class _Rungs(keras.callbacks.Callback):
    """Tells of the value at some epochs, and ends a training that is given up.

    The engine runs up to such an epoch at once: protocol `PausesAfter`.
    """

    keeps_state = False
    reads_values_only = True

    def __init__(self, metric: str, epochs: Sequence[int], report: Callable[[int, float], bool]):
        super().__init__()
        self.metric = metric
        self.pauses_after = tuple(epochs)
        self.report = report
        self.pruned = False

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        value = (logs or {}).get(self.metric)
        if epoch + 1 in self.pauses_after and value is not None and math.isfinite(value):
            self.pruned = self.report(self.pauses_after.index(epoch + 1), float(value))
            self.model.stop_training = self.pruned or self.model.stop_training


@dataclass
class TrialTrainer:
    """Trains trials of one network.

    Args:
        name: the network.
        folds: rows to train on and to judge by; the test part is not among them.
        splits: the data that they come from, for the task and for other folds.
        metric: what is judged.
    """

    name: str
    folds: Sequence[Fold]
    splits: Splits
    metric: str
    _networks: OrderedDict[str, _Network] = field(default_factory=OrderedDict)

    def run(
        self, recipe: Recipe, seed: int, report: Report | None = None, *, division: int = 0
    ) -> Outcome:
        """Train a recipe on each fold, and judge it on the rows that the fold holds out.

        Args:
            recipe: how.
            seed: of the weights.
            report: is told of rungs.
            division: another number divides the rows into other folds.

        Raises:
            KerazooError: if it cannot be trained at all.
        """
        started = time.perf_counter()
        values: list[float] = []
        rungs: dict[int, float] = {}
        epochs, pruned = 0, False
        for number, fold in enumerate(self._divided(recipe, division)):

            def tell(rung: int, value: float, first: int = number * len(_RUNGS)) -> bool:
                rungs[first + rung] = value
                return report is not None and report(first + rung, value)

            value, trained, pruned = self._run_fold((division, number), fold, recipe, seed, tell)
            epochs += trained
            values.append(value)
            if pruned or not math.isfinite(value):
                break
        return Outcome(tuple(values), epochs, time.perf_counter() - started, pruned, rungs)

    def _divided(self, recipe: Recipe, division: int) -> Sequence[Fold]:
        """Return folds of another division; a validation part stays what it is."""
        if division == 0 or len(self.folds) == 1:
            return self.folds
        return make_folds(self.name, recipe, self.splits, len(self.folds), division)

    def _run_fold(
        self, number: tuple[int, int], fold: Fold, recipe: Recipe, seed: int, tell: Report
    ) -> tuple[float, int, bool]:
        model = self._fresh_network(number, fold, recipe, seed)
        rungs = _Rungs(f"val_{self.metric}", rungs_of(recipe.epochs), tell)
        splits = replace(
            self.splits, train=fold.train, validation=fold.validation, test=fold.validation
        )
        needed = load_task(recipe.task).callbacks(recipe, splits, {})
        stages = Stages(
            recipe=recipe,
            seed=seed,
            callbacks=[*needed, rungs],
            verbose=0,
            checkpoint=None,
            resume=False,
            fingerprint="",
        )
        if fit(self.name, model, splits, stages):
            raise KeyboardInterrupt
        values = stages.history.get(f"val_{self.metric}")
        trained = len(stages.history.get("loss", ()))
        if values and stages.kept is not None:
            return float(values[stages.kept - 1]), trained, rungs.pruned
        scores = judge(model, fold.validation, recipe)
        if self.metric not in scores:
            raise unknown_name("metric", self.metric, scores)
        return float(scores[self.metric]), trained, rungs.pruned

    def _fresh_network(
        self, number: tuple[int, int], fold: Fold, recipe: Recipe, seed: int
    ) -> keras.Model:
        """Return a compiled network with the first weights of a seed: built, or used before."""
        shape = [dict(recipe.builder_arguments), dict(recipe.penalty), _shape_of_optimizer(recipe)]
        key = json.dumps([*number, seed, shape])
        known = self._networks.get(key)
        if known is None:
            model = build(self.name, recipe, seed)
            if _can_be_reused(self.name, model):
                adapt_normalization(model, fold.train.x, fold.train.y)
                model.optimizer.build(model.trainable_variables)
                self._networks[key] = _Network(model)
                while len(self._networks) > _MOST_NETWORKS:
                    self._networks.popitem(last=False)
            return model
        self._networks.move_to_end(key)
        return known.as_at_first(recipe)


class _Network:
    """A compiled network, and the first values of all that a training changes in it."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.first = FirstValues([*model.variables, *model.optimizer.variables])

    def as_at_first(self, recipe: Recipe) -> keras.Model:
        """Return the network as it would be built, with the numbers of a recipe's optimizer."""
        self.first.put_back()
        config, optimizer = recipe.optimizer["config"], self.model.optimizer
        rate = config.get("learning_rate")
        if isinstance(rate, Mapping):
            optimizer.learning_rate = keras.optimizers.schedules.deserialize(copy.deepcopy(rate))
        elif rate is not None:
            optimizer.learning_rate = rate
        if config.get("weight_decay"):
            optimizer.weight_decay = config["weight_decay"]
        self.model.reset_metrics()
        return self.model


def _shape_of_optimizer(recipe: Recipe) -> Any:
    """Return an optimizer without the numbers that can be set in it."""
    config = dict(recipe.optimizer["config"])
    rate = config.pop("learning_rate", None)
    decays = bool(config.pop("weight_decay", None))
    schedule = rate["class_name"] if isinstance(rate, Mapping) else rate is None
    return recipe.optimizer["class_name"], config, decays, schedule


def _can_be_reused(name: str, model: keras.Model) -> bool:
    """Tell whether weights are all that a training changes in a network."""
    plain = type(model) in (keras.Model, keras.Sequential) or type(model).__name__ == "Functional"
    return (
        plain
        and not isinstance(model, TakesFitArguments)
        and not hasattr(load_module(name), "fit")
        and model.count_params() <= _LARGEST_NETWORK
        and type(model.optimizer).__module__.startswith("keras.")
    )


def rungs_of(epochs: int) -> tuple[int, ...]:
    """Return the epochs after which a trial may be given up.

    Example:
        >>> rungs_of(100), rungs_of(5)
        ((25, 50), ())
    """
    return tuple(math.ceil(share * epochs) for share in _RUNGS) if epochs >= _FEWEST_EPOCHS else ()


def check_network(name: str, recipe: Recipe) -> None:
    """Refuse a network whose training is no training on rows.

    Raises:
        WrongUsage: if it learns by acting, or from running text.
    """
    if load_task(recipe.task).trainer(recipe) is not fit_model:
        raise WrongUsage(
            f"{name} is not trained on rows that can be held out, and a search judges by such. Use "
            "a network of another task: kerazoo list."
        )


def describe_failure(error: Exception) -> str:
    """Say in a line why a trial failed."""
    text = " ".join(str(error).split())
    named = text if isinstance(error, KerazooError) else f"{type(error).__name__}: {text}"
    return named[:300]
