"""Environments of Gymnasium, many at once, and what an agent meets in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerazoo.errors import KerazooError, unknown_name

Act = Callable[[np.ndarray], np.ndarray]
"""Returns an action `(environments,)` for each state `(environments, numbers)`."""

LONGEST = {"CartPole-v1": 500}
"""The environments there are, and the most steps of an episode of each."""


@dataclass(frozen=True)
class Experience:
    """What was met in some steps of some environments.

    Args:
        states: `(steps, environments, numbers)`, before each step.
        actions: `(steps, environments)`.
        rewards: the same.
        following: as `states`, after each step.
        terminated: as `actions`: whether nothing follows, as the pole fell.
        ended: whether the episode ended, also because its time was up.
        valid: whether it was a step of an episode at all: Gymnasium needs one to begin anew.
    """

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    following: np.ndarray
    terminated: np.ndarray
    ended: np.ndarray
    valid: np.ndarray

    @property
    def returns(self) -> np.ndarray:
        """The sum of the rewards of each environment, `(environments,)`."""
        return np.where(self.valid, self.rewards, 0).sum(axis=0)


class Environments:
    """Many environments of one kind, stepped together.

    Args:
        name: a name of Gymnasium: one of `LONGEST`.
        count: how many.

    Raises:
        UnknownName: if there is no such environment.
        KerazooError: if Gymnasium is not installed.

    Attributes:
        finished: the sum of the rewards of each episode that has ended.
        taken: how many steps were taken in episodes.
    """

    def __init__(self, name: str, count: int) -> None:
        self._longest = _check_name(name)
        # `unwrapped`: its state is set below.
        self._vector = _gymnasium(name).make_vec(name, num_envs=count).unwrapped
        self.count = count
        self.finished: list[float] = []
        self.taken = 0
        self._begin_anew()

    def _begin_anew(self, seed: int | None = None) -> None:
        states, _ = self._vector.reset(seed=seed)
        self._states: np.ndarray = states
        self._between = np.zeros(self.count, bool)
        self._returns = np.zeros(self.count)

    def seed(self, seed: int, progress: np.ndarray | None = None) -> None:
        """Draw the next starts from a seed, and go on from where episodes were, or begin anew.

        Args:
            seed: a whole number.
            progress: what `progress` was.
        """
        self._begin_anew(seed)
        if progress is None:
            return
        self._returns, between, steps, *state = progress.copy()
        self._between = between > 0
        vector = self._vector
        vector.state, vector.steps = np.stack(state), steps.astype("int32")
        vector.prev_done = self._between.copy()
        self._states = vector.state.T.astype("float32")

    def progress(self) -> np.ndarray:
        """Return where each episode is: `(3 + numbers, environments)`."""
        vector = self._vector
        return np.stack([self._returns, self._between, vector.steps, *vector.state])

    def begin_at(self, starts: np.ndarray) -> None:
        """Let an episode begin in each of some states, `(environments, numbers)`."""
        self._begin_anew(0)
        self._vector.state = starts.T.astype("float64")
        self._states = starts.astype("float32")

    def roll_out(self, act: Act, steps: int) -> Experience:
        """Take some steps in each environment; where an episode ends, the next one begins.

        Args:
            act: chooses the actions.
            steps: how many.
        """
        experience = _stacked([self._step(act) for _ in range(steps)])
        self.taken += int(experience.valid.sum())
        return experience

    def play(self, act: Act, *, anew: bool = False) -> Experience:
        """Take steps until the episode of each environment has ended; its next one is left out.

        Args:
            act: chooses the actions.
            anew: whether new episodes begin; otherwise they go on from where they are.
        """
        if anew:
            self._begin_anew()
        steps, over, before = [], np.zeros(self.count, bool), len(self.finished)
        for _ in range(self._longest):
            step = self._step(act)
            steps.append((*step[:-1], ~over))
            over |= step[-2]
            if over.all():
                break
        experience = _stacked(steps)
        self.finished[before:] = experience.returns.tolist()
        self.taken += int(experience.valid.sum())
        return experience

    def _step(self, act: Act) -> tuple[np.ndarray, ...]:
        states, valid = self._states, ~self._between
        actions = act(states)
        following, rewards, terminated, truncated, _ = self._vector.step(actions)
        ended = terminated | truncated
        self._returns += rewards
        self.finished += self._returns[ended].tolist()
        self._returns[ended] = 0
        self._states, self._between = following, ended
        return states, actions, rewards, following, terminated, ended, valid


def play(name: str, act: Act, starts: np.ndarray) -> Experience:
    """Play an episode from each of some starts.

    Args:
        name: of the environment.
        act: chooses the actions.
        starts: `(episodes, numbers)`.

    Raises:
        UnknownName: if there is no such environment.
        KerazooError: if Gymnasium is not installed.
    """
    environments = Environments(name, len(starts))
    environments.begin_at(np.asarray(starts))
    return environments.play(act)


def _stacked(steps: list[tuple[np.ndarray, ...]]) -> Experience:
    return Experience(*(np.stack(values) for values in zip(*steps, strict=True)))


def _check_name(name: str) -> int:
    if name not in LONGEST:
        raise unknown_name("environment", name, LONGEST)
    return LONGEST[name]


def _gymnasium(name: str) -> Any:
    try:
        import gymnasium
    except ImportError as error:
        raise KerazooError(
            f"{name} is an environment of Gymnasium, which is not installed: "
            "pip install 'kerazoo[control]'."
        ) from error
    return gymnasium
