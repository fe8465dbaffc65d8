"""What training refuses before it begins: nothing is trained on rows that would spoil it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo

WINE = kerazoo.load_dataset("wine")


def wine_model() -> keras.Model:
    model = kerazoo.build_wine_multiclass()
    loss = "sparse_categorical_crossentropy"
    return kerazoo.compile_model(model, "wine_multiclass", loss=loss, metrics=["accuracy"])


def changed(array: np.ndarray, row: int, value: float) -> np.ndarray:
    copy = array.copy()
    copy[row] = value
    return copy


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (changed(WINE.train.x, 7, np.nan), WINE.train.y, "NaN or infinity, first in row 7"),
        (changed(WINE.train.x, 3, np.inf), WINE.train.y, "NaN or infinity, first in row 3"),
        (WINE.train.x[:, :11], WINE.train.y, r"takes \(rows, 12\)"),
        (WINE.train.x[0], WINE.train.y[:12], r"takes \(rows, 12\)"),
        (
            WINE.train.x,
            changed(WINE.train.y, 0, 3),
            "from 0 to 3; the network has 3 classes",
        ),
        (WINE.train.x, changed(WINE.train.y, 0, -1), "labels from -1 to 2"),
        (WINE.train.x, WINE.train.y[:-1], "all must have the same number"),
        (WINE.train.x[:0], WINE.train.y[:0], "at least one"),
    ],
)
def test_bad_rows_are_refused(x: np.ndarray, y: np.ndarray, message: str) -> None:
    model = wine_model()
    before = model.get_weights()
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.fit_model(model, (x, y), epochs=1, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_validation_rows_are_checked_too() -> None:
    bad = changed(WINE.validation.x, 5, np.nan)
    with pytest.raises(kerazoo.InvalidInput, match="validation data holds NaN"):
        kerazoo.fit_model(wine_model(), WINE.train, (bad, WINE.validation.y), verbose=0)


@pytest.mark.parametrize("stopping", [kerazoo.EarlyStopping, keras.callbacks.EarlyStopping])
def test_a_misspelt_monitor_is_refused_before_training(stopping) -> None:
    model = wine_model()
    before = model.get_weights()[-1]
    callback = stopping(monitor="val_acuracy", mode="max")
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'val_accuracy'"):
        kerazoo.fit_model(model, WINE.train, WINE.validation, callbacks=[callback], verbose=0)
    np.testing.assert_array_equal(model.get_weights()[-1], before)


def test_val_loss_without_validation_data_is_refused() -> None:
    with pytest.raises(kerazoo.UnknownName, match="'val_loss'"):
        kerazoo.fit_model(wine_model(), WINE.train, callbacks=[kerazoo.EarlyStopping()], verbose=0)


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int64", "float32"])
def test_pixels_of_0_and_1_are_asked_about(dtype: str) -> None:
    inputs = keras.Input((4, 4, 1), dtype="uint8")
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(x))
    model.compile("sgd", "sparse_categorical_crossentropy")
    pixels = np.random.RandomState(0).randint(0, 2, (8, 4, 4, 1)).astype(dtype)
    with pytest.raises(kerazoo.InvalidInput, match=r"pixels from 0 to 1; .* takes 0 to 255"):
        kerazoo.fit_model(model, (pixels, np.arange(8) % 2), epochs=1, verbose=0)
