"""Trainings of one stage or several: one history, and the epoch whose weights are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine.callbacks import KeepFinite
from kerazoo.experiments.run import build
from kerazoo.experiments.stages import Stages

EPOCHS = 4


class Interrupt(keras.callbacks.Callback):
    """Ctrl-C at the end of an epoch."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.calls = call

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.calls -= 1
        if self.calls == 0:
            raise KeyboardInterrupt


def train_stages(
    rates: Sequence[float], *, restored: bool, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> tuple[Stages, keras.Model, kerazoo.Splits]:
    """Train boston in stages, the rate of each so many times that of its recipe."""
    recipe = kerazoo.load_recipe("boston", "documented")
    # By the highest loss, "the best" epoch is an early one, whatever the processor.
    recipe = dataclasses.replace(
        recipe, patience=None, restore_best_weights=restored, monitor="loss", monitor_mode="max"
    )
    splits = kerazoo.load_dataset("boston")
    model = build("boston", recipe, 0)
    stages = Stages(recipe, 0, callbacks, 0, checkpoint=None, resume=False, fingerprint="")
    try:
        for rate in rates:
            stages.compile(model, rate=rate)
            stages.fit(model, splits.train, splits.validation, epochs=EPOCHS)
    except KeyboardInterrupt:
        stages.finish()
    return stages, model, splits


@pytest.mark.parametrize("rates", [[1.0], [1.0, 0.1]])
def test_the_best_epoch_of_the_last_stage_is_kept(rates: list[float]) -> None:
    stages, model, splits = train_stages(rates, restored=True)
    losses = stages.history["loss"]
    assert len(losses) == EPOCHS * len(rates)
    best = len(losses) - EPOCHS + int(np.argmax(losses[-EPOCHS:]))
    assert best < len(losses) - 1
    assert stages.kept == best + 1
    reached = kerazoo.evaluate_model(model, splits.validation)["loss"]
    assert reached == pytest.approx(stages.history["val_loss"][best], rel=1e-4)


def test_the_last_epoch_is_kept_where_none_is_put_back() -> None:
    stages, *_ = train_stages([1.0, 1.0], restored=False)
    assert stages.kept == 2 * EPOCHS


def test_the_best_epoch_is_kept_where_ctrl_c_ends_a_stage() -> None:
    stages, *_ = train_stages([1.0, 0.1], restored=True, callbacks=[Interrupt(EPOCHS + 3)])
    losses = stages.history["loss"]
    assert len(losses) == EPOCHS + 2  # the epoch in which it is pressed is noted after that
    assert stages.kept == EPOCHS + 1 + int(np.argmax(losses[EPOCHS:]))


def test_the_epoch_before_a_loss_that_is_not_finite_is_kept() -> None:
    class Diverges(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                logs["loss"] = float("nan")

    with pytest.warns(UserWarning, match="ended with the weights of epoch 2"):
        stages, *_ = train_stages([1.0], restored=False, callbacks=[Diverges(), KeepFinite()])
    assert stages.kept == 2
