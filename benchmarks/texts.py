"""Trainings on texts: imdb_mlp and imdb_lstm, and the same in PyTorch, on reviews drawn at random.

The reviews are as long as the real ones, and their words are as frequent.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from case import Case

import kerazoo

_IDS = 10_003
_MEDIAN_LENGTH = 174


def bag_of_words() -> Case:
    """Make imdb_mlp: each word of a review once, in a row of 800."""
    train, validation = ((_once(x), y) for x, y in (_reviews(23_000), _reviews(2_000)))

    def build() -> keras.Model:
        return _compiled(kerazoo.build_imdb_mlp())

    def torch_network() -> Any:
        from torch import nn

        # A sum of rows of weights is the product with a row of ones and zeros, in less time.
        return nn.Sequential(
            nn.EmbeddingBag(_IDS, 16, mode="sum", padding_idx=0),
            nn.ReLU(),
            nn.Linear(16, 16),
            nn.ReLU(),
            nn.Linear(16, 1),
        )

    title = "imdb_mlp 10,003-16-16-1, 23,000 + 2,000 reviews, batch 512"
    return Case(title, build, train, validation, 512, "binary", torch_network=torch_network)


def word_by_word() -> Case:
    """Make imdb_lstm: the last 500 words of a review."""

    def build() -> keras.Model:
        return _compiled(kerazoo.build_imdb_lstm())

    def torch_network() -> Any:
        from torch import nn

        class Recurrent(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.embedding = nn.Embedding(_IDS, 32)
                self.lstm = nn.LSTM(32, 32, batch_first=True)
                self.dense = nn.Linear(32, 1)

            def forward(self, ids: Any) -> Any:
                return self.dense(self.lstm(self.embedding(ids))[0][:, -1])

        return Recurrent()

    title = "imdb_lstm 32 over 500 words, 2,560 + 640 reviews, batch 128"
    parts = _reviews(2_560), _reviews(640)
    return Case(title, build, *parts, 128, "binary", torch_network=torch_network)


def _compiled(model: keras.Model) -> keras.Model:
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
    return model


def _reviews(count: int, length: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Draw reviews whose words follow Zipf's law, filled up at their beginning, and labels."""
    random = np.random.default_rng(count)
    shares = 1 / np.arange(1.0, _IDS - 1)
    cumulated = np.cumsum(shares) / shares.sum()
    ids = 2 + np.searchsorted(cumulated, random.random((count, length))).astype("int32")
    words = np.exp(random.normal(np.log(_MEDIAN_LENGTH), 0.7, (count, 1)))
    ids[np.arange(length) < length - words] = 0
    return ids, random.integers(0, 2, (count, 1)).astype("float32")


def _once(ids: np.ndarray, length: int = 800) -> np.ndarray:
    rows = np.zeros((len(ids), length), "int32")
    for row, words in zip(rows, ids, strict=True):
        found = np.unique(words[words > 0])
        row[: len(found)] = found
    return rows
