"""Small compiled networks and data for the tests of the engine."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def rows(count: int = 70, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of five numbers and one-hot labels of three classes."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, 5)).astype("float32")
    y = np.eye(3, dtype="float32")[np.abs(x).argmax(1) % 3]
    return x, y


def images(count: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Raw images, uint8, and integer labels."""
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (count, 8, 8, 1), dtype=np.uint8)
    return x, generator.integers(0, 3, count, dtype=np.uint8)


def dense(optimizer: Any = "adam", metrics: Any = ("accuracy",), **options: Any) -> keras.Model:
    """A dense classifier with an L2 penalty, compiled."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = keras.layers.Dense(8, "relu", kernel_regularizer="l2")(inputs)
    outputs = keras.layers.Dense(3, "softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer, "categorical_crossentropy", metrics=list(metrics), **options)
    return model


def convolutional() -> keras.Model:
    """A convolutional classifier with batch normalization, on raw images, compiled."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    # A bias before batch normalization would only follow the rounding errors.
    x = keras.layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    outputs = keras.layers.Dense(3, "softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def recurrent() -> keras.Model:
    """An LSTM over five steps of one number, compiled."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5, 1))
    outputs = keras.layers.Dense(3, "softmax")(keras.layers.LSTM(4)(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return model


def loop_of_keras() -> keras.Model:
    """A recurrent layer that Keras runs step by step, compiled."""
    model = keras.Sequential([keras.Input((5, 1)), keras.layers.LSTM(4, recurrent_dropout=0.1)])
    model.compile("adam", "mse")
    return model


def pooled_embeddings() -> keras.Model:
    """The mean of the embeddings of five words, compiled."""
    layers = keras.layers
    words = layers.Embedding(9, 4), layers.GlobalAveragePooling1D()
    model = keras.Sequential([keras.Input((5,), dtype="int32"), *words])
    model.compile("adam", "mse")
    return model
