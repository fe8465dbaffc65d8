"""Targets of another kind than a loss or a network takes are refused with the fix."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput, KerazooError

X = np.random.default_rng(0).normal(size=(30, 4)).astype("float32")
CLASSES = np.arange(30) % 3


def fit(loss: str, y: np.ndarray) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile("adam", loss)
    kerazoo.fit_model(model, (X, y), epochs=1, verbose=0)


@pytest.mark.parametrize("y", [CLASSES, CLASSES[:, None], CLASSES % 2])
def test_class_numbers_under_a_loss_of_columns(y: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match=r"Pass keras\.utils\.to_categorical\(y, 3\)"):
        fit("categorical_crossentropy", y)


def test_columns_under_a_loss_of_class_numbers() -> None:
    with pytest.raises(InvalidInput, match=r"Pass y\.argmax\(axis=1\)"):
        fit("sparse_categorical_crossentropy", keras.utils.to_categorical(CLASSES, 3))


def test_what_a_message_advises_is_accepted() -> None:
    fit("categorical_crossentropy", keras.utils.to_categorical(CLASSES, 3))
    fit("sparse_categorical_crossentropy", CLASSES)


def test_two_targets_for_one_output() -> None:
    model = kerazoo.build_boston()
    with pytest.raises(InvalidInput, match="2 targets a row; 'boston' predicts 1"):
        kerazoo.adapt_normalization(model, np.ones((5, 13)), np.ones((5, 2)))


def test_a_network_of_text_is_not_saved(tmp_path: Path) -> None:
    words = keras.layers.StringLookup(vocabulary=["a", "b"])
    inputs = keras.Input((2,), dtype="string", name="sentence")
    model = keras.Model(inputs, keras.layers.Embedding(4, 2)(words(inputs)), name="mine")
    with pytest.raises(KerazooError, match=r"'mine' takes or gives text \(sentence\)"):
        kerazoo.save_model(model, tmp_path / "m")
