"""How answers depend on one column of a table."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo import plots
from kerazoo.errors import KerazooError, UnknownName
from kerazoo.predict import load_predictor


def test_of_a_linear_network_it_is_a_straight_line_of_its_weight(boston, tmp_path) -> None:
    inputs = keras.Input((13,), name="measurements")
    model = keras.Model(inputs, keras.layers.Dense(1, name="price")(inputs), name="straight")
    kerazoo.save_model(model, tmp_path / "straight", splits=boston.splits)
    found = load_predictor(tmp_path / "straight").partial_dependence("RM")
    weight = float(np.asarray(model.layers[-1].kernel)[5, 0])
    x = boston.splits.train.x[:, 5]
    assert (found.values[0], found.values[-1]) == pytest.approx((x.min(), x.max()))
    steps = np.diff(found.rows[:, :, 0], axis=0) / np.diff(found.values)[:, None]
    np.testing.assert_allclose(steps, weight, rtol=1e-2, atol=1e-2)
    assert found.outputs == ("MEDV",)
    assert list(found.to_frame().columns) == ["RM", "MEDV"]


def test_of_words_and_classes(wine) -> None:
    predictor = load_predictor(wine.path)
    found = predictor.partial_dependence("color")
    assert found.words == ("red", "white")
    assert found.rows.shape[0] == 2
    np.testing.assert_allclose(found.mean.sum(axis=1), 1, atol=1e-5)
    # By hand: the answers to the stored rows with each word in turn.
    rows = predictor.card.profile.sample.decode().copy()
    rows[:, -1] = 1
    by_hand = predictor.predict(rows).probabilities.mean(axis=0)
    np.testing.assert_allclose(found.mean[1], by_hand, atol=1e-5)
    figure = plots.plot_dependence(found, found.outputs[0])
    assert [one.get_text() for one in figure.axes[0].get_xticklabels()] == ["red", "white"]
    lines = plots.plot_dependence(predictor.partial_dependence("alcohol")).axes[0]
    assert len(lines.lines) == len(rows) + 2
    with pytest.raises(UnknownName, match="unknown output 'x'"):
        plots.plot_dependence(found, "x")


def test_what_has_no_such_column(wine) -> None:
    with pytest.raises(UnknownName, match=r"unknown column 'alcohl'\. Did you mean 'alcohol'"):
        load_predictor(wine.path).partial_dependence("alcohl")
    with pytest.raises(KerazooError, match="takes no table"):
        load_predictor("mnist_mlp").partial_dependence("x")
