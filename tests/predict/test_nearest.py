"""The training rows that a row is nearest to, of every kind of input."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kerazoo.datasets import Splits, load_dataset_module
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict.nearest import nearest_rows
from kerazoo.saved import load_card
from tests.small_data import clothes


def card_of(name: str, splits: Splits):
    return dataclasses.replace(load_card(name), data=splits.hash())


def test_images_by_their_pixels() -> None:
    splits = clothes()
    image = splits.train.x[3].astype("int16")
    image[5, 5] = 255 - image[5, 5]
    rows = np.stack([splits.train.x[8], image.astype("uint8")])
    found = nearest_rows(rows, splits, card_of("cnn", splits), 3)
    assert found.indices[:, 0].tolist() == [8, 3]
    assert found.distances[0, 0] == 0
    changed = abs(255 - 2 * int(splits.train.x[3, 5, 5, 0])) / 255 / 784
    assert found.distances[1, 0] == pytest.approx(changed, rel=1e-4)
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_texts_by_the_words_that_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    splits = load_dataset_module("labeled_texts").tiny()
    known = np.zeros_like(splits.train.x)
    length = known.shape[1]
    known[0, :3], known[1, -4:], known[2, :2] = [5, 6, 7], [5, 5, 6, 9], [8, 1]
    splits = dataclasses.replace(splits, train=type(splits.train)(known, splits.train.y))
    row = np.zeros((1, length), known.dtype)
    row[0, :4] = [1, 5, 6, 2]  # a beginning and an unknown word are no words
    found = nearest_rows(row, splits, card_of("imdb_mlp", splits), 3)
    assert found.indices[0].tolist() == [0, 1, 2]
    np.testing.assert_allclose(found.distances[0], [1 / 3, 1 / 3, 1])
    monkeypatch.setattr("kerazoo.predict.nearest._PIECE", length)
    again = nearest_rows(row, splits, card_of("imdb_mlp", splits), 3)
    np.testing.assert_array_equal(again.indices, found.indices)


def test_windows_of_a_series() -> None:
    splits = load_dataset_module("nyse").tiny()
    card = card_of("lstm", splits)
    found = nearest_rows(splits.train.x[[4, 9]], splits, card, 1)
    assert found.indices[:, 0].tolist() == [4, 9]
    assert found.distances.max() == 0


def test_what_cannot_be_told(wine) -> None:
    card = load_card(wine.path)
    with pytest.raises(InvalidInput, match=r"count is 0; expected a whole number from 1 to the"):
        nearest_rows(wine.splits.test.x, wine.splits, card, 0)
    ratings = load_dataset_module("movielens_100k").tiny()
    with pytest.raises(KerazooError, match="has no distances here"):
        nearest_rows(ratings.test.x, ratings, card_of("matrix_factorization", ratings), 1)
