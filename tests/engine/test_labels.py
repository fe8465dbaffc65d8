"""Labels and class weights that do not mean what they seem to."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import kerazoo

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
SECOND = np.arange(20) % 2


def network(loss: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", loss)
    return model


BINARY = [
    "binary_crossentropy",
    "bce",
    "BinaryCrossentropy",
    "binary_focal_crossentropy",
    keras.losses.binary_crossentropy,
    keras.losses.BinaryCrossentropy(name="of_my_own"),
    keras.losses.BinaryFocalCrossentropy(),
]


@pytest.mark.parametrize(
    "loss", BINARY, ids=lambda loss: getattr(loss, "__name__", type(loss).__name__)
)
@pytest.mark.parametrize("labels", [(-1, 1), (1, 2), (0, 255)])
@pytest.mark.parametrize("dtype", ["int64", "float32", "uint8"])
def test_labels_of_two_classes_must_be_0_and_1(
    loss: Any, labels: tuple[int, int], dtype: str
) -> None:
    if min(labels) < 0 and dtype == "uint8":
        return
    y = np.array(labels)[SECOND].astype(dtype)
    with pytest.raises(kerazoo.InvalidInput, match=rf"Pass 0 and 1, .*y == {labels[1]}\)"):
        kerazoo.fit_model(network(loss), (X, y), verbose=0)
    with pytest.raises(kerazoo.InvalidInput, match="validation data has targets"):
        kerazoo.fit_model(network(loss), (X, SECOND), (X, y), verbose=0)


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_hinges_take_minus_one(loss: str) -> None:
    kerazoo.fit_model(network(loss), (X, 2 * SECOND - 1), verbose=0)
    with pytest.raises(kerazoo.InvalidInput, match="targets 1 and 2"):
        kerazoo.fit_model(network(loss), (X, 1 + SECOND), verbose=0)


@pytest.mark.parametrize("engine", ["resident", "keras"])
@pytest.mark.parametrize(
    ("weights", "names"),
    [({"0": 3.0}, ()), ({0.0: 3}, ()), ({"red": 3.0}, ("red", "white")), ({np.int64(0): 3.0}, ())],
)
def test_weights_by_text_and_by_name(engine: Any, weights: Any, names: Any) -> None:
    losses = []
    for given, called in (({0: 3.0}, ()), (weights, names)):
        keras.utils.set_random_seed(0)
        history = kerazoo.fit_model(
            network("bce"),
            (X, SECOND),
            class_weight=given,
            class_names=called,
            engine=engine,
            shuffle=False,
            verbose=0,
        )
        losses += history.history["loss"]
    assert losses[0] == losses[1]


@pytest.mark.parametrize(
    ("weights", "names", "message"),
    [
        ({5: 2.0}, (), "weight for 5, which is no class"),
        ({"5": 2.0}, (), "weight for 5, which is no class"),
        ({"red": 2.0}, (), "'red', which is no class; pass class_names="),
        ({"rot": 2.0}, ("red", "white"), "'rot', which is no class; pass the names red, white"),
        ({True: 2.0}, (), "True, which is no class"),
        ([1.0, 2.0], (), "is a list; pass a dictionary"),
        ({0: "heavy"}, (), "pass a number"),
        ({0: -1.0}, (), "at least 0"),
        ({0: 1.0, "0": 2.0}, (), "twice"),
    ],
)
def test_other_weights_are_refused(weights: Any, names: Any, message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.fit_model(
            network("bce"), (X, SECOND), class_weight=weights, class_names=names, verbose=0
        )


def test_a_class_without_rows_may_have_a_weight() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    kerazoo.fit_model(model, (X, SECOND), class_weight={0: 2.0, 2: 3.0}, verbose=0)
