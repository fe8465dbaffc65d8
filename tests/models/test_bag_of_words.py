"""bag_of_words: the worked tables of the course, and what its layer counts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import FIRST_WORD, Encoder, number_words
from kerazoo.errors import InvalidInput, UnknownName
from kerazoo.models.text._terms import Terms


def matrix(texts: list[str], weighing: str = "count", **options: int) -> dict[str, np.ndarray]:
    """Return what each word counts in each text, by word; and under `""` what n-grams do."""
    words = number_words(texts, 100)
    rows = Encoder(Texts(words, (), length=12))(texts)
    layer = Terms(FIRST_WORD + len(words), weighing, **options)
    if not layer.is_adapted:
        layer.adapt_to(rows)
    columns = layer(rows).numpy().T
    assert not columns[:FIRST_WORD].any()
    by_word = dict(zip(words, columns[FIRST_WORD:], strict=False))
    return by_word | {"": columns[FIRST_WORD + len(words) :]}


def test_similarity_is_the_dot_product_of_two_texts() -> None:
    """B, lines 2638-2668."""
    found = matrix(["I like dog", "You like dog", "I hate bug"])
    expected = {
        **{"i": [1, 0, 1], "like": [1, 1, 0], "dog": [1, 1, 0]},
        **{"you": [0, 1, 0], "hate": [0, 0, 1], "bug": [0, 0, 1]},
    }
    assert {word: found[word].tolist() for word in expected} == expected
    a, b, c = np.stack([found[word] for word in expected], axis=1)  # (texts, words)
    assert (a @ b, b @ c, a @ c) == (2, 0, 1)


def test_texts_without_a_word_in_common_are_not_similar() -> None:
    """B, lines 2804-2815, whatever they mean."""
    found = matrix(["The president spoke to citizens", "Moon said something in public"])
    a, b = np.stack([found[word] for word in found if word], axis=1)
    assert a @ b == 0


def test_n_grams_are_words_in_a_row() -> None:
    """B, lines 2682-2709; what they count is not said there: 7 pairs and 6 triples."""
    text = "Machine Learning is fun and is not boring"
    for ngrams, terms in ((2, 7), (3, 7 + 6)):
        for weighing in ("count", "binary"):
            found = matrix([text], weighing, ngrams=ngrams, buckets=2**12)
            assert found[""].sum() == terms
            assert found["is"] == (2 if weighing == "count" else 1)


def test_tf_idf() -> None:
    """B, lines 2715-2786, which gives the second text nine words and divides by its eight.

    The document rounds .0376 to .03.
    """
    found = matrix(
        ["a new book, a used book, a book store", "a dog in a dog house is big"], "tf_idf"
    )
    assert not found["a"].any()
    expected = {"new": (0.0334, 0), "book": (0.1003, 0), "dog": (0, 0.0753), "big": (0, 0.0376)}
    for word, values in expected.items():
        np.testing.assert_allclose(found[word], values, atol=5e-5)
    for word, twin in (("used", "new"), ("store", "new"), ("house", "big"), ("in", "big")):
        np.testing.assert_array_equal(found[word], found[twin])


def test_every_n_gram_falls_into_the_bucket_of_its_words() -> None:
    generator = np.random.default_rng(0)
    ids = generator.integers(2, 2**21, (3, 9)).astype("int32")  # more words than anybody knows
    layer = Terms(2**21, ngrams=3, buckets=2**17)
    terms, found = map(keras.ops.convert_to_numpy, layer._terms_of(ids))
    assert found.all()
    words, pairs, triples = np.split(terms, [9, 9 + 8], axis=1)
    np.testing.assert_array_equal(words, ids)
    whole = ids.astype("int64")
    hashed = whole[:, :-1] * 7919 + whole[:, 1:]
    np.testing.assert_array_equal(pairs, 2**21 + hashed % 2**17)
    hashed = hashed[:, :-1] * 7919 + whole[:, 2:]
    np.testing.assert_array_equal(triples, 2**21 + 2**17 + hashed % 2**17)
    assert len(np.unique(pairs)) == pairs.size


def test_what_fills_up_a_row_is_no_word_and_breaks_no_pair() -> None:
    layer = Terms(8, ngrams=2, buckets=64)
    rows = np.array([[0, 0, 1, 4, 2], [4, 2, 0, 0, 0], [0, 0, 0, 0, 0]], "int32")
    first, second, empty = layer(rows).numpy()
    np.testing.assert_array_equal(first, second)
    assert first.sum() == 3
    assert first[[2, 4]].tolist() == [1, 1]
    assert not empty.any()


def test_texts_are_counted_before_training() -> None:
    splits = kerazoo.datasets.load_dataset_module("imdb_sentiment").tiny(vocabulary_size=50)
    x = np.tile(splits.train.x, (3, 1))  # more than are counted at once
    model = kerazoo.build_bag_of_words((500,), 50, weighing="tf_idf", ngrams=2, buckets=500)
    assert kerazoo.adapt_normalization(model, x) == ["terms"]
    assert kerazoo.adapt_normalization(model, x) == []
    rarity = model.get_layer("terms").rarity.numpy()
    texts = np.array([(x == word).any(axis=1).sum() for word in range(53)])
    texts[:2] = 0
    expected = np.where(texts > 0, np.log10(len(x) / np.maximum(texts, 1)), 0)
    np.testing.assert_allclose(rarity[:53], expected, rtol=1e-6)
    assert (rarity[53:] > 0).sum() > 200


def test_vectors_may_be_of_one_length() -> None:
    model = kerazoo.build_bag_of_words((6,), 9, weighing="count", ngrams=2, unit_length=True)
    vectors = keras.Model(model.input, model.get_layer("unit_length").output)
    ids = np.array([[0, 1, 3, 4, 3, 4], [0, 0, 0, 0, 1, 7]], "int32")
    found = vectors.predict(ids, verbose=0)
    np.testing.assert_allclose(np.square(found).sum(axis=1), 1, rtol=1e-5)
    assert found[0, 3] == pytest.approx(2 / np.sqrt(4 + 4 + 4 + 1))  # 3, 4, "3 4" twice, "4 3"
    # Nothing is learned yet: no class is likelier than another.
    np.testing.assert_array_equal(model.predict(ids, verbose=0), 0.5)


@pytest.mark.filterwarnings("ignore:found in the table")
@pytest.mark.parametrize(("weighing", "ngrams"), [("binary", 1), ("binary", 2), ("tf_idf", 2)])
def test_the_order_of_words_is_known_by_pairs_alone(
    tmp_path: Path, weighing: str, ngrams: int
) -> None:
    texts = [f"Review {n}: {one}" for n in range(60) for one in ("good, not bad", "bad, not good")]
    recipe = kerazoo.load_recipe("bag_of_words")
    arguments = {"weighing": weighing, "ngrams": ngrams, "buckets": 1000, "unit_length": True}
    run = kerazoo.train(
        "bag_of_words",
        recipe=dataclasses.replace(recipe, builder_arguments=arguments),
        data={"text": texts, "label": ["praise", "blame"] * 60},
        options={"length": 10},
        out=tmp_path / "model",
    )
    predictor = kerazoo.load_predictor(tmp_path / "model")
    assert predictor.runtime == "litert"
    asked = ["This is good, not bad", "This is bad, not good"]
    answers = predictor.predict(asked)
    rows = Encoder(predictor.card.about)(asked)
    np.testing.assert_allclose(answers.values, run.model.predict(rows, verbose=0), atol=1e-5)
    if weighing == "tf_idf":
        return  # the number of a review weighs more than words that all have
    assert run.metrics["accuracy"] == (0.5 if ngrams == 1 else 1.0)
    if ngrams == 2:
        assert answers.labels.tolist() == ["praise", "blame"]
    else:
        assert answers.values[0] == pytest.approx(answers.values[1], abs=1e-6)


def test_what_cannot_be_built() -> None:
    with pytest.raises(UnknownName, match="'tfidf'"):
        kerazoo.build_bag_of_words(weighing="tfidf")
    for ngrams in (0, 6):
        with pytest.raises(InvalidInput, match=f"ngrams is {ngrams}; pass 1 to 5"):
            kerazoo.build_bag_of_words(ngrams=ngrams)
    for buckets in (0, 2**17 + 1):
        with pytest.raises(InvalidInput, match=f"buckets is {buckets}; pass 1 to 131072"):
            kerazoo.build_bag_of_words(ngrams=2, buckets=buckets)
