"""What a compiled network is measured by."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest
from sklearn.metrics import r2_score

import kerazoo
from kerazoo.compile import R2Score
from kerazoo.datasets.about import Series
from kerazoo.datasets.splits import Splits
from kerazoo.tasks._scores import score_predictions


def noise(offset: float, outputs: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    y = (offset + random.normal(0, 5, (300, outputs))).astype("float32")
    return y, (offset + random.normal(0, 1, (300, outputs))).astype("float32")


def exact(y: np.ndarray, predicted: np.ndarray) -> float:
    return float(r2_score(y.astype("float64"), predicted.astype("float64")))


@pytest.mark.parametrize("offset", [0, 101325, 1e6, -2e7])
@pytest.mark.parametrize("outputs", [1, 3])
def test_r2_is_right_far_from_zero(offset: float, outputs: int) -> None:
    y, predicted = noise(offset, outputs)
    metric = R2Score()
    for first in range(0, 300, 64):
        metric.update_state(y[first : first + 64], predicted[first : first + 64])
    assert float(metric.result()) == pytest.approx(exact(y, predicted), abs=1e-6)
    metric.reset_state()
    metric.update_state(y, y)
    assert float(metric.result()) == 1
    series = Series(("a",), "a", 1, outputs)
    splits = Splits(*(None,) * 3, series)  # type: ignore[arg-type]
    scored = score_predictions(splits, y, predicted)["r2_score"]
    assert scored == pytest.approx(exact(y, predicted), abs=1e-9)


def test_r2_weighs_rows_and_knows_constant_targets() -> None:
    y, predicted = noise(1e6)
    weight = np.random.default_rng(1).integers(0, 3, 300).astype("float32")
    metric = R2Score()
    metric.update_state(y[:0], predicted[:0])
    metric.update_state(y[:100], predicted[:100], np.zeros(100))
    for part in (slice(0, 100), slice(100, 300)):
        metric.update_state(y[part], predicted[part], weight[part])
    expected = r2_score(y.astype("float64"), predicted.astype("float64"), sample_weight=weight)
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)
    for wrong, score in ((0.0, 1.0), (1.0, 0.0)):
        metric.reset_state()
        metric.update_state(np.full((9, 1), 5.0), np.full((9, 1), 5.0 + wrong))
        assert float(metric.result()) == score


@pytest.mark.parametrize(
    "metric", ["r2_score", "R2Score", keras.metrics.R2Score(name="mine"), {"class_name": "R2Score"}]
)
def test_every_spelling_of_r2_is_the_stable_one(metric: object) -> None:
    """In training, validation and evaluation; the name in a recipe stays."""
    y, _ = noise(101325)
    x = np.random.default_rng(2).normal(size=(300, 2)).astype("float32")
    inputs = keras.Input((2,))
    dense = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(101325))
    model = keras.Model(inputs, dense(inputs))
    recipe = kerazoo.load_recipe("nyse_rnn")
    if isinstance(metric, dict):
        import dataclasses

        recipe = dataclasses.replace(recipe, metrics=(metric,))
        kerazoo.compile_model(model, recipe)
    else:
        kerazoo.compile_model(model, recipe, metrics=[metric])
    history = kerazoo.fit_model(model, (x, y), (x, y), epochs=1, batch_size=64, verbose=0).history
    expected = exact(y, model.predict(x, verbose=0))
    name = "mine" if isinstance(metric, keras.metrics.R2Score) else "r2_score"
    assert history[f"val_{name}"][0] == pytest.approx(expected, abs=1e-6)
    assert kerazoo.evaluate_model(model, (x, y))[name] == pytest.approx(expected, abs=1e-6)


def penalized(**penalty: float) -> kerazoo.Recipe:
    return dataclasses.replace(kerazoo.load_recipe("boston", "documented"), penalty=penalty)


def test_large_weights_cost_what_the_recipe_says() -> None:
    """The sum of absolute values and of squares, of weights and not of biases, beside the loss."""
    x, y = kerazoo.load_dataset("boston").test
    model = kerazoo.build_boston()
    without = kerazoo.compile_model(model, penalized()).evaluate(x, y, verbose=0)[0]
    kerazoo.compile_model(model, penalized(l1=0.5, l2=0.25))
    weights = [np.array(weight) for weight in model.trainable_weights if len(weight.shape) == 2]
    cost = sum(0.5 * np.abs(one).sum() + 0.25 * (one**2).sum() for one in weights)
    assert model.evaluate(x, y, verbose=0)[0] == pytest.approx(without + cost, rel=1e-4)


def test_a_penalty_keeps_weights_small_in_training() -> None:
    def size(recipe: kerazoo.Recipe) -> float:
        model = kerazoo.train("boston", recipe=dataclasses.replace(recipe, epochs=3)).model
        kernels = [weight for weight in model.trainable_weights if weight.name == "kernel"]
        return sum(float(np.abs(np.array(one)).sum()) for one in kernels)

    assert size(penalized(l1=0.1)) < 0.8 * size(penalized())


def test_a_recipe_without_a_penalty_is_the_recipe_that_was_recorded() -> None:
    assert penalized().hash() == kerazoo.load_recipe("boston", "documented").hash()
    assert penalized(l2=0.1).hash() != penalized().hash()


@pytest.mark.parametrize(
    ("name", "penalty", "reason"),
    [
        ("boston", {"l3": 0.1}, "expected numbers of at least 0 for l1 and l2"),
        ("boston", {"l2": -0.1}, "expected numbers of at least 0"),
        ("boston", {"l2": "small"}, "expected numbers of at least 0"),
        ("vae", {"l2": 0.1}, "'vae' computes a loss of its own"),
        ("matrix_factorization", {"l2": 0.1}, "'matrix_factorization' has no weights"),
    ],
)
def test_a_penalty_that_would_be_ignored_is_refused(name: str, penalty, reason: str) -> None:
    recipe = dataclasses.replace(kerazoo.load_recipe(name), penalty=penalty)
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        kerazoo.compile_model(kerazoo.load_builder(name)(), recipe)
