"""A search whose trials run on a cluster.

This process proposes settings and keeps the journal; a worker trains a trial and sends what came
out. It gives a trial up by the medians of when that began, and asks nobody meanwhile. Whoever dies,
the journal has every trial that had ended.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import optuna

from kerazoo.cluster import Cluster, Lost, spread
from kerazoo.datasets import Splits
from kerazoo.engine.choose import many_trainings
from kerazoo.errors import KerazooError
from kerazoo.experiments.search.folds import Fold
from kerazoo.experiments.search.proposals import Proposals, finished_trial
from kerazoo.experiments.search.searching import Searching, Stop
from kerazoo.experiments.search.trials import Outcome, TrialTrainer, describe_failure
from kerazoo.recipe import Recipe

_MOST_LOST = 3  # pieces whose workers died again and again, after which it is no chance


@dataclass(frozen=True)
class Needed:
    """What workers need for all trials: the arguments of their `TrialTrainer`."""

    name: str
    folds: Sequence[Fold]
    splits: Splits
    metric: str
    trainings: int


@dataclass(frozen=True)
class Piece:
    """A training on all folds.

    Args:
        recipe: how.
        seed: of the weights.
        medians: of finished trials, by rung; a trial beyond one is given up.
        sign: what a value is multiplied by so that less is better.
        trial: what was proposed, for the process that hands it out; `None` for the recipe.
        number: of a finished trial that is checked.
        division: of the rows into folds.
    """

    recipe: Recipe
    seed: int
    medians: Mapping[int, float] = field(default_factory=dict)
    sign: float = 1.0
    trial: int | None = None
    number: int | None = None
    division: int = 0


# === What runs in a worker ===


def prepare(needed: Needed) -> tuple[TrialTrainer, int]:
    """Return what trains all trials of a search in one process."""
    trainer = TrialTrainer(needed.name, needed.folds, needed.splits, needed.metric)
    return trainer, needed.trainings


def work(prepared: tuple[TrialTrainer, int], piece: Piece) -> Outcome | str:
    """Train a trial; return what came out, or why it failed."""
    trainer, trainings = prepared
    try:
        with many_trainings(trainings):
            told = _giving_up(piece)
            return trainer.run(piece.recipe, piece.seed, told, division=piece.division)
    except Exception as error:  # a network that cannot be built or trained is one trial less
        return describe_failure(error)


def _giving_up(piece: Piece) -> Callable[[int, float], bool] | None:
    """Return what Optuna's `MedianPruner` would say, by the medians that came with the piece."""
    best = float("inf")

    def told(rung: int, value: float) -> bool:
        nonlocal best
        best = min(best, piece.sign * value)
        return rung in piece.medians and best > piece.sign * piece.medians[rung]

    return told if piece.medians else None


# === What runs here ===


@dataclass
class SpreadSearching(Searching):
    """A search whose trials run on a cluster.

    Args:
        cluster: that this process is connected to.
    """

    cluster: Cluster
    trainings: int = 1
    _lost: int = 0

    def expect(self, trainings: int) -> None:
        """Remember how many trainings share a program."""
        self.trainings = trainings

    def _spread(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Outcome | None, str]]:
        """Give each piece, what came out, and why it failed, if it did."""
        trainer = self.trainer
        needed = Needed(trainer.name, trainer.folds, self.splits, trainer.metric, self.trainings)
        module = sys.modules[__name__]
        for piece, found in spread(self.cluster, module, needed, pieces):
            if isinstance(found, Lost):
                self._lost += 1
                if self._lost >= _MOST_LOST:
                    raise found
                yield piece, None, str(found)[:300]
            elif isinstance(found, str):
                yield piece, None, found
            else:
                yield piece, found, self.what_failed(found)

    def try_settings(self, trials: int, stop: Stop) -> None:
        """Try settings until there are enough trials, as many at once as there are processors."""
        proposals = Proposals(self.question, self.journal, at_once=True)
        running: dict[int | None, optuna.Trial | None] = {}  # by number; the recipe has none
        recipe_runs = self.has_recipe()

        def pieces() -> Iterator[Piece]:
            nonlocal recipe_runs
            while (done := len(self.journal.trials())) + len(running) < trials:
                if stop(done):
                    return
                self.stop_if_hopeless()
                if not recipe_runs:
                    recipe_runs = True
                    running[None] = None
                    yield Piece(self.question.recipe, self.question.seed)
                    continue
                trial = proposals.next([one.params for one in running.values() if one])
                if trial is None:  # all values have been tried, or are being tried
                    return
                running[trial.number] = trial
                yield self._piece_of(trial, proposals)

        for piece, outcome, why in self._spread(pieces()):
            trial = running.pop(piece.trial)
            if piece.trial is None and outcome is None:
                raise KerazooError(f"the recipe itself cannot be trained: {why}")
            if piece.trial is not None or not self.has_recipe():
                values = dict(trial.params) if trial else {}
                self.journal.add(
                    finished_trial(self.question, values, outcome, why, is_recipe=trial is None)
                )
            if trial is not None:
                proposals.end(trial)
            self.report(len(self.journal.trials()) / trials)

    def _piece_of(self, trial: optuna.Trial, proposals: Proposals) -> Piece:
        question = self.question
        recipe = question.recipe_with(trial.params)
        return Piece(
            recipe, question.seed, proposals.medians(), sign=question.sign, trial=trial.number
        )

    def check_best(self) -> None:
        """Train the best settings and the recipe from further seeds, all at once."""
        pieces = [
            Piece(
                self.recipe_of(trial),
                self.question.seed + further,
                number=trial.number,
                division=further,
            )
            for trial, further in self.checks_left()
        ]
        for piece, outcome, why in self._spread(iter(pieces)):
            if outcome is None:
                raise KerazooError(f"trial {piece.number} cannot be trained again: {why}")
            assert piece.number is not None
            self.journal.note_check(piece.number, piece.seed, outcome.value)
