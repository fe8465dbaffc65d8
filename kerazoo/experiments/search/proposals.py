"""The question of a search, and what Optuna proposes as an answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna

from kerazoo.experiments.search.journal import Journal
from kerazoo.experiments.search.space import (
    Choices,
    Range,
    Space,
    Value,
    current_values,
    with_values,
)
from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    from kerazoo.experiments.search.trials import Outcome

RANDOM_TRIALS = 10
"""Before the sampler has something to learn from, and the pruner a median."""

_MOST_ASKED = 50  # until all values of a small space have been tried

FROM_RECIPE, OF_TRIAL, WHY = "is_recipe", "outcome", "why"
"""Attributes of a trial."""


@dataclass(frozen=True)
class Question:
    """What is searched."""

    name: str
    recipe: Recipe
    space: Space
    rows: int
    metric: str
    mode: str
    seed: int

    @property
    def sign(self) -> float:
        """What a value is multiplied by so that less is better."""
        return 1.0 if self.mode == "min" else -1.0

    def recipe_with(self, values: Mapping[str, Value]) -> Recipe:
        """Return the recipe with settings."""
        return with_values(self.name, self.recipe, values, self.rows)


class Proposals:
    """What Optuna proposes, from all finished trials.

    A study in memory mirrors the journal, so that asking writes nothing: a trial is written down
    when it has finished.

    Args:
        question: what is searched.
        journal: finished trials.
        at_once: whether several are asked for before the first one has finished: the sampler then
            keeps away from those that run.
    """

    def __init__(self, question: Question, journal: Journal, *, at_once: bool = False) -> None:
        self.question, self.journal = question, journal
        self.distributions = {n: distribution_of(one) for n, one in question.space.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.study = optuna.create_study(
                direction=journal.study.direction,
                # Another process, or a call after this one, must not propose the same.
                sampler=optuna.samplers.TPESampler(
                    n_startup_trials=RANDOM_TRIALS,
                    multivariate=True,
                    constant_liar=at_once,
                    seed=question.seed + 1000 * journal.begin_session(),
                ),
                pruner=optuna.pruners.MedianPruner(n_startup_trials=RANDOM_TRIALS),
            )
        self._mirrored = 0

    def next(self, running: Sequence[Mapping[str, Any]] = ()) -> optuna.Trial | None:
        """Return a trial of settings that nobody has finished; `None` if there are no others.

        Args:
            running: settings that are being tried.
        """
        trials = self.journal.trials()
        for known in trials[self._mirrored :]:
            self.study.add_trial(known)
        self._mirrored = len(trials)
        seen = [*(one.params for one in trials), *running]
        for _ in range(_MOST_ASKED):
            trial = self.study.ask(self.distributions)
            if trial.params not in seen:
                return trial
            self.end(trial)
        return None

    def medians(self) -> dict[int, float]:
        """Return the median of complete trials at each rung, as `MedianPruner` takes it."""
        states = (optuna.trial.TrialState.COMPLETE,)
        complete = self.study.get_trials(deepcopy=False, states=states)
        if len(complete) < RANDOM_TRIALS:
            return {}
        reached: dict[int, list[float]] = {}
        for trial in complete:
            for rung, value in trial.intermediate_values.items():
                reached.setdefault(rung, []).append(value)
        return {rung: float(np.median(values)) for rung, values in reached.items()}

    def pruning(self, trial: optuna.Trial) -> Callable[[int, float], bool]:
        """Return what is told of rungs, and tells whether the trial is behind."""

        def told(rung: int, value: float) -> bool:
            trial.report(value, rung)
            return bool(trial.should_prune())

        return told

    def end(self, trial: optuna.Trial) -> None:
        """Let a trial end that has been asked for: what came out is mirrored from the journal."""
        self.study.tell(trial, state=optuna.trial.TrialState.FAIL)  # which nothing is learned from


def distribution_of(found: Range | Choices) -> optuna.distributions.BaseDistribution:
    """Return what Optuna calls limits or values of a setting."""
    if isinstance(found, Choices):
        return optuna.distributions.CategoricalDistribution(found.values)
    if found.whole:
        return optuna.distributions.IntDistribution(int(found.low), int(found.high), log=found.log)
    return optuna.distributions.FloatDistribution(found.low, found.high, log=found.log)


def finished_trial(
    question: Question,
    values: Mapping[str, Value],
    outcome: Outcome | None,
    why: str,
    *,
    is_recipe: bool,
) -> optuna.trial.FrozenTrial:
    """Return a finished trial as Optuna has it.

    The recipe's values may lie outside of the space; they are then left out.
    """
    if is_recipe:
        now = current_values(question.name, question.recipe)
        values = {name: now[name] for name in question.space}
        if not all(value in question.space[name] for name, value in values.items()):
            values = {}
    states = optuna.trial.TrialState
    attributes: dict[str, Any] = {FROM_RECIPE: True} if is_recipe else {}
    state = states.FAIL if why or outcome is None else states.COMPLETE
    if why:
        attributes[WHY] = why
    if outcome is not None:
        attributes[OF_TRIAL] = {
            "folds": list(outcome.values) if not why else [],
            "epochs": outcome.epochs,
            "seconds": round(outcome.seconds, 3),
        }
        if outcome.pruned and state == states.COMPLETE:
            state = states.PRUNED
    return optuna.trial.create_trial(
        state=state,
        value=None if outcome is None or state == states.FAIL else outcome.value,
        params=dict(values),
        distributions={name: distribution_of(question.space[name]) for name in values},
        user_attrs=attributes,
        intermediate_values=dict(outcome.rungs) if outcome is not None else {},
    )
