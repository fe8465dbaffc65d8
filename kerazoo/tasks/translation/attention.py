"""What a network that writes looks at: attention to each character that was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import NOTHING, Encoder
from kerazoo.errors import InvalidInput
from kerazoo.tasks.translation.model import in_keras, write_greedily

if TYPE_CHECKING:
    import keras

_LAYER = "attention"


@dataclass(frozen=True)
class Attention:
    """What was looked at for each character that was written.

    Args:
        read: the characters of the text.
        written: what the network made of them.
        weights: `(written, read)`: shares of attention; a row adds up to 1 with what is left for
            what fills up the text.
    """

    read: str
    written: str
    weights: np.ndarray


def looks_back(model: keras.Model) -> bool:
    """Tell whether a network has attention to what it has read."""
    return any(layer.name == _LAYER for layer in model.layers)


def attention_of(model: keras.Model, about: Pairs, texts: Sequence[str]) -> list[Attention]:
    """Return what a network looks at while it writes, of several heads their mean.

    Args:
        model: as `kerazoo.load_model("seq2seq")` gives it.
        about: the characters that it knows: `.about` of its data set, or of a `Translator`.
        texts: what it reads.

    Raises:
        InvalidInput: if the network has no attention.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.datasets.load_dataset_module("written_dates").tiny()
        >>> model = kerazoo.build_seq2seq(characters=len(splits.about.characters), units=4)
        >>> (one,) = attention_of(model, splits.about, ["May 1, 2026"])
        >>> one.weights.shape == (len(one.written), 11)
        True
    """
    import keras

    if not looks_back(model):
        raise InvalidInput(
            "this network has no attention; build it with architecture='attention' or "
            "'transformer'."
        )
    if not texts:
        return []
    encode = Encoder(about)
    rows = encode.begin(encode.texts(texts))
    written, _ = write_greedily(in_keras(model), rows, about.written)
    rows[:, about.read + 1 :] = written[:, :-1]
    scores = keras.Model(model.input, model.get_layer(_LAYER).output[1])
    weights = np.asarray(scores.predict(rows, verbose=0))
    if weights.ndim == 4:  # (rows, heads, written, read)
        weights = weights.mean(axis=1)
    lengths = [int((row != NOTHING).sum()) for row in rows[:, : about.read]]
    answers = encode.decode(written)
    reads = encode.decode(rows[:, : about.read])
    return [
        Attention(read, answer, of_row[: len(answer), :length])
        for read, answer, of_row, length in zip(reads, answers, weights, lengths, strict=True)
    ]
