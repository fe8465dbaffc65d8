"""masked_language_model: a small BERT guesses masked words, and then needs few labels.

It is trained in three stages: all but its last layers guess words that are masked in reviews
without labels; the last layers learn to tell good reviews from bad ones; then all layers do.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.datasets.splits import Part
from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras
    import numpy as np

    from kerazoo._protocols import Trainer
    from kerazoo.datasets import Splits

_SHARE = 0.2  # of the words that are to be guessed
_COMMON = 75  # one of so many words is so frequent that it tells little of what a text says
_HEADS = 4
_AS_MASK, _AS_OTHER = 0.8, 0.9  # up to which share of them is masked, and then another word


def build_masked_language_model(
    input_shape: Sequence[int] = (64,),
    vocabulary_size: int = 3000,
    classes: int = 2,
    units: int = 48,
    blocks: int = 1,
    dropout: float = 0.1,
) -> keras.Model:
    """Build a transformer's encoder and a layer that tells classes: 166,321 parameters.

    The encoder is what guesses masked words, too, with layers of its own that are only there in
    the training. Beside the words there is an id for the beginning of a text, one for any other
    word, one, 0, for none, and a last one for a word that is masked.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that are known.
        classes: how many are told apart; of two, the output is the probability of the second.
        units: numbers for a word.
        blocks: how often words look at all others, and are changed by themselves.
        dropout: share of the numbers left out in a training step.

    Input shape:
        `(rows, length)`: ids of words; raw texts become these in `load_predictor`.

    Output shape:
        `(rows, 1)`: the probability of the second class; `(rows, classes)` if there are more.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> build_masked_language_model().count_params()
        166513
        >>> build_masked_language_model((32,), classes=3).output_shape
        (None, 3)

    Reference:
        Devlin, Chang, Lee and Toutanova, "BERT: pre-training of deep bidirectional transformers for
        language understanding", 2019; Maas et al., "Learning word vectors for sentiment analysis",
        2011 (reviews).
    """
    import keras

    from kerazoo.models._positions import AddPositions
    from kerazoo.models.text._attention import attend, check_heads, feed_forward
    from kerazoo.models.text._checks import table_size

    size = table_size(input_shape, vocabulary_size, classes) + 1
    check_heads(units, _HEADS)
    if blocks < 1:
        raise InvalidInput(f"blocks is {blocks}; pass at least 1.")
    inputs = keras.Input(tuple(input_shape), dtype="int32", name="words")
    words = keras.layers.Embedding(size, units, mask_zero=True, name="embedding")(inputs)
    x = AddPositions(name="positions")(words)
    for number in range(1, blocks + 1):  # (rows, length, units)
        x = attend(x, x, _HEADS, f"attention{number}", dropout=dropout)
        x = feed_forward(x, 2 * units, f"block{number}", dropout=dropout)
    # Of the words that are there, as they are looked up and as the encoder leaves them: its last
    # block has learned to guess, and keeps of a word what that takes.
    means = [keras.layers.GlobalAveragePooling1D(name="mean_of_words")(words)]
    means.append(keras.layers.GlobalAveragePooling1D(name="mean_of_encoded")(x))
    x = keras.layers.Concatenate(name="mean")(means)  # (rows, 2 * units)
    x = keras.layers.BatchNormalization(momentum=0.9, name="mean_norm")(x)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="mean_dropout")(x)
    if classes == 2:
        outputs = keras.layers.Dense(1, activation="sigmoid", name="second_class")(x)
    else:
        outputs = keras.layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="masked_language_model")


def fit(trainer: Trainer, model: keras.Model, splits: Splits) -> None:
    """Let the encoder guess masked words, and then train the last layers, and all, on classes.

    Args:
        trainer: trains stages as its recipe says.
        model: the compiled network.
        splits: what it is trained and validated on; words are masked in rows without targets if
            there are some, otherwise in the training rows.
    """
    import keras

    recipe = trainer.recipe
    epochs = recipe.fit_arguments.get("pretraining_epochs", 0)
    if epochs:
        rows = splits.train.x if splits.unlabeled is None else splits.unlabeled
        mask = model.get_layer("embedding").input_dim - 1
        train, validation = (mask_words(part, mask) for part in (rows, splits.validation.x))
        if train is None or validation is None:
            raise InvalidInput("no text is long enough for words to be masked; pass longer ones.")
        guesser = add_guesses(model, positions=train.x[1].shape[1])
        rate = cosine_decay(
            recipe.fit_arguments.get("pretraining_rate", 0.001),
            rows=len(train.x[1]),
            batch_size=recipe.batch_size,
            epochs=epochs,
            warmup=0.05,
        )
        guesser.compile(
            keras.optimizers.Adam(keras.optimizers.schedules.deserialize(rate)),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        trainer.fit(guesser, train, validation, epochs=epochs, stage="pretraining")
        _train_last_layers(trainer, model, splits)
    trainer.compile(model)
    trainer.fit(model, splits.train, splits.validation, epochs=recipe.epochs, stage="classes")


def _train_last_layers(trainer: Trainer, model: keras.Model, splits: Splits) -> None:
    """Train what tells classes alone: while it knows nothing, it would spoil what was learned."""
    import keras

    recipe = trainer.recipe
    encoder = model.layers[: model.layers.index(model.get_layer("mean"))]
    for layer in encoder:
        layer.trainable = False
    try:
        rate = recipe.fit_arguments.get("last_layers_rate", 0.01)
        model.compile(keras.optimizers.Adam(rate), loss=recipe.loss, metrics=[*recipe.metrics])
        epochs = recipe.fit_arguments.get("last_layers_epochs", 40)
        trainer.fit(model, splits.train, splits.validation, epochs=epochs, stage="last_layers")
    finally:
        for layer in encoder:
            layer.trainable = True


def mask_words(rows: np.ndarray, mask: int) -> Part | None:
    """Return rows of which some words are masked, where these are, and which they were.

    Of the words that are to be guessed, eight of ten are masked, one is another word, and one
    stays, so that the encoder must make something of every word. The most frequent words, such as
    "the", are not to be guessed: forty of 3,000. Rows with few others are left out.

    Args:
        rows: ids of words, `(rows, length)`.
        mask: the id of a masked word; ids from 3 on and below are words.

    Returns:
        `([rows, positions], words)`, both `(rows, guessed)`; `None` if no row has enough words.

    Example:
        >>> import numpy as np
        >>> (masked, positions), words = mask_words(np.arange(3, 23)[None], mask=30)
        >>> masked.shape, positions.shape, (np.arange(3, 23)[positions] == words).all()
        ((1, 20), (1, 4), np.True_)
    """
    import numpy as np

    from kerazoo.datasets.reading.texts import FIRST_WORD

    generator = np.random.default_rng(0)
    count = max(1, round(_SHARE * rows.shape[1]))
    # Words are numbered by how frequent they are.
    rare = FIRST_WORD + (mask - FIRST_WORD) // _COMMON
    known = (rows >= rare) & (rows < mask)
    enough = known.sum(axis=1) >= count
    kept = rows[enough].astype(np.int32)
    if not len(kept):
        return None
    # The positions of words in a random order: those that are not guessed come last.
    drawn = generator.random(kept.shape) + 2 * ~known[enough]
    positions = np.sort(np.argsort(drawn, axis=1)[:, :count], axis=1).astype(np.int32)
    words = np.take_along_axis(kept, positions, axis=1)
    chance = generator.random(words.shape)
    others = generator.integers(FIRST_WORD, mask, words.shape, np.int32)
    shown = np.where(chance < _AS_MASK, mask, np.where(chance < _AS_OTHER, others, words))
    masked = kept.copy()
    np.put_along_axis(masked, positions, shown.astype(np.int32), axis=1)
    return Part([masked, positions], words)  # type: ignore[arg-type]


def add_guesses(model: keras.Model, positions: int) -> keras.Model:
    """Return the encoder of a network with layers that guess the words at some positions of a row.

    Args:
        model: the network, whose encoder learns with these layers.
        positions: how many words of a row are guessed.
    """
    import keras

    from kerazoo.models.text._attention import GuessWords, TakeAt

    blocks = [one for one in model.layers if re.fullmatch(r"block\d+_norm", one.name)]
    encoded = blocks[-1].output  # (rows, length, units)
    where = keras.Input((positions,), dtype="int32", name="guessed_positions")
    x = TakeAt(name="guessed")([encoded, where])  # (rows, positions, units)
    x = keras.layers.Dense(encoded.shape[-1], activation="relu", name="guess_dense")(x)
    x = keras.layers.LayerNormalization(epsilon=1e-6, name="guess_norm")(x)
    outputs = GuessWords(model.get_layer("embedding"), name="guess")(x)
    return keras.Model([model.input, where], outputs, name=f"{model.name}_guesses")


_PRETRAINED: dict[str, Any] = {
    "pretraining_epochs": 2,
    "pretraining_rate": 0.003,
    "last_layers_epochs": 40,
    "last_layers_rate": 0.01,
}

DOCUMENTED = Recipe(
    dataset="imdb_few_labels",
    task="texts",
    dataset_arguments={"length": 64, "keep": "last"},
    fit_arguments=_PRETRAINED,
    optimizer={
        "class_name": "Adam",
        "config": {
            "learning_rate": cosine_decay(0.0003, rows=500, batch_size=64, epochs=16, warmup=0.1)
        },
    },
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=16,
    batch_size=64,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=166321,
    restore_best_weights=False,
    source="course document B, lines 2943-2971: BERT, pre-trained and then fine-tuned; Devlin et "
    "al., BERT, 2019: what a masked word becomes; network, data, and all else of the training: own "
    "choice",
    baselines=("majority_class", "naive_bayes_words", "tf_idf_words"),
    experiment="500 labels",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    fit_arguments={**_PRETRAINED, "pretraining_epochs": 3},
    source="own choice, selected on validation",
    recorded_seeds=3,
    experiments={
        "500 labels, from scratch": {
            "fit_arguments": {"pretraining_epochs": 0},
            "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.003}},
            "epochs": 10,
            "baselines": (),
            "recorded_seeds": 5,
        },
    },
)
