"""word2vec: learns a vector for every word; words of similar contexts get similar vectors."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

from kerazoo._machine import total_memory
from kerazoo._wording import counted
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.recipe import Recipe, Reference

if TYPE_CHECKING:
    import keras

_WIDEST = 127  # a width is kept in a byte


def build_word2vec(
    vocabulary_size: int = 10000,
    dimension: int = 100,
    architecture: Literal["skipgram", "cbow"] = "skipgram",
    window: int = 2,
    negatives: int = 5,
) -> keras.Model:
    """Build two tables of vectors, of words and of contexts: 2,000,000 parameters by default.

    `kerazoo train word2vec` trains it on running text with a program of its own;
    `kerazoo.load_word_vectors` reads the trained vectors by word.

    Args:
        vocabulary_size: number of words, at least 2.
        dimension: numbers in a vector, at least 1; usually 100 to 300.
        architecture: `"skipgram"` tells a word from each word around it, `"cbow"` from the mean of
            those.
        window: words on each side that count as being around, at most; usually 2 to 10, and no
            more than 127.
        negatives: random words that each true one is told from; usually 5.

    Input shape:
        `(rows,)`: ids of words.

    Output shape:
        `(rows, dimension)`: their vectors.

    Raises:
        InvalidInput: if a number is out of range, or the tables would not fit in memory.
        UnknownName: if there is no such architecture.

    Example:
        >>> model = build_word2vec(vocabulary_size=500, dimension=20)
        >>> model.output_shape, model.count_params()
        ((None, 20), 20000)

    Reference:
        Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed representations of words and
        phrases and their compositionality", 2013.
    """
    import keras

    from kerazoo.engine.words import LEARNING_RATES
    from kerazoo.models.text._word_tables import WordContexts, WordTables

    _check(vocabulary_size, dimension, window, negatives)
    if architecture not in LEARNING_RATES:
        raise unknown_name("architecture", architecture, LEARNING_RATES)
    inputs = keras.Input((), dtype="int32", name="word")
    outputs = WordTables(vocabulary_size, dimension, name="tables")(inputs)
    return WordContexts(inputs, outputs, architecture, window, negatives, name="word2vec")


def _check(vocabulary_size: int, dimension: int, window: int, negatives: int) -> None:
    for name, value, least, usual in (
        ("vocabulary_size", vocabulary_size, 2, "10,000 or more"),
        ("dimension", dimension, 1, "100 to 300"),
        ("window", window, 1, "2 to 10"),
        ("negatives", negatives, 1, "5"),
    ):
        if value < least:
            raise InvalidInput(f"{name} is {value}; pass at least {least}, usually {usual}.")
    if window > _WIDEST:
        raise InvalidInput(f"window is {window}; pass at most {_WIDEST}, usually 2 to 10.")
    memory = total_memory()
    size = 2 * 4 * vocabulary_size * dimension
    if size > memory:
        raise InvalidInput(
            f"{counted(vocabulary_size, 'word')} of {counted(dimension, 'number')} take "
            f"{size / 2**30:,.0f} GiB in two tables; this machine has {memory / 2**30:,.0f} GiB. "
            "Raise min_count, or pass a smaller vocabulary_size or dimension."
        )


DOCUMENTED = Recipe(
    dataset="imdb_reviews",
    task="words",
    dataset_arguments={"vocabulary_size": 10000},
    fit_arguments={"sample": 0.001, "final_rate": 0.0001},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.025}},
    loss=None,
    metrics=(),
    epochs=5,
    batch_size=256,
    primary_metric="loss",
    primary_mode="min",
    parameters=2000000,
    restore_best_weights=False,
    source="course document B, lines 2868-2924: skip-gram, window of 2; negative sampling: "
    "Mikolov et al., 2013; learning rate, epochs and subsampling: defaults of gensim; "
    "text, vocabulary and batch size: own choice",
    baseline=Reference(4.1589, "loss", "guessing", "six decisions at ln 2 per pair of words"),
    experiment="IMDB reviews, 10,000 words",
    recorded_seeds=3,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"window": 5},
    epochs=10,
    source="own choice",
)
