"""Recipe and Reference: how a network is trained and judged, as plain data.

A recipe can be listed, hashed, compared and stored without importing Keras.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import Any, Literal

from kerazoo.errors import InvalidInput, unknown_name

Config = Mapping[str, Any]
"""A Keras object as plain data: `{"class_name": "Adam", "config": {"learning_rate": 0.001}}`."""

LAST_SEED = 2**32 - 1
"""The largest seed that NumPy and Keras take."""

MOST = 2**31 - 1
"""The largest count that fits 32 bits: epochs, rows of a batch."""


@dataclass(frozen=True)
class Reference:
    """A figure that somebody else reported, with where it was read.

    Args:
        value: the figure, in the unit of `metric`.
        metric: name of the metric, as in `Recipe.metrics`.
        source: who reported it: book, paper, library or course document. What stands before the
            first comma is the short form, for tables.
        note: what a reader must know to compare it fairly.
        experiment: under which of a recipe's experiments it was reported; `""` for its main one.
    """

    value: float
    metric: str
    source: str
    note: str = ""
    experiment: str = ""


@dataclass(frozen=True)
class Recipe:
    """How one network is trained and judged.

    Args:
        dataset: a name known to `kerazoo.load_dataset`.
        task: what the network is asked: a name from `kerazoo.tasks`, such as `"images"`.
        optimizer: a Keras optimizer as plain data.
        loss: a Keras loss, by name or as plain data; `None` for a network that has its own.
        metrics: Keras metrics, by name or as plain data.
        epochs: the most epochs that are trained.
        batch_size: rows in a training step.
        primary_metric: the metric that the network is judged by, as reported by evaluation.
        primary_mode: whether a lower or a higher `primary_metric` is better.
        parameters: the documented number of trainable parameters.
        dataset_arguments: options of the data set's loader.
        builder_arguments: arguments of `build_<name>`.
        fit_arguments: what the network's own `fit` hook wants to know, if its file has one.
        penalty: what large weights cost, added to the loss: `{"l1": a, "l2": b}` is a times the
            absolute values and b times the squares of all weights of trained layers, biases left
            out; none by default.
        monitor: what early stopping and the choice of a seed look at: validation, never test.
        monitor_mode: whether a lower or a higher `monitor` is better.
        patience: epochs without improvement after which training stops; `None` for no stopping.
        restore_best_weights: whether the epoch with the best `monitor` is kept, or the last one.
        precision: what inner layers compute in, as in `fit_model`; `None` for float32.
        source: what the recipe follows to the letter, such as `"course document A, lines 571-585"`,
            and which of its settings are `"own choice"` because no source gives them.
        documented: what the course or the book that it follows reports for this network.
        baseline: a published figure of a simpler method.
        best: the best published figure.
        baselines: scikit-learn baselines (`kerazoo.tasks`) computed on the same split.
        experiment: what is judged, in words for a table: what `dataset_arguments` select, such as
            `"duplicates removed"`.
        experiments: further experiments that are recorded, each with the fields that differ:
            another data set, an option left out, and what follows from that.
        weighted: whether rows of the data have weights, which metrics are to respect.
        measures: further measures of the task that the network is judged by, such as `"samples"`.
        cross_validation_folds: folds of an additional cross-validation; 0 for none.
        seed: the seed that is trained unless told otherwise.
        recorded_seeds: how many seeds `kerazoo record NAME` trains unless told otherwise.

    Example:
        >>> import kerazoo
        >>> kerazoo.load_recipe("boston", "documented").epochs
        25
    """

    dataset: str
    task: str
    optimizer: Config
    loss: str | Config | None
    metrics: tuple[str | Config, ...]
    epochs: int
    batch_size: int
    primary_metric: str
    primary_mode: Literal["min", "max"]
    parameters: int
    dataset_arguments: Config = field(default_factory=dict)
    builder_arguments: Config = field(default_factory=dict)
    fit_arguments: Config = field(default_factory=dict)
    penalty: Mapping[str, float] = field(default_factory=dict)
    monitor: str = "val_loss"
    monitor_mode: Literal["min", "max"] = "min"
    patience: int | None = None
    restore_best_weights: bool = True
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] | None = None
    source: str = ""
    documented: Reference | None = None
    baseline: Reference | None = None
    best: Reference | None = None
    baselines: tuple[str, ...] = ()
    experiment: str = "documented split"
    experiments: Mapping[str, Config] = field(default_factory=dict)
    weighted: bool = False
    measures: tuple[str, ...] = ()
    cross_validation_folds: int = 0
    seed: int = 0
    recorded_seeds: int = 5

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as data that `json` can write."""
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return plain

    def all_experiments(self) -> list[Recipe]:
        """Return the recipe itself, and one for each of its further experiments."""
        return [self, *(replace(self, experiment=p, **c) for p, c in self.experiments.items())]

    def of_experiment(self, name: str | None) -> Recipe:
        """Return the recipe of one of its experiments, or itself if there is no name.

        Raises:
            UnknownName: if it has no such experiment.

        Example:
            >>> import kerazoo
            >>> kerazoo.load_recipe("cnn").of_experiment("MNIST").dataset
            'mnist'
        """
        found = {one.experiment: one for one in self.all_experiments()}
        if name is not None and name not in found:
            raise unknown_name("experiment", name, found)
        return self if name is None else found[name]

    def hash(self) -> str:
        """Return the SHA-256 of everything that decides the trained weights.

        References, baselines and what else is only reported are left out: correcting a citation
        must not make a recorded result look out of date.
        """
        deciding = {key: value for key, value in self.as_dict().items() if key not in _REPORTED}
        # These came after the first networks were recorded: the hashes that their results and cards
        # hold are of recipes without them. It stays so until a new card format records all again.
        for later in ("precision", "fit_arguments", "weighted", "penalty"):
            if not deciding[later]:
                del deciding[later]
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def check_seed(seed: Any) -> int:
    """Return a seed that NumPy and TensorFlow take.

    Raises:
        InvalidInput: if it is no whole number from 0 to 4,294,967,295.

    Example:
        >>> check_seed(2**32)
        Traceback (most recent call last):
        kerazoo.errors.InvalidInput: seed is 4294967296; expected a whole number, 0 to 4294967295.
    """
    _check_whole("seed", seed, 0, LAST_SEED)
    return int(seed)


def _check_whole(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= value <= most:  # type: ignore[operator]
        raise InvalidInput(f"{name} is {value!r}; expected a whole number, {least} to {most}.")


def overridden(recipe: Recipe, rows: int, *, epochs: int | None, batch_size: int | None) -> Recipe:
    """Return a recipe with other epochs or another batch size, and a learning rate that fits them.

    Args:
        recipe: returned as it is, if nothing else is asked for.
        rows: training rows in an epoch.
        epochs: the most epochs; `None` for those of the recipe.
        batch_size: rows in a step; `None` for those of the recipe.

    Raises:
        InvalidInput: if one is no whole number from 1 to 2,147,483,647.
    """
    asked = {"epochs": epochs, "batch_size": batch_size}
    chosen = {name: value for name, value in asked.items() if value is not None}
    for name, value in chosen.items():
        _check_whole(name, value, 1, MOST)
    # A recipe that is asked for what it says already stays as it is, to the last digit.
    if all(getattr(recipe, name) == value for name, value in chosen.items()):
        return recipe
    whole = {name: int(value) for name, value in chosen.items()}  # of numpy, too
    return for_training_on(replace(recipe, **whole), rows)  # type: ignore[arg-type]


def for_training_on(recipe: Recipe, rows: int) -> Recipe:
    """Return a recipe whose learning rate falls over exactly the training that it describes.

    For a recipe whose epochs, batch size or data have been replaced.

    Args:
        recipe: with a cosine-decayed learning rate, or any other, which is left as it is.
        rows: training rows in an epoch.

    Example:
        >>> import dataclasses, kerazoo
        >>> recipe = dataclasses.replace(kerazoo.load_recipe("wine_binary"), epochs=2)
        >>> for_training_on(recipe, 640).optimizer["config"]["learning_rate"]["config"]
        {'initial_learning_rate': 0.003, 'decay_steps': 20}
    """
    optimizer = copy.deepcopy(dict(recipe.optimizer))
    rate = optimizer["config"].get("learning_rate")
    if not isinstance(rate, dict) or rate["class_name"] != "CosineDecay":
        return recipe
    schedule = rate["config"]
    steps = math.ceil(rows / recipe.batch_size) * recipe.epochs
    warmup = schedule.get("warmup_steps", 0)
    if warmup:
        share = warmup / (warmup + schedule["decay_steps"])
        schedule["warmup_steps"] = round(share * steps)
    schedule["decay_steps"] = steps - schedule.get("warmup_steps", 0)
    return replace(recipe, optimizer=optimizer)


def with_learning_rate(recipe: Recipe, rate: float) -> Recipe:
    """Return a recipe with another learning rate: of one that changes, the highest.

    Args:
        recipe: any recipe whose optimizer has a learning rate.
        rate: above 0.

    Raises:
        InvalidInput: if it is no such number, or the recipe has a schedule without a first rate.

    Example:
        >>> import kerazoo
        >>> recipe = with_learning_rate(kerazoo.load_recipe("wine_binary"), 0.01)
        >>> recipe.optimizer["config"]["learning_rate"]["config"]["initial_learning_rate"]
        0.01
    """
    if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 < float(rate) < math.inf:
        raise InvalidInput(f"learning_rate is {rate!r}; expected a number above 0, such as 0.001.")
    optimizer = copy.deepcopy(dict(recipe.optimizer))
    before = optimizer["config"].get("learning_rate")
    if not isinstance(before, dict):
        optimizer["config"]["learning_rate"] = float(rate)
        return replace(recipe, optimizer=optimizer)
    schedule = before["config"]
    if "initial_learning_rate" not in schedule:
        raise InvalidInput(
            f"learning_rate is {rate!r}, and the recipe has a {before['class_name']}, which has no "
            "first rate. Leave learning_rate out, or choose another variant."
        )
    # A warm-up goes from a share of the highest rate to that rate.
    highest = schedule.get("warmup_target") or schedule["initial_learning_rate"]
    share = schedule["initial_learning_rate"] / highest
    schedule["initial_learning_rate"] = float(rate) * share
    if schedule.get("warmup_target"):
        schedule["warmup_target"] = float(rate)
    return replace(recipe, optimizer=optimizer)


def cosine_decay(
    initial_learning_rate: float,
    *,
    rows: int,
    batch_size: int,
    epochs: int,
    warmup: float = 0.0,
) -> dict[str, Any]:
    """Return a learning rate that falls to zero, along half a cosine, in exactly one training.

    Args:
        initial_learning_rate: the rate at the first step, or at the end of the warm-up.
        rows: training rows in an epoch.
        batch_size: rows in a step.
        epochs: epochs of the training.
        warmup: share of the steps in which the rate first rises, from a tenth, to its full value.

    Returns:
        A `keras.optimizers.schedules.CosineDecay` as plain data.

    Example:
        >>> cosine_decay(0.01, rows=100, batch_size=32, epochs=5)["config"]["decay_steps"]
        20
    """
    steps = math.ceil(rows / batch_size) * epochs
    config = {"initial_learning_rate": initial_learning_rate, "decay_steps": steps}
    if warmup:
        rising = round(warmup * steps)
        config = {
            "initial_learning_rate": initial_learning_rate / 10,
            "decay_steps": steps - rising,
            "warmup_target": initial_learning_rate,
            "warmup_steps": rising,
        }
    module = "keras.optimizers.schedules"
    return {"module": module, "class_name": "CosineDecay", "config": config}


_REPORTED = {
    "task",
    "measures",
    "primary_metric",
    "primary_mode",
    "source",
    "documented",
    "baseline",
    "best",
    "baselines",
    "experiment",
    "experiments",
    "cross_validation_folds",
    "seed",
    "recorded_seeds",
}
