"""Finished trials as a table, and what follows from them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import optuna

from kerazoo.experiments.search.proposals import (
    FROM_RECIPE,
    OF_TRIAL,
    RANDOM_TRIALS,
    WHY,
    Question,
)
from kerazoo.experiments.search.space import Space, current_values

if TYPE_CHECKING:
    import pandas as pd


def choose(question: Question, checked: Mapping[int, Sequence[float]]) -> int | None:
    """Return the trial of the best mean over seeds."""
    means = {
        number: question.sign * sum(values) / len(values)
        for number, values in checked.items()
        if all(map(math.isfinite, values))
    }
    return min(means, key=lambda number: means[number]) if means else None


def to_frame(question: Question, trials: Sequence[optuna.trial.FrozenTrial]) -> pd.DataFrame:
    """Return a row for each trial."""
    import pandas as pd

    now = current_values(question.name, question.recipe)
    rows = []
    for trial in trials:
        outcome = trial.user_attrs.get(OF_TRIAL, {})
        is_recipe = bool(trial.user_attrs.get(FROM_RECIPE))
        values = {name: now[name] for name in question.space} if is_recipe else trial.params
        several = outcome.get("folds", [])
        rows.append(
            {
                "trial": trial.number,
                "state": "recipe" if is_recipe else trial.state.name.lower(),
                "value": trial.value,
                "spread": pd.Series(several).std() if len(several) > 1 else math.nan,
                "epochs": outcome.get("epochs", 0),
                "seconds": outcome.get("seconds", math.nan),
                **{name: values.get(name) for name in question.space},
                "why": trial.user_attrs.get(WHY, ""),
            }
        )
    return pd.DataFrame(rows)


def importance_of(study: optuna.Study, space: Space) -> dict[str, float]:
    """Return the share of the differences between trials that each setting explains, if any."""
    states = (optuna.trial.TrialState.COMPLETE,)
    complete = [t for t in study.get_trials(deepcopy=False, states=states) if t.params]
    if len(complete) < RANDOM_TRIALS or len({trial.value for trial in complete}) == 1:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = optuna.importance.get_param_importances(
            study,
            evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0),
            params=[*space],
        )
    return {name: float(share) for name, share in found.items()}
