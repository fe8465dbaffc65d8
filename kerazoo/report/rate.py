"""RateCurve: the loss of a network while its learning rate rises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kerazoo.plots.style import Figure

_SMOOTHED_OVER = 0.05  # of the curve


@dataclass(frozen=True)
class RateCurve:
    """The loss of each step of a training whose learning rate rises.

    Args:
        name: the network.
        rates: `(steps,)`: the rate of each step.
        losses: `(steps,)`: the mean loss of its rows, before it.
        high: the highest rate that was asked for; the loss may have become infinite before.
        recipe_rate: the highest rate of the recipe, if it has one.
    """

    name: str
    rates: np.ndarray
    losses: np.ndarray
    high: float
    recipe_rate: float | None

    def __len__(self) -> int:
        return len(self.rates)

    def __repr__(self) -> str:
        """Show what is suggested."""
        return self.verdict

    @property
    def low(self) -> float:
        """The rate of the first step."""
        return float(self.rates[0])

    @property
    def smooth(self) -> np.ndarray:
        """The losses without the noise of single batches: weighted means over steps nearby."""
        width = max(1.0, _SMOOTHED_OVER * len(self.losses))
        steps = np.arange(len(self.losses))
        weights = np.exp(-0.5 * ((steps[:, None] - steps[None, :]) / width) ** 2)
        # A loss that runs away would hide all that was before it.
        losses = np.minimum(self.losses, np.median(self.losses) * 10 + np.min(self.losses))
        smooth: np.ndarray = weights @ losses / weights.sum(axis=1)
        return smooth

    @property
    def suggestion(self) -> float:
        """Between the rates where the loss falls fastest and where it is lowest.

        Their geometric mean: of four tables, it is nearer to the rate that was tuned than either.
        """
        return float(f"{(self.fastest * self.lowest) ** 0.5:.2g}")

    @property
    def fastest(self) -> float:
        """The rate where the loss falls fastest, before it is lowest."""
        smooth = self.smooth
        lowest = max(2, int(np.argmin(smooth)))
        return float(self.rates[int(np.argmin(np.gradient(smooth[: lowest + 1])))])

    @property
    def lowest(self) -> float:
        """The rate at which the loss is lowest: more than that is too much."""
        return float(self.rates[int(np.argmin(self.smooth))])

    @property
    def verdict(self) -> str:
        """What is suggested, in a sentence."""
        recipe = (
            "" if self.recipe_rate is None else f" The recipe's highest is {self.recipe_rate:g}."
        )
        return (
            f"A learning rate of {self.suggestion:g} is suggested for {self.name}: the loss falls "
            f"fastest at {self.fastest:.2g}, and is lowest at {self.lowest:.2g}.{recipe}"
        )

    def figure(self) -> Figure:
        """Draw the curve."""
        from kerazoo.plots.rate import plot_rate

        return plot_rate(
            self.rates,
            self.losses,
            smooth=self.smooth,
            suggestion=self.suggestion,
            recipe_rate=self.recipe_rate,
        )
