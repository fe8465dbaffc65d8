"""The four agents: their updates by hand, what they remember, and how they explore."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine.control.environments import Experience
from kerazoo.errors import InvalidInput, KerazooError, UnknownName
from kerazoo.models.control._action_values import look_ahead
from kerazoo.models.control._agent import in_batches, in_numpy
from kerazoo.models.control._policies import generalized_advantages

AGENTS = [name for name in kerazoo.list_models() if kerazoo.load_recipe(name).task == "control"]
ON_POLICY = [name for name in AGENTS if name != "dqn"]
RANDOM = np.random.default_rng(0)
RATE = 0.1


def build(name: str, **settings: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = kerazoo.load_builder(name)(hidden_units=(5,))
    model.take_fit_arguments(settings)
    model.compile(keras.optimizers.SGD(RATE))
    model.optimizer.build(model.trainable_variables)
    return model


def met(steps: int = 12, environments: int = 3) -> Experience:
    """Steps that nobody took, with ends here and there."""
    shape = (steps, environments)
    ended = RANDOM.random(shape) < 0.2
    valid = np.ones(shape, bool)
    valid[1:] = ~ended[:-1]
    ended &= valid
    return Experience(
        states=RANDOM.normal(size=(*shape, 4)).astype("float32"),
        actions=RANDOM.integers(2, size=shape),
        rewards=RANDOM.normal(size=shape),
        following=RANDOM.normal(size=(*shape, 4)).astype("float32"),
        terminated=ended & (RANDOM.random(shape) < 0.5),
        ended=ended,
        valid=valid,
    )


@pytest.mark.parametrize("name", AGENTS)
def test_numpy_computes_what_the_network_computes(name: str) -> None:
    model = build(name)
    states = RANDOM.normal(size=(7, 4)).astype("float32")
    np.testing.assert_allclose(in_numpy(model.policy)(states), model.policy(states), atol=1e-6)
    probabilities = np.asarray(model(states))
    np.testing.assert_array_equal(model.greedy()(states), probabilities.argmax(axis=1))


@pytest.mark.parametrize("name", ON_POLICY)
def test_an_action_is_drawn_with_its_probability(name: str) -> None:
    model = build(name)
    act = model.explore(np.random.default_rng(1), 0.0)
    states = np.repeat(RANDOM.normal(size=(1, 4)).astype("float32"), 20_000, axis=0)
    share = float(model(states[:1])[0, 1])
    assert act(states).mean() == pytest.approx(share, abs=0.02)


def test_a_return_is_the_discounted_sum_of_what_follows() -> None:
    model = build("policy_gradient", discount=0.5, usual=False)
    played = dataclasses.replace(
        met(3, 2),
        rewards=np.array([[1.0, 2.0], [4.0, 3.0], [8.0, 5.0]]),
        valid=np.array([[True, True], [True, True], [True, False]]),
    )
    batches = model.batches(played, np.random.default_rng(0), 100)
    expected = [1 + 4 / 2 + 8 / 4, 2 + 3 / 2, 4 + 8 / 2, 3, 8]
    assert sorted(batches["advantages"][0]) == pytest.approx(sorted(expected))
    usual = build("policy_gradient").batches(played, np.random.default_rng(0), 100)["advantages"]
    assert (usual.mean(), usual.std()) == pytest.approx((0, 1), abs=1e-6)


def test_the_policy_gradient_is_the_one_by_hand() -> None:
    """The slope of -log p(a | s) G by the logits is (p - 1 at a) G."""
    model = build("policy_gradient")
    states = RANDOM.normal(size=(6, 4)).astype("float32")
    batch = {
        "states": states,
        "actions": np.array([0, 1, 1, 0, 1, 0], "int32"),
        "advantages": RANDOM.normal(size=6).astype("float32"),
    }
    last = model.policy.layers[-1]
    before = last.bias.numpy()
    slopes = np.asarray(model(states)) - np.eye(2)[batch["actions"]]
    model.update(batch)
    by_hand = before - RATE * (slopes * batch["advantages"][:, None]).mean(axis=0)
    np.testing.assert_allclose(last.bias.numpy(), by_hand, atol=1e-6)


@pytest.mark.parametrize(("discount", "trace"), [(0.9, 0.7), (1.0, 1.0), (0.9, 0.0)])
def test_advantages_are_sums_of_surprises(discount: float, trace: float) -> None:
    played = met()
    promised, after = RANDOM.normal(size=(2, 12, 3))
    found = generalized_advantages(played, promised, after, discount, trace)
    for environment in range(3):
        for start in np.flatnonzero(played.valid[:, environment]):
            expected, weight = 0.0, 1.0
            for step in range(start, 12):
                worth = 0.0 if played.terminated[step, environment] else after[step, environment]
                surprise = played.rewards[step, environment] + discount * worth
                expected += weight * (surprise - promised[step, environment])
                weight *= discount * trace
                if played.ended[step, environment]:
                    break
            assert found[start, environment] == pytest.approx(expected)


def test_an_action_that_moved_too_far_gains_nothing_more() -> None:
    model = build("ppo", entropy=0.0, critic=0.0, clip=0.2)
    states = RANDOM.normal(size=(1, 4)).astype("float32")
    now = float(np.log(model(states))[0, 1])
    rows = {"states": states, "actions": np.array([1], "int32"), "returns": np.zeros(1, "float32")}
    before = model.policy.get_weights()
    for times, advantage, moves in (
        (1.5, 1, False),
        (0.5, -1, False),
        (0.5, 1, True),
        (1.1, 1, True),
    ):
        model.policy.set_weights(before)
        acted = np.array([now - np.log(times)], "float32")
        model.update({**rows, "acted": acted, "advantages": np.array([advantage], "float32")})
        changed = any(map(np.any, map(np.subtract, before, model.policy.get_weights())))
        assert changed == moves, (times, advantage)


def test_the_critic_learns_the_return() -> None:
    model = build("actor_critic")
    rows = model.batches(met(40, 8), np.random.default_rng(0), 1000)
    batch = {name: values[0] for name, values in rows.items()}

    def error() -> float:
        promised = in_numpy(model.critic)(batch["states"])[:, 0]
        return float(np.mean((promised - batch["returns"]) ** 2))

    before = error()
    for _ in range(20):
        model.update(batch)
    assert error() < 0.9 * before


@pytest.mark.parametrize(("double", "bound"), [(False, 1.0), (True, 1.0), (True, 100.0)])
def test_a_value_moves_toward_the_reward_and_what_followed(double: bool, bound: float) -> None:
    model = build("dqn", double=double, target_every=1000, error_bound=bound)
    model.target.set_weights([RANDOM.normal(size=w.shape) for w in model.target.get_weights()])
    batch = {
        "states": RANDOM.normal(size=(3, 4)).astype("float32"),
        "following": RANDOM.normal(size=(3, 4)).astype("float32"),
        "actions": np.array([0, 1, 1], "int32"),
        "rewards": np.array([1.0, -0.2, 30.0], "float32"),
        "discounts": np.array([0.9, 0, 0.9], "float32"),
    }
    values, target = (in_numpy(one) for one in (model.policy, model.target))
    best = (values if double else target)(batch["following"]).argmax(axis=1)
    worth = target(batch["following"])[np.arange(3), best]
    wanted = batch["rewards"] + batch["discounts"] * worth
    errors = values(batch["states"])[np.arange(3), batch["actions"]] - wanted
    slopes = np.zeros((3, 2))
    slopes[np.arange(3), batch["actions"]] = np.clip(errors, -bound, bound)
    before = model.policy.layers[-1].bias.numpy()
    model.update(batch)
    by_hand = before - RATE * slopes.mean(axis=0)
    np.testing.assert_allclose(model.policy.layers[-1].bias.numpy(), by_hand, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 3, 50])
def test_rewards_are_added_up_to_the_end_of_an_episode_or_a_round(steps: int) -> None:
    played = met(30, 5)
    rows = look_ahead(played, 0.9, steps)
    for start, number in zip(*np.nonzero(played.valid), strict=True):
        total, last = 0.0, start - 1
        while last + 1 < min(30, start + steps) and (
            last < start or not played.ended[last, number]
        ):
            last += 1
            total += 0.9 ** (last - start) * played.rewards[last, number]
        counts = 0.0 if played.terminated[last, number] else 0.9 ** (last - start + 1)
        assert rows["rewards"][start, number] == pytest.approx(total)
        assert rows["discounts"][start, number] == pytest.approx(counts)
        np.testing.assert_array_equal(
            rows["following"][start, number], played.following[last, number]
        )


def test_the_target_network_follows_when_it_is_due() -> None:
    model = build("dqn", target_every=2, target_rate=0.5)
    model.begin_training()
    batch = {name: values[:4] for name, values in zip(model._rows, model.memory(), strict=False)}
    batch["rewards"] = np.ones(4, "float32")
    start = model.target.get_weights()
    model.update(batch)
    assert all(map(np.array_equal, start, model.target.get_weights()))
    model.update(batch)
    half = [(old + new) / 2 for old, new in zip(start, model.policy.get_weights(), strict=True)]
    for found, expected in zip(model.target.get_weights(), half, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_memory_forgets_the_oldest_steps() -> None:
    model = build("dqn", memory=20, before_learning=16, updates=3)
    model.begin_training()
    first, second = met(4, 3), met(6, 3)
    assert model.batches(first, np.random.default_rng(0), 4) == {}
    batches = model.batches(second, np.random.default_rng(0), 4)
    assert batches["states"].shape == (3, 4, 4)
    steps = [one.rewards[one.valid].astype("float32") for one in (first, second)]
    latest = np.concatenate(steps)[-20:]
    known = model.memory()[3]
    assert set(latest.tolist()) <= set(known.tolist())
    assert set(batches["rewards"].ravel().tolist()) <= set(latest.tolist())


def test_fewer_and_fewer_actions_are_random() -> None:
    model = build("dqn", random_until=0.5, random_share=0.1)
    states = np.repeat(RANDOM.normal(size=(1, 4)).astype("float32"), 20_000, axis=0)
    best = int(model.greedy()(states[:1])[0])
    for done, share in ((0.0, 1.0), (0.25, 0.55), (0.5, 0.1), (0.9, 0.1)):
        others = (model.explore(np.random.default_rng(0), done)(states) != best).mean()
        assert others == pytest.approx(share / 2, abs=0.02)


def test_rows_are_gone_through_once_in_each_order() -> None:
    rows = {"a": np.arange(10), "b": np.arange(10) * 2}
    orders = [np.arange(10)[::-1], np.arange(10)]
    batches = in_batches(rows, orders, 4)
    assert batches["a"].tolist() == [[9, 8, 7, 6], [5, 4, 3, 2], [0, 1, 2, 3], [4, 5, 6, 7]]
    np.testing.assert_array_equal(batches["b"], 2 * batches["a"])
    assert in_batches(rows, orders[:1], 100)["a"].shape == (1, 10)


@pytest.mark.parametrize("name", AGENTS)
def test_what_cannot_be_is_refused(name: str) -> None:
    builder = kerazoo.load_builder(name)
    for arguments, message in (
        ({"hidden_units": ()}, "pass at least one layer"),
        ({"states": 0}, "states is 0"),
        ({"actions": 0}, "actions is 0"),
    ):
        with pytest.raises(InvalidInput, match=message):
            builder(**arguments)
    model = builder()
    with pytest.raises(UnknownName, match=r"'discout'. Did you mean 'discount'"):
        model.take_fit_arguments({"discout": 0.9})
    with pytest.raises(InvalidInput, match="horizon is -1; pass 0 or more"):
        model.take_fit_arguments({"horizon": -1})
    with pytest.raises(KerazooError, match="has a loss of its own"):
        model.compile("adam", "mse")
