"""policy_gradient: does more often what was followed by more reward than usual."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras


def build_policy_gradient(
    states: int = 4, actions: int = 2, hidden_units: Sequence[int] = (64, 64)
) -> keras.Model:
    """Build a policy that learns from whole episodes (REINFORCE): 4,610 parameters.

    After some episodes, each action that was taken becomes more probable by as much as the rewards
    that followed it were more than usual, and less probable if they were less.

    Args:
        states: numbers in a state.
        actions: how many there are to choose from.
        hidden_units: units of each hidden layer.

    Input shape:
        `(rows, states)`: of CartPole where the cart is, how fast it moves, how far the pole leans,
        and how fast it falls.

    Output shape:
        `(rows, actions)`: the probability of each action, by which it is drawn in training.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> model = build_policy_gradient(hidden_units=(8,))
        >>> model.output_shape, model.count_params()
        ((None, 2), 58)

    Reference:
        Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
        learning", 1992.
    """
    from kerazoo.models.control._agent import build_dense, wire
    from kerazoo.models.control._policies import PolicyGradient

    return wire(
        PolicyGradient,
        "policy_gradient",
        build_dense(states, hidden_units, actions, "tanh", "policy"),
    )


DOCUMENTED = Recipe(
    dataset="cart_pole",
    task="control",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.01}},
    loss=None,
    metrics=(),
    epochs=30,
    batch_size=16384,
    primary_metric="mean_return",
    primary_mode="max",
    parameters=4610,
    fit_arguments={"environments": 8, "usual": False},
    monitor="val_mean_return",
    monitor_mode="max",
    source="course document C, line 117, names it; the update: "
    "Williams, 1992; network, optimizer, discount and all numbers: own choice",
    baselines=("random_policy", "pole_angle", "pole_angle_and_velocity"),
    experiment="CartPole-v1",
    measures=("mean_return",),
    recorded_seeds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.005}},
    epochs=30,
    batch_size=16384,
    fit_arguments={"environments": 16, "usual": True},
    source="own choice, selected on validation",
)
