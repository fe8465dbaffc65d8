"""Running text as rows of words and the next word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kerazoo.datasets import imdb_next_words, next_words
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.next_words import Windows, split_sentences
from kerazoo.errors import InvalidInput, KerazooError

ABOUT = Texts(("the", "film", "was"), (), length=3, target_name="next_word")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two!  Three?!", [("One", True), ("Two", True), ("Three", True)]),
        ("It cost 3.5 dollars at a.b", [("It cost 3.5 dollars at a.b", False)]),
        ('"Why?" he said...', [('"Why', True), ("he said", True)]),
        ("line one\n\nline two\n", [("line one", True), ("line two", True)]),
        ("버스에 탔다. 갔다", [("버스에 탔다", True), ("갔다", False)]),
        ("他走了。她", [("他走了", True), ("她", False)]),
        ("... !\n", []),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[tuple[str, bool]]) -> None:
    assert split_sentences(text) == sentences


def test_a_row_goes_back_to_the_beginning_of_its_sentence() -> None:
    x, y = Windows(ABOUT)([("The film was dull", True), ("was the", False)])
    expected = [[0, 0, 1], [0, 1, 3], [1, 3, 4], [3, 4, 5], [4, 5, 2], [0, 0, 1], [0, 1, 5]]
    assert x.tolist() == expected
    assert y.tolist() == [3, 4, 5, 2, 1, 5, 3]
    assert (x.dtype, y.dtype) == (np.int32, np.int32)
    assert Windows(ABOUT)([])[0].shape == (0, 3)


def test_what_is_asked_is_what_was_learned() -> None:
    cut = Windows(ABOUT)
    x, _ = cut([("The film was", True)])
    for words, row in zip(("", "The", "The film", "The film was"), x, strict=True):
        assert cut.beginning(words).tolist() == [row.tolist()]


def test_own_text(tmp_path: Path) -> None:
    lines = [f"The film number {n} was good. I saw it" for n in range(50)]
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    splits = next_words.load(path=path, context=2, vocabulary_size=6)
    assert len(splits.about.words) == 6
    # 100 sentences; the last ten are held out.
    ends = [int((part.y == 1).sum()) for part in (splits.train, splits.validation, splits.test)]
    assert ends == [90, 5, 5]
    same = next_words.load_like(splits.about, path, trained_on=splits.hash())
    assert same.hash() == splits.hash()
    path.write_text("\n".join(lines[:25]), encoding="utf-8")
    with pytest.warns(UserWarning, match="is not the text .* all of its 50 sentences are judged"):
        other = next_words.load_like(splits.about, path, trained_on=splits.hash())
    assert (len(other.train.x), int((other.test.y == 1).sum())) == (0, 50)


def test_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One sentence. And a second one.")
    with pytest.raises(InvalidInput, match=r"a.txt has 2 sentences; expected running text of 20"):
        next_words.load(path=tmp_path / "a.txt")
    with pytest.raises(InvalidInput, match="context is 0; pass how many words"):
        next_words.tiny(context=0)
    with pytest.raises(KerazooError, match="vocabulary_size is 1; pass at least 2"):
        next_words.tiny(vocabulary_size=1)
    with pytest.raises(KerazooError, match="needs path="):
        next_words.load()
    with pytest.raises(InvalidInput, match="reviews is 5; pass at least 12"):
        imdb_next_words.load(reviews=5)


def test_parts_are_of_different_documents() -> None:
    splits = imdb_next_words.tiny(reviews=24, vocabulary_size=100)
    assert splits.about.target_name == "next_word"
    assert not splits.class_names
    sizes = [len(part.x) for part in (splits.train, splits.validation, splits.test)]
    assert sizes[0] > sizes[1] + sizes[2]
    assert max(sizes[1:]) > 0
