"""Agents act, learn, are judged between, and go on after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine.control.fit import mean_return
from kerazoo.errors import InvalidInput, KerazooError
from tests.models.test_agents import AGENTS

SMALL = {"environments": 4, "rounds": 2}


def prepare(name: str) -> keras.Model:
    keras.utils.set_random_seed(1)
    recipe = kerazoo.load_recipe(name)
    model = kerazoo.load_builder(name)(hidden_units=(8,))
    model.take_fit_arguments({**recipe.fit_arguments, **SMALL})
    if name == "dqn":
        model.take_fit_arguments({"before_learning": 64, "updates": 4, "memory": 400})
    return kerazoo.compile_model(model, recipe)


def train(model: keras.Model, **options: Any) -> dict[str, list[float]]:
    splits = kerazoo.load_dataset("cart_pole", episodes=5)
    options = {"epochs": 4, "batch_size": 32, "seed": 2, **options}
    return kerazoo.fit_agent(model, splits.train, splits.validation, **options).history


class Interrupt(keras.callbacks.Callback):
    keeps_state = False  # a training goes on without it

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", AGENTS)
def test_a_training_that_goes_on_ends_as_one_without_a_break(name: str, tmp_path: Path) -> None:
    whole = prepare(name)
    expected = train(whole)
    with pytest.raises(KeyboardInterrupt):
        train(prepare(name), checkpoint=tmp_path, checkpoint_seconds=0, callbacks=[Interrupt()])
    resumed = prepare(name)
    history = train(resumed, checkpoint=tmp_path, checkpoint_seconds=0, resume=True)
    assert history == expected
    assert all(map(np.array_equal, whole.get_weights(), resumed.get_weights()))


def test_values_per_epoch() -> None:
    model = prepare(AGENTS[0])
    history = train(model)
    assert sorted(history) == ["loss", "mean_return", "steps", "val_mean_return"]
    assert all(np.diff(history["steps"]) > 0)
    part = kerazoo.load_dataset("cart_pole", episodes=5).validation
    assert mean_return(model, part) == history["val_mean_return"][-1]


def test_what_is_no_agent_or_no_environment_is_refused() -> None:
    boston = kerazoo.load_dataset("boston")
    with pytest.raises(InvalidInput, match="learns by acting in an environment, not from Part"):
        kerazoo.fit_agent(prepare(AGENTS[0]), boston.train)
    splits = kerazoo.load_dataset("cart_pole")
    with pytest.raises(KerazooError, match="'boston' is no agent"):
        kerazoo.fit_agent(kerazoo.build_boston(), splits.train)
    with pytest.raises(KerazooError, match="is not compiled"):
        kerazoo.fit_agent(kerazoo.load_builder(AGENTS[0])(), splits.train)
    with pytest.raises(KerazooError, match="trained in float32"):
        kerazoo.fit_agent(prepare(AGENTS[0]), splits.train, precision="mixed_bfloat16")


def test_rows_are_refused() -> None:
    rows = np.zeros((4, 4), "float32")
    for learn in (kerazoo.fit_model, lambda model, data: model.fit(*data, verbose=0)):
        with pytest.raises(KerazooError, match=r"not from rows; train it with kerazoo\.fit_agent"):
            learn(prepare(AGENTS[0]), (rows, rows[:, :2]))


class CountsBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        raise AssertionError


def test_callbacks_of_batches_are_refused() -> None:
    with pytest.raises(KerazooError, match="CountsBatches is called for every batch"):
        train(prepare(AGENTS[0]), callbacks=[CountsBatches()])


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    model = prepare(AGENTS[0])
    model.policy.set_weights([np.full_like(w, np.nan) for w in model.policy.get_weights()])
    with pytest.raises(KerazooError, match="NaN or infinite; train with a lower learning rate"):
        train(model)
