"""Optimizers that update variables in fewer operations give Keras' numbers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine import fused_update
from kerazoo.engine import updates as short_updates
from kerazoo.engine.fit import fit_model
from tests.engine.test_exactness import assert_same_training

WORDS, LENGTH = 50, 7
optimizers = keras.optimizers


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the updates that were traced."""
    names: list[str] = []

    def count(name: str) -> None:
        update = getattr(short_updates, name)

        def counted(*arguments: Any) -> None:
            names.append(name)
            update(*arguments)

        monkeypatch.setattr(short_updates, name, counted)

    count("_update_rows_as_adam")
    count("_update_rows_as_rmsprop")
    return names


def sentences() -> tuple[np.ndarray, np.ndarray]:
    """Few words are common: a batch looks up some many times and most not at all."""
    generator = np.random.default_rng(0)
    x = np.minimum(generator.geometric(0.1, (70, LENGTH)), WORDS - 1)
    return x, (x < 3).any(1, keepdims=True).astype("float32")


def network(optimizer: keras.optimizers.Optimizer) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(WORDS, 4),
            layers.Flatten(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(optimizer, "binary_crossentropy")
    return model


def rate() -> Any:
    return optimizers.schedules.CosineDecay(0.01, 12)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    ("make_optimizer", "expected"),
    [
        (lambda: optimizers.Adam(rate(), clipnorm=0.5), "_update_rows_as_adam"),
        (lambda: optimizers.AdamW(0.01, weight_decay=0.1), "_update_rows_as_adam"),
        (lambda: optimizers.RMSprop(0.01, rho=0.8), "_update_rows_as_rmsprop"),
        (lambda: optimizers.Adam(0.01, amsgrad=True), None),
        (lambda: optimizers.Adam(0.01, beta_1=0.0), None),
        (lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2), None),
        (lambda: optimizers.RMSprop(0.01, momentum=0.9), None),
        (lambda: optimizers.SGD(0.1), None),
    ],
    ids=["adam", "adamw", "rmsprop", "amsgrad", "no_momentum", "accumulated", "momentum", "sgd"],
)
@pytest.mark.thorough
def test_training_as_keras(
    make_optimizer: Any, expected: str | None, jit_compile: bool, updates: list[str]
) -> None:
    data = sentences()
    assert_same_training(lambda: network(make_optimizer()), data, jit_compile=jit_compile)
    assert set(updates) == ({expected} if expected else set())


def test_adam_as_keras(updates: list[str]) -> None:
    """The quick one."""
    assert_same_training(lambda: network(optimizers.Adam(0.01)), sentences())
    assert updates


def test_the_optimizer_is_put_back() -> None:
    model = network(optimizers.Adam(0.01))
    fit_model(model, sentences(), verbose=0)
    assert "update_step" not in vars(model.optimizer)


@pytest.mark.parametrize("name", ["embedding", "matrix_factorization"])
def test_a_gradient_of_rows_is_known_before_a_step_is_traced(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("traced in vain")

    monkeypatch.setattr(fused_update.FusedAdam, "apply_gradients", fail)
    if name == "embedding":
        model, rows = network(optimizers.Adam()), sentences()
    else:
        model = kerazoo.build_matrix_factorization(users=5, items=4)
        model.compile(optimizers.Adam(), "mse")
        rows = np.array([[1, 2], [5, 4], [3, 1]], "int32"), np.array([[3.0], [1.0], [5.0]])
    fit_model(model, rows, epochs=1, verbose=0)
    # The other side: a network without a table is fused.
    dense = keras.Sequential([keras.Input((LENGTH,)), keras.layers.Dense(1)])
    dense.compile(optimizers.Adam(), "mse")
    with pytest.raises(AssertionError, match="in vain"):
        fit_model(dense, sentences(), epochs=1, verbose=0)
