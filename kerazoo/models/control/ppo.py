"""ppo: takes many steps of bounded size on what it has just met (PPO)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras


def build_ppo(
    states: int = 4, actions: int = 2, hidden_units: Sequence[int] = (64, 64)
) -> keras.Model:
    """Build a policy and a critic that learn many times from each round: 9,155 parameters.

    An action may become at most a fifth more or less probable in a round, however good it was: so
    the policy does not leave what its experience tells about, and can be trained on it ten times.

    Args:
        states: numbers in a state.
        actions: how many there are to choose from.
        hidden_units: units of each hidden layer of both.

    Input shape:
        `(rows, states)`: of CartPole where the cart is, how fast it moves, how far the pole leans,
        and how fast it falls.

    Output shape:
        `(rows, actions)`: the probability of each action, by which it is drawn in training.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> model = build_ppo(hidden_units=(8,))
        >>> model.output_shape, model.count_params()
        ((None, 2), 107)

    Reference:
        Schulman, Wolski, Dhariwal, Radford and Klimov, "Proximal policy optimization algorithms",
        2017.
    """
    from kerazoo.models.control._agent import build_dense, wire
    from kerazoo.models.control._policies import ProximalPolicy

    policy = build_dense(states, hidden_units, actions, "tanh", "policy")
    critic = build_dense(states, hidden_units, 1, "tanh", "critic")
    return wire(ProximalPolicy, "ppo", policy, critic)


DOCUMENTED = Recipe(
    dataset="cart_pole",
    task="control",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.0003}},
    loss=None,
    metrics=(),
    epochs=20,
    batch_size=64,
    primary_metric="mean_return",
    primary_mode="max",
    parameters=9155,
    fit_arguments={"environments": 16, "horizon": 128, "rounds": 2},
    monitor="val_mean_return",
    monitor_mode="max",
    source="course document C, line 118, names it; clipping, traces, discount, rounds of 2,048 "
    "steps, batches of 64, ten passes, Adam and its rate, and layers: Schulman et al., 2017; 16 "
    "environments at once, one optimizer for both networks, and epochs: own choice",
    baselines=("random_policy", "pole_angle", "pole_angle_and_velocity"),
    experiment="CartPole-v1",
    measures=("mean_return",),
    recorded_seeds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001, "global_clipnorm": 0.5}},
    epochs=20,
    batch_size=256,
    fit_arguments={"environments": 16, "horizon": 128, "rounds": 2},
    source="own choice, selected on validation",
)
