"""What each pixel adds to a score, where the right answer is known."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo import KerazooError
from kerazoo.plots import integrated_gradients, plot_integrated_gradients
from tests.small_data import clothes

SIZE = 6


def linear(activation: str | None, channels: int = 1) -> keras.Model:
    """A network whose logits are sums of weighted pixels, with whole numbers as its input."""
    inputs = keras.Input((SIZE, SIZE, channels), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = keras.layers.Flatten(name="flatten")(x)
    model = keras.Model(inputs, keras.layers.Dense(3, activation, name="class")(x), name="linear")
    weights = np.random.default_rng(0).normal(size=(SIZE * SIZE * channels, 3))
    model.get_layer("class").set_weights([weights, np.array([1.0, 2.0, 3.0])])
    return model


def images(channels: int = 1) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (3, SIZE, SIZE, channels), "uint8")


@pytest.mark.parametrize("activation", ["softmax", None])
@pytest.mark.parametrize("steps", [1, 7])
def test_of_a_linear_network_they_are_weight_times_pixel(activation, steps: int) -> None:
    model, x = linear(activation, channels=2), images(channels=2)
    found = integrated_gradients(model, x, target=1, baseline=51, steps=steps)
    weights = np.asarray(model.get_layer("class").kernel)[:, 1].reshape(SIZE, SIZE, 2)
    np.testing.assert_allclose(found.values, weights * (x - 51.0) / 255, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.gap, 0, atol=1e-4)
    assert found.targets.tolist() == [1, 1, 1]


def test_without_a_target_it_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = linear("softmax"), images()
    said = model.predict(x, verbose=0).argmax(axis=1)
    found = integrated_gradients(model, x, steps=3)
    assert found.targets.tolist() == said.tolist()
    monkeypatch.setattr("kerazoo.plots.pixels._BATCH", 2)
    again = integrated_gradients(model, x, steps=3)
    np.testing.assert_allclose(again.values, found.values, atol=1e-6)
    single = integrated_gradients(model, x[1], steps=3)
    np.testing.assert_allclose(single.values[0], found.values[1], atol=1e-6)


def test_they_add_up_to_the_difference_and_more_steps_come_nearer() -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_cnn(filters=((4,), (8,)))
    x = clothes().test.x[:2]
    logits = keras.Model(model.inputs[0], model.layers[-1].input)
    kernel, bias = model.layers[-1].get_weights()

    def score(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(logits(pixels, training=False)) @ kernel + bias

    few, many = (integrated_gradients(model, x, target=4, steps=n) for n in (2, 128))
    expected = (score(x) - score(np.zeros_like(x)))[:, 4]
    np.testing.assert_allclose(many.difference, expected, rtol=1e-3, atol=1e-4)
    assert np.abs(many.gap).max() <= 0.02 * max(np.abs(expected).max(), 0.01)
    assert np.abs(many.gap).max() <= np.abs(few.gap).max() + 1e-5
    assert (many.values[x == 0] == 0).all()  # as the baseline is


def test_one_probability_stands_for_two_classes() -> None:
    inputs = keras.Input((SIZE, SIZE, 1), name="image")
    x = keras.layers.Flatten(name="flatten")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="class")(x), name="one")
    image = np.random.default_rng(0).random((1, SIZE, SIZE, 1), "float32")
    against, speaks = (integrated_gradients(model, image, target=n, steps=2) for n in (0, 1))
    np.testing.assert_allclose(against.values, -speaks.values, atol=1e-6)
    weights = np.asarray(model.layers[-1].kernel).reshape(SIZE, SIZE, 1)
    np.testing.assert_allclose(speaks.values[0], weights * image[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"images": np.zeros((1, SIZE, SIZE, 3), "uint8")}, r"takes \(6, 6, 1\)"),
        ({"target": 3}, "3 classes, 0 to 2"),
        ({"steps": 0}, "steps is 0; expected a whole number"),
        ({"baseline": np.zeros((2, 2))}, r"no image of shape \(6, 6, 1\)"),
        ({"baseline": "black"}, "baseline is no number"),
    ],
)
def test_refuses(arguments: dict, reason: str) -> None:
    given = {"images": images(), **arguments}
    with pytest.raises(KerazooError, match=reason):
        integrated_gradients(linear("softmax"), **given)


def test_refuses_tables_and_what_is_no_classifier() -> None:
    with pytest.raises(KerazooError, match="expected images of a height"):
        integrated_gradients(kerazoo.build_wine_multiclass(), np.ones((1, 12), "float32"))
    inputs = keras.Input((8, 8, 1), name="image")
    model = keras.Model(inputs, keras.layers.Conv2D(1, 3, name="filter")(inputs))
    with pytest.raises(KerazooError, match="takes classifiers"):
        integrated_gradients(model, np.zeros((1, 8, 8, 1)))


def test_they_are_drawn_below_their_images() -> None:
    model, x = linear("softmax"), images()
    figure = plot_integrated_gradients(model, x, ["a", "b", "c"], target=0, steps=2)
    assert len(figure.axes) == 7
    maps = integrated_gradients(model, x, target=0, steps=2).values.sum(axis=-1)
    for axes, expected in zip(figure.axes[1:6:2], maps, strict=True):
        shown = np.asarray(axes.images[0].get_array())
        assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] == pytest.approx(1, abs=1e-5)
    assert figure.axes[0].get_title().startswith("a, ")
