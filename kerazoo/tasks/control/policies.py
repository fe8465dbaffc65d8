"""Baselines of control: what chooses actions without having learned anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.datasets.splits import Starts
from kerazoo.engine.control.environments import Act, play
from kerazoo.errors import InvalidInput
from kerazoo.tasks.control.measures import scores_of

_ANGLE, _VELOCITY = 2, 3  # of the pole, in a state of CartPole
_SEED = 0


def score_policy(name: str, splits: Splits) -> dict[str, float]:
    """Play the episodes of the test part by a rule.

    Args:
        name: one of `POLICIES`.
        splits: starts of an environment.

    Raises:
        InvalidInput: if the data set is no environment.
        KerazooError: if Gymnasium is not installed.
    """
    part = splits.test
    if not isinstance(part, Starts):
        raise InvalidInput(f"{name} needs an environment, such as load_dataset('cart_pole').")
    act = POLICIES[name](len(splits.class_names))
    return scores_of(play(part.environment, act, part.x).returns, part.environment)


def _random(actions: int) -> Act:
    random = np.random.default_rng(_SEED)
    return lambda states: random.integers(actions, size=len(states))


def _pole_angle(actions: int) -> Act:
    """Push to the side that the pole leans to."""
    return lambda states: (states[:, _ANGLE] > 0).astype("int64")


def _pole_angle_and_velocity(actions: int) -> Act:
    """Push to the side that the pole will lean to: angle and velocity, one second ahead."""
    return lambda states: (states[:, _ANGLE] + states[:, _VELOCITY] > 0).astype("int64")


POLICIES: dict[str, Callable[[int], Any]] = {
    "random_policy": _random,
    "pole_angle": _pole_angle,
    "pole_angle_and_velocity": _pole_angle_and_velocity,
}
