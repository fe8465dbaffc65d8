"""What words and patches count, on networks whose answer is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kerazoo.datasets.about import Texts
from kerazoo.predict import load_predictor
from kerazoo.predict.occlusion import cover_patches, leave_out_words
from kerazoo.saved import load_card


def card_of_texts(keep: str):
    about = Texts(("the", "good", "bad"), ("no", "yes"), length=6, keep=keep)
    return dataclasses.replace(load_card("imdb_mlp"), about=about)


def goodness(rows: np.ndarray) -> np.ndarray:
    """Half, and an eighth more for each "good", less for each "bad"; the last id counts double."""
    share = 0.5 + ((rows == 4).sum(axis=1) - (rows == 5).sum(axis=1) + (rows[:, -1] == 4)) / 8
    return np.stack([1 - share, share], axis=1)


def test_a_word_counts_what_its_absence_changes():
    rows = np.array([[0, 1, 3, 4, 5, 4], [0, 0, 0, 0, 0, 0]], "int32")
    found = leave_out_words(goodness, rows, card_of_texts("last"))
    assert found.words == (("good", "bad", "the"), ())
    # Without "good" the row is the, bad: 3/8 is yes; without "bad", one eighth more.
    np.testing.assert_allclose(found.values[0], [0.75 - 0.375, -0.125, 0])
    assert found.in_short() == ["good +0.375, bad -0.125, the +0", ""]
    assert found.records()[0]["why"] == {"good": 0.375, "bad": -0.125, "the": 0.0}


@pytest.mark.parametrize(("keep", "row"), [("last", [0, 0, 1, 3, 4]), ("once", [1, 3, 4, 0, 0])])
def test_what_is_left_stands_where_it_would(keep, row):
    asked = []

    def answer(rows: np.ndarray) -> np.ndarray:
        asked.extend(rows.tolist())
        return np.full((len(rows), 2), 0.5)

    leave_out_words(answer, np.array([row], "int32"), card_of_texts(keep))
    wanted = (
        [[0, 0, 0, 1, 4], [0, 0, 0, 1, 3]] if keep == "last" else [[1, 4, 0, 0, 0], [1, 3, 0, 0, 0]]
    )
    assert asked[1:] == wanted


def test_the_patch_that_the_answer_looks_at_counts():
    def brightness(rows: np.ndarray) -> np.ndarray:
        share = rows[:, :2, 14:].mean(axis=(1, 2, 3)) / 255
        return np.stack([share, 1 - share], axis=1)

    image = np.zeros((1, 16, 16, 1), "uint8")
    image[0, :2, 14:] = 255
    found = cover_patches(brightness, image, load_card("mnist_mlp"))
    assert found.values.shape == (1, 8, 8)
    assert np.unravel_index(found.values[0].argmax(), (8, 8)) == (0, 7)
    assert np.count_nonzero(found.values) == 1
    assert found.in_short() == [f"row 1, column 8 {found.values[0, 0, 7]:+.3g}"]


def test_shipped_networks_of_texts_and_images_are_explained():
    why = load_predictor("imdb_mlp").explain(["a wonderful film", "a dull, awful film"])
    assert why.words[0][0] == "wonderful"
    assert why.words[1][0] in ("awful", "dull")
    assert why.values[1][0] > 0  # it speaks for the answer
    digit = np.zeros((1, 28, 28), "uint8")
    digit[0, 4:24, 13:16] = 255
    predictor = load_predictor("mnist_mlp")
    rows = digit.reshape(1, *predictor.card.inputs[0].shape)
    assert predictor.explain(rows).values.shape == (1, 8, 8)
