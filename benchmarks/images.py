"""The convolutional network of the zoo for train_speed.py, and the same in PyTorch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from case import Case

import kerazoo

ROWS, HELD_OUT = 5120, 1280


def cnn() -> Case:
    """Make the real `cnn`, augmentation included, on images of the shape of Fashion-MNIST."""
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (ROWS + HELD_OUT, 28, 28, 1), dtype=np.uint8)
    y = generator.integers(0, 10, ROWS + HELD_OUT, dtype=np.int64)

    def build() -> keras.Model:
        return kerazoo.compile_model(kerazoo.build_cnn(), "cnn", variant="documented")

    return Case(
        f"cnn of the zoo, augmented, batch 128, {ROWS} + {HELD_OUT} images",
        build,
        (x[:ROWS], y[:ROWS]),
        (x[ROWS:], y[ROWS:]),
        128,
        "crossentropy",
        torch_network=_torch_cnn,
        scale=1 / 127.5,
    )


def _torch_cnn() -> Any:
    import torch
    from torch import nn

    class Augmented(nn.Module):
        """Mirrors half of the images and shifts all by up to 4 %, in training only."""

        def forward(self, x: Any) -> Any:
            x = x.permute(0, 3, 1, 2) - 1.0
            if not self.training:
                return x
            moves = torch.zeros(len(x), 2, 3)
            moves[:, 0, 0] = (torch.rand(len(x)) < 0.5).float() * 2 - 1
            moves[:, 1, 1] = 1
            moves[:, :, 2] = (torch.rand(len(x), 2) - 0.5) * 0.16
            grid = nn.functional.affine_grid(moves, x.shape, align_corners=False)
            return nn.functional.grid_sample(x + 1, grid, align_corners=False) - 1

    layers: list[Any] = [Augmented()]
    channels = 1
    for widths in ((48,), (96, 96), (160, 160)):
        for number, width in enumerate(widths):
            layers.append(nn.Conv2d(channels, width, 3, padding=1, bias=False))
            if number == 0:
                layers.append(nn.MaxPool2d(2))
            layers += [nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.25), nn.Linear(channels, 10)]
    return nn.Sequential(*layers, *head)
