"""fit_agent: an agent acts in many environments at once, and learns from what it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, Literal

import keras
import numpy as np

from kerazoo._protocols import LearnsByActing
from kerazoo.datasets.splits import Starts
from kerazoo.engine.callback_hooks import as_list, batch_hook
from kerazoo.engine.checkpoints.checkpointer import CheckpointOptions, open_checkpointer
from kerazoo.engine.control.environments import Environments, play
from kerazoo.engine.loop import Logs, Training, list_callbacks
from kerazoo.errors import InvalidInput, KerazooError

_WORTH_COMPILING = 4000  # gradient steps of one number of rows, for which XLA takes a second

Batches = Mapping[str, np.ndarray]
"""Arrays `(steps, rows, ...)` by name: what each gradient step learns from."""


def fit_agent(
    model: keras.Model,
    train: Any,
    validation: Any = None,
    *,
    epochs: int = 1,
    batch_size: int = 64,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None = (),
    verbose: int | Literal["auto"] = 0,
    checkpoint: str | PathLike[str] | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 10.0,
    fingerprint: str = "",
    precision: str | None = None,
) -> keras.callbacks.History:
    """Train an agent: it acts for some steps in many environments, learns, and acts again.

    Args:
        model: an agent, such as `build_dqn` builds, compiled.
        train: a part of `load_dataset("cart_pole")`: names the environment.
        validation: the same: an episode is played from each of its states after each epoch,
            without exploring.
        epochs: number after the last epoch, of as many rounds as the agent's settings say.
        batch_size: the most steps of an environment that a gradient step learns from.
        seed: decides starts of episodes, what is explored, and what is learned from when.
        callbacks: Keras callbacks; they run between the epochs.
        verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch, `"auto"` for 1.
        checkpoint: a directory to keep the state of the training in.
        resume: go on from the state in that directory, if there is one.
        checkpoint_seconds: at least this long between two checkpoints.
        fingerprint: as for `fit_model`.
        precision: only `None` or `"float32"`.

    Returns:
        What `keras.Model.fit` returns, per epoch in `.history`: `loss`, `steps` of environments so
        far, `mean_return`, the mean sum of rewards of the episodes that ended, and with a
        validation part `val_mean_return`.

    Raises:
        KerazooError: if Gymnasium is not installed, or what is passed does not go together.
        InvalidInput: if the parts are not of an environment.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("cart_pole")
        >>> model = kerazoo.compile_model(kerazoo.build_policy_gradient(), "policy_gradient")
        >>> history = fit_agent(model, splits.train, epochs=1)
        >>> sorted(history.history)
        ['loss', 'mean_return', 'steps']
    """
    checkpoints = CheckpointOptions(checkpoint, resume, checkpoint_seconds, fingerprint)
    callbacks = as_list(callbacks)
    _check_model(model, callbacks, precision)
    for part in (train, validation):
        if part is not None and not isinstance(part, Starts):
            raise InvalidInput(
                f"{model.name!r} learns by acting in an environment, not from "
                f"{type(part).__name__}; pass a part of load_dataset('cart_pole')."
            )
    identity = {"environment": train.environment, "settings": str(model.settings)}
    identity |= {"seed": str(seed), "batch_size": str(batch_size), "epochs": str(epochs)}
    checkpointer = None
    if checkpoint is not None:
        checkpointer = open_checkpointer(checkpoints, model, callbacks, identity)
    runner = AgentRunner(
        model,
        Environments(train.environment, model.settings.environments),
        validation,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )
    rounds = model.settings.rounds
    container = list_callbacks(model, callbacks, verbose=verbose, epochs=epochs, steps=rounds)
    return Training(model, runner, callbacks, container, 0, epochs, checkpointer).run()


@dataclass
class AgentRunner:
    """Computes epochs of acting and learning: an `EpochRunner`.

    Args:
        model: the agent.
        environments: what it acts in.
        validation: where episodes begin that it is judged by, if any.
        epochs: number after the last epoch.
        batch_size: the most rows of a gradient step.
        seed: decides all that is random.
    """

    model: Any
    environments: Environments
    validation: Starts | None
    epochs: int
    batch_size: int
    seed: int
    _program: Callable[[Batches], float] | None = None
    _progress: _Kept = field(init=False)
    _steps: _Kept = field(init=False)
    _memory: list[_Kept] = field(init=False)

    def __post_init__(self) -> None:
        self.model.optimizer.build(self.model.trainable_variables)
        self.model.begin_training()
        self._progress = _Kept(self.environments.progress())
        self._steps = _Kept(np.zeros(1, "int64"))
        self._memory = [_Kept(array) for array in self.model.memory()]

    @property
    def capacity(self) -> int:
        """One epoch per call: Python acts."""
        return 1

    @property
    def jit_compile(self) -> bool:
        """What a checkpoint notes; whether XLA compiles depends on the settings alone."""
        return False

    def run(self, first_epoch: int, count: int) -> list[Logs]:
        """Act and learn for some rounds, and return what came of it."""
        settings, environments = self.model.settings, self.environments
        random = np.random.default_rng((self.seed, first_epoch))
        start = int(random.integers(2**31))
        environments.seed(start, self._progress.array if first_epoch else None)
        environments.finished.clear()
        environments.taken = 0
        losses = []
        for number in range(settings.rounds):
            done = (first_epoch + number / settings.rounds) / self.epochs
            act = self.model.explore(random, done)
            if settings.horizon:
                experience = environments.roll_out(act, settings.horizon)
            else:
                experience = environments.play(act, anew=True)
            batches = self.model.batches(experience, random, self.batch_size)
            if batches:
                losses.append(self._learn(batches))
        self._progress.array[:] = environments.progress()
        self._steps.array += environments.taken
        return [self._report(losses)]

    def _learn(self, batches: Batches) -> float:
        if self._program is None:
            steps, rows = batches["states"].shape[:2]
            left = steps * self.model.settings.rounds * self.epochs
            # Several batches are all of one size; a single one has whatever was met.
            xla = steps > 1 and rows == self.batch_size and left > _WORTH_COMPILING
            self._program = make_program(self.model, batches, jit_compile=xla)
        loss = self._program(batches)
        if not np.isfinite(loss):
            raise KerazooError("the loss is NaN or infinite; train with a lower learning rate.")
        return loss

    def _report(self, losses: list[float]) -> Logs:
        finished = self.environments.finished
        logs = {
            "loss": float(np.mean(losses)) if losses else 0.0,
            "mean_return": float(np.mean(finished)) if finished else 0.0,
            "steps": float(self._steps.array[0]),
        }
        if self.validation is not None:
            logs["val_mean_return"] = mean_return(self.model, self.validation)
        return logs

    def variables(self) -> list[Any]:
        """Return weights, optimizer, the memory of the agent, and where episodes are."""
        named = [*self.model.variables, *self.model.optimizer.variables]
        return [*(one.value for one in named), *self._memory, self._progress, self._steps]

    def finish(self) -> None:
        """Do nothing: no weights are averaged."""


def mean_return(model: keras.Model, part: Starts) -> float:
    """Return the mean sum of rewards of episodes from given starts, without exploring."""
    return float(play(part.environment, model.greedy(), part.x).returns.mean())


def make_program(
    model: Any, batches: Batches, *, jit_compile: bool = False
) -> Callable[[Batches], float]:
    """Return a compiled function of batches: a gradient step for each, and the mean of the losses.

    Args:
        model: an agent.
        batches: of the shapes that all will have, but for the first two axes.
        jit_compile: whether XLA compiles a gradient step, anew for each number of rows.
    """
    import tensorflow as tf

    update = tf.function(model.update, jit_compile=True) if jit_compile else model.update

    def learn(batches: Mapping[str, Any]) -> Any:
        count = tf.shape(batches["states"])[0]

        def body(step: Any, total: Any) -> tuple[Any, Any]:
            return step + 1, total + update({k: v[step] for k, v in batches.items()})

        _, total = tf.while_loop(
            lambda step, _: step < count, body, (0, tf.constant(0.0)), parallel_iterations=1
        )
        return total / tf.cast(count, tf.float32)

    specs = {
        name: tf.TensorSpec([None, None, *array.shape[2:]], array.dtype)
        for name, array in batches.items()
    }
    compiled = tf.function(learn).get_concrete_function(specs)

    def run(batches: Batches) -> float:
        return float(compiled({name: tf.constant(array) for name, array in batches.items()}))

    return run


class _Kept:
    """An array of NumPy as a checkpoint reads and writes a variable."""

    def __init__(self, array: np.ndarray) -> None:
        import tensorflow as tf

        self.array = array
        self.shape = array.shape
        self.dtype = tf.as_dtype(array.dtype)

    def numpy(self) -> np.ndarray:
        return self.array

    def assign(self, value: np.ndarray) -> None:
        self.array[...] = value


def _check_model(
    model: keras.Model, callbacks: Sequence[keras.callbacks.Callback], precision: str | None
) -> None:
    if keras.backend.backend() != "tensorflow":
        raise KerazooError(
            f"agents are trained by TensorFlow, but the Keras backend is "
            f"{keras.backend.backend()}; set KERAS_BACKEND=tensorflow."
        )
    # Protocol LearnsByActing: the models of models/control/_agent.py declare it.
    is_agent = isinstance(model, LearnsByActing)
    if not is_agent:
        raise KerazooError(f"{model.name!r} is no agent; pass one that build_dqn builds.")
    if not model.compiled:
        raise KerazooError(f"{model.name!r} is not compiled; call kerazoo.compile_model first.")
    if precision not in (None, "float32"):
        raise KerazooError(
            f"precision is {precision!r}, but agents are trained in float32; leave it out."
        )
    for callback in callbacks:
        if batch_hook(callback):
            raise KerazooError(
                f"{type(callback).__name__} is called for every batch, but an agent learns between "
                "epochs' rounds; use a callback that runs between epochs."
            )
