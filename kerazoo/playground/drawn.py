"""Points that are drawn here: two inputs and two classes, or a curve in one variable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_POINTS = 300
_TURNS = 1.75  # of each spiral; more than a small network learns

Drawn = tuple[np.ndarray, np.ndarray]
"""Inputs, `(points, columns)`, and targets, `(points,)`."""


def draw_circles(generator: np.random.Generator, noise: float) -> Drawn:
    """Draw a disk, and a ring around it."""
    y = np.arange(_POINTS) % 2
    radius = np.where(
        y == 0, generator.uniform(0, 0.5, _POINTS), generator.uniform(0.7, 1, _POINTS)
    )
    angle = generator.uniform(0, 2 * np.pi, _POINTS)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _scattered(x, generator, noise), y


def draw_xor(generator: np.random.Generator, noise: float) -> Drawn:
    """Draw a square whose class is whether exactly one coordinate is above 0."""
    x = generator.uniform(-1, 1, (_POINTS, 2))
    return _scattered(x, generator, noise), (x[:, 0] > 0) ^ (x[:, 1] > 0)


def draw_gaussians(generator: np.random.Generator, noise: float) -> Drawn:
    """Draw two clouds of points, which a straight line parts if there is little noise."""
    y = np.arange(_POINTS) % 2
    center = np.where(y == 0, -0.5, 0.5)[:, None] * np.ones(2)
    return _scattered(center + generator.normal(0, 0.15, (_POINTS, 2)), generator, noise), y


def draw_spirals(generator: np.random.Generator, noise: float) -> Drawn:
    """Draw two spirals, one within the other."""
    y = np.arange(_POINTS) % 2
    radius = generator.uniform(0.05, 1, _POINTS)
    angle = 2 * np.pi * _TURNS * radius + np.pi * y
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _scattered(x, generator, noise / 2), y  # the arms are close to each other


def draw_curve(generator: np.random.Generator, noise: float) -> Drawn:
    """Draw a curve of one variable: `sin(5 x) + x`."""
    x = generator.uniform(-1, 1, (_POINTS, 1))
    y = np.sin(5 * x[:, 0]) + x[:, 0]
    return x, y + generator.normal(0, 1, _POINTS) * noise


DRAWN: dict[str, Callable[[np.random.Generator, float], Drawn]] = {
    "circles": draw_circles,
    "xor": draw_xor,
    "gaussians": draw_gaussians,
    "spirals": draw_spirals,
    "curve": draw_curve,
}
"""What can be drawn, by its name."""


def _scattered(x: np.ndarray, generator: np.random.Generator, noise: float) -> np.ndarray:
    # Numbers are drawn without noise too, so that the same points move as it changes.
    return x + generator.normal(0, 1, x.shape) * noise
