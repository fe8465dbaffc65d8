"""Data that is not what it seems to be is refused, in training and in judging alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.errors import InvalidInput, KerazooError

X = np.random.default_rng(0).normal(size=(30, 4)).astype("float32")
NUMBERS = X @ np.array([1, 2, 3, 4], "float32")
CLASSES = np.arange(30) % 3
FRAME = pd.DataFrame(X, columns=list("abcd"))


def network(outputs: int = 1, loss: Any = "mse", activation: str | None = None) -> keras.Model:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(outputs, activation)])
    model.compile("sgd", loss)
    return model


def fit(model: keras.Model, data: Any) -> Any:
    return kerazoo.fit_model(model, data, epochs=1, verbose=0)


BOTH: dict[str, Callable[[keras.Model, Any], Any]] = {
    "fit": fit,
    "evaluate": kerazoo.evaluate_model,
}


@pytest.mark.parametrize("use", BOTH)
@pytest.mark.parametrize("loss", ["mse", "mae", keras.losses.Huber(), "binary_crossentropy"])
@pytest.mark.parametrize(("outputs", "targets"), [(1, 3), (3, 0), (3, 1), (3, 2)])
def test_targets_of_another_width_than_the_outputs(use, loss, outputs, targets):
    y = np.repeat((CLASSES > 1)[:, None], targets, axis=1) if targets else CLASSES > 1
    with pytest.raises(InvalidInput, match=rf"gives \(rows, {outputs}\)\. Pass a target for each"):
        BOTH[use](network(outputs, loss), (X, y))


@pytest.mark.parametrize("y", [NUMBERS, NUMBERS[:, None], np.stack([NUMBERS] * 3, axis=1)])
def test_targets_of_the_width_of_the_outputs(y):
    assert fit(network(y.size // 30), (X, y)).history["loss"][0] > 0


@pytest.mark.parametrize("use", BOTH)
def test_a_last_axis_of_length_1_is_dropped_as_keras_does(use):
    model = keras.Sequential([keras.Input((4, 1)), keras.layers.Dense(1)])  # (rows, 4, 1)
    model.compile("sgd", "mse")
    BOTH[use](model, (X, X))
    model = keras.Sequential([keras.Input((1, 4)), keras.layers.Dense(1)])  # (rows, 1, 1)
    model.compile("sgd", "mse")
    BOTH[use](model, (X[:, None], NUMBERS[:, None]))
    with pytest.raises(InvalidInput, match=r"gives \(rows, 1, 1\)\. Pass a target for each"):
        BOTH[use](model, (X[:, None], NUMBERS))  # which would be compared with all rows


@pytest.mark.parametrize("use", BOTH)
def test_labels_between_two_classes(use):
    model = network(3, "sparse_categorical_crossentropy", "softmax")
    BOTH[use](model, (X, CLASSES.astype("float32")))
    with pytest.raises(InvalidInput, match=r"has the label 0\.5; a label is the number of a class"):
        BOTH[use](model, (X, CLASSES / 2))


@pytest.mark.parametrize("use", BOTH)
def test_labels_that_are_no_class(use):
    model = network(3, "sparse_categorical_crossentropy", "softmax")
    with pytest.raises(InvalidInput, match="labels from 0 to 3; the network has 3 classes"):
        BOTH[use](model, (X, CLASSES + 1))


@pytest.mark.parametrize("use", BOTH)
@pytest.mark.parametrize("which", [0, 1])
def test_masked_values(use, which):
    data = [X, NUMBERS]
    data[which] = np.ma.masked_where(data[which] > 1, data[which])
    with pytest.raises(InvalidInput, match="a masked array with"):
        BOTH[use](network(), tuple(data))
    data[which] = np.ma.masked_array([X, NUMBERS][which], mask=False)
    BOTH[use](network(), tuple(data))


@pytest.mark.parametrize("use", BOTH)
def test_not_a_number(use):
    with pytest.raises(InvalidInput, match="holds NaN or infinity, first in row"):
        BOTH[use](network(), (np.where(X > 1, np.nan, X), NUMBERS))


ODD_INPUTS = {
    "text": (X.astype(str), "holds text, such as .* takes numbers"),
    "complex": (X + 1j, "values of type complex64"),
    "structured": (FRAME.to_records(index=False), "pass real numbers, a column each"),
    "a column twice": (pd.concat([FRAME[["a", "b", "c"]], FRAME.a], axis=1), "'a' is there more"),
}


@pytest.mark.parametrize("use", BOTH)
@pytest.mark.parametrize("name", ODD_INPUTS)
def test_odd_inputs(use, name):
    x, message = ODD_INPUTS[name]
    with pytest.raises(InvalidInput, match=message):
        BOTH[use](network(), (x, NUMBERS))


def test_columns_in_another_order():
    permuted = FRAME[list("bacd")]
    model = network()
    with pytest.raises(InvalidInput, match="number 1 is 'b', and was 'a'"):
        kerazoo.fit_model(model, (FRAME, NUMBERS), (permuted, NUMBERS), verbose=0)
    fit(model, (FRAME, NUMBERS))
    with pytest.raises(InvalidInput, match="number 1 is 'b', and was 'a'"):
        kerazoo.evaluate_model(model, (permuted, NUMBERS))
    with pytest.raises(InvalidInput, match="'a', 'e' is in one of them only"):
        kerazoo.evaluate_model(model, (FRAME.rename(columns={"a": "e"}), NUMBERS))
    assert kerazoo.evaluate_model(model, (FRAME, NUMBERS)) == pytest.approx(
        kerazoo.evaluate_model(model, (permuted[list(FRAME)], NUMBERS))
    )
    fit(model, (permuted, NUMBERS))  # a new training may have another order
    kerazoo.evaluate_model(model, (permuted, NUMBERS))


@pytest.mark.parametrize("use", BOTH)
def test_rows_in_another_order(use):
    shuffled = FRAME.sample(frac=1, random_state=0)
    targets = pd.Series(NUMBERS)
    with pytest.raises(InvalidInput, match=r"Pass y\.loc\[x\.index\]"):
        BOTH[use](network(), (shuffled, targets))
    BOTH[use](network(), (shuffled, targets.loc[shuffled.index]))


WEIGHTS = {
    "text": (np.array(["1"] * 30), "text"),
    "nothing": (np.zeros(30), "all 0"),
    "one for each column": (np.ones((30, 4)), "pass one for each row"),
}


@pytest.mark.parametrize("use", BOTH)
@pytest.mark.parametrize("name", WEIGHTS)
def test_sample_weights(use, name):
    weights, message = WEIGHTS[name]
    with pytest.raises(InvalidInput, match=f"sample weights .*{message}|.*{message}"):
        BOTH[use](network(), (X, NUMBERS, weights))


def test_class_weights_of_numbers():
    with pytest.raises(KerazooError, match="class_weight is for targets that are classes"):
        kerazoo.fit_model(network(), (X, NUMBERS), class_weight={0: 1.0, 1: 2.0}, verbose=0)


def test_targets_that_teach_nothing_are_said():
    with pytest.warns(UserWarning, match="all targets are 1: there is nothing to tell apart"):
        fit(network(1, "binary_crossentropy", "sigmoid"), (X, np.ones(30)))


def test_several_labels_under_a_loss_for_one_are_said():
    model = network(3, "categorical_crossentropy", "softmax")
    with pytest.warns(UserWarning, match="30 of 30 rows do not add up to 1, but to 3"):
        fit(model, (X, np.ones((30, 3))))


def test_x_and_y_are_one_argument():
    with pytest.raises(KerazooError, match=r"Pass fit_model\(model, \(x, y\)\)"):
        kerazoo.fit_model(network(), X, NUMBERS)


@pytest.mark.parametrize("option", [{"epochs": "3"}, {"epochs": 1.5}, {"batch_size": "8"}])
def test_numbers_of_another_type(option):
    ((name, value),) = option.items()
    with pytest.raises(KerazooError, match=f"{name} is {value!r}"):
        kerazoo.fit_model(network(), (X, NUMBERS), **option)
