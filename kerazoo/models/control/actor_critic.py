"""actor_critic: does more often what was better than a second network thought it would be."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras


def build_actor_critic(
    states: int = 4, actions: int = 2, hidden_units: Sequence[int] = (64, 64)
) -> keras.Model:
    """Build a policy and a critic (A2C): 9,155 parameters.

    The critic tells what return a state promises. So the policy can learn after a few steps, from
    how much better these were than promised, and need not wait for the end of an episode.

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
        >>> model = build_actor_critic(hidden_units=(8,))
        >>> model.output_shape, model.count_params()
        ((None, 2), 107)

    Reference:
        Mnih et al., "Asynchronous methods for deep reinforcement learning", 2016.
    """
    from kerazoo.models.control._agent import build_dense, wire
    from kerazoo.models.control._policies import ActorCritic

    policy = build_dense(states, hidden_units, actions, "tanh", "policy")
    critic = build_dense(states, hidden_units, 1, "tanh", "critic")
    return wire(ActorCritic, "actor_critic", policy, critic)


DOCUMENTED = Recipe(
    dataset="cart_pole",
    task="control",
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.0007, "rho": 0.99}},
    loss=None,
    metrics=(),
    epochs=20,
    batch_size=80,
    primary_metric="mean_return",
    primary_mode="max",
    parameters=9155,
    fit_arguments={"environments": 16, "horizon": 5, "rounds": 200},
    monitor="val_mean_return",
    monitor_mode="max",
    source="course document C, line 119, names it; update, 16 actors, rounds of 5 steps, RMSprop "
    "and weight of the entropy: Mnih et al., 2016; network, learning rate and epochs: own choice",
    baselines=("random_policy", "pole_angle", "pole_angle_and_velocity"),
    experiment="CartPole-v1",
    measures=("mean_return",),
    recorded_seeds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.002, "global_clipnorm": 0.5}},
    epochs=20,
    batch_size=512,
    fit_arguments={"environments": 32, "horizon": 16, "rounds": 32, "trace": 0.95},
    source="own choice, selected on validation",
)
