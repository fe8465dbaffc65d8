"""bag_of_words: weighs every word of a film review by itself, and adds the weights up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_bag_of_words(
    input_shape: Sequence[int] = (800,),
    vocabulary_size: int = 10000,
    classes: int = 2,
    weighing: Literal["binary", "count", "tf_idf"] = "count",
    ngrams: int = 1,
    buckets: int = 2**15,
    unit_length: bool = False,
) -> keras.Model:
    """Build a vector with a number for each word, and a linear layer on it: 10,004 parameters.

    A text is a row of the term-document matrix. The number of a word is how often the text has it,
    or 1 if it has it at all, or how often in relation to how many texts have it (TF-IDF). With
    `ngrams=2`, pairs of words in a row have numbers, too: 32,768 more, by hashing.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that are known.
        classes: how many are told apart; of two, the output is the probability of the second.
        weighing: what the number of a word is.
        ngrams: how many words in a row have a number together, at most.
        buckets: numbers for n-grams of each length, of 131,072 at most.
        unit_length: whether vectors are divided by their length, so that a long text counts no
            more than a short one.

    Input shape:
        `(rows, length)`: ids of words in their order; raw texts become these in `load_predictor`.

    Output shape:
        `(rows, 1)`: the probability of the second class; `(rows, classes)` if there are more.

    Raises:
        InvalidInput: if a number is out of range.
        UnknownName: if there is no such weighing.

    Example:
        >>> build_bag_of_words().count_params()
        10004
        >>> build_bag_of_words(ngrams=3, buckets=1000).count_params()
        12004

    Reference:
        Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988; Maas et
        al., "Learning word vectors for sentiment analysis", 2011 (reviews).
    """
    import keras

    from kerazoo.models.text._checks import table_size
    from kerazoo.models.text._terms import Terms

    size = table_size(input_shape, vocabulary_size, classes)
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    x = Terms(size, weighing, ngrams, buckets, name="terms")(inputs)  # (rows, 10003)
    if unit_length:
        x = keras.layers.UnitNormalization(name="unit_length")(x)
    # From 0 on: a term that training never meets counts for no class.
    if classes == 2:
        outputs = keras.layers.Dense(
            1, activation="sigmoid", kernel_initializer="zeros", name="second_class"
        )(x)
    else:
        outputs = keras.layers.Dense(
            classes, activation="softmax", kernel_initializer="zeros", name="classes"
        )(x)
    return keras.Model(inputs, outputs, name="bag_of_words")


DOCUMENTED = Recipe(
    dataset="imdb_sentiment",
    task="texts",
    dataset_arguments={"length": 800, "keep": "last"},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=10,
    batch_size=512,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=10004,
    restore_best_weights=False,
    source="course document B, lines 2598-2786: the vectors; the linear layer on them, all of its "
    "training, which reviews, and the splitting into words: own choice",
    baselines=("majority_class", "naive_bayes_words", "tf_idf_words"),
    experiment="10,000 words",
)


def _rate(rate: float, epochs: int) -> dict[str, Any]:
    schedule = cosine_decay(rate, rows=23000, batch_size=512, epochs=epochs)
    return {"class_name": "Adam", "config": {"learning_rate": schedule}}


TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"weighing": "binary"},
    optimizer=_rate(0.004, epochs=8),
    epochs=8,
    source="own choice, selected on validation",
    experiments={
        "counts": {"builder_arguments": {}, "baselines": (), "recorded_seeds": 3},
        "TF-IDF": {
            "builder_arguments": {"weighing": "tf_idf", "unit_length": True},
            "optimizer": _rate(0.05, epochs=4),
            "epochs": 4,
            "baselines": (),
            "recorded_seeds": 3,
        },
        "words and pairs": {
            "builder_arguments": {"weighing": "binary", "ngrams": 2},
            "optimizer": _rate(0.004, epochs=4),
            "epochs": 4,
            "parameters": 42772,
            "baselines": (),
            "recorded_seeds": 3,
        },
        "words, pairs and triples": {
            "builder_arguments": {"weighing": "binary", "ngrams": 3},
            "optimizer": _rate(0.002, epochs=5),
            "epochs": 5,
            "parameters": 75540,
            "baselines": (),
            "recorded_seeds": 1,
        },
    },
)
