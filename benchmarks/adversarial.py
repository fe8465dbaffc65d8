"""The GAN of the zoo for train_speed.py, and the same in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from case import Case

import kerazoo

ROWS, HELD_OUT = 2560, 640
LATENT_DIM, FILTERS = 64, 32


def gan() -> Case:
    """Make the real `gan`, without options, on images of the shape of Fashion-MNIST."""
    x = np.random.default_rng(0).integers(0, 256, (ROWS + HELD_OUT, 28, 28, 1), dtype=np.uint8)

    def build() -> keras.Model:
        return kerazoo.compile_model(kerazoo.build_gan(), "gan", variant="documented")

    return Case(
        f"gan of the zoo, batch 128, {ROWS} + {HELD_OUT} images",
        build,
        (x[:ROWS],),
        (x[ROWS:],),
        128,
        "gan",
        torch_steps=_torch_steps,
    )


def _torch_steps() -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Make the two networks, and the functions that train and test them on one batch."""
    import torch
    from torch import nn
    from torch.nn.functional import softplus

    generator = nn.Sequential(
        nn.Linear(LATENT_DIM, 49 * 4 * FILTERS, bias=False),
        nn.BatchNorm1d(49 * 4 * FILTERS),
        nn.ReLU(),
        nn.Unflatten(1, (4 * FILTERS, 7, 7)),
        nn.ConvTranspose2d(4 * FILTERS, 2 * FILTERS, 4, 2, 1, bias=False),
        nn.BatchNorm2d(2 * FILTERS),
        nn.ReLU(),
        nn.ConvTranspose2d(2 * FILTERS, FILTERS // 2, 4, 2, 1, bias=False),
        nn.BatchNorm2d(FILTERS // 2),
        nn.ReLU(),
        nn.Conv2d(FILTERS // 2, 1, 3, padding=1),
        nn.Sigmoid(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, FILTERS, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(FILTERS, 2 * FILTERS, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.ZeroPad2d((1, 2, 1, 2)),
        nn.Conv2d(2 * FILTERS, 4 * FILTERS, 4, 2),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(16 * 4 * FILTERS, 1),
    )
    of_generator, of_discriminator = (
        torch.optim.Adam(network.parameters(), 2e-4, (0.5, 0.999))
        for network in (generator, discriminator)
    )

    def losses(x: Any, made: Any) -> Any:
        real = x.float().permute(0, 3, 1, 2) / 255
        logits = discriminator(torch.cat([real, made]) * 2 - 1)
        return softplus(-logits[: len(x)]).mean() + softplus(logits[len(x) :]).mean()

    def train_step(x: Any) -> Any:
        generator.train()
        made = generator(torch.randn(len(x), LATENT_DIM))
        loss = losses(x, made.detach())
        of_discriminator.zero_grad()
        loss.backward()
        of_discriminator.step()
        discriminator.requires_grad_(False)
        generator_loss = softplus(-discriminator(made * 2 - 1)).mean()
        of_generator.zero_grad()
        generator_loss.backward()
        of_generator.step()
        discriminator.requires_grad_(True)
        return loss.detach() + generator_loss.detach()

    def test_step(x: Any) -> Any:
        generator.eval()
        made = generator(torch.randn(len(x), LATENT_DIM))
        return losses(x, made), softplus(-discriminator(made * 2 - 1)).mean()

    return train_step, test_step
