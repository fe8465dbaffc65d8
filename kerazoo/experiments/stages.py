"""The stages of a training: one or several calls of what trains, with one history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from kerazoo._protocols import RunsWhenInterrupted
from kerazoo.compile import compile_model
from kerazoo.engine.callbacks import EarlyStopping, kept_epoch
from kerazoo.recipe import Recipe
from kerazoo.tasks import load_task


@dataclass
class Stages:
    """Trains one stage or several with a recipe's settings: the `Trainer` of `_protocols.py`."""

    recipe: Recipe
    seed: int
    callbacks: Sequence[keras.callbacks.Callback]
    verbose: int
    checkpoint: Path | None
    resume: bool
    fingerprint: str
    history: dict[str, list[float]] = field(default_factory=dict)
    kept: int | None = None
    _stopping: Sequence[EarlyStopping] = ()

    def compile(self, model: keras.Model, *, rate: float = 1.0) -> None:
        """Compile a model as the recipe says, its learning rate multiplied by `rate`."""
        compile_model(model, self.recipe)
        if rate != 1.0:
            model.optimizer.learning_rate = model.optimizer.learning_rate * rate

    def fit(
        self, model: keras.Model, train: Any, validation: Any, *, epochs: int, stage: str = ""
    ) -> None:
        """Train one stage; the values per epoch follow those of the stages before."""
        self._stopping = early_stopping(self.recipe)
        trainer = load_task(self.recipe.task).trainer(self.recipe)
        try:
            trainer(
                model,
                train,
                validation,
                epochs=epochs,
                batch_size=self.recipe.batch_size,
                precision=self.recipe.precision,
                seed=self.seed,
                callbacks=[*self._stopping, *self.callbacks],
                verbose=self.verbose,
                checkpoint=self.checkpoint / stage if self.checkpoint else None,
                resume=self.resume,
                fingerprint=f"{self.fingerprint} {stage}",
            )
        finally:
            self._add(_history(model))

    def _add(self, history: dict[str, list[float]]) -> None:
        """Let the values of a stage follow those before, and note the epoch that it has kept."""
        before = _epochs(self.history)
        for key, values in history.items():
            self.history.setdefault(key, []).extend(values)
        last = _epochs(self.history) - before
        if last:
            epochs = [kept_epoch(one) for one in [*self.callbacks, *self._stopping]]
            self.kept = before + next((one for one in reversed(epochs) if one is not None), last)

    def finish(self) -> None:
        """Let callbacks finish what they began, after an interruption."""
        for callback in [*self._stopping, *self.callbacks]:
            if isinstance(callback, RunsWhenInterrupted):
                callback.on_interrupt()


def early_stopping(recipe: Recipe) -> list[EarlyStopping]:
    """Return the callback that stops a training as the recipe says, or none."""
    # None at all where nothing is watched: then whole trainings can run as one program.
    if recipe.patience is None and not recipe.restore_best_weights:
        return []
    return [
        EarlyStopping(
            recipe.monitor,
            recipe.monitor_mode,
            recipe.patience,
            restore_best_weights=recipe.restore_best_weights,
        )
    ]


def _history(model: keras.Model) -> dict[str, list[float]]:
    history: Any = getattr(model, "history", None)
    if history is None:
        return {}
    return {key: [float(value) for value in values] for key, values in history.history.items()}


def _epochs(history: dict[str, list[float]]) -> int:
    return max(map(len, history.values()), default=0)
