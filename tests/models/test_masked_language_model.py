"""masked_language_model: which words are masked, and what both stages of its training share."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import imdb_few_labels
from kerazoo.errors import InvalidInput
from kerazoo.models.text.masked_language_model import add_guesses, mask_words

MASK = 53  # of 50 words


def rows(count: int = 400, length: int = 20) -> np.ndarray:
    return np.random.default_rng(1).integers(3, MASK, (count, length)).astype("int32")


def test_a_fifth_of_the_words_is_to_be_guessed_and_most_of_them_masked() -> None:
    x = rows()
    (masked, positions), words = mask_words(x, MASK)
    assert positions.shape == words.shape == (400, 4)
    assert all(len(set(row)) == 4 for row in positions.tolist())
    np.testing.assert_array_equal(np.take_along_axis(x, positions, axis=1), words)
    shown = np.take_along_axis(masked, positions, axis=1)
    assert (shown == MASK).mean() == pytest.approx(0.8, abs=0.04)
    assert (shown == words).mean() == pytest.approx(0.1, abs=0.04)
    assert (masked != x).sum() == (shown != words).sum()  # all other words stay


def test_only_words_are_masked_and_rows_of_few_are_left_out() -> None:
    x = rows(50)
    x[:, :12] = 0
    x[:, 12] = 1
    x[:25, 13:17] = 2  # three words are left, and four are to be guessed
    (masked, positions), words = mask_words(x, MASK)
    assert len(masked) == 25
    assert positions.min() >= 13
    assert words.min() >= 3
    np.testing.assert_array_equal(masked[:, :13], x[25:, :13])
    assert mask_words(x[:25], MASK) is None


def test_the_most_frequent_words_are_not_guessed() -> None:
    x = np.random.default_rng(1).integers(3, 303, (200, 30)).astype("int32")
    x[:, ::3] = 3 + np.arange(10) % 4  # the four most frequent of 300 words
    part = mask_words(x, mask=303)
    assert part is not None
    assert part.y.min() == 7
    assert (part.x[0] == 303).sum() > 0


def test_what_guesses_words_is_what_tells_classes() -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_masked_language_model((20,), vocabulary_size=50, units=8)
    guesser = add_guesses(model, positions=4)
    assert guesser.output_shape == (None, 4, MASK)
    before = model.get_layer("embedding").get_weights()[0].copy()
    guesser.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = mask_words(rows(64), MASK)
    kerazoo.fit_model(guesser, (x, y), epochs=1, verbose=0)
    after = model.get_layer("embedding").get_weights()[0]
    assert np.abs(after - before).max() > 0
    # The vector of a masked word is learned there; a guess is of the position that is asked for.
    assert not np.array_equal(after[MASK], before[MASK])
    one = guesser.predict([x[0][:1], x[1][:1]], verbose=0)
    other = guesser.predict([x[0][:1], x[1][:1, ::-1]], verbose=0)
    np.testing.assert_allclose(other, one[:, ::-1], atol=1e-6)


@pytest.mark.thorough
def test_all_stages_are_in_the_history() -> None:
    splits = imdb_few_labels.tiny(length=16, vocabulary_size=50)
    recipe = dataclasses.replace(
        kerazoo.load_recipe("masked_language_model"),
        epochs=2,
        fit_arguments={"pretraining_epochs": 3, "last_layers_epochs": 4},
        builder_arguments={"input_shape": [16], "vocabulary_size": 50, "units": 8},
    )
    run = kerazoo.train("masked_language_model", recipe=recipe, splits=splits)
    assert len(run.history["loss"]) == 9
    assert run.history["loss"][0] > 3 > run.history["loss"][3]
    without = dataclasses.replace(recipe, fit_arguments={"pretraining_epochs": 0})
    run = kerazoo.train("masked_language_model", recipe=without, splits=splits)
    assert len(run.history["loss"]) == 2


@pytest.mark.thorough
def test_own_texts_are_masked_themselves_and_short_ones_refused() -> None:
    words = [f"word{number}" for number in range(12)]
    texts = [" ".join(words[n % 5 :] + words[: n % 5]) for n in range(60)]
    frame = {"text": [f"{text} {n}" for n, text in enumerate(texts)], "label": ["a", "b"] * 30}
    run = kerazoo.train("masked_language_model", data=frame, epochs=1, options={"length": 12})
    assert len(run.history["loss"]) > 1
    short = {"text": [f"w{n}" for n in range(60)], "label": ["a", "b"] * 30}
    with pytest.raises(InvalidInput, match="no text is long enough for words to be masked"):
        kerazoo.train("masked_language_model", data=short, epochs=1)
