"""imdb_lstm: reads a film review word by word, and tells whether it is a good one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from kerazoo.errors import unknown_name
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras

CELLS = ("lstm", "gru", "rnn")
_UNITS = 32  # of the recurrent layer, and numbers for a word


def build_imdb_lstm(
    input_shape: Sequence[int] = (500,),
    vocabulary_size: int = 10000,
    classes: int = 2,
    cell: Literal["lstm", "gru", "rnn"] = "lstm",
    bidirectional: bool = False,
    mask: bool = False,
    dropout: float = 0.0,
) -> keras.Model:
    """Build an embedding, a recurrent layer whose last state counts, and a dense layer.

    With the default 10,003 ids, 32 numbers for each word and 32 units it has 328,449 parameters:
    320,096 of the embedding, 8,320 of the LSTM (4 gates of (32 + 32 + 1) 32) and 33. Beside the
    words, there is an id for the beginning of a text, one for any other word, and one, 0, for what
    fills up short texts at their beginning.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that are known.
        classes: how many are told apart; of two, the output is the probability of the second.
        cell: kind of the recurrent layer.
        bidirectional: whether it also reads the text from its end, with as many units.
        mask: whether it skips what fills up a row; otherwise it reads that as words.
        dropout: share of the numbers of words, and of the last state, left out in a training step.

    Input shape:
        `(rows, length)`: ids of words; raw texts become these in `load_predictor`.

    Output shape:
        `(rows, 1)`: the probability of the second class; `(rows, classes)` if there are more.

    Raises:
        InvalidInput: if a number is out of range.
        UnknownName: if there is no such kind of cell.

    Example:
        >>> build_imdb_lstm().count_params()
        328449
        >>> build_imdb_lstm(cell="rnn", bidirectional=True, classes=3).output_shape
        (None, 3)

    Reference:
        James, Witten, Hastie, Tibshirani and Taylor, "An Introduction to Statistical Learning with
        Applications in Python", 2023, laboratory of chapter 10; Hochreiter and Schmidhuber, "Long
        short-term memory", 1997; Maas et al., "Learning word vectors for sentiment analysis", 2011
        (reviews).
    """
    import keras

    from kerazoo.models.text._checks import table_size

    size = table_size(input_shape, vocabulary_size, classes)
    layers = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}
    if cell not in layers:
        raise unknown_name("cell", cell, CELLS)
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    x = keras.layers.Embedding(size, _UNITS, mask_zero=mask, name="embedding")(inputs)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="embedding_dropout")(x)
    layer = layers[cell](_UNITS, name=cell)  # (rows, length, 32) to (rows, 32)
    x = (keras.layers.Bidirectional(layer, name="both_ways") if bidirectional else layer)(x)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    if classes == 2:
        outputs = keras.layers.Dense(1, activation="sigmoid", name="second_class")(x)
    else:
        outputs = keras.layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="imdb_lstm")


_ISLP = "James et al., An Introduction to Statistical Learning with Applications in Python, 2023"

DOCUMENTED = Recipe(
    dataset="imdb_sentiment",
    task="texts",
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=20,
    batch_size=300,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=328449,
    restore_best_weights=False,
    source="course document A, lines 407 and 478-489: layers, and that texts are cut or padded; "
    "500 last words, optimizer, epochs, batch size and 2,000 reviews for validation: James et al., "
    "An Introduction to Statistical Learning with Applications in Python, 2023, laboratory of "
    "chapter 10; which reviews, and the splitting into words: own choice",
    documented=Reference(
        0.853,
        "accuracy",
        _ISLP,
        "laboratory of chapter 10: .840 to .853",
        experiment="last 500 words",
    ),
    baselines=("majority_class", "lasso_words", "tf_idf_words"),
    experiment="last 500 words",
    recorded_seeds=1,
)

_BUILT = {"mask": True, "dropout": 0.5}

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments=_BUILT,
    optimizer={
        "class_name": "Adam",
        "config": {"learning_rate": cosine_decay(0.005, rows=23000, batch_size=128, epochs=5)},
    },
    epochs=5,
    batch_size=128,
    source="own choice: rate and dropout selected on validation, with six epochs",
    recorded_seeds=5,
    # What course document A, lines 478-489, varies: one thing at a time, all else as above.
    experiments={
        "last 500 words, GRU": {
            "builder_arguments": {**_BUILT, "cell": "gru"},
            "parameters": 326465,
            "recorded_seeds": 3,
        },
        "last 500 words, bidirectional": {
            "builder_arguments": {**_BUILT, "bidirectional": True},
            "parameters": 336801,
            "recorded_seeds": 1,
        },
        "last 500 words, no mask": {
            "builder_arguments": {**_BUILT, "mask": False},
            "recorded_seeds": 1,
        },
        "first 500 words": {"dataset_arguments": {"keep": "first"}, "recorded_seeds": 1},
    },
)
