"""Learning what to do: three updates of a policy, each with one more idea than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerazoo.models.control._agent import Agent, Settings, in_batches, in_numpy

_TINY = 1e-8


# === Policy gradient: what was followed by much is done more often ===


@dataclass(frozen=True)
class PolicyGradientSettings(Settings):
    """How a policy gradient acts and learns: from whole episodes.

    Args:
        usual: whether returns are compared with those of all episodes, and put on their scale.
    """

    horizon: int = 0
    rounds: int = 4
    usual: bool = True


class PolicyGradient(Agent):
    """A policy that learns from whole episodes, without a second network.

    Reference:
        Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
        learning", 1992.
    """

    settings: Any = PolicyGradientSettings()

    def update(self, batch: Any) -> Any:
        """Make each action more probable by as much as what followed it was better than usual.

        With G the discounted rewards that follow an action a in a state s, minimized is
        -log p(a | s) G: its gradient is, on average, that of the expected return.
        """
        from kerazoo.engine.gradients import new_tape

        with new_tape() as tape:
            chosen, _ = log_probabilities(self.policy(batch["states"]), batch["actions"])
            loss = -keras.ops.mean(chosen * batch["advantages"])
        weights = self.policy.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def batches(
        self, experience: Any, random: np.random.Generator, batch_size: int
    ) -> dict[str, np.ndarray]:
        """Return the steps of all episodes, with what followed each.

        Args:
            experience: whole episodes.
            random: what their order is drawn by.
            batch_size: the most steps in a batch: more than there are make one gradient step.
        """
        rewards = np.where(experience.valid, experience.rewards, 0)
        following, discount = np.zeros_like(rewards), self.settings.discount
        total = np.zeros(rewards.shape[1])
        for step in reversed(range(len(rewards))):
            total = rewards[step] + discount * total
            following[step] = total
        valid = experience.valid
        returns = following[valid]
        if self.settings.usual:
            returns = standardized(returns)
        rows = {
            "states": experience.states[valid],
            "actions": experience.actions[valid].astype("int32"),
            "advantages": returns.astype("float32"),
        }
        return in_batches(rows, [random.permutation(len(returns))], batch_size)


# === Actor and critic: a second network tells what is usual in a state ===


@dataclass(frozen=True)
class ActorCriticSettings(Settings):
    """How an actor with a critic acts and learns.

    Args:
        trace: how far a surprise is carried back: 1 to the first step of a round, 0 for one step.
        entropy: what the entropy of the policy counts, which keeps it from being sure too early.
        critic: what the squared error of the critic counts.
        standardize: whether advantages are put on one scale.
    """

    horizon: int = 16
    rounds: int = 32
    trace: float = 1.0
    entropy: float = 0.01
    critic: float = 0.5
    standardize: bool = False


class ActorCritic(Agent):
    """A policy, and beside it a critic that tells what return a state promises.

    Reference:
        Mnih et al., "Asynchronous methods for deep reinforcement learning", 2016; Schulman et al.,
        "High-dimensional continuous control using generalized advantage estimation", 2016.
    """

    settings: Any = ActorCriticSettings()

    def update(self, batch: Any) -> Any:
        """Make what was better than the critic thought more probable, and the critic right.

        With A the advantage, V the critic and R the return, minimized is the mean of
        -log p(a | s) A + c (V(s) - R)^2 - e H, with the entropy H of the policy.
        """
        return self._step(batch, lambda chosen: chosen * batch["advantages"])

    def _step(self, batch: Any, gain: Any) -> Any:
        """Take a gradient step that raises a gain, which depends on log p(a | s)."""
        from kerazoo.engine.gradients import new_tape

        ops, settings = keras.ops, self.settings
        with new_tape() as tape:
            chosen, everything = log_probabilities(self.policy(batch["states"]), batch["actions"])
            entropy = -ops.mean(ops.sum(ops.exp(everything) * everything, axis=1))
            promised = self.critic(batch["states"])[:, 0]  # (rows,)
            wrong = ops.mean(ops.square(promised - batch["returns"]))
            loss = settings.critic * wrong - ops.mean(gain(chosen)) - settings.entropy * entropy
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def batches(
        self, experience: Any, random: np.random.Generator, batch_size: int
    ) -> dict[str, np.ndarray]:
        """Return the steps of a round.

        Args:
            experience: the round.
            random: what their order is drawn by.
            batch_size: the most steps in a batch: as many as there are make one gradient step.
        """
        rows = self._judged(experience)
        return in_batches(rows, [random.permutation(len(rows["actions"]))], batch_size)

    def _judged(self, experience: Any) -> dict[str, np.ndarray]:
        """Return each step with its advantage and the return that the critic should promise."""
        critic, settings = in_numpy(self.critic), self.settings
        promised = critic(experience.states)[..., 0]  # (steps, environments)
        after = critic(experience.following)[..., 0]
        advantages = generalized_advantages(
            experience, promised, after, settings.discount, settings.trace
        )
        valid = experience.valid
        returns = (advantages + promised)[valid]
        advantages = advantages[valid]
        if settings.standardize:
            advantages = standardized(advantages)
        return {
            "states": experience.states[valid],
            "actions": experience.actions[valid].astype("int32"),
            "advantages": advantages.astype("float32"),
            "returns": returns.astype("float32"),
        }


def generalized_advantages(
    experience: Any, promised: np.ndarray, after: np.ndarray, discount: float, trace: float
) -> np.ndarray:
    """Return how much better each action was than the critic thought: `(steps, environments)`.

    The surprise of a step is r + d V(s') - V(s), without V(s') if nothing follows. An advantage is
    the sum of the surprises from its step on, each later one multiplied by d and the trace.

    Args:
        experience: steps in environments.
        promised: V of the states.
        after: V of what followed.
        discount: d.
        trace: how far a surprise is carried back.
    """
    goes_on = np.where(experience.terminated, 0.0, discount)
    surprises = experience.rewards + goes_on * after - promised
    carried = np.where(experience.ended, 0.0, discount * trace)
    advantages, total = np.zeros_like(surprises), np.zeros(surprises.shape[1])
    for step in reversed(range(len(surprises))):
        total = surprises[step] + carried[step] * total
        advantages[step] = total
    return advantages


# === PPO: many steps on the same experience, none of which goes too far ===


@dataclass(frozen=True)
class ProximalSettings(ActorCriticSettings):
    """How PPO acts and learns.

    Args:
        passes: how often each step of a round is learned from.
        clip: how much more or less probable an action may become in a round.
    """

    horizon: int = 128
    rounds: int = 4
    trace: float = 0.95
    entropy: float = 0.0
    standardize: bool = True
    passes: int = 10
    clip: float = 0.2


class ProximalPolicy(ActorCritic):
    """An actor and a critic that learn many times from each round.

    Reference:
        Schulman, Wolski, Dhariwal, Radford and Klimov, "Proximal policy optimization algorithms",
        2017.
    """

    settings: Any = ProximalSettings()

    def update(self, batch: Any) -> Any:
        """Do as an actor with a critic, but gain nothing by moving far from the policy that acted.

        With q(a | s) the probability when it acted and x = p(a | s) / q(a | s), -log p A becomes
        -min(x A, clip(x, 1 - c, 1 + c) A).
        """
        ops, c = keras.ops, self.settings.clip

        def gain(chosen: Any) -> Any:
            times = ops.exp(chosen - batch["acted"])
            clipped = ops.clip(times, 1.0 - c, 1.0 + c)
            advantages = batch["advantages"]
            return ops.minimum(times * advantages, clipped * advantages)

        return self._step(batch, gain)

    def batches(
        self, experience: Any, random: np.random.Generator, batch_size: int
    ) -> dict[str, np.ndarray]:
        """Return the steps of a round in batches, several times over, each time in another order.

        Args:
            experience: the round.
            random: what the orders are drawn by.
            batch_size: steps in a batch.
        """
        rows = self._judged(experience)
        logits = in_numpy(self.policy)(rows["states"])
        every = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        count = len(logits)
        rows["acted"] = every[np.arange(count), rows["actions"]].astype("float32")
        orders = [random.permutation(count) for _ in range(self.settings.passes)]
        return in_batches(rows, orders, batch_size)


def log_probabilities(logits: Any, actions: Any) -> tuple[Any, Any]:
    """Return log p of the actions that were taken, `(rows,)`, and of all, `(rows, actions)`."""
    every = keras.ops.log_softmax(logits, axis=1)
    chosen = keras.ops.take_along_axis(every, actions[:, None], axis=1)[:, 0]
    return chosen, every


def standardized(values: np.ndarray) -> np.ndarray:
    """Return values with a mean of 0 and a spread of 1."""
    scaled: np.ndarray = (values - values.mean()) / (values.std() + _TINY)
    return scaled
