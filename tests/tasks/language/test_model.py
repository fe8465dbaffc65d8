"""Language models asked with text: how probable it is, what comes next, and text that goes on."""

from __future__ import annotations

import math

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import next_words
from kerazoo.datasets.about import Texts
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.tasks import load_task
from kerazoo.tasks.language.model import LanguageModel

WORDS = ("the", "film", "was", "good")
# What follows each id: after "the" always "film"; after "film" "was" or the end; and so on.
TABLE = np.full((7, 7), 1e-9)
for before, after in ((1, 3), (3, 4), (5, 6), (6, 1)):
    TABLE[before, after] = 1
TABLE[4, [5, 1, 2]] = (0.6, 0.3, 0.1)


def by_table(rows: np.ndarray) -> np.ndarray:
    return TABLE[rows[:, -1]]


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel(Texts(WORDS, (), 2, target_name="next_word"), by_table)


def test_a_text_is_as_probable_as_its_words(model: LanguageModel) -> None:
    ended, open_end = model.score("The film was good."), model.score("The film was good")
    assert (ended.words, open_end.words) == (5, 4)
    assert ended.log_probability == pytest.approx(math.log(0.6), abs=1e-6)
    assert ended.perplexity == pytest.approx(0.6 ** (-1 / 5))
    twice = model.score("The film was good. The film.")
    assert twice.log_probability == pytest.approx(math.log(0.6 * 0.3), abs=1e-6)
    assert model.score("The film flew").unknown == 1
    # The likelier of two sentences (course document B, lines 2587-2594).
    assert ended.log_probability > model.score("Good was the film.").log_probability


def test_a_long_text_is_scored_in_pieces(model: LanguageModel) -> None:
    long = model.score("The film was good. " * 1000)
    assert long.log_probability == pytest.approx(1000 * math.log(0.6), rel=1e-5)


def test_next_words(model: LanguageModel) -> None:
    assert model.next_words("The film", 2) == [("was", 0.6), (".", 0.3)]
    assert model.next_words("The film was good.", 1) == [("the", 1.0)]
    assert model.next_words()[0] == ("the", 1.0)
    words, chances = model.table(["the", "film"], 2)
    assert words == ["film", "was"]
    assert chances == pytest.approx(np.array([[1, 0], [0, 0.6]]), abs=1e-8)


def test_text_goes_on(model: LanguageModel) -> None:
    written = {model.write("The", 5, seed=seed) for seed in range(20)}
    assert (
        written
        == {
            *("The film was good. the film", "The film was good. the film."),
            *("The film. the film. the film", "The film. the film. the film."),
            *("The film. the film was good", "The film. the film was good."),
        }
        & written
    )
    assert len(written) > 1
    assert model.write("The", 5, seed=3) == model.write("The", 5, seed=3)
    assert model.write("It ended.", 1) == "It ended. the"
    assert model.write(words=2) == "the film"
    assert model.write("The film", 0) == "The film"
    # Cold, only the likeliest words are left.
    cold = {model.write("The film", 2, seed=seed, temperature=0.01) for seed in range(20)}
    assert cold == {"The film was good"}
    with pytest.raises(InvalidInput, match="temperature is 0; pass a number above 0"):
        model.write("The", temperature=0)
    with pytest.raises(InvalidInput, match="has no probability; pass some words"):
        model.score("...")


def test_a_network_of_more_words_than_there_are_never_names_them() -> None:
    wide = LanguageModel(Texts(WORDS, (), 1), lambda rows: np.full((len(rows), 20), 0.05))
    assert len(wide.next_words("the", 20)) == len(WORDS) + 1
    assert wide.write("the", 30)


def test_other_networks_are_refused() -> None:
    with pytest.raises(KerazooError, match="'xor' does not tell the next word"):
        kerazoo.load_language_model("xor")


def test_figures_show_what_follows_frequent_words() -> None:
    splits = next_words.tiny(vocabulary_size=30)
    network = kerazoo.build_language_model(vocabulary_size=40)
    (figure,) = load_task("language").figures(splits, None, network).values()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == list(splits.about.words[:10])
