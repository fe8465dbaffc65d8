"""Case: one training that every contender of train_speed.py does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

Rows = tuple[np.ndarray, ...]


@dataclasses.dataclass(frozen=True)
class Case:
    """One training that every contender does.

    Args:
        title: what the table calls it.
        build: makes the compiled Keras model.
        train: inputs, and targets unless the network has a loss of its own.
        validation: the same.
        batch_size: rows in a step.
        loss: `"mse"`, `"crossentropy"` of class indices, `"binary"`, `"vae"` or `"gan"`.
        widths: units of each layer, if the network is dense: PyTorch and JAX build it from them.
        activation: of hidden layers, if the network is dense; xor has it at the output, too.
        torch_network: makes the PyTorch network, if it is not dense.
        scale: what raw inputs are multiplied by.
        torch_steps: makes the PyTorch functions that train and test on one batch of rows, for what
            is more than a network and a loss.
    """

    title: str
    build: Callable[[], keras.Model]
    train: Rows
    validation: Rows
    batch_size: int
    loss: str
    widths: tuple[int, ...] = ()
    activation: str = "relu"
    torch_network: Callable[[], Any] | None = None
    scale: float = 1.0
    torch_steps: Callable[[], tuple[Callable[..., Any], Callable[..., Any]]] | None = None
