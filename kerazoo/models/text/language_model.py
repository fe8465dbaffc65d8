"""language_model: how probable each word is after the one before it, which also writes text."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_language_model(
    input_shape: Sequence[int] = (1,),
    vocabulary_size: int = 5000,
    dimension: int = 32,
    units: int = 0,
    dropout: float = 0.0,
) -> keras.Model:
    """Build an embedding of the words before, and a probability for each word: 325,195 parameters.

    By default one word is before, and the network is a bigram model: it would take a table of
    5,003 by 5,003 probabilities, and makes do with two tables of 32 numbers a word. More words in
    a row, and hidden units, make it the neural language model of Bengio et al.

    Args:
        input_shape: ids in a row: how many words the next one is told from.
        vocabulary_size: words that are known.
        dimension: numbers for a word.
        units: units of a hidden layer; 0 for none.
        dropout: share of what the last layer is given left out in a training step.

    Input shape:
        `(rows, length)`: ids of words; 0 stands before the beginning of a sentence, which is 1; 2
        is any other word.

    Output shape:
        `(rows, 3 + vocabulary_size)`: the probability of each id to be the next; 1 is the end of
        the sentence.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> build_language_model().count_params()
        325195
        >>> build_language_model((4,), units=64).count_params()
        493547

    Reference:
        Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", 2003; Maas et
        al., "Learning word vectors for sentiment analysis", 2011 (reviews).
    """
    import keras

    from kerazoo.models.text._checks import table_size

    size = table_size(input_shape, vocabulary_size, classes=2)
    if dimension < 1 or units < 0:
        name, value = ("dimension", dimension) if dimension < 1 else ("units", units)
        raise InvalidInput(f"{name} is {value}; pass a number of units, such as 32.")
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    x = keras.layers.Embedding(size, dimension, name="embedding")(inputs)
    x = keras.layers.Flatten(name="in_a_row")(x)  # (rows, length * dimension)
    if units:
        x = keras.layers.Dense(units, activation="tanh", name="dense")(x)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    outputs = keras.layers.Dense(size, activation="softmax", name="next_word")(x)
    return keras.Model(inputs, outputs, name="language_model")


DOCUMENTED = Recipe(
    dataset="imdb_next_words",
    task="language",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=(),
    epochs=3,
    batch_size=512,
    primary_metric="perplexity",
    primary_mode="min",
    parameters=325195,
    restore_best_weights=False,
    source="course document B, lines 2579-2594: probabilities of sentences and of the next word; "
    "n-grams: lines 2682-2709; network, text, and all of the training: own choice",
    baselines=("unigram", "smoothed_bigram", "smoothed_trigram"),
    experiment="one word before",
    recorded_seeds=2,
)


def _rate(rate: float, epochs: int) -> dict[str, Any]:
    schedule = cosine_decay(rate, rows=968814, batch_size=512, epochs=epochs)
    return {"class_name": "Adam", "config": {"learning_rate": schedule}}


TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer=_rate(0.005, epochs=4),
    epochs=4,
    source="own choice, selected on validation",
    recorded_seeds=3,
)
