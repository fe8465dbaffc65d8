"""word2vec: learns a vector for every word; words of similar contexts get similar vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.recipe import Recipe, Reference

if TYPE_CHECKING:
    import keras

    from kerazoo.datasets import Splits

# With the learning rates that the authors' program begins with.
ARCHITECTURES = {"skipgram": 0.025, "cbow": 0.05}
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

    from kerazoo.word_contexts import WordContexts, WordTables

    _check(vocabulary_size, dimension, window, negatives)
    if architecture not in ARCHITECTURES:
        raise unknown_name("architecture", architecture, ARCHITECTURES)
    inputs = keras.Input((), dtype="int32", name="word")
    outputs = WordTables(vocabulary_size, dimension, name="tables")(inputs)
    return WordContexts(inputs, outputs, architecture, window, negatives, name="word2vec")


def fit(model: keras.Model, splits: Splits, recipe: Recipe, fit_stage: Callable[..., Any]) -> None:
    """Train on running text, block by block of it.

    Args:
        model: the compiled network.
        splits: ids of words in the order of the text.
        recipe: how.
        fit_stage: `fit_model` with the recipe's own settings, to be replaced by another trainer.
    """
    import functools

    from kerazoo.training.word_vectors import fit_word_vectors

    trainer = functools.partial(fit_word_vectors, **recipe.fit_arguments)
    fit_stage(model, splits.train, splits.validation, epochs=recipe.epochs, trainer=trainer)


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
    import os

    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told by this system
        return
    size = 2 * 4 * vocabulary_size * dimension
    if size > memory:
        raise InvalidInput(
            f"{vocabulary_size:,} words of {dimension} numbers take {size / 2**30:,.0f} GiB in two "
            f"tables; this machine has {memory / 2**30:,.0f} GiB. Raise min_count, or pass a "
            "smaller vocabulary_size or dimension."
        )


DOCUMENTED = Recipe(
    dataset="imdb_reviews",
    dataset_arguments={"vocabulary_size": 10000},
    fit_arguments={"sample": 0.001, "final_rate": 0.0001},
    optimizer={"class_name": "SGD", "config": {"learning_rate": ARCHITECTURES["skipgram"]}},
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
    protocol="IMDB reviews, 10,000 words",
    recorded_seeds=3,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"window": 5},
    epochs=10,
    source="own choice",
)
