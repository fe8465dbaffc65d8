"""One process at work on a search: it tries settings, and checks the best ones.

`spread.py` has one that lets a cluster train.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import optuna

from kerazoo.datasets import Splits
from kerazoo.engine.choose import many_trainings
from kerazoo.errors import KerazooError
from kerazoo.experiments.search.journal import Journal
from kerazoo.experiments.search.outcomes import choose, importance_of, to_frame
from kerazoo.experiments.search.proposals import (
    FROM_RECIPE,
    WHY,
    Proposals,
    Question,
    finished_trial,
)
from kerazoo.experiments.search.space import count_structures
from kerazoo.experiments.search.trials import Outcome, TrialTrainer, describe_failure
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.report.search import Search

_FAILURES = 10  # at the beginning, after which nothing good is to be expected
_FINALISTS = 3

Report = Callable[[float], object]
Stop = Callable[[int], bool]
"""Is told how many trials have ended, and tells whether no further one begins."""

_COMPLETE = optuna.trial.TrialState.COMPLETE


@dataclass
class Searching:
    """One process at work on a search.

    Args:
        question: what is searched.
        journal: what came out.
        trainer: trains trials.
        splits: the data.
        report: told the share that is done.
        further_seeds: from which the best settings and the recipe are trained again, each with
            folds of its own.
    """

    question: Question
    journal: Journal
    trainer: TrialTrainer
    splits: Splits
    report: Report
    further_seeds: int

    def run(self, trials: int, timeout: float | None) -> Search:
        """Try settings until there are enough trials, and check the best ones."""
        started = time.monotonic()
        interrupted = False
        each = max(1, trials // count_structures(self.question.space))

        def stop(done: int) -> bool:
            return timeout is not None and done > 0 and time.monotonic() - started > timeout

        self.expect(each * len(self.trainer.folds))
        with many_trainings(each * len(self.trainer.folds)):
            try:
                self.try_settings(trials, stop)
                self._stop_if_hopeless(1)
                self.check_best()
            except KeyboardInterrupt:
                if not self.journal.trials():
                    raise
                interrupted = True
        return self._result(time.monotonic() - started, interrupted)

    def expect(self, trainings: int) -> None:
        """Be told how many trainings share a program."""

    def try_settings(self, trials: int, stop: Stop) -> None:
        """Try settings until there are enough trials."""
        proposals = Proposals(self.question, self.journal)
        while (done := len(self.journal.trials())) < trials:
            if stop(done):
                break
            self.report(done / trials)
            self.stop_if_hopeless()
            if not self.has_recipe():
                self._try_recipe()
                continue
            trial = proposals.next()
            if trial is None:  # all values have been tried
                break
            self._try_one(trial, proposals)

    def has_recipe(self) -> bool:
        """Tell whether the recipe itself has been tried, by whatever process."""
        return any(trial.user_attrs.get(FROM_RECIPE) for trial in self.journal.trials())

    def _try_recipe(self) -> None:
        outcome = self.trainer.run(self.question.recipe, self.question.seed)
        # Another process may have begun with it, too.
        if not self.has_recipe():
            why = self.what_failed(outcome)
            self.journal.add(finished_trial(self.question, {}, outcome, why, is_recipe=True))

    def what_failed(self, outcome: Outcome) -> str:
        """Say why a trial failed that has ended; `""` if it has not."""
        ended = math.isfinite(outcome.value)
        return "" if ended else f"{self.question.metric} is {outcome.value}"

    def _try_one(self, trial: optuna.Trial, proposals: Proposals) -> None:
        outcome: Outcome | None = None
        try:
            recipe = self.question.recipe_with(trial.params)
            outcome = self.trainer.run(recipe, self.question.seed, proposals.pruning(trial))
            why = self.what_failed(outcome)
        except Exception as error:  # a network that cannot be built or trained is one trial less
            why = describe_failure(error)
        values = dict(trial.params)
        self.journal.add(finished_trial(self.question, values, outcome, why, is_recipe=False))
        proposals.end(trial)

    def stop_if_hopeless(self) -> None:
        """Give up if nothing but failures has come.

        Raises:
            KerazooError: saying why the last one failed.
        """
        self._stop_if_hopeless(_FAILURES)

    def _stop_if_hopeless(self, least: int) -> None:
        trials = self.journal.trials()
        reasons = [trial.user_attrs.get(WHY, "") for trial in trials]
        if len(trials) >= least and all(reasons):
            raise KerazooError(
                f"all trials failed, {len(trials)} so far, the last one: {reasons[-1]}. "
                "Choose another space, and another --out."
            )

    def finalists(self) -> list[optuna.trial.FrozenTrial]:
        """Return the recipe's trial, and the best others."""
        complete = [trial for trial in self.journal.trials() if trial.state == _COMPLETE]
        complete.sort(key=lambda trial: self.question.sign * float(trial.value or 0.0))
        recipe = [trial for trial in complete if trial.user_attrs.get(FROM_RECIPE)][:1]
        others = [trial for trial in complete if not trial.user_attrs.get(FROM_RECIPE)]
        return recipe + others[:_FINALISTS]

    def check_best(self) -> None:
        """Train the best settings and the recipe from further seeds."""
        for trial, further in self.checks_left():
            seed = self.question.seed + further
            value = self.trainer.run(self.recipe_of(trial), seed, division=further).value
            self.journal.note_check(trial.number, seed, value)

    def checks_left(self) -> list[tuple[optuna.trial.FrozenTrial, int]]:
        """Return which trials are still to be trained again, and from which further seed."""
        known = self.journal.checks()
        return [
            (trial, further)
            for trial in self.finalists()
            for further in range(1, self.further_seeds + 1)
            if (trial.number, self.question.seed + further) not in known
        ]

    def recipe_of(self, trial: optuna.trial.FrozenTrial) -> Recipe:
        """Return what a trial was trained by."""
        if trial.user_attrs.get(FROM_RECIPE):
            return self.question.recipe
        return self.question.recipe_with(trial.params)

    def _recipe_for_all(self, trial: optuna.trial.FrozenTrial | None) -> Recipe:
        """Return the recipe of a trial for the whole training part, which a fold is a share of."""
        recipe = self.question.recipe if trial is None else self.recipe_of(trial)
        return for_training_on(recipe, len(self.splits.train.x))

    def _checked(self) -> dict[int, list[float]]:
        """Return what the best trials and the recipe have reached from further seeds.

        What a trial was chosen by is not among it, as that is good by luck, too; but before all
        have been trained again there is nothing else.
        """
        finalists = self.finalists()
        if self.checks_left():
            return {trial.number: [float(trial.value or math.nan)] for trial in finalists}
        known = self.journal.checks()
        seeds = [self.question.seed + n for n in range(1, self.further_seeds + 1)]
        return {t.number: [known[t.number, seed] for seed in seeds] for t in finalists}

    def _result(self, seconds: float, interrupted: bool) -> Search:
        trials = self.journal.trials()
        checked = self._checked()
        recipes = {trial.number: trial for trial in trials if trial.number in checked}
        chosen = choose(self.question, checked)
        return Search(
            name=self.question.name,
            metric=self.question.metric,
            mode=self.question.mode,
            unit=self.splits.target_unit,
            trials=to_frame(self.question, trials),
            checked=checked,
            chosen=chosen,
            recipe=self._recipe_for_all(None if chosen is None else recipes[chosen]),
            importance=importance_of(self.journal.study, self.question.space),
            seconds=seconds,
            interrupted=interrupted,
        )
