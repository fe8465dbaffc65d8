"""Reviews of which few have a label."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerazoo.datasets import imdb_few_labels, imdb_sentiment


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A folder as the reviews are packed, of 40 and 8 texts in each class."""
    for part, count in (("train", 40), ("test", 8)):
        for label in ("neg", "pos"):
            folder = tmp_path / "aclImdb" / part / label
            folder.mkdir(parents=True)
            for number in range(count):
                text = f"{label} {part} film number{number % 4} of word{number}"
                (folder / f"{number}_5.txt").write_text(text)
    return tmp_path


def test_all_reviews_but_those_held_out_are_there_without_labels(reviews: Path) -> None:
    sizes = {"length": 8, "vocabulary_size": 30, "validation_reviews": 20}
    splits = imdb_few_labels.load(reviews, train_reviews=10, **sizes)
    assert (len(splits.train.x), len(splits.validation.x), len(splits.test.x)) == (10, 20, 16)
    assert splits.unlabeled.shape == (60, 8)
    assert splits.train.y.tolist() == [0] * 5 + [1] * 5
    unlabeled = set(map(tuple, splits.unlabeled.tolist()))
    assert set(map(tuple, splits.train.x.tolist())) <= unlabeled
    # Words are numbered in all of them: many are in no review with a label.
    assert len(splits.about.words) == 30
    known = imdb_sentiment.load(reviews, train_reviews=10, **sizes)
    assert len(known.about.words) < 30


def test_rows_without_labels_count_for_the_hash(reviews: Path) -> None:
    import dataclasses

    splits = imdb_few_labels.tiny(length=8)
    assert dataclasses.replace(splits, unlabeled=None).hash() != splits.hash()
    assert dataclasses.replace(splits, unlabeled=splits.unlabeled[:-1]).hash() != splits.hash()
