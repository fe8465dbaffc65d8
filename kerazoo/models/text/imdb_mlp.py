"""imdb_mlp: tells from the words of a film review, in any order, whether it is a good one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_imdb_mlp(
    input_shape: Sequence[int] = (800,),
    vocabulary_size: int = 10000,
    units: Sequence[int] = (16, 16),
    classes: int = 2,
    dropout: float = 0.0,
    word_dropout: float = 0.0,
) -> keras.Model:
    """Build a bag of words and dense layers: 10,003-16-16-1, 160,353 parameters, by default.

    The first layer has a 1 for each word that a text holds: order and number do not count. Beside
    the words, there is one for the beginning of a text, one for any other word, and one for what
    fills up a row, which is always 0.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that are known.
        units: units of each hidden layer.
        classes: how many are told apart; of two, the output is the probability of the second.
        dropout: share of each hidden layer's outputs left out in a training step.
        word_dropout: share of the words of a text left out in a training step.

    Input shape:
        `(rows, length)`: ids of words, each once; raw texts become these in `load_predictor`.

    Output shape:
        `(rows, 1)`: the probability of the second class; `(rows, classes)` if there are more.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> build_imdb_mlp().count_params()
        160353

    Reference:
        James, Witten, Hastie, Tibshirani and Taylor, "An Introduction to Statistical Learning with
        Applications in Python", 2023, laboratory of chapter 10; Maas et al., "Learning word vectors
        for sentiment analysis", 2011 (reviews).
    """
    import keras

    from kerazoo.models.text._checks import table_size
    from kerazoo.models.text._multi_hot import MultiHot

    size = table_size(input_shape, vocabulary_size, classes)
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    x = MultiHot(size, sparse=word_dropout == 0, name="bag_of_words")(inputs)
    if word_dropout > 0:
        x = keras.layers.Dropout(word_dropout, name="word_dropout")(x)
    for number, width in enumerate(units, start=1):
        x = keras.layers.Dense(width, activation="relu", name=f"dense_{number}")(x)
        if dropout > 0:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    if classes == 2:
        outputs = keras.layers.Dense(1, activation="sigmoid", name="second_class")(x)
    else:
        outputs = keras.layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="imdb_mlp")


_ISLP = "James et al., An Introduction to Statistical Learning with Applications in Python, 2023"

DOCUMENTED = Recipe(
    dataset="imdb_sentiment",
    task="texts",
    dataset_arguments={"length": 800, "keep": "once"},
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=30,
    batch_size=512,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=160353,
    restore_best_weights=False,
    source="course document A, lines 454-475 and 795: layers and batch size; optimizer, epochs and "
    "2,000 reviews for validation: James et al., An Introduction to Statistical Learning with "
    "Applications in Python, 2023, laboratory of chapter 10; which reviews, and the splitting into "
    "words: own choice",
    documented=Reference(
        0.849,
        "accuracy",
        _ISLP,
        "laboratory of chapter 10: .845 to .849 after 30 epochs",
        experiment="10,000 words",
    ),
    best=Reference(
        0.885, "accuracy", _ISLP, "laboratory of chapter 10: after 4 epochs, chosen on validation"
    ),
    baselines=("majority_class", "lasso_words", "tf_idf_words"),
    experiment="10,000 words",
    experiments={
        "10,000 columns": {
            "dataset_arguments": {"length": 800, "keep": "once", "vocabulary_size": 9997},
            "builder_arguments": {"vocabulary_size": 9997},
            "parameters": 160305,
            "baselines": (),
            "recorded_seeds": 2,
        }
    },
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"dropout": 0.5},
    optimizer={
        "class_name": "Adam",
        "config": {"learning_rate": cosine_decay(0.001, rows=23000, batch_size=512, epochs=8)},
    },
    epochs=8,
    source="own choice, selected on validation",
    experiments={},
)
