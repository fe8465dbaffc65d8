"""CartPole: a pole stands on a cart, which is pushed left or right so that the pole stays up.

There are no rows to learn from: an agent acts, and learns from what it meets. So a row is the state
that an episode begins in: where the cart is and how fast it moves, how far the pole leans and how
fast it falls. An episode ends when the pole leans more than 12 degrees, when the cart is 2.4 from
the middle, or after 500 steps, each of which is rewarded with 1.

An agent is judged by the 100 starts of the test part, drawn as Gymnasium draws them. The training
part tells which states there are, all over the range in which an episode goes on; episodes of a
training begin as Gymnasium lets them.

Reference: Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult
learning control problems", 1983; the environment CartPole-v1 is Gymnasium's (MIT license).
"""

from __future__ import annotations

import os

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits, Starts
from kerazoo.errors import InvalidInput

FILES: tuple[DataFile, ...] = ()
_ENVIRONMENT = "CartPole-v1"
_STATES = ("cart_position", "cart_velocity", "pole_angle", "pole_velocity")
_ACTIONS = ("left", "right")
_RANGE = (2.4, 3.0, 0.2095, 3.0)  # of positions where an episode goes on, of velocities the usual
_START = 0.05
_KNOWN, _EPISODES = 1000, 100


def load(data_dir: str | os.PathLike[str] | None = None, episodes: int = _EPISODES) -> Splits:
    """Return states that episodes begin in; Gymnasium is not needed for that.

    Args:
        data_dir: not used; there is no file.
        episodes: how many starts the validation and the test part have each.

    Raises:
        InvalidInput: if there are no episodes.

    Example:
        >>> splits = load()
        >>> splits.test.x.shape, splits.class_names, splits.test.environment
        ((100, 4), ('left', 'right'), 'CartPole-v1')
    """
    if episodes < 1:
        raise InvalidInput(f"episodes is {episodes}; pass at least 1, usually {_EPISODES}.")
    random = np.random.default_rng(0)
    ends = np.array(_RANGE)
    known = random.uniform(-ends, ends, (_KNOWN, len(ends)))
    # Validation first: with more episodes, the test part is another one.
    starts = random.uniform(-_START, _START, (2, episodes, len(ends)))
    train, validation, test = (
        Starts(states.astype("float32"), _ENVIRONMENT) for states in (known, *starts)
    )
    about = Table(_STATES, class_names=_ACTIONS, target_name="action")
    return Splits(train=train, validation=validation, test=test, about=about)


def tiny(episodes: int = _EPISODES) -> Splits:
    """Return all of it.

    Args:
        episodes: as for `load`.

    Example:
        >>> len(tiny(episodes=8).test.x)
        8
    """
    return load(episodes=episodes)
