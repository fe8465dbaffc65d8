"""Trainings that begin with an embedding: ratings of items, and attention to words.

Both are given ids drawn at random.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from case import Case

import kerazoo


def ratings() -> Case:
    """Random ratings of as many users and items as MovieLens 100K has, in one of its folds."""
    users, items, k, held_out = 943, 1682, 20, 8000
    random = np.random.default_rng(0)
    pairs = random.choice(users * items, 80_000, replace=False)
    ids = (np.stack(np.divmod(pairs, items), axis=1) + 1).astype("int32")
    given = random.integers(1, 6, (len(ids), 1)).astype("float32")

    def build() -> keras.Model:
        model = kerazoo.build_matrix_factorization(users, items, k)
        model.compile(keras.optimizers.Adam(1e-3), "mse", metrics=["mae"])
        return model

    def torch_network() -> Any:
        import torch
        from torch import nn

        class Factors(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.tables = nn.ModuleList(nn.Embedding(n, k) for n in (users, items))
                self.biases = nn.ModuleList(nn.Embedding(n, 1) for n in (users, items))
                self.mean = nn.Parameter(torch.zeros(1))

            def forward(self, ids: Any) -> Any:
                columns = [ids[:, column] - 1 for column in range(2)]
                p, q = (table(one) for table, one in zip(self.tables, columns, strict=True))
                b, c = (table(one) for table, one in zip(self.biases, columns, strict=True))
                return (p * q).sum(1, keepdim=True) + b + c + self.mean

        return Factors()

    return Case(
        "ratings of 943 users and 1,682 items, k = 20, 72,000 + 8,000 ratings, batch 256",
        build,
        (ids[held_out:], given[held_out:]),
        (ids[:held_out], given[:held_out]),
        256,
        "mse",
        torch_network=torch_network,
    )


def attention() -> Case:
    """Make one block of attention over 64 words of 5,000, which tells one of two classes."""
    words, width, heads, length, held_out = 5000, 32, 4, 64, 400
    random = np.random.default_rng(0)
    ids = random.integers(0, words, (2000, length)).astype("int32")
    classes = (ids % 2).mean(axis=1).round().astype("int64")  # as PyTorch wants them

    def build() -> keras.Model:
        inputs = keras.Input((length,), dtype="int32")
        x = keras.layers.Embedding(words, width)(inputs)
        x = x + keras.layers.MultiHeadAttention(heads, width // heads)(x, x)
        x = keras.layers.GlobalAveragePooling1D()(x)
        model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(x))
        model.compile(
            keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        return model

    def torch_network() -> Any:
        from torch import nn

        class Attention(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.embedding = nn.Embedding(words, width)
                self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
                self.head = nn.Linear(width, 2)

            def forward(self, ids: Any) -> Any:
                x = self.embedding(ids)
                x = x + self.attention(x, x, x, need_weights=False)[0]
                return self.head(x.mean(1))

        return Attention()

    return Case(
        "attention of 4 heads to 64 words of 5,000, width 32, batch 32, 1,600 + 400 rows",
        build,
        (ids[held_out:], classes[held_out:]),
        (ids[:held_out], classes[:held_out]),
        32,
        "crossentropy",
        torch_network=torch_network,
    )
