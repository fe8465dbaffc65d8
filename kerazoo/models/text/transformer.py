"""transformer: tells good film reviews from bad ones, each word looking at all the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


_HEADS, _HIDDEN = 2, 20


def build_transformer(
    input_shape: Sequence[int] = (200,),
    vocabulary_size: int = 10000,
    classes: int = 2,
    units: int = 32,
    blocks: int = 1,
    positions: bool = True,
    dropout: float = 0.1,
) -> keras.Model:
    """Build a transformer's encoder, whose mean over all words is classified: 333,513 parameters.

    A word is a vector of 32 numbers, to which one for its position is added. In a block, each word
    looks at all words with two heads, and is then changed by itself. Without positions the order of
    the words makes no difference: what comes out is in the order of what went in.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that are known.
        classes: how many are told apart; of two, the output is the probability of the second.
        units: numbers for a word.
        blocks: how many there are.
        positions: whether a word knows where it stands.
        dropout: share of the numbers left out in a training step.

    Input shape:
        `(rows, length)`: ids of words, 0 where there is none, which no word looks at; raw texts
        become these in `load_predictor`.

    Output shape:
        `(rows, 1)`: the probability of the second class; `(rows, classes)` if there are more.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> build_transformer().count_params()
        333513
        >>> build_transformer((100,), classes=3, blocks=2).output_shape
        (None, 3)

    Reference:
        Vaswani et al., "Attention is all you need", 2017; Maas et al., "Learning word vectors for
        sentiment analysis", 2011 (reviews).
    """
    import keras

    from kerazoo.models._positions import AddPositions
    from kerazoo.models.text._attention import attend, check_heads, feed_forward
    from kerazoo.models.text._checks import table_size

    size = table_size(input_shape, vocabulary_size, classes)
    check_heads(units, _HEADS)
    if blocks < 1:
        raise InvalidInput(f"blocks is {blocks}; pass at least 1.")
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    x = keras.layers.Embedding(size, units, mask_zero=True, name="embedding")(inputs)
    if positions:
        x = AddPositions(name="positions")(x)
    for number in range(1, blocks + 1):  # (rows, length, units)
        x = attend(x, x, _HEADS, f"attention{number}", dropout=dropout)
        x = feed_forward(x, units, f"block{number}", dropout=dropout)
    x = keras.layers.GlobalAveragePooling1D(name="mean")(x)  # of the words that are there
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="mean_dropout")(x)
    x = keras.layers.Dense(_HIDDEN, activation="relu", name="dense")(x)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    if classes == 2:
        outputs = keras.layers.Dense(1, activation="sigmoid", name="second_class")(x)
    else:
        outputs = keras.layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="transformer")


_EXAMPLE = "Keras code examples, Text classification with Transformer (Nandan), 2020"

DOCUMENTED = Recipe(
    dataset="imdb_sentiment",
    task="texts",
    dataset_arguments={"length": 200, "keep": "last"},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=2,
    batch_size=32,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=333513,
    restore_best_weights=False,
    source="course document E, lines 1415-1479: self-attention, feed-forward layers and positions; "
    f"{_EXAMPLE}: sizes of the layers, 200 last words, optimizer, epochs and batch size; 10,000 "
    "words in place of 20,000, heads of 16 numbers in place of 32, one output in place of two, no "
    "biases in attention, none to what fills up a row, 2,000 reviews for validation, which "
    "reviews, and the splitting into words: own choice",
    documented=Reference(
        0.863,
        "accuracy",
        _EXAMPLE,
        "model card of the example: after the second epoch; .868 after the first",
        experiment="last 200 words",
    ),
    baselines=("majority_class", "naive_bayes_words", "tf_idf_words"),
    experiment="last 200 words",
    recorded_seeds=1,
)


def _rate(rate: float, epochs: int) -> dict[str, Any]:
    schedule = cosine_decay(rate, rows=23000, batch_size=64, epochs=epochs, warmup=0.1)
    return {"class_name": "Adam", "config": {"learning_rate": schedule}}


TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"dropout": 0.3},
    optimizer=_rate(0.001, epochs=2),
    epochs=2,
    batch_size=64,
    source="own choice: rate, dropout and epochs selected on validation",
    recorded_seeds=3,
    experiments={
        "without positions": {
            "builder_arguments": {"dropout": 0.3, "positions": False},
            "parameters": 327113,
            "baselines": (),
            "recorded_seeds": 3,
        },
    },
)
