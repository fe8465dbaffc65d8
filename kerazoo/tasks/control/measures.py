"""How good an agent is, by the sum of the rewards of each of some episodes."""

from __future__ import annotations

import numpy as np

from kerazoo.engine.control.environments import LONGEST

_SOLVED = 0.95  # of the most that an episode can bring: 475 of 500


def scores_of(returns: np.ndarray, environment: str) -> dict[str, float]:
    """Return the mean sum of rewards, the smallest one, and whether that is good enough.

    Args:
        returns: of each episode, `(episodes,)`.
        environment: what they were played in.

    Example:
        >>> scores_of(np.array([500.0, 480.0]), "CartPole-v1")
        {'mean_return': 490.0, 'smallest_return': 480.0, 'solved': 1.0}
    """
    mean = float(returns.mean())
    return {
        "mean_return": mean,
        "smallest_return": float(returns.min()),
        "solved": float(mean >= _SOLVED * LONGEST[environment]),
    }
