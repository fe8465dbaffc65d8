"""search: which settings of a recipe reach more on rows that no training has seen.

In reading order: `space` says what is tried, `written` reads what a user says of it, `folds` holds
rows out, `trials` trains and judges, `journal` keeps what came out, `proposals` asks Optuna what to
try next, `searching` puts these together, `spread` lets a cluster train, and `outcomes` makes a
table of it.
The test part is not touched.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._files import make_folder
from kerazoo._scratch import scratch_beside
from kerazoo.cluster import check_ray, connected
from kerazoo.datasets import Splits, load_dataset
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.experiments.search.space import as_text, default_space
from kerazoo.experiments.search.written import read_space
from kerazoo.recipe import Recipe, check_seed, for_training_on, overridden
from kerazoo.registry import Variant, load_recipe
from kerazoo.report.search import Search
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    from kerazoo.experiments.search.journal import Journal
    from kerazoo.experiments.search.proposals import Question

JOURNAL = "search.journal"
Report = Callable[[float], object]


def search(
    name: str | None = None,
    *,
    data: Any = None,
    target: str | None = None,
    variant: Variant = "tuned",
    recipe: Recipe | None = None,
    splits: Splits | None = None,
    space: str | Path | Sequence[str] | Mapping[str, Any] | None = None,
    trials: int = 50,
    timeout: float | None = None,
    folds: int | None = None,
    seeds: int = 4,
    epochs: int | None = None,
    seed: int | None = None,
    out: str | os.PathLike[str] | None = None,
    options: Chosen | None = None,
    report: Report | None = None,
    ray: str | None = None,
) -> Search:
    """Search for settings with which a network reaches more on rows held out of the training.

    The first trial is the recipe itself. Trials that fall behind the median after a quarter or half
    of the epochs are given up. At the end the best ones and the recipe are trained from further
    seeds, and compared by these alone: the best of many trials is good by luck, too. The test part
    is not touched.

    Args:
        name: a name from `list_models()`; with `data` it may be left out.
        data: data of your own, as for `train`.
        target: the column of it that is predicted; short for `options={"target": column}`.
        variant: `"documented"` or `"tuned"`: the recipe to begin with.
        recipe: used instead of the network's own.
        splits: used instead of the recipe's data set.
        space: what is tried, instead of what fits the network: a dict of tuples `(low, high)` and
            lists of values, such as `{"rate": (1e-4, 1e-2), "batch": [16, 32]}`, texts such as
            `"rate=1e-4:1e-2"`, or a JSON file. Settings are `rate`, `decay`, `batch`, `width` and
            `depth` of the hidden layers, `l1`, `l2`, and arguments of the builder.
        trials: how many there are in the end, those of an earlier call with the same `out` counted.
        timeout: seconds after which no further trial begins.
        folds: judge by cross-validation within the rows of training and validation; 0 for the
            validation part. By default 5 where there is none that is apart from the training rows.
        seeds: how many further seeds the best trials and the recipe are trained from at the end;
            folds are then other ones for each.
        epochs: the most epochs of a trial; the recipe's by default.
        seed: of all trials, and of what is proposed; the recipe's by default.
        out: a folder whose `search.journal` keeps finished trials. Called again, the search goes
            on there; several processes may work on it at once.
        options: options of the network's task, as for `train`.
        report: told the share that is done.
        ray: the address of a Ray cluster whose processors train a trial each: `"local"`,
            `"host:port"` or `"ray://host:port"`; see `docs/cluster.md`.

    Returns:
        The trials as a DataFrame, the best settings, and the recipe with them. Ctrl-C ends it
        early, and `interrupted` is true.

    Raises:
        UnknownName: if there is no such network, or the space names a setting that it has not.
        InvalidInput: if the space is none, or there are too few rows.
        KerazooError: if Optuna is not installed, `out` holds another search, all trials fail, or no
            cluster answers.

    Example:
        >>> found = search("hitters", trials=3, epochs=4)  # doctest: +SKIP
        >>> found.trials[["value", "rate", "width"]]  # doctest: +SKIP
    """
    check_optuna()
    if ray is not None:
        check_ray()
    options = {**(options or {}), **({} if target is None else {"target": target})}
    if data is not None:
        from kerazoo.experiments.recognize import prepare_own_data

        with scratch_beside(out):
            name, recipe, splits = prepare_own_data(name, variant, recipe, data, options)
    if name is None:
        raise KerazooError("say which network is searched: pass its name, or data= of your own.")
    recipe = recipe or load_recipe(name, variant)
    for argument, value in (("trials", trials), ("timeout", timeout), ("seeds", seeds)):
        if value is not None and not value > 0:
            raise InvalidInput(f"{argument} is {value}; expected a number above 0.")
    # These import Optuna, which has been looked for, and Keras.
    from kerazoo.experiments.search.folds import make_folds
    from kerazoo.experiments.search.proposals import Question
    from kerazoo.experiments.search.searching import Searching
    from kerazoo.experiments.search.trials import TrialTrainer, check_network

    check_network(name, recipe)
    splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
    recipe = overridden(recipe, len(splits.train.x), epochs=epochs, batch_size=None)
    found = make_folds(name, recipe, splits, folds)
    rows = len(found[0].train.x)
    if len(found) > 1:
        recipe = for_training_on(recipe, rows)
    wanted = default_space(name, recipe, rows) if space is None else read_space(space, name, recipe)
    seed = check_seed(recipe.seed if seed is None else seed)
    metric = recipe.primary_metric
    question = Question(name, recipe, wanted, rows, metric, recipe.primary_mode, seed)
    journal = _open_journal(out, question, splits, len(found) if len(found) > 1 else 0)
    trainer = TrialTrainer(name, found, splits, metric)
    parts = question, journal, trainer, splits, report or (lambda share: None), seeds
    if ray is None:
        return Searching(*parts).run(trials, timeout)
    from kerazoo.experiments.search.spread import SpreadSearching

    with connected(ray) as cluster:
        return SpreadSearching(*parts, cluster).run(trials, timeout)


def check_optuna() -> None:
    """Refuse a search without Optuna.

    Raises:
        KerazooError: saying how to install it.
    """
    if importlib.util.find_spec("optuna") is None:
        raise KerazooError(
            "a search needs Optuna, which is not installed. Install it: pip install "
            "'kerazoo[search]'."
        )


def _open_journal(
    out: str | os.PathLike[str] | None, question: Question, splits: Splits, folds: int
) -> Journal:
    import optuna

    # The warnings are about functions that are new in Optuna.
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    from kerazoo.experiments.search.journal import Journal

    identity = {
        "network": question.name,
        "recipe": question.recipe.hash(),
        "data": splits.hash(),
        "space": as_text(question.space),
        "metric": question.metric,
        "folds": folds,
        "seed": question.seed,
    }
    path = None if out is None else make_folder(out) / JOURNAL
    return Journal(path, identity, "minimize" if question.mode == "min" else "maximize")
