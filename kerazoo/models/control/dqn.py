"""dqn: learns what each action is worth from what it remembers (deep Q-network)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras


def build_dqn(
    states: int = 4, actions: int = 2, hidden_units: Sequence[int] = (64, 64)
) -> keras.Model:
    """Build a network that tells what each action is worth: 4,610 parameters that learn.

    Its logits are values: the rewards that follow an action, later ones counting less. It acts by
    the larger one, learns from steps that it remembers, in any order, and reads the worth of what
    followed them from an older copy of itself.

    Args:
        states: numbers in a state.
        actions: how many there are to choose from.
        hidden_units: units of each hidden layer.

    Input shape:
        `(rows, states)`: of CartPole where the cart is, how fast it moves, how far the pole leans,
        and how fast it falls.

    Output shape:
        `(rows, actions)`: the softmax of the values. It does the action that has more, however
        little that is.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> model = build_dqn(hidden_units=(8,))
        >>> model.output_shape, model.count_params()
        ((None, 2), 116)

    Reference:
        Mnih et al., "Human-level control through deep reinforcement learning", 2015.
    """
    from kerazoo.models.control._action_values import DeepQNetwork
    from kerazoo.models.control._agent import build_dense, wire

    values = build_dense(states, hidden_units, actions, "relu", "values")
    target = build_dense(states, hidden_units, actions, "relu", "target")
    return wire(DeepQNetwork, "dqn", values, target)


DOCUMENTED = Recipe(
    dataset="cart_pole",
    task="control",
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.00025, "rho": 0.95}},
    loss=None,
    metrics=(),
    epochs=20,
    batch_size=32,
    primary_metric="mean_return",
    primary_mode="max",
    parameters=4610,
    fit_arguments={"random_share": 0.1, "target_every": 500},
    monitor="val_mean_return",
    monitor_mode="max",
    source="course document C, line 116, names it; memory, target network, bounded errors, batches "
    "of 32, RMSprop and its rate, share of random actions: Mnih et al., 2015; network, and all "
    "numbers of steps: own choice",
    baselines=("random_policy", "pole_angle", "pole_angle_and_velocity"),
    experiment="CartPole-v1",
    measures=("mean_return",),
    recorded_seeds=10,
)

# Values come up to 100, so most errors are beyond a bound of 1: ends of episodes, which are few and
# far below the rest, would be outvoted.
TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    epochs=16,
    batch_size=64,
    fit_arguments={
        "double": True,
        "error_bound": 100.0,
        "lookahead": 10,
        "random_until": 0.2,
        "target_every": 1,
        "target_rate": 0.02,
    },
    source="own choice, selected on validation",
)
