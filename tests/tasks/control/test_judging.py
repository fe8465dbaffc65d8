"""What agents and policies are judged by: whole episodes from the same starts."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine.control.environments import play
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.tasks import load_task
from kerazoo.tasks.control.measures import scores_of
from kerazoo.tasks.control.policies import POLICIES

NAME = "CartPole-v1"
SPLITS = kerazoo.load_dataset("cart_pole", episodes=10)


def build_expert() -> keras.Model:
    """A policy gradient whose weights push to where the pole will lean."""
    model = kerazoo.load_builder("policy_gradient")(hidden_units=(1,))
    hidden, output = model.policy.layers[1:]
    hidden.set_weights([np.array([[0.0], [0.0], [1.0], [1.0]]), np.zeros(1)])
    output.set_weights([np.array([[-1.0, 1.0]]), np.zeros(2)])
    return model


@pytest.mark.parametrize(("mean", "solved"), [(474.9, 0.0), (475.0, 1.0)])
def test_it_is_solved_from_a_mean_of_475_on(mean: float, solved: float) -> None:
    assert scores_of(np.array([mean, mean]), NAME)["solved"] == solved


def test_policies_that_know_more_stand_longer() -> None:
    means = [kerazoo.score_baseline(name, SPLITS)["mean_return"] for name in POLICIES]
    assert means[0] < 60 < 2 * means[1] < means[2]


def test_a_policy_is_the_same_each_time() -> None:
    for name in POLICIES:
        assert kerazoo.score_baseline(name, SPLITS) == kerazoo.score_baseline(name, SPLITS)


def test_a_policy_needs_an_environment() -> None:
    with pytest.raises(InvalidInput, match=r"random_policy needs an environment"):
        kerazoo.score_baseline("random_policy", kerazoo.load_dataset("boston"))


def test_a_network_is_judged_as_the_policy_that_it_computes() -> None:
    recipe = kerazoo.load_recipe("policy_gradient")
    found = load_task("control").judge(build_expert(), SPLITS.test, recipe)
    assert found == kerazoo.score_baseline("pole_angle_and_velocity", SPLITS)


def test_what_is_no_agent_is_not_judged() -> None:
    recipe = kerazoo.load_recipe("policy_gradient")
    for model, part in (
        (kerazoo.build_boston(), SPLITS.test),
        (build_expert(), kerazoo.load_dataset("boston").test),
    ):
        with pytest.raises(KerazooError, match="cannot be judged by what it does; pass an agent"):
            load_task("control").judge(model, part, recipe)


def test_the_episode_that_is_drawn_is_the_first_of_the_test_part() -> None:
    model = build_expert()
    figures = load_task("control").figures(SPLITS, None, model)
    steps = len(play(NAME, model.greedy(), SPLITS.test.x[:1]).states)
    assert sorted(figures) == ["episode", "policy"]
    assert figures["episode"].axes[0].get_title().startswith(f"An episode of {steps} steps")
