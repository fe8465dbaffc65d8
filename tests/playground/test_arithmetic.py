"""The network in NumPy gives the answers of Keras, and the gradients are those of the loss."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo.playground.arithmetic import Layer, answers, gradients, loss_of, score_of
from kerazoo.playground.data import Kind, load_data
from kerazoo.playground.network import build_network, layers_of
from kerazoo.playground.settings import ACTIVATIONS, Settings


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data_name", ["circles", "curve"])
def test_answers_and_loss_are_those_of_keras(data_name: str, activation: str) -> None:
    settings = Settings(data=data_name, layers=(5, 3), activation=activation, dropout=0.2)
    data = load_data(data_name)
    model = build_network(settings, data)
    ours = answers(layers_of(model), data.test.x, activation, data.kind)
    theirs = model(data.test.x).numpy()
    assert np.abs(ours - theirs).max() < 1e-5
    loss = float(np.mean(model.compute_loss(data.test.x, data.test.y, theirs, training=False)))
    assert loss_of(ours, data.test.y, data.kind) == pytest.approx(loss, rel=1e-4)


def some_layers(outputs: int) -> list[Layer]:
    generator = np.random.default_rng(0)
    shapes = [(4, 5), (5, 3), (3, outputs)]
    return [Layer(*(0.5 * generator.normal(size=size) for size in (one, one[1]))) for one in shapes]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("kind", "outputs"), [("binary", 1), ("classes", 3), ("number", 1)])
def test_gradients_are_what_the_loss_changes_by(kind: Kind, outputs: int, activation: str) -> None:
    generator = np.random.default_rng(1)
    x = generator.normal(size=(20, 4))
    y = {
        "binary": generator.integers(0, 2, (20, 1)),
        "classes": generator.integers(0, 3, 20),
        "number": generator.normal(size=(20, 1)),
    }[kind]
    layers = some_layers(outputs)
    found = gradients(layers, x, y, activation, kind)
    for layer, gradient in zip(layers, found, strict=True):
        for weights, slopes in zip(layer, gradient, strict=True):
            at = tuple(generator.integers(0, weights.shape))
            kept, losses = weights[at], []
            for step in (1e-6, -1e-6):
                weights[at] = kept + step
                losses.append(loss_of(answers(layers, x, activation, kind), y, kind))
            weights[at] = kept
            assert slopes[at] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-4, abs=1e-7)


def test_large_sums_give_probabilities_and_no_warning() -> None:
    layers = [Layer(np.array([[1e4, -1e4]], "float32"), np.zeros(2, "float32"))]
    x = np.array([[1.0], [-1.0]], "float32")
    assert answers(layers, x, "relu", "classes").tolist() == [[1.0, 0.0], [0.0, 1.0]]
    one = [Layer(np.array([[1e4]], "float32"), np.zeros(1, "float32"))]
    assert answers(one, x, "relu", "binary").tolist() == [[1.0], [0.0]]


def test_scores_count_right_answers() -> None:
    probabilities = np.array([[0.9], [0.2], [0.6], [0.1]])
    assert score_of(probabilities, np.array([[1], [0], [0], [0]]), "binary") == 0.75
    assert score_of(np.eye(3), np.array([0, 1, 1]), "classes") == pytest.approx(2 / 3)
    assert score_of(np.zeros((2, 1)), np.array([[3.0], [4.0]]), "number") == pytest.approx(
        12.5**0.5
    )
