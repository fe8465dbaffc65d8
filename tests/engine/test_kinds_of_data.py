"""Data in every form that a user has: the numbers that the same data has as plain arrays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kerazoo.engine.evaluate import evaluate_model
from kerazoo.engine.fit import fit_model
from kerazoo.errors import InvalidInput
from tests.engine import small_networks as networks
from tests.engine.test_exactness import assert_same_training

RANDOM = np.random.default_rng(0)
WIDE = RANDOM.normal(size=(40, 4)).astype("float32")
NARROW = RANDOM.normal(size=(40, 2)).astype("float32")
TARGET = RANDOM.normal(size=(40, 1)).astype("float32")


def train(model: keras.Model, x: Any, y: Any = TARGET, **options: Any) -> float:
    options = {"engine": "resident", "shuffle": False, "verbose": 0} | options
    return fit_model(model, (x, y), **options).history["loss"][0]


def two_inputs(structure: str) -> keras.Model:
    """Two inputs, in the order opposite to that of their names."""
    keras.utils.set_random_seed(3)
    wide, narrow = keras.Input((4,), name="wide"), keras.Input((2,), name="narrow")
    joined = keras.layers.Concatenate()([keras.layers.Dense(2)(wide), narrow])
    inputs: Any = [wide, narrow]
    if structure != "list":
        names = ("w", "n") if structure == "keys" else ("wide", "narrow")
        inputs = dict(zip(names, inputs, strict=True))
    model = keras.Model(inputs, keras.layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("structure", ["list", "dict"])
def test_inputs_by_name(structure: str) -> None:
    x = {"narrow": NARROW, "wide": WIDE}
    expected = train(two_inputs("list"), [WIDE, NARROW])
    assert train(two_inputs(structure), x) == expected
    # Alphabetically before the others, where Keras would take it for the first input.
    assert train(two_inputs(structure), {"date": TARGET, **x}) == expected
    assert train(two_inputs(structure), {"date": TARGET, **x}, engine="keras") == expected


def test_inputs_by_name_are_evaluated() -> None:
    model = two_inputs("dict")
    x = {"date": TARGET, "narrow": NARROW, "wide": WIDE}
    expected = model.evaluate({"narrow": NARROW, "wide": WIDE}, TARGET, verbose=0)
    scores = evaluate_model(model, (x, TARGET[:, 0].tolist()))
    assert scores == {"loss": pytest.approx(expected)}


@pytest.mark.parametrize("structure", ["list", "dict", "keys"])
def test_a_wrong_input_is_named(structure: str) -> None:
    wide, narrow = ("w", "n") if structure == "keys" else ("wide", "narrow")
    with pytest.raises(InvalidInput, match=r"\(40, 1\) for 'narrow'; .* takes \(rows, 2\)"):
        train(two_inputs(structure), {narrow: TARGET, wide: WIDE})


def test_layers_behind_an_input_with_another_key_are_adapted() -> None:
    a, b = keras.Input((2,), name="first"), keras.Input((1,), name="second")
    layer = keras.layers.Normalization()
    joined = keras.layers.Concatenate()([layer(keras.layers.Rescaling(3.0)(a)), b])
    model = keras.Model({"x": a, "y": b}, keras.layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    train(model, {"x": NARROW, "y": TARGET})
    np.testing.assert_allclose(layer.mean[0], 3 * NARROW.mean(0), rtol=1e-4)


def test_an_image_beside_numbers() -> None:
    image, numbers = keras.Input((3, 3, 1), dtype="uint8", name="scan"), keras.Input((2,), name="a")
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(image))
    joined = keras.layers.Concatenate()([flat, numbers])
    model = keras.Model([image, numbers], keras.layers.Dense(1)(joined))
    model.compile(keras.optimizers.SGD(0.0), "mse")
    pixels = RANDOM.integers(0, 256, (40, 3, 3, 1)).astype("uint8")
    by_place = train(model, [pixels, NARROW])
    assert train(model, {"scan": pixels, "a": NARROW}) == by_place
    with pytest.raises(InvalidInput, match="pixels from 0"):
        train(model, {"scan": pixels / 255, "a": NARROW})


def with_optional_input() -> keras.Model:
    class Add(keras.layers.Layer):
        def call(self, x: Any, more: Any = None) -> Any:
            return x if more is None else x + more

    keras.utils.set_random_seed(3)
    x, more = keras.Input((2,), name="x"), keras.Input((2,), name="more", optional=True)
    model = keras.Model([x, more], keras.layers.Dense(1)(Add()(x, more)))
    model.compile("sgd", "mse")
    return model


def test_an_optional_input_may_be_none() -> None:
    assert_same_training(with_optional_input, ((NARROW, None), TARGET), ((NARROW, None), TARGET))


def reads_text(shape: tuple[int, ...] = (1,)) -> keras.Model:
    keras.utils.set_random_seed(3)
    words = keras.layers.TextVectorization(output_sequence_length=3, vocabulary=["a", "b", "c"])
    inputs = keras.Input(shape, dtype="string")
    x = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(words(inputs)))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("sgd", "mse")
    return model


@pytest.mark.thorough
def test_text() -> None:
    texts = ["a b", "b c", "ä", "c"] * 10
    model = reads_text()
    expected = reads_text().fit(tf.constant(texts)[:, None], TARGET, shuffle=False, verbose=0)
    weights = model.get_weights()
    for x in (
        tf.constant(texts)[:, None],
        np.array(texts)[:, None],
        np.array(texts, dtype=object)[:, None],
        pd.Series(texts),
        pd.DataFrame({"text": texts}),
        texts,
    ):
        for engine in ("resident", "keras"):
            model.set_weights(weights)
            assert train(model, x, engine=engine) == pytest.approx(expected.history["loss"][0])


def test_text_as_a_target_is_refused() -> None:
    with pytest.raises(InvalidInput, match="targets that are text, such as 'a'"):
        train(networks.dense(), networks.rows(40)[0], np.array(["a", "b"] * 20))


@pytest.mark.parametrize("engine", ["resident", pytest.param("keras", marks=pytest.mark.thorough)])
def test_tables_and_lists(engine: str) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    plain = WIDE.round()
    plain[:, 3] = WIDE[:, 3] > 0
    expected = train(model, plain)
    frame = pd.DataFrame(plain, columns=list("abcd"))
    frame["d"] = frame["d"].astype(bool)
    nullable = frame.astype({"a": "Int64", "b": "Float32", "d": "boolean"})
    for x in (frame, nullable, plain.tolist(), plain.astype(object)):
        assert train(model, x, engine=engine) == pytest.approx(expected)
    flags = pd.DataFrame(dict.fromkeys("abc", plain[:, 3] > 0)).assign(d=7)
    assert train(model, flags, engine=engine) == pytest.approx(train(model, flags.to_numpy(float)))
    for y in (TARGET.tolist(), TARGET[:, 0].tolist(), pd.Series(TARGET[:, 0]).astype("Float64")):
        assert train(model, plain, y, engine=engine) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (pd.DataFrame({"n": [1.0, 2.0], "colour": ["red", "blue"]}), "columns colour hold no numb"),
        (pd.DataFrame({"n": pd.array([1, None], "Int64"), "m": [1.0, 2.0]}), "NaN .* in row 1"),
        ([[1.0, 2.0], [3.0]], "different lengths"),
        (np.array([{"a": 1}, {"b": 2}]), "among objects"),
        (np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), "datetime64"),
    ],
)
def test_what_is_no_array_of_numbers(x: Any, message: str) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(InvalidInput, match=message):
        train(model, x, np.zeros((2, 1)))


def test_labels_that_the_loss_leaves_out() -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(ignore_class=255))
        return model

    labels = np.arange(40) % 3
    labels[::7] = 255
    assert_same_training(make, (WIDE, labels))
    labels[1] = 254
    with pytest.raises(InvalidInput, match="labels from 0 to 254"):
        train(make(), WIDE, labels)


def test_missing_targets_that_the_loss_leaves_out() -> None:
    def without_missing(y: Any, predicted: Any) -> Any:
        known = keras.ops.logical_not(keras.ops.isnan(y))
        return keras.ops.where(known, keras.ops.square(predicted - keras.ops.nan_to_num(y)), 0.0)

    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        model.compile("sgd", without_missing)
        return model

    y = TARGET.copy()
    y[3] = np.nan
    assert_same_training(make, (WIDE, y))
    with pytest.raises(InvalidInput, match="NaN or infinity, first in row 3"):
        train(networks.dense(), np.ones((40, 5)), np.repeat(y, 3, axis=1))


def test_keras_trains_on_values_as_they_are() -> None:
    x = WIDE.copy()
    x[3] = np.nan
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(InvalidInput, match="engine='keras'"):
        train(model, x)
    assert np.isnan(train(model, x, engine="keras"))
