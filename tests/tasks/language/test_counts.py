"""Baselines of language models: what is counted, and that it makes probabilities."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import next_words
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.next_words import encode_parts
from kerazoo.errors import InvalidInput
from kerazoo.tasks.language.counts import ORDERS, kneser_ney, n_grams


def encoded(text: str, context: int = 1) -> kerazoo.Splits:
    return encode_parts(([text], [], [text]), Texts((), (), context, target_name="next_word"), 100)


@pytest.mark.parametrize("context", [1, 2, 5])
def test_rows_know_the_words_before_them(context: int) -> None:
    """Whatever a row holds, three words in a row are known within a sentence."""
    splits = encoded("a b a. c b.", context)
    a, b, c = (3 + splits.about.words.index(word) for word in "abc")
    expected = [[0, 1, a], [1, a, b], [a, b, a], [b, a, 1], [0, 1, c], [1, c, b], [c, b, 1]]
    assert n_grams(splits.train, 3).tolist() == expected
    assert n_grams(splits.train, 1).ravel().tolist() == [row[-1] for row in expected]


def test_smoothing_gives_a_little_of_each_count_to_what_was_not_met() -> None:
    """By hand: after 3 come 4 (twice) and 5; 4 and 5 end a sentence; 6 is not met at all."""
    known = np.array([[1, 3], [3, 4], [3, 4], [3, 5], [4, 1], [4, 1], [5, 1]])
    asked = np.array([[3, 4], [3, 5], [3, 6], [6, 4]])
    # Bigrams: 1 3, 3 5 and 5 1 once, the other two twice: D = 3 / (3 + 2 * 2).
    # Of single words, before how many others they stood: 3, 4 and 5 after one, 1 after two.
    discount, of_words = 3 / 7, 3 / 5
    single = {4: (1 - of_words + of_words * 4 / 7) / 5, 6: (of_words * 4 / 7) / 5}
    single[5] = single[4]
    left = discount * 2 / 3
    expected = [
        (2 - discount) / 3 + left * single[4],
        (1 - discount) / 3 + left * single[5],
        left * single[6],
        single[4],
    ]
    np.testing.assert_allclose(kneser_ney(known, asked, 7), expected)


@pytest.mark.parametrize("order", ORDERS.values())
def test_probabilities_add_up_to_one(order: int) -> None:
    part = next_words.tiny(vocabulary_size=60).train
    known = n_grams(part, order)
    for before in ([1, 3], [5, 4], [62, 62], [0, 1]):
        asked = np.array([[*before, word] for word in range(63)])[:, -order:]
        assert kneser_ney(known, asked, 63).sum() == pytest.approx(1)


def test_more_words_before_tell_more() -> None:
    splits = next_words.tiny(vocabulary_size=300)
    scores = [kerazoo.score_baseline(name, splits)["perplexity"] for name in ORDERS]
    assert scores[0] > 2 * scores[1]
    assert scores[1] > scores[2] > 1


def test_other_data_is_refused() -> None:
    with pytest.raises(InvalidInput, match="needs running text"):
        kerazoo.score_baseline("unigram", kerazoo.load_dataset("xor"))
