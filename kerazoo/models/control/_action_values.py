"""Learning what an action is worth: a deep Q-network, its memory and its update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerazoo.models.control._agent import Act, Agent, Settings, in_batches, in_numpy


@dataclass(frozen=True)
class DeepQSettings(Settings):
    """How a deep Q-network acts and learns.

    Args:
        memory: steps that it remembers.
        before_learning: steps that it remembers before it learns.
        updates: gradient steps in a round.
        random_until: share of the training in which fewer and fewer actions are random.
        random_share: share of random actions after that.
        target_every: gradient steps after which the target network follows.
        target_rate: how far it follows: 1 for a copy.
        double: whether the network that learns says which action is the best one, and the target
            network only what that is worth.
        lookahead: steps whose rewards are added up before the target network tells what the rest
            is worth; fewer at the end of an episode or of a round.
        error_bound: errors beyond it count by their absolute value, not by their square. Where
            most errors are beyond it, the median of what was met is learned in place of the mean.
    """

    environments: int = 8
    horizon: int = 16
    rounds: int = 32
    memory: int = 50_000
    before_learning: int = 1000
    updates: int = 32
    random_until: float = 0.5
    random_share: float = 0.05
    target_every: int = 250
    target_rate: float = 1.0
    double: bool = False
    lookahead: int = 1
    error_bound: float = 1.0


class DeepQNetwork(Agent):
    """A network whose logits are the values of the actions: the rewards that follow, discounted.

    Beside it is the target network, which follows it slowly: the worth of what comes after a step
    is read from there, or the network would chase itself.

    Reference:
        Mnih et al., "Human-level control through deep reinforcement learning", 2015; van Hasselt,
        Guez and Silver, "Deep reinforcement learning with double Q-learning", 2016; several steps:
        Hessel et al., "Rainbow: combining improvements in deep reinforcement learning", 2018.
    """

    settings = DeepQSettings()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.target.trainable = False
        self.target.set_weights(self.policy.get_weights())
        self._rows: dict[str, np.ndarray] = {}
        self._met = np.zeros(1, "int64")

    # === The update ===

    def update(self, batch: Any) -> Any:
        """Move the value of each action that was taken toward the reward and what followed it.

        With r the reward, s' what followed, d the discount, Q the network and T the target network,
        the value of the action a in s should be r + d max_b T(s', b), and r alone at the end. With
        `double` it is T(s', b) of the b that Q takes for the best. With a `lookahead` of n, r is
        the discounted sum of n rewards, s' what followed the last one, and d its n-th power.
        """
        # Not at the top: it imports TensorFlow. Keras has no gradients for all backends.
        from kerazoo.engine.gradients import new_tape

        ops, settings = keras.ops, self.settings
        actions = batch["actions"][:, None]  # (rows, 1), as everything below
        after = self.target(batch["following"])  # (rows, actions)
        judge = self.policy(batch["following"]) if settings.double else after
        best = ops.argmax(judge, axis=1, keepdims=True)
        worth = ops.take_along_axis(after, best, axis=1)
        wanted = batch["rewards"][:, None] + batch["discounts"][:, None] * worth
        with new_tape() as tape:
            values = ops.take_along_axis(self.policy(batch["states"]), actions, axis=1)
            error = ops.abs(values - ops.stop_gradient(wanted))
            bounded = ops.minimum(error, settings.error_bound)
            huber = bounded * (error - 0.5 * bounded)  # error^2 / 2 up to the bound
            loss = ops.mean(huber)
        weights = self.policy.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        due = ops.equal(self.optimizer.iterations % settings.target_every, 0)
        share = ops.where(due, settings.target_rate, 0.0)
        for slow, fast in zip(self.target.weights, self.policy.weights, strict=True):
            slow.assign(slow + share * (fast - slow))
        return loss

    # === Memory and exploration ===

    def begin_training(self) -> None:
        """Forget all steps."""
        numbers, size = self.policy.input_shape[1], self.settings.memory
        self._rows = {
            "states": np.zeros((size, numbers), "float32"),
            "following": np.zeros((size, numbers), "float32"),
            "actions": np.zeros(size, "int32"),
            "rewards": np.zeros(size, "float32"),
            "discounts": np.zeros(size, "float32"),
        }
        self._met = np.zeros(1, "int64")

    def memory(self) -> list[np.ndarray]:
        """Return the steps that are remembered, and how many there were."""
        return [*self._rows.values(), self._met]

    def batches(
        self, experience: Any, random: np.random.Generator, batch_size: int
    ) -> dict[str, np.ndarray]:
        """Remember a round in the place of the oldest steps, and draw from all that is remembered.

        Args:
            experience: the round.
            random: what is drawn by.
            batch_size: steps in a batch.
        """
        valid, settings = experience.valid, self.settings
        first, count = int(self._met[0]), int(valid.sum())
        places = np.arange(first, first + count) % settings.memory
        rows = look_ahead(experience, settings.discount, settings.lookahead)
        for name, array in self._rows.items():
            array[places] = rows[name][valid]
        self._met += count
        known = min(first + count, settings.memory)
        if known < max(settings.before_learning, batch_size):
            return {}
        drawn = random.integers(known, size=settings.updates * batch_size)
        return in_batches(self._rows, [drawn], batch_size)

    def explore(self, random: np.random.Generator, done: float) -> Act:
        """Return what does the best action, or with a share that falls, any."""
        values, settings = in_numpy(self.policy), self.settings
        fallen = min(1.0, done / settings.random_until) if settings.random_until else 1.0
        share = 1.0 + fallen * (settings.random_share - 1.0)
        actions = self.policy.output_shape[1]

        def act(states: np.ndarray) -> np.ndarray:
            best = values(states).argmax(axis=1)
            any_one = random.integers(actions, size=len(states))
            return np.where(random.random(len(states)) < share, any_one, best)

        return act


def look_ahead(experience: Any, discount: float, steps: int) -> dict[str, np.ndarray]:
    """Return each step with the rewards of some steps in the place of one.

    Args:
        experience: a round.
        discount: what a reward counts for each step that it comes later.
        steps: the most that are added up; none beyond the end of an episode or of the round.

    Returns:
        `states` and `actions` as they were; `rewards`, their discounted sum; `following`, the state
        after the last of them; `discounts`, what the worth of that state counts: 0 if nothing
        follows.
    """
    rewards, following = experience.rewards, experience.following
    discounts = np.where(experience.terminated, 0.0, discount)
    sums, after, counts = rewards.copy(), following.copy(), discounts.copy()
    open_ends = ~experience.ended  # (steps, environments)
    for ahead in range(1, min(steps, len(rewards))):
        goes_on, later = open_ends[:-1], slice(ahead, None)
        earlier, factor = slice(None, -ahead), discount**ahead
        sums[earlier] += np.where(goes_on, factor * rewards[later], 0.0)
        after[earlier] = np.where(goes_on[..., None], following[later], after[earlier])
        counts[earlier] = np.where(goes_on, factor * discounts[later], counts[earlier])
        open_ends = goes_on & ~experience.ended[later]
    return {
        "states": experience.states,
        "actions": experience.actions,
        "rewards": sums,
        "following": after,
        "discounts": counts,
    }
