"""The labeled film reviews, in the folders in which their authors packed them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.reading.texts import UNKNOWN
from kerazoo.errors import DatasetNotFound, InvalidInput


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    for part in ("train", "test"):
        for label, word in (("neg", "bad"), ("pos", "good")):
            folder = tmp_path / "aclImdb" / part / label
            folder.mkdir(parents=True)
            for number in range(12):
                text = f"a {word} film,<br /><br />said {part} {'ten' * (number >= 10)}"
                (folder / f"{number}_{7 if label == 'pos' else 2}.txt").write_text(text)
    return tmp_path


def test_labels_go_with_their_reviews_and_the_last_ones_are_held_out(packed: Path) -> None:
    splits = kerazoo.load_dataset("imdb_sentiment", data_dir=packed, length=8, validation_reviews=4)
    words = ("-", "<", "?", *splits.about.words)
    assert splits.class_names == ("negative", "positive")
    assert [len(part.x) for part in (splits.train, splits.validation, splits.test)] == [20, 4, 24]
    for part in (splits.train, splits.validation, splits.test):
        for row, label in zip(part.x, part.y, strict=True):
            assert ("good" if label else "bad") in [words[index] for index in row]
    # 10_7.txt comes after 9_7.txt: the end is that of the numbers. Its last word is only there.
    assert "ten" not in words
    assert (splits.validation.x[:, -1] == UNKNOWN).all()
    assert "br" not in words


def test_each_word_once(packed: Path) -> None:
    options = {"data_dir": packed, "validation_reviews": 4, "length": 30}
    once = kerazoo.load_dataset("imdb_sentiment", keep="once", **options)
    for row in once.train.x:
        ids = row[row > 0]
        assert len(set(ids.tolist())) == len(ids)
    last = kerazoo.load_dataset("imdb_sentiment", **options)
    assert all(
        {*a.tolist()} == {*b.tolist()} for a, b in zip(once.test.x, last.test.x, strict=True)
    )


def test_fewer_reviews_have_the_same_validation_part(packed: Path) -> None:
    options = {"data_dir": packed, "validation_reviews": 4, "length": 8, "vocabulary_size": 3}
    whole = kerazoo.load_dataset("imdb_sentiment", **options)
    some = kerazoo.load_dataset("imdb_sentiment", train_reviews=8, **options)
    assert np.bincount(some.train.y).tolist() == [4, 4]
    np.testing.assert_array_equal(some.validation.y, whole.validation.y)


def test_what_is_not_there(packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERAZOO_DATA_DIR", raising=False)
    monkeypatch.setattr("kerazoo.datasets.imdb_reviews.cache_folder", lambda: tmp_path / "cache")
    with pytest.raises(DatasetNotFound, match=r"cache.aclImdb.*To get it: download aclImdb_v1"):
        kerazoo.load_dataset("imdb_sentiment")
    with pytest.raises(InvalidInput, match="validation_reviews is 24; expected at least 2, and"):
        kerazoo.load_dataset("imdb_sentiment", data_dir=packed, validation_reviews=24)
    with pytest.raises(InvalidInput, match="train_reviews is 1"):
        kerazoo.load_dataset(
            "imdb_sentiment", data_dir=packed, validation_reviews=2, train_reviews=1
        )
