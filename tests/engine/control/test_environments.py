"""Environments, many at once: what Gymnasium does in one of them, and where an episode ends."""

from __future__ import annotations

import sys

import gymnasium
import numpy as np
import pytest

from kerazoo.engine.control.environments import Environments, play
from kerazoo.errors import KerazooError, UnknownName

NAME = "CartPole-v1"


def lean(states: np.ndarray) -> np.ndarray:
    """Push to the side that the pole leans to."""
    return (states[:, 2] > 0).astype("int64")


def will_lean(states: np.ndarray) -> np.ndarray:
    return (states[:, 2] + states[:, 3] > 0).astype("int64")


STARTS = np.random.default_rng(1).uniform(-0.05, 0.05, (6, 4)).astype("float32")


@pytest.mark.parametrize("act", [lean, will_lean])
def test_an_episode_is_the_one_of_a_single_environment(act) -> None:
    played = play(NAME, act, STARTS)
    for number, start in enumerate(STARTS):
        single = gymnasium.make(NAME)
        single.reset(seed=0)
        single.unwrapped.state = start.astype("float64")
        state, total, ended = start, 0.0, False
        while not ended:
            assert played.valid[int(total), number]
            np.testing.assert_allclose(played.states[int(total), number], state, rtol=1e-5)
            state, reward, terminated, truncated, _ = single.step(int(act(state[None])[0]))
            total += reward
            ended = terminated or truncated
        assert played.returns[number] == total
        assert played.terminated[int(total) - 1, number] == terminated


def test_the_time_of_an_episode_is_up_after_500_steps() -> None:
    played = play(NAME, will_lean, STARTS)
    longest = played.returns == 500
    assert longest.any()
    last = played.valid.sum(axis=0) - 1
    ends = played.ended[last, np.arange(len(STARTS))]
    falls = played.terminated[last, np.arange(len(STARTS))]
    assert ends.all()
    assert not falls[longest].any()


def test_the_step_in_which_the_next_episode_begins_does_not_count() -> None:
    environments = Environments(NAME, 8)
    environments.seed(0)
    met = environments.roll_out(lean, 200)
    assert (met.valid[1:] == ~met.ended[:-1]).all()
    # What follows a step is the state before the next one.
    np.testing.assert_array_equal(met.following[:-1], met.states[1:])
    starts = met.following[~met.valid]
    assert len(starts) > 10
    assert np.abs(starts).max() <= 0.05
    assert environments.taken == met.valid.sum()
    assert sum(environments.finished) == pytest.approx(
        met.rewards[met.valid].sum() - environments.progress()[0].sum()
    )


def test_whole_episodes_begin_together_and_end_once() -> None:
    environments = Environments(NAME, 8)
    environments.seed(0)
    met = environments.play(lean, anew=True)
    assert np.abs(met.states[0]).max() <= 0.05
    assert (np.diff(met.valid.astype(int), axis=0) <= 0).all()
    assert environments.finished == met.returns.tolist()


def test_what_was_begun_goes_on_elsewhere() -> None:
    first, other = Environments(NAME, 5), Environments(NAME, 5)
    first.seed(3)
    first.roll_out(lean, 57)
    progress = first.progress()
    first.seed(4, progress)
    other.seed(4, progress)
    one, two = first.roll_out(lean, 100), other.roll_out(lean, 100)
    np.testing.assert_array_equal(one.states, two.states)
    np.testing.assert_array_equal(one.valid, two.valid)
    assert first.finished[-len(other.finished) :] == other.finished


def test_other_environments_are_refused() -> None:
    with pytest.raises(UnknownName, match=r"unknown environment 'CartPole-v3'.*'CartPole-v1'"):
        play("CartPole-v3", lean, STARTS)


def test_without_gymnasium_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(KerazooError, match=r"not installed: pip install 'kerazoo\[control\]'"):
        play(NAME, lean, STARTS)
